//! Svix signatures, version `v1`: only [`verify`] makes a [`Verified`], and only the exact bytes of a body pass.
//!
//! Source: Standard Webhooks and Svix's own libraries.

use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::clock::Timestamp;

/// How far a delivery's time may be from ours, both ways.
const TOLERANCE: Duration = Duration::from_secs(300);

/// A signing secret, `whsec_` and standard base64; the prefix may be missing.
pub struct SigningKey(Vec<u8>);

/// The text is no signing secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `whsec_` and base64 text of the signing key")]
pub struct SigningKeyError;

impl FromStr for SigningKey {
    type Err = SigningKeyError;

    fn from_str(text: &str) -> Result<Self, SigningKeyError> {
        let key = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map_err(|_| SigningKeyError)?;
        if key.is_empty() { Err(SigningKeyError) } else { Ok(Self(key)) }
    }
}

impl SigningKey {
    /// Signs a body as a sender does: the value of `svix-signature` for this id and these seconds.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> Option<String> {
        Some(format!("v1,{}", STANDARD.encode(self.mac(id, seconds, body)?.finalize().into_bytes())))
    }

    fn mac(&self, id: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", seconds.to_string().as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

/// The three headers of a delivery, as they came.
#[derive(Clone, Copy, Debug)]
pub struct SignatureHeaders<'a> {
    /// `svix-id` or `webhook-id`: the same at each repeat.
    pub id: &'a str,
    /// `svix-timestamp` or `webhook-timestamp`: seconds, of this attempt.
    pub timestamp: &'a str,
    /// `svix-signature` or `webhook-signature`: several, parted by spaces.
    pub signature: &'a str,
}

/// A body that its sender signed. There is no other way to one than [`verify`].
#[derive(Debug)]
pub struct Verified<'a> {
    body: &'a [u8],
}

impl<'a> Verified<'a> {
    /// The exact bytes that were signed.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// Why a delivery is not believed. To its sender all of them look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The time is no number of seconds, or negative.
    #[error("the timestamp is malformed")]
    Timestamp,
    /// The time is more than 300 s from ours.
    #[error("the timestamp is out of tolerance")]
    Tolerance,
    /// No `v1` signature fits.
    #[error("no signature matches")]
    Mismatch,
}

/// When the attempt was made, if that is close enough to `now`.
fn fresh(headers: SignatureHeaders<'_>, now: Timestamp) -> Result<i64, SignatureError> {
    let seconds: i64 =
        headers.timestamp.parse().ok().filter(|seconds| *seconds >= 0).ok_or(SignatureError::Timestamp)?;
    let off = now.seconds().abs_diff(seconds);
    if off > TOLERANCE.as_secs() { Err(SignatureError::Tolerance) } else { Ok(seconds) }
}

/// Verifies that the holder of `key` signed these very bytes within 300 s of `now`.
pub fn verify<'a>(
    key: &SigningKey,
    headers: SignatureHeaders<'_>,
    now: Timestamp,
    body: &'a [u8],
) -> Result<Verified<'a>, SignatureError> {
    let seconds = fresh(headers, now)?;
    let signatures = headers.signature.split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let mut decoded = signatures.filter_map(|one| STANDARD.decode(one).ok());
    let fits =
        |signature: Vec<u8>| key.mac(headers.id, seconds, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if decoded.any(fits) { Ok(Verified { body }) } else { Err(SignatureError::Mismatch) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const RIGHT: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn judge(timestamp: &str, signature: &str, now: i64) -> Result<(), SignatureError> {
        let key: SigningKey = SECRET.parse().unwrap();
        let headers = SignatureHeaders { id: ID, timestamp, signature };
        verify(&key, headers, Timestamp::from_millis(now * 1000).unwrap(), BODY).map(|_| ())
    }

    #[test]
    fn the_published_vectors_verify() {
        assert_eq!(judge("1614265330", RIGHT, 1_614_265_330), Ok(()));
        let key: SigningKey = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".parse().unwrap();
        let headers = SignatureHeaders {
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            timestamp: "1649367553",
            signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        };
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        assert!(verify(&key, headers, Timestamp::from_millis(1_649_367_553_000).unwrap(), body).is_ok());
    }

    #[test]
    fn what_is_signed_here_is_what_the_published_vectors_are_signed_with() {
        let key: SigningKey = SECRET.parse().unwrap();
        assert_eq!(key.sign(ID, 1_614_265_330, BODY).as_deref(), Some(RIGHT));
    }

    #[test]
    fn wrong_short_empty_and_foreign_signatures_do_not() {
        let asymmetric = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
        for wrong in ["v1,R3PTzyfHASBKHH98a7yexTwaJ4yNIcGhFQc1yuN+BPU=", "v1,", "v1,g0hM9SsE", "", "v2,x", asymmetric] {
            assert_eq!(judge("1614265330", wrong, 1_614_265_330), Err(SignatureError::Mismatch), "{wrong}");
        }
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let several = format!("v1,AAAA v2,x {RIGHT} v1a,y");
        assert_eq!(judge("1614265330", &several, 1_614_265_330), Ok(()));
    }

    #[test]
    fn five_minutes_are_tolerated_both_ways_and_not_a_second_more() {
        for (off, expected) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureError::Tolerance)),
            (-301, Err(SignatureError::Tolerance)),
        ] {
            assert_eq!(judge("1614265330", RIGHT, 1_614_265_330 + off), expected);
        }
    }

    #[test]
    fn a_changed_or_malformed_time_is_refused() {
        assert_eq!(judge("1614265331", RIGHT, 1_614_265_330), Err(SignatureError::Mismatch));
        for wrong in ["-1", "", "soon", "1614265330.5", "99999999999999999999"] {
            assert_eq!(judge(wrong, RIGHT, 1_614_265_330), Err(SignatureError::Timestamp), "{wrong}");
        }
    }

    #[test]
    fn an_empty_or_undecodable_secret_is_none() {
        for wrong in ["", "whsec_", "whsec_%%%"] {
            assert_eq!(wrong.parse::<SigningKey>().err(), Some(SigningKeyError));
        }
    }
}
