//! What a run over customers tells while it goes, besides what every run tells.

use futures_util::future::{BoxFuture, FutureExt, ready};

use super::found::{LinkFinding, LinkFound};
use crate::reconcile::Watch;

/// Whoever follows a run. Every method may be left as it is.
pub trait LinkWatch: Watch {
    /// Something was found, and what became of it is known.
    fn link(&self, finding: &LinkFinding) {
        let _ = finding;
    }

    /// Whether what was found is to be written; asked once, in [`crate::reconcile::Mode::Sync`] alone.
    fn approve_links<'a>(&'a self, plan: &'a [LinkFound]) -> BoxFuture<'a, bool> {
        let _ = plan;
        ready(false).boxed()
    }
}

/// Nobody follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnwatchedLinks;

impl Watch for UnwatchedLinks {}
impl LinkWatch for UnwatchedLinks {}
