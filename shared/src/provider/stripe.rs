//! Stripe's API: customers by pages and one by one, made, and told an address. Never its search, which is behind.

mod listing;

use std::sync::Arc;

use futures_util::stream::Stream;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Body, Method, Request, Url};
use serde::Deserialize;
use url::form_urlencoded;

use super::client::{Answer, Client};
use super::error::{Call, ProviderError};
use super::limits::Limits;
use super::path::segment;
use super::read_ahead::read_ahead;
use super::users::says_gone;
use crate::clock::{Clock, Timestamp};
use crate::domain::{Customer, Issuer, StripeCustomer, UserId};
use crate::secret::SecretText;
use crate::wire::lenient::{Object, Text};
use crate::wire::stripe_customer::CustomerObject;

pub use listing::CustomerPage;

const NAME: &str = "Stripe";
/// What to look at when Stripe refuses us.
const CREDENTIALS: &str = "STRIPE_SECRET_KEY";
/// The version of the API that this is written for.
const VERSION: &str = "2026-07-29.dahlia";
/// What each endpoint takes in a second, and a sandbox in all. Source: Stripe's rate limits.
const PER_SECOND: u32 = 25;
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

const fn call(operation: &'static str) -> Call {
    Call { provider: NAME, operation }
}

/// How Stripe is reached.
#[derive(Debug)]
pub struct StripeSettings {
    /// The API's URL, without `/v1`: `https://api.stripe.com`.
    pub base: Issuer,
    /// The secret key, or a restricted one that may read and write customers.
    pub secret_key: SecretText,
    /// How many customers a page has, 1 to 100.
    pub page: u32,
}

/// A client of the API. Clones share its connections and its pace.
#[derive(Clone)]
pub struct Stripe {
    it: Arc<Inner>,
}

struct Inner {
    customers: Url,
    headers: HeaderMap,
    page: usize,
    live: bool,
    api: Client,
}

/// What Stripe says of one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerReading {
    /// The customer is there.
    Found(Customer),
    /// It is deleted, or never was there.
    Gone,
}

/// How the making of a customer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// This one: new, or what an earlier request with the same key made.
    Customer(StripeCustomer),
    /// Stripe failed under this key, says the same for a day, and may have made one: only a listing tells.
    Unknown,
}

impl Stripe {
    /// A client with the default limits.
    pub fn new(settings: StripeSettings, clock: Clock) -> Result<Self, ProviderError> {
        Self::with_limits(settings, Limits::default(), clock)
    }

