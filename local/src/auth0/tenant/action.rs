//! Actions: what they are made of, how long they are built, and what is told of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Tenant;
use super::body::{ActionPatch, NewAction, NewSecret};
use super::version::Version;
use crate::auth0::refused::Refused;
use crate::stand_in::clock::iso;

/// Actions of a tenant, bytes of code, secrets of one, and the lengths of their names and values.
const MOST_ACTIONS: usize = 100;
const MOST_CODE: usize = 100_000;
const MOST_SECRETS: usize = 30;
const LONGEST: (usize, usize) = (128, 4096);

/// A flow and the version of its interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// `post-login` and so on.
    pub id: String,
    /// `v3`, when absent.
    #[serde(default)]
    pub version: Option<String>,
}

/// An Action's draft, and what was deployed of it. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Action {
    /// A UUID.
    pub id: String,
    /// How it is called.
    pub name: String,
    /// What it is made for.
    pub supported_triggers: Vec<Trigger>,
    /// The program.
    pub code: String,
    /// Packages of npm.
    pub dependencies: Vec<Value>,
    /// `node22` and so on.
    pub runtime: String,
    /// Its secrets.
    pub(super) secrets: Vec<Secret>,
    /// What was deployed, the last one last.
    pub(super) versions: Vec<Version>,
    /// Whether the draft is what was deployed.
    pub all_changes_deployed: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}

/// A secret and when it was written.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secret {
    name: String,
    value: String,
    updated_at: i64,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Secret").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Secret {
    pub(super) fn to_json(&self) -> Value {
        json!({ "name": self.name, "updated_at": iso(self.updated_at) })
    }
}

impl Action {
    /// A secret's value, which only a login could use.
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.iter().find(|secret| secret.name == name).map(|secret| secret.value.as_str())
    }

    /// How many versions were deployed.
    pub fn deployments(&self) -> usize {
        self.versions.len()
    }

    fn write(&mut self, patch: ActionPatch, now: i64) -> Result<(), Refused> {
        if patch.supported_triggers.is_some_and(|triggers| with_versions(triggers) != self.supported_triggers) {
            return Err(Refused::Body("supported_triggers cannot be changed".to_owned()));
        }
        if let Some(secrets) = patch.secrets {
            self.secrets = written(&self.secrets, secrets, now)?;
        }
        self.name = patch.name.unwrap_or_else(|| std::mem::take(&mut self.name));
        self.code = patch.code.unwrap_or_else(|| std::mem::take(&mut self.code));
        self.runtime = patch.runtime.unwrap_or_else(|| std::mem::take(&mut self.runtime));
        self.dependencies = patch.dependencies.unwrap_or_else(|| std::mem::take(&mut self.dependencies));
        if self.code.len() > MOST_CODE {
            return Err(Refused::Body("code is longer than 100 kB".to_owned()));
        }
        (self.updated_at, self.all_changes_deployed) = (now.max(self.updated_at), false);
        Ok(())
    }

    /// `pending`, then `building`, then `built`.
    pub(super) fn status(&self, builds_take: i64, now: i64) -> &'static str {
        match now - self.updated_at {
            built if built >= builds_take => "built",
            building if building >= builds_take / 2 => "building",
            _ => "pending",
        }
    }

    pub(super) fn to_json(&self, status: &str) -> Value {
        let secrets: Vec<Value> = self.secrets.iter().map(Secret::to_json).collect();
        let mut told = json!({
            "id": self.id, "name": self.name, "supported_triggers": self.supported_triggers,
            "all_changes_deployed": self.all_changes_deployed, "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at), "code": self.code, "dependencies": self.dependencies,
            "runtime": self.runtime, "secrets": secrets, "status": status,
        });
        if let (Some(told), Some(version)) = (told.as_object_mut(), self.versions.last()) {
            told.insert("deployed_version".to_owned(), version.to_json(self, true));
        }
        told
    }
}

fn with_versions(triggers: Vec<Trigger>) -> Vec<Trigger> {
    let version = |trigger: Trigger| Trigger { version: trigger.version.or_else(|| Some("v3".to_owned())), ..trigger };
    triggers.into_iter().map(version).collect()
}

