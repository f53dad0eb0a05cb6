//! The rules of a choice.

use serde::Deserialize;

use super::errors::ErrorOutput;
use super::path::{self, Sight};

/// One rule: a comparison, or several that must all hold; and, at the outside, where it leads.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Rule {
    and: Option<Vec<Self>>,
    variable: Option<String>,
    string_equals: Option<String>,
    boolean_equals: Option<bool>,
    numeric_greater_than: Option<i64>,
    is_present: Option<bool>,
    next: Option<String>,
}

impl Rule {
    /// Where it leads.
    pub(super) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Whether it holds. A comparison with nothing is an error, and every part is looked at: no rule here leans on
    /// an order in which they are.
    pub(super) fn holds(&self, sight: Sight<'_>) -> Result<bool, ErrorOutput> {
        let Self { and, variable, string_equals, boolean_equals, numeric_greater_than, is_present, .. } = self;
        match (and, variable, string_equals, boolean_equals, numeric_greater_than, is_present) {
            (Some(all), None, None, None, None, None) => {
                let answers = all.iter().map(|each| each.holds(sight)).collect::<Result<Vec<_>, _>>()?;
                Ok(answers.into_iter().all(|holds| holds))
            }
            (None, Some(path), Some(text), None, None, None) => Ok(path::read(path, sight)? == text.as_str()),
            (None, Some(path), None, Some(flag), None, None) => Ok(path::read(path, sight)? == *flag),
            (None, Some(path), None, None, Some(than), None) => {
                Ok(path::read(path, sight)?.as_i64().is_some_and(|number| number > *than))
            }
            (None, Some(path), None, None, None, Some(present)) => Ok(path::find(path, sight).is_some() == *present),
            _ => panic!("{self:?} is more than one rule, or none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn holds(rule: Value) -> Result<bool, String> {
        let data = json!({"text": "a", "flag": true, "number": 1});
        let rule: Rule = serde_json::from_value(rule).expect("a rule");
        rule.holds(Sight { data: &data, execution: "one" }).map_err(|output| output.error)
    }

    #[test]
    fn a_rule_compares_what_is_there() {
        assert_eq!(holds(json!({"Variable": "$.text", "StringEquals": "a"})), Ok(true));
        assert_eq!(holds(json!({"Variable": "$.text", "StringEquals": "b"})), Ok(false));
        assert_eq!(holds(json!({"Variable": "$.flag", "StringEquals": "true"})), Ok(false));
        assert_eq!(holds(json!({"Variable": "$.flag", "BooleanEquals": true})), Ok(true));
        assert_eq!(holds(json!({"Variable": "$.number", "NumericGreaterThan": 0})), Ok(true));
        assert_eq!(holds(json!({"Variable": "$.number", "NumericGreaterThan": 1})), Ok(false));
        assert_eq!(holds(json!({"Variable": "$.text", "NumericGreaterThan": 0})), Ok(false));
        assert_eq!(holds(json!({"Variable": "$.none", "IsPresent": true})), Ok(false));
        assert_eq!(holds(json!({"Variable": "$.none", "BooleanEquals": true})), Err("States.Runtime".to_owned()));
        let one = json!({"Variable": "$.flag", "BooleanEquals": true});
        let other = json!({"Variable": "$.text", "StringEquals": "b"});
        assert_eq!(holds(json!({"And": [one, other], "Next": "A"})), Ok(false));
        assert_eq!(holds(json!({"And": [one, one], "Next": "A"})), Ok(true));
    }
}
