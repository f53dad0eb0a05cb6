//! `GET /v1/users?…`: the living users whom one filter finds.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value};
use shared::domain::User;
use shared::http::{Caller, Problem, query};
use shared::store::{BadCursor, Found};
use shared::token::Scope;
use shared::wire::filter::Filter;

use crate::{App, answer};

pub(crate) async fn find_users(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let caller = Caller::admit(app.service_tokens.as_ref(), &headers, app.clock.now()).await?;
    found(&app, &caller, &query(&uri)?).await
}

/// Whom the filter in these fields finds, wherever they came from.
pub(crate) async fn found(app: &App, caller: &Caller, fields: &Map<String, Value>) -> Result<Response, Problem> {
    let filter = Filter::read(fields, &app.realms)?;
    caller.needs(scope_of(&filter))?;
    let found = match filter {
        Filter::ClerkUser(identity) | Filter::Identity(identity) => {
            whole(app.users.by_identity(&identity).await?.filter(User::is_living))
        }
        Filter::Email { email, cursor } => {
            let cursor = cursor.map(|cursor| app.users.email_cursor(&email, &cursor)).transpose();
            app.users.by_email(&email, cursor.map_err(bad_cursor)?.as_ref()).await?
        }
        Filter::PublicKey(key) => whole(app.claims.by_public_key(&key).await?),
        Filter::StripeCustomer(customer) => whole(app.claims.by_stripe_customer(&customer).await?),
    };
    Ok(answer::page(&found, &app.realms))
}

fn scope_of(filter: &Filter) -> Scope {
    match filter {
        Filter::ClerkUser(_) | Filter::Email { .. } | Filter::PublicKey(_) | Filter::StripeCustomer(_) => {
            Scope::ReadUsers
        }
        Filter::Identity(_) => Scope::ReadUsersByIdentity,
    }
}

/// One user or nobody, and nothing behind.
fn whole(living: Option<User>) -> Found {
    Found { users: living.into_iter().collect(), cursor: None }
}

fn bad_cursor(error: BadCursor) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "cursor_invalid", error.to_string())
}
