//! A state machine's definition in the States Language, with JSONPath: the fields that are understood, and no others.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::choice::Rule;
use super::errors::{Catcher, Retrier};

/// A whole state machine.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Machine {
    #[serde(rename = "Comment")]
    _comment: String,
    pub(super) start_at: String,
    pub(super) timeout_seconds: Option<u32>,
    pub(super) states: BTreeMap<String, State>,
}

/// One state. Each must name the next one: `End` is not used.
#[derive(Debug, Deserialize)]
#[serde(tag = "Type")]
pub(super) enum State {
    Pass(Pass),
    Task(Task),
    Choice(Choice),
    Wait(Wait),
    Succeed(Succeed),
    Fail(Fail),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Pass {
    #[serde(default, deserialize_with = "not_null")]
    pub(super) input_path: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    pub(super) parameters: Option<Value>,
    #[serde(default, deserialize_with = "not_null")]
    pub(super) result_path: Option<String>,
    pub(super) next: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Task {
    pub(super) resource: String,
    pub(super) parameters: Value,
    #[serde(default, deserialize_with = "not_null")]
    pub(super) result_selector: Option<Value>,
    pub(super) result_path: String,
    /// Nothing takes time here: whoever plays the function answers `States.Timeout`.
    #[serde(rename = "TimeoutSeconds")]
    _timeout_seconds: u32,
    #[serde(default)]
    pub(super) retry: Vec<Retrier>,
    #[serde(default)]
    pub(super) catch: Vec<Catcher>,
    pub(super) next: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) choices: Vec<Rule>,
    pub(super) default: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Wait {
    pub(super) seconds: u32,
    pub(super) next: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Succeed {
    #[serde(default, deserialize_with = "not_null")]
    pub(super) output_path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Fail {
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) error_path: Option<String>,
    pub(super) cause_path: Option<String>,
}

/// A field that is absent or has a value: in this language, `null` is not the same as absent.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Machine {
    /// Reads a definition. What is not understood is an error, and so is a state that is named and not there, or that
    /// no way leads to.
    pub fn read(definition: &Value) -> Result<Self, String> {
        let machine = Self::deserialize(definition).map_err(|error| error.to_string())?;
        let mut reached = BTreeSet::new();
        let mut open = vec![machine.start_at.as_str()];
        while let Some(name) = open.pop() {
            let state = machine.states.get(name).ok_or_else(|| format!("no state {name}"))?;
            if reached.insert(name) {
                open.extend(state.next());
            }
        }
        match machine.states.keys().find(|name| !reached.contains(name.as_str())) {
            Some(name) => Err(format!("no way leads to {name}")),
            None => Ok(machine),
        }
    }
}

impl State {
    /// Where it can lead.
    fn next(&self) -> Vec<&str> {
        match self {
            Self::Pass(pass) => vec![&pass.next],
            Self::Wait(wait) => vec![&wait.next],
            Self::Task(task) => {
                task.catch.iter().map(|catcher| &catcher.next).chain([&task.next]).map(String::as_str).collect()
            }
            Self::Choice(choice) => {
                choice.choices.iter().filter_map(Rule::next).chain([choice.default.as_str()]).collect()
            }
            Self::Succeed(_) | Self::Fail(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(state: Value) -> String {
        let definition = json!({"Comment": "", "StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}});
        Machine::read(&definition).expect_err("it is refused")
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(refused(json!({"Type": "Parallel", "Next": "B"})).contains("Parallel"));
        assert!(refused(json!({"Type": "Pass", "Next": "B", "OutputPath": "$.a"})).contains("OutputPath"));
        assert!(refused(json!({"Type": "Pass", "End": true})).contains("End"));
        assert!(refused(json!({"Type": "Pass", "Next": "B", "ResultPath": null})).contains("null"));
        let rule = json!({"Variable": "$.a", "NumericEquals": 1, "Next": "B"});
        assert!(refused(json!({"Type": "Choice", "Choices": [rule], "Default": "B"})).contains("NumericEquals"));
        assert!(refused(json!({"Type": "Wait", "SecondsPath": "$.a", "Next": "B"})).contains("SecondsPath"));
    }

    #[test]
    fn a_state_that_is_not_there_and_one_without_a_way_to_it_are_refused() {
        assert_eq!(refused(json!({"Type": "Pass", "Next": "C"})), "no state C");
        assert_eq!(refused(json!({"Type": "Succeed"})), "no way leads to B");
    }
}
