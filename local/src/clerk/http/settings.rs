//! `/_control/crowd` and `/_control/rate`.

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::clerk::ClerkStandIn;
use crate::stand_in::control::setting;

/// A limit, or `{}` for none.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Limit {
    #[serde(skip_serializing_if = "Option::is_none")]
    per_ten_seconds: Option<u32>,
}

pub(super) fn routes(clerk: &ClerkStandIn) -> Router {
    let crowd = setting("/_control/crowd", clerk.clone(), ClerkStandIn::crowd, |clerk, crowd| {
        clerk.set_crowd(crowd.checked()?);
        Ok(())
    });
    crowd.merge(setting("/_control/rate", clerk.clone(), limit, |clerk, limit| {
        clerk.set_rate(limit.per_ten_seconds);
        Ok(())
    }))
}

fn limit(clerk: &ClerkStandIn) -> Limit {
    Limit { per_ten_seconds: clerk.rate() }
}
