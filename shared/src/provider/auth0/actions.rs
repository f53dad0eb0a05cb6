//! Actions: found, made, changed and deployed.
//!
//! Source: the Management API's `/api/v2/actions/actions`. A secret's value is told to nobody: only its name comes back.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Auth0;
use super::manage::Errand;
use crate::provider::error::ProviderError;
use crate::secret::SecretText;
use crate::wire::lenient::{Flag, Text};

const FIND: Errand = Errand::read("list its Actions", "the application's scope read:actions");
const READ: Errand = Errand::read("read an Action", "the application's scope read:actions");
const CREATE: Errand = Errand::make("create an Action", "the application's scope create:actions");
const UPDATE: Errand = Errand::set("change an Action", "the application's scope update:actions");
const DEPLOY: Errand = Errand::make("deploy an Action", "the application's scope create:actions");

/// The trigger that runs after a login.
pub(super) const POST_LOGIN: &str = "post-login";
/// Which of the trigger's versions our Actions are written for.
const VERSION: &str = "v3";

/// An Action as the tenant has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its id.
    pub id: String,
    /// The code of its draft.
    pub code: String,
    /// What runs it, such as `node22`.
    pub runtime: String,
    /// The names of its secrets, in order.
    pub secrets: Vec<String>,
    /// Whether it has packages of npm.
    pub has_packages: bool,
    /// How far its draft is.
    pub build: Build,
    /// Whether what is deployed is the draft as it stands.
    pub deployed: bool,
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// It can be deployed.
    Built,
    /// Not yet.
    Underway,
    /// It never will be.
    Failed,
}

/// What an Action shall be.
pub struct ActionDraft<'a> {
    /// Its name.
    pub name: &'a str,
    /// The whole of its code.
    pub code: &'a str,
    /// What runs it.
    pub runtime: &'a str,
    /// All of its secrets: those that are not named here go.
    pub secrets: &'a [(&'static str, SecretText)],
}

#[derive(Deserialize)]
struct Listed {
    actions: Vec<Raw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    id: Text,
    name: Text,
    code: Text,
    runtime: Text,
    status: Text,
    all_changes_deployed: Flag,
    dependencies: Option<Vec<Value>>,
    secrets: Vec<Named>,
    supported_triggers: Vec<Named>,
}

/// A secret has a name, a trigger an id.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    id: Text,
    name: Text,
}

impl Raw {
    fn runs_after_logins(&self) -> bool {
        self.supported_triggers.iter().any(|trigger| trigger.id.text() == Some(POST_LOGIN))
    }

    fn told(self, errand: Errand) -> Result<Action, ProviderError> {
        let mut secrets: Vec<String> = self.secrets.iter().filter_map(|secret| secret.name.told()).collect();
        secrets.sort_unstable();
        Ok(Action {
            id: self.id.told().ok_or_else(|| errand.unreadable("the answer names no Action"))?,
            code: self.code.told().unwrap_or_default(),
            runtime: self.runtime.told().unwrap_or_default(),
            secrets,
            has_packages: self.dependencies.is_some_and(|packages| !packages.is_empty()),
            build: match self.status.text() {
                Some("built") => Build::Built,
                Some("failed") => Build::Failed,
                _ => Build::Underway,
            },
            deployed: self.all_changes_deployed.is_set(),
        })
    }
}

impl ActionDraft<'_> {
    fn body(&self) -> Value {
        let secrets = self.secrets.iter().map(|(name, value)| json!({"name": name, "value": value.expose()}));
        json!({
            "name": self.name,
            "code": self.code,
            "runtime": self.runtime,
            "dependencies": [],
            "secrets": secrets.collect::<Vec<_>>(),
        })
    }
}

impl Auth0 {
    /// The post-login Actions of this name: Auth0 lets several have the same one.
    pub async fn post_login_actions(&self, name: &str) -> Result<Vec<Action>, ProviderError> {
        let query = [("actionName", name), ("triggerId", POST_LOGIN), ("per_page", "100")];
        let answer = self.run(FIND, self.managed(&["actions", "actions"], &query)?, None).await?;
        let listed: Listed = answer.json(FIND.call)?;
        // Auth0 may hold a name to be meant less exactly than we do.
        let ours = listed.actions.into_iter().filter(|it| it.name.text() == Some(name) && it.runs_after_logins());
        let mut actions = Vec::new();
        for action in ours {
            // A listing is not bound to tell the whole of the code.
            actions.push(self.action(&action.told(FIND)?.id).await?);
        }
        Ok(actions)
    }

    /// One Action.
    pub async fn action(&self, id: &str) -> Result<Action, ProviderError> {
        let answer = self.run(READ, self.managed(&["actions", "actions", id], &[])?, None).await?;
        answer.json::<Raw>(READ.call)?.told(READ)
    }

    /// Makes a post-login Action, which then has to be built and deployed.
    pub async fn create_post_login_action(&self, draft: &ActionDraft<'_>) -> Result<Action, ProviderError> {
        let mut body = draft.body();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("supported_triggers".to_owned(), json!([{"id": POST_LOGIN, "version": VERSION}]));
        }
        let answer = self.run(CREATE, self.managed(&["actions", "actions"], &[])?, Some(body)).await?;
        answer.json::<Raw>(CREATE.call)?.told(CREATE)
    }

    /// Gives an Action another draft, which then has to be built and deployed.
    pub async fn update_action(&self, id: &str, draft: &ActionDraft<'_>) -> Result<Action, ProviderError> {
        let answer = self.run(UPDATE, self.managed(&["actions", "actions", id], &[])?, Some(draft.body())).await?;
        answer.json::<Raw>(UPDATE.call)?.told(UPDATE)
    }

    /// Makes a version of the draft, which runs from then on wherever the Action is bound.
    pub async fn deploy_action(&self, id: &str) -> Result<(), ProviderError> {
        self.run(DEPLOY, self.managed(&["actions", "actions", id, "deploy"], &[])?, None).await.map(drop)
    }
}