    /// A client with these limits.
    pub fn with_limits(settings: StripeSettings, limits: Limits, clock: Clock) -> Result<Self, ProviderError> {
        let StripeSettings { base, secret_key, page } = settings;
        let unusable = |what| ProviderError::Unusable { provider: NAME, what };
        let api = Client::new(NAME, &base, limits, clock)?.at_most(PER_SECOND);
        let customers = Url::parse(&format!("{base}/v1/customers")).map_err(|_| unusable("its base URL is none"))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", secret_key.expose()));
        let mut bearer = bearer.map_err(|_| unusable("STRIPE_SECRET_KEY cannot be sent in a header"))?;
        bearer.set_sensitive(true);
        let version = (HeaderName::from_static("stripe-version"), HeaderValue::from_static(VERSION));
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), version]);
        let page = usize::try_from(page.clamp(1, 100)).unwrap_or(100);
        let live = ["sk_live_", "rk_live_"].iter().any(|prefix| secret_key.expose().starts_with(prefix));
        Ok(Self { it: Arc::new(Inner { customers, headers, page, live, api }) })
    }

    /// Which customers the key opens: `live`, or `test` ones.
    pub fn environment(&self) -> &'static str {
        if self.it.live { "live" } else { "test" }
    }

    /// All customers, the newest first; only those made in or after the second of `since`, if that is given.
    ///
    /// While one page is worked on, the next one is on its way. It ends at its first error: what came before is true,
    /// and nothing follows from what did not come. Must be polled within a tokio runtime.
    pub fn customers(
        &self,
        since: Option<Timestamp>,
    ) -> impl Stream<Item = Result<CustomerPage, ProviderError>> + Send + use<> {
        read_ahead(listing::Place::first(self.clone(), since))
    }

    /// One customer, strongly consistent.
    pub async fn customer(&self, id: &str) -> Result<CustomerReading, ProviderError> {
        const READ: Call = call("read a customer");
        let answer = self.ask(READ, self.below_customers(id)?).await?;
        if says_gone(&answer, |refusal: Refusal| refusal.says("resource_missing")) {
            return Ok(CustomerReading::Gone);
        }
        let answer = answer.success(READ, CREDENTIALS)?;
        let object: CustomerObject = answer.json(READ)?;
        if object.id() != Some(id) {
            return Err(ProviderError::Unreadable { call: READ, what: "the answer is about another customer" });
        }
        if object.is_deleted() {
            return Ok(CustomerReading::Gone);
        }
        let what = "the customer has no time";
        Ok(CustomerReading::Found(object.customer().ok_or(ProviderError::Unreadable { call: READ, what })?))
    }

    /// Makes a customer whose metadata name this user, and tell nothing else. The same key makes it once.
    pub async fn create(&self, user: &UserId, key: &str) -> Result<Made, ProviderError> {
        const CREATE: Call = call("make a customer");
        let unusable = |_| ProviderError::Unusable { provider: NAME, what: "the idempotency key is no header" };
        let key = HeaderValue::from_str(key).map_err(unusable)?;
        let mut request = self.post(self.it.customers.clone(), &[("metadata[user_id]", user.as_str())]);
        request.headers_mut().insert(KEY, key);
        let answer = self.it.api.send(CREATE, &request).await?;
        if answer.status.is_server_error() {
            return Ok(Made::Unknown);
        }
        let object: CustomerObject = answer.success(CREATE, CREDENTIALS)?.json(CREATE)?;
        let id = object.id().and_then(|id| id.parse().ok());
        let what = "the answer names no customer";
        Ok(Made::Customer(id.ok_or(ProviderError::Unreadable { call: CREATE, what })?))
    }

    /// Sets a customer's address and name, whichever is given. A repeat sets the same again.
    pub async fn describe(
        &self,
        customer: &StripeCustomer,
        email: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), ProviderError> {
        const DESCRIBE: Call = call("tell a customer's address");
        let told = [("email", email), ("name", name)].into_iter();
        let told: Vec<_> = told.filter_map(|(field, value)| Some((field, value?))).collect();
        if told.is_empty() {
            return Ok(());
        }
        let request = self.post(self.below_customers(customer.as_str())?, &told);
        self.it.api.send(DESCRIBE, &request).await?.success(DESCRIBE, CREDENTIALS).map(drop)
    }

    /// Whether the key may list customers; when Stripe said so, by its own clock if it tells.
    pub async fn may_list(&self) -> Result<Option<Timestamp>, ProviderError> {
        let mut url = self.it.customers.clone();
        url.query_pairs_mut().append_pair("limit", "1");
        let answer = self.ask(listing::LIST, url).await?.success(listing::LIST, CREDENTIALS)?;
        Ok(Some(answer.answered_at).filter(|_| answer.dated))
    }

    fn below_customers(&self, id: &str) -> Result<Url, ProviderError> {
        let unusable = ProviderError::Unusable { provider: NAME, what: "the id cannot be part of a URL" };
        let mut url = self.it.customers.clone();
        url.set_path(&format!("{}/{}", url.path(), segment(id).ok_or(unusable)?));
        Ok(url)
    }

    async fn ask(&self, call: Call, url: Url) -> Result<Answer, ProviderError> {
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.it.headers.clone();
        self.it.api.send(call, &request).await
    }

    fn post(&self, url: Url, form: &[(&str, &str)]) -> Request {
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = self.it.headers.clone();
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        *request.body_mut() = Some(Body::from(body));
        request
    }
}

/// Stripe's error: `{"error": {"type": …, "code": …}}`.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    error: Object<RefusalCode>,
}

#[derive(Deserialize)]
struct RefusalCode {
    #[serde(default)]
    code: Text,
}

impl Refusal {
    fn says(&self, code: &str) -> bool {
        self.error.object().is_some_and(|error| error.code.text() == Some(code))
    }
}

#[cfg(test)]
mod tests;
