//! `spine` at a terminal: bars, one question, and Ctrl-C while it stands.

use tests::binaries::binary;
use tests::terminal::Terminal;

use super::operator::Operator;

/// How the question begins.
const QUESTION: &str = "Write these 2?";

/// Two who are missing, and a sync that asks.
async fn asking() -> (Operator, Terminal) {
    let operator = Operator::start().await;
    operator.lose_messages();
    operator.join("ada");
    operator.join("bob");
    let terminal = at(&operator, &["sync", "clerk", "--local"]);
    assert!(terminal.shows(QUESTION).await, "{}", terminal.ended().await.1);
    (operator, terminal)
}

fn at(operator: &Operator, arguments: &[&str]) -> Terminal {
    let variables = operator.variables();
    let variables = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let variables: Vec<(&str, &str)> = variables.chain([("TERM", "xterm-256color")]).collect();
    Terminal::start(binary("spine"), arguments, &variables, operator.folder.path())
}

#[tokio::test]
async fn a_yes_writes_what_was_shown_and_a_no_writes_nothing() {
    for (key, code, rows) in [("y", 0, 2), ("n", 1, 0), ("\r", 1, 0)] {
        let (operator, mut terminal) = asking().await;
        assert_eq!(operator.rows().await, 0, "nothing is written before the answer");
        terminal.types(key);
        let (ended, shown) = terminal.ended().await;
        assert_eq!((ended.code(), operator.rows().await), (Some(code), rows), "{shown}");
        assert!(shown.contains("comparing") && shown.contains("missing") && shown.contains("added"), "{shown}");
    }
}

#[tokio::test]
async fn the_lease_is_held_while_the_question_stands() {
    let (operator, mut terminal) = asking().await;
    let told = operator.spine("sync clerk --yes").await;
    assert!(told.code == 1 && told.has(&["busy", "ada-"]), "{told:?}");
    terminal.types("y");
    assert_eq!(terminal.ended().await.0.code(), Some(0));
    assert_eq!(operator.rows().await, 2);
}

#[tokio::test]
async fn ctrl_c_while_the_question_stands_ends_cleanly_and_gives_the_cursor_back() {
    let (operator, mut terminal) = asking().await;
    terminal.types("\u{3}");
    let (ended, shown) = terminal.ended().await;
    assert_eq!((ended.code(), operator.rows().await), (Some(1), 0), "{shown}");
    let (hidden, back) = (shown.rfind("\u{1b}[?25l"), shown.rfind("\u{1b}[?25h"));
    assert!(hidden.is_some() && back > hidden, "{shown:?}");
    assert!(shown.contains("the same command goes on"), "{shown}");
    assert_eq!(operator.spine("runs --json").await.last()["status"], "unfinished");
    assert_eq!(operator.spine("sync clerk --yes").await.code, 0, "the lease is free");
}

#[tokio::test]
async fn one_user_is_asked_for_too_and_ctrl_c_is_a_no() {
    let operator = Operator::start().await;
    operator.lose_messages();
    let subject = operator.join("ada");
    for (key, code, rows) in [("\u{3}", 1, 0), ("y", 0, 1)] {
        let mut terminal = at(&operator, &["user", "resync", &subject, "--local"]);
        assert!(terminal.shows("Write it?").await, "{}", terminal.ended().await.1);
        terminal.types(key);
        let (ended, shown) = terminal.ended().await;
        assert_eq!((ended.code(), operator.rows().await), (Some(code), rows), "{shown}");
        assert!(shown.rfind("\u{1b}[?25h") > shown.rfind("\u{1b}[?25l"), "{shown:?}");
    }
}

#[tokio::test]
async fn results_that_are_piped_hold_no_bars_and_no_colours() {
    let operator = Operator::start().await;
    operator.lose_messages();
    operator.join("ada");
    let told = operator.spine("check clerk").await;
    let plain = |text: &str| !text.contains(['\u{1b}', '\r', '─']);
    assert!(plain(&told.out) && plain(&told.err) && told.err.contains("comparing"), "{told:?}");
}
