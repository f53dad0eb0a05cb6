//! Which way a listing goes, and jobs that end well, badly or never.

use super::*;

const JOB: &str = "/api/v2/jobs/job_1";
const JOBS: &str = "/api/v2/jobs/users-exports";

/// A tenant of so many users, by the search's word, whose jobs stand like this, asked so often before.
async fn sized(total: usize, stands: impl Fn(usize, &Asked) -> Response + Send + Sync + 'static) -> Stub {
    let asked_before = std::sync::atomic::AtomicUsize::new(0);
    tenant(move |_, asked| match asked.path.as_str() {
        "/api/v2/users" => answer(200, json!({"start": 0, "limit": 1, "total": total, "users": []})),
        JOBS => answer(200, job("pending", asked)),
        _ => stands(asked_before.fetch_add(1, std::sync::atomic::Ordering::SeqCst), asked),
    })
    .await
}

fn gone() -> Response {
    answer(404, json!({"statusCode": 404, "error": "Not Found", "message": "canary"}))
}

fn ready(readiness: Readiness) -> Ready {
    let Readiness::Ready(ready) = readiness else { unreachable!("ready") };
    ready
}

fn preparing(readiness: Readiness) -> (String, Option<u8>) {
    let Readiness::Preparing { resume, percent } = readiness else { unreachable!("preparing") };
    (resume, percent)
}

async fn failure(stub: &Stub, way: Way<'_>) -> String {
    let error = client(stub).prepare(way).await.err().unwrap();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary") && !text.contains("http"), "{text}");
    error.to_string()
}

#[tokio::test]
async fn a_tenant_below_the_cap_goes_by_pages_after_one_request() {
    for total in [0, 1, 999] {
        let stub = sized(total, |_, _| gone()).await;
        let ready = ready(client(&stub).prepare(Way::Shortest).await.unwrap());
        assert!(matches!(ready.by, By::Pages));
        assert_eq!((ready.as_of, ready.expected), (now(), Some(total as u64)));
        assert_eq!((stub.times("/api/v2/users"), stub.times(JOBS)), (1, 0));
        let asked = ["per_page", "page", "include_totals"].map(|name| stub.asked()[1].param(name).unwrap());
        assert_eq!(asked, ["1", "0", "true"]);
    }
}

#[tokio::test]
async fn a_tenant_at_the_cap_goes_by_a_job_which_is_asked_for_at_once() {
    for total in [1000, 25_000] {
        let stub = sized(total, |_, asked| answer(200, job("completed", asked))).await;
        let ready = ready(client(&stub).prepare(Way::Shortest).await.unwrap());
        assert!(matches!(&ready.by, By::Export(id) if id == "job_1"));
        assert_eq!(ready.as_of.to_rfc3339(), "2027-01-15T07:00:00Z");
        assert_eq!(ready.expected, Some(total as u64));
        assert_eq!([JOBS, JOB, "/api/v2/users"].map(|path| stub.times(path)), [1, 1, 1]);
    }
}

#[tokio::test]
async fn a_search_that_names_the_cap_leads_to_a_job_and_one_without_a_total_to_pages() {
    let why = "You can only page through the first 1000 records. See https://auth0.com/docs/…#limitation";
    let capped = tenant(move |_, asked| match asked.path.as_str() {
        "/api/v2/users" => answer(400, json!({"statusCode": 400, "message": why})),
        _ => answer(200, job("pending", asked)),
    })
    .await;
    assert_eq!(preparing(client(&capped).prepare(Way::Shortest).await.unwrap()), ("job_1".to_owned(), None));
    let silent = tenant(|_, _| answer(200, json!({"users": []}))).await;
    assert_eq!(ready(client(&silent).prepare(Way::Shortest).await.unwrap()).expected, None);
}

#[tokio::test]
async fn a_job_names_the_fields_and_the_form_and_no_more() {
    let stub = sized(5, |_, asked| answer(200, job("completed", asked))).await;
    assert!(matches!(ready(client(&stub).prepare(Way::Unlimited).await.unwrap()).by, By::Export(_)));
    let asked = stub.asked().into_iter().find(|asked| asked.path == JOBS).unwrap();
    let fields: Vec<Value> = Auth0User::FIELDS.split(',').map(|name| json!({"name": name})).collect();
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, json!({"format": "json", "fields": fields}));
    assert_eq!((asked.header("content-type"), asked.header("authorization")), ("application/json", "Bearer token-0"));
}

#[tokio::test]
async fn a_job_is_pending_then_completed() {
    let stub = sized(5, |before, asked| match before {
        0 => answer(200, job("pending", asked)),
        1 => {
            let mut job = job("processing", asked);
            job["percentage_done"] = json!(45);
            answer(200, job)
        }
        2 => answer(200, job("a new word", asked)),
        _ => answer(200, job("completed", asked)),
    })
    .await;
    let auth0 = client(&stub);
    let (resume, percent) = preparing(auth0.prepare(Way::Unlimited).await.unwrap());
    assert_eq!((resume.as_str(), percent), ("job_1", None));
    let resumed = async || auth0.prepare(Way::Resumed(&resume)).await.unwrap();
    assert_eq!(preparing(resumed().await), ("job_1".to_owned(), Some(45)));
    assert_eq!(preparing(resumed().await).0, "job_1");
    assert_eq!(ready(resumed().await).expected, Some(5));
    assert_eq!((stub.times(JOBS), stub.times(JOB)), (1, 4));
}

