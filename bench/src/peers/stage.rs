//! The engine in a process of its own, its tables, and users in them.

use std::process::Stdio;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::engine::Engine;
use local::tables;
use serde_json::json;
use shared::config::{Env, Tables};
use shared::store::{Claims, Sender, Users};
use shared::token::{Scope, ServiceTokens};
use tests::people::{noon, told};
use tests::sdk;
use tests::spine::auth0;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// The token that all of them are asked with.
pub(super) static TOKEN: LazyLock<String> = LazyLock::new(|| minted().0);

fn minted() -> (String, String) {
    ServiceTokens::mint("bench", &[7; 32]).expect("an id")
}

/// Tables that all peers share.
pub(super) struct Stage {
    endpoint: String,
    tables: Tables,
    users: AtomicUsize,
    _engine: Child,
}

/// An engine until stdin ends: what `bench engine` is.
pub(crate) async fn engine() {
    let engine = Engine::for_test().expect("the embedded engine starts");
    println!("{}", engine.endpoint());
    let _ = tokio::io::stdin().read(&mut [0]).await;
}

impl Stage {
    pub(super) async fn set() -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let mut engine = Command::new(program);
        engine.arg("engine").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut engine = engine.spawn().expect("this program starts");
        let mut endpoint = String::new();
        let stdout = engine.stdout.take().expect("the pipe was asked for");
        BufReader::new(stdout).read_line(&mut endpoint).await.expect("the engine says where it listens");
        let endpoint = endpoint.trim().to_owned();
        let tables = Tables::from_env(&Env::of::<String, String>([]));
        let client = sdk::dynamodb(&endpoint, sdk::plain_http());
        tables::create(&client, &tables).await.expect("the tables are made");
        Self { endpoint, tables, users: AtomicUsize::new(0), _engine: engine }
    }

    /// One more user with a whole profile, and their number.
    pub(super) async fn user(&self) -> (usize, String) {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        let users = Users::new(sdk::dynamodb(&self.endpoint, sdk::plain_http()), &self.tables);
        let who = auth0(&format!("auth0|bench-{number}"));
        users.upsert(&who, &told("bench", 0, 100, 101), Sender::Login, noon(9_000)).await.expect("a row");
        (number, who.user_id().to_string())
    }

    /// Whatever was linked is claimed as the rules want it.
    pub(super) async fn in_order(&self) {
        let claims = Claims::new(sdk::dynamodb(&self.endpoint, sdk::plain_http()), &self.tables);
        assert_eq!(claims.audit().await.expect("the audit ends").findings, [], "a peer links wrongly");
    }

    pub(super) fn variables(&self) -> [(&'static str, String); 2] {
        let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let list = json!([{"id": "bench", "sha256": minted().1, "scopes": scopes}]);
        [("DYNAMODB_ENDPOINT", self.endpoint.clone()), ("SERVICE_TOKENS", list.to_string())]
    }
}
