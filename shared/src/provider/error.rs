//! What can be wrong with a provider's answer. No URL, token, address or body is in any of it.

/// A request to a provider that did not end in an answer of use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It could not be reached, or went on failing.
    #[error("{provider} is out of reach: {kind}")]
    Unreachable {
        /// The provider.
        provider: &'static str,
        /// How the last attempt failed.
        kind: String,
    },
    /// It does not accept who we are.
    #[error("{provider} refuses our credentials ({status}): look at {variables}")]
    Unauthorized {
        /// The provider.
        provider: &'static str,
        /// 401 or 403.
        status: u16,
        /// The variables that may be wrong.
        variables: &'static str,
    },
    /// It refuses the request.
    #[error("{provider} refuses {operation}: status {status}")]
    Refused {
        /// The provider.
        provider: &'static str,
        /// What was asked.
        operation: &'static str,
        /// The status.
        status: u16,
    },
    /// Its answer cannot be read: no JSON, half of one, or of another shape.
    #[error("{provider} answers {operation} with something unreadable")]
    Unreadable {
        /// The provider.
        provider: &'static str,
        /// What was asked.
        operation: &'static str,
    },
    /// The listing cannot name everybody.
    #[error("auth0 has 1,000 users or more: pages cannot list them all, and exports are not there yet")]
    Capped,
    /// The listing goes round in a circle.
    #[error("{provider} repeats a page: the listing was ended")]
    Circular {
        /// The provider.
        provider: &'static str,
    },
}
