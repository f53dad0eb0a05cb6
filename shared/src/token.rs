//! Bearer tokens: how one is read from a header, compared without telling how far it was right, and what it may do.

mod scope;
mod known;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use known::{BadServiceTokens, Presented, ServiceTokens, is_id};
pub use scope::{Scope, UnknownScope};

/// The token in an `Authorization` header's value; the scheme may be in any case.
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether two secrets are equal, in a time that depends on neither: their digests are compared.
pub fn equal(one: &str, other: &str) -> bool {
    digest(one).as_slice().ct_eq(digest(other).as_slice()).into()
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_may_be_in_any_case_and_the_token_must_be_there() {
        assert_eq!(bearer("Bearer a"), Some("a"));
        assert_eq!(bearer("bEARER  a "), Some("a"));
        for wrong in ["", "Bearer", "Bearer ", "Basic a", "a"] {
            assert_eq!(bearer(wrong), None);
        }
    }

    #[test]
    fn only_equal_secrets_are_equal() {
        assert!(equal("secret", "secret"));
        assert!(!equal("secret", "secret2") && !equal("", "secret"));
    }
}
