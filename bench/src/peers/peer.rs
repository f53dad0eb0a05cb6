//! One of the processes that are compared.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::api_gateway::{GatewayAnswer, GatewayRequest};
use tests::runtime_api::Lambda;

use super::REST;
use super::stage::{Stage, TOKEN};

/// What is asked.
#[derive(Clone, Copy)]
pub(super) enum Ask {
    /// `GET /v1/users/{userId}`.
    ById,
    /// `PUT /v1/users/{userId}/public-key`, in place of the key before.
    Link,
}

/// A process, and a user that nobody else asks for.
pub(super) struct Peer {
    pub(super) name: &'static str,
    /// CPU time until it asked for its first event.
    pub(super) init: Duration,
    lambda: Lambda,
    user: String,
    /// Makes keys that no other peer makes.
    number: usize,
}

impl Peer {
    pub(super) async fn start(name: &'static str, binary: &Path, arguments: &[&Path], stage: &Stage) -> Self {
        let arguments: Vec<&str> = arguments.iter().map(|path| path.to_str().expect("a path of text")).collect();
        let variables = stage.variables();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let lambda = Lambda::start_with(binary, &arguments, &variables, Duration::from_secs(30)).await;
        if let Err(failure) = lambda.wait_ready().await {
            unreachable!("{name}: {failure}");
        }
        let init = lambda.cpu_time().expect("it lives");
        let (number, user) = stage.user().await;
        Self { name, init, lambda, user, number }
    }

    /// Asks, and says what it took: the process's CPU time, and the time until the answer was there.
    pub(super) async fn cost(&self, ask: Ask, number: u32) -> (Duration, Duration) {
        let event = self.event(ask, number);
        let (cpu, began) = (self.cpu_time(), Instant::now());
        let answer = self.answer(event).await;
        let wall = began.elapsed();
        let expected = if matches!(ask, Ask::ById) { 200 } else { 204 };
        assert_eq!(answer.status, expected, "{}: {}", self.name, answer.text());
        tokio::time::sleep(REST).await;
        (self.cpu_time().saturating_sub(cpu), wall)
    }

    /// Whether there is such a route.
    pub(super) async fn knows(&self, ask: Ask) -> bool {
        !matches!(self.answer(self.event(ask, u32::MAX)).await.status, 404 | 405)
    }

    pub(super) fn peak_memory(&self) -> u64 {
        self.lambda.peak_memory().expect("it lives")
    }

    fn cpu_time(&self) -> Duration {
        self.lambda.cpu_time().expect("it lives")
    }

    async fn answer(&self, event: Value) -> GatewayAnswer {
        let answer = self.lambda.invoke(event).await;
        GatewayAnswer::read(&answer.unwrap_or_else(|error| unreachable!("{}: {error:?}", self.name)))
    }

    fn event(&self, ask: Ask, number: u32) -> Value {
        let path = format!("/v1/users/{}", self.user);
        let request = match ask {
            Ask::ById => GatewayRequest::new("GET", &path),
            Ask::Link => {
                let key = format!("0x{:032x}{number:08x}", self.number);
                GatewayRequest::new("PUT", &format!("{path}/public-key")).json(&json!({"publicKey": key}))
            }
        };
        request.header("authorization", &format!("Bearer {}", *TOKEN)).build()
    }
}
