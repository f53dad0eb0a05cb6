//! One pass: the listing is prepared, our rows are scanned, and the provider's users stream past them.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt, select_all};
use tokio::time::{Instant, sleep};

use super::error::ReconcileError;
use super::known::Known;
use super::order::{Mode, Order};
use super::plan::Plan;
use super::reconciler::Reconciler;
use super::running::Flow;
use super::state::State;
use super::stop::Stop;
use super::watch::{Stage, Watch};
use crate::clock::instant;
use crate::domain::Cause;
use crate::provider::{Listed, Page, ProviderError, Readiness, Ready, Summary, Way};
use crate::store::Segment;

/// How many users are judged side by side.
pub(super) const SIDE_BY_SIDE: usize = 16;
/// How many parts of the table are read side by side.
const SEGMENTS: i32 = 4;
/// The first and the longest wait between two questions after a listing that is being prepared.
const ASKED_AFTER: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// A pass under way, with all that it stands on.
pub(super) struct Pass<'a> {
    pub(super) it: &'a Reconciler,
    pub(super) order: &'a Order,
    pub(super) stop: &'a Stop,
    pub(super) watch: &'a dyn Watch,
    pub(super) state: &'a Mutex<State>,
}

/// What a listing said of itself.
#[derive(Default)]
pub(super) struct Heard {
    named: u64,
    parts: Vec<Summary>,
}

impl Heard {
    /// Whether every part is known to be whole.
    pub(super) fn is_complete(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(Summary::is_plausible)
    }

    /// What the provider counted, if clearly fewer were named, in all.
    fn missing_from(&self) -> Option<u64> {
        let sum = |of: fn(&Summary) -> Option<u64>| self.parts.iter().map(of).sum::<Option<u64>>();
        let named = self.parts.iter().map(|part| part.named).sum();
        let (counted_before, counted_after) = (sum(|part| part.counted_before), sum(|part| part.counted_after));
        Summary { named, counted_before, counted_after }.missing_from()
    }
}

