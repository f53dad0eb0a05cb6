//! The post-login flow: which Actions run after a login, and in which order.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Auth0;
use super::actions::POST_LOGIN;
use super::manage::Errand;
use crate::provider::error::ProviderError;
use crate::wire::lenient::{Text, Whole};

const READ: Errand = Errand::read("tell its post-login flow", "the application's scope read:actions");
const BIND: Errand = Errand::replace("change its post-login flow", "the application's scope update:actions");

/// A place in the flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its own id.
    pub id: String,
    /// What the flow calls it.
    pub display_name: String,
    /// The Action that runs there.
    pub action: String,
}

#[derive(Deserialize)]
struct Flow {
    bindings: Vec<Raw>,
    #[serde(default)]
    total: Whole,
}

#[derive(Deserialize)]
struct Raw {
    id: String,
    #[serde(default)]
    display_name: Text,
    action: Bound,
}

#[derive(Deserialize)]
struct Bound {
    id: String,
}

impl Auth0 {
    /// The post-login flow, in its order.
    pub async fn post_login_flow(&self) -> Result<Vec<Binding>, ProviderError> {
        let url = self.managed(&["actions", "triggers", POST_LOGIN, "bindings"], &[("per_page", "100")])?;
        let flow: Flow = self.run(READ, url, None).await?.json(READ.call)?;
        // The flow is written as a whole: whoever is not read here would be dropped by it.
        let told = flow.total.number().and_then(|total| usize::try_from(total).ok());
        if told.is_some_and(|total| total > flow.bindings.len()) {
            return Err(READ.unreadable("the flow has more places than it tells"));
        }
        let bindings = flow.bindings.into_iter().map(|it| Binding {
            display_name: it.display_name.told().unwrap_or_default(),
            id: it.id,
            action: it.action.id,
        });
        Ok(bindings.collect())
    }

    /// Puts an Action behind these, which keep their places. It is asked once: whoever asks again must read again first,
    /// for whoever was bound meanwhile would be dropped.
    pub async fn bind_post_login(&self, flow: &[Binding], action: &str, name: &str) -> Result<(), ProviderError> {
        let entry = |kind: &str, id: &str, name: &str| {
            let mut entry = json!({"ref": {"type": kind, "value": id}});
            if let Some(entry) = entry.as_object_mut().filter(|_| !name.is_empty()) {
                entry.insert("display_name".to_owned(), json!(name));
            }
            entry
        };
        let others = flow.iter().map(|binding| entry("binding_id", &binding.id, &binding.display_name));
        let bindings: Vec<Value> = others.chain([entry("action_id", action, name)]).collect();
        let url = self.managed(&["actions", "triggers", POST_LOGIN, "bindings"], &[])?;
        self.run(BIND, url, Some(json!({"bindings": bindings}))).await.map(drop)
    }
}
