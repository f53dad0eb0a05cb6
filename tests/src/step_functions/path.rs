//! Paths into a state's data: `$`, `$.a.b`, `$.a[0]`, and the one into the context, `$$.Execution.Name`.

use serde_json::{Map, Value};

use super::errors::ErrorOutput;

/// What a path reads from.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    /// The state's data.
    pub(super) data: &'a Value,
    /// `$$.Execution.Name`.
    pub(super) execution: &'a str,
}

/// What is at `path`, if anything.
pub(super) fn find(path: &str, sight: Sight<'_>) -> Option<Value> {
    if path.starts_with("$$") {
        assert_eq!(path, "$$.Execution.Name", "of the context, only the execution's name is known");
        return Some(sight.execution.into());
    }
    let found = steps(path).iter().try_fold(sight.data, |value, step| match step {
        Step::Field(name) => value.as_object()?.get(*name),
        Step::Index(index) => value.as_array()?.get(*index),
    });
    found.cloned()
}

/// What is at `path`; nothing there is an error that no catcher sees.
pub(super) fn read(path: &str, sight: Sight<'_>) -> Result<Value, ErrorOutput> {
    find(path, sight).ok_or_else(|| ErrorOutput::new("States.Runtime", &format!("nothing is at {path}")))
}

/// `data` with `value` put at `path`; objects on the way there are made.
pub(super) fn put(path: &str, value: Value, mut data: Value) -> Result<Value, ErrorOutput> {
    let mut place = &mut data;
    for step in steps(path) {
        let Step::Field(name) = step else { panic!("{path}: a result goes into fields only") };
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let object = place.as_object_mut().ok_or_else(|| {
            ErrorOutput::new("States.ResultPathMatchFailure", &format!("something else is on the way to {path}"))
        })?;
        place = object.entry(name).or_insert(Value::Null);
    }
    *place = value;
    Ok(data)
}

enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

fn steps(path: &str) -> Vec<Step<'_>> {
    let rest = path.strip_prefix('$').unwrap_or_else(|| panic!("{path} is no path"));
    let mut steps = Vec::new();
    for part in rest.split('.').skip(1) {
        let (name, index) = part.split_once('[').map_or((part, None), |(name, index)| (name, Some(index)));
        let plain = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !plain {
            unknown(path)
        }
        steps.push(Step::Field(name));
        steps.extend(
            index.map(|index| Step::Index(index.trim_end_matches(']').parse().unwrap_or_else(|_| unknown(path)))),
        );
    }
    if rest.is_empty() || rest.starts_with('.') { steps } else { unknown(path) }
}

fn unknown(path: &str) -> ! {
    panic!("{path} is more than is known of paths")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_finds_what_is_there() {
        let data = json!({"a": {"b": ["x", "y"]}});
        let sight = Sight { data: &data, execution: "one" };
        assert_eq!(find("$", sight), Some(data.clone()));
        assert_eq!(find("$.a.b[1]", sight), Some(json!("y")));
        assert_eq!(find("$$.Execution.Name", sight), Some(json!("one")));
        assert_eq!(find("$.a.c", sight), None);
        assert_eq!(find("$.a.b[2]", sight), None);
        assert_eq!(read("$.a.c", sight).expect_err("nothing").error, "States.Runtime");
    }

    #[test]
    fn a_result_is_put_where_its_path_says() {
        assert_eq!(put("$", json!(1), json!({"a": 2})), Ok(json!(1)));
        assert_eq!(put("$.b.c", json!(1), json!({"a": 2})), Ok(json!({"a": 2, "b": {"c": 1}})));
        assert_eq!(put("$.a", json!(1), json!({"a": 2})), Ok(json!({"a": 1})));
        assert!(put("$.a.b", json!(1), json!({"a": 2})).is_err());
    }

    #[test]
    #[should_panic(expected = "more than is known")]
    fn a_filter_stops_the_test() {
        find("$.a[?(@.b)].c", Sight { data: &json!({}), execution: "one" });
    }
}
