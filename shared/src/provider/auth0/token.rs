//! Our own access token, by client credentials.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Auth0Settings, CREDENTIALS, call};
use crate::clock::{Clock, Timestamp};
use crate::provider::client::Client;
use crate::provider::error::{Call, ProviderError};
use crate::secret::SecretText;
use crate::wire::lenient::{Text, Whole};

const GET: Call = call("issue a token");
/// For an answer that does not say how long its token lives.
const SHORT_LIFE: i64 = 300;

/// The token at hand, which all requests share. One is asked for at a time.
pub(super) struct Tokens {
    url: Url,
    audience: String,
    client_id: String,
    client_secret: SecretText,
    client: Client,
    clock: Clock,
    current: Mutex<Option<Token>>,
}

/// One token. The number tells it from those before.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    pub(super) number: u64,
    fresh_until: Timestamp,
}

/// Source: Auth0's Authentication API, client credentials flow.
#[derive(Serialize)]
struct Asked<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    audience: &'a str,
}

#[derive(Deserialize)]
struct Issued {
    access_token: Text,
    #[serde(default)]
    expires_in: Whole,
}

impl Tokens {
    pub(super) fn new(url: Url, settings: Auth0Settings, client: Client, clock: Clock) -> Self {
        let Auth0Settings { audience, client_id, client_secret, .. } = settings;
        Self { url, audience, client_id, client_secret, client, clock, current: Mutex::new(None) }
    }

    /// A token in the first nine tenths of its life, and another one than `refused`.
    pub(super) async fn bearer(&self, refused: Option<u64>) -> Result<Token, ProviderError> {
        let mut current = self.current.lock().await;
        let number = match &*current {
            Some(token) if Some(token.number) != refused && self.clock.now() < token.fresh_until => {
                return Ok(token.clone());
            }
            before => before.as_ref().map_or(0, |token| token.number + 1),
        };
        let token = self.issue(number).await?;
        *current = Some(token.clone());
        Ok(token)
    }

    async fn issue(&self, number: u64) -> Result<Token, ProviderError> {
        let asked = Asked {
            grant_type: "client_credentials",
            client_id: &self.client_id,
            client_secret: self.client_secret.expose(),
            audience: &self.audience,
        };
        let unreadable = |what| ProviderError::Unreadable { call: GET, what };
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() =
            Some(serde_json::to_vec(&asked).map_err(|_| unreadable("the request is no JSON"))?.into());
        let answer = self.client.send(GET, &request).await?.success(GET, CREDENTIALS)?;
        let issued: Issued = answer.json(GET)?;
        let token = issued.access_token.text().ok_or_else(|| unreadable("the answer holds no token"))?;
        let header = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut header = header.map_err(|_| unreadable("the token cannot be sent in a header"))?;
        header.set_sensitive(true);
        let life = u64::try_from(issued.expires_in.number().unwrap_or(SHORT_LIFE)).unwrap_or(0);
        let fresh_until = answer.sent_at.plus(Duration::from_millis(life.saturating_mul(900)));
        Ok(Token { header, number, fresh_until })
    }
}
