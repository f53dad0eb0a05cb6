//! Links to a file, signed, and good for a minute: a storage service stands behind them, not the Management API.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a link is good, in milliseconds.
const GOOD_FOR: i64 = 60_000;

/// Signs links and checks them.
pub(in crate::auth0) struct Signer(Hmac<Sha256>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer")
    }
}

/// Why a link gives no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth0) enum LinkRefused {
    /// 400, a bearer came with a link that is a proof already.
    Bearer,
    /// 403, too late.
    Expired,
    /// 403, signed by somebody else, or not at all.
    Signature,
    /// 404, the job and its file are gone.
    NoFile,
}

impl Signer {
    pub(super) fn new(key: &str) -> Self {
        // A key of any length will do for HMAC; the fallback is never met.
        Self(Hmac::new_from_slice(key.as_bytes()).unwrap_or_else(|_| Hmac::new(&[0; 64].into())))
    }

    /// A path with its query.
    pub(super) fn link(&self, job: &str, now: i64) -> String {
        let expires = now.saturating_add(GOOD_FOR);
        format!("/_exports/{job}?expires={expires}&signature={}", self.sign(job, expires))
    }

    pub(super) fn check(&self, job: &str, query: &str, now: i64) -> Result<(), LinkRefused> {
        let value = |wanted| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value)
        };
        let expires = value("expires").and_then(|text| text.parse().ok()).ok_or(LinkRefused::Signature)?;
        if value("signature").as_deref() != Some(&*self.sign(job, expires)) {
            return Err(LinkRefused::Signature);
        }
        if now < expires { Ok(()) } else { Err(LinkRefused::Expired) }
    }

    fn sign(&self, job: &str, expires: i64) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{job}:{expires}").as_bytes());
        mac.finalize().into_bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_a_minute_and_for_one_job() {
        let signer = Signer::new("key");
        let link = signer.link("job_1", 1000);
        let (_, query) = link.split_once('?').unwrap_or_default();
        assert_eq!(signer.check("job_1", query, 60_999), Ok(()));
        assert_eq!(signer.check("job_1", query, 61_000), Err(LinkRefused::Expired));
        assert_eq!(signer.check("job_2", query, 1000), Err(LinkRefused::Signature));
        assert_eq!(Signer::new("other").check("job_1", query, 1000), Err(LinkRefused::Signature));
        assert_eq!(signer.check("job_1", "expires=99999", 1000), Err(LinkRefused::Signature));
        assert_eq!(signer.check("job_1", "", 1000), Err(LinkRefused::Signature));
    }
}
