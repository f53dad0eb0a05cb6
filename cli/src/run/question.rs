//! One question to whoever sits at the terminal.

use std::future::pending;
use std::io;

use dialoguer::console::Term;
use dialoguer::{Confirm, Error};
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::oneshot;

/// Asks, and ends with the answer; no is what counts when nobody can be asked. Ctrl-C is no answer: whoever asks must
/// listen for it beside.
///
/// It waits in a thread of its own, so that a lease is renewed meanwhile; a thread of the runtime's would keep the
/// process from ending until somebody answers.
pub(crate) fn ask(question: String) -> BoxFuture<'static, bool> {
    // The question is shown no sooner than this is polled: whoever listens for Ctrl-C can be listening by then.
    async move {
        let (answer, answered) = oneshot::channel();
        std::thread::spawn(move || {
            let yes = match Confirm::new().with_prompt(question).default(false).interact_opt() {
                Ok(yes) => yes == Some(true),
                // The signal was raised again, and is on its way.
                Err(Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => return,
                Err(_) => false,
            };
            // Whoever asked may be gone.
            let _ = answer.send(yes);
        });
        match answered.await {
            Ok(yes) => yes,
            Err(_) => pending().await,
        }
    }
    .boxed()
}

/// Shows the cursor, which a question hides until it is answered.
pub(crate) fn give_cursor_back() {
    let screen = Term::stderr();
    if screen.is_term() {
        let _ = screen.show_cursor();
    }
}
