//! `getUserByAuth`, `getUserById` and `getUserByPublicKey`: a user document, or `null` where nobody lives.

use serde_json::{Value, json};
use shared::domain::{Identity, PublicKey, User, UserId};
use shared::invocation::Failure;
use shared::wire::user_document::UserDocument;

use crate::App;

impl App {
    pub(crate) async fn user_by_auth(&self, identity: &Identity) -> Result<Value, Failure> {
        self.told(self.users.by_identity(identity).await?)
    }

    pub(crate) async fn user_by_id(&self, id: &UserId) -> Result<Value, Failure> {
        self.told(self.users.by_id(id).await?)
    }

    pub(crate) async fn user_by_public_key(&self, key: &PublicKey) -> Result<Value, Failure> {
        self.told(self.claims.by_public_key(key).await?)
    }

    /// The document as the HTTP routes tell it, with the two names besides that callers know it by.
    fn told(&self, user: Option<User>) -> Result<Value, Failure> {
        let Some(user) = user.filter(User::is_living) else { return Ok(Value::Null) };
        let document = serde_json::to_value(UserDocument::of(&user, &self.realms));
        // A document is texts and numbers: it has nothing that JSON has not.
        let mut document = document.map_err(|_| Failure::new("internal", "the user cannot be told"))?;
        if let Some(document) = document.as_object_mut() {
            document.insert("_id".to_owned(), json!(user.identity.user_id().as_str()));
            document.insert("_creationTime".to_owned(), json!(user.created_at.millis()));
        }
        Ok(document)
    }
}