#[tokio::test]
async fn a_job_that_does_not_say_when_it_was_begun_is_as_old_as_any_can_be() {
    let stub = sized(5, |_, asked| {
        let mut job = job("completed", asked);
        job["created_at"] = Value::Null;
        answer(200, job)
    })
    .await;
    let ready = ready(client(&stub).prepare(Way::Resumed("job_1")).await.unwrap());
    assert_eq!(now().since(ready.as_of).as_secs(), 24 * 60 * 60);
}

#[tokio::test]
async fn a_job_that_failed_or_is_another_one_or_has_no_link_is_told_with_what_to_do() {
    let spoiled = |field: &'static str, value: Value| {
        sized(5, move |_, asked| {
            let mut job = job("completed", asked);
            job[field] = value.clone();
            answer(200, job)
        })
    };
    for (stub, why) in [
        (spoiled("status", json!("failed")).await, "the export job failed"),
        (spoiled("type", json!("users_import")).await, "no export of ours"),
        (spoiled("id", json!("job_2")).await, "no export of ours"),
        (spoiled("location", json!("canary")).await, "the link to its file is none"),
    ] {
        let text = failure(&stub, Way::Resumed("job_1")).await;
        assert!(text.starts_with("Auth0 could not export its users: ") && text.contains(why), "{text}");
        assert!(text.contains("the next run begins a new"), "{text}");
    }
}

#[tokio::test]
async fn a_job_that_vanished_is_told_but_one_that_was_just_begun_is_waited_for() {
    let stub = sized(5, |_, _| gone()).await;
    let text = failure(&stub, Way::Resumed("job_1")).await;
    assert!(text.contains("the export job is gone") && text.contains("the next run begins a new one"), "{text}");
    assert_eq!(preparing(client(&stub).prepare(Way::Unlimited).await.unwrap()), ("job_1".to_owned(), None));
}

#[tokio::test]
async fn a_job_that_is_not_complete_after_two_hours_by_the_providers_clock_hangs() {
    for (date, hangs) in [("Fri, 15 Jan 2027 09:00:00 GMT", false), ("Fri, 15 Jan 2027 09:00:01 GMT", true)] {
        for status in ["pending", "processing", "completed"] {
            let stub = sized(5, move |_, asked| {
                let mut job = job(status, asked);
                job["location"] = Value::Null;
                let mut response = answer(200, job);
                response.headers_mut().insert("date", date.parse().unwrap());
                response
            })
            .await;
            // Our own clock says that it is years later, or years ago.
            let auth0 = client_at(&stub, 100, Clock::standing(Timestamp::ZERO));
            match auth0.prepare(Way::Resumed("job_1")).await {
                Err(error) => assert!(hangs && error.to_string().contains("hangs"), "{error}"),
                Ok(readiness) => assert_eq!((hangs, preparing(readiness).0.as_str()), (false, "job_1")),
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_id_of_a_job_never_is_part_of_a_url() {
    let stub = sized(5, |_, asked| answer(200, job("completed", asked))).await;
    for id in ["", ".", "..", "../users", "job_1/errors", "job_1?x", "job_1#", "job 1", "jöb", &"x".repeat(101)] {
        assert!(failure(&stub, Way::Resumed(id)).await.contains("this is no id of an export job"), "{id}");
    }
    assert_eq!(stub.asked().len(), 0);
    for id in [json!("../users"), json!(""), json!(5), Value::Null] {
        let stub = tenant(move |_, _| answer(200, json!({"id": id, "status": "pending"}))).await;
        assert!(failure(&stub, Way::Unlimited).await.contains("the answer names no job"));
    }
}

#[tokio::test]
async fn a_job_whose_beginning_is_not_answered_is_begun_once_more_only() {
    let stub = tenant(|_, _| answer(500, json!({}))).await;
    let text = failure(&stub, Way::Unlimited).await;
    assert_eq!(text, "Auth0 could not begin an export of its users: it answers with status 500");
    assert_eq!(stub.times(JOBS), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_while_a_job_is_begun_or_awaited_is_renewed_once() {
    let stub = tenant(|_, asked| {
        let renewed = if asked.path == JOBS { "Bearer token-1" } else { "Bearer token-2" };
        let completed = || answer(200, job("completed", asked));
        if asked.header("authorization") == renewed { completed() } else { answer(401, json!({"statusCode": 401})) }
    })
    .await;
    let auth0 = client(&stub);
    assert!(matches!(auth0.prepare(Way::Unlimited).await.unwrap(), Readiness::Ready(_)));
    assert_eq!([JOBS, JOB, "/oauth/token"].map(|path| stub.times(path)), [2, 2, 3]);
}
