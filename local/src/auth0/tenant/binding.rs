//! Which Actions a flow runs, in which order.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Tenant;
use crate::auth0::refused::Refused;
use crate::stand_in::clock::iso;

/// Actions of one flow.
const MOST: usize = 20;

/// The flows that an Action can be made for.
const TRIGGERS: [&str; 6] = [
    "post-login",
    "credentials-exchange",
    "pre-user-registration",
    "post-user-registration",
    "post-change-password",
    "send-phone-message",
];

/// An Action's place in a flow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Binding {
    id: String,
    trigger_id: String,
    pub(super) action_id: String,
    display_name: String,
    created_at: i64,
    updated_at: i64,
}

/// One item of `PATCH /api/v2/actions/triggers/{triggerId}/bindings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::auth0) struct Wanted {
    #[serde(rename = "ref")]
    reference: Reference,
    display_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    #[serde(rename = "type")]
    kind: Kind,
    value: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    BindingId,
    ActionId,
    ActionName,
}

impl Wanted {
    /// An Action by its identifier, under its own name.
    pub(in crate::auth0) fn action(id: &str) -> Self {
        Self { reference: Reference { kind: Kind::ActionId, value: id.to_owned() }, display_name: None }
    }
}

impl Tenant {
    /// The identifiers of the Actions that a flow runs, in its order.
    pub(in crate::auth0) fn bound(&self, trigger: &str) -> Vec<String> {
        let bindings = self.kept.bindings.get(trigger).into_iter().flatten();
        bindings.map(|binding| binding.action_id.clone()).collect()
    }

    /// Whether any flow runs this Action.
    pub(super) fn is_bound(&self, action_id: &str) -> bool {
        self.kept.bindings.values().flatten().any(|binding| binding.action_id == action_id)
    }

    /// The bindings of a flow, in its order.
    pub(in crate::auth0) fn bindings(&self, trigger: &str, now: i64) -> Result<Vec<Value>, Refused> {
        let bindings = self.kept.bindings.get(known(trigger)?).into_iter().flatten();
        bindings.map(|binding| self.told(binding, now)).collect()
    }

    fn told(&self, binding: &Binding, now: i64) -> Result<Value, Refused> {
        Ok(json!({
            "id": binding.id, "trigger_id": binding.trigger_id, "display_name": binding.display_name,
            "action": self.told_action(&binding.action_id, now)?,
            "created_at": iso(binding.created_at), "updated_at": iso(binding.updated_at),
        }))
    }

    /// Makes these the bindings of a flow: those that it does not name are gone.
    pub(in crate::auth0) fn bind(
        &mut self,
        trigger: &str,
        wanted: Vec<Wanted>,
        now: i64,
    ) -> Result<Vec<Value>, Refused> {
        let trigger = known(trigger)?;
        if wanted.len() > MOST {
            return Err(Refused::Body("a trigger has at most 20 bindings".to_owned()));
        }
        let before = self.kept.bindings.get(trigger).cloned().unwrap_or_default();
        let mut after = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            after.push(self.placed(trigger, &before, wanted, now)?);
        }
        self.kept.bindings.insert(trigger.to_owned(), after);
        self.writes += 1;
        self.bindings(trigger, now)
    }

    fn placed(&mut self, trigger: &str, before: &[Binding], wanted: Wanted, now: i64) -> Result<Binding, Refused> {
        let Wanted { reference: Reference { kind, value }, display_name } = wanted;
        let named = |name: &Option<String>, or: &str| name.clone().unwrap_or_else(|| or.to_owned());
        if let Kind::BindingId = kind {
            let known = before.iter().find(|binding| binding.id == value).ok_or(Refused::NoBinding)?;
            let display_name = named(&display_name, &known.display_name);
            return Ok(Binding { display_name, updated_at: now, ..known.clone() });
        }
        let mut actions = self.actions().iter();
        let action = match kind {
            Kind::ActionName => actions.find(|action| action.name == value),
            _ => actions.find(|action| action.id == value),
        };
        let action = action.ok_or(Refused::NoAction)?;
        if action.deployments() == 0 {
            return Err(Refused::NotDeployed);
        }
        if !action.supported_triggers.iter().any(|supported| supported.id == trigger) {
            return Err(Refused::Body("the action does not support this trigger".to_owned()));
        }
        let (action_id, display_name) = (action.id.clone(), named(&display_name, &action.name));
        let trigger_id = trigger.to_owned();
        Ok(Binding { id: self.uuid(), trigger_id, action_id, display_name, created_at: now, updated_at: now })
    }
}

fn known(trigger: &str) -> Result<&str, Refused> {
    if TRIGGERS.contains(&trigger) { Ok(trigger) } else { Err(Refused::Parameter("triggerId is none of Auth0's")) }
}

/// What `GET /api/v2/actions/triggers` tells of the flows.
pub(in crate::auth0) fn triggers() -> Value {
    let told = TRIGGERS.map(|id| {
        json!({ "id": id, "version": if id == "post-login" { "v3" } else { "v2" }, "status": "CURRENT",
            "runtimes": ["node18", "node22"], "default_runtime": "node22" })
    });
    json!({ "triggers": told })
}
