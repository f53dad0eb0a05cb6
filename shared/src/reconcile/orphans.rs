//! Rows that a listing did not name: looked at again, proved one by one, reported, and ended only by opt-in.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use rand::RngExt;
use tokio::time::sleep;

use super::error::ReconcileError;
use super::finding::{Applied, Finding, Found, Notice};
use super::known::Known;
use super::pass::{Heard, Pass, SIDE_BY_SIDE};
use super::plan::Plan;
use super::treat::Treated;
use super::watch::Stage;
use crate::clock::Timestamp;
use crate::domain::{Cause, Evidence, Kind, UserId, may_delete};
use crate::provider::{Page, Reading};

/// Up to this many orphans are asked for one by one; more of them say that the listing itself is in doubt.
const PROVABLE: u64 = 1000;
/// How long a deletion that is on its way to us is waited for, when it seems to have been missed.
const GRACE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// So many of our rows are asked for before a provider counts as a stranger.
const ASKED: usize = 10;
/// A first page, or a table, of fewer users says nothing about whose they are.
const TELLING: usize = 10;

impl Pass<'_> {
    /// Judges the rows that a listing, which has come to its end, did not name.
    pub(super) async fn orphans(
        &self,
        known: &Known,
        heard: &Heard,
        as_of: Timestamp,
        plan: &mut Plan,
    ) -> Result<(), ReconcileError> {
        self.note_linked(known);
        let (unnamed, deletes) = (known.unnamed().count() as u64, self.order.allows(Kind::Delete));
        let plausible = unnamed <= PROVABLE.max(known.living().all / 100);
        if unnamed > PROVABLE && !(deletes && plausible) {
            if deletes {
                self.may_end(known, heard, unnamed).await?;
            }
            return self.report_unproved(known, as_of, plan).await;
        }
        self.progress(Stage::Orphans, 0, Some(unnamed));
        let ids = self.still_there(known, as_of).await?;
        if ids.is_empty() || self.stopped_within_grace().await {
            return Ok(());
        }
        let may_end = deletes && self.may_end(known, heard, ids.len() as u64).await?;
        for (number, part) in (1_u64..).zip(ids.chunks(SIDE_BY_SIDE)) {
            if self.stop.told().is_some() {
                break;
            }
            let treated = part.iter().map(|id| self.treat_unnamed(id, as_of, may_end));
            for result in join_all(treated).await {
                self.count(result, plan)?;
            }
            let all = ids.len() as u64;
            self.progress(Stage::Orphans, all.min(number * SIDE_BY_SIDE as u64), Some(all));
        }
        Ok(())
    }

    /// Those of the unnamed rows that live, and were there before the listing began.
    async fn still_there(&self, known: &Known, as_of: Timestamp) -> Result<Vec<UserId>, ReconcileError> {
        let reads = stream::iter(known.unnamed().map(|id| async move { self.it.unnamed(&id, as_of).await }));
        let mut reads = std::pin::pin!(reads.buffer_unordered(SIDE_BY_SIDE).take_until(self.stop.heard()));
        let mut ids = Vec::new();
        while let Some(row) = reads.next().await {
            match row {
                Ok(row) => ids.extend(row.map(|row| row.identity.user_id())),
                Err(error) => self.count(Err(error), &mut Plan::default())?,
            }
        }
        Ok(ids)
    }

    /// Gives a deletion that is on its way the time to arrive.
    async fn stopped_within_grace(&self) -> bool {
        let (least, most) = GRACE;
        tokio::select! {
            () = sleep(self.it.settle.clamp(least, most)) => false,
            () = self.stop.heard() => true,
        }
    }

    /// An orphan by the provider's own word on this one user; the last word before anybody is ended.
    async fn treat_unnamed(&self, id: &UserId, as_of: Timestamp, may_end: bool) -> Result<Treated, ReconcileError> {
        let Some(row) = self.it.unnamed(id, as_of).await? else { return Ok(Treated::InStep) };
        let proved_at = match self.it.source.user(row.identity.subject()).await? {
            Reading::Gone { answered_at, .. } => answered_at,
            // Pages shift while people leave, and may pass over somebody who is there.
            Reading::Found { listed, answered_at } => {
                return match self.it.judge_proved(Some(row), &listed, answered_at) {
                    Some(found) => self.found(found).await,
                    None => Ok(Treated::InStep),
                };
            }
        };
        let found = self.it.orphan(row, Some(proved_at));
        if may_end { self.found(found).await } else { Ok(Treated::Done(only_reported(found))) }
    }

    /// Whether every proof is there by which orphans may be ended; the first that lacks is recorded.
    async fn may_end(&self, known: &Known, heard: &Heard, orphans: u64) -> Result<bool, ReconcileError> {
        if orphans == 0 {
            return Ok(false);
        }
        let living = known.living();
        let evidence = Evidence {
            complete: heard.is_complete(),
            living: living.all,
            named: living.named,
            orphans,
            witnessed: self.is_witnessed(known).await,
        };
        let judged = may_delete(&evidence);
        if let Err(lacking) = judged {
            tracing::warn!(lacking = lacking.as_str(), orphans, "nobody is deleted: a proof lacks");
            self.with_state(|state| state.withheld = Some(lacking.as_str()));
        }
        Ok(judged.is_ok())
    }

    /// Whether somebody whom the listing named, and whom we know, is read by itself now. An error is nobody's word.
    async fn is_witnessed(&self, known: &Known) -> bool {
        let place = rand::rng().random();
        for id in known.living_from(place, true).take(ASKED) {
            match self.is_at_the_provider(&id).await {
                Ok(true) => return true,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "a witness could not be asked"),
            }
        }
        false
    }

    async fn is_at_the_provider(&self, id: &UserId) -> Result<bool, ReconcileError> {
        let Some(row) = self.it.users.by_id(id).await? else { return Ok(false) };
        Ok(matches!(self.it.source.user(row.identity.subject()).await?, Reading::Found { .. }))
    }

    /// Ends a run whose provider has many users and hardly any of ours, before anything of theirs is written here.
    pub(super) async fn refuse_strangers(&self, first: &Page, known: &Known) -> Result<(), ReconcileError> {
        let named = first.users.len();
        let familiar = first.users.iter().filter(|user| known.knows(&user.identity)).count();
        if named < TELLING || familiar * 2 >= named {
            return Ok(());
        }
        // Whoever is named here is there, and proves nothing: a social login's subject is the same in each tenant.
        let here: HashSet<UserId> = first.users.iter().map(|user| user.identity.user_id()).collect();
        let others = known.living_from(rand::rng().random(), false).filter(|id| !here.contains(id));
        let others: Vec<UserId> = others.take(ASKED).collect();
        if others.len() < TELLING {
            return Ok(());
        }
        let (mut asked, mut failed) = (0, None);
        for id in &others {
            match self.is_at_the_provider(id).await {
                Ok(true) => return Ok(()),
                Ok(false) => asked += 1,
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if asked == 0 => Err(error),
            _ => Err(ReconcileError::Strangers { named, asked }),
        }
    }

    /// Too many to ask for each: they are reported as they are, and nobody is ended.
    async fn report_unproved(&self, known: &Known, as_of: Timestamp, plan: &mut Plan) -> Result<(), ReconcileError> {
        let reads = stream::iter(known.unnamed().map(|id| async move { self.it.unnamed(&id, as_of).await }));
        let mut reads = std::pin::pin!(reads.buffer_unordered(SIDE_BY_SIDE).take_until(self.stop.heard()));
        while let Some(row) = reads.next().await {
            let treated = row.map(|row| match row {
                Some(row) => Treated::Done(only_reported(self.it.orphan(row, None))),
                None => Treated::InStep,
            });
            self.count(treated, plan)?;
        }
        Ok(())
    }

    fn note_linked(&self, known: &Known) {
        for (user_id, other) in known.linked_tombstones() {
            tracing::info!(%user_id, linked_to = %other, cause = Cause::Linked.as_str(), "noticed");
            self.with_state(|state| {
                state.tally.note(Cause::Linked, 1);
                state.tally.name(Notice { cause: Cause::Linked, user_id, linked_to: Some(other.clone()) });
            });
        }
    }
}

fn only_reported(found: Found) -> Finding {
    Finding { found, applied: Applied::Nothing }
}
