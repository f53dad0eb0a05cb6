//! How the tenant should be set up, by the variables.

use shared::config::{ConfigError, Env};
use shared::domain::Issuer;
use shared::secret::{SecretText, fingerprint};

use super::super::secrets::{is_told, secret};

/// What the Action is called, and the stream.
pub(super) const NAME: &str = "identity-spine";
/// What runs the Action.
pub(super) const RUNTIME: &str = "node22";
/// What the stream sends, in order.
pub(super) const EVENTS: [&str; 3] = ["user.created", "user.deleted", "user.updated"];

/// The most characters of an Action's secret.
const LONGEST_SECRET: usize = 4096;

const CODE: &str = include_str!("../../../../auth0/post-login.js");

/// The Action, and the stream unless it is left alone.
pub(super) struct Wanted {
    /// The Action's code. Its last line tells whether the secrets are still the same: they cannot be read back.
    pub(super) code: String,
    /// Its secrets, by name in order.
    pub(super) secrets: Vec<(&'static str, SecretText)>,
    pub(super) stream: Option<WantedStream>,
}

/// The stream.
pub(super) struct WantedStream {
    /// Its name. A webhook's tells whether the bearer is still the same.
    pub(super) name: String,
    pub(super) to: WantedTo,
}

/// What an operator wants of event streams.
#[derive(Clone, Copy)]
pub(super) enum Events<'a> {
    /// To leave them alone.
    Leave,
    /// That events come to the door.
    Door,
    /// That they come by EventBridge, to this account and region.
    Bus(&'a [String]),
}

/// Where the stream sends.
pub(super) enum WantedTo {
    Webhook { url: String, bearer: SecretText },
    EventBridge { account: String, region: String },
}

impl Wanted {
    /// Reads the variables. `key` keeps anybody who sees a fingerprint from guessing what it is of.
    pub(super) async fn read(
        env: &Env,
        (base, door): (&Issuer, &Issuer),
        events: Events<'_>,
        key: &SecretText,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let secrets = action_secrets(env, base, door).await?;
        let long = secrets.iter().find(|(_, value)| value.expose().chars().count() > LONGEST_SECRET);
        if let Some((name, _)) = long {
            return Err(
                ConfigError::new(name, "is longer than the 4,096 characters that an Action's secret may have").into()
            );
        }
        let parts = secrets.iter().map(|(name, value)| (*name, value.expose()));
        let digest = fingerprint(key, parts).ok_or("the secrets are too long to be compared")?;
        let stream = match events {
            Events::Leave => None,
            Events::Bus([account, region]) => Some(eventbridge(account, region)?),
            Events::Bus(_) => return Err("--eventbridge takes an account and a region".into()),
            Events::Door => Some(webhook(env, door, key).await?),
        };
        Ok(Self { code: signed(&digest), secrets, stream })
    }
}

/// The code, and behind it the fingerprint of the secrets.
fn signed(digest: &str) -> String {
    format!("{}\n\n// Set up by `spine setup auth0`; secrets {digest}\n", CODE.trim_end())
}

async fn action_secrets(
    env: &Env,
    base: &Issuer,
    door: &Issuer,
) -> Result<Vec<(&'static str, SecretText)>, Box<dyn std::error::Error>> {
    let mut secrets = vec![
        ("AUTH0_ACTION_SECRET", secret(env, "AUTH0_ACTION_SECRET").await?),
        ("AUTH0_DOMAIN", SecretText::new(base.as_str().trim_start_matches("https://"))),
        ("SPINE_HTTP_URL", SecretText::new(door.as_str())),
    ];
    if let Some(issuer) = issuer(env, base)? {
        secrets.push(("AUTH0_ISSUER_URL", SecretText::new(issuer)));
    }
    if env.text("MGMT_CLIENT_ID").is_some() || is_told(env, "MGMT_CLIENT_SECRET") {
        secrets.push(("MGMT_CLIENT_ID", SecretText::new(env.required("MGMT_CLIENT_ID")?)));
        secrets.push(("MGMT_CLIENT_SECRET", secret(env, "MGMT_CLIENT_SECRET").await?));
    }
    if let Some(namespace) = env.text("CLAIMS_NAMESPACE") {
        secrets.push(("CLAIMS_NAMESPACE", SecretText::new(namespace)));
    }
    secrets.sort_unstable_by_key(|(name, _)| *name);
    Ok(secrets)
}

/// The issuer that the system knows, where it is another than the tenant's canonical domain.
fn issuer(env: &Env, base: &Issuer) -> Result<Option<String>, ConfigError> {
    for name in ["AUTH0_ISSUER_URL", "AUTH0_ISSUER_BASE_URL"] {
        if let Some(issuer) = env.parsed::<Issuer>(name)? {
            return Ok(Some(format!("{issuer}/")).filter(|_| issuer != *base));
        }
    }
    Ok(None)
}

async fn webhook(env: &Env, door: &Issuer, key: &SecretText) -> Result<WantedStream, Box<dyn std::error::Error>> {
    const BEARER: &str = "AUTH0_EVENTS_SECRET";
    if !is_told(env, BEARER) {
        return Err(format!(
            "{BEARER}: is missing (or {BEARER}_ARN); without events, --no-events, or by EventBridge, --eventbridge"
        )
        .into());
    }
    let bearer = secret(env, BEARER).await?;
    let digest = fingerprint(key, [(BEARER, bearer.expose())]).ok_or("the bearer is too long to be compared")?;
    let name = format!("{NAME} {}", digest.get(..16).unwrap_or_default());
    Ok(WantedStream { name, to: WantedTo::Webhook { url: format!("{door}/auth0/events"), bearer } })
}

fn eventbridge(account: &str, region: &str) -> Result<WantedStream, &'static str> {
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("--eventbridge: an account of AWS is 12 digits");
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.split('-').count() < 3 || !region.bytes().all(plain) {
        return Err("--eventbridge: a region of AWS is like eu-central-1");
    }
    let (account, region) = (account.to_owned(), region.to_owned());
    Ok(WantedStream { name: format!("{NAME} {account} {region}"), to: WantedTo::EventBridge { account, region } })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    async fn read(variables: &[(&str, &str)], domain: &str) -> Wanted {
        let well = [("AUTH0_ACTION_SECRET", "canary-one"), ("AUTH0_EVENTS_SECRET", "canary-two")];
        let env = Env::of(well.into_iter().chain(variables.iter().copied()));
        let (base, door) = (domain.parse().unwrap(), "https://api.example.com".parse().unwrap());
        Wanted::read(&env, (&base, &door), Events::Door, &SecretText::new("key")).await.unwrap()
    }

