//! What the Management API takes to create and to change an Action.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::Trigger;

/// The body of `POST /api/v2/actions/actions`. `deploy`, which would do two things at once, is not taken here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    /// How it is called.
    pub name: String,
    /// The one flow that it is made for.
    pub supported_triggers: Vec<Trigger>,
    /// The program.
    #[serde(default)]
    pub code: Option<String>,
    /// Packages of npm.
    #[serde(default)]
    pub dependencies: Option<Vec<Value>>,
    /// `node22`, when absent.
    #[serde(default)]
    pub runtime: Option<String>,
    /// Its secrets.
    #[serde(default)]
    pub secrets: Option<Vec<NewSecret>>,
}

/// The body of `PATCH /api/v2/actions/actions/{id}`. A list that it names replaces the one that is there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionPatch {
    /// How it is called.
    pub name: Option<String>,
    /// Auth0 takes it and does not say what it does; here it must be what it was.
    pub supported_triggers: Option<Vec<Trigger>>,
    /// The program.
    pub code: Option<String>,
    /// Packages of npm.
    pub dependencies: Option<Vec<Value>>,
    /// `node22`, `node18` and so on.
    pub runtime: Option<String>,
    /// All of its secrets.
    pub secrets: Option<Vec<NewSecret>>,
}

/// A secret as it is written; it is never told again.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// Its name.
    pub name: String,
    /// Absent, it stays what it was; Auth0 does not say so, and it is assumed.
    pub value: Option<String>,
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewSecret").field("name", &self.name).finish_non_exhaustive()
    }
}
