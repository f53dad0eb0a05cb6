//! DynamoDB on this machine: dynoxide, in this process, behind the protocol of the real one.

mod stream_index;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use dynoxide::Database;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

/// The engine walks expressions by recursion.
const STACK: usize = 8 << 20;
const FILE: &str = "dynamodb.sqlite";
const BETWEEN_SWEEPS: Duration = Duration::from_secs(5);
/// A sweep reads every table it covers, so on large ones it rests this many times as long as it took.
const REST: u32 = 20;
const UNTIL_STOPPED: Duration = Duration::from_secs(1);

/// A running engine. It stops when it is dropped.
#[derive(Debug)]
pub struct Engine {
    addr: SocketAddr,
    database: Option<Handle>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The address is taken, or is not this machine's.
    #[error("DynamoDB cannot listen on {addr}")]
    Address {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The directory cannot be made.
    #[error("the data directory {path} cannot be used")]
    Directory {
        /// The directory that was asked for.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The database cannot be opened, or read.
    #[error("the embedded database failed")]
    Database(#[from] dynoxide::DynoxideError),
    /// The stream's index cannot be made.
    #[error("the embedded database's stream cannot be indexed")]
    Index(#[from] stream_index::IndexError),
    /// The system gives no threads.
    #[error("the embedded database cannot start its threads")]
    Threads(#[source] io::Error),
}

/// `Database` has no `Debug` of its own.
struct Handle(Database);

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

impl Engine {
    /// Listens on `addr` and serves a database that lives in memory, or in a file under `data_dir`.
    ///
    /// Items past their TTL go within seconds.
    /// The engine has threads of its own, so it can be started, stopped and dropped inside a runtime and outside.
    pub fn start(addr: SocketAddr, data_dir: Option<&Path>) -> Result<Self, EngineError> {
        let database = open(data_dir)?;
        stream_index::make(&database, data_dir.map(|dir| dir.join(FILE)).as_deref())?;
        Self::serve(addr, database, true)
    }

    /// In memory, on a free port of the loopback, for one test.
    ///
    /// Items past their TTL stay until [`sweep_ttl`](Self::sweep_ttl) is called, so a test says when they go.
    pub fn for_test() -> Result<Self, EngineError> {
        Self::serve((Ipv4Addr::LOCALHOST, 0).into(), open(None)?, false)
    }

    /// Where it listens, with the port that it got.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The same as a URL, for `DYNAMODB_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Removes what is past its TTL now, and says how many items that were.
    pub fn sweep_ttl(&self) -> Result<usize, EngineError> {
        Ok(self.database.as_ref().map_or(Ok(0), |it| it.0.sweep_ttl())?)
    }

    /// Finishes the requests that run, closes the database, and returns when both are done.
    pub fn stop(self) {
        drop(self);
    }

    fn serve(addr: SocketAddr, database: Database, sweeps: bool) -> Result<Self, EngineError> {
        let refused = |source| EngineError::Address { addr, source };
        let listener = TcpListener::bind(addr).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let bound = listener.local_addr().map_err(refused)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("dynamodb")
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .map_err(EngineError::Threads)?;
        let served = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(refused)?
        };
        let (stop, stopped) = oneshot::channel();
        let theirs = database.clone();
        let thread = std::thread::Builder::new()
            .name("dynamodb-owner".to_owned())
            .spawn(move || own(runtime, served, theirs, sweeps, stopped))
            .map_err(EngineError::Threads)?;
        Ok(Self { addr: bound, database: Some(Handle(database)), stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The last handle closes the file, and that should be done when this returns.
        self.database = None;
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn open(data_dir: Option<&Path>) -> Result<Database, EngineError> {
    let Some(dir) = data_dir else {
        return Ok(Database::memory()?);
    };
    let unusable = |source| EngineError::Directory { path: dir.to_owned(), source };
    std::fs::create_dir_all(dir).map_err(unusable)?;
    let file = dir.join(FILE);
    let Some(path) = file.to_str() else {
        return Err(unusable(io::Error::from(io::ErrorKind::InvalidFilename)));
    };
    Ok(Database::new(path)?)
}

/// Runs on a thread of its own: a runtime must not be dropped inside another one.
fn own(
    runtime: Runtime,
    listener: tokio::net::TcpListener,
    database: Database,
    sweeps: bool,
    stopped: oneshot::Receiver<()>,
) {
    if sweeps {
        runtime.spawn(sweep_for_ever(database.clone()));
    }
    // On the workers, not here: their stacks are the deep ones.
    let (draining, drained) = oneshot::channel();
    let served = runtime.spawn(dynoxide::server::serve_with_shutdown(listener, database, async move {
        let _ = stopped.await;
        let _ = draining.send(());
    }));
    runtime.block_on(async {
        let _ = drained.await;
        // A client that sent half a request must not keep the engine up.
        match timeout(UNTIL_STOPPED, served).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(reason))) => tracing::error!(reason, "the embedded database ended"),
            Ok(Err(error)) => tracing::error!(%error, "the embedded database ended"),
            Err(_) => {
                tracing::warn!("the embedded database was stopped in the middle of a request");
            }
        }
    });
    runtime.shutdown_timeout(UNTIL_STOPPED);
}

async fn sweep_for_ever(database: Database) {
    let mut rest = BETWEEN_SWEEPS;
    loop {
        sleep(rest).await;
        let database = database.clone();
        let begun = Instant::now();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(items)) => tracing::debug!(items, "items past their TTL are gone"),
            Ok(Err(error)) => tracing::error!(%error, "items past their TTL stay"),
            Err(_) => return,
        }
        rest = BETWEEN_SWEEPS.max(begun.elapsed() * REST);
    }
}

#[cfg(test)]
pub(crate) mod tests;
