//! What the words of a run mean, and what to do: `docs/OPERATIONS.md` in a few words.

use shared::domain::{Cause, Kind, LinkCause};
use shared::stripe_reconcile::STRIPE;

const CAUSES: [Cause; 10] = [
    Cause::Missing,
    Cause::ProfileOlder,
    Cause::ProfileDiffers,
    Cause::Reborn,
    Cause::DeletedHere,
    Cause::Orphan,
    Cause::Patched,
    Cause::ErasedButListed,
    Cause::Linked,
    Cause::OddUser,
];

/// A cause that is known: of a user, or of a customer at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    User(Cause),
    Link(LinkCause),
}

/// The cause of this word in a run of this source.
pub(crate) fn known(source: &str, word: &str) -> Option<Known> {
    if source == STRIPE {
        return LinkCause::ALL.into_iter().find(|cause| cause.as_str() == word).map(Known::Link);
    }
    CAUSES.into_iter().find(|cause| cause.as_str() == word).map(Known::User)
}

impl Known {
    /// Whether an exit status follows it.
    pub(crate) fn is_drift(self) -> bool {
        match self {
            Self::User(cause) => cause.is_drift(),
            Self::Link(cause) => cause.is_drift(),
        }
    }

    /// What it means.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::User(cause) => meaning(cause),
            Self::Link(cause) => link_meaning(cause),
        }
    }

    /// What to do about it; with `mended`, beside what the run has done already.
    pub(crate) fn advice(self, mended: bool) -> String {
        match self {
            Self::User(cause) => advice(cause, mended),
            Self::Link(cause) => link_advice(cause, mended),
        }
    }
}

fn link_meaning(cause: LinkCause) -> &'static str {
    match cause {
        LinkCause::MissingLink => "one customer names a user who has none",
        LinkCause::Dangling => "the user's customer is deleted at Stripe, or never was there",
        LinkCause::Duplicate => "several customers name one user",
        LinkCause::Conflict => "the user's customer names another user",
        LinkCause::EmailOnlyMatch => {
            "a notice: a customer without metadata has the address of a user without a customer"
        }
        LinkCause::Orphan => "a notice: the customer names a user who is unknown or deleted here",
        LinkCause::Drift => "a notice: the customer has another address or name than its user",
        LinkCause::OddCustomer => "a notice: a customer whose id is not Stripe's own",
    }
}

fn link_advice(cause: LinkCause, mended: bool) -> String {
    let advice = match cause {
        LinkCause::MissingLink if mended => "see why it was not tied when it was made",
        LinkCause::MissingLink => {
            "sync or apply; what stays was made before this life: setStripeCustomerId, if it is theirs"
        }
        LinkCause::Dangling => "setStripeCustomerId with `replaces`, once the right customer is known",
        LinkCause::Duplicate => "keep one: take user_id off the others' metadata at Stripe",
        LinkCause::Conflict => "find out whose it is, and correct the metadata or the link",
        LinkCause::EmailOnlyMatch => "if it is theirs, write user_id into its metadata at Stripe",
        LinkCause::Orphan => "if nobody pays by it any more, delete it or take user_id off its metadata",
        LinkCause::Drift => "correct it at Stripe, unless they want it so",
        LinkCause::OddCustomer => "it cannot be tied to anybody",
    };
    advice.to_owned()
}

/// What a cause means.
pub(crate) fn meaning(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "at the provider, never seen here",
        Cause::ProfileOlder => "the row is older than the provider's profile",
        Cause::ProfileDiffers => "the row is not older, and says something else",
        Cause::Reborn => "signed up anew after a deletion that never arrived",
        Cause::DeletedHere => "a tombstone here, and the provider has this very person",
        Cause::Orphan => "lives here, and the provider does not have them",
        Cause::Patched => "a notice: something was written over the provider's profile",
        Cause::ErasedButListed => "a notice: erased by an operator, and still at the provider",
        Cause::Linked => "a notice: a tombstone whose account another user took in",
        Cause::OddUser => "a notice: a user without an id or readable times",
    }
}

