//! Bodies that are no JSON object, or none that a door takes: the same at both doors.

use tests::spine::Spine;

use super::{Ask, Bad, all_accepted, all_refused, assert_empty, clerk, login};

const LARGEST: usize = 256 * 1024;

/// `good` with one more field at its end, whose value is `value`.
fn with_more(good: &str, value: &str) -> Vec<u8> {
    format!("{},\"more\":{value}}}", good.strip_suffix('}').unwrap()).into_bytes()
}

/// Lists within lists, so many.
fn lists(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

/// `good`, with a field that fills it up to `length` bytes.
fn filled(good: &str, length: usize) -> Vec<u8> {
    let frame = with_more(good, "\"\"").len();
    let body = with_more(good, &format!("\"{}\"", "x".repeat(length - frame)));
    assert_eq!(body.len(), length);
    body
}

/// The bodies that no door takes; `good` is one that it does.
fn bad_bodies(good: &str) -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let (first, rest) = good.split_at(1);
    let twice = format!("{first}\"twice\":1,\"twice\":2,{rest}");
    let mut no_text = with_more(good, "\"\u{e9}\"");
    let at = no_text.len() - 3;
    no_text.truncate(at);
    no_text.extend(b"\"}");
    let mut with_mark = b"\xef\xbb\xbf".to_vec();
    with_mark.extend(good.as_bytes());
    vec![
        ("an empty body", Vec::new(), 400, "body_missing"),
        ("a body of spaces", b" \r\n\t ".to_vec(), 400, "body_missing"),
        ("truncated", good.as_bytes()[..good.len() - 1].to_vec(), 400, "json_malformed"),
        ("truncated in a text", good.as_bytes()[..good.len() / 2].to_vec(), 400, "json_malformed"),
        ("two documents", format!("{good}{good}").into_bytes(), 400, "json_malformed"),
        ("a byte order mark", with_mark, 400, "json_malformed"),
        ("no JSON", b"tokenIdentifier=x&email=y".to_vec(), 400, "json_malformed"),
        ("invalid UTF-8", no_text, 400, "json_malformed"),
        ("nothing but invalid UTF-8", vec![0xff, 0xfe, 0x00], 400, "json_malformed"),
        ("half a surrogate pair", with_more(good, r#""\ud800""#), 400, "json_malformed"),
        ("a number beyond all numbers", with_more(good, "1e999"), 400, "json_malformed"),
        ("null", b"null".to_vec(), 400, "json_malformed"),
        ("a list", format!("[{good}]").into_bytes(), 400, "json_malformed"),
        ("a text", b"\"x\"".to_vec(), 400, "json_malformed"),
        ("a number", b"5".to_vec(), 400, "json_malformed"),
        ("a key twice", twice.into_bytes(), 400, "json_duplicate_key"),
        ("a key twice, deeper", with_more(good, r#"[{"a":{"b":1,"b":1}}]"#), 400, "json_duplicate_key"),
        ("a key twice, spelled differently", with_more(good, r#"{"b":1,"\u0062":1}"#), 400, "json_duplicate_key"),
        ("129 levels", with_more(good, &lists(128)), 400, "json_too_deep"),
        ("10,000 levels", with_more(good, &lists(10_000)), 400, "json_too_deep"),
        ("10,000 levels that never end", "[".repeat(10_000).into_bytes(), 400, "json_too_deep"),
        ("10,000 objects that never end", "{\"a\":".repeat(10_000).into_bytes(), 400, "json_too_deep"),
        ("one byte too much", filled(good, LARGEST + 1), 413, "body_too_large"),
        ("a megabyte", filled(good, 1 << 20), 413, "body_too_large"),
    ]
}

fn cases(good: &str, ask: impl Fn(Vec<u8>) -> Ask) -> Vec<Bad> {
    let bad = |(case, body, status, code)| Bad::new(case, ask(body), status, code);
    let mut cases: Vec<Bad> = bad_bodies(good).into_iter().map(bad).collect();
    cases.push(Bad::new("no body", ask(Vec::new()).bodiless(), 400, "body_missing"));
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application", ""]
    {
        let ask = ask(good.as_bytes().to_vec()).without("content-type").header("content-type", kind);
        cases.push(Bad::new(format!("content type {kind:?}"), ask, 415, "content_type_unsupported"));
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let ask = ask(Vec::new()).bodiless().by(method);
        cases.push(Bad::new(method, ask, 405, "method_not_allowed"));
    }
    cases
}

#[tokio::test]
async fn a_login_whose_body_is_no_json_object_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    all_refused(&spine, &system, cases(&login::body().to_string(), login::ask)).await;
}

#[tokio::test]
async fn a_signed_event_whose_body_is_no_json_object_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    all_refused(&spine, &system, cases(&clerk::event().to_string(), clerk::ask)).await;
}

#[tokio::test]
async fn head_is_refused_like_any_other_method() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    for path in ["/auth0/upsert-user", "/clerk/webhook"] {
        let ask = Ask::new("HEAD", path);
        for way in ask.ways() {
            let answer = ask.over(way, &system).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{path}, {way:?}");
        }
    }
    assert_empty(&spine).await;
}

#[tokio::test]
async fn an_unknown_path_is_not_found_whatever_is_asked_of_it() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = Vec::new();
    for path in ["/", "/auth0", "/auth0/upsert-user/", "/auth0/upsert-user/x", "/clerk/webhooks", "/clerk/webhook/%2e"]
    {
        all.push(Bad::new(path, login::good().at(path), 404, "not_found"));
        all.push(Bad::new(path, Ask::new("GET", path), 404, "not_found"));
    }
    all_refused(&spine, &system, all).await;
}

#[tokio::test]
async fn exactly_256_kib_and_exactly_128_levels_are_read() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (login, event) = (login::body().to_string(), clerk::event().to_string());
    for (case, body) in [("256 KiB", filled(&login, LARGEST)), ("128 levels", with_more(&login, &lists(127)))] {
        all_accepted(&system, case, &login::ask(body)).await;
    }
    for (case, body) in [("256 KiB", filled(&event, LARGEST)), ("128 levels", with_more(&event, &lists(127)))] {
        all_accepted(&system, case, &clerk::ask(body)).await;
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), 2);
}

#[tokio::test]
async fn a_body_that_does_not_say_what_it_is_may_be_json() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    all_accepted(&system, "a login", &login::good().without("content-type")).await;
    all_accepted(&system, "an event", &clerk::good(&clerk::event()).without("content-type")).await;
    for kind in ["application/json; charset=utf-8", "Application/JSON", "application/cloudevents+json"] {
        let ask = login::good().without("content-type").header("content-type", kind);
        all_accepted(&system, kind, &ask).await;
    }
}
