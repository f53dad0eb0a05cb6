//! Listeners, and servers that end together.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{flag} {address} cannot be listened on")]
pub struct AddressError {
    /// The flag that gives the address.
    pub flag: &'static str,
    /// The address.
    pub address: SocketAddr,
    /// What the system says.
    pub source: io::Error,
}

/// Servers that run until they are told to end.
pub struct Servers {
    running: JoinSet<()>,
    ending: watch::Sender<bool>,
}

impl Servers {
    /// None yet.
    pub fn new() -> Self {
        Self { running: JoinSet::new(), ending: watch::Sender::new(false) }
    }

    /// Serves `router` until the end. Requests that have begun are answered.
    pub fn serve(&mut self, listener: TcpListener, router: Router) {
        let mut ending = self.ending.subscribe();
        self.running.spawn(async move {
            let ended = async move {
                let _ = ending.wait_for(|ending| *ending).await;
            };
            let _ = axum::serve(listener, router).with_graceful_shutdown(ended).await;
        });
    }

    /// Does `work` until the end, which does not wait for it.
    pub fn work(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let mut ending = self.ending.subscribe();
        self.running.spawn(async move {
            tokio::select! {
                () = work => {}
                _ = ending.wait_for(|ending| *ending) => {}
            }
        });
    }

    /// Ends all of them; those who keep a connection open are not waited for.
    pub async fn end(mut self) {
        self.ending.send_replace(true);
        let answered = async { while self.running.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), answered).await;
    }
}

impl Default for Servers {
    fn default() -> Self {
        Self::new()
    }
}

/// Listens on `address`; the error names the flag that gave it.
pub async fn listen(flag: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), AddressError> {
    let refused = |source| AddressError { flag, address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

/// A URL at which this machine reaches what listens on `address`.
pub fn url(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    format!("http://{}", SocketAddr::new(host, address.port()))
}
