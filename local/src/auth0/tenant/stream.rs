//! Event streams: which events go where.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Tenant;
use crate::auth0::refused::Refused;
use crate::stand_in::clock::iso;

/// An event stream. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// `est_…`.
    pub id: String,
    /// How it is called; no two have one name.
    pub name: String,
    /// `user.created` and so on.
    pub subscriptions: Vec<String>,
    /// Where its events go.
    pub destination: Destination,
    /// Whether it delivers.
    pub enabled: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}

/// Where events go. As it is written, it has its secret; as it is told, it has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "configuration", rename_all = "lowercase", deny_unknown_fields)]
pub enum Destination {
    /// An endpoint. Auth0 wants https; a stand-in can deliver on this machine alone, so it takes http there.
    Webhook {
        /// The URL.
        webhook_endpoint: String,
        /// How it knows that an event is Auth0's.
        webhook_authorization: Authorization,
    },
    /// A partner event source of AWS. Nothing is delivered from here.
    EventBridge {
        /// Twelve digits.
        aws_account_id: String,
        /// `eu-central-1` and so on.
        aws_region: String,
        /// The source that Auth0 made there.
        #[serde(default)]
        aws_partner_event_source: String,
    },
}

/// How an endpoint knows that an event is Auth0's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Authorization {
    /// `Authorization: Bearer …`.
    Bearer {
        /// The token.
        token: String,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// Without a colon.
        username: String,
        /// Its password.
        password: String,
    },
    /// A header of one's own.
    CustomHeader {
        /// Its name.
        header_key: String,
        /// Its value.
        header_value: String,
    },
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Authorization(…)")
    }
}

/// The body of `POST /api/v2/event-streams`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::auth0) struct NewStream {
    name: Option<String>,
    subscriptions: Option<Vec<Subscription>>,
    destination: Destination,
    status: Option<Status>,
}

/// The body of `PATCH /api/v2/event-streams/{id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::auth0) struct StreamPatch {
    name: Option<String>,
    subscriptions: Option<Vec<Subscription>>,
    destination: Option<Destination>,
    status: Option<Status>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    event_type: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Enabled,
    Disabled,
}

fn named(subscriptions: Vec<Subscription>) -> Vec<String> {
    subscriptions.into_iter().map(|subscription| subscription.event_type).collect()
}

impl Destination {
    fn check(&self) -> Result<(), Refused> {
        let usable = match self {
            Self::Webhook { webhook_endpoint: url, .. } => {
                url.starts_with("https://")
                    || ["127.0.0.1", "localhost", "[::1]"]
                        .iter()
                        .any(|host| url.strip_prefix("http://").is_some_and(|rest| rest.starts_with(host)))
            }
            Self::EventBridge { aws_account_id: id, .. } => id.len() == 12 && id.bytes().all(|it| it.is_ascii_digit()),
        };
        if usable { Ok(()) } else { Err(Refused::Body("String does not match pattern".to_owned())) }
    }

    fn to_json(&self) -> Value {
        let Self::Webhook { webhook_endpoint, webhook_authorization } = self else { return json!(self) };
        let authorization = match webhook_authorization {
            Authorization::Bearer { .. } => json!({ "method": "bearer" }),
            Authorization::Basic { username, .. } => json!({ "method": "basic", "username": username }),
            Authorization::CustomHeader { header_key, .. } => {
                json!({ "method": "custom_header", "header_key": header_key })
            }
        };
        let configuration = json!({ "webhook_endpoint": webhook_endpoint, "webhook_authorization": authorization });
        json!({ "type": "webhook", "configuration": configuration })
    }
}

impl Stream {
    /// As it is told: without its secret.
    pub(in crate::auth0) fn to_json(&self) -> Value {
        let subscriptions: Vec<Value> = self.subscriptions.iter().map(|it| json!({ "event_type": it })).collect();
        json!({
            "id": self.id, "name": self.name, "subscriptions": subscriptions,
            "destination": self.destination.to_json(), "status": if self.enabled { "enabled" } else { "disabled" },
            "created_at": iso(self.created_at), "updated_at": iso(self.updated_at),
        })
    }
}

impl Tenant {
    /// All event streams, eldest first.
    pub(in crate::auth0) fn streams(&self) -> &[Stream] {
        &self.kept.streams
    }

    pub(in crate::auth0) fn stream(&self, id: &str) -> Result<&Stream, Refused> {
        self.kept.streams.iter().find(|stream| stream.id == id).ok_or(Refused::NoStream)
    }

    fn check_name(&self, name: &str, but_for: &str) -> Result<(), Refused> {
        if name.is_empty() || name.len() > 128 {
            return Err(Refused::Body("name has 1 to 128 characters".to_owned()));
        }
        let taken = self.kept.streams.iter().any(|stream| stream.name == name && stream.id != but_for);
        if taken { Err(Refused::StreamExists) } else { Ok(()) }
    }

    pub(in crate::auth0) fn create_stream(&mut self, new: NewStream, now: i64) -> Result<Value, Refused> {
        new.destination.check()?;
        let id = self.draw.letters("est_", 22);
        let name = new.name.unwrap_or_else(|| id.clone());
        self.check_name(&name, "")?;
        let destination = match new.destination {
            Destination::EventBridge { aws_account_id, aws_region, .. } => {
                let aws_partner_event_source = format!("aws.partner/auth0.com/{id}/auth0.events");
                Destination::EventBridge { aws_account_id, aws_region, aws_partner_event_source }
            }
            webhook @ Destination::Webhook { .. } => webhook,
        };
        let subscriptions = named(new.subscriptions.unwrap_or_default());
        let enabled = new.status != Some(Status::Disabled);
        let stream = Stream { id, name, subscriptions, destination, enabled, created_at: now, updated_at: now };
        let told = stream.to_json();
        self.kept.streams.push(stream);
        self.writes += 1;
        Ok(told)
    }

    /// Changes a stream. Where it leads to AWS, it does so for ever.
    pub(in crate::auth0) fn update_stream(&mut self, id: &str, patch: StreamPatch, now: i64) -> Result<Value, Refused> {
        if let Some(name) = &patch.name {
            self.check_name(name, id)?;
        }
        let stream = self.kept.streams.iter_mut().find(|stream| stream.id == id).ok_or(Refused::NoStream)?;
        if let Some(destination) = patch.destination {
            destination.check()?;
            if std::mem::discriminant(&destination) != std::mem::discriminant(&stream.destination)
                || matches!(destination, Destination::EventBridge { .. })
            {
                return Err(Refused::Body("the destination cannot be changed".to_owned()));
            }
            stream.destination = destination;
        }
        stream.name = patch.name.unwrap_or_else(|| std::mem::take(&mut stream.name));
        stream.subscriptions = patch.subscriptions.map_or_else(|| std::mem::take(&mut stream.subscriptions), named);
        stream.enabled = patch.status.map_or(stream.enabled, |status| status == Status::Enabled);
        stream.updated_at = now;
        let told = stream.to_json();
        self.writes += 1;
        Ok(told)
    }

    pub(in crate::auth0) fn delete_stream(&mut self, id: &str) {
        self.kept.streams.retain(|stream| stream.id != id);
        self.writes += 1;
    }
}
