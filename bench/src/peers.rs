//! What a look-up and a link cost the users API, beside the same work on Node: each a process under an emulated Runtime
//! API, all three in turns, over one engine in a process of its own.

mod figures;
mod peer;
mod stage;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use figures::{Figures, table};
use peer::{Ask, Peer};
use stage::Stage;

pub(crate) use stage::engine;

/// What to measure, and how much of it.
#[derive(Args)]
pub(crate) struct Peers {
    /// The binary of the users API
    #[arg(default_value = "target/bench-run/users-api")]
    binary: PathBuf,
    /// Where `npm ci && npm run build` has been run
    #[arg(long, default_value = "bench/peers")]
    folder: PathBuf,
    /// Node 20
    #[arg(long, default_value = "node")]
    node: PathBuf,
    /// How many look-ups by id
    #[arg(long, default_value_t = 3000)]
    lookups: u32,
    /// How many links, each of a key that nobody has had
    #[arg(long, default_value_t = 1000)]
    links: u32,
    /// How many of each before anything counts: a compiler that learns is not what is measured
    #[arg(long, default_value_t = 1000)]
    warm: u32,
}

/// How many each of them answers before it is another's turn.
const TURN: u32 = 100;
/// How long a process is left alone before its CPU time is read: the work behind an answer is the answer's too.
const REST: Duration = Duration::from_millis(2);

/// Measures, and tells it as the tables of `docs/PERFORMANCE.md` do.
pub(crate) async fn measure(wanted: &Peers) {
    let stage = Stage::set().await;
    let peers = [
        Peer::start("identity-spine, users-api", &wanted.binary, &[], &stage).await,
        Peer::start("Node 20, AWS SDK v3", &wanted.node, &[&wanted.folder.join("dist/sdk.mjs")], &stage).await,
        Peer::start("Node 20, OneTable", &wanted.node, &[&wanted.folder.join("dist/onetable.mjs")], &stage).await,
    ];
    for (what, ask, count) in [("look-up by id", Ask::ById, wanted.lookups), ("link of a key", Ask::Link, wanted.links)]
    {
        let figures = compare(&peers, ask, wanted.warm, count).await;
        match figures {
            Some(figures) => table(&format!("{what} ({count} each, after {})", wanted.warm), &figures),
            None => println!("{what}: the binary has no such route"),
        }
    }
    stage.in_order().await;
    for peer in &peers {
        println!("{:<28} peak RSS {:>6.1} MB, INIT CPU {:.1?}", peer.name, peer.peak_memory() as f64 / 1e6, peer.init);
    }
}

/// Each peer's figures; nothing where the first of them does not know the route.
async fn compare(peers: &[Peer], ask: Ask, warm: u32, count: u32) -> Option<Vec<Figures>> {
    if !peers[0].knows(ask).await {
        return None;
    }
    let mut figures: Vec<Figures> = peers.iter().map(|peer| Figures::of(peer.name)).collect();
    for began in (0..warm + count).step_by(TURN as usize) {
        for (peer, figures) in peers.iter().zip(&mut figures) {
            for number in began..(began + TURN).min(warm + count) {
                let (cpu, wall) = peer.cost(ask, number).await;
                if number >= warm {
                    figures.add(cpu, wall);
                }
            }
        }
    }
    Some(figures)
}
