//! Identifiers of connections.

use sha2::{Digest, Sha256};

/// Whether the schema takes it for an identifier.
pub(super) fn is_connection_id(text: &str) -> bool {
    let id = text.strip_prefix("con_");
    id.is_some_and(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The identifier of the connection of that name: connections are known by their names alone here.
pub(in crate::auth0) fn connection_id(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold("con_".to_owned(), |id, byte| format!("{id}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_what_the_schema_says() {
        assert!(is_connection_id(&connection_id("Username-Password-Authentication")));
        assert_ne!(connection_id("github"), connection_id("apple"));
        for id in ["", "con_1", "con_00000000000000012", "con_000000000000000!", "000000000000000000a1"] {
            assert!(!is_connection_id(id), "{id}");
        }
    }
}
