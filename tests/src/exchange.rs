//! A seat between the AWS SDK and its connection, and the words of `DynamoDB`'s JSON protocol spoken there.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use serde_json::Value;

/// How an exchange ended.
pub(crate) type Reply = Result<HttpResponse, ConnectorError>;

/// Who sits between: sees each request, and decides what comes back.
pub(crate) trait Seat: fmt::Debug + Send + Sync + 'static {
    /// Handles one request; `onward` leads to the engine.
    fn pass(self: Arc<Self>, request: HttpRequest, onward: SharedHttpConnector) -> BoxFuture<'static, Reply>;
}

/// Puts `seat` between the SDK and `inner`.
pub(crate) fn between<S: Seat>(inner: SharedHttpClient, seat: Arc<S>) -> SharedHttpClient {
    SharedHttpClient::new(Between { inner, seat })
}

#[derive(Debug)]
struct Between<S> {
    inner: SharedHttpClient,
    seat: Arc<S>,
}

impl<S: Seat> HttpClient for Between<S> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Hop {
            onward: self.inner.http_connector(settings, components),
            seat: Arc::clone(&self.seat),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct Hop<S> {
    onward: SharedHttpConnector,
    seat: Arc<S>,
}

impl<S: Seat> HttpConnector for Hop<S> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(Arc::clone(&self.seat).pass(request, self.onward.clone()))
    }
}

/// The operation, from `X-Amz-Target: DynamoDB_20120810.UpdateItem`.
pub(crate) fn operation(request: &HttpRequest) -> Option<String> {
    let target = request.headers().get("x-amz-target")?;
    Some(target.rsplit('.').next()?.to_owned())
}

/// The body as JSON, or null where it is none.
pub(crate) fn json(body: &SdkBody) -> Value {
    body.bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or(Value::Null)
}

/// The tables that a request names, each once: alone, in a transaction or in a batch.
pub(crate) fn tables(request: &Value) -> BTreeSet<String> {
    let alone = request.get("TableName").and_then(Value::as_str);
    let batch = request.get("RequestItems").and_then(Value::as_object);
    let transaction = request.get("TransactItems").and_then(Value::as_array);
    let in_transaction = transaction
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::values)
        .filter_map(|action| action.get("TableName").and_then(Value::as_str));
    alone
        .into_iter()
        .chain(batch.into_iter().flatten().map(|(table, _)| table.as_str()))
        .chain(in_transaction)
        .map(str::to_owned)
        .collect()
}

/// Reads the whole body into memory, so that it can be looked at and still be read by the SDK.
pub(crate) async fn collected(mut response: HttpResponse) -> Reply {
    let bytes = response.take_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
    *response.body_mut() = SdkBody::from(bytes);
    Ok(response)
}