fn written(before: &[Secret], secrets: Vec<NewSecret>, now: i64) -> Result<Vec<Secret>, Refused> {
    if secrets.len() > MOST_SECRETS {
        return Err(Refused::Body("more than 30 secrets".to_owned()));
    }
    let (name_limit, value_limit) = LONGEST;
    let write = |NewSecret { name, value }| match (value, before.iter().find(|secret| secret.name == name)) {
        (Some(value), _) if name.len() <= name_limit && value.len() <= value_limit && !name.is_empty() => {
            Ok(Secret { name, value, updated_at: now })
        }
        (None, Some(before)) => Ok(before.clone()),
        _ => Err(Refused::Body("a secret has no name, no value, or too long a one".to_owned())),
    };
    secrets.into_iter().map(write).collect()
}

impl Tenant {
    /// All Actions, eldest first.
    pub(in crate::auth0) fn actions(&self) -> &[Action] {
        &self.kept.actions
    }

    pub(super) fn action(&self, id: &str) -> Result<&Action, Refused> {
        self.kept.actions.iter().find(|action| action.id == id).ok_or(Refused::NoAction)
    }

    pub(super) fn action_mut(&mut self, id: &str) -> Result<&mut Action, Refused> {
        self.kept.actions.iter_mut().find(|action| action.id == id).ok_or(Refused::NoAction)
    }

    /// How long an Action is built, in milliseconds.
    pub(super) fn builds_take(&self) -> i64 {
        i64::try_from(self.builds_take.as_millis()).unwrap_or(i64::MAX)
    }

    /// An Action as it is told.
    pub(in crate::auth0) fn told_action(&self, id: &str, now: i64) -> Result<Value, Refused> {
        let action = self.action(id)?;
        Ok(action.to_json(action.status(self.builds_take(), now)))
    }

    /// Makes an Action. Two may have one name: Auth0 does not say that they may not.
    pub(in crate::auth0) fn create_action(&mut self, new: NewAction, now: i64) -> Result<Value, Refused> {
        if self.kept.actions.len() >= MOST_ACTIONS {
            return Err(Refused::Body("the tenant has 100 actions".to_owned()));
        }
        let [trigger] = &new.supported_triggers[..] else {
            return Err(Refused::Body("supported_triggers has one item".to_owned()));
        };
        if new.name.is_empty() || trigger.id.is_empty() {
            return Err(Refused::Body("String is too short (0 chars), minimum 1".to_owned()));
        }
        let mut action = Action {
            id: self.uuid(),
            name: new.name,
            supported_triggers: with_versions(new.supported_triggers),
            code: String::new(),
            dependencies: Vec::new(),
            runtime: "node22".to_owned(),
            secrets: Vec::new(),
            versions: Vec::new(),
            all_changes_deployed: false,
            created_at: now,
            updated_at: now,
        };
        let NewAction { code, dependencies, runtime, secrets, .. } = new;
        action.write(ActionPatch { code, dependencies, runtime, secrets, ..ActionPatch::default() }, now)?;
        let told = action.to_json("pending");
        self.kept.actions.push(action);
        self.writes += 1;
        Ok(told)
    }

    /// Changes an Action's draft; what was deployed runs on.
    pub(in crate::auth0) fn update_action(&mut self, id: &str, patch: ActionPatch, now: i64) -> Result<Value, Refused> {
        let mut changed = self.action(id)?.clone();
        changed.write(patch, now)?;
        let told = changed.to_json("pending");
        *self.action_mut(id)? = changed;
        self.writes += 1;
        Ok(told)
    }

    /// Removes an Action that no flow has, or, by force, from its flows too.
    pub(in crate::auth0) fn delete_action(&mut self, id: &str, force: bool) -> Result<(), Refused> {
        self.action(id)?;
        if self.is_bound(id) && !force {
            return Err(Refused::Bound);
        }
        for bindings in self.kept.bindings.values_mut() {
            bindings.retain(|binding| binding.action_id != id);
        }
        self.kept.actions.retain(|action| action.id != id);
        self.writes += 1;
        Ok(())
    }
}
