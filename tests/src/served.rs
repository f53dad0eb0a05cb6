//! A router behind a free port of this machine, for as long as its owner lives.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that ends when this value is dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// Serves `router` on port 0 of the loopback interface, on the caller's runtime.
    pub async fn start(router: Router) -> Self {
        Self::on(Self::bind().await.0, router)
    }

    /// A free port and its base URL, for what must know where it will be served.
    pub async fn bind() -> (TcpListener, String) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        (listener, url)
    }

    /// Serves `router` there.
    pub fn on(listener: TcpListener, router: Router) -> Self {
        let address = listener.local_addr().expect("a bound socket has an address");
        // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to an answer now and then.
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).ok();
        });
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.ok();
        });
        Self { address, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
