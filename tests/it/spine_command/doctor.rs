//! `spine doctor`: what is well, what is not, and what to do.

use aws_sdk_dynamodb::types::AttributeValue;

use super::operator::{Operator, Told};

fn states(told: &Told, state: &str) -> Vec<String> {
    let lines = told.json().into_iter().filter(|line| line["state"] == state);
    lines.map(|line| line["about"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn against_cargo_dev_nothing_fails_and_nothing_is_written() {
    let operator = Operator::start().await;
    let told = operator.spine("doctor --json").await;
    assert_eq!((told.code, states(&told, "fail")), (0, Vec::<String>::new()), "{told:?}");
    let well = states(&told, "ok");
    for about in [
        "reconcile of Auth0",
        "reconcile of Clerk",
        "Auth0 token",
        "Auth0 tenant",
        "Auth0 users",
        "Auth0 clock",
        "Clerk key",
        "Clerk instance",
        "Clerk users",
        "Clerk clock",
        "Clerk webhook secret",
        "database clock",
        "reconcile of Stripe",
        "Stripe key",
        "Stripe customers",
        "Stripe clock",
        "lease of auth0",
        "lease of clerk",
        "lease of stripe",
    ] {
        assert!(well.contains(&about.to_owned()), "{about} in {told:?}");
    }
    let tables = well.iter().filter(|about| about.starts_with("table ")).count();
    assert_eq!(tables, 5, "four tables and their names: {told:?}");
    for table in [&operator.spine.tables.users, &operator.spine.tables.sync_runs] {
        assert_eq!(operator.spine.items(table).await.len(), 0);
    }
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_a_line_of_its_own_with_what_to_do() {
    for (name, value, about) in [
        ("CLERK_SECRET_KEY", "sk_test_canary-value", "Clerk users"),
        ("CLERK_INSTANCE_ID", "ins_another", "Clerk instance"),
        ("CLERK_WEBHOOK_SECRET", "whsec_%canary-value", "webhook of Clerk"),
        ("AUTH0_CLIENT_SECRET", "canary-value", "Auth0 token"),
        ("RECONCILE_SETTLE_SECONDS", "canary-value", "settling time"),
        ("USERS_TABLE", "Elsewhere", "table Elsewhere"),
        ("SYNC_RUNS_TABLE", "Elsewhere", "table Elsewhere"),
        ("DYNAMODB_ENDPOINT", "http://127.0.0.1:9", "table "),
    ] {
        let operator = Operator::start().await.with(name, value);
        let told = operator.spine("doctor --json").await;
        let failed = states(&told, "fail");
        assert!(told.code == 1 && failed.iter().any(|failed| failed.starts_with(about)), "{name}: {told:?}");
        let advice =
            told.json().into_iter().filter(|line| line["state"] == "fail").all(|line| line["toDo"].is_string());
        assert!(advice && !told.out.contains("canary") && !told.err.contains("canary"), "{name}: {told:?}");
    }
}

#[tokio::test]
async fn a_table_without_its_index_and_one_with_other_keys_fail() {
    let operator = Operator::start().await;
    let other = operator.spine.tables.audit.clone();
    let told = operator.with("USERS_TABLE", &other).spine("doctor").await;
    assert!(told.code == 1 && told.has(&["fail", "has the keys user_id, sequence_number, not user_id"]), "{told:?}");
}

#[tokio::test]
async fn somebody_who_runs_is_named() {
    let operator = Operator::start().await;
    let (client, until) = (operator.spine.client(), shared::clock::Clock::system().now().millis() + 60_000);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let lease = client.put_item().table_name(&operator.spine.tables.sync_runs).item("source", text("auth0"));
    let lease = lease.item("run_id", text("lease")).item("held_by", text("nightly")).item("held_for", text("1-a"));
    lease.item("held_until", AttributeValue::N(until.to_string())).send().await.unwrap();
    let told = operator.spine("doctor").await;
    assert!(told.code == 0 && told.has(&["lease of auth0", "held by nightly for run 1-a"]), "{told:?}");
}
