//! The query of a URL, read as a body is: no name twice.

use axum::http::Uri;
use serde_json::{Map, Value};

use crate::wire::json::BadBody;

/// The parameters by their names. An empty one is there, and empty.
pub fn query(uri: &Uri) -> Result<Map<String, Value>, BadBody> {
    let mut parameters = Map::new();
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()) {
        if parameters.insert(name.into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(BadBody::new("query_duplicate_key", "a parameter is given twice"));
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_none_may_come_twice() {
        let read = |query: &str| format!("/v1/users?{query}").parse::<Uri>().map(|uri| super::query(&uri));
        let email = read("email=a%2Bb%40example.com&x").map(|read| read.map(|read| read.get("email").cloned()));
        assert!(matches!(email, Ok(Ok(Some(Value::String(email)))) if email == "a+b@example.com"));
        assert!(matches!(read("a=1&a=1"), Ok(Err(bad)) if bad.code == "query_duplicate_key"));
        assert!(matches!(read(""), Ok(Ok(parameters)) if parameters.is_empty()));
    }
}
