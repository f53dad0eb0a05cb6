//! How a door takes a request in: its headers, its kind, its bytes.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION, header::CONTENT_TYPE};
use bytes::Bytes;
use http_body_util::LengthLimitError;

use super::problem::Problem;
use crate::token;

/// The largest body that any door takes.
const LARGEST: usize = 256 * 1024;

/// A header's text; a header that is no text counts as absent.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The bearer token that a caller presents.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    token::bearer(header(headers, AUTHORIZATION.as_str())?)
}

/// All bytes of a body.
pub async fn bytes(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, LARGEST).await.map_err(|error| refusal(&error.into_inner()))
}

/// All bytes of a JSON body. A request that does not say what it carries may carry JSON.
pub async fn json_bytes(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let bytes = bytes(body).await?;
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or("?"));
    if kind.is_some_and(|kind| !is_json(kind)) {
        let detail = "the body must be sent as application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type_unsupported", detail));
    }
    Ok(bytes)
}

fn refusal(error: &axum::BoxError) -> Problem {
    if error.downcast_ref::<LengthLimitError>().is_some() {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body must have 256 KiB at the most")
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", "the body ended before its end")
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_with_parameters_suffixes_and_in_any_case() {
        for right in ["application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"] {
            assert!(is_json(right), "{right}");
        }
        for wrong in ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"] {
            assert!(!is_json(wrong), "{wrong}");
        }
    }
}
