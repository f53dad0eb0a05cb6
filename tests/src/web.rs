//! Plain requests, as any program of another language would send them.

use local::delivery::SvixKey;
use serde_json::Value;

use crate::runtime_api::FunctionError;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body, as text.
    pub body: String,
    /// `x-amz-function-error`, if there was one.
    pub function_error: Option<String>,
}

impl Answered {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }
}

/// A client that asks no proxy.
pub fn client() -> reqwest::Client {
    // Fails when the process has chosen already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

/// Posts a body of JSON; nothing if nobody answered.
pub async fn try_post(url: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Option<Answered> {
    let request = client().post(url).header("content-type", "application/json").body(body.into());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let error = answer.headers().get("x-amz-function-error").and_then(|value| value.to_str().ok());
    let function_error = error.map(str::to_owned);
    Some(Answered { status, function_error, body: answer.text().await.ok()? })
}

/// Posts a body of JSON.
pub async fn post(url: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Answered {
    try_post(url, headers, body).await.expect("somebody answers")
}

/// Calls a function as `aws lambda invoke` does; `lambda` is the Invoke API's URL.
pub async fn invoke(lambda: &str, function: &str, payload: &Value) -> Result<Value, FunctionError> {
    let url = format!("{lambda}/2015-03-31/functions/{function}/invocations");
    let answered = post(&url, &[], payload.to_string()).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    let answer = answered.json();
    if answered.function_error.is_none() {
        return Ok(answer);
    }
    let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
    Err(FunctionError { error_type: text("errorType"), message: text("errorMessage") })
}

/// Svix's three headers for a body; `seconds` since 1970.
pub fn svix_headers(secret: &str, id: &str, seconds: i64, body: &str) -> [(&'static str, String); 3] {
    let key = SvixKey::parse(secret).expect("a signing secret");
    [
        ("svix-id", id.to_owned()),
        ("svix-timestamp", seconds.to_string()),
        ("svix-signature", key.sign(id, seconds, body.as_bytes())),
    ]
}
