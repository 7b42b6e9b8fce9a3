//! Everything that a request may touch, in one place.

use crate::{
    audiences::Audiences,
    changes::Turns,
    config::Config,
    files::Files,
    limits::Limits,
    live::{hub::Hub, polling::Polls},
    messages::Writer,
    passwords::Passwords,
    presence::Presences,
};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{sync::Arc, time::Duration};

/// What a request may touch. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Durable truth.
    pub db: PgPool,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Connections that do without a socket.
    pub polls: Arc<Polls>,
    /// Who is here, and who wants to know.
    pub presences: Arc<Presences>,
    /// The only one that stores messages.
    pub writer: Writer,
    /// Who is told of what happens in a thread.
    pub audiences: Arc<Audiences>,
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

impl AppState {
    /// Connects, brings the schema up to date, and starts the writer.
    ///
    /// # Errors
    /// When the database cannot be reached or a migration fails.
    pub async fn start(config: &Config, database: PgConnectOptions) -> anyhow::Result<Self> {
        let db = PgPoolOptions::new()
            .max_connections(config.storage.database_connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(database)
            .await?;
        sqlx::migrate!().run(&db).await?;
        let hub = Arc::new(Hub::default());
        let audiences = Arc::new(Audiences::default());
        Ok(Self {
            files: Files::open(&config.storage, &db).await?,
            writer: Writer::start(db.clone(), hub.clone(), audiences.clone()),
            presences: Arc::new(Presences::new(db.clone())),
            hub,
            audiences,
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
