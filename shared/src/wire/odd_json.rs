//! Any JSON value, for tests of what must never fail.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON value of some levels, with texts of all scripts.
pub(super) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-5_i32..5).prop_map(|number| Value::from(f64::from(number))),
        ".{0,12}".prop_map(Value::from),
        "(true|false|verified|2025-02-02T17:56:01.566Z|auth0\\|a)".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let object =
            proptest::collection::vec(("(id|provider|user_id|status|verification|.{0,3})", inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}
