//! AWS's own clients, pointed at an engine on this machine.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// The HTTP client that a tap or faults are wrapped around: no TLS, kept connections.
pub fn plain_http() -> SharedHttpClient {
    Builder::new().build_http()
}

/// A `DynamoDB` client of `endpoint` over `http`, without retries: each request on the wire is one that was asked for.
pub fn dynamodb(endpoint: &str, http: SharedHttpClient) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials())
        .endpoint_url(endpoint)
        .http_client(http)
        .region(Region::from_static("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// A Secrets Manager client of `endpoint` over `http`, without retries.
pub fn secrets_manager(endpoint: &str, http: SharedHttpClient) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials())
        .endpoint_url(endpoint)
        .http_client(http)
        .region(Region::from_static("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .build();
    aws_sdk_secretsmanager::Client::from_conf(config)
}

fn credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "tests")
}
