//! Why a provider could not be asked, or not be believed.

use std::fmt;

/// What was asked of whom: all that an error tells of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The provider's name.
    pub provider: &'static str,
    /// What was to be done, in words.
    pub operation: &'static str,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not {}", self.provider, self.operation)
    }
}

/// Why a provider's word is missing. No variant holds a URL, a token, a body or anything of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// No answer came, however often it was tried.
    #[error("{call}: {why}")]
    Unreachable {
        /// What was asked.
        call: Call,
        /// How the last attempt ended.
        why: &'static str,
    },
    /// It answered with a status that is no success; 429 and 5xx after retries.
    #[error("{call}: it answers with status {status}")]
    Refused {
        /// What was asked.
        call: Call,
        /// The HTTP status.
        status: u16,
    },
    /// It does not accept our credentials.
    #[error("{call}: it answers with status {status}; look at {look_at}")]
    Unauthorized {
        /// What was asked.
        call: Call,
        /// 401 or 403.
        status: u16,
        /// Which variables to look at.
        look_at: &'static str,
    },
    /// It answered with something else than documented.
    #[error("{call}: {what}")]
    Unreadable {
        /// What was asked.
        call: Call,
        /// What is wrong with the answer.
        what: &'static str,
    },
    /// There are more users than pages can list.
    #[error("{call}: the tenant has 1,000 users or more: pages cannot list them all; the export job is needed")]
    Capped {
        /// What was asked.
        call: Call,
    },
    /// It could not prepare its users' export, or not hand it over whole.
    #[error("{call}: {what}")]
    Export {
        /// What was asked.
        call: Call,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// The credentials open another tenant or instance than the one that the table belongs to.
    #[error("{provider}: the credentials belong to another {realm} than the configured one; look at {look_at}")]
    Foreign {
        /// The provider's name.
        provider: &'static str,
        /// What a realm is called there.
        realm: &'static str,
        /// Which variables to look at.
        look_at: &'static str,
    },
    /// The client cannot be made, or cannot ask this.
    #[error("{provider} cannot be asked: {what}")]
    Unusable {
        /// The provider's name.
        provider: &'static str,
        /// What is wrong on our side.
        what: &'static str,
    },
}