    fn names(wanted: &Wanted) -> Vec<(&str, &str)> {
        let told = wanted.secrets.iter().filter(|(name, _)| *name != "AUTH0_ACTION_SECRET");
        told.map(|(name, value)| (*name, value.expose())).collect()
    }

    #[tokio::test]
    async fn the_action_is_told_who_the_tenant_is_and_only_where_needed_another_issuer() {
        let tenant = "https://t.eu.auth0.com";
        let wanted = read(&[("AUTH0_ISSUER_BASE_URL", "https://T.eu.auth0.com/")], tenant).await;
        let two = [("AUTH0_DOMAIN", "t.eu.auth0.com"), ("SPINE_HTTP_URL", "https://api.example.com")];
        assert_eq!(names(&wanted), two);
        let wanted = read(&[("AUTH0_ISSUER_BASE_URL", "https://login.example.com/")], tenant).await;
        let [domain, url] = two;
        assert_eq!(names(&wanted), [domain, ("AUTH0_ISSUER_URL", "https://login.example.com/"), url]);
    }

    #[tokio::test]
    async fn a_secret_that_lacks_is_named() {
        let (base, door) = ("https://t.auth0.com".parse().unwrap(), "https://api.example.com".parse().unwrap());
        for (told, lacks) in
            [("AUTH0_ACTION_SECRET", "AUTH0_EVENTS_SECRET"), ("AUTH0_EVENTS_SECRET", "AUTH0_ACTION_SECRET")]
        {
            let env = Env::of([(told, "canary")]);
            let ended = Wanted::read(&env, (&base, &door), Events::Door, &SecretText::new("key")).await;
            let error = ended.err().unwrap().to_string();
            assert!(error.starts_with(&format!("{lacks}: is missing")) && !error.contains("canary"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_secret_that_auth0_would_not_take_is_named() {
        let (base, door) = ("https://t.auth0.com".parse().unwrap(), "https://api.example.com".parse().unwrap());
        let long = "x".repeat(LONGEST_SECRET + 1);
        let env = Env::of([("AUTH0_ACTION_SECRET", long.as_str())]);
        let ended = Wanted::read(&env, (&base, &door), Events::Leave, &SecretText::new("key")).await;
        assert!(ended.err().unwrap().to_string().starts_with("AUTH0_ACTION_SECRET: is longer"));
    }

    #[tokio::test]
    async fn the_code_and_the_streams_name_change_with_their_secrets_and_give_nothing_away() {
        let (one, other) = (read(&[], "https://t.auth0.com").await, read(&[], "https://u.auth0.com").await);
        assert_ne!(one.code, other.code);
        let (stream, same) = (one.stream.unwrap(), other.stream.unwrap());
        assert_eq!(stream.name, same.name);
        assert!(!one.code.contains("canary") && !stream.name.contains("canary"));
        assert!(one.code.starts_with(CODE.trim_end()) && one.code.len() < 100_000);
    }

    #[test]
    fn an_account_and_a_region_must_look_like_it() {
        assert!(eventbridge("123456789012", "eu-central-1").is_ok());
        assert!(eventbridge("1234", "eu-central-1").is_err() && eventbridge("123456789012", "Europe").is_err());
    }
}
