//! `cargo dev`: after `ready` it says nothing of anybody, and none of its secrets.

use serde_json::{Value, json};
use tests::binaries::binary;
use tests::program::{Program, Signal};
use tests::spine::auth0;
use tests::users_api::{service_token, service_tokens};
use tests::web;

use super::songs::{
    ACTION_SECRET, CLIENT_ID, CLIENT_SECRET, EVENTS_SECRET, SECRET_KEY, STRIPE_KEY, SUBJECT, WEBHOOK_SECRET,
    WRONG_SECRET, auth0_user, broken, canaries,
};

fn url(program: &Program, part: &str) -> String {
    let lines = program.lines();
    lines.iter().find_map(|line| line.trim_start().strip_prefix(part)).unwrap().trim().to_owned()
}

async fn start() -> Program {
    let parts = ["--http", "--lambda", "--dynamodb", "--auth0", "--clerk", "--stripe"];
    let arguments: Vec<&str> = parts.into_iter().flat_map(|part| [part, "127.0.0.1:0"]).collect();
    let variables = [
        ("AUTH0_ACTION_SECRET", ACTION_SECRET),
        ("AUTH0_EVENTS_SECRET", EVENTS_SECRET),
        ("AUTH0_CLIENT_ID", CLIENT_ID),
        ("AUTH0_CLIENT_SECRET", CLIENT_SECRET),
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("CLERK_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("STRIPE_SECRET_KEY", STRIPE_KEY),
        ("SERVICE_TOKENS", service_tokens()),
    ];
    let program = Program::start(binary("local"), &arguments, &variables);
    assert!(program.writes("ready").await, "{:?}", program.lines());
    program
}

/// People at the stand-ins, who tell the doors.
async fn people(program: &Program) {
    let (auth0, clerk) = (url(program, "stand-in for Auth0"), url(program, "stand-in for Clerk"));
    let key = format!("Bearer {SECRET_KEY}");
    let person = json!({"email_address": ["canary@mail.example"], "first_name": "canary-given",
        "last_name": "canary-family", "username": "canary-user-name", "private_metadata": {"a": "canary-metadata"}});
    let made = web::post(&format!("{clerk}/v1/users"), &[("authorization", &key)], person.to_string()).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let create = json!({"connection": "Username-Password-Authentication", "email": "canary@mail.example",
        "name": "canary-name", "user_metadata": {"a": "canary-metadata"}});
    for body in ["profile", "patch"] {
        let play = json!({"user_id": format!("auth0|{SUBJECT}"), "body": body, "create": create});
        let played = web::post(&format!("{auth0}/_control/logins"), &[], play.to_string()).await;
        assert_eq!(played.json()["status"], 200, "{}", played.body);
    }
}

/// Good and bad requests at both doors; what they answer.
async fn doors(program: &Program) -> Vec<String> {
    let http = url(program, "HTTP routes");
    let door = format!("{http}/auth0/upsert-user?q=canary-query");
    let mut bodies: Vec<Value> = broken(&auth0_user()).into_iter().step_by(5).collect();
    let identifier = format!("https://your-tenant.auth0.com/|auth0|{SUBJECT}");
    bodies.push(json!({"tokenIdentifier": identifier, "email": "canary@mail.example"}));
    let mut said = Vec::new();
    for secret in [ACTION_SECRET, WRONG_SECRET] {
        let bearer = format!("Bearer {secret}");
        for body in &bodies {
            said.push(web::post(&door, &[("authorization", &bearer)], body.to_string()).await.body);
        }
        said.push(web::post(&door, &[("authorization", &bearer)], "canary-page").await.body);
    }
    let headers = [("svix-id", "canary-header"), ("svix-timestamp", "1"), ("svix-signature", "v1,canary-token")];
    said.push(web::post(&format!("{http}/clerk/webhook"), &headers, r#"{"a":"canary-name"}"#).await.body);
    said
}

/// Good and bad bearers at the doors of Auth0's events and of services; what they answer.
async fn bearers(program: &Program) -> Vec<String> {
    let http = url(program, "HTTP routes");
    let event = json!({"specversion": "1.0", "type": "user.created", "time": "canary-name", "a0tenant": "canary-name",
        "data": {"object": auth0_user()}});
    let find = json!({"email": "canary-unknown@mail.example"});
    let [all, ended] = ["all", "ended"].map(service_token);
    let mut said = Vec::new();
    for (path, token, body, status) in [
        ("/auth0/events", EVENTS_SECRET, &event, 202),
        ("/auth0/events", WRONG_SECRET, &event, 401),
        ("/v1/users/lookup", &all, &find, 200),
        ("/v1/users/lookup", &ended, &find, 401),
        ("/v1/users/lookup", WRONG_SECRET, &find, 401),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = web::post(&format!("{http}{path}"), &[("authorization", &bearer)], body.to_string()).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        said.push(answer.body);
    }
    said
}

/// A customer at Stripe, and its reconcile, whose listing is none in the end; what they answer.
async fn customers(program: &Program) -> Vec<String> {
    let (lambda, stripe) = (url(program, "Lambda's Invoke API"), url(program, "stand-in for Stripe"));
    let id = auth0(&format!("auth0|{SUBJECT}")).user_id();
    let ensure = json!({"operation": "ensureStripeCustomer", "userId": id.as_str(), "email": "canary@mail.example"});
    let made = web::invoke(&lambda, "users-internal", &ensure).await.unwrap();
    let check = json!({"mode": "check"});
    let ran = web::invoke(&lambda, "stripe-reconcile", &check).await.unwrap();
    let html = json!({"html": true}).to_string();
    let set = web::client().put(format!("{stripe}/_control/listing")).body(html).send().await.unwrap();
    assert_eq!(set.status().as_u16(), 200);
    let failed = web::invoke(&lambda, "stripe-reconcile", &check).await.unwrap_err();
    vec![made.to_string(), ran.to_string(), format!("{failed:?}")]
}

/// Good and bad invocations; what they answer.
async fn invocations(program: &Program) -> Vec<String> {
    let (lambda, clerk) = (url(program, "Lambda's Invoke API"), url(program, "stand-in for Clerk"));
    let mut said = Vec::new();
    for source in ["auth0", "clerk", "canary-name"] {
        for mode in ["apply", "check"] {
            let payload = json!({"source": source, "mode": mode, "canary-unknown": "canary-name"});
            said.push(format!("{:?}", web::invoke(&lambda, "reconcile", &payload).await));
        }
    }
    let html = json!({"html": true}).to_string();
    let set = web::client().put(format!("{clerk}/_control/listing")).body(html).send().await.unwrap();
    assert_eq!(set.status().as_u16(), 200);
    let failed = web::invoke(&lambda, "reconcile", &json!({"source": "clerk", "mode": "check"})).await;
    said.push(format!("{:?}", failed.unwrap_err()));
    said
}

#[tokio::test]
async fn the_system_on_one_machine_says_nothing_of_anybody_after_it_is_ready() {
    let program = start().await;
    people(&program).await;
    let mut answers = doors(&program).await;
    answers.extend(bearers(&program).await);
    answers.extend(invocations(&program).await);
    answers.extend(customers(&program).await);
    program.signal(Signal::INT);
    assert_eq!(program.ended().await.code(), Some(0));
    let written: Vec<String> = program.lines().into_iter().skip_while(|line| line != "ready").skip(1).collect();
    assert!(written.len() > 10, "there is something to look at: {written:?}");
    canaries().assert_silent(answers.into_iter().chain(written));
}
