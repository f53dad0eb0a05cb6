//! `POST /_control/logins` plays a login.
//!
//! It takes `{"user_id", "body": "profile" | "patch", "create": {…}}`; `create` is the body of
//! `POST /api/v2/users`, for who is not there yet, and may stand alone. It answers
//! `{"user_id", "outcome": "answered" | "lost" | "unreachable" | "no_target", "status"?, "body"?}`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth0::changes::read as body_of;
use crate::auth0::{Auth0StandIn, Login, LoginBody, NewUser, Refused};
use crate::delivery::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    user_id: Option<String>,
    #[serde(default)]
    body: LoginBody,
    create: Option<NewUser>,
}

pub(super) async fn play(State(auth0): State<Auth0StandIn>, body: Bytes) -> Result<Json<Value>, Refused> {
    let asked: Asked = body_of(&body)?;
    let known = asked.user_id.as_deref().filter(|id| auth0.knows(id)).map(str::to_owned);
    let user_id = match (known, asked.create) {
        (Some(user_id), _) => user_id,
        (None, Some(new)) => {
            auth0.create_user(NewUser { user_id: asked.user_id.or(new.user_id.clone()), ..new })?.user_id
        }
        (None, None) => return Err(Refused::NoUser),
    };
    Ok(Json(told(auth0.login(&user_id, asked.body).await?)))
}

fn told(login: Login) -> Value {
    let user_id = login.user_id;
    match login.reply {
        Reply::NoTarget => json!({ "user_id": user_id, "outcome": "no_target" }),
        Reply::Lost => json!({ "user_id": user_id, "outcome": "lost" }),
        Reply::Unreachable => json!({ "user_id": user_id, "outcome": "unreachable" }),
        Reply::Answered { status, body } => {
            let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
            json!({ "user_id": user_id, "outcome": "answered", "status": status, "body": body })
        }
    }
}
