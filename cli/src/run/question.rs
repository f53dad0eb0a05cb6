//! One question to whoever sits at the terminal.

use dialoguer::Confirm;
use dialoguer::console::Term;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::oneshot;

/// Asks, and ends with the answer; no is what counts when none comes.
///
/// It waits in a thread of its own, so that a lease is renewed meanwhile; a thread of the runtime's would keep the
/// process from ending until somebody answers.
pub(crate) fn ask(question: String) -> BoxFuture<'static, bool> {
    let (answer, answered) = oneshot::channel();
    std::thread::spawn(move || {
        let yes = Confirm::new().with_prompt(question).default(false).interact_opt();
        // Ctrl-C ends the question before it has shown the cursor again.
        let _ = Term::stderr().show_cursor();
        // Whoever asked may be gone.
        let _ = answer.send(matches!(yes, Ok(Some(true))));
    });
    answered.map(|answer| answer.unwrap_or(false)).boxed()
}
