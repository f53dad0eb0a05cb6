//! The dashboard: a document that CloudWatch reads, whose metrics of ours are logged.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::template::Template;

use super::NAMESPACE;
use super::lines::Lines;

fn body(template: &Template) -> Value {
    let text = template.property("Dashboard", &["DashboardBody"]);
    serde_json::from_str(text.as_str().unwrap()).expect("the body is JSON")
}

fn metrics(template: &Template) -> Vec<Value> {
    let body = body(template);
    let widgets = body["widgets"].as_array().unwrap().clone();
    widgets.into_iter().flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap().clone()).collect()
}

/// What the dashboard shows of ours and nobody logs.
pub(super) fn not_logged(template: &Template, lines: &Lines) -> Vec<String> {
    metrics(template).iter().filter(|metric| !is_logged(metric, lines)).map(Value::to_string).collect()
}

fn is_logged(metric: &Value, lines: &Lines) -> bool {
    let parts: Vec<&str> = metric.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    match parts.as_slice() {
        [] => metric[0]["expression"].as_str().is_none_or(|expression| finds(expression, lines)),
        [NAMESPACE, name, dimensions @ ..] => {
            let pairs = dimensions.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
            !lines.values(name, &pairs.collect::<BTreeMap<_, _>>()).is_empty()
        }
        _ => true,
    }
}

/// Whether a search finds anything: the dimensions must be all that a metric has, and the metrics that it names be told.
fn finds(expression: &str, lines: &Lines) -> bool {
    let Some((_, search)) = expression.split_once("SEARCH('{") else { return true };
    let (schema, terms) = search.split_once('}').unwrap();
    if schema.starts_with("AWS/") {
        return true;
    }
    let mut names: Vec<&str> = schema.split(',').collect();
    assert_eq!(names.remove(0), format!("\"{NAMESPACE}\""));
    names.sort_unstable();
    let schemas = lines.schemas();
    let told = |metric: &str| schemas.iter().any(|(name, of)| name == metric && *of == names);
    let choice = terms.split_once("MetricName=").map_or("", |(_, rest)| rest.split(',').next().unwrap());
    let mut wanted = choice.split('"').skip(1).step_by(2).peekable();
    match wanted.peek() {
        None => schemas.iter().any(|(_, of)| *of == names),
        Some(_) => wanted.all(told),
    }
}

#[test]
fn it_shows_what_it_should_and_two_stacks_have_two() {
    let template = Template::with(&[]);
    let body = body(&template);
    let titles: Vec<&str> =
        body["widgets"].as_array().unwrap().iter().map(|it| it["properties"]["title"].as_str().unwrap()).collect();
    for word in ["Logins", "doors", "Repairs, by cause", "since the last finished run", "Latency", "Errors", "Units"] {
        assert!(titles.iter().any(|title| title.contains(word)), "{word}: {titles:?}");
    }
    let name = template.property("Dashboard", &["DashboardName"]);
    assert_eq!(name, "identity-spine-eu-central-1");
}

#[test]
fn it_tells_errors_from_throttles_of_every_function() {
    let template = Template::with(&[("UseStripe", "yes")]);
    let shown = metrics(&template).iter().map(Value::to_string).find(|metric| metric.contains("Throttles")).unwrap();
    for function in template.resources("AWS::Serverless::Function") {
        assert!(shown.contains(&format!("\\\"{function}\\\"")), "{function}: {shown}");
    }
    let without = metrics(&Template::with(&[])).iter().map(Value::to_string).collect::<String>();
    assert!(!without.contains("StripeReconcile"), "a function that is not there has no name");
}

#[test]
fn a_metric_that_nobody_logs_is_found() {
    let lines = Lines::default();
    for metric in [
        serde_json::json!([NAMESPACE, "FinishedAt", "Source", "auth0"]),
        serde_json::json!([{"expression": format!("SEARCH('{{\"{NAMESPACE}\",Door}} Door=\"login\"', 'Sum', 300)")}]),
    ] {
        assert!(!is_logged(&metric, &lines), "{metric}");
    }
}
