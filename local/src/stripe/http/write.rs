//! A write: once for each idempotency key, and as its fault has it.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::stand_in::{clock, lock};
use crate::stripe::faults::Write;
use crate::stripe::idempotency::{Given, Print};
use crate::stripe::{Refused, StripeStandIn};

/// Does `work` in a task of its own, for a caller who goes away does not end what Stripe has begun.
pub(super) async fn write(
    stripe: StripeStandIn,
    headers: HeaderMap,
    print: Print,
    work: impl FnOnce(&StripeStandIn) -> Result<Value, Refused> + Send + 'static,
) -> Response {
    let key = headers.get("idempotency-key").cloned();
    let working = tokio::spawn(async move {
        match key.as_ref().map(|key| key.to_str().unwrap_or_default()) {
            None => given(done(&stripe, work).await),
            Some(key) if key.is_empty() || key.len() > 255 => {
                Refused::Invalid("Idempotency-Key", "must have 1 to 255 characters").into_response()
            }
            Some(key) => once(&stripe, key, &print, work).await,
        }
    });
    working.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn once(
    stripe: &StripeStandIn,
    key: &str,
    print: &Print,
    work: impl FnOnce(&StripeStandIn) -> Result<Value, Refused>,
) -> Response {
    let before = lock(&stripe.it.remembered).begin(key, print, clock::now_ms());
    match before {
        Err(refused) => refused.into_response(),
        Ok(Some(before)) => {
            let mut response = told(before);
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
            response
        }
        Ok(None) => {
            let done = done(stripe, work).await;
            // What was refused before anything began is not remembered: the same key may come again.
            let kept = match &done.0 {
                Ok(body) => Some(Given { status: 200, body: body.clone() }),
                Err(refused @ Refused::Failed(status)) => Some(Given { status: *status, body: refused.to_json() }),
                Err(_) => None,
            };
            lock(&stripe.it.remembered).end(key, kept);
            given(done)
        }
    }
}

/// What came of it, and whether the caller hears of it.
type Done = (Result<Value, Refused>, bool);

async fn done(stripe: &StripeStandIn, work: impl FnOnce(&StripeStandIn) -> Result<Value, Refused>) -> Done {
    let (fault, slow) = {
        let mut faults = lock(&stripe.it.faults);
        (faults.next_write(), faults.left().slow_writes_ms)
    };
    if slow > 0 {
        tokio::time::sleep(Duration::from_millis(slow)).await;
    }
    match fault {
        Write::AsItIs => (work(stripe), true),
        Write::ReplyLost => (work(stripe), false),
        Write::Locked => (Err(Refused::Locked), true),
        Write::Fails => (Err(Refused::Failed(500)), true),
        Write::FailsAfterwards => (work(stripe).and(Err(Refused::Failed(500))), true),
    }
}

fn given((outcome, heard): Done) -> Response {
    if !heard {
        // The connection breaks in the middle of the answer.
        let broken = std::io::Error::other("the reply is lost");
        let body = Body::from_stream(futures_util::stream::iter([Err::<Vec<u8>, _>(broken)]));
        return (StatusCode::OK, body).into_response();
    }
    match outcome {
        Ok(body) => told(Given { status: 200, body }),
        Err(refused) => refused.into_response(),
    }
}

fn told(Given { status, body }: Given) -> Response {
    (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), Json(body)).into_response()
}
