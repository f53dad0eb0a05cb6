//! Issuers, which map to a realm, and the token identifiers that Convex computes from them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An issuer's URL in its canonical form: lower-case scheme and host, no trailing slash.
///
/// `https` only, or `http` on loopback; two spellings of one issuer are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(String);

/// Why a text is no issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an https URL (or http on loopback) without user, query or fragment")]
pub struct IssuerError;

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        Self::parse_beside(text, "")
    }
}

impl Issuer {
    /// Reads a URL that may also be plain http on `host`: a developer's machine as its containers see it.
    pub fn parse_beside(text: &str, host_of_ours: &str) -> Result<Self, IssuerError> {
        let (scheme, rest) = text.split_once("://").ok_or(IssuerError)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let scheme = scheme.to_ascii_lowercase();
        let authority = authority.to_ascii_lowercase();
        let path = path.strip_suffix('/').unwrap_or(path);
        let plain =
            |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'@' | b'|' | b'\\'));
        let (host, port) = split_port(&authority).ok_or(IssuerError)?;
        let allowed = scheme == "https" || (scheme == "http" && (is_loopback(host) || host == host_of_ours));
        if host.is_empty() || !allowed || !plain(&authority) || !plain(path) {
            return Err(IssuerError);
        }
        let port = match (scheme.as_str(), port) {
            ("https", Some("443")) | ("http", Some("80")) | (_, None) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        };
        let slash = if path.is_empty() { "" } else { "/" };
        Ok(Self(format!("{scheme}://{host}{port}{slash}{path}")))
    }

    /// The canonical URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Host and port of an authority; an IPv6 host keeps its brackets.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_host = authority.rfind(']').map_or(0, |at| at + 1);
    match authority.get(after_host..)?.find(':') {
        None => Some((authority, None)),
        Some(at) => {
            let port = authority.get(after_host + at + 1..)?;
            port.parse::<u16>().ok()?;
            Some((authority.get(..after_host + at)?, Some(port)))
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `issuer|subject`, split at the first `|`. The issuer may be one that nobody configured, or no URL at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenIdentifier {
    /// The issuer, if it is a URL that one could configure.
    pub issuer: Option<Issuer>,
    /// What follows the first `|`; never empty.
    pub subject: String,
}

/// The text has no `|`, or nothing on one of its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `issuer|subject`")]
pub struct TokenIdentifierError;

impl FromStr for TokenIdentifier {
    type Err = TokenIdentifierError;

    fn from_str(text: &str) -> Result<Self, TokenIdentifierError> {
        match text.split_once('|') {
            Some((issuer, subject)) if !issuer.is_empty() && !subject.is_empty() => {
                Ok(Self { issuer: issuer.parse().ok(), subject: subject.to_owned() })
            }
            _ => Err(TokenIdentifierError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        text.parse::<Issuer>().ok().map(|issuer| issuer.to_string())
    }

    #[test]
    fn slash_case_and_default_port_make_no_difference() {
        for spelling in
            ["https://Tenant.EU.auth0.com/", "https://tenant.eu.auth0.com", "HTTPS://tenant.eu.auth0.com:443/"]
        {
            assert_eq!(canonical(spelling).as_deref(), Some("https://tenant.eu.auth0.com"));
        }
        assert_eq!(canonical("http://127.0.0.1:4001/").as_deref(), Some("http://127.0.0.1:4001"));
        assert_eq!(canonical("http://[::1]:4001/a/").as_deref(), Some("http://[::1]:4001/a"));
    }

    #[test]
    fn plain_http_users_queries_and_junk_are_refused() {
        for wrong in [
            "http://tenant.auth0.com/",
            "https://a@b/",
            "https://a/?b",
            "https://a/#b",
            "https://",
            "tenant",
            "",
            "https://a:99999",
        ] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_identifier_splits_at_its_first_bar() {
        let read = "https://t.auth0.com/|auth0|a|b".parse::<TokenIdentifier>();
        assert_eq!(read.map(|read| read.subject).as_deref(), Ok("auth0|a|b"));
        for wrong in ["https://t.auth0.com/", "|a", "https://t.auth0.com/|", ""] {
            assert_eq!(wrong.parse::<TokenIdentifier>(), Err(TokenIdentifierError));
        }
    }
}
