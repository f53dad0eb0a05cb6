//! `/api/v2/actions/…`: Actions, their versions, and the flows that they run in.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth0::changes::read as body_of;
use crate::auth0::tenant::{Wanted, triggers};
use crate::auth0::{Auth0StandIn, Refused};
use crate::stand_in::{clock, lock};

type Answer = Result<Json<Value>, Refused>;

pub(super) fn routes() -> Router<Auth0StandIn> {
    Router::new()
        .route("/api/v2/actions/actions", get(list).post(create))
        .route("/api/v2/actions/actions/{id}", get(read).patch(update).delete(delete))
        .route("/api/v2/actions/actions/{id}/deploy", post(deploy))
        .route("/api/v2/actions/actions/{id}/versions", get(versions))
        .route("/api/v2/actions/triggers", get(|| std::future::ready(Json(triggers()))))
        .route("/api/v2/actions/triggers/{trigger}/bindings", get(bindings).patch(bind))
}

/// What a list is asked for.
#[derive(Default)]
struct Asked {
    trigger: Option<String>,
    name: Option<String>,
    deployed: Option<bool>,
    page: usize,
    per_page: usize,
}

impl Asked {
    fn parse(query: &str) -> Result<Self, Refused> {
        let mut asked = Self { per_page: 20, ..Self::default() };
        let number = |value: &str| value.parse().map_err(|_| Refused::Parameter("Expected type integer"));
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "triggerId" => asked.trigger = Some(value.into_owned()),
                "actionName" => asked.name = Some(value.into_owned()),
                "deployed" => asked.deployed = value.parse().ok(),
                "page" => asked.page = number(&value)?,
                "per_page" => asked.per_page = number(&value)?.min(100),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// One page of what there is, under the name of its list.
    fn page(&self, list: &str, all: Vec<Value>) -> Value {
        let total = all.len();
        let page: Vec<Value> =
            all.into_iter().skip(self.page.saturating_mul(self.per_page)).take(self.per_page).collect();
        json!({ list: page, "total": total, "page": self.page, "per_page": self.per_page })
    }
}

/// `actionName` finds every name that has this text in it: Auth0 does not say whether it must be all of it.
async fn list(State(auth0): State<Auth0StandIn>, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::parse(&query.unwrap_or_default())?;
    let (tenant, now) = (lock(&auth0.it.tenant), clock::now_ms());
    let wanted = tenant.actions().iter().filter(|action| {
        asked.name.as_ref().is_none_or(|name| action.name.contains(name.as_str()))
            && asked.trigger.as_ref().is_none_or(|id| action.supported_triggers.iter().any(|it| it.id == *id))
            && asked.deployed.is_none_or(|deployed| deployed == (action.deployments() > 0))
    });
    let told: Result<Vec<Value>, Refused> = wanted.map(|action| tenant.told_action(&action.id, now)).collect();
    Ok(Json(asked.page("actions", told?)))
}

async fn create(State(auth0): State<Auth0StandIn>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let told = lock(&auth0.it.tenant).create_action(body_of(&body)?, clock::now_ms())?;
    Ok((StatusCode::CREATED, Json(told)))
}

async fn read(State(auth0): State<Auth0StandIn>, Path(id): Path<String>) -> Answer {
    Ok(Json(lock(&auth0.it.tenant).told_action(&id, clock::now_ms())?))
}

async fn update(State(auth0): State<Auth0StandIn>, Path(id): Path<String>, body: Bytes) -> Answer {
    Ok(Json(lock(&auth0.it.tenant).update_action(&id, body_of(&body)?, clock::now_ms())?))
}

async fn delete(
    State(auth0): State<Auth0StandIn>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Refused> {
    let force = query.is_some_and(|query| query.contains("force=true"));
    lock(&auth0.it.tenant).delete_action(&id, force)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn deploy(
    State(auth0): State<Auth0StandIn>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let told = lock(&auth0.it.tenant).deploy(&id, clock::now_ms())?;
    Ok((StatusCode::ACCEPTED, Json(told)))
}

async fn versions(State(auth0): State<Auth0StandIn>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::parse(&query.unwrap_or_default())?;
    Ok(Json(asked.page("versions", lock(&auth0.it.tenant).versions(&id)?)))
}

async fn bindings(State(auth0): State<Auth0StandIn>, Path(trigger): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::parse(&query.unwrap_or_default())?;
    Ok(Json(asked.page("bindings", lock(&auth0.it.tenant).bindings(&trigger, clock::now_ms())?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bindings {
    bindings: Vec<Wanted>,
}

async fn bind(State(auth0): State<Auth0StandIn>, Path(trigger): Path<String>, body: Bytes) -> Answer {
    let Bindings { bindings } = body_of(&body)?;
    let bound = lock(&auth0.it.tenant).bind(&trigger, bindings, clock::now_ms())?;
    Ok(Json(json!({ "bindings": bound })))
}
