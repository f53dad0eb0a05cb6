//! Stripe: its key, and whether customers can be listed with it.

use shared::config::Env;
use stripe_reconcile::App;

use super::verdict::Verdict;
use super::{failed, skew};

/// Asks Stripe, where it is configured. What is wrong with the variables is told elsewhere.
pub(super) async fn stripe(env: &Env) -> Vec<Verdict> {
    let Ok(app) = App::from_env(env) else { return Vec::new() };
    let Some(access) = &app.stripe else { return Vec::new() };
    let mut verdicts = Vec::new();
    if let Ok(key) = access.secret_key.newest().await {
        verdicts.push(kind(key.expose()));
    }
    let stripe = match app.client().await {
        Ok(stripe) => stripe,
        Err(failure) => return vec![failed("Stripe key", &failure)],
    };
    match stripe.may_list().await {
        Ok(dated) => {
            verdicts.push(Verdict::ok("Stripe customers", "can be listed"));
            verdicts.push(skew::skew("Stripe clock", app.clock.now(), dated));
        }
        Err(error) => verdicts.push(failed("Stripe customers", &error.into())),
    }
    verdicts
}

/// What a key says of itself.
fn kind(key: &str) -> Verdict {
    const ABOUT: &str = "Stripe key";
    let has = |prefixes: [&str; 2]| prefixes.iter().any(|prefix| key.starts_with(prefix));
    match () {
        () if has(["sk_live_", "rk_live_"]) => Verdict::ok(ABOUT, "opens live customers"),
        () if has(["sk_test_", "rk_test_"]) => Verdict::ok(ABOUT, "opens test customers"),
        () => {
            Verdict::warn(ABOUT, "is none of Stripe's", "take a secret or a restricted key, from Developers, API keys")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::State;
    use super::*;

    #[test]
    fn a_key_says_what_it_opens_and_is_never_printed() {
        for (key, state) in [("sk_live_canary", State::Ok), ("rk_test_canary", State::Ok), ("pk_canary", State::Warn)] {
            let verdict = kind(key);
            assert_eq!(verdict.state, state, "{key}");
            assert!(!verdict.line().contains("canary"), "{key}");
        }
    }
}
