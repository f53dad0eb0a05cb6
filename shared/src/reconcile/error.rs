//! Why a run ends before its end.

use crate::provider::ProviderError;
use crate::store::StoreError;

/// Why a run ended before its end. What was applied by then stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The provider's listing failed, or cannot be complete.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The listing ended well, and yet is no listing of everybody.
    #[error("the provider named {named} users and counted {counted}: nothing follows from such a listing")]
    Incomplete {
        /// How many it named.
        named: u64,
        /// How many it counted, before or after.
        counted: u64,
    },
    /// The listing ended well, and lacks customers that single reads find.
    #[error("the listing lacks {found} of {asked} linked customers that single reads find: nothing follows from it")]
    Unlisted {
        /// How many were asked for, because the listing did not name them.
        asked: u64,
        /// How many of them are there.
        found: u64,
    },
    /// The provider has many users, and hardly any of ours: its credentials are another tenant's.
    #[error(
        "most of the first {named} users are unknown here, and none of {asked} of our rows is known to the provider: \
         the credentials seem to belong to another tenant, instance or account"
    )]
    Strangers {
        /// How many users it named first.
        named: usize,
        /// How many rows it was asked for.
        asked: usize,
    },
    /// Another run took the lease over.
    #[error("the lease was lost: {holder} holds it now")]
    LeaseLost {
        /// Who.
        holder: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Most users failed, one by one.
    #[error("{failed} of {judged} users failed: the run was ended")]
    Hopeless {
        /// How many failed.
        failed: u64,
        /// How many were looked at.
        judged: u64,
    },
}
