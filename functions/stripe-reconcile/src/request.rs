//! What an invocation asks for.

use serde_json::Value;
use shared::invocation::{Failure, asked_name};
use shared::reconcile::{Mode, Order};

/// Reads the event: `{"mode": "check"|"apply", "owner"?, "resume"?}`. A listing of Stripe's needs no preparing, so that
/// a `resume` says nothing; what is not asked for by name is ignored.
pub fn order(event: &Value) -> Result<Order, Failure> {
    let mode = match event.get("mode").and_then(Value::as_str) {
        Some("check") => Mode::Check,
        Some("apply") => Mode::Apply,
        _ => return Err(Failure::new("request_invalid", "mode must be \"check\" or \"apply\"")),
    };
    let (owner, _) = (asked_name(event, "owner")?, asked_name(event, "resume")?);
    Ok(Order { owner, ..Order::new(mode) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mode_and_perhaps_an_owner_are_asked_for_and_anything_else_is_refused() {
        let read = |event: Value| order(&event).map(|order| (order.mode, order.owner)).map_err(|failure| failure.code);
        assert_eq!(read(json!({"mode": "check", "source": "stripe"})), Ok((Mode::Check, None)));
        assert_eq!(read(json!({"mode": "apply", "owner": "me"})), Ok((Mode::Apply, Some("me".to_owned()))));
        for wrong in [json!(null), json!({}), json!({"mode": "sync"}), json!({"mode": "apply", "owner": "a\nb"})] {
            assert_eq!(read(wrong.clone()), Err("request_invalid"), "{wrong}");
        }
    }
}
