//! What the words of a run mean, and what to do: `docs/OPERATIONS.md` in a few words.

use shared::domain::{Cause, Kind};

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

/// The cause of this word.
pub(crate) fn cause(word: &str) -> Option<Cause> {
    CAUSES.into_iter().find(|cause| cause.as_str() == word)
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
    fn every_cause_is_found_by_its_word_and_has_an_advice() {
        for known in CAUSES {
            assert_eq!(cause(known.as_str()), Some(known));
            assert_eq!(meaning(known).starts_with("a notice"), !known.is_drift(), "{known:?}");
        }
        assert_eq!(cause("anything"), None);
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
