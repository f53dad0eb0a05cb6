//! Whether to write: what whoever sits at the terminal says.

use std::io::{self, IsTerminal, Write};

use crate::run::{ask, asked, give_cursor_back};

/// Asks; no where there is nobody to ask, which is told with what `--yes` does.
pub(crate) async fn consent(json: bool, question: &str, does: &str) -> bool {
    if !json && io::stdin().is_terminal() && io::stderr().is_terminal() {
        return tokio::select! {
            biased; // it listens before it asks
            () = asked() => {
                give_cursor_back();
                false
            }
            yes = ask(question.to_owned()) => yes,
        };
    }
    let _ = writeln!(io::stderr(), "there is nobody to ask; --yes {does} without asking");
    false
}
