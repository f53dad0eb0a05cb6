//! What can be wrong with a claim, and what mends it: the judgement of an audit, of what it saw of one claim at one moment.

use super::identity::UserId;
use crate::clock::Timestamp;

/// What is wrong with a claim. The order is that of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Nobody who lives lists it, and yet it has no end: it can never be linked again.
    Leaked,
    /// Somebody lists it, and no claim without an end holds it for them: anybody can link it.
    Missing,
    /// Somebody lists it, and it is another's.
    Stolen,
    /// Several list it.
    Double,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Leaked, Self::Missing, Self::Stolen, Self::Double];

    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leaked => "leaked",
            Self::Missing => "missing",
            Self::Stolen => "stolen",
            Self::Double => "double",
        }
    }
}

/// One claim as it stands: what its item says, and who lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is; nobody's where there is no item, or one without a readable owner.
    pub owner: Option<UserId>,
    /// Whether there is an item that has no end.
    pub lasting: bool,
    /// When it ends, where there is an item that does.
    pub ends_at: Option<Timestamp>,
    /// The living rows that list it.
    pub listers: Vec<UserId>,
    /// Whether a row that may list it is there, and cannot be read.
    pub unreadable: bool,
}

/// What is wrong with a claim that stands so, the gravest first; `None` when nothing is.
pub fn fault_of(standing: &Standing) -> Option<Fault> {
    match standing.listers.as_slice() {
        [] => standing.lasting.then_some(Fault::Leaked),
        [lister] if standing.lasting => (standing.owner.as_ref() != Some(lister)).then_some(Fault::Stolen),
        [_] => Some(Fault::Missing),
        _ => Some(Fault::Double),
    }
}

/// What mends a claim: as little as makes the rule hold again, and nobody gains what another may own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The claim ends as a deleted user's does.
    End,
    /// The claim is put for the one who lists it.
    Hold(UserId),
    /// It is taken off these rows, and stays its owner's, who lists it too.
    Unlist(Vec<UserId>),
    /// It is taken off this row, and ends: its owner does not list it either, so that whoever proves it may have it.
    UnlistAndEnd(UserId),
}

impl Remedy {
    /// The word for it in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Hold(_) => "hold",
            Self::Unlist(_) => "unlist",
            Self::UnlistAndEnd(_) => "unlist_and_end",
        }
    }
}

/// Why nothing that is known says whose a claim is: a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// It is another's for as long as that claim has not run out.
    Ending,
    /// Several list it, and none of them owns it.
    Ambiguous,
    /// A row, or the claim's owner, cannot be read.
    Unreadable,
}

