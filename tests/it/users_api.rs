//! The users API: who is let in, whom a look-up finds, what an upsert and a visit write.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod by_email;
mod bad_tokens;
mod key_sets;
mod key_upserts;
mod keys;
mod lookups;
mod managed_tokens;
mod me;

mod rotation;
mod service_tokens;
mod upserts;
mod wallets;

use serde_json::Value;
use tests::spine::Spine;
use tests::users_api::UsersApi;

async fn api() -> (Spine, UsersApi) {
    let spine = Spine::fresh().await;
    let api = UsersApi::over(spine.users()).await;
    (spine, api)
}

/// The ids of the users in a page.
fn ids(page: &Value) -> Vec<String> {
    let users = page["users"].as_array().expect("a page of users");
    users.iter().map(|user| user["userId"].as_str().expect("a userId").to_owned()).collect()
}
