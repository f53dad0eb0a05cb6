//! What a login costs the machine it runs on.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::api_gateway::{GatewayAnswer, GatewayRequest};
use tests::runtime_api::Lambda;
use tests::spine::Spine;

const SECRET: &str = "bench-action-secret";
/// A login that takes longer than this under valgrind hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A login by the Action's whole body; each one moves the clock, so that each one writes.
fn event(number: u32) -> Value {
    let body = json!({
        "tokenIdentifier": "https://tenant.eu.auth0.com/|auth0|bench",
        "email": "bench@example.com",
        "name": "Bench",
        "user": {
            "user_id": "auth0|bench", "email": "bench@example.com", "email_verified": true, "name": "Bench",
            "nickname": "bench", "picture": "https://example.com/bench.png",
            "created_at": "2025-01-01T00:00:00.000Z", "updated_at": format!("2025-02-01T00:{:02}:{:02}.000Z", number / 60 % 60, number % 60),
        },
    });
    GatewayRequest::new("POST", "/auth0/upsert-user")
        .header("Authorization", &format!("Bearer {SECRET}"))
        .json(&body)
        .build()
}

fn variables(spine: &Spine) -> [(&'static str, String); 3] {
    [
        ("DYNAMODB_ENDPOINT", spine.endpoint.clone()),
        ("AUTH0_ACTION_SECRET", SECRET.to_owned()),
        ("AUTH0_ISSUER_BASE_URL", "https://tenant.eu.auth0.com/".to_owned()),
    ]
}

async fn login(lambda: &Lambda, number: u32) {
    let answer = GatewayAnswer::read(&lambda.invoke(event(number)).await.expect("the function answers"));
    assert_eq!(answer.status, 200, "a login is accepted");
}

async fn started(binary: &Path, arguments: &[&str], spine: &Spine) -> Lambda {
    let variables = variables(spine);
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let lambda = Lambda::start_with(binary, arguments, &variables, LIMIT).await;
    lambda.wait_ready().await.expect("INIT ends");
    lambda
}

/// INIT, warm logins, peak memory, and the first login after the kept connection has died.
pub(crate) async fn measure(binary: &Path, logins: u32) {
    let size = std::fs::metadata(binary).expect("the binary is there: cargo build --release").len();
    println!("binary                       {:.2} MB", size as f64 / 1e6);
    let spine = Spine::fresh().await;
    let mut inits: Vec<Duration> = Vec::new();
    for _ in 0..10 {
        inits.push(started(binary, &[], &spine).await.cpu_time().expect("it lives"));
    }
    inits.sort_unstable();
    println!("INIT CPU, priming included   {:?} (median of 10)", inits.get(5).copied().unwrap_or_default());

    let lambda = started(binary, &[], &spine).await;
    let init = lambda.cpu_time().expect("it lives");
    let wall = Instant::now();
    login(&lambda, 0).await;
    println!("first login: wall            {:?}", wall.elapsed());
    let first = lambda.cpu_time().expect("it lives");
    println!("first login: CPU             {:?}", first.saturating_sub(init));
    for number in 1..=logins {
        login(&lambda, number).await;
    }
    let warm = lambda.cpu_time().expect("it lives").saturating_sub(first);
    println!("warm login: CPU              {:?} (mean of {logins})", warm / logins);
    println!("peak RSS after {logins} logins   {:.2} MB", lambda.peak_memory().expect("it lives") as f64 / 1e6);
}

/// Instructions of INIT, and of a login, as callgrind counts them.
pub(crate) async fn instructions(binary: &Path, logins: u32) {
    let spine = Spine::fresh().await;
    let init = counted(binary, &spine, 0).await;
    let first = counted(binary, &spine, 1).await;
    let all = counted(binary, &spine, 1 + logins).await;
    println!("INIT                         {:.2} M instructions", init as f64 / 1e6);
    println!("first login                  {:.2} M instructions", first.saturating_sub(init) as f64 / 1e6);
    let each = all.saturating_sub(first) as f64 / f64::from(logins);
    println!("warm login                   {:.3} M instructions (mean of {logins})", each / 1e6);
}

async fn counted(binary: &Path, spine: &Spine, logins: u32) -> u64 {
    let out = std::env::temp_dir().join(format!("callgrind-{}-{logins}", std::process::id()));
    let file = format!("--callgrind-out-file={}", out.display());
    let binary = binary.to_str().expect("a path of text");
    let lambda = started(Path::new("/usr/bin/valgrind"), &["--tool=callgrind", &file, binary], spine).await;
    for number in 0..logins {
        login(&lambda, number).await;
    }
    let ended = Command::new("kill").args(["-TERM", &lambda.pid().to_string()]).status();
    assert!(ended.is_ok_and(|status| status.success()), "valgrind is told to end");
    let total = loop {
        // The totals are the file's last line.
        let profile = std::fs::read_to_string(&out).unwrap_or_default();
        let total = profile.lines().rev().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
        match total {
            Some(total) => break total,
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let _ = std::fs::remove_file(&out);
    total
}