impl Undecided {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ending => "ending",
            Self::Ambiguous => "ambiguous",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What mends a claim that stands so now; `None` when nothing is wrong.
pub fn remedy_of(standing: &Standing, now: Timestamp) -> Option<Result<Remedy, Undecided>> {
    let fault = fault_of(standing)?;
    if standing.unreadable {
        return Some(Err(Undecided::Unreadable));
    }
    let owns = |lister: &UserId| standing.owner.as_ref() == Some(lister);
    Some(match (fault, standing.listers.as_slice()) {
        (Fault::Missing, [lister]) => {
            let ending = standing.ends_at.is_some_and(|end| now < end);
            if ending && !owns(lister) { Err(Undecided::Ending) } else { Ok(Remedy::Hold(lister.clone())) }
        }
        (Fault::Stolen, [lister]) if standing.owner.is_some() => Ok(Remedy::UnlistAndEnd(lister.clone())),
        (Fault::Double, listers) if standing.lasting && listers.iter().any(owns) => {
            Ok(Remedy::Unlist(listers.iter().filter(|lister| !owns(lister)).cloned().collect()))
        }
        (Fault::Double, _) => Err(Undecided::Ambiguous),
        (Fault::Leaked, _) => Ok(Remedy::End),
        (Fault::Missing | Fault::Stolen, _) => Err(Undecided::Unreadable),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Identity, Provider};

    const NOW: i64 = 1000;

    fn user(subject: &str) -> Option<UserId> {
        Identity::new(Provider::auth0(), subject).ok().map(|identity| identity.user_id())
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap_or_default()
    }

    /// What a claim says: that it lasts, or when it ends.
    #[derive(Clone, Copy)]
    enum Says {
        Nothing,
        Lasts,
        Ends(i64),
    }
    use Says::{Ends, Lasts, Nothing};

    fn standing(owner: Option<&str>, says: Says, listers: &[&str]) -> Standing {
        Standing {
            owner: owner.and_then(user),
            lasting: matches!(says, Lasts),
            ends_at: if let Ends(end) = says { Some(at(end)) } else { None },
            listers: listers.iter().filter_map(|lister| user(lister)).collect(),
            unreadable: false,
        }
    }

    fn judged(owner: Option<&str>, says: Says, listers: &[&str]) -> Option<Fault> {
        fault_of(&standing(owner, says, listers))
    }

    #[test]
    fn a_claim_is_right_with_one_living_lister_who_owns_it_or_with_none_when_it_ended() {
        assert_eq!(judged(Some("ann"), Lasts, &["ann"]), None);
        assert_eq!(judged(Some("ann"), Ends(1), &[]), None);
        assert_eq!(judged(None, Nothing, &[]), None);
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(judged(Some("ann"), Lasts, &[]), Some(Fault::Leaked));
        assert_eq!(judged(None, Lasts, &[]), Some(Fault::Leaked), "an owner that cannot be read");
        assert_eq!(judged(None, Nothing, &["ann"]), Some(Fault::Missing));
        assert_eq!(judged(Some("ann"), Ends(1), &["ann"]), Some(Fault::Missing), "ended, and yet listed");
        assert_eq!(judged(Some("bob"), Ends(1), &["ann"]), Some(Fault::Missing));
        assert_eq!(judged(Some("bob"), Lasts, &["ann"]), Some(Fault::Stolen));
        assert_eq!(judged(None, Lasts, &["ann"]), Some(Fault::Stolen));
        assert_eq!(judged(Some("ann"), Lasts, &["ann", "bob"]), Some(Fault::Double));
        assert_eq!(judged(None, Nothing, &["ann", "bob"]), Some(Fault::Double));
    }

    fn mended(owner: Option<&str>, says: Says, listers: &[&str]) -> String {
        match remedy_of(&standing(owner, says, listers), at(NOW)) {
            None => "nothing".to_owned(),
            Some(Ok(remedy)) => remedy.as_str().to_owned(),
            Some(Err(why)) => why.as_str().to_owned(),
        }
    }

    #[test]
    fn nobody_gains_what_another_may_own() {
        assert_eq!(mended(Some("ann"), Lasts, &["ann"]), "nothing");
        assert_eq!(mended(Some("ann"), Lasts, &[]), "end");
        assert_eq!(mended(None, Lasts, &[]), "end");
        assert_eq!(mended(None, Nothing, &["ann"]), "hold");
        assert_eq!(mended(Some("ann"), Ends(NOW + 1), &["ann"]), "hold", "their own");
        assert_eq!(mended(Some("bob"), Ends(NOW + 1), &["ann"]), "ending");
        assert_eq!(mended(Some("bob"), Ends(NOW), &["ann"]), "hold", "it has run out");
        assert_eq!(mended(Some("bob"), Lasts, &["ann"]), "unlist_and_end");
        assert_eq!(mended(None, Lasts, &["ann"]), "unreadable");
        assert_eq!(mended(Some("bob"), Lasts, &["ann", "bob"]), "unlist");
        assert_eq!(mended(Some("eve"), Lasts, &["ann", "bob"]), "ambiguous");
        assert_eq!(mended(Some("ann"), Ends(1), &["ann", "bob"]), "ambiguous");
    }

    #[test]
    fn only_rows_that_are_not_the_owners_lose_what_several_list() {
        let several = standing(Some("bob"), Lasts, &["ann", "bob", "eve"]);
        let others = [user("ann"), user("eve")].into_iter().flatten().collect();
        assert_eq!(remedy_of(&several, at(NOW)), Some(Ok(Remedy::Unlist(others))));
    }

    #[test]
    fn a_row_that_cannot_be_read_leaves_all_as_it_is() {
        for (says, listers) in [(Lasts, vec![]), (Nothing, vec!["ann"]), (Lasts, vec!["ann"])] {
            let odd = Standing { unreadable: true, ..standing(Some("bob"), says, &listers) };
            assert_eq!(remedy_of(&odd, at(NOW)), Some(Err(Undecided::Unreadable)));
        }
    }
}
