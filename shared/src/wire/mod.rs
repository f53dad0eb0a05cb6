//! What crosses our boundaries, read into the domain.

pub mod lenient;
pub mod auth0_user;
pub mod clerk_user;
pub mod stripe_customer;
pub mod json;
pub mod fields;
pub mod login;
pub mod clerk_event;
pub mod auth0_event;
pub mod token_facts;
pub mod public_key;
pub mod filter;
pub mod user_upsert;
pub mod user_document;
pub mod change_event;

#[cfg(test)]
mod odd_json;
