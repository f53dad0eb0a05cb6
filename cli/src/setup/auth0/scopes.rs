//! Whether the application may do what is going to be done, before any of it is.

use shared::provider::Auth0;

/// What is going to be done.
#[derive(Clone, Copy)]
pub(super) struct Need {
    /// Event streams too.
    pub(super) events: bool,
    /// And not only read.
    pub(super) writes: bool,
}

impl Need {
    fn scopes(self) -> Vec<&'static str> {
        let table = [
            ("read:actions", false, false),
            ("create:actions", true, false),
            ("update:actions", true, false),
            ("read:event_streams", false, true),
            ("create:event_streams", true, true),
            ("update:event_streams", true, true),
        ];
        let needed = |(_, writes, events): &(&str, bool, bool)| (self.writes || !writes) && (self.events || !events);
        table.into_iter().filter(needed).map(|(scope, ..)| scope).collect()
    }
}

/// All that lacks at once, in one error; a token that does not tell its scopes is taken at Auth0's word later.
pub(super) async fn check(auth0: &Auth0, need: Need) -> Result<(), Box<dyn std::error::Error>> {
    let Some(granted) = auth0.scopes().await? else { return Ok(()) };
    let lacking: Vec<&str> =
        need.scopes().into_iter().filter(|scope| !granted.iter().any(|granted| granted == scope)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let them = if lacking.len() == 1 { "it" } else { "them" };
    Err(format!(
        "the application lacks {}: grant {them} in Auth0's dashboard, under Applications, APIs, Auth0 Management API, \
         Machine to Machine Applications, and run this again",
        lacking.join(", ")
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_needs_less_than_writing_and_events_need_more() {
        let of = |events, writes| Need { events, writes }.scopes();
        assert_eq!(of(false, false), ["read:actions"]);
        assert_eq!(of(true, false), ["read:actions", "read:event_streams"]);
        assert_eq!(of(false, true), ["read:actions", "create:actions", "update:actions"]);
        assert_eq!(of(true, true).len(), 6);
    }
}
