//! Lambda's Invoke API, so that any AWS SDK calls the functions as it would on AWS.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::FutureExt;
use lambda_http::Adapter;
use lambda_http::request::LambdaRequest;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use shared::invocation::Failure;
use tower::Service;

/// Lambda's own limit of a payload.
const LARGEST: usize = 6 << 20;

/// One function, as its binary would run it.
#[derive(Clone)]
pub enum Function {
    /// An HTTP function, which takes API Gateway's events.
    Http(Router),
    /// The consumer of Auth0's events.
    Auth0Events(Arc<auth0_events::App>),
    /// What tells changes of users.
    ChangeFeed(Arc<change_feed::App>),
    /// The reconcile.
    Reconcile(Arc<reconcile::App>),
    /// The reconcile of Stripe's customers.
    StripeReconcile(Arc<stripe_reconcile::App>),
    /// What operators do by hand.
    UsersAdmin(Arc<users_admin::App>),
    /// What trusted server code may ask and tell.
    UsersInternal(Arc<users_internal::App>),
}

/// A failed invocation, as Lambda spells it.
pub(crate) struct Failed {
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

impl Function {
    /// One invocation. A panic is the function's failure, not this server's: Lambda's runtime says the same.
    pub(crate) async fn invoke(self, event: Value) -> Result<Value, Failed> {
        AssertUnwindSafe(self.run(event)).catch_unwind().await.unwrap_or_else(|_| {
            Err(Failed { error_type: "panic".to_owned(), error_message: "the function panicked".to_owned() })
        })
    }

    async fn run(self, event: Value) -> Result<Value, Failed> {
        let failed =
            |error_type: &str, error_message: String| Failed { error_type: error_type.to_owned(), error_message };
        match self {
            Self::Http(router) => {
                let unreadable =
                    |_| failed("runtime.deserialization", "the payload is no event of API Gateway".to_owned());
                let payload: LambdaRequest = serde_json::from_value(event).map_err(unreadable)?;
                // A router is always ready.
                let answering = Adapter::from(router).call(LambdaEvent::new(payload, Context::default()));
                let Ok(answer) = answering.await.map_err(|never| match never {});
                serde_json::to_value(answer).map_err(|error| failed("runtime.serialization", error.to_string()))
            }
            Self::Auth0Events(app) => app.handle(event).await.map_err(|it| failed(it.code, it.message)),
            Self::ChangeFeed(app) => app.handle(event).await.map_err(|it| failed(it.code, it.message)),
            Self::Reconcile(app) => app.handle(event, None).await.map_err(run_failed),
            Self::StripeReconcile(app) => app.handle(event, None).await.map_err(run_failed),
            Self::UsersAdmin(app) => app.handle(event).await.map_err(|it| failed(it.code, it.message)),
            Self::UsersInternal(app) => app.handle(event).await.map_err(|it| failed(it.code, it.message)),
        }
    }
}

fn run_failed(failure: Failure) -> Failed {
    tracing::error!(code = failure.code, cause = failure.message, "the run failed");
    Failed { error_type: failure.code.to_owned(), error_message: failure.message }
}

/// The API over these functions, by their names.
pub fn router(functions: BTreeMap<&'static str, Function>) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invocations))
        .layer(DefaultBodyLimit::max(LARGEST))
        .fallback(async || {
            refused(
                StatusCode::NOT_FOUND,
                "ResourceNotFoundException",
                "there are invocations here, and POST / for SQS and EventBridge",
            )
        })
        .with_state(Arc::new(functions))
}

async fn invocations(
    State(functions): State<Arc<BTreeMap<&'static str, Function>>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A name may come as an ARN, and with a version behind it.
    let short = name.rsplit_once(":function:").map_or(name.as_str(), |(_, short)| short);
    let short = short.split(':').next().unwrap_or(short);
    let Some(function) = functions.get(short).cloned() else {
        let message = format!("Function not found: {short}");
        return refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    };
    let payload = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
    let Ok(event) = payload else {
        return refused(StatusCode::BAD_REQUEST, "InvalidRequestContentException", "the payload is no JSON");
    };
    match headers.get("x-amz-invocation-type").and_then(|kind| kind.to_str().ok()).unwrap_or("RequestResponse") {
        "DryRun" => StatusCode::NO_CONTENT.into_response(),
        "Event" => {
            tokio::spawn(answer(function, event));
            StatusCode::ACCEPTED.into_response()
        }
        _ => answer(function, event).await,
    }
}

async fn answer(function: Function, event: Value) -> Response {
    let version = ("x-amz-executed-version", "$LATEST");
    match function.invoke(event).await {
        Ok(answer) => ([version], answer.to_string()).into_response(),
        Err(failed) => {
            let body = json!({"errorType": failed.error_type, "errorMessage": failed.error_message});
            ([version, ("x-amz-function-error", "Unhandled")], body.to_string()).into_response()
        }
    }
}

fn refused(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], json!({"Type": "User", "Message": message}).to_string()).into_response()
}
