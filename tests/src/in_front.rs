//! A door in front of a stand-in: a test sees each answer before it leaves, and may hold it back or change it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::future::BoxFuture;

use crate::served::Served;

/// An answer that is about to leave.
pub struct Leaving {
    /// Which answer this is of those that are watched, from 1.
    pub number: usize,
    /// The path that was asked for.
    pub path: String,
    /// What the stand-in says.
    pub response: Response,
}

type Hook = dyn Fn(Leaving) -> BoxFuture<'static, Response> + Send + Sync;

#[derive(Clone)]
struct Watch {
    starts: &'static str,
    count: Arc<AtomicUsize>,
    hook: Arc<Hook>,
}

/// Serves `router`. Answers to a `GET` of paths that start with `starts` pass through `hook`, others and counts do not.
pub async fn serve(
    router: Router,
    starts: &'static str,
    hook: impl Fn(Leaving) -> BoxFuture<'static, Response> + Send + Sync + 'static,
) -> Served {
    let watch = Watch { starts, count: Arc::default(), hook: Arc::new(hook) };
    Served::start(router.layer(middleware::from_fn_with_state(watch, pass))).await
}

async fn pass(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let watched =
        request.method() == axum::http::Method::GET && path.starts_with(watch.starts) && !path.ends_with("/count");
    let response = next.run(request).await;
    if !watched {
        return response;
    }
    let number = watch.count.fetch_add(1, Ordering::SeqCst) + 1;
    (watch.hook)(Leaving { number, path, response }).await
}
