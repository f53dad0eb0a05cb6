//! `spine audit claims`: what is wrong, by whom, and mended when somebody says yes.

use serde_json::json;
use tests::binaries::binary;
use tests::spine::auth0;
use tests::terminal::Terminal;

use super::operator::Operator;

/// Two people of whom one has a key and a customer, and all of it is right.
async fn in_order() -> (Operator, Vec<String>) {
    let operator = Operator::start().await;
    let mut claims = Vec::new();
    for name in ["ann", "bob"] {
        let row = tests::people::told(name, 0, 100, 101);
        let who = auth0(&format!("auth0|{name}"));
        let sender = shared::store::Sender::Login;
        operator.spine.users().upsert(&who, &row, sender, tests::people::noon(9_000)).await.unwrap();
        claims.extend(operator.spine.give_claims(&who, 1, Some(&format!("cus_{name}"))).await);
    }
    (operator, claims)
}

/// The same with a claim of each kind of fault: bob's customer is missing, ann's key is bob's, and one is nobody's.
async fn astray() -> Operator {
    let (operator, claims) = Box::pin(in_order()).await;
    operator.spine.put_claim(&claims[0], auth0("auth0|bob").user_id().as_str()).await;
    operator.spine.put_claim("stripe_customer#cus_gone", auth0("auth0|ann").user_id().as_str()).await;
    let gone = operator.spine.client().delete_item().table_name(&operator.spine.tables.claims);
    let key = aws_sdk_dynamodb::types::AttributeValue::S("stripe_customer#cus_bob".to_owned());
    gone.key("claim", key).send().await.unwrap();
    operator
}

#[tokio::test]
async fn what_is_right_is_counted_and_ends_with_0() {
    let (operator, _) = in_order().await;
    let told = operator.spine("audit claims").await;
    assert!(told.code == 0 && told.has(&["4 claims without an end", "4 listed"]) && told.has(&["clean"]), "{told:?}");
    assert!(told.has(&["reading rows"]) && !told.err.contains('\u{1b}'), "{told:?}");
    let told = operator.spine("audit claims --json --repair").await;
    let expected = json!({"event": "audit", "claims": 4, "listed": 4, "suspects": 0, "findings": {}, "mended": 0,
        "left": 0, "clean": true});
    assert_eq!((told.code, told.json()), (0, vec![expected]));
}

#[tokio::test]
async fn what_is_wrong_is_named_with_who_is_involved_and_ends_with_2() {
    let operator = Box::pin(astray()).await;
    let told = operator.spine("audit claims").await;
    let (ann, bob) = (auth0("auth0|ann").user_id(), auth0("auth0|bob").user_id());
    assert!(told.code == 2 && told.has(&["3 wrong"]), "{told:?}");
    assert!(told.has(&["public_key#", "stolen", bob.as_str(), ann.as_str()]), "{told:?}");
    assert!(told.has(&["cus_bob", "missing", "nobody", bob.as_str()]), "{told:?}");
    assert!(told.has(&["cus_gone", "leaked", ann.as_str(), "nobody"]), "{told:?}");
    let told = operator.spine("audit claims --json").await;
    let found = told.json();
    assert_eq!((told.code, found.len()), (2, 4));
    let kinds = json!({"leaked": 1, "missing": 1, "stolen": 1});
    assert_eq!((&found[3]["findings"], &found[3]["left"], &found[3]["mended"]), (&kinds, &json!(3), &json!(null)));
    let missing = json!({"event": "finding", "claim": "stripe_customer#cus_bob", "kind": "missing", "claimedBy": null,
        "lasting": false, "endsAt": null, "listedBy": [bob.as_str()], "remedy": "hold", "undecided": null});
    assert!(found.contains(&missing), "{found:?}");
}

#[tokio::test]
async fn a_repair_asks_and_writes_nothing_where_nobody_answers() {
    let operator = Box::pin(astray()).await;
    let before = operator.spine.items(&operator.spine.tables.claims).await;
    let told = operator.spine("audit claims --repair").await;
    assert!(told.code == 2 && told.has(&["--yes"]) && told.has(&["3 wrong"]), "{told:?}");
    assert_eq!(operator.spine.items(&operator.spine.tables.claims).await, before);
    assert_eq!(operator.spine("audit claims --yes").await.code, 1, "--yes alone means nothing");
    for (key, code) in [("n", 2), ("y", 0)] {
        let variables = operator.variables();
        let variables = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let variables: Vec<(&str, &str)> = variables.chain([("TERM", "xterm-256color")]).collect();
        let arguments = ["audit", "claims", "--repair", "--local"];
        let mut terminal = Terminal::start(binary("spine"), &arguments, &variables, operator.folder.path());
        assert!(terminal.shows("Mend these 3?").await, "{}", terminal.ended().await.1);
        assert_eq!(operator.spine.items(&operator.spine.tables.claims).await, before);
        terminal.types(key);
        let (ended, shown) = terminal.ended().await;
        assert_eq!(ended.code(), Some(code), "{shown}");
    }
    assert_eq!(operator.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_repair_mends_what_can_be_decided_and_a_second_one_finds_nothing() {
    let operator = Box::pin(astray()).await;
    let told = operator.spine("audit claims --repair --yes --json").await;
    let lines = told.json();
    let repairs: Vec<_> = lines.iter().filter(|line| line["event"] == "repair").map(|line| &line["result"]).collect();
    assert_eq!((told.code, repairs), (0, vec![&json!("repaired"); 3]), "{lines:?}");
    assert_eq!((&lines[6]["mended"], &lines[6]["left"], &lines[6]["clean"]), (&json!(3), &json!(0), &json!(true)));
    assert_eq!(operator.spine.claims_astray().await, Vec::<String>::new());
    let told = operator.spine("audit claims --repair --yes").await;
    assert!(told.code == 0 && told.has(&["clean"]), "{told:?}");
}

#[tokio::test]
async fn a_database_that_is_away_is_an_error_and_no_finding() {
    let (operator, _) = in_order().await;
    let operator = operator.with("DYNAMODB_ENDPOINT", "http://127.0.0.1:9");
    let told = operator.spine("audit claims").await;
    assert!(told.code == 1 && told.out.is_empty() && told.err.contains("unavailable"), "{told:?}");
}
