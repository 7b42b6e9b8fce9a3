//! Pairs of people who talk on a fixed schedule, and what must hold of it afterwards.

use crate::{
    person::{Arrival, Heard, Part, Person, Progress, Site},
    report::{Percentiles, Report},
    schedule::Schedule,
};
use anyhow::ensure;
use clap::{Args, value_parser};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::HashMap,
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

/// How many people sign up or connect at a time.
const AT_ONCE: usize = 4;
/// How long before the first message is due.
const LEAD: Duration = Duration::from_millis(500);
/// How long nothing may happen before the rest counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a second copy of something is waited for.
const AFTERMATH: Duration = Duration::from_secs(1);
/// What the server takes of one person in a second; 200 more at once.
const MESSAGES_PER_PERSON: u64 = 20;

/// Pairs of people who send each other messages of 100 bytes on a fixed schedule.
///
/// The n-th message is due n/rate seconds after the start, whether or not earlier ones were answered, and latency counts from that moment.
/// The timer is good to a millisecond; the row "sent" shows how late messages left. A person may send 20 messages a second and 200
/// more at once, so a rate above 20 times the people is refused in part.
#[derive(Debug, Args)]
pub struct Options {
    /// Where the server is. Plain http only.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,

    /// Print a line of JSON after the table.
    #[arg(long)]
    json: bool,

    /// How many people: an even number.
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u64).range(2..=1_000_000))]
    people: u64,

    /// How many messages are due in a second, of all the people together.
    #[arg(long, default_value_t = 1_000, value_parser = value_parser!(u64).range(1..=1_000_000))]
    rate: u64,

    /// For how long.
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u64).range(1..=3_600))]
    seconds: u64,
}

/// Runs it, and prints the report. It fails if something happened that should not.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let report = measure(&Site::new(&options.url)?, options).await?;
    print!("{report}");
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    report.faults.iter().for_each(|fault| eprintln!("Failed: {fault}"));
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// From the first sign-up to the report.
async fn measure(site: &Site, options: &Options) -> anyhow::Result<Report> {
    let Options { people, rate, seconds, .. } = *options;
    ensure!(people.is_multiple_of(2), "{people} people do not make pairs: --people must be even");
    if rate > people * MESSAGES_PER_PERSON {
        eprintln!(
            "{people} people may send {} messages a second: expect refusals.",
            people * MESSAGES_PER_PERSON
        );
    }
    let mut cast = Vec::new();
    for pair in sign_up(site, people).await?.chunks(2) {
        let [one, other] = pair else { continue };
        let thread_id = one.open_direct(site, other.user.user_id).await?;
        cast.extend([(one.clone(), thread_id), (other.clone(), thread_id)]);
    }
    let connecting = stream::iter(cast).map(async |(person, thread_id)| {
        let socket = person.connect(site, None).await?;
        anyhow::Ok((person, thread_id, socket))
    });
    let cast: Vec<_> = connecting.buffered(AT_ONCE).try_collect().await?;
    eprintln!("Everybody is connected; {} messages in {seconds} seconds.", rate * seconds);

    let schedule = Schedule { start: Instant::now() + LEAD, rate, total: rate * seconds, people };
    let progress = Arc::new(Progress::default());
    let (over, stop) = watch::channel(false);
    let mut talks = Vec::new();
    for (person, (one, thread_id, socket)) in (0..).zip(cast) {
        let (progress, stop) = (progress.clone(), stop.clone());
        let part = Part { thread_id, schedule, person };
        talks.push(tokio::spawn(async move { one.talk(socket, part, &progress, stop).await }));
    }
    finished(&schedule, &progress).await;
    over.send_replace(true);
    let mut heard = Vec::new();
    for talk in talks {
        heard.push(talk.await?);
    }
    report(&schedule, &heard)
}

