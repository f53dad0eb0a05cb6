//! Customers for some of the stand-ins' people, so that a reconcile of Stripe finds something of each kind.

use serde_json::Value;
use shared::domain::{Identity, Provider};

use super::providers::Providers;
use crate::stand_in::clock;
use crate::stripe::{NewCustomer, StripeStandIn};

/// Half a day: later than everybody's beginning.
const AGO: i64 = 12 * 3600;

/// Puts customers in: of the first person of each provider one who names them, of the second two, and of the third one
/// who has their address alone; and one who names nobody whom anybody knows.
pub(super) fn seed(stripe: &StripeStandIn, providers: &Providers) {
    let made = clock::now_ms() / 1000 - AGO;
    let auth0 = providers.auth0.as_ref().map(|(stand_in, _)| people(&Provider::auth0(), &stand_in.snapshot()));
    let clerk = providers.clerk.as_ref().map(|(stand_in, _)| people(&Provider::clerk(), &stand_in.snapshot()));
    for people in [auth0, clerk].into_iter().flatten() {
        let mut people = people.into_iter();
        if let Some((user_id, email)) = people.next() {
            stripe.add(NewCustomer { email: Some(email), ..NewCustomer::of_user(&user_id) }.made(made));
        }
        if let Some((user_id, email)) = people.next() {
            for _ in 0..2 {
                let email = Some(email.clone());
                stripe.add(NewCustomer { email, ..NewCustomer::of_user(&user_id) }.made(made));
            }
        }
        if let Some((_, email)) = people.next() {
            stripe.add(NewCustomer { email: Some(email), ..NewCustomer::default() }.made(made));
        }
    }
    let nobody = Identity::new(Provider::auth0(), "auth0|nobody").map(|identity| identity.user_id().to_string());
    stripe.add(NewCustomer::of_user(&nobody.unwrap_or_default()).made(made));
}

/// Ids and addresses of a stand-in's people, as its snapshot has them, in the order of their making.
fn people(provider: &Provider, snapshot: &Value) -> Vec<(String, String)> {
    let users = snapshot.get("users").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    users.iter().filter_map(|user| person(provider, user)).collect()
}

fn person(provider: &Provider, user: &Value) -> Option<(String, String)> {
    let subject = user.get("user_id").or(user.get("id"))?.as_str()?;
    let email = user.get("email").or(user.pointer("/email_addresses/0/email_address"))?.as_str()?;
    let identity = Identity::new(provider.clone(), subject).ok()?;
    Some((identity.user_id().to_string(), email.to_owned()))
}