impl Pass<'_> {
    /// From the first request to the last write.
    pub(super) async fn pass(&self) -> Result<Flow, ReconcileError> {
        self.it.source.is_ours().await?;
        let way = self.order.resume.as_deref().map_or(Way::Shortest, Way::Resumed);
        let ready = match self.prepare(way).await? {
            Ok(ready) => ready,
            Err(flow) => return Ok(flow),
        };
        let as_of = ready.as_of;
        let mut known = self.scan().await?;
        let mut plan = Plan::default();
        let mut heard = self.compare(ready, &mut known, &mut plan).await;
        if matches!(heard, Err(ReconcileError::Provider(ProviderError::Capped { .. }))) {
            // There are more users than there were when the listing was prepared.
            let ready = match self.prepare(Way::Unlimited).await? {
                Ok(ready) => ready,
                Err(flow) => return Ok(flow),
            };
            heard = self.compare(ready, &mut known, &mut plan).await;
        }
        let heard = heard?;
        if self.stop.told().is_none() {
            if let Some(counted) = heard.missing_from() {
                return Err(ReconcileError::Incomplete { named: heard.named, counted });
            }
            self.orphans(&known, &heard, as_of, &mut plan).await?;
        }
        drop(known);
        if self.order.mode == Mode::Sync {
            self.apply(&plan).await?;
        }
        Ok(if self.stop.told().is_none() { Flow::Complete } else { Flow::Stopped })
    }

    /// Waits until the listing can be streamed, as long as there is patience.
    async fn prepare(&self, way: Way<'_>) -> Result<Result<Ready, Flow>, ReconcileError> {
        let began = instant();
        let (mut wait, longest) = ASKED_AFTER;
        let mut answer = self.it.source.prepare(way).await?;
        loop {
            let (resume, percent) = match answer {
                Readiness::Ready(ready) => return Ok(Ok(ready)),
                Readiness::Preparing { resume, percent } => (resume, percent),
            };
            self.progress(Stage::Preparing, percent.unwrap_or(0).into(), percent.map(|_| 100));
            if began.elapsed().saturating_add(wait) > self.order.patience || !self.has_time_for(wait) {
                return Ok(Err(Flow::Preparing(resume)));
            }
            tokio::select! {
                () = sleep(wait) => {}
                () = self.stop.heard() => return Ok(Err(Flow::Stopped)),
            }
            wait = (wait * 2).min(longest);
            answer = self.it.source.prepare(Way::Resumed(&resume)).await?;
        }
    }

    fn has_time_for(&self, wait: Duration) -> bool {
        self.order.deadline.is_none_or(|deadline: Instant| instant() + wait < deadline)
    }

    /// Reads the realm's rows, eventually consistent: whatever seems to differ is read again before it counts.
    async fn scan(&self) -> Result<Known, ReconcileError> {
        let (users, provider) = (&self.it.users, self.it.source.provider());
        let expected = users.expected_rows().await;
        let mut known = Known::with_capacity(expected.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0));
        let segments = (0..SEGMENTS).map(|number| users.scan(&provider, Segment { number, of: SEGMENTS }).boxed());
        let mut pages = std::pin::pin!(select_all(segments).take_until(self.stop.heard()));
        let mut done = 0;
        while let Some(page) = pages.try_next().await? {
            done += page.len() as u64;
            for row in &page {
                known.learn(row);
            }
            self.progress(Stage::Scanning, done, expected);
        }
        known.settle();
        Ok(known)
    }

    /// Streams the provider's users past what is known, and judges those who seem to differ while the next page comes.
    async fn compare(&self, ready: Ready, known: &mut Known, plan: &mut Plan) -> Result<Heard, ReconcileError> {
        let (mut heard, expected) = (Heard::default(), ready.expected);
        let mut listing = Box::pin(self.it.source.listing(ready).take_until(self.stop.heard()));
        let first = listing.try_next().await?;
        if let Some(first) = &first {
            self.refuse_strangers(first, known).await?;
        }
        let pages = stream::iter(first.map(Ok)).chain(listing);
        let differing = pages.map_ok(|page| {
            heard.named += page.users.len() as u64 + u64::from(page.odd);
            heard.parts.extend(page.summary);
            stream::iter(self.differing(page, known, expected).into_iter().map(Ok::<_, ProviderError>))
        });
        self.judge_all(differing.try_flatten(), plan).await?;
        Ok(heard)
    }

    /// The users of a page whose rows have to be looked at.
    fn differing(&self, page: Page, known: &mut Known, expected: Option<u64>) -> Vec<Listed> {
        for identity in &page.odd_named {
            known.name(identity);
        }
        let (mut first, mut differing) = (0, Vec::new());
        for user in page.users {
            for identity in &user.also_named {
                known.link(identity, &user.identity);
            }
            let compared = known.compare(&user.identity, &user.profile);
            first += u64::from(compared.first);
            if compared.differs {
                differing.push(user);
            }
        }
        let listed = self.with_state(|state| {
            state.listed += first;
            state.tally.note(Cause::OddUser, page.odd.into());
            state.listed
        });
        self.progress(Stage::Comparing, listed, expected);
        differing
    }

    /// Judges whoever comes, many side by side; a listing that fails ends it, an error on one user does not.
    async fn judge_all(
        &self,
        users: impl Stream<Item = Result<Listed, ProviderError>>,
        plan: &mut Plan,
    ) -> Result<(), ReconcileError> {
        // A page may hold hundreds: whoever of them was not begun when somebody says stop is not begun any more.
        let judged = users.take_until(self.stop.heard()).map(|user| async move {
            let user = user?;
            Ok::<_, ReconcileError>(self.treat(&user).await)
        });
        let mut judged = std::pin::pin!(judged.buffer_unordered(SIDE_BY_SIDE));
        while let Some(result) = judged.next().await {
            self.count(result?, plan)?;
        }
        Ok(())
    }

    /// Tells how far the pass is: to whoever follows it, and to its record.
    pub(super) fn progress(&self, stage: Stage, done: u64, of: Option<u64>) {
        self.with_state(|state| state.stage = stage.as_str());
        self.watch.progress(super::watch::Progress { stage, done, of });
    }

    pub(super) fn with_state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
