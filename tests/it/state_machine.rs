//! The state machines of `template.yaml`, run as they stand there against a function that answers by a script.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first surprise")]

mod endings;
mod nights;
mod repeats;
mod script;
mod stack;
mod waits;
