//! A request, and the ways that it can come to a door.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use local::system::System;
use serde_json::Value;
use tower::ServiceExt;

use crate::api_gateway::{GatewayAnswer, GatewayRequest};

/// A request, not yet on any way.
#[derive(Debug, Clone)]
pub struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// How a request comes to a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// HTTP, to the port.
    Http,
    /// The Invoke API, with an event whose body is text.
    Text,
    /// The Invoke API, with an event whose body is base64.
    Base64,
}

impl Ask {
    /// A request without headers and body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// A JSON body, or what is sent as one.
    pub fn post(path: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut it = Self::new("POST", path).header("content-type", "application/json");
        it.body = Some(body.into());
        it
    }

    /// A login's request, with `secret` as its bearer.
    pub fn login(secret: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::post("/auth0/upsert-user", body).header("authorization", &format!("Bearer {secret}"))
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header; its name as it was given.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// By another method.
    pub fn by(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// To another path.
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Without a body.
    pub fn bodiless(mut self) -> Self {
        self.body = None;
        self
    }

    /// The ways that this request can take: a gateway sends no bytes as text that are none.
    pub fn ways(&self) -> Vec<Way> {
        match self.body.as_deref().map(std::str::from_utf8) {
            Some(Err(_)) => vec![Way::Http, Way::Base64],
            _ => vec![Way::Http, Way::Text, Way::Base64],
        }
    }

    /// Sends it to the whole system.
    pub async fn over(&self, way: Way, system: &System) -> GatewayAnswer {
        match way {
            Way::Http => self.by_http(system).await,
            Way::Text | Way::Base64 => {
                let (error, answer) = invoke(system, self.function(), &self.event(way)).await;
                assert_eq!(error, None, "{answer}");
                GatewayAnswer::read(&answer)
            }
        }
    }

    /// Sends it to a router.
    pub async fn to(&self, router: &Router) -> GatewayAnswer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.body.clone().map_or_else(Body::empty, Body::from);
        let request = request.body(body).expect("a request");
        let Ok(response) = router.clone().oneshot(request).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole answer").to_bytes();
        answer(head.status, &head.headers, &body)
    }

    async fn by_http(&self, system: &System) -> GatewayAnswer {
        let method = self.method.parse().expect("a method");
        let mut request = http_client().request(method, format!("{}{}", system.http, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        answer(status, &headers, &response.bytes().await.expect("a whole answer"))
    }

    fn function(&self) -> &'static str {
        match self.path.split('/').nth(1) {
            Some("clerk") => "clerk-webhook",
            Some("v1") => "users-api",
            _ if self.path.starts_with("/auth0/events") => "auth0-events-http",
            _ => "auth0-upsert",
        }
    }

    /// The event that API Gateway makes of it.
    pub fn event(&self, way: Way) -> Value {
        let mut request = GatewayRequest::new(&self.method, &self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match &self.body {
            None => request.build(),
            Some(body) if way == Way::Base64 => request.bytes(body).build(),
            Some(body) => request.text(std::str::from_utf8(body).expect("a body of text")).build(),
        }
    }
}

fn answer(status: http::StatusCode, headers: &http::HeaderMap, body: &[u8]) -> GatewayAnswer {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    GatewayAnswer { status: status.as_u16(), headers, body: body.to_vec() }
}

fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty());
    client.timeout(Duration::from_secs(30)).build().expect("a client")
}

/// Invokes a function through Lambda's API: its error header, if there is one, and the payload of its answer.
pub async fn invoke(system: &System, function: &str, event: &Value) -> (Option<String>, Value) {
    let url = format!("{}/2015-03-31/functions/{function}/invocations", system.lambda);
    let response = http_client().post(url).body(event.to_string()).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let error = response.headers().get("x-amz-function-error").map(|kind| kind.to_str().unwrap().to_owned());
    let payload = response.bytes().await.expect("a whole answer");
    (error, serde_json::from_slice(&payload).expect("a payload of JSON"))
}

/// Fails unless `answer` is a problem of this status and code, told as RFC 9457 wants it.
#[track_caller]
pub fn assert_problem(answer: &GatewayAnswer, status: u16, code: &str, case: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{case}: {} {text}", answer.status);
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{case}: {text}");
    assert_eq!(body["status"], status, "{case}: {text}");
    for field in ["type", "title", "detail"] {
        assert!(body[field].as_str().is_some_and(|told| !told.is_empty()), "{case}: {text}");
    }
}
