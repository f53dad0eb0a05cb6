//! One thing that was looked at.

use serde_json::{Value, json};

use crate::look::shown;

/// How it stands, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Ok,
    Warn,
    Fail,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What was looked at, how it stands, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: State,
    about: String,
    found: String,
    advice: String,
}

impl Verdict {
    /// All is well.
    pub(super) fn ok(about: &str, found: impl Into<String>) -> Self {
        Self { state: State::Ok, about: about.to_owned(), found: found.into(), advice: String::new() }
    }

    /// It works, or is not used; somebody should look at it.
    pub(super) fn warn(about: &str, found: impl Into<String>, advice: &str) -> Self {
        Self { state: State::Warn, advice: advice.to_owned(), ..Self::ok(about, found) }
    }

    /// It does not work.
    pub(super) fn fail(about: &str, found: impl Into<String>, advice: &str) -> Self {
        Self { state: State::Fail, ..Self::warn(about, found, advice) }
    }

    /// For people. What was found may be somebody else's words.
    pub(super) fn line(&self) -> String {
        let Self { state, about, found, advice } = self;
        let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
        format!("{:<4}  {about:<24} {}{advice}", state.as_str(), shown(found))
    }

    /// For machines.
    pub(super) fn json(&self) -> Value {
        let mut told = json!({"state": self.state.as_str(), "about": self.about, "found": self.found});
        if let Some(told) = told.as_object_mut().filter(|_| !self.advice.is_empty()) {
            told.insert("toDo".to_owned(), json!(self.advice));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_it_stands_and_what_to_do() {
        let verdict = Verdict::fail("table Users", "is not there", "deploy the template");
        assert_eq!(verdict.line(), "fail  table Users              is not there; deploy the template");
        let told =
            json!({"state": "fail", "about": "table Users", "found": "is not there", "toDo": "deploy the template"});
        assert_eq!(verdict.json(), told);
        assert_eq!(Verdict::ok("a", "b").json(), json!({"state": "ok", "about": "a", "found": "b"}));
    }
}
