//! What our own token allows us.

use super::{Auth0, claims};
use crate::provider::error::ProviderError;

impl Auth0 {
    /// The scopes of our token, by its own word; `None` when it does not tell. Asks for a token if there is none yet.
    pub async fn scopes(&self) -> Result<Option<Vec<String>>, ProviderError> {
        let token = self.0.tokens.bearer(None).await?;
        let token = token.header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        Ok(token.and_then(claims::scopes))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::claims::scopes;

    #[test]
    fn scopes_are_read_from_a_token_and_from_nothing_else() {
        let token = |payload: &str| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(payload));
        let read = scopes(&token(r#"{"scope": "read:users update:users"}"#));
        assert_eq!(read, Some(vec!["read:users".to_owned(), "update:users".to_owned()]));
        for silent in [token("{}"), token("no JSON"), "opaque".to_owned(), "a.%.c".to_owned()] {
            assert_eq!(scopes(&silent), None, "{silent}");
        }
    }
}
