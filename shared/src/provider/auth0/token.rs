//! Tokens of the Management API: kept while they last, replaced early, one request at a time.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::Auth0Settings;
use crate::clock::Timestamp;
use crate::provider::ProviderError;
use crate::provider::client::ProviderClient;

/// The token in use. Whoever finds none asks, and all others wait for that answer.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Option<Token>>);

struct Token {
    text: Arc<str>,
    replace_at: Timestamp,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

impl Tokens {
    /// A token that lasts for now.
    pub(super) async fn current(
        &self,
        client: &ProviderClient,
        settings: &Auth0Settings,
    ) -> Result<Arc<str>, ProviderError> {
        let mut kept = self.0.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| client.clock.now() < token.replace_at) {
            return Ok(token.text.clone());
        }
        let token = ask(client, settings).await?;
        let text = token.text.clone();
        *kept = Some(token);
        Ok(text)
    }

    /// Auth0 no longer takes this token. Another's newer one is kept.
    pub(super) async fn forget(&self, text: &Arc<str>) {
        self.0.lock().await.take_if(|token| token.text == *text);
    }
}

async fn ask(client: &ProviderClient, settings: &Auth0Settings) -> Result<Token, ProviderError> {
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.expose(),
        "audience": settings.audience,
    });
    let request = client.http().post(format!("{}/oauth/token", settings.base)).json(&body);
    let answer = client.succeeded(client.send(request).await?, "a token")?;
    let granted: Granted = client.read(&answer.body, "a token")?;
    // A tenth of its life before its end: a run must not meet the end in the middle of a page.
    let lasts = Duration::from_secs(granted.expires_in) * 9 / 10;
    Ok(Token { text: granted.access_token.into(), replace_at: answer.asked_at.plus(lasts) })
}
