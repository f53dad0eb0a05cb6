//! A cable between a process and the engine: bytes pass, until a test cuts every connection or lets it go silent.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How connections end that were open by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The peer closes, as servers close idle connections.
    Closed,
    /// The peer resets.
    Reset,
    /// Nothing is heard any more, as when something on the way forgot the connection.
    Silent,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    opened: Arc<AtomicU32>,
    ends: watch::Sender<Option<End>>,
    task: JoinHandle<()>,
}

impl Cable {
    /// A cable to what listens at `url`, which is `http://HOST:PORT`.
    pub async fn to(url: &str) -> Self {
        let target: SocketAddr = url.trim_start_matches("http://").parse().expect("a URL of an address");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let opened = Arc::new(AtomicU32::new(0));
        let ends = watch::Sender::new(None);
        let (count, ended) = (Arc::clone(&opened), ends.clone());
        let task = tokio::spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut ended = ended.subscribe();
                ended.mark_unchanged();
                lines.spawn(line(stream, target, ended));
            }
        });
        Self { address, opened, ends, task }
    }

    /// Where it begins.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were opened so far.
    pub fn opened(&self) -> u32 {
        self.opened.load(Ordering::SeqCst)
    }

    /// Ends the connections that are open; new ones pass.
    pub fn end(&self, how: End) {
        self.ends.send_replace(Some(how));
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn line(mut near: TcpStream, target: SocketAddr, mut ended: watch::Receiver<Option<End>>) {
    let Ok(mut far) = TcpStream::connect(target).await else { return };
    near.set_nodelay(true).ok();
    far.set_nodelay(true).ok();
    let how = tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => return,
        _ = ended.changed() => *ended.borrow(),
    };
    match how {
        Some(End::Reset) => {
            near.set_zero_linger().ok();
        }
        Some(End::Silent) => std::future::pending().await,
        Some(End::Closed) | None => {}
    }
}
