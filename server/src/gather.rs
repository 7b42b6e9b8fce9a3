//! Questions that many ask at the same moment, as everybody does who comes back after a restart: those that wait while one query runs share the next one. A
//! question that is alone is asked at once, so that nobody waits for company. A query that hangs holds nobody up for long.

use crate::{error::Result, vital::vital};
use model::Refusal;
use std::{fmt, future::Future, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How many questions one query answers at most.
const MOST: usize = 512;
/// How long one query may take: all who ask later wait for it.
const LIMIT: Duration = Duration::from_secs(10);

struct Waiting<Q, A> {
    question: Q,
    answer: oneshot::Sender<std::result::Result<A, Refusal>>,
}

/// Where questions of a kind are gathered. They are answered by a task that ends with this.
pub struct Gather<Q, A> {
    queue: mpsc::UnboundedSender<Waiting<Q, A>>,
}

impl<Q, A> fmt::Debug for Gather<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gather")
    }
}

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// Starts it. `answer` gives the answers in the order of the questions.
    pub fn start<F, R>(answer: F) -> Self
    where
        F: Fn(Vec<Q>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<A>>> + Send,
    {
        Self::start_within(LIMIT, answer)
    }

    fn start_within<F, R>(limit: Duration, answer: F) -> Self
    where
        F: Fn(Vec<Q>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<A>>> + Send,
    {
        let (queue, mut waiting) = mpsc::unbounded_channel::<Waiting<Q, A>>();
        tokio::spawn(vital("what gathers questions", async move {
            let mut taken = Vec::new();
            while waiting.recv_many(&mut taken, MOST).await > 0 {
                let (questions, askers): (Vec<_>, Vec<_>) =
                    taken.drain(..).map(|one| (one.question, one.answer)).unzip();
                // Whoever asked may have gone.
                let answered = timeout(limit, answer(questions)).await;
                match answered.unwrap_or_else(|_| Err(Refusal::Unavailable.into())) {
                    Ok(answers) => {
                        for (asker, answer) in askers.into_iter().zip(answers) {
                            asker.send(Ok(answer)).ok();
                        }
                    }
                    Err(error) => {
                        let refusal = error.into_refusal();
                        for asker in askers {
                            asker.send(Err(refusal.clone())).ok();
                        }
                    }
                }
            }
        }));
        Self { queue }
    }

    /// The answer to a question.
    ///
    /// # Errors
    /// What the query that answers it fails with.
    pub async fn ask(&self, question: Q) -> Result<A> {
        let (answer, answered) = oneshot::channel();
        // If nobody takes it, nobody answers either.
        self.queue.send(Waiting { question, answer }).ok();
        Ok(answered.await.unwrap_or(Err(Refusal::Unavailable))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{future::join_all, pin_mut, poll};
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };
    use tokio::sync::{Notify, Semaphore};

    #[tokio::test]
    async fn what_waits_while_one_query_runs_shares_the_next() {
        let (queries, begun, may_end) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let (counting, beginning, ending) = (queries.clone(), begun.clone(), may_end.clone());
        let gather = Gather::start(move |questions: Vec<u32>| {
            let (counting, beginning, ending) = (counting.clone(), beginning.clone(), ending.clone());
            async move {
                counting.fetch_add(1, Ordering::Relaxed);
                beginning.notify_one();
                ending.acquire().await.unwrap().forget();
                Ok(questions.into_iter().map(|question| question * 2).collect())
            }
        });
        let first = gather.ask(0);
        pin_mut!(first);
        assert!(poll!(&mut first).is_pending());
        begun.notified().await;
        let others = join_all((1..100).map(|question| gather.ask(question)));
        pin_mut!(others);
        assert!(poll!(&mut others).is_pending());
        may_end.add_permits(2);
        assert_eq!(first.await.unwrap(), 0);
        let others: Vec<_> = others.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(others, (1..100).map(|question| question * 2).collect::<Vec<_>>());
        assert_eq!(queries.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_query_that_fails_fails_for_all_of_its_questions_and_for_no_other() {
        let gather =
            Gather::start(
                async |questions: Vec<u32>| {
                    if questions.contains(&0) { Err(Refusal::Internal.into()) } else { Ok(questions) }
                },
            );
        assert!(gather.ask(0).await.is_err());
        assert_eq!(gather.ask(1).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_query_that_hangs_is_given_up_and_the_next_one_is_asked() {
        let gather = Gather::start_within(Duration::from_millis(50), async |questions: Vec<u32>| {
            if questions.contains(&0) {
                pending::<()>().await;
            }
            Ok(questions)
        });
        let (hung, asked) =
            timeout(Duration::from_secs(20), async { (gather.ask(0).await, gather.ask(1).await) })
                .await
                .expect("all wait for a query that hangs");
        assert!(matches!(hung.unwrap_err().into_refusal(), Refusal::Unavailable));
        assert_eq!(asked.unwrap(), 1);
    }
}
