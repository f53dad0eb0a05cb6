//! Payload templates: an object whose fields named `….$` are paths or intrinsic functions.

use serde_json::Value;

use super::errors::ErrorOutput;
use super::path::{self, Sight};

/// The template filled in. A path that leads nowhere is `States.ParameterPathFailure`.
pub(super) fn fill(template: &Value, sight: Sight<'_>) -> Result<Value, ErrorOutput> {
    match template {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match name.strip_suffix(".$") {
                Some(name) => Ok((name.to_owned(), computed(value.as_str().expect("a path"), sight)?)),
                None => Ok((name.clone(), fill(value, sight)?)),
            };
            fields.iter().map(field).collect::<Result<_, _>>().map(Value::Object)
        }
        Value::Array(items) => items.iter().map(|item| fill(item, sight)).collect(),
        plain => Ok(plain.clone()),
    }
}

/// A path, a text in quotes, or an intrinsic function of such.
fn computed(expression: &str, sight: Sight<'_>) -> Result<Value, ErrorOutput> {
    if expression.starts_with('$') {
        let lost = || ErrorOutput::new("States.ParameterPathFailure", &format!("nothing is at {expression}"));
        return path::find(expression, sight).ok_or_else(lost);
    }
    if let Some(text) = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        assert!(!text.contains(['\'', '\\']), "{expression}: nothing is known of escapes");
        return Ok(text.into());
    }
    let (name, rest) = expression.split_once('(').unwrap_or_else(|| panic!("{expression} is not understood"));
    let inside = rest.strip_suffix(')').expect("a function ends");
    assert!(!inside.contains('('), "{expression}: functions of functions are not known");
    let arguments = inside.split(", ").map(|each| computed(each, sight)).collect::<Result<Vec<_>, _>>()?;
    let refused = || ErrorOutput::new("States.IntrinsicFailure", &format!("{name} does not take this"));
    match name {
        "States.Format" => format(&arguments).ok_or_else(refused),
        "States.StringSplit" => split(&arguments).ok_or_else(refused),
        _ => panic!("{name} is not known"),
    }
}

/// `States.Format('{}-{}', a, b)`.
fn format(arguments: &[Value]) -> Option<Value> {
    let (template, values) = arguments.split_first()?;
    let mut pieces = template.as_str()?.split("{}");
    let mut text = pieces.next()?.to_owned();
    let mut values = values.iter();
    for piece in pieces {
        text.push_str(values.next()?.as_str()?);
        text.push_str(piece);
    }
    values.next().is_none().then(|| text.into())
}

/// `States.StringSplit(text, ':')`, by one character; what AWS makes of empty parts is left open.
fn split(arguments: &[Value]) -> Option<Value> {
    let [text, separator] = arguments else { return None };
    let parts: Vec<&str> = text.as_str()?.split(separator.as_str()?).collect();
    assert!(separator.as_str()?.len() == 1 && parts.iter().all(|part| !part.is_empty()), "{text} has empty parts");
    Some(parts.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_filled_in() {
        let data = json!({"at": "02:10:59", "who": "a", "parts": ["x", "y"]});
        let sight = Sight { data: &data, execution: "one" };
        let template = json!({"plain": {"n": 1}, "who.$": "$.who", "cut.$": "States.StringSplit($.at, ':')",
            "name.$": "States.Format('{}-{}!', $.who, $.parts[1])", "execution.$": "$$.Execution.Name"});
        let filled =
            json!({"plain": {"n": 1}, "who": "a", "cut": ["02", "10", "59"], "name": "a-y!", "execution": "one"});
        assert_eq!(fill(&template, sight), Ok(filled));
        assert_eq!(fill(&json!({"a.$": "$.b"}), sight).expect_err("nothing").error, "States.ParameterPathFailure");
        assert_eq!(
            fill(&json!({"a.$": "States.Format('{}')"}), sight).expect_err("few").error,
            "States.IntrinsicFailure"
        );
    }

    #[test]
    #[should_panic(expected = "not known")]
    fn another_function_stops_the_test() {
        let _ = fill(&json!({"a.$": "States.Base64Encode($.b)"}), Sight { data: &json!({"b": "c"}), execution: "one" });
    }
}
