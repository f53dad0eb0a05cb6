//! Ctrl-C: the first one stops a run cleanly, the second one leaves at once.

use std::convert::Infallible;
use std::future::pending;

use shared::reconcile::{Stop, Why};

use super::question::give_cursor_back;
use super::screen::Screen;

/// Says stop when somebody asks this process to end. Ends never.
pub(super) async fn heed(stop: &Stop, screen: &Screen) -> Infallible {
    asked().await;
    give_cursor_back();
    stop.tell(Why::Asked);
    screen.rest();
    screen.say("stopping: what is on its way is finished first; press Ctrl-C again to leave at once");
    asked().await;
    std::process::exit(1)
}

/// Ends when a signal comes that asks a process to end.
pub(crate) async fn asked() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            () = interrupted() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Where nobody can listen, the system ends the process by itself.
        pending::<()>().await;
    }
}
