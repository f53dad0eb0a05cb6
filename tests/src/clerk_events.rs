//! Clerk's events, and their deliveries as Svix signs them: by the published rule, not by the code under test.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::doors::Ask;

/// A signing secret for tests.
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The instance that events come from.
pub const INSTANCE: &str = "ins_local";
/// The id of every delivery that does not say otherwise.
const DELIVERY: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

/// `v1,` and the signature of `id.seconds.body`.
pub fn signature(secret: &str, id: &str, seconds: i64, body: &[u8]) -> String {
    let key = BASE64.decode(secret.trim_start_matches("whsec_").as_bytes()).expect("a secret of Svix");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// A delivery of these very bytes, signed with `secret` at `seconds`.
pub fn signed(secret: &str, seconds: i64, body: impl Into<Vec<u8>>) -> Ask {
    let body = body.into();
    let signature = signature(secret, DELIVERY, seconds, &body);
    delivered("svix", seconds, &signature, body)
}

/// A delivery with this signature, its three headers of one family: `svix` or `webhook`.
pub fn delivered(family: &str, seconds: i64, signature: &str, body: impl Into<Vec<u8>>) -> Ask {
    Ask::post("/clerk/webhook", body)
        .header(&format!("{family}-id"), DELIVERY)
        .header(&format!("{family}-timestamp"), &seconds.to_string())
        .header(&format!("{family}-signature"), signature)
}

/// The id that [`signed`] and [`delivered`] give their deliveries.
pub fn delivery_id() -> &'static str {
    DELIVERY
}

/// An envelope around `data`, of our instance.
pub fn event(kind: &str, sent_at: i64, data: &Value) -> Value {
    json!({"object": "event", "type": kind, "timestamp": sent_at, "instance_id": INSTANCE, "data": data,
        "event_attributes": {"http_request": {"client_ip": "192.0.2.7", "user_agent": "Mozilla/5.0"}}})
}

/// A user as Clerk tells one: with the name "First Last" and a verified primary address.
pub fn user(id: &str, name: (&str, &str), email: &str, created_at: i64, updated_at: i64) -> Value {
    json!({
        "object": "user", "id": id, "external_id": null, "username": null, "first_name": name.0, "last_name": name.1,
        "image_url": "https://img.clerk.com/xxx", "has_image": true, "primary_email_address_id": "idn_1",
        "email_addresses": [{"id": "idn_1", "object": "email_address", "email_address": email, "reserved": false,
            "verification": {"object": "verification_otp", "status": "verified", "strategy": "email_code"},
            "linked_to": []}],
        "phone_numbers": [], "web3_wallets": [], "public_metadata": {}, "private_metadata": {}, "unsafe_metadata": {},
        "banned": false, "last_sign_in_at": null, "created_at": created_at, "updated_at": updated_at,
    })
}

/// The end of a user, at `sent_at` by the envelope's clock.
pub fn deleted(id: &str, sent_at: i64) -> Value {
    event("user.deleted", sent_at, &json!({"object": "user", "id": id, "deleted": true, "external_id": null}))
}
