//! Clients of AWS for a cold start: ring, five pinned roots, and retries that know DynamoDB's conflicts.

mod failure;
mod retry;
mod secret;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::config::Aws;
pub use failure::kind_of_failure;
use retry::ConflictsAreTransient;
pub use secret::{Secret, SecretsUnavailable};

/// Amazon Root CA 1 to 4 and Starfield Services Root CA G2: what AWS's own endpoints chain to.
///
/// Source: Amazon Trust Services' repository. They expire between 2037 and 2040.
const AMAZON_ROOTS: &[u8] = include_bytes!("roots.pem");

/// The HTTPS client that every AWS client of this process shares, with its connections.
pub fn http_client(aws: &Aws) -> SharedHttpClient {
    let roots = aws.ca_bundle.as_deref().unwrap_or(AMAZON_ROOTS);
    let trust = tls::TrustStore::empty().with_pem_certificate(roots);
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let client = Builder::new().tls_provider(provider);
    match tls::TlsContext::builder().with_trust_store(trust).build() {
        Ok(context) => client.tls_context(context).build_https(),
        // A context of a trust store cannot fail to build; the signature says it could.
        Err(_) => client.build_https(),
    }
}

/// A client of DynamoDB whose operations end within `patience`, retries included.
pub fn dynamodb(aws: &Aws, http: SharedHttpClient, patience: Duration) -> aws_sdk_dynamodb::Client {
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http)
        .retry_config(retries())
        .retry_partition(retry_quota("dynamodb"))
        .retry_classifier(ConflictsAreTransient)
        .timeout_config(timeouts(patience));
    if let Some(endpoint) = &aws.dynamodb_endpoint {
        config = config.endpoint_url(endpoint);
    }
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// A client of Secrets Manager whose operations end within `patience`.
pub fn secrets_manager(aws: &Aws, http: SharedHttpClient, patience: Duration) -> aws_sdk_secretsmanager::Client {
    let mut config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::latest())
        .region(aws_sdk_secretsmanager::config::Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http)
        .retry_config(retries())
        .retry_partition(retry_quota("secretsmanager"))
        .timeout_config(timeouts(patience));
    if let Some(endpoint) = &aws.secrets_manager_endpoint {
        config = config.endpoint_url(endpoint);
    }
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

/// A client of SQS, or of what stands in for it at `endpoint`, whose operations end within `patience`.
pub fn sqs(aws: &Aws, http: SharedHttpClient, patience: Duration, endpoint: &str) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(aws_sdk_sqs::config::Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http)
        .retry_config(retries())
        .retry_partition(retry_quota("sqs"))
        .timeout_config(timeouts(patience))
        .endpoint_url(endpoint);
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// A client of EventBridge, or of what stands in for it at `endpoint`, whose operations end within `patience`.
pub fn eventbridge(
    aws: &Aws,
    http: SharedHttpClient,
    patience: Duration,
    endpoint: Option<&str>,
) -> aws_sdk_eventbridge::Client {
    let mut config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(aws_sdk_eventbridge::config::BehaviorVersion::latest())
        .region(aws_sdk_eventbridge::config::Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http)
        .retry_config(retries())
        .retry_partition(retry_quota("eventbridge"))
        .timeout_config(timeouts(patience));
    if let Some(endpoint) = endpoint {
        config = config.endpoint_url(endpoint);
    }
    aws_sdk_eventbridge::Client::from_conf(config.build())
}

/// Who asks.
pub fn credentials(aws: &Aws) -> Credentials {
    let token = aws.session_token.as_ref().map(|token| token.expose().to_owned());
    Credentials::from_keys(aws.access_key_id.expose(), aws.secret_access_key.expose(), token)
}

/// Jittered backoff from 25 ms: a dead kept connection and a conflict are over in milliseconds, a throttle takes longer.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(6).with_initial_backoff(Duration::from_millis(25))
}

/// What a client may spend on retries: a hundred at once, and ten more with each second.
///
/// The SDK's own quota is the whole process's and is refilled by successes alone, one fifth of a retry each: after an
/// outage a conflict or a dead connection would reach the sender, hours later still.
fn retry_quota(service: &'static str) -> RetryPartition {
    let bucket = TokenBucket::builder().capacity(500).retry_cost(5).throttling_retry_cost(5).timeout_retry_cost(10);
    RetryPartition::custom(service).token_bucket(bucket.refill_rate(50.0).build()).build()
}

fn timeouts(patience: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(patience.min(Duration::from_secs(1)))
        .operation_attempt_timeout(patience / 2)
        .operation_timeout(patience)
        .build()
}
