//! `POST /v1/users/lookup`: the same filters in a body, where no log of URLs sees them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use shared::http::{Caller, Problem, json_bytes};
use shared::wire::json;

use crate::App;
use crate::find_users::found;

pub(crate) async fn lookup_users(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let caller = Caller::admit(app.service_tokens.as_ref(), &head.headers, app.clock.now()).await?;
    let body = json_bytes(&head.headers, body).await?;
    found(&app, &caller, &json::object(&body)?).await
}
