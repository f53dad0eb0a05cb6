//! A stand-in for an EventBridge bus: it keeps the last events that were put on it, for whoever wants to look.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use crate::aws_api::Refused;

/// How many events it keeps.
const KEPT: usize = 1000;
/// How many entries a request may have, EventBridge's own limit.
const MOST: usize = 10;

/// The bus. Clones share its events.
#[derive(Clone, Debug, Default)]
pub struct Bus(Arc<Mutex<Events>>);

#[derive(Debug, Default)]
struct Events {
    kept: VecDeque<Value>,
    ever: u64,
}

impl Bus {
    /// The events that are kept, the newest last.
    pub fn events(&self) -> Vec<Value> {
        self.look(|events| events.kept.iter().cloned().collect())
    }

    fn put(&self, entry: &Value) -> Result<Value, Value> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let refused = |code: &str, message: &str| Err(json!({"ErrorCode": code, "ErrorMessage": message}));
        let (Some(source), Some(kind), Some(detail)) = (text("Source"), text("DetailType"), text("Detail")) else {
            return refused("InvalidArgument", "Source, DetailType and Detail are required");
        };
        let Ok(detail) = serde_json::from_str::<Map<String, Value>>(detail) else {
            return refused("MalformedDetail", "Detail is no JSON object");
        };
        let id = self.look(|events| {
            events.ever += 1;
            let id = format!("00000000-0000-4000-8000-{:012x}", events.ever);
            let bus = text("EventBusName").unwrap_or("default");
            let event = json!({"id": id, "source": source, "detail-type": kind, "bus": bus, "detail": detail});
            events.kept.push_back(event);
            if events.kept.len() > KEPT {
                events.kept.pop_front();
            }
            id
        });
        Ok(json!({"EventId": id}))
    }

    fn look<T>(&self, look: impl FnOnce(&mut Events) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `PutEvents`: each entry is taken or refused for itself.
pub(crate) fn answer(bus: &Bus, operation: &str, input: &Map<String, Value>) -> Result<Value, Refused> {
    if operation != "PutEvents" {
        return Err(Refused::new("UnknownOperationException", "the bus knows PutEvents"));
    }
    let entries = input.get("Entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() || entries.len() > MOST {
        return Err(Refused::new("ValidationException", "Entries must have 1 to 10 elements"));
    }
    let ends: Vec<_> = entries.iter().map(|entry| bus.put(entry)).collect();
    let failed = ends.iter().filter(|end| end.is_err()).count();
    let entries: Vec<Value> = ends.into_iter().map(|end| end.unwrap_or_else(|refused| refused)).collect();
    Ok(json!({"FailedEntryCount": failed, "Entries": entries}))
}

/// `GET /_control/bus`: what is kept, `{events: [{id, source, detail-type, bus, detail}]}`.
pub(crate) fn router(bus: Bus) -> Router {
    let told = async |State(bus): State<Bus>| Json(json!({"events": bus.events()}));
    Router::new().route("/_control/bus", get(told)).with_state(bus)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn entry(detail: &str) -> Value {
        json!({"Source": "identity-spine", "DetailType": "user.created", "EventBusName": "b", "Detail": detail})
    }

    fn put(bus: &Bus, entries: &[Value]) -> Result<Value, &'static str> {
        let input = json!({"Entries": entries}).as_object().unwrap().clone();
        answer(bus, "PutEvents", &input).map_err(|refused| refused.kind)
    }

    #[test]
    fn each_entry_is_taken_or_refused_for_itself() {
        let bus = Bus::default();
        let answer = put(&bus, &[entry("{\"a\": 1}"), entry("[]"), json!({"Source": "x"})]).unwrap();
        assert_eq!(answer["FailedEntryCount"], 2);
        let codes: Vec<_> = answer["Entries"].as_array().unwrap().iter().map(|it| it["ErrorCode"].as_str()).collect();
        assert_eq!(codes, [None, Some("MalformedDetail"), Some("InvalidArgument")]);
        let [event] = <[Value; 1]>::try_from(bus.events()).unwrap();
        assert_eq!((&event["detail-type"], &event["detail"]), (&json!("user.created"), &json!({"a": 1})));
    }

    #[test]
    fn a_request_has_ten_entries_at_most_and_the_bus_keeps_the_last_thousand() {
        let bus = Bus::default();
        assert_eq!(put(&bus, &[]).unwrap_err(), "ValidationException");
        assert_eq!(put(&bus, &vec![entry("{}"); 11]).unwrap_err(), "ValidationException");
        for n in 0..101 {
            put(&bus, &vec![entry(&json!({"n": n}).to_string()); 10]).unwrap();
        }
        let events = bus.events();
        assert_eq!(
            (events.len(), &events[0]["detail"]["n"], &events[999]["detail"]["n"]),
            (1000, &json!(1), &json!(100))
        );
    }
}
