//! One pass: our rows are scanned, Stripe's customers stream past them, and whoever needs it is looked at again.

use std::sync::Mutex;

use futures_util::future::join_all;
use futures_util::stream::{StreamExt, TryStreamExt, select_all};

use super::book::{Book, Met, Suspect};
use super::found::LinkFound;
use super::reconciler::StripeReconciler;
use super::state::State;
use super::watch::LinkWatch;
use crate::domain::{Customer, LinkCause};
use crate::provider::{CustomerPage, CustomerReading};
use crate::reconcile::{Flow, Mode, Order, Progress, ReconcileError, Stage, Stop, locked};
use crate::store::Segment;

/// How many users are looked at side by side.
pub(super) const SIDE_BY_SIDE: usize = 16;
/// How many parts of the table are read side by side.
const SEGMENTS: i32 = 4;
/// Fewer links say nothing about whose account it is; and so many of them are asked for.
const TELLING: u64 = 10;

/// A pass under way, with all that it stands on.
pub(super) struct Pass<'a> {
    pub(super) it: &'a StripeReconciler,
    pub(super) order: &'a Order,
    pub(super) stop: &'a Stop,
    pub(super) watch: &'a dyn LinkWatch,
    pub(super) state: &'a Mutex<State>,
}

impl Pass<'_> {
    /// From the first request to the last write. Nothing is written before the listing has come to a good end: only
    /// then is one customer who names a user known to be the only one.
    pub(super) async fn pass(&self) -> Result<Flow, ReconcileError> {
        let mut book = self.scan().await?;
        let mut plan = Vec::new();
        self.compare(&mut book, &mut plan).await?;
        if self.stop.told().is_some() {
            return Ok(Flow::Stopped);
        }
        self.refuse_strangers(&book).await?;
        let suspects = book.close();
        self.look_at_unlisted(&book, &suspects, &mut plan).await?;
        self.judge_naming(&book, &suspects, &mut plan).await?;
        drop((book, suspects));
        if self.order.mode == Mode::Sync {
            self.apply(plan).await?;
        }
        Ok(if self.stop.told().is_none() { Flow::Complete } else { Flow::Stopped })
    }

    /// Reads all rows, eventually consistent: whatever seems wrong is read again before it counts.
    async fn scan(&self) -> Result<Book, ReconcileError> {
        let users = &self.it.users;
        let expected = users.expected_rows().await;
        let mut book = Book::with_capacity(expected.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0));
        let segments = (0..SEGMENTS).map(|number| users.scan_all(Segment { number, of: SEGMENTS }).boxed());
        let mut pages = std::pin::pin!(select_all(segments).take_until(self.stop.heard()));
        let mut done = 0;
        while let Some(page) = pages.try_next().await? {
            done += page.len() as u64;
            for row in &page {
                book.learn(row);
            }
            self.progress(Stage::Scanning, done, expected);
        }
        book.settle();
        Ok(book)
    }

    /// Streams the customers past the book, and looks again at those who differ while the next page comes.
    async fn compare(&self, book: &mut Book, plan: &mut Vec<LinkFound>) -> Result<(), ReconcileError> {
        let mut pages = Box::pin(self.it.stripe.customers(None).take_until(self.stop.heard()));
        while let Some(page) = pages.try_next().await? {
            let listed = self.with_state(|state| {
                state.listed += page.customers.len() as u64;
                state.note(LinkCause::OddCustomer, page.odd.into());
                state.listed
            });
            self.progress(Stage::Comparing, listed, None);
            let differing = differing(&page, book);
            for part in differing.chunks(SIDE_BY_SIDE) {
                let looks = part.iter().map(async |(customer, met)| self.treat(self.look(customer, met).await).await);
                for treated in join_all(looks).await {
                    self.count(treated, plan)?;
                }
            }
        }
        Ok(())
    }

    async fn look(&self, customer: &Customer, met: &Met) -> Result<Vec<LinkFound>, ReconcileError> {
        match met {
            Met::Nothing => Ok(Vec::new()),
            Met::Differs(user) => self.it.judge_listed(user, customer).await,
            Met::Orphan => self.it.judge_orphan(customer).await,
        }
    }

    /// Ends the run where the account is another one, or where the listing named nobody at all.
    async fn refuse_strangers(&self, book: &Book) -> Result<(), ReconcileError> {
        let (links, named) = (book.links(), self.with_state(|state| state.listed));
        if links.all == 0 || links.listed > 0 {
            return Ok(());
        }
        if named == 0 {
            return Err(ReconcileError::Incomplete { named, counted: links.all });
        }
        if links.all < TELLING {
            return Ok(());
        }
        let mut asked = 0;
        for user in book.unlisted().take(usize::try_from(TELLING).unwrap_or(10)) {
            let row = self.it.users.by_id(&user).await?;
            let Some(customer) = row.and_then(|row| row.stripe_customer_id) else { continue };
            asked += 1;
            if let CustomerReading::Found(customer) = self.it.stripe.customer(&customer).await?
                && !customer.on_test_clock
            {
                return Err(ReconcileError::Unlisted { asked, found: 1 });
            }
        }
        let named = usize::try_from(named).unwrap_or(usize::MAX);
        Err(ReconcileError::Strangers { named, asked: usize::try_from(asked).unwrap_or(0) })
    }

    /// Reads each linked customer that the listing did not name. More than a few that are there say that the listing
    /// was not whole, and then nothing follows from it.
    async fn look_at_unlisted(
        &self,
        book: &Book,
        suspects: &[Suspect],
        plan: &mut Vec<LinkFound>,
    ) -> Result<(), ReconcileError> {
        let unlisted: Vec<&Suspect> = suspects.iter().filter(|suspect| suspect.unlisted).collect();
        let (all, slack) = (unlisted.len() as u64, (book.links().all / 100).max(2));
        let (mut asked, mut found) = (0, 0);
        for part in unlisted.chunks(SIDE_BY_SIDE) {
            if self.stop.told().is_some() {
                return Ok(());
            }
            self.progress(Stage::Links, asked, Some(all));
            for looked in join_all(part.iter().map(|suspect| self.it.look_at_unlisted(suspect))).await {
                asked += 1;
                found += u64::from(looked.as_ref().is_ok_and(|looked| looked.was_lacking));
                if found > slack {
                    return Err(ReconcileError::Unlisted { asked, found });
                }
                self.count(self.treat(looked.map(|looked| looked.found)).await, plan)?;
            }
        }
        Ok(())
    }

    /// Judges the users whom customers name besides the one that is listed, or by an address alone.
    async fn judge_naming(
        &self,
        book: &Book,
        suspects: &[Suspect],
        plan: &mut Vec<LinkFound>,
    ) -> Result<(), ReconcileError> {
        let is_named = |suspect: &&Suspect| !suspect.naming.is_empty() || !suspect.addressed.is_empty();
        let named: Vec<&Suspect> = suspects.iter().filter(is_named).collect();
        let (all, mut done) = (named.len() as u64, 0);
        for part in named.chunks(SIDE_BY_SIDE) {
            if self.stop.told().is_some() {
                return Ok(());
            }
            self.progress(Stage::Links, done, Some(all));
            let looks = part.iter().map(async |suspect| self.treat(self.it.judge_naming(suspect, book).await).await);
            for treated in join_all(looks).await {
                self.count(treated, plan)?;
                done += 1;
            }
        }
        Ok(())
    }

    /// Tells how far the pass is: to whoever follows it, and to its record.
    pub(super) fn progress(&self, stage: Stage, done: u64, of: Option<u64>) {
        self.with_state(|state| state.stage = stage.as_str());
        self.watch.progress(Progress { stage, done, of });
    }

    pub(super) fn with_state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut locked(self.state))
    }
}

/// The customers of a page who have to be looked at.
fn differing<'a>(page: &'a CustomerPage, book: &mut Book) -> Vec<(&'a Customer, Met)> {
    let met = page.customers.iter().map(|customer| (customer, book.meet(customer)));
    met.filter(|(_, met)| *met != Met::Nothing).collect()
}
