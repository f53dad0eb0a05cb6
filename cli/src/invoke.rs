//! Functions invoked as any AWS client does it.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Region};
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::Blob;
use serde_json::{Value, json};
use shared::aws;
use shared::config::{Aws, Env, Invoking};

/// A function that operators invoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    UsersAdmin,
    UsersInternal,
}

/// An invocation that the function refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refused {
    /// As Lambda spells it.
    pub(crate) fn json(&self) -> Value {
        json!({"errorType": self.code, "errorMessage": self.message})
    }
}

/// Invokes a function and waits for what it says.
pub(crate) async fn invoke(
    env: &Env,
    function: Function,
    payload: &Value,
) -> Result<Result<Value, Refused>, Box<dyn std::error::Error>> {
    let (aws, invoking) = (Aws::from_env(env)?, Invoking::from_env(env)?);
    let name = match function {
        Function::UsersAdmin => &invoking.users_admin,
        Function::UsersInternal => &invoking.users_internal,
    };
    let request = client(&aws, &invoking).invoke().function_name(name).payload(Blob::new(payload.to_string()));
    let answer = request.send().await.map_err(|error| format!("{name} could not be invoked: {}", why(&error)))?;
    let told: Value = answer.payload().and_then(|told| serde_json::from_slice(told.as_ref()).ok()).unwrap_or_default();
    if answer.function_error().is_none() {
        return Ok(Ok(told));
    }
    let text = |field: &str| told.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Err(Refused { code: text("errorType"), message: text("errorMessage") }))
}

fn client(aws: &Aws, invoking: &Invoking) -> Client {
    let mut config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(aws::credentials(aws))
        .http_client(aws::http_client(aws));
    if let Some(endpoint) = &invoking.endpoint {
        config = config.endpoint_url(endpoint);
    }
    Client::from_conf(config.build())
}

/// The SDK's own error may quote what was sent: its kind is enough.
fn why<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(context) => context.err().code().unwrap_or("unknown answer").to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(_) => "out of reach".to_owned(),
        _ => "no readable answer".to_owned(),
    }
}
