//! Where a listing goes on: a text that a caller keeps and cannot read, alter or take to another listing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::UserId;

/// The first part of what is hashed.
const DOMAIN: &str = "identity-spine/cursor/v1";
const POSITION: usize = 17;
const SEAL: usize = 16;

/// A position in one listing: behind the row of this id, whether it is still there or not.
///
/// The seal binds it to the listing. It takes no secret: whoever computed a seal of their own would only begin the
/// listing that they may read anyway at another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(UserId);

/// The text is no cursor of this listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is none of this listing")]
pub struct BadCursor;

impl Cursor {
    /// Behind the row of `id`.
    pub fn behind(id: UserId) -> Self {
        Self(id)
    }

    /// The row that it stands behind.
    pub fn id(&self) -> &UserId {
        &self.0
    }

    /// The text for the caller. `listing` tells the listing from any other: its table, its index, what was asked for.
    pub fn seal(&self, listing: &[&str]) -> Option<String> {
        let position = position(&self.0)?;
        let seal = seal(&position, listing);
        Some(URL_SAFE_NO_PAD.encode([position.as_slice(), seal.as_slice()].concat()))
    }

    /// Reads a caller's text, if it is one of this very listing.
    pub fn open(text: &str, listing: &[&str]) -> Result<Self, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let (at, sealed) = bytes.split_first_chunk::<POSITION>().ok_or(BadCursor)?;
        if sealed != seal(at, listing) {
            return Err(BadCursor);
        }
        let (low, high) = at.split_first().ok_or(BadCursor)?;
        let high = u128::from_be_bytes(high.try_into().map_err(|_| BadCursor)?);
        Ok(Self(UserId::from_bits((high, *low))))
    }
}

/// The 130 bits of an id.
fn position(id: &UserId) -> Option<[u8; POSITION]> {
    let (high, low) = id.bits()?;
    let mut position = [low; POSITION];
    position.split_first_mut()?.1.copy_from_slice(&high.to_be_bytes());
    Some(position)
}

fn seal(position: &[u8; POSITION], listing: &[&str]) -> [u8; SEAL] {
    let mut hash = Sha256::new();
    for part in [DOMAIN].iter().chain(listing) {
        // The length goes first, so that no two listings can run into the same bytes.
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(position);
    let mut seal = [0; SEAL];
    for (to, from) in seal.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    seal
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::domain::{Identity, Provider};

    const LISTING: [&str; 3] = ["Users", "by_email", "a@example.com"];

    fn cursor() -> Cursor {
        Cursor::behind(Identity::new(Provider::auth0(), "auth0|a").unwrap().user_id())
    }

    #[test]
    fn a_cursor_survives_its_text_in_its_own_listing_alone() {
        let text = cursor().seal(&LISTING).unwrap();
        assert_eq!(Cursor::open(&text, &LISTING), Ok(cursor()));
        for other in [
            ["Claims", "by_email", "a@example.com"],
            ["Users", "by_email", "b@example.com"],
            ["Users", "by_emaila", "@example.com"],
        ] {
            assert_eq!(Cursor::open(&text, &other), Err(BadCursor));
        }
    }

    #[test]
    fn a_cursor_that_was_altered_anywhere_is_none() {
        let text = cursor().seal(&LISTING).unwrap();
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            if let Some(byte) = altered.get_mut(at) {
                *byte = if *byte == b'A' { b'B' } else { b'A' };
            }
            assert_eq!(Cursor::open(std::str::from_utf8(&altered).unwrap(), &LISTING), Err(BadCursor), "{at}");
        }
        for wrong in ["", "AAAA", "%", &text[1..], &format!("{text}AAAA"), "usr_tlrofji4bfbyd37m4eyy3a6ius"] {
            assert_eq!(Cursor::open(wrong, &LISTING), Err(BadCursor), "{wrong}");
        }
    }

    #[test]
    fn a_cursor_does_not_show_whom_it_names() {
        assert!(!cursor().seal(&LISTING).unwrap().contains("tlrofji4bfbyd37m4eyy3a6ius"));
    }
}