/// What to do about it; with `mended`, beside what the run has done already.
pub(crate) fn advice(cause: Cause, mended: bool) -> String {
    let first = match cause.kind() {
        Some(Kind::Create | Kind::Update | Kind::Lift) if !mended => "sync or apply; ",
        _ => "",
    };
    let then = match cause {
        Cause::Missing | Cause::ProfileOlder => "see whether events still arrive",
        Cause::ProfileDiffers => "rare: a changed mapping, or a hand in the table",
        Cause::Reborn => "see whether deletions are delivered",
        Cause::DeletedHere => "find out who sent the deletion",
        Cause::Orphan => "look at them; --delete-orphans ends them, if all proofs are there",
        Cause::Patched => "if it comes each night, the writer and the provider disagree",
        Cause::ErasedButListed => "delete them at the provider too",
        Cause::Linked => "what it claimed can be transferred to that user",
        Cause::OddUser => "look at them in the provider's dashboard",
    };
    format!("{first}{then}")
}

/// What an outcome means.
pub(crate) fn outcome(word: &str) -> &'static str {
    match word {
        "created" => "a row was made",
        "updated" => "facts changed",
        "unchanged" => "somebody else had written it already",
        "stale" => "the row knows something newer by now",
        "deleted" => "the row is a tombstone",
        "reborn" => "a new life began",
        "repaired" => "written after a proof",
        "lifted" => "the tombstone is gone",
        "moved" => "not written: the row changed meanwhile; run it again",
        "refused" => "not lifted: erased, or deleted after the proof",
        "renewed" => "an erased user's tombstone stays longer",
        "linked" => "the customer is tied to its user",
        "already_linked" => "somebody else had tied it already",
        "taken" => "not tied: the customer is somebody else's, or was until less than 48 h ago",
        _ => "",
    }
}

/// Why nobody was deleted though it was asked for, and what to do.
pub(crate) fn withheld(word: &str) -> &'static str {
    match word {
        "complete_listing" => {
            "the listing is not known to be complete: run it again; if it stays, the provider's counts and listing disagree"
        }
        "half_named" => {
            "the provider named fewer than half of the rows: it may be the wrong tenant, or half a listing; do not force it"
        }
        "few_orphans" => {
            "more than 20 orphans and more than 1 % of the rows: look at them first; the provider's own deliveries, sent again, end them"
        }
        "witness" => "nobody whom the listing named can be read alone: the provider answers strangely; wait",
        _ => "a proof lacks",
    }
}

/// What to do about a failure of this code; nothing where its message says it.
pub(crate) fn after(code: &str) -> &'static str {
    match code {
        "listing_failed" | "export_failed" => "nobody was deleted, and what was written before stays; run it again",
        "provider_unavailable" => "what was written before stays; run it again in a while",
        "foreign_realm" => "nothing was written; `spine doctor` looks at the credentials",
        "source_not_configured" => "set them, or use --local against `cargo dev`; `spine doctor` says what lacks",
        "unavailable" | "too_many_failures" => "what was written before stays; `spine doctor` looks for the reason",
        "lease_lost" => "that run works now; what was written before stays",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::{Evidence, Outcome, may_delete};

    use super::*;

    #[test]
    fn every_cause_is_found_by_its_word_and_says_whether_it_is_a_notice() {
        let all = CAUSES.map(|cause| ("auth0", cause.as_str(), Known::User(cause))).into_iter();
        let links = LinkCause::ALL.map(|cause| (STRIPE, cause.as_str(), Known::Link(cause)));
        for (source, word, cause) in all.chain(links) {
            assert_eq!(known(source, word), Some(cause));
            assert_eq!(cause.meaning().starts_with("a notice"), !cause.is_drift(), "{cause:?}");
            assert!(!cause.advice(false).is_empty());
        }
        assert_eq!((known("clerk", "anything"), known(STRIPE, "missing")), (None, None));
    }

    #[test]
    fn outcomes_and_lacking_proofs_have_words_of_their_own() {
        for known in [Outcome::Created, Outcome::Updated, Outcome::Unchanged, Outcome::Stale, Outcome::Reborn] {
            assert!(!outcome(known.as_str()).is_empty(), "{known:?}");
        }
        let proven = Evidence { complete: true, living: 100, named: 99, orphans: 1, witnessed: true };
        for lacking in [
            Evidence { complete: false, ..proven },
            Evidence { named: 1, ..proven },
            Evidence { orphans: 40, ..proven },
            Evidence { witnessed: false, ..proven },
        ] {
            let word = may_delete(&lacking).err().map_or("", shared::domain::Lacking::as_str);
            assert_ne!(withheld(word), withheld(""), "{lacking:?}");
        }
    }
}