async fn sign_up(site: &Site, people: u64) -> anyhow::Result<Vec<Person>> {
    // Runs against the same database do not meet.
    let run: u32 = rand::random();
    let mut signing_up = stream::iter(0..people)
        .map(async |number| {
            site.sign_up(&format!("load_{run:08x}_{number}"), &format!("Load {number}")).await
        })
        .buffered(AT_ONCE);
    let mut signed_up = Vec::new();
    while let Some(person) = signing_up.try_next().await? {
        signed_up.push(person);
        let count = signed_up.len() as u64;
        if count.is_multiple_of(people.div_ceil(10)) || count == people {
            eprintln!("{count} of {people} people have signed up.");
        }
    }
    Ok(signed_up)
}

/// Ends when everything was sent, answered and delivered to both, or nothing happens any more.
async fn finished(schedule: &Schedule, progress: &Progress) {
    sleep_until(schedule.due(schedule.total)).await;
    let (mut before, mut since) = ([0; 4], Instant::now());
    while since.elapsed() < PATIENCE {
        let now = [&progress.sent, &progress.acknowledged, &progress.refused, &progress.heard]
            .map(|count| count.load(Ordering::Relaxed));
        let [sent, acknowledged, refused, heard] = now;
        if sent == schedule.total && acknowledged + refused >= sent && heard >= 2 * acknowledged {
            break;
        }
        if now != before {
            (before, since) = (now, Instant::now());
        }
        sleep(Duration::from_millis(20)).await;
    }
    sleep(AFTERMATH).await;
}

fn report(schedule: &Schedule, heard: &[Heard]) -> anyhow::Result<Report> {
    let acknowledged = || heard.iter().flat_map(|one| &one.acknowledged);
    let delivered = || heard.iter().flat_map(|one| &one.delivered);
    let latency = |arrival: &Arrival| arrival.latency_us;
    let late = || heard.iter().flat_map(|one| &one.late_us).copied();
    let ends = acknowledged().map(|one| schedule.offset(one.number) + Duration::from_micros(one.latency_us));
    // The last message is due before the schedule ends: what keeps up achieves what is offered, not more.
    let took_s = ends.fold(schedule.offset(schedule.total), Duration::max).as_secs_f64();
    let count = acknowledged().count() as u64;
    Ok(Report {
        people: schedule.people,
        offered_rate: schedule.rate as f64,
        achieved_rate: count as f64 / took_s,
        scheduled: schedule.total,
        sent: late().count() as u64,
        acknowledged: count,
        delivered: delivered().count() as u64,
        refused: heard.iter().map(|one| one.refused).sum(),
        refusal: heard.iter().find_map(|one| one.refusal.clone()),
        late: Percentiles::of(late())?,
        acknowledgement: Percentiles::of(acknowledged().map(latency))?,
        delivery: Percentiles::of(delivered().map(latency))?,
        faults: faults(schedule, heard),
    })
}

