//! Limits of rate, each in its provider's manner.

mod bucket;
mod window;

pub use bucket::Rate;
pub(crate) use bucket::{Bucket, Level};
pub(crate) use window::Window;
