//! What API Gateway's HTTP API sends to a Lambda function, payload format 2.0, and what it takes back.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::{Map, Value, json};

/// A request under construction; [`Self::build`] makes the event.
#[derive(Debug, Clone)]
pub struct GatewayRequest {
    method: String,
    path: String,
    query: String,
    headers: Map<String, Value>,
    body: Option<Value>,
    is_base64: bool,
}

impl GatewayRequest {
    /// A request without body; `target` is the path, with a query if it has one.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = Map::new();
        headers.insert("host".to_owned(), "api.example.com".into());
        headers.insert("user-agent".to_owned(), "tests".into());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: None,
            is_base64: false,
        }
    }

    /// Adds a header, its name in any case. The gateway sends names in lower case; a test may do otherwise.
    /// A repeated name is joined by a comma, as the gateway does.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let joined = match self.headers.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.to_owned(),
        };
        self.headers.insert(name.to_owned(), joined.into());
        self
    }

    /// The body as the gateway sends text.
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(Value::String(body.into()));
        self.is_base64 = false;
        self
    }

    /// A JSON body as text, with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").text(body.to_string())
    }

    /// The body as the gateway sends bytes: in base64.
    pub fn bytes(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(Value::String(BASE64.encode(body.as_ref())));
        self.is_base64 = true;
        self
    }

    /// The event.
    pub fn build(self) -> Value {
        let user_agent = self.headers.get("user-agent").cloned().unwrap_or_default();
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": self.headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "domainName": "api.example.com",
                "domainPrefix": "api",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": user_agent,
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": "$default",
                "time": "10/Mar/2026:05:16:23 +0000",
                "timeEpoch": 1_773_119_783_000_u64,
            },
            "isBase64Encoded": self.is_base64,
        });
        if !self.query.is_empty() {
            let parameters = url_pairs(&self.query);
            event["queryStringParameters"] = json!(parameters);
        }
        if let Some(body) = self.body {
            event["body"] = body;
        }
        event
    }
}

/// Decoded pairs; values of a repeated name are joined by commas.
fn url_pairs(query: &str) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::<String, String>::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        pairs
            .entry(name.into_owned())
            .and_modify(|before| *before = format!("{before},{value}"))
            .or_insert_with(|| value.to_string());
    }
    pairs
}

/// A function's answer to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayAnswer {
    /// `statusCode`.
    pub status: u16,
    /// Headers by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, decoded where it was base64.
    pub body: Vec<u8>,
}

impl GatewayAnswer {
    /// Reads `{statusCode, headers, body, isBase64Encoded}`.
    pub fn read(answer: &Value) -> Self {
        let status = answer["statusCode"].as_u64().and_then(|status| status.try_into().ok());
        let text = answer["body"].as_str().unwrap_or_default();
        let body = if answer["isBase64Encoded"] == true {
            BASE64.decode(text.as_bytes()).expect("a body in base64, as the answer claims")
        } else {
            text.as_bytes().to_vec()
        };
        let mut headers = BTreeMap::new();
        let single = answer["headers"].as_object().into_iter().flatten();
        for (name, value) in single {
            headers.insert(name.to_lowercase(), value.as_str().unwrap_or_default().to_owned());
        }
        Self { status: status.expect("an answer with a statusCode"), headers, body }
    }

    /// A header's value, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_lowercase()).map(String::as_str)
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::http::Method;
    use lambda_http::request::from_str;
    use lambda_http::{Body, RequestExt};

    use super::*;

    #[test]
    fn a_text_request_reads_as_aws_own_crate_reads_it() {
        let event = GatewayRequest::new("POST", "/auth0/upsert-user?a=1&a=2&b=%20")
            .header("Authorization", "Bearer secret")
            .json(&json!({"tokenIdentifier": "x"}))
            .build();
        let request = from_str(&event.to_string()).unwrap();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri().path(), "/auth0/upsert-user");
        assert_eq!(request.uri().query(), Some("a=1&a=2&b=%20"));
        assert_eq!(request.headers()["authorization"], "Bearer secret");
        assert_eq!(request.body(), &Body::Text(r#"{"tokenIdentifier":"x"}"#.to_owned()));
        assert!(request.request_context_ref().is_some());
        assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": " "}));
    }

    #[test]
    fn a_binary_request_keeps_its_bytes() {
        let event = GatewayRequest::new("POST", "/clerk/webhook").bytes([0xff, 0x00]).build();
        let request = from_str(&event.to_string()).unwrap();
        assert_eq!(request.body(), &Body::Binary(vec![0xff, 0x00]));
    }

    #[test]
    fn an_answer_is_read_from_text_and_from_base64() {
        let plain = json!({"statusCode": 200, "headers": {"Content-Type": "application/json"},
            "body": "{\"a\":1}", "isBase64Encoded": false});
        let answer = GatewayAnswer::read(&plain);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("CONTENT-type"), Some("application/json"));
        assert_eq!(answer.json(), json!({"a": 1}));
        let encoded = json!({"statusCode": 204, "body": "aGk=", "isBase64Encoded": true});
        assert_eq!(GatewayAnswer::read(&encoded).text(), "hi");
    }
}
