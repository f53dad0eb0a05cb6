//! What a pass has found so far: each user once, however often a listing names them.

use std::collections::{HashMap, HashSet};

use super::finding::{Applied, Finding, Found};
use crate::domain::{Profile, ProfileVersion, UserId};

/// So many differences are shown to somebody who is to approve them; the rest waits for the next run.
const SHOWN: usize = 10_000;

/// What waits for approval, and of whom something was told already.
#[derive(Default)]
pub(super) struct Plan {
    found: Vec<Found>,
    places: HashMap<UserId, usize>,
    /// Of those of whom something was told, half of the id's bits: nobody meets another one's by accident.
    told: HashSet<u64>,
}

impl Plan {
    /// Takes in what waits for approval: of two versions of one user the newer one. Gives it back where there is no room.
    pub(super) fn take(&mut self, found: Found) -> Option<Found> {
        let place = self.places.get(&found.user_id()).copied();
        if let Some(known) = place.and_then(|place| self.found.get_mut(place)) {
            if version(&found) >= version(known) {
                *known = found;
            }
        } else if self.found.len() < SHOWN {
            self.places.insert(found.user_id(), self.found.len());
            self.found.push(found);
        } else {
            return Some(found);
        }
        None
    }

    /// Whether this finding is news: each user is one finding, and whatever was written is told in any case.
    pub(super) fn is_news(&mut self, finding: &Finding) -> bool {
        let id = finding.found.user_id();
        // A first import is nothing but these, and who was written by one of them no longer differs.
        if matches!(finding.applied, Applied::Upserted(_)) {
            return true;
        }
        let Some((bits, _)) = id.bits() else { return true };
        #[expect(clippy::cast_possible_truncation, reason = "half of the bits are enough")]
        let first = self.told.insert(bits as u64);
        finding.applied.mended() || (first && !self.places.contains_key(&id))
    }

    /// What is to be approved.
    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }
}

fn version(found: &Found) -> Option<ProfileVersion> {
    found.profile.as_ref().map(Profile::version)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::{Cause, Facts, Identity, LiftOutcome, Outcome, Provider};

    fn found(subject: &str, updated_at: i64) -> Found {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        Found {
            cause: Cause::Missing,
            identity: Identity::new(Provider::clerk(), subject).unwrap(),
            settled: true,
            row: None,
            profile: Some(Profile::new(Facts::default(), at(1), at(updated_at), at(9))),
            proved_at: None,
        }
    }

    fn finding(subject: &str, applied: Applied) -> Finding {
        Finding { found: found(subject, 2), applied }
    }

    #[test]
    fn of_two_versions_of_one_user_the_newer_one_is_planned_in_either_order() {
        for versions in [[2, 3], [3, 2], [3, 3]] {
            let mut plan = Plan::default();
            assert!(versions.into_iter().all(|at| plan.take(found("user_a", at)).is_none()));
            assert!(plan.take(found("user_b", 1)).is_none());
            let planned: Vec<_> =
                plan.found().iter().map(|found| version(found).unwrap().updated_at.millis()).collect();
            assert_eq!(planned, [3, 1]);
        }
    }

    #[test]
    fn a_user_who_was_told_or_planned_is_no_news_until_something_is_written() {
        let mut plan = Plan::default();
        let refused = Applied::Lifted(LiftOutcome::Refused);
        let told = [Applied::Nothing, Applied::Nothing, refused, Applied::Renewed, Applied::Nothing];
        assert_eq!(told.map(|applied| plan.is_news(&finding("user_a", applied))), [true, false, false, true, false]);
        assert!(plan.is_news(&finding("user_b", Applied::Upserted(Outcome::Created))));
        plan.take(found("user_c", 2));
        assert!(!plan.is_news(&finding("user_c", Applied::Nothing)));
    }
}
