//! What it takes to believe that a listing leaves somebody out because they are gone.

/// What a run knows of its listing when it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Whether every part of the listing is known to be whole.
    pub complete: bool,
    /// Living rows of the realm that were there before the listing began.
    pub living: u64,
    /// How many of them it named.
    pub named: u64,
    /// How many it did not name, and nobody's identities either.
    pub orphans: u64,
    /// Whether a user whom it named is read by itself now.
    pub witnessed: bool,
}

/// Which proof lacks, so that nobody is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The listing is not known to be whole.
    CompleteListing,
    /// It named fewer than half of the rows.
    HalfNamed,
    /// So many are missing from it that the listing is in doubt.
    FewOrphans,
    /// Nobody whom it named is found by a single read.
    Witness,
}

impl Lacking {
    /// The word for it in answers and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CompleteListing => "complete_listing",
            Self::HalfNamed => "half_named",
            Self::FewOrphans => "few_orphans",
            Self::Witness => "witness",
        }
    }
}

/// Up to this many orphans are plausible, however small the table.
const FEW: u64 = 20;
/// And up to this share of the living rows: one in so many.
const SHARE: u64 = 100;

/// Whether orphans of this listing may be deleted, each after its own 404; else the first proof that lacks.
pub fn may_delete(evidence: &Evidence) -> Result<(), Lacking> {
    match evidence {
        evidence if !evidence.complete => Err(Lacking::CompleteListing),
        // Whatever their number: of two rows, one must be named.
        evidence if evidence.named.saturating_mul(2) < evidence.living => Err(Lacking::HalfNamed),
        evidence if evidence.orphans > FEW.max(evidence.living / SHARE) => Err(Lacking::FewOrphans),
        evidence if !evidence.witnessed => Err(Lacking::Witness),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVEN: Evidence = Evidence { complete: true, living: 10_000, named: 9_900, orphans: 100, witnessed: true };

    #[test]
    fn each_proof_is_needed() {
        assert_eq!(may_delete(&PROVEN), Ok(()));
        assert_eq!(may_delete(&Evidence { complete: false, ..PROVEN }), Err(Lacking::CompleteListing));
        assert_eq!(may_delete(&Evidence { named: 4_999, ..PROVEN }), Err(Lacking::HalfNamed));
        assert_eq!(may_delete(&Evidence { orphans: 101, ..PROVEN }), Err(Lacking::FewOrphans));
        assert_eq!(may_delete(&Evidence { witnessed: false, ..PROVEN }), Err(Lacking::Witness));
    }

    #[test]
    fn small_tables_allow_twenty_but_never_more_than_half() {
        let small = Evidence { living: 40, named: 20, orphans: 20, ..PROVEN };
        assert_eq!(may_delete(&small), Ok(()));
        assert_eq!(may_delete(&Evidence { named: 19, orphans: 21, ..small }), Err(Lacking::HalfNamed));
        assert_eq!(may_delete(&Evidence { living: 1, named: 0, orphans: 1, ..PROVEN }), Err(Lacking::HalfNamed));
    }
}
