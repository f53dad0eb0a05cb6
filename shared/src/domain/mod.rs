//! The identity model: pure rules over what is known, without I/O, clock or encoding.

mod challenge;
mod change;
mod claim;
mod claim_audit;
mod customer;
mod drift;
mod erase;
mod facts;
mod identity;
mod intent;
mod issuer;
mod life;
mod linking;
mod operation;
mod orphan;
mod outcome;
mod profile;
mod public_key;
mod realms;
mod user;
mod user_event;

pub use challenge::{Challenge, Nonce, NonceError};
pub use change::{Change, Changed, Happening, SequenceNumber, changes};
pub use claim::{Claim, StripeCustomer, StripeCustomerError, customer_claim, key_claim};
pub use claim_audit::{Fault, Remedy, Standing, Undecided, fault_of, remedy_of};
pub use customer::{Customer, LinkCause, Linked, Unproven, drifts, link_causes, may_link};
pub use drift::{Cause, Kind, drift_of, settled};
pub use erase::{EraseOutcome, EraseVerdict, RestoreOutcome, erase_verdict, restore_verdict};
pub use facts::{Fact, Facts, email_key};
pub use identity::{Identity, IdentityError, Provider, UserId};
pub use intent::{Intent, IntentVerdict};
pub use issuer::{Issuer, IssuerError, TokenIdentifier, TokenIdentifierError};
pub use life::{SKEW, Verdict, deletion_verdict, lift_verdict, profile_verdict, written};
pub use linking::{
    CustomerOutcome, CustomerVerdict, Keys, KeysVerdict, LinkOutcome, MOST_KEYS, TransferOutcome, UnlinkOutcome, Wish,
    customer_verdict, keys_verdict,
};
pub use operation::{Actor, Operation, OperationError, Reason};
pub use orphan::{Evidence, Lacking, may_delete};
pub use outcome::{DeleteOutcome, LiftOutcome, Outcome, RepairOutcome};
pub use profile::{Patch, Profile, ProfileVersion, Told};
pub use public_key::{KeyType, PublicKey, PublicKeyError};
pub use realms::{RealmError, Realms};
pub use user::{LinkedKey, Tombstone, User};
pub use user_event::{Ignored, UserEvent, too_old};
