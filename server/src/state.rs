//! Everything that a request may touch, in one place.

use crate::{
    audiences::Audiences,
    auth,
    changes::Turns,
    config::{Config, Introducing},
    files::Files,
    gather::Gather,
    introductions::Introductions,
    limits::Limits,
    live::{self, hub::Hub, polling::Polls},
    locks,
    messages::{NewestPages, Writer},
    passwords::Passwords,
    presence::Presences,
    secret::SecretHash,
    snapshot::marks::{self, Reader},
    vital::vital,
};
use model::SessionId;
use sqlx::{
    Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{sync::Arc, time::Duration};

/// What a request may touch. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Durable truth.
    pub db: PgPool,
    /// Whose secret is shown.
    pub sessions: Arc<Gather<SecretHash, Option<auth::Row>>>,
    /// Whether a session has not ended since.
    pub live_sessions: Arc<Gather<SessionId, bool>>,
    /// What is to be known by those who come back.
    pub marks: Arc<Gather<Reader, String>>,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Connections that do without a socket.
    pub polls: Arc<Polls>,
    /// Who is here, and who wants to know.
    pub presences: Arc<Presences>,
    /// Who asks whom for a secret chat.
    pub introductions: Arc<Introductions>,
    /// Through which servers their browsers find each other.
    pub introducing: Arc<Introducing>,
    /// The only one that stores messages.
    pub writer: Writer,
    /// Who is told of what happens in a thread.
    pub audiences: Arc<Audiences>,
    /// The pages of messages that many ask for.
    pub newest: Arc<NewestPages>,
    /// Who may tell of a thread's next change.
    pub turns: Arc<Turns>,
    /// What people upload.
    pub files: Files,
    /// Who asks too often.
    pub limits: Arc<Limits>,
    /// Where passwords are hashed.
    pub passwords: Passwords,
    /// The address that people open, if it was configured, without a slash at its end.
    pub public_url: Option<Arc<str>>,
    /// Whether X-Forwarded-For is to be believed.
    pub trust_proxy: bool,
}

/// What each connection asks of PostgreSQL: to plan a statement once, whatever its values. Planned anew for each, as it would do for most of them, most statements
/// cost more to plan than to carry out. What they scan is checked as it is planned here: `server/tests/suite/plan.rs`.
const SETTINGS: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];

/// How long a connection that was well when it was given back is taken to be so. One that failed meanwhile fails one query, as it would have a moment later.
const FRESH: Duration = Duration::from_secs(1);

impl AppState {
    /// Connects, brings the schema up to date, and starts the writer.
    ///
    /// # Errors
    /// When the database cannot be reached or a migration fails.
    pub async fn start(config: &Config, database: PgConnectOptions) -> anyhow::Result<Self> {
        let database = database.options(SETTINGS);
        let db = pool(config.storage.database_connections).connect_with(database.clone()).await?;
        sqlx::migrate!().run(&db).await?;
        let hub = Arc::new(Hub::default());
        live::resync_when_settled(&db, &hub).await?;
        tokio::spawn(vital("what cuts locked browsers off", locks::watch(db.clone(), hub.clone())));
        let audiences = Arc::new(Audiences::default());
        let reading = db.clone();
        let marks = Gather::start(move |readers: Vec<Reader>| {
            let db = reading.clone();
            async move { marks::marks(&db, &readers).await }
        });
        Ok(Self {
            sessions: Arc::new(auth::sessions(db.clone())),
            live_sessions: Arc::new(auth::live_sessions(db.clone())),
            marks: Arc::new(marks),
            files: Files::open(&config.storage, &db).await?,
            writer: Writer::start((pool(1), database), db.clone(), hub.clone(), audiences.clone())?,
            presences: Arc::new(Presences::new(db.clone())),
            introductions: Arc::new(Introductions::new(hub.clone())),
            introducing: Arc::new(config.introducing.clone()),
            hub,
            audiences,
            newest: Arc::default(),
            turns: Arc::default(),
            polls: Arc::default(),
            limits: Arc::new(Limits::new(config.requests_per_second)),
            passwords: Passwords::default(),
            public_url: config.public_url.as_deref().map(|url| url.trim_end_matches('/').into()),
            trust_proxy: config.trust_proxy,
            db,
        })
    }
}

/// Up to so many connections.
fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}
