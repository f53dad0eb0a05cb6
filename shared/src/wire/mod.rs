//! What crosses our boundaries, read into the domain.

pub mod auth0_user;
pub mod clerk_event;
pub mod clerk_user;
pub mod json;
pub mod lenient;
pub mod login;
