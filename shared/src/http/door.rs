//! What every router of ours answers beside its routes.

use axum::Router;
use axum::http::StatusCode;

use super::problem::Problem;

/// Routes as they are served: an unknown path and a wrong method are refused like anything else.
pub fn finished(routes: Router) -> Router {
    routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed)
}

async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
}

async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path takes another method, see Allow")
}
