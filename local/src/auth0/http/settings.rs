//! `/_control/crowd`, `/_control/exports` and `/_control/rate`.

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::auth0::Auth0StandIn;
use crate::stand_in::control::setting;
use crate::stand_in::limit::Rate;

/// A limit, or `{}` for none.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Limit {
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_second: Option<f64>,
}

pub(super) fn routes(auth0: &Auth0StandIn) -> Router {
    let crowd = setting("/_control/crowd", auth0.clone(), Auth0StandIn::crowd, |auth0, crowd| {
        auth0.set_crowd(crowd.checked()?);
        Ok(())
    });
    let exports = setting("/_control/exports", auth0.clone(), Auth0StandIn::export_faults, |auth0, faults| {
        auth0.set_export_faults(faults);
        Ok(())
    });
    crowd.merge(exports).merge(setting("/_control/rate", auth0.clone(), limit, set_limit))
}

fn limit(auth0: &Auth0StandIn) -> Limit {
    let rate = auth0.rate();
    Limit { burst: rate.map(|rate| rate.burst), per_second: rate.map(|rate| rate.per_second) }
}

fn set_limit(auth0: &Auth0StandIn, limit: Limit) -> Result<(), &'static str> {
    let rate = match (limit.burst, limit.per_second) {
        (None, None) => None,
        (Some(burst), Some(per_second)) if per_second >= 0.0 => Some(Rate { burst, per_second }),
        (Some(_), Some(_)) => return Err("perSecond is 0 or more"),
        _ => return Err("burst and perSecond go together"),
    };
    auth0.set_rate(rate);
    Ok(())
}
