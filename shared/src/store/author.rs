//! Who links and unlinks.

use crate::domain::Operation;

/// Who asked for a claim, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// The person, logged in.
    Person,
    /// The holder of this service token, by its id.
    Token(&'a str),
    /// An operator, by name.
    Operator(&'a str),
    /// An operator, with what they do and why.
    ByHand(Operation<'a>),
    /// Trusted server code, by invoking us.
    Internal,
    /// A reconcile.
    Reconcile,
}

impl<'a> Author<'a> {
    /// What is done by hand, if it is.
    pub(super) fn operation(self) -> Option<Operation<'a>> {
        if let Self::ByHand(operation) = self { Some(operation) } else { None }
    }

    /// The name in `changed_by`.
    pub fn changed_by(self) -> String {
        match self {
            Self::Person => "login".to_owned(),
            Self::Token(id) => format!("token:{id}"),
            Self::Operator(name) => format!("operator:{name}"),
            Self::ByHand(operation) => format!("operator:{}", operation.actor.as_str()),
            Self::Internal => "internal".to_owned(),
            Self::Reconcile => "reconcile".to_owned(),
        }
    }
}
