//! Who links and unlinks.

/// Who asked for a claim, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// The person, logged in.
    Person,
    /// The holder of this service token, by its id.
    Token(&'a str),
    /// An operator, by name.
    Operator(&'a str),
    /// A reconcile.
    Reconcile,
}

impl Author<'_> {
    /// The name in `changed_by`.
    pub fn changed_by(self) -> String {
        match self {
            Self::Person => "login".to_owned(),
            Self::Token(id) => format!("token:{id}"),
            Self::Operator(name) => format!("operator:{name}"),
            Self::Reconcile => "reconcile".to_owned(),
        }
    }
}
