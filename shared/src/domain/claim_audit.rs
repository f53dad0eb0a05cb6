//! What can be wrong with a claim: the judgement of an audit, of what it saw of one claim at one moment.

use super::identity::UserId;

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
    /// The living rows that list it.
    pub listers: Vec<UserId>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Identity, Provider};

    fn user(subject: &str) -> Option<UserId> {
        Identity::new(Provider::auth0(), subject).ok().map(|identity| identity.user_id())
    }

    fn judged(owner: Option<&str>, lasting: bool, listers: &[&str]) -> Option<Fault> {
        let listers = listers.iter().filter_map(|lister| user(lister)).collect();
        fault_of(&Standing { owner: owner.and_then(user), lasting, listers })
    }

    #[test]
    fn a_claim_is_right_with_one_living_lister_who_owns_it_or_with_none_when_it_ended() {
        assert_eq!(judged(Some("ann"), true, &["ann"]), None);
        assert_eq!(judged(Some("ann"), false, &[]), None);
        assert_eq!(judged(None, false, &[]), None);
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(judged(Some("ann"), true, &[]), Some(Fault::Leaked));
        assert_eq!(judged(None, true, &[]), Some(Fault::Leaked), "an owner that cannot be read");
        assert_eq!(judged(None, false, &["ann"]), Some(Fault::Missing));
        assert_eq!(judged(Some("ann"), false, &["ann"]), Some(Fault::Missing), "ended, and yet listed");
        assert_eq!(judged(Some("bob"), false, &["ann"]), Some(Fault::Missing));
        assert_eq!(judged(Some("bob"), true, &["ann"]), Some(Fault::Stolen));
        assert_eq!(judged(None, true, &["ann"]), Some(Fault::Stolen));
        assert_eq!(judged(Some("ann"), true, &["ann", "bob"]), Some(Fault::Double));
        assert_eq!(judged(None, false, &["ann", "bob"]), Some(Fault::Double));
    }
}
