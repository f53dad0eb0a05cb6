//! Each rule is shown what it must find, and what it must leave alone.

use super::*;

fn shared(text: &str) -> Source {
    Source::new("shared/src/store/users.rs", text)
}

#[test]
fn a_file_without_a_purpose_is_found() {
    for bad in ["", "//!\n", "//! \n", "// x\n", "use a;\n//! x\n"] {
        assert_eq!(without_purpose(&shared(bad)).len(), 1, "{bad:?}");
    }
    assert!(without_purpose(&shared("//! The table of users.\n")).is_empty());
}

#[test]
fn a_reader_of_the_clock_is_found() {
    for bad in [
        "fn a() { SystemTime::now() }",
        "fn a() { let at = std::time::Instant::now(); }",
        "fn a() { tokio::time::Instant::now() }",
        "fn a() { info!(at = OffsetDateTime::now_utc()) }",
        "const READ: fn() -> Instant = Instant::now;",
    ] {
        assert_eq!(clock_readers(&shared(bad)).len(), 1, "{bad}");
        assert_eq!(clock_readers(&Source::new("functions/a/src/lib.rs", bad)).len(), 1);
        assert!(clock_readers(&Source::new("shared/src/clock.rs", bad)).is_empty());
        assert!(clock_readers(&Source::new("local/src/lib.rs", bad)).is_empty());
    }
    let good = "fn a(now: Timestamp) { Timestamp::now(); SystemTime::UNIX_EPOCH }\n#[cfg(test)]\nmod tests { fn b() { Instant::now() } }";
    assert!(clock_readers(&shared(good)).is_empty());
}

#[test]
fn a_reader_of_the_environment_is_found() {
    for bad in [
        "use std::env;",
        "use std::{env, io};",
        "fn a() { std::env::var(\"A\") }",
        "use std::env::{self, var as read};",
    ] {
        assert!(!environment_readers(&shared(bad)).is_empty(), "{bad}");
        assert!(!environment_readers(&Source::new("functions/a/src/main.rs", bad)).is_empty());
        assert!(environment_readers(&Source::new("shared/src/config.rs", bad)).is_empty());
        assert!(environment_readers(&Source::new("shared/src/config/secrets.rs", bad)).is_empty());
    }
    assert!(environment_readers(&shared("const A: &str = env!(\"CARGO_PKG_NAME\");")).is_empty());
}

#[test]
fn an_impure_domain_is_found() {
    let domain = |text| Source::new("shared/src/domain/user.rs", text);
    for bad in [
        "async fn a() {}",
        "use serde::Serialize;",
        "use serde_json as json;",
        "use aws_sdk_dynamodb::Client;",
        "#[derive(serde::Serialize)] struct A;",
    ] {
        assert_eq!(impure_domain(&domain(bad)).len(), 1, "{bad}");
        assert!(impure_domain(&shared(bad)).is_empty());
    }
    let good = "/// No async, no serde here.\nfn a() {}\n#[cfg(test)]\nmod tests { use serde_json::json; }";
    assert!(impure_domain(&domain(good)).is_empty());
}

#[test]
fn what_is_left_undone_ignored_or_silenced_is_found() {
    for bad in [
        "fn a() { todo!() }",
        "fn a() { unimplemented!(\"later\") }",
        "#[test]\n#[ignore]\nfn a() {}",
        "#[ignore = \"slow\"]\nfn a() {}",
        "#[allow(dead_code)]\nfn a() {}",
        "#![allow(clippy::all)]",
        "#[cfg_attr(test, allow(unused))]\nfn a() {}",
        "#[cfg(test)]\nmod tests { fn a() { todo!() } }",
    ] {
        assert_eq!(unfinished(&shared(bad)).len(), 1, "{bad}");
    }
    let good = "#[expect(dead_code, reason = \"x\")]\nfn a() { b.allow(c); ignore; \"todo!()\" } // todo!()";
    assert!(unfinished(&shared(good)).is_empty());
}

#[test]
fn a_name_that_says_nothing_is_found() {
    for bad in
        ["struct UserManager;", "pub(crate) enum EventData {}", "trait Service {}", "mod utils;", "fn get_user() {}"]
    {
        assert_eq!(empty_names(&shared(bad)).len(), 1, "{bad}");
    }
    let good = "use tower::Service; struct Users; fn get() {} fn target_of() {} mod signature;";
    assert!(empty_names(&shared(good)).is_empty());
}

#[test]
fn a_place_on_somebodys_machine_is_found() {
    let found = |line: &str| machine_paths(&[("README.md".to_owned(), line.to_owned())]).len();
    for (folder, rest) in [("home", "me/x"), ("Users", "me"), ("root", ".cargo"), ("work", "x")] {
        assert_eq!(found(&format!("see /{folder}/{rest}")), 1);
        assert_eq!(found(&format!("see `/{folder}/{rest}`, or \"/{folder}/\"")), 1);
        assert_eq!(found(&format!("https://example.com/{folder}/x and src/{folder}/x")), 0);
    }
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(found(&format!("in {}", here.display())), 1);
    assert_eq!(found("/v1/users and /var/task and a/b"), 0);
}