/// What should not have happened, a sentence each.
fn faults(schedule: &Schedule, heard: &[Heard]) -> Vec<String> {
    let (mut lost, mut doubled, mut elsewhere, mut gaps) = (0, 0, 0, 0);
    for pair in heard.chunks(2) {
        let [one, other] = pair else { continue };
        for (sender, receiver) in [(one, other), (other, one)] {
            for arrived in [&receiver.delivered, &sender.echoed] {
                let mut copies: HashMap<u64, Vec<u64>> = HashMap::new();
                arrived.iter().for_each(|copy| copies.entry(copy.number).or_default().push(copy.seq));
                doubled += copies.values().filter(|seqs| seqs.len() > 1).count();
                for acknowledged in &sender.acknowledged {
                    match copies.get(&acknowledged.number) {
                        None => lost += 1,
                        Some(seqs) => {
                            elsewhere += usize::from(seqs.iter().any(|seq| *seq != acknowledged.seq))
                        }
                    }
                }
            }
        }
        gaps +=
            [one, other].iter().filter(|one| !one.seqs.iter().copied().eq(1..=one.seqs.len() as u64)).count();
    }
    let sum = |count: fn(&Heard) -> u64| heard.iter().map(count).sum::<u64>();
    let answered = sum(|one| one.acknowledged.len() as u64 + one.refused);
    let unanswered = schedule.total.saturating_sub(answered);
    let (strays, resyncs) = (sum(|one| one.strays), sum(|one| one.resyncs));
    let ended: Vec<_> = heard.iter().filter_map(|one| one.ended.as_deref()).collect();
    let first_end = ended.first().copied().unwrap_or_default();

    let possible = [
        (lost, format!("Of the copies of acknowledged messages, {lost} did not arrive.")),
        (doubled, format!("Of the messages, {doubled} arrived more than once.")),
        (elsewhere, format!("Of the copies, {elsewhere} had another seq than was acknowledged.")),
        (gaps, format!("Of the people, {gaps} did not hear their thread's seq as 1, 2, 3, and so on.")),
        (strays as usize, format!("Of what arrived, {strays} was sent by nobody.")),
        (unanswered as usize, format!("Of the messages, {unanswered} got no answer.")),
        (
            resyncs as usize,
            format!("The server dropped events for slow readers, and said so; how often: {resyncs}."),
        ),
        (ended.len(), format!("Of the sockets, {} ended early. The first: {first_end}", ended.len())),
    ];
    possible.into_iter().filter(|(count, _)| *count > 0).map(|(_, sentence)| sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pair that said one message each, and heard both.
    fn pair() -> [Heard; 2] {
        let arrival = |number| Arrival { number, seq: number + 1, latency_us: 1_000 };
        [(0, 1), (1, 0)].map(|(own, others)| Heard {
            acknowledged: vec![arrival(own)],
            echoed: vec![arrival(own)],
            delivered: vec![arrival(others)],
            seqs: vec![1, 2],
            ..Heard::default()
        })
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut [Heard; 2]), expected: &[&str]) {
        let schedule = Schedule { start: Instant::now(), rate: 1, total: 2, people: 2 };
        let mut heard = pair();
        change(&mut heard);
        assert_eq!(faults(&schedule, &heard), expected);
    }

    #[test]
    fn a_run_in_which_everything_arrived_once_has_no_fault() {
        check(|_| {}, &[]);
    }

    #[test]
    fn a_lost_message_is_noticed() {
        let lost = "Of the copies of acknowledged messages, 1 did not arrive.";
        check(|heard| heard[1].delivered.clear(), &[lost]);
        check(|heard| heard[1].echoed.clear(), &[lost]);
    }

    #[test]
    fn a_doubled_message_is_noticed() {
        let double = |heard: &mut [Heard; 2]| heard[0].delivered.push(heard[0].delivered[0]);
        check(double, &["Of the messages, 1 arrived more than once."]);
    }

    #[test]
    fn a_message_with_two_numbers_is_noticed() {
        let renumber = |heard: &mut [Heard; 2]| heard[0].delivered[0].seq = 9;
        check(renumber, &["Of the copies, 1 had another seq than was acknowledged."]);
    }

    #[test]
    fn a_gap_and_a_wrong_order_are_noticed() {
        let gap = "Of the people, 1 did not hear their thread's seq as 1, 2, 3, and so on.";
        check(|heard| heard[0].seqs = vec![1, 3], &[gap]);
        check(|heard| heard[0].seqs = vec![2, 1], &[gap]);
    }

    #[test]
    fn a_refused_message_is_no_fault_and_an_unanswered_one_is() {
        let unsay = |heard: &mut [Heard; 2]| {
            heard[0].acknowledged.clear();
            heard[0].echoed.clear();
            heard[1].delivered.clear();
            heard.iter_mut().for_each(|one| one.seqs = vec![1]);
        };
        check(unsay, &["Of the messages, 1 got no answer."]);
        let refuse = |heard: &mut [Heard; 2]| {
            unsay(heard);
            heard[0].refused = 1;
        };
        check(refuse, &[]);
    }
}
