//! What `template.yaml` says of the queue and of its consumer.

use std::time::Duration;

use serde::Deserialize;

use crate::tables::{Template, TemplateError};

/// The numbers that count here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    /// The function's own time.
    pub(super) timeout: Duration,
    /// Whether an answer says which messages failed; else an answer, whatever it says, means that all are done.
    pub(super) reports: bool,
    /// How long a received message is hidden.
    pub(super) visibility: Duration,
    /// How often a message is received before it is given up.
    pub(super) max_receives: u32,
    /// Messages of one batch, at the most.
    pub(super) batch: usize,
    /// Batches at once, at the most.
    pub(super) at_once: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Queue {
    visibility_timeout: u64,
    redrive_policy: RedrivePolicy,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    max_receive_count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Function {
    timeout: u64,
    events: Events,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Events {
    batch: Event,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    properties: Mapping,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    batch_size: usize,
    #[serde(default)]
    function_response_types: Vec<String>,
    scaling_config: Scaling,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scaling {
    maximum_concurrency: usize,
}

impl Definition {
    pub(super) fn of_template() -> Result<Self, TemplateError> {
        let template = Template::bundled()?;
        let queue: Queue = template.properties("Auth0EventsQueue", "AWS::SQS::Queue")?;
        let function: Function = template.properties("Auth0Events", "AWS::Serverless::Function")?;
        let mapping = function.events.batch.properties;
        Ok(Self {
            timeout: Duration::from_secs(function.timeout),
            reports: mapping.function_response_types.iter().any(|kind| kind == "ReportBatchItemFailures"),
            visibility: Duration::from_secs(queue.visibility_timeout),
            max_receives: queue.redrive_policy.max_receive_count,
            batch: mapping.batch_size,
            at_once: mapping.scaling_config.maximum_concurrency,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_gives_a_message_time_enough_for_its_function() {
        // AWS asks for six times the function's timeout: a batch waits while the function is throttled.
        let it = Definition::of_template();
        assert!(it.is_ok_and(|it| it.visibility >= 6 * it.timeout && it.max_receives >= 5 && it.reports));
    }
}
