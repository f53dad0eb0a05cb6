//! `/_control/faults`, `/_control/rate`, `/_control/customers` and `/_control/keys`.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::stand_in::control::{bad_request, setting};
use crate::stripe::{NewCustomer, StripeStandIn};

/// A limit, or `{}` for none.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Limit {
    #[serde(skip_serializing_if = "Option::is_none")]
    per_second: Option<u32>,
}

pub(super) fn routes(stripe: &StripeStandIn) -> Router {
    let faults = setting("/_control/faults", stripe.clone(), StripeStandIn::faults, |stripe, faults| {
        stripe.set_faults(faults);
        Ok(())
    });
    let rate = setting("/_control/rate", stripe.clone(), limit, |stripe, limit| {
        stripe.set_rate(limit.per_second);
        Ok(())
    });
    let (adds, forgets) = (stripe.clone(), stripe.clone());
    let add = move |body: Bytes| {
        let new: Result<NewCustomer, _> = serde_json::from_slice(&body);
        std::future::ready(match new {
            Ok(new) => Json(adds.add(new).to_json()).into_response(),
            Err(error) => bad_request(&error.to_string()),
        })
    };
    let forget = move || {
        forgets.forget_keys();
        std::future::ready(StatusCode::NO_CONTENT)
    };
    let own = Router::new().route("/_control/customers", post(add)).route("/_control/keys", delete(forget));
    faults.merge(rate).merge(own)
}

fn limit(stripe: &StripeStandIn) -> Limit {
    Limit { per_second: stripe.rate() }
}
