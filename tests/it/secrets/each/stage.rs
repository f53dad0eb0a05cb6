//! A function as it is deployed, its secret in Secrets Manager, and all that it needs around it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use shared::clock::Clock;
use shared::domain::Identity;
use shared::store::Sender;
use tests::api_gateway::GatewayAnswer;
use tests::canary::Canaries;
use tests::people::{noon, told};
use tests::runtime_api::{FunctionError, Lambda};
use tests::secrets_manager::SecretsManager;
use tests::served::Served;
use tests::spine::{Spine, auth0, clerk};

use super::good;
use super::row::{Row, Use};
use super::version::Version;
use crate::kit;
use crate::secrets::gate::Gate;

const NAME: &str = "spine/secret";
/// A value that nothing ever accepts.
const STRANGER: u8 = 9;

pub(super) struct Stage {
    pub(super) row: &'static Row,
    pub(super) manager: SecretsManager,
    /// The provider to which the secret is presented.
    provider: Option<(&'static str, Gate)>,
    spine: Spine,
    queue: Served,
    people: Cell<u32>,
    said: RefCell<Vec<String>>,
}

/// What became of an invocation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Whoever asked shall ask again.
    Unavailable,
    /// A status or a code.
    Refused(String),
}

impl Stage {
    /// The secret has its first value, for two days, here and at the provider.
    pub(super) async fn of(row: &'static Row) -> Self {
        let queue = Router::new().fallback(|| async { r#"{"MessageId": "1"}"# });
        let (people, said) = (Cell::default(), RefCell::default());
        let (spine, manager) = (Spine::fresh().await, SecretsManager::start().await);
        let provider = match row.variable() {
            _ if row.used == Use::Opens => None,
            "AUTH0_CLIENT_SECRET" => Some(("AUTH0_DOMAIN", Gate::of_auth0().await)),
            "CLERK_SECRET_KEY" => Some(("CLERK_API_URL", Gate::of_clerk().await)),
            _ => Some(("STRIPE_API_URL", Gate::of_stripe().await)),
        };
        let stage = Self { row, manager, provider, spine, queue: Served::start(queue).await, people, said };
        stage.put(1, Duration::from_hours(48));
        stage.roll(1);
        stage
    }

    fn version(&self, number: u8) -> Version {
        Version::of(self.row.variable(), number)
    }

    /// Secrets Manager holds this value, which was put there so long ago.
    pub(super) fn put(&self, number: u8, ago: Duration) {
        let made = Clock::system().now().minus(ago).millis();
        self.manager.rotate(NAME, &self.version(number).stored, made.try_into().unwrap());
    }

    /// The provider takes this value and no other.
    pub(super) fn roll(&self, number: u8) {
        if let Some((_, gate)) = &self.provider {
            gate.roll(&self.version(number).presented);
        }
    }

    /// The function, started anew, its previous secret counting for `overlap` seconds.
    pub(super) async fn start(&self, overlap: &str) -> Lambda {
        let (tables, manager, queue) = (&self.spine.tables, self.manager.url(), self.queue.url() + "/0/auth0-events");
        let mut changes = vec![
            (self.row.variable(), ""),
            (self.row.arn, NAME),
            ("SECRET_OVERLAP", overlap),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &manager),
            ("AUTH0_EVENTS_QUEUE_URL", &queue),
            ("DYNAMODB_ENDPOINT", &self.spine.endpoint),
            ("USERS_TABLE", &tables.users),
            ("CLAIMS_TABLE", &tables.claims),
            ("SYNC_RUNS_TABLE", &tables.sync_runs),
        ];
        let provider = self.provider.as_ref().map(|(variable, gate)| (*variable, gate.url()));
        changes.extend(provider.as_ref().map(|(variable, url)| (*variable, url.as_str())));
        kit::start(self.row.function, &kit::with(kit::variables(self.row.function), &changes)).await
    }

    /// A good request, for which this value is presented by the caller of a door.
    pub(super) async fn ask(&self, lambda: &Lambda, number: u8) -> Outcome {
        let who = self.somebody();
        let event = if self.row.used == Use::Opens {
            good::request(self.row.function, &self.version(number).presented, &who)
        } else {
            self.spine.users().upsert(&who, &told("ada", 1, 1, 1), Sender::Login, noon(1)).await.unwrap();
            good::order(self.row, &who)
        };
        let answer = lambda.invoke(event).await;
        self.said.borrow_mut().push(format!("{answer:?}"));
        outcome(answer)
    }

    /// The secret is refused once: by the door that it opens, as a stranger's, or by the provider, for no reason.
    pub(super) async fn refused(&self, lambda: &Lambda) -> Outcome {
        if let Some((_, gate)) = &self.provider {
            gate.close();
        }
        let outcome = self.ask(lambda, STRANGER).await;
        self.roll(1);
        outcome
    }

    /// Somebody of the realm that the secret belongs to.
    fn somebody(&self) -> Identity {
        self.people.set(self.people.get() + 1);
        let number = self.people.get();
        if self.row.arn.starts_with("CLERK") {
            clerk(&format!("user_{number}"))
        } else {
            auth0(&format!("auth0|{number}"))
        }
    }

    /// Ends the function, whose log tells whether Secrets Manager failed it, and never said a secret.
    pub(super) async fn end(&self, lambda: Lambda, failed: bool) {
        lambda.kill().await;
        let logs = lambda.logs();
        let told = logs.iter().any(|line| line.contains("the secret could not be read"));
        assert_eq!(told, failed, "{}: {logs:?}", self.row.name());
        let values = [1, 2, STRANGER].into_iter().flat_map(|number| self.version(number).canaries());
        Canaries::new(values).assert_silent(logs.into_iter().chain(self.said.take()));
    }
}

fn outcome(answer: Result<Value, FunctionError>) -> Outcome {
    match answer {
        Ok(answer) if answer["statusCode"].is_number() => {
            let answer = GatewayAnswer::read(&answer);
            match answer.status {
                200 | 202 => Outcome::Done,
                503 if answer.json()["code"] == "unavailable" => Outcome::Unavailable,
                other => Outcome::Refused(other.to_string()),
            }
        }
        // A run that another one keeps from its work has not done it.
        Ok(answer) if answer["status"] == "busy" => Outcome::Refused("busy".to_owned()),
        Ok(_) => Outcome::Done,
        Err(error) if error.error_type == "unavailable" => Outcome::Unavailable,
        Err(error) => Outcome::Refused(error.error_type),
    }
}
