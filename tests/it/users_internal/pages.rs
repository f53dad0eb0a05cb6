//! The list of living users: everybody once, whatever is written in between, and no cursor but its own.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::domain::{Identity, Told};
use shared::store::{Cursor, Sender};
use tests::people::{noon, patch};
use tests::spine::auth0;

use super::stage::Stage;

const LIST: &str = "listUsersForStripeReconcile";

struct Page {
    users: Vec<Value>,
    cursor: Option<String>,
    done: bool,
}

impl Page {
    fn ids(&self) -> impl Iterator<Item = String> {
        self.users.iter().map(|user| user["_id"].as_str().expect("an id").to_owned())
    }
}

async fn page(stage: &Stage, most: u64, cursor: Option<&str>) -> Page {
    let answer = stage.ask(LIST, &json!({"paginationOpts": {"numItems": most, "cursor": cursor}})).await;
    let answer = answer.expect("a page");
    let fields: BTreeSet<&str> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(["continueCursor", "isDone", "users"]));
    Page {
        users: answer["users"].as_array().expect("users").clone(),
        cursor: answer["continueCursor"].as_str().map(str::to_owned),
        done: answer["isDone"].as_bool().expect("isDone"),
    }
}

/// Every page until the last one.
async fn all(stage: &Stage, most: u64) -> Vec<Page> {
    let mut pages = vec![page(stage, most, None).await];
    while let Some(cursor) = pages.last().and_then(|page| page.cursor.clone()) {
        assert!(pages.len() < 1_000, "it ends");
        pages.push(page(stage, most, Some(&cursor)).await);
    }
    assert!(pages.iter().all(|page| page.done == page.cursor.is_none()));
    pages
}

async fn people(stage: &Stage, count: u32) -> BTreeMap<String, Identity> {
    let mut people = BTreeMap::new();
    for number in 0..count {
        let who = auth0(&format!("auth0|{number}"));
        stage.spine.users().upsert(&who, &patch("ann"), Sender::Login, noon(0)).await.expect("a row");
        people.insert(who.user_id().to_string(), who);
    }
    people
}

#[tokio::test]
async fn the_living_are_named_once_each_with_their_customers_and_the_dead_are_not() {
    let stage = Stage::set().await;
    let mut people = people(&stage, 23).await;
    let (dead, who) = people.pop_first().expect("somebody");
    stage.delete(&who).await;
    let (rich, who) = people.first_key_value().expect("somebody");
    stage.spine.give_claims(who, 1, Some("cus_1")).await;
    for most in [1, 5, 22, 500, 10_000] {
        let pages = all(&stage, most).await;
        assert!(pages.iter().all(|page| page.users.len() as u64 <= most));
        let named: Vec<String> = pages.iter().flat_map(Page::ids).collect();
        assert_eq!(named.iter().collect::<BTreeSet<_>>(), people.keys().collect(), "{most}");
        assert_eq!(named.len(), people.len(), "{most}: nobody twice, and not {dead}");
        let users: Vec<&Value> = pages.iter().flat_map(|page| &page.users).collect();
        assert!(users.contains(&&json!({"_id": rich, "stripeCustomerId": "cus_1"})), "{users:?}");
        assert_eq!(users.iter().filter(|user| user.as_object().expect("a user").len() == 1).count(), people.len() - 1);
    }
    let empty = Stage::set().await;
    let only = page(&empty, 5, None).await;
    assert!(only.done && only.users.is_empty());
}

#[tokio::test]
async fn pages_go_on_whatever_was_written_in_between() {
    let stage = Stage::set().await;
    let people = people(&stage, 20).await;
    let first = page(&stage, 7, None).await;
    assert_eq!((first.users.len(), first.done), (7, false));
    let cursor = first.cursor.clone().expect("a cursor");
    // The row behind which the next page begins goes for good, others end, change and come.
    let last = first.ids().last().expect("an id");
    let key = AttributeValue::S(last.clone());
    let users = &stage.spine.tables.users;
    stage.spine.client().delete_item().table_name(users).key("user_id", key).send().await.expect("it is gone");
    let ahead: Vec<&Identity> =
        people.iter().filter(|(id, _)| first.ids().all(|seen| seen != **id)).map(|it| it.1).collect();
    stage.delete(ahead[0]).await;
    let told = Told::Profile(tests::people::profile("bob", 0, 200, 201));
    stage.spine.users().upsert(ahead[1], &told, Sender::Login, noon(300)).await.expect("a write");
    stage.person("new").await;
    let mut rest = Vec::new();
    let mut next = Some(cursor);
    while let Some(cursor) = next {
        let page = page(&stage, 7, Some(&cursor)).await;
        rest.extend(page.ids());
        next = page.cursor;
    }
    let named: Vec<String> = first.ids().chain(rest).collect();
    let lived: BTreeSet<String> = people.iter().filter(|(_, who)| *who != ahead[0]).map(|(id, _)| id.clone()).collect();
    let new = auth0("auth0|new").user_id().to_string();
    let old: Vec<&String> = named.iter().filter(|id| **id != new).collect();
    assert_eq!(old.iter().map(|id| (*id).clone()).collect::<BTreeSet<_>>(), lived, "whoever lived all along is named");
    assert_eq!(old.len(), lived.len(), "and once");
}

#[tokio::test]
async fn a_page_is_not_empty_because_the_dead_or_the_size_of_rows_come_first() {
    let stage = Stage::set().await;
    let people = people(&stage, 12).await;
    // Ten of twelve rows are tombstones, so that most reads of two rows find nobody.
    for who in people.values().take(10) {
        stage.delete(who).await;
    }
    let pages = all(&stage, 2).await;
    assert_eq!(pages.iter().map(|page| page.users.len()).sum::<usize>(), 2);
    assert!(pages.len() <= 2, "eight reads make a page: {}", pages.len());
    // Rows that fill a page of the database with three of them.
    for who in people.values().skip(10) {
        stage.spine.set(who, "filling", AttributeValue::S("x".repeat(390_000))).await;
    }
    for number in 0..4 {
        let who = stage.person(&format!("big-{number}")).await;
        stage.spine.set(&who, "filling", AttributeValue::S("x".repeat(390_000))).await;
    }
    let pages = all(&stage, 100).await;
    assert_eq!((pages.len(), pages[0].users.len()), (1, 6));
}

#[tokio::test]
async fn a_cursor_that_this_list_did_not_give_is_refused() {
    let stage = Stage::set().await;
    people(&stage, 3).await;
    let cursor = page(&stage, 1, None).await.cursor.expect("a cursor");
    let changed = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    let id = || auth0("auth0|1").user_id();
    let users = stage.spine.tables.users.as_str();
    let of_another_table = Cursor::behind(id()).seal(&["Claims", "living"]).expect("a cursor");
    let of_another_kind = Cursor::behind(id()).seal(&[users, "by_email", "ann@example.com"]).expect("a cursor");
    for wrong in [&changed, &cursor[1..], &of_another_table, &of_another_kind, "", "x", id().as_str()] {
        let asked = json!({"paginationOpts": {"numItems": 1, "cursor": wrong}});
        assert_eq!(stage.refusal(LIST, &asked).await, "cursor_invalid", "{wrong}");
    }
    assert!(!cursor.contains("usr_"), "a cursor does not show whom it names");
}
