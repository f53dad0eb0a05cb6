//! Signing keys that change while users come, over real HTTP: nobody is refused.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use local::system::System;
use serde_json::{Value, json};
use shared::clock::Clock;
use tests::spine::{Spine, soak};
use tests::web;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many ask at once.
const VISITORS: usize = 32;

/// What all visitors share.
struct Visits {
    client: reqwest::Client,
    url: String,
    /// The tokens that they take turns with: old ones stay, new ones come.
    tokens: watch::Sender<Vec<String>>,
    done: AtomicUsize,
    over: AtomicBool,
    /// The first answer that was none, which ends it all.
    refused: Mutex<Option<String>>,
}

impl Visits {
    /// Asks who the bearer is, again and again, each time with the next token.
    async fn come(self: Arc<Self>) {
        while !self.over.load(Ordering::SeqCst) {
            let turn = self.done.fetch_add(1, Ordering::SeqCst);
            let token = {
                let tokens = self.tokens.borrow();
                tokens[turn % tokens.len()].clone()
            };
            let answer = self.client.get(&self.url).bearer_auth(token).send().await.expect("an answer");
            let status = answer.status().as_u16();
            if status != 200 {
                let told = answer.text().await.unwrap_or_default();
                self.refused.lock().expect("no visitor panics").get_or_insert(format!("visit {turn}: {status} {told}"));
                self.over.store(true, Ordering::SeqCst);
            }
        }
    }

    /// Waits until so many more have come.
    async fn go_on(&self, more: usize) {
        let until = self.done.load(Ordering::SeqCst) + more;
        while self.done.load(Ordering::SeqCst) < until && !self.over.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }
}

/// A provider's stand-in, by its URL.
struct Issuer(String, &'static str);

impl Issuer {
    async fn token(&self) -> String {
        // Clerk's live for a minute, and a soak lasts longer.
        let end = Clock::system().now().seconds() + 3600;
        let asked = json!({"user_id": self.1, "claims": {"exp": end}}).to_string();
        let answer = web::post(&format!("{}/_control/tokens", self.0), &[], asked).await.json();
        answer["token"].as_str().expect("a token").to_owned()
    }

    async fn rotate(&self) {
        let rotated = web::post(&format!("{}/_control/keys/rotate", self.0), &[], "").await;
        assert_eq!((rotated.status, rotated.json()["published"].as_array().map(Vec::len)), (200, Some(2)));
    }

    /// How often its keys were read.
    async fn asked(&self) -> u64 {
        let counted = web::client().get(format!("{}/_control/requests", self.0)).send().await.expect("an answer");
        let counted: Value = serde_json::from_str(&counted.text().await.expect("a body")).expect("JSON");
        counted["GET /.well-known/jwks.json"].as_u64().unwrap_or_default()
    }
}

fn issuers(system: &System) -> [Issuer; 2] {
    let auth0 = system.auth0.as_ref().map(|(_, url)| url.clone());
    let clerk = system.clerk.as_ref().map(|(_, url)| url.clone());
    [Issuer(auth0.expect("Auth0"), "auth0|ann"), Issuer(clerk.expect("Clerk"), "user_ann")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_rotate_under_load_cost_no_visitor_an_answer_and_the_issuer_one_request() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (client, url) = (web::client(), format!("{}/v1/me", system.http));
    let issuers = issuers(&system);
    let mut first = Vec::new();
    for issuer in &issuers {
        let token = issuer.token().await;
        let stored = client.put(&url).bearer_auth(&token).send().await.expect("an answer");
        assert_eq!(stored.status(), 200);
        first.push(token);
    }
    let asked = [issuers[0].asked().await, issuers[1].asked().await];
    assert_eq!(asked, [1, 1], "as the system started");
    let (done, over, refused) = (AtomicUsize::default(), AtomicBool::default(), Mutex::default());
    let visits = Arc::new(Visits { client, url, tokens: watch::Sender::new(first), done, over, refused });
    let mut tasks = JoinSet::new();
    for _ in 0..VISITORS {
        tasks.spawn(Arc::clone(&visits).come());
    }
    let share = soak(20_000) as usize;
    for issuer in &issuers {
        visits.go_on(share).await;
        issuer.rotate().await;
        let token = issuer.token().await;
        visits.tokens.send_modify(|tokens| tokens.push(token));
        visits.go_on(share).await;
    }
    visits.over.store(true, Ordering::SeqCst);
    tasks.join_all().await;
    assert_eq!(*visits.refused.lock().expect("no visitor panics"), None);
    assert_eq!([issuers[0].asked().await, issuers[1].asked().await], [2, 2]);
}
