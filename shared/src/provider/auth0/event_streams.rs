//! Event streams: where a tenant sends what happens to its users.
//!
//! Source: the Management API's `/api/v2/event-streams`. The bearer of a webhook is told to nobody.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Auth0;
use super::manage::Errand;
use crate::provider::error::ProviderError;
use crate::secret::SecretText;
use crate::wire::lenient::Text;

const LIST: Errand = Errand::read("list its event streams", "the application's scope read:event_streams");
const CREATE: Errand = Errand::make("create an event stream", "the application's scope create:event_streams");
const UPDATE: Errand = Errand::set("change an event stream", "the application's scope update:event_streams");

/// A tenant has a handful of streams; so many pages of 100 are none's.
const PAGES: u32 = 20;

/// An event stream as the tenant has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventStream {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it sends, in order.
    pub events: Vec<String>,
    /// Where.
    pub to: Destination,
    /// Whether it sends at all.
    pub enabled: bool,
}

/// Where a stream sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a URL, with a bearer or another proof.
    Webhook {
        /// The URL.
        url: String,
        /// Whether the proof is a bearer.
        bearer: bool,
    },
    /// To an account of AWS.
    EventBridge {
        /// Its number.
        account: String,
        /// The region.
        region: String,
        /// The partner event source that Auth0 made there, once it is told.
        source: Option<String>,
    },
    /// Somewhere else.
    Other,
}

/// Where a stream shall send. Nothing of EventBridge's can be changed later.
pub enum To<'a> {
    /// To a URL, with this bearer.
    Webhook(&'a str, &'a SecretText),
    /// To an account and a region of AWS.
    EventBridge(&'a str, &'a str),
}

/// What a stream shall be; it is enabled.
pub struct EventStreamDraft<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it sends.
    pub events: &'a [&'a str],
    /// Where.
    pub to: To<'a>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "eventStreams")]
    streams: Vec<Raw>,
    #[serde(default)]
    next: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    id: Text,
    name: Text,
    subscriptions: Vec<Subscription>,
    destination: RawDestination,
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Subscription {
    event_type: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawDestination {
    #[serde(rename = "type")]
    kind: Text,
    configuration: Configuration,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    webhook_endpoint: Text,
    webhook_authorization: Authorization,
    aws_account_id: Text,
    aws_region: Text,
    aws_partner_event_source: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Authorization {
    method: Text,
}

impl RawDestination {
    fn told(self) -> Destination {
        let it = self.configuration;
        match self.kind.text() {
            Some("webhook") => Destination::Webhook {
                url: it.webhook_endpoint.told().unwrap_or_default(),
                bearer: it.webhook_authorization.method.text() == Some("bearer"),
            },
            Some("eventbridge") => Destination::EventBridge {
                account: it.aws_account_id.told().unwrap_or_default(),
                region: it.aws_region.told().unwrap_or_default(),
                source: it.aws_partner_event_source.told(),
            },
            _ => Destination::Other,
        }
    }
}

impl Raw {
    fn told(self, errand: Errand) -> Result<EventStream, ProviderError> {
        let mut events: Vec<String> = self.subscriptions.iter().filter_map(|it| it.event_type.told()).collect();
        events.sort_unstable();
        Ok(EventStream {
            id: self.id.told().ok_or_else(|| errand.unreadable("the answer names no event stream"))?,
            name: self.name.told().unwrap_or_default(),
            events,
            to: self.destination.told(),
            enabled: self.status.text() == Some("enabled"),
        })
    }
}

impl EventStreamDraft<'_> {
    fn body(&self, new: bool) -> Value {
        let events = self.events.iter().map(|event| json!({"event_type": event}));
        let mut body = json!({
            "name": self.name,
            "subscriptions": events.collect::<Vec<_>>(),
            "status": "enabled",
        });
        let destination = match self.to {
            To::Webhook(url, bearer) => Some(json!({"type": "webhook", "configuration": {
                "webhook_endpoint": url,
                "webhook_authorization": {"method": "bearer", "token": bearer.expose()},
            }})),
            To::EventBridge(account, region) => {
                let it = json!({"type": "eventbridge",
                    "configuration": {"aws_account_id": account, "aws_region": region}});
                Some(it).filter(|_| new)
            }
        };
        if let (Some(fields), Some(destination)) = (body.as_object_mut(), destination) {
            fields.insert("destination".to_owned(), destination);
        }
        body
    }
}

impl Auth0 {
    /// All event streams.
    pub async fn event_streams(&self) -> Result<Vec<EventStream>, ProviderError> {
        let (mut streams, mut from) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let query = [("take", "100")].into_iter().chain(from.as_deref().map(|from| ("from", from)));
            let url = self.managed(&["event-streams"], &query.collect::<Vec<_>>())?;
            let listed: Listed = self.run(LIST, url, None).await?.json(LIST.call)?;
            for stream in listed.streams {
                streams.push(stream.told(LIST)?);
            }
            from = listed.next.told();
            if from.is_none() {
                return Ok(streams);
            }
        }
        Err(LIST.unreadable("its list of event streams does not end"))
    }

    /// Makes a stream.
    pub async fn create_event_stream(&self, draft: &EventStreamDraft<'_>) -> Result<EventStream, ProviderError> {
        let answer = self.run(CREATE, self.managed(&["event-streams"], &[])?, Some(draft.body(true))).await?;
        answer.json::<Raw>(CREATE.call)?.told(CREATE)
    }

    /// Changes a stream.
    pub async fn update_event_stream(
        &self,
        id: &str,
        draft: &EventStreamDraft<'_>,
    ) -> Result<EventStream, ProviderError> {
        let answer = self.run(UPDATE, self.managed(&["event-streams", id], &[])?, Some(draft.body(false))).await?;
        answer.json::<Raw>(UPDATE.call)?.told(UPDATE)
    }
}
