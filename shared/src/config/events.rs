//! What the two parts that take Auth0's events are told.

use url::{Host, Url};

use super::env::{ConfigError, Env, SecretSpot};

/// The door of an event stream that delivers by webhook.
pub struct EventsDoor {
    /// The stream's bearer secret.
    pub secret: SecretSpot,
    /// Where events are put.
    pub queue: QueueUrl,
}

impl EventsDoor {
    /// `AUTH0_EVENTS_SECRET` and `AUTH0_EVENTS_QUEUE_URL`; `None` when the part is off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        if !env.any_of(&["AUTH0_EVENTS_SECRET", "AUTH0_EVENTS_SECRET_ARN", "AUTH0_EVENTS_QUEUE_URL"]) {
            return Ok(None);
        }
        let queue = QueueUrl::from_env(env, "AUTH0_EVENTS_QUEUE_URL")?;
        Ok(Some(Self { secret: env.secret("AUTH0_EVENTS_SECRET")?, queue }))
    }
}

/// The queue's URL, whose origin is the service's too: SQS itself, or whatever stands in for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueUrl(Url);

impl QueueUrl {
    /// Reads the variable `name`, which must be set.
    pub fn from_env(env: &Env, name: &str) -> Result<Self, ConfigError> {
        let url = env.required(name)?.trim().parse::<Url>().ok();
        let usable = |url: &Url| matches!(url.scheme(), "https" | "http") && url.path().len() > 1;
        url.filter(usable).map(Self).ok_or_else(|| ConfigError::new(name, "must be the http or https URL of a queue"))
    }

    /// The queue.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The service.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

/// `AUTH0_TENANT`, or else the first label of the tenant's canonical domain, where that is known: a custom domain in
/// `AUTH0_ISSUER_BASE_URL` says nothing of the tenant. `None` takes the events of any.
pub fn auth0_tenant(env: &Env) -> Result<Option<String>, ConfigError> {
    if let Some(tenant) = env.text("AUTH0_TENANT") {
        return Ok(Some(tenant.trim().to_owned()));
    }
    if let Some(domain) = env.text("AUTH0_DOMAIN") {
        // What is no domain must not open the door to the events of any tenant.
        let host = host(domain).ok_or_else(|| ConfigError::new("AUTH0_DOMAIN", "must be a domain, or its URL"))?;
        return Ok(first_label(&host, |_| true));
    }
    let host = env.text("AUTH0_ISSUER_BASE_URL").and_then(host);
    Ok(host.and_then(|host| first_label(&host, |host| host.ends_with(".auth0.com"))))
}

fn host(domain: &str) -> Option<Host> {
    let domain = domain.trim();
    let url = if domain.contains("://") { domain.to_owned() } else { format!("https://{domain}") };
    Some(Url::parse(&url).ok()?.host()?.to_owned())
}

fn first_label(host: &Host, counts: impl Fn(&str) -> bool) -> Option<String> {
    match host {
        Host::Domain(host) if counts(host) => host.split_once('.').map(|(label, _)| label.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn tenant(variables: &[(&str, &str)]) -> Option<String> {
        auth0_tenant(&Env::of(variables.iter().copied())).unwrap()
    }

    #[test]
    fn the_tenant_is_told_or_is_the_first_label_of_its_canonical_domain() {
        let issuer = ("AUTH0_ISSUER_BASE_URL", "https://acme.eu.auth0.com/");
        let custom = ("AUTH0_ISSUER_BASE_URL", "https://login.acme.example/");
        let told = ("AUTH0_TENANT", "told");
        assert_eq!(tenant(&[issuer]).as_deref(), Some("acme"));
        assert_eq!(tenant(&[issuer, told]).as_deref(), Some("told"));
        assert_eq!(tenant(&[custom]), None, "its label is not the tenant's name");
        assert_eq!(tenant(&[custom, ("AUTH0_DOMAIN", "acme.us.auth0.com")]).as_deref(), Some("acme"));
        assert_eq!(tenant(&[("AUTH0_DOMAIN", "https://acme.us-1.auth0app.com/")]).as_deref(), Some("acme"));
        assert_eq!(tenant(&[("AUTH0_DOMAIN", "http://127.0.0.1:4001")]), None);
        assert_eq!(tenant(&[]), None);
        for wrong in ["https://", "acme eu.auth0.com", "http://:80"] {
            let error = auth0_tenant(&Env::of([("AUTH0_DOMAIN", wrong)])).unwrap_err();
            assert_eq!(error.variable, "AUTH0_DOMAIN", "{wrong}");
        }
    }

    #[test]
    fn the_door_is_off_or_whole_and_what_lacks_is_named() {
        let (secret, url) = (("AUTH0_EVENTS_SECRET", "s"), ("AUTH0_EVENTS_QUEUE_URL", "http://127.0.0.1:3001/0/q"));
        let of = |variables: &[(&str, &str)]| {
            let door = EventsDoor::from_env(&Env::of(variables.iter().copied()));
            door.map(|door| door.map(|it| it.queue.origin())).map_err(|error| error.variable)
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[secret, url]), Ok(Some("http://127.0.0.1:3001".to_owned())));
        assert_eq!(of(&[url]), Err("AUTH0_EVENTS_SECRET".to_owned()));
        assert_eq!(of(&[secret]), Err("AUTH0_EVENTS_QUEUE_URL".to_owned()));
        for wrong in ["queue", "ftp://a.example/q", "https://a.example"] {
            assert_eq!(of(&[secret, ("AUTH0_EVENTS_QUEUE_URL", wrong)]), Err("AUTH0_EVENTS_QUEUE_URL".to_owned()));
        }
    }
}
