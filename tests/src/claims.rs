//! Claims put where no rule of this version would put them, and a look for those that went astray.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::domain::Identity;

use crate::people::NOON;
use crate::spine::{Item, Spine, text};

/// How long what a deleted user claimed stays taken, as the data model has it.
pub const AFTERLIFE: Duration = Duration::from_secs(48 * 3600);

/// The names in `Claims` of `keys` EVM keys that belong to `owner`, and their spelling in `public_keys`.
pub fn key_names(owner: &str, keys: usize) -> Vec<(String, String)> {
    let digits = owner.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let key = |number| format!("evm#{digits:036x}{number:04x}");
    (0..keys).map(|number| (format!("public_key#{}", key(number)), key(number))).collect()
}

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

impl Spine {
    /// Lets a row that is there claim `keys` public keys and a Stripe customer, as linking would; gives their names.
    pub async fn give_claims(&self, identity: &Identity, keys: usize, customer: Option<&str>) -> Vec<String> {
        let id = identity.user_id();
        let names = key_names(id.as_str(), keys);
        let mut claims: Vec<String> = names.iter().map(|(claim, _)| claim.clone()).collect();
        claims.extend(customer.map(|customer| format!("stripe_customer#{customer}")));
        for claim in &claims {
            self.put_claim(claim, id.as_str()).await;
        }
        let linked = AttributeValue::M([("linked_at".to_owned(), AttributeValue::N(NOON.to_string()))].into());
        let map = names.into_iter().map(|(_, key)| (key, linked.clone())).collect();
        if keys > 0 {
            self.set(identity, "public_keys", AttributeValue::M(map)).await;
        }
        if let Some(customer) = customer {
            self.set(identity, "stripe_customer_id", s(customer)).await;
        }
        claims
    }

    /// Puts a claim that has not ended.
    pub async fn put_claim(&self, claim: &str, user_id: &str) {
        let put = self.client().put_item().table_name(&self.tables.claims);
        let put = put.item("claim", s(claim)).item("user_id", s(user_id));
        put.item("claimed_at", AttributeValue::N(NOON.to_string())).send().await.expect("the claim is put");
    }

    /// Sets one attribute of a row, whatever the rules say.
    pub async fn set(&self, identity: &Identity, attribute: &str, value: AttributeValue) {
        let update = self.client().update_item().table_name(&self.tables.users);
        let update = update.key("user_id", s(identity.user_id().to_string()));
        let update = update.update_expression("SET #a = :v").expression_attribute_names("#a", attribute);
        update.expression_attribute_values(":v", value).send().await.expect("the row is set");
    }

    /// A claim as the engine holds it.
    pub async fn claim(&self, claim: &str) -> Option<Item> {
        let request = self.client().get_item().table_name(&self.tables.claims).key("claim", s(claim));
        request.consistent_read(true).send().await.expect("the claim can be read").item
    }

    /// What breaks invariant 2: claims without an end that no living row lists, and listed ones that are not its own.
    pub async fn claims_astray(&self) -> Vec<String> {
        let claims = self.items(&self.tables.claims).await;
        let rows = self.items(&self.tables.users).await;
        let mut listed: Vec<(String, String)> = Vec::new();
        for row in rows.iter().filter(|row| !row.contains_key("identity_deleted_at")) {
            let id = text(row, "user_id").expect("a key").to_owned();
            let keys = row.get("public_keys").and_then(|keys| keys.as_m().ok());
            let keys = keys.into_iter().flat_map(|keys| keys.keys()).map(|key| format!("public_key#{key}"));
            let customer = text(row, "stripe_customer_id").map(|customer| format!("stripe_customer#{customer}"));
            listed.extend(keys.chain(customer).map(|claim| (claim, id.clone())));
        }
        let lasting = claims.iter().filter(|claim| !claim.contains_key("expires_at"));
        let owned = lasting.map(|item| {
            (text(item, "claim").expect("a key").to_owned(), text(item, "user_id").expect("an owner").to_owned())
        });
        let owned: Vec<_> = owned.collect();
        let unlisted = owned.iter().filter(|claim| !listed.contains(claim));
        let unowned = listed.iter().filter(|claim| !owned.contains(claim));
        unlisted.chain(unowned).map(|(claim, owner)| format!("{claim} of {owner}")).collect()
    }
}
