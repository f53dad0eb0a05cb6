//! An alarm of the template on a metric of ours, as CloudWatch evaluates it over one period.

use std::collections::BTreeMap;

use tests::template::Template;

use super::NAMESPACE;
use super::lines::Lines;

/// An alarm on one metric.
pub(super) struct Alarm {
    pub(super) id: String,
    pub(super) metric: String,
    pub(super) dimensions: BTreeMap<String, String>,
    statistic: String,
    comparison: String,
    threshold: f64,
    missing: String,
}

impl Alarm {
    /// All alarms on metrics of ours.
    pub(super) fn all(template: &Template) -> Vec<Self> {
        let alarms = template.resources("AWS::CloudWatch::Alarm").into_iter();
        let ours = alarms.filter(|id| template.property(id, &["Namespace"]) == NAMESPACE);
        ours.map(|id| Self::named(template, id)).collect()
    }

    /// One of them.
    pub(super) fn named(template: &Template, id: &str) -> Self {
        let property = |name: &str| template.property(id, &[name]);
        let text = |name: &str| property(name).as_str().unwrap_or_else(|| panic!("{id}: {name}")).to_owned();
        let dimensions = property("Dimensions");
        let pair = |one: &serde_json::Value| {
            (one["Name"].as_str().unwrap().to_owned(), one["Value"].as_str().unwrap().to_owned())
        };
        Self {
            id: id.to_owned(),
            metric: text("MetricName"),
            dimensions: dimensions.as_array().unwrap().iter().map(pair).collect(),
            statistic: text("Statistic"),
            comparison: text("ComparisonOperator"),
            threshold: property("Threshold").as_f64().unwrap(),
            missing: text("TreatMissingData"),
        }
    }

    /// Whether the stack of this template has it.
    pub(super) fn is_there(&self, template: &Template) -> bool {
        template.condition_of(&self.id).is_none_or(|condition| template.condition(&condition))
    }

    /// Whether a period in which these lines were logged is one of alarm.
    pub(super) fn alarms(&self, lines: &Lines) -> bool {
        let values = lines.values(&self.metric, &self.dimensions);
        if values.is_empty() {
            return match self.missing.as_str() {
                "breaching" => true,
                "notBreaching" => false,
                other => panic!("{}: {other}", self.id),
            };
        }
        assert_eq!(self.statistic, "Sum", "{}", self.id);
        let sum: f64 = values.iter().sum();
        match self.comparison.as_str() {
            "GreaterThanThreshold" => sum > self.threshold,
            "LessThanThreshold" => sum < self.threshold,
            other => panic!("{}: {other}", self.id),
        }
    }
}
