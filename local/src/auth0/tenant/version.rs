//! Deploying an Action: its draft becomes a version, which the flows run from then on.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Tenant;
use super::action::{Action, Secret};
use crate::auth0::refused::Refused;
use crate::stand_in::clock::iso;

/// Versions that are kept of one Action.
const MOST: usize = 50;

/// What was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    id: String,
    number: u64,
    code: String,
    dependencies: Vec<Value>,
    runtime: String,
    secrets: Vec<Secret>,
    created_at: i64,
}

impl Version {
    pub(super) fn to_json(&self, action: &Action, deployed: bool) -> Value {
        let secrets: Vec<Value> = self.secrets.iter().map(Secret::to_json).collect();
        let at = iso(self.created_at);
        json!({
            "id": self.id, "action_id": action.id, "number": self.number, "code": self.code,
            "dependencies": self.dependencies, "runtime": self.runtime, "secrets": secrets, "deployed": deployed,
            "status": "built", "built_at": at, "created_at": at, "updated_at": at,
            "supported_triggers": action.supported_triggers,
        })
    }
}

impl Tenant {
    /// Deploys an Action that is built.
    pub(in crate::auth0) fn deploy(&mut self, id: &str, now: i64) -> Result<Value, Refused> {
        let (version_id, builds_take) = (self.uuid(), self.builds_take());
        let action = self.action_mut(id)?;
        if action.status(builds_take, now) != "built" {
            return Err(Refused::NotBuilt);
        }
        let version = Version {
            id: version_id,
            number: action.versions.last().map_or(0, |last| last.number) + 1,
            code: action.code.clone(),
            dependencies: action.dependencies.clone(),
            runtime: action.runtime.clone(),
            secrets: action.secrets.clone(),
            created_at: now,
        };
        let told = version.to_json(action, true);
        action.versions.push(version);
        let over = action.versions.len().saturating_sub(MOST);
        action.versions.drain(..over);
        action.all_changes_deployed = true;
        self.writes += 1;
        Ok(told)
    }

    /// All versions of an Action, the last one first.
    pub(in crate::auth0) fn versions(&self, id: &str) -> Result<Vec<Value>, Refused> {
        let action = self.action(id)?;
        let newest_first = action.versions.iter().rev().enumerate();
        Ok(newest_first.map(|(place, version)| version.to_json(action, place == 0)).collect())
    }
}
