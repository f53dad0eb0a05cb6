//! Whether to write: by a flag, or by whoever sits at the terminal.

use std::io::{self, IsTerminal, Write};

use crate::run::{ask, asked, give_cursor_back};

/// Asks, unless that was answered before; no where there is nobody to ask.
pub(crate) async fn consent(yes: bool, json: bool, question: &str) -> bool {
    if yes {
        return true;
    }
    if !json && io::stdin().is_terminal() && io::stderr().is_terminal() {
        return tokio::select! {
            yes = ask(question.to_owned()) => yes,
            () = asked() => {
                give_cursor_back();
                false
            }
        };
    }
    let _ = writeln!(io::stderr(), "there is nobody to ask; --yes writes without asking");
    false
}
