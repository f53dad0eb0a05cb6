//! What a test wants to know of the tenant's Actions, flows and event streams, and to put there.

use super::Auth0StandIn;
use super::refused::Refused;
use super::tenant::{Action, NewAction, Stream};
use crate::stand_in::{clock, lock};

impl Auth0StandIn {
    /// All Actions, eldest first.
    pub fn actions(&self) -> Vec<Action> {
        lock(&self.it.tenant).actions().to_vec()
    }

    /// All event streams, eldest first.
    pub fn streams(&self) -> Vec<Stream> {
        lock(&self.it.tenant).streams().to_vec()
    }

    /// The names of the Actions that a flow runs, in its order.
    pub fn flow(&self, trigger: &str) -> Vec<String> {
        let tenant = lock(&self.it.tenant);
        let named = |id: String| tenant.actions().iter().find(|action| action.id == id).map(|it| it.name.clone());
        tenant.bound(trigger).into_iter().filter_map(named).collect()
    }

    /// Changes to Actions, flows and event streams so far.
    pub fn administered(&self) -> u64 {
        lock(&self.it.tenant).writes()
    }

    /// Makes an Action, as `POST /api/v2/actions/actions` does; its identifier.
    pub fn create_action(&self, new: NewAction) -> Result<String, Refused> {
        let told = lock(&self.it.tenant).create_action(new, clock::now_ms())?;
        Ok(told.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
    }

    /// Deploys an Action, as `POST /api/v2/actions/actions/{id}/deploy` does.
    pub fn deploy_action(&self, id: &str) -> Result<(), Refused> {
        lock(&self.it.tenant).deploy(id, clock::now_ms()).map(|_| ())
    }

    /// Makes these Actions the whole of a flow, as `PATCH /api/v2/actions/triggers/{triggerId}/bindings` does.
    pub fn bind_actions(&self, trigger: &str, ids: &[&str]) -> Result<(), Refused> {
        let wanted = ids.iter().map(|id| super::tenant::Wanted::action(id)).collect();
        lock(&self.it.tenant).bind(trigger, wanted, clock::now_ms()).map(|_| ())
    }
}
