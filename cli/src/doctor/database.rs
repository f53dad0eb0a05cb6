//! The tables: there, with their keys, their index and their TTL, and the database's clock.

use shared::aws;
use shared::clock::Clock;
use shared::config::{Aws, Env, Tables};
use shared::store::{Schema, Shape, StoreError};

use super::skew::skew;
use super::verdict::Verdict;

/// What a table must look like, as the template makes it.
struct Wanted {
    name: String,
    keys: &'static [&'static str],
    index: Option<(&'static str, &'static str)>,
    expires: bool,
}

const DEPLOY: &str = "deploy the template, or see whether its variable names the right table";

fn wanted(Tables { users, claims, audit, sync_runs }: Tables) -> [Wanted; 4] {
    [
        Wanted { name: users, keys: &["user_id"], index: Some(("by_email", "email_key")), expires: true },
        Wanted { name: claims, keys: &["claim"], index: None, expires: true },
        Wanted { name: audit, keys: &["user_id", "sequence_number"], index: None, expires: false },
        Wanted { name: sync_runs, keys: &["source", "run_id"], index: None, expires: true },
    ]
}

/// Looks at each table. What is wrong with the variables is told elsewhere.
pub(super) async fn database(env: &Env) -> Vec<Verdict> {
    let Ok(aws) = Aws::from_env(env) else { return Vec::new() };
    let schema = Schema::new(aws::dynamodb(&aws, aws::http_client(&aws), std::time::Duration::from_secs(5)));
    let (mut verdicts, mut clock) = (Vec::new(), None);
    for wanted in wanted(Tables::from_env(env)) {
        let shape = schema.shape(&wanted.name).await;
        if let Ok(Some(Shape { described_at: Some(theirs), .. })) = &shape {
            clock = Some(skew("database clock", Clock::system().now(), Some(*theirs)));
        }
        let out = matches!(&shape, Err(error) if !is_denied(error));
        verdicts.push(judged(&wanted, &shape));
        if out {
            break;
        }
        if wanted.expires && matches!(shape, Ok(Some(_))) {
            verdicts.extend(expiry(&wanted, schema.expiry(&wanted.name).await));
        }
    }
    verdicts.extend(clock);
    verdicts
}

fn judged(wanted: &Wanted, shape: &Result<Option<Shape>, StoreError>) -> Verdict {
    let about = format!("table {}", wanted.name);
    let shape = match shape {
        Ok(Some(shape)) => shape,
        Ok(None) => return Verdict::fail(&about, "is not there", DEPLOY),
        Err(error) if is_denied(error) => {
            return Verdict::warn(&about, error.to_string(), "whoever runs this may not describe it");
        }
        Err(error) => {
            return Verdict::fail(
                &about,
                error.to_string(),
                "see whether it runs (`cargo dev`, with --local), and DYNAMODB_ENDPOINT, the region and the keys",
            );
        }
    };
    if shape.keys != wanted.keys {
        return Verdict::fail(
            &about,
            format!("has the keys {}, not {}", shape.keys.join(", "), wanted.keys.join(", ")),
            DEPLOY,
        );
    }
    match wanted.index {
        Some((index, key)) if !shape.indexes.iter().any(|(name, keys)| name == index && *keys == [key]) => {
            Verdict::fail(&about, format!("lacks the index {index} by {key}"), DEPLOY)
        }
        Some((index, _)) => Verdict::ok(&about, format!("is there, with its index {index}")),
        None => Verdict::ok(&about, "is there"),
    }
}

/// Rows that never expire are no danger: tombstones stay longer.
fn expiry(wanted: &Wanted, told: Result<Option<String>, StoreError>) -> Option<Verdict> {
    let about = format!("TTL of {}", wanted.name);
    match told {
        Ok(Some(attribute)) if attribute == "expires_at" => None,
        Ok(_) => Some(Verdict::warn(&about, "is not on for expires_at", "turn it on, or what has expired stays")),
        Err(error) => Some(Verdict::warn(&about, error.to_string(), "see that it is on for expires_at")),
    }
}

fn is_denied(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { kind, .. } if kind.starts_with("AccessDenied"))
}

#[cfg(test)]
mod tests {
    use super::super::verdict::State;
    use super::*;

    fn shape(keys: &[&str], indexes: &[(&str, &str)]) -> Shape {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let indexes = indexes.iter().map(|(name, key)| ((*name).to_owned(), vec![(*key).to_owned()]));
        Shape { keys: owned(keys), indexes: indexes.collect(), described_at: None }
    }

    #[test]
    fn a_table_must_have_its_keys_and_its_index() {
        let [users, ..] = wanted(Tables::from_env(&Env::of::<String, String>([])));
        let judge = |shape| judged(&users, &Ok(shape)).state;
        assert_eq!(judge(Some(shape(&["user_id"], &[("by_email", "email_key")]))), State::Ok);
        assert_eq!(judge(Some(shape(&["user_id"], &[]))), State::Fail);
        assert_eq!(judge(Some(shape(&["user_id"], &[("by_email", "email")]))), State::Fail);
        assert_eq!(judge(Some(shape(&["id"], &[("by_email", "email_key")]))), State::Fail);
        assert_eq!(judge(None), State::Fail);
    }

    #[test]
    fn what_may_not_be_looked_at_is_no_failure_and_what_is_out_is() {
        let [users, ..] = wanted(Tables::from_env(&Env::of::<String, String>([])));
        let judge = |kind: &str| {
            let error = StoreError::Unavailable { operation: "DescribeTable", kind: kind.to_owned() };
            judged(&users, &Err(error)).state
        };
        assert_eq!(judge("AccessDeniedException"), State::Warn);
        assert_eq!(judge("out of reach"), State::Fail);
    }
}
