//! The variables, part by part.

use shared::config::{
    Auth0Source, Aws, ClerkDoor, ClerkSource, ConfigError, Env, LoginDoor, ReconcileSettings, StripeSource, Tables,
};

use super::verdict::Verdict;

const AUTH0: [&str; 3] = ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_SECRET_ARN"];
const CLERK: [&str; 2] = ["CLERK_SECRET_KEY", "CLERK_SECRET_KEY_ARN"];
const STRIPE: [&str; 2] = ["STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_ARN"];
const ACTION: [&str; 2] = ["AUTH0_ACTION_SECRET", "AUTH0_ACTION_SECRET_ARN"];
const WEBHOOK: [&str; 2] = ["CLERK_WEBHOOK_SECRET", "CLERK_WEBHOOK_SECRET_ARN"];

/// Judges each part's variables, without asking anybody.
pub(super) fn settings(env: &Env) -> Vec<Verdict> {
    let Tables { users, claims, audit, sync_runs } = Tables::from_env(env);
    vec![
        judged("AWS", Aws::from_env(env).map(|aws| place(&aws))),
        Verdict::ok("table names", format!("{users}, {claims}, {audit}, {sync_runs}")),
        part(
            env,
            "reconcile of Auth0",
            &AUTH0,
            Auth0Source::from_env(env).map(|source| source.map(|it| it.base.to_string())),
        ),
        part(
            env,
            "reconcile of Clerk",
            &CLERK,
            ClerkSource::from_env(env).map(|source| source.map(|it| it.base.to_string())),
        ),
        part(
            env,
            "reconcile of Stripe",
            &STRIPE,
            StripeSource::from_env(env).map(|source| source.map(|it| it.base.to_string())),
        ),
        judged("settling time", ReconcileSettings::from_env(env).map(|it| format!("{} s", it.settle.as_secs()))),
        part(env, "login of Auth0", &ACTION, LoginDoor::from_env(env).map(|door| door.as_ref().map(issuers))),
        part(env, "webhook of Clerk", &WEBHOOK, ClerkDoor::from_env(env).map(|door| door.as_ref().map(instance))),
    ]
}

fn place(aws: &Aws) -> String {
    match &aws.dynamodb_endpoint {
        Some(endpoint) => format!("DynamoDB at {endpoint}"),
        None => format!("DynamoDB of {}", aws.region),
    }
}

fn issuers(door: &LoginDoor) -> String {
    let issuers: Vec<String> = door.issuers.iter().map(ToString::to_string).collect();
    format!("takes logins of {}", issuers.join(", "))
}

fn instance(door: &ClerkDoor) -> String {
    match &door.instance_id {
        Some(id) => format!("takes events of {id}"),
        None => "takes events of any instance: CLERK_INSTANCE_ID is not set".to_owned(),
    }
}

fn judged(about: &str, read: Result<String, ConfigError>) -> Verdict {
    match read {
        Ok(found) => Verdict::ok(about, found),
        Err(error) => Verdict::fail(about, error.to_string(), "set it right"),
    }
}

/// A part without any of its variables is off; one with some of them is wrong.
fn part(env: &Env, about: &str, names: &[&str], read: Result<Option<String>, ConfigError>) -> Verdict {
    let [first, ..] = names else { return Verdict::ok(about, "needs nothing") };
    match read {
        Ok(Some(found)) => Verdict::ok(about, found),
        Err(error) if env.any_of(names) => Verdict::fail(about, error.to_string(), "set it right"),
        // Only the deployed functions need the doors' secrets.
        Ok(None) | Err(_) => {
            Verdict::warn(about, format!("is off: {first} is not set"), "set it if this part is to work here")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::State;
    use super::*;

    fn states(env: &Env) -> Vec<State> {
        settings(env).iter().map(|verdict| verdict.state).collect()
    }

    #[test]
    fn a_whole_configuration_is_well_and_an_empty_one_says_what_is_off() {
        let well = states(&shared::config::dev_defaults());
        assert!(well.iter().all(|state| *state == State::Ok), "{well:?}");
        let empty = states(&Env::of([("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")]));
        assert_eq!(empty.iter().filter(|state| **state == State::Warn).count(), 5);
        assert!(!empty.contains(&State::Fail));
    }

    #[test]
    fn half_a_part_and_a_malformed_value_fail_and_no_value_is_told() {
        for (name, value) in [
            ("AUTH0_CLIENT_ID", "canary-value"),
            ("CLERK_WEBHOOK_SECRET", "whsec_%canary-value"),
            ("RECONCILE_SETTLE_SECONDS", "canary-value"),
            ("DYNAMODB_ENDPOINT", "canary-value"),
        ] {
            let verdicts = settings(&Env::of([("AWS_REGION", "eu-central-1"), (name, value)]));
            assert!(verdicts.iter().any(|verdict| verdict.state == State::Fail), "{name}");
            assert!(!verdicts.iter().any(|verdict| verdict.line().contains("canary")), "{name}");
        }
    }
}
