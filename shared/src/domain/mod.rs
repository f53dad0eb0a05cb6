//! The identity model: pure rules over what is known, without I/O, clock or encoding.

mod drift;
mod facts;
mod identity;
mod issuer;
mod life;
mod orphan;
mod outcome;
mod profile;
mod realms;
mod user;

pub use drift::{Cause, Kind, drift_of, settled};
pub use facts::{Fact, Facts, email_key};
pub use identity::{Identity, IdentityError, Provider, UserId};
pub use issuer::{Issuer, IssuerError, TokenIdentifier, TokenIdentifierError};
pub use life::{SKEW, Verdict, deletion_verdict, lift_verdict, profile_verdict, written};
pub use orphan::{Evidence, Lacking, may_delete};
pub use outcome::{DeleteOutcome, LiftOutcome, Outcome, RepairOutcome};
pub use profile::{Patch, Profile, ProfileVersion, Told};
pub use realms::{RealmError, Realms};
pub use user::{Tombstone, User};
