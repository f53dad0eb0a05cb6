//! What functions logged as metrics, read as CloudWatch reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::runtime_api::Lambda;

use super::NAMESPACE;

/// One value of one metric, with exactly these dimensions: CloudWatch knows no others of it.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    metric: String,
    dimensions: BTreeMap<String, String>,
    value: f64,
}

/// Lines of any number of functions.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Vec<Point>);

impl Lines {
    /// What a function has logged by now.
    pub(super) fn of(lambda: &Lambda) -> Self {
        let lines = lambda.logs().into_iter().filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        Self(lines.flat_map(|line| points(&line)).collect())
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The values of a metric.
    pub(super) fn values(&self, metric: &str, dimensions: &BTreeMap<String, String>) -> Vec<f64> {
        let of = self.0.iter().filter(|point| point.metric == metric && point.dimensions == *dimensions);
        of.map(|point| point.value).collect()
    }

    /// The names of the dimensions of each metric.
    pub(super) fn schemas(&self) -> BTreeSet<(String, Vec<String>)> {
        let schema = |point: &Point| (point.metric.clone(), point.dimensions.keys().cloned().collect());
        self.0.iter().map(schema).collect()
    }
}

/// The points of one line of CloudWatch's embedded format; none of any other.
fn points(line: &Value) -> Vec<Point> {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().cloned().unwrap_or_default();
    let mut points = Vec::new();
    for directive in directives.iter().filter(|directive| directive["Namespace"] == NAMESPACE) {
        for set in directive["Dimensions"].as_array().unwrap() {
            let names = set.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            let dimensions = names.map(|name| (name.to_owned(), line[name].as_str().unwrap().to_owned()));
            let dimensions: BTreeMap<_, _> = dimensions.collect();
            for metric in directive["Metrics"].as_array().unwrap() {
                let metric = metric["Name"].as_str().unwrap().to_owned();
                let value = line[&metric].as_f64().unwrap();
                points.push(Point { metric, dimensions: dimensions.clone(), value });
            }
        }
    }
    points
}
