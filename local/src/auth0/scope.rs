//! Which scope each route of the Management API asks for.

use axum::http::Method;

/// Every scope that a route here asks for.
pub const ALL_SCOPES: &str = "read:users create:users update:users delete:users read:actions create:actions \
    update:actions delete:actions read:event_streams create:event_streams update:event_streams \
    delete:event_streams read:event_deliveries update:event_deliveries";

/// What a route asks for, by Auth0's specification; the test of an event stream, which that leaves out, as a change.
/// A second scope will do as well as the first.
pub(super) fn asked(method: &Method, route: &str) -> (&'static str, &'static str) {
    let only = |scope| (scope, scope);
    match (method.as_str(), route) {
        ("GET", "/api/v2/event-streams/{id}/deliveries") => ("read:event_streams", "read:event_deliveries"),
        ("POST", "/api/v2/event-streams/{id}/redeliver" | "/api/v2/event-streams/{id}/redeliver/{event_id}") => {
            only("update:event_deliveries")
        }
        ("POST", "/api/v2/event-streams/{id}/test") => only("update:event_streams"),
        ("GET", route) if route.starts_with("/api/v2/event-streams") => only("read:event_streams"),
        ("POST", route) if route.starts_with("/api/v2/event-streams") => only("create:event_streams"),
        ("PATCH", route) if route.starts_with("/api/v2/event-streams") => only("update:event_streams"),
        ("DELETE", route) if route.starts_with("/api/v2/event-streams") => only("delete:event_streams"),
        ("GET", route) if route.starts_with("/api/v2/actions") => only("read:actions"),
        ("POST", route) if route.starts_with("/api/v2/actions") => only("create:actions"),
        ("PATCH", route) if route.starts_with("/api/v2/actions") => only("update:actions"),
        ("DELETE", route) if route.starts_with("/api/v2/actions") => only("delete:actions"),
        ("POST", "/api/v2/users") => only("create:users"),
        ("DELETE", "/api/v2/users/{id}") => only("delete:users"),
        ("POST" | "PATCH" | "DELETE", route) if route.starts_with("/api/v2/users") => only("update:users"),
        _ => only("read:users"),
    }
}
