//! Putting the Action into the flow, which is written as a whole: whoever else writes it at the same time may be dropped,
//! or drop us. So it is read right before each attempt, and once more behind it.

use std::time::Duration;

use shared::provider::{Auth0, Binding, ProviderError};
use tokio::time::sleep;

use super::wanted::NAME;

/// So often it is tried: others who write the flow do so by hand.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Puts the Action behind whoever is in the flow.
pub(super) async fn bind(auth0: &Auth0, action: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut flow = auth0.post_login_flow().await?;
    for attempt in 1..=ATTEMPTS {
        if is_in(&flow, action) {
            return Ok(());
        }
        match auth0.bind_post_login(&flow, action, NAME).await {
            Ok(()) => {}
            Err(error) if may_pass(error) && attempt < ATTEMPTS => sleep(PAUSE * attempt).await,
            Err(error) => return Err(error.into()),
        }
        let after = auth0.post_login_flow().await?;
        let gone = gone(&flow, &after).join(", ");
        if !gone.is_empty() {
            return Err(format!("somebody else writes the flow: {gone} ran before, and does not any more").into());
        }
        flow = after;
    }
    if is_in(&flow, action) {
        return Ok(());
    }
    Err("somebody else writes the flow at the same time: run this again".into())
}

fn may_pass(error: ProviderError) -> bool {
    match error {
        ProviderError::Unreachable { .. } => true,
        ProviderError::Refused { status, .. } => status == 429 || status >= 500,
        _ => false,
    }
}

fn is_in(flow: &[Binding], action: &str) -> bool {
    flow.iter().any(|binding| binding.action == action)
}

/// What those are called who were in the flow before, and are not any more.
fn gone<'a>(before: &'a [Binding], after: &[Binding]) -> Vec<&'a str> {
    before.iter().filter(|it| !is_in(after, &it.action)).map(called).collect()
}

fn called(binding: &Binding) -> &str {
    if binding.display_name.is_empty() { &binding.action } else { &binding.display_name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow<const N: usize>(actions: [(&str, &str); N]) -> Vec<Binding> {
        let binding = |(action, name): (&str, &str)| Binding {
            id: format!("b-{action}"),
            display_name: name.to_owned(),
            action: action.to_owned(),
        };
        actions.map(binding).to_vec()
    }

    #[test]
    fn whoever_is_missing_is_called_by_name_and_newcomers_and_new_places_are_nothing() {
        let before = flow([("1", "first"), ("2", ""), ("3", "third")]);
        assert_eq!(gone(&before, &flow([("3", "third"), ("1", "renamed"), ("2", ""), ("4", "new")])), [""; 0]);
        assert_eq!(gone(&before, &flow([("3", "third")])), ["first", "2"]);
    }
}
