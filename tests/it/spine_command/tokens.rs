//! `spine tokens new`: a token that is let in, and the entry that lets it in.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::token::{Scope, ServiceTokens};
use tests::binaries::binary;
use tests::spine::{Spine, at};
use tokio::process::Command;

use super::operator::Told;

const DAY: i64 = 86_400_000;

/// Runs it where there is nothing: no environment, no network that anybody told it of.
async fn told(arguments: &str) -> Told {
    let mut command = Command::new(binary("spine"));
    command.args(["tokens", "new"]).args(arguments.split_whitespace()).env_clear().stdin(Stdio::null());
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

async fn minted(arguments: &str) -> (String, Value) {
    let told = told(&format!("{arguments} --json")).await;
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{told:?}");
    let made = told.last();
    (made["token"].as_str().unwrap().to_owned(), made["entry"].clone())
}

fn scopes(entry: &Value, token: &str, time: i64) -> Option<BTreeSet<Scope>> {
    let list: ServiceTokens = json!([entry]).to_string().parse().unwrap();
    list.presented(token, at(time)).map(|presented| presented.scopes)
}

#[tokio::test]
async fn each_token_is_another_and_its_entry_knows_it_by_a_digest_alone() {
    let one = minted("--id game-server --scope users:read --scope keys:write --scope users:read").await;
    let other = minted("--id game-server --scope users:read").await;
    for (token, entry) in [&one, &other] {
        let random = token.strip_prefix("spine_game-server_").unwrap();
        assert_eq!((random.len(), random.bytes().all(|byte| byte.is_ascii_hexdigit())), (64, true), "{token}");
        assert!(!entry.to_string().contains(random));
    }
    assert_ne!(one.0, other.0);
    let now = Clock::system().now().millis();
    assert_eq!(scopes(&one.1, &one.0, now), Some(BTreeSet::from([Scope::ReadUsers, Scope::WriteKeys])));
    assert_eq!((scopes(&other.1, &one.0, now), one.1.get("expiresAt")), (None, None));
}

#[tokio::test]
async fn a_token_ends_when_it_is_told_to() {
    let before = Clock::system().now().millis();
    let (token, entry) = minted("--id a --scope users:read --expires-in 30").await;
    let (end, after) = (entry["expiresAt"].as_i64().unwrap(), Clock::system().now().millis());
    assert!((before + 30 * DAY..=after + 30 * DAY).contains(&end), "{end}");
    assert!(scopes(&entry, &token, end - 1).is_some() && scopes(&entry, &token, end).is_none());
    let (_, entry) = minted("--id a --scope users:read --expires-at 2100-01-31").await;
    assert_eq!(entry["expiresAt"], 4_105_036_800_000_i64);
}

#[tokio::test]
async fn a_person_is_shown_the_token_once_and_told_what_to_do_with_its_entry() {
    let told = told("--id shop --scope users:write --expires-in 1").await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.has(&["entry", r#""id":"shop""#, "sha256", "expiresAt"]) && told.has(&["ends", "in "]), "{told:?}");
    assert_eq!(told.out.matches("spine_shop_").count(), 1);
    assert!(told.has(&["SERVICE_TOKENS"]) && told.has(&["put-secret-value"]) && !told.err.contains("spine_shop_"));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_what_could() {
    for (arguments, words) in [
        ("--id a --scope users:*", "users:read, users:read-by-identity, users:write or keys:write"),
        ("--id a", "--scope"),
        ("--scope users:read", "--id"),
        ("--id a_b --scope users:read", "1 to 64 letters, digits or hyphens"),
        ("--id a --scope users:read --expires-in 0", "--expires-in"),
        ("--id a --scope users:read --expires-at tomorrow", "2027-01-31"),
        ("--id a --scope users:read --expires-at 2001-01-01", "has passed"),
        ("--id a --scope users:read --expires-in 1 --expires-at 2100-01-01", "cannot be used with"),
    ] {
        let told = told(arguments).await;
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{arguments}: {told:?}");
        assert!(told.err.contains(words), "{arguments}: {}", told.err);
    }
}

#[tokio::test]
async fn a_system_that_is_given_the_entry_lets_the_token_in_with_its_scopes_and_no_other() {
    let (token, entry) = minted("--id reader --scope users:read").await;
    let list = json!([entry]).to_string();
    let spine = Spine::fresh().await;
    let system = spine.system([("SERVICE_TOKENS", list.as_str())]).await;
    let ask = async |path: &str, token: &str| {
        let url = format!("{}{path}", system.http);
        reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    let (user, identity) = ("/v1/users/usr_tlrofji4bfbyd37m4eyy3a6ius", "/v1/users?authProvider=a&authSubject=b");
    assert_eq!((ask(user, &token).await, ask(identity, &token).await), (404, 403));
    assert_eq!(ask(user, &format!("{token}0")).await, 401);
}
