//! What a few counts tell of how the users are spread over time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Timestamp;

/// How many users were made before each moment that was asked for, and which moments are worth asking for.
pub(super) struct Survey {
    known: BTreeMap<Timestamp, u64>,
    total: u64,
    /// How often it was asked on behalf of each cut that is wanted.
    asked: Vec<u32>,
    /// The cut that the last question was for.
    asking: usize,
    /// For all cuts together: a listing is worth few counts.
    questions: u32,
}

impl Survey {
    pub(super) fn new(oldest: Timestamp, newest: Timestamp, total: u64, windows: u32) -> Self {
        let end = newest.max(oldest).plus(Duration::from_millis(1));
        let asked = vec![0; usize::try_from(windows.saturating_sub(1)).unwrap_or(0)];
        let questions = windows.saturating_mul(2);
        Self { known: BTreeMap::from([(oldest, 0), (end, total)]), total, asked, asking: 0, questions }
    }

    /// The next moment to count the users before, if it is worth it.
    pub(super) fn question(&mut self) -> Option<Timestamp> {
        if self.questions == 0 {
            return None;
        }
        let guesses = self.asked.iter().enumerate();
        let guesses = guesses.filter_map(|(cut, asked)| Some((*asked, cut, self.guess(self.target(cut), *asked)?)));
        let (_, cut, moment) = guesses.min()?;
        self.asking = cut;
        Some(moment)
    }

    /// Takes the answer to the last question.
    pub(super) fn learn(&mut self, moment: Timestamp, count: u64) {
        self.known.insert(moment, count);
        self.questions = self.questions.saturating_sub(1);
        if let Some(asked) = self.asked.get_mut(self.asking) {
            *asked += 1;
        }
    }

    /// The best known moments, in order. None of them has nobody before it, after it, or between it and the next.
    pub(super) fn cuts(&self) -> Vec<Timestamp> {
        let inner = || self.known.iter().filter(|(_, count)| (1..self.total).contains(*count));
        let nearest = |target: u64| inner().min_by_key(|(_, count)| count.abs_diff(target));
        let mut cuts: Vec<(Timestamp, u64)> = (0..self.asked.len())
            .filter_map(|cut| nearest(self.target(cut)).map(|(moment, count)| (*moment, *count)))
            .collect();
        cuts.sort_unstable();
        cuts.dedup_by_key(|(_, count)| *count);
        cuts.into_iter().map(|(moment, _)| moment).collect()
    }

    /// How many users shall be before this cut.
    fn target(&self, cut: usize) -> u64 {
        let (parts, cut) = (self.asked.len() as u64 + 1, cut as u64 + 1);
        self.total / parts * cut
    }

    /// A moment that may have the target before it; `None` where one is known that is near, or where none can be nearer.
    fn guess(&self, target: u64, asked: u32) -> Option<Timestamp> {
        let near = self.total / (self.asked.len() as u64 + 1) / 5;
        if self.known.values().any(|count| count.abs_diff(target) <= near) {
            return None;
        }
        let (from, low) = self.known.iter().rfind(|(_, count)| **count < target)?;
        let (until, high) = self.known.range(*from..).find(|(_, count)| **count >= target)?;
        let span = until.since(*from).as_millis();
        let inside = match asked % 2 {
            // As if they had come evenly in between. Where they did not, the middle is asked for next.
            0 => span * u128::from(target - low) / u128::from((high - low).max(1)),
            _ => span / 2,
        };
        let inside = u64::try_from(inside.clamp(1, span.saturating_sub(1).max(1))).ok()?;
        (span > 1).then(|| from.plus(Duration::from_millis(inside)))
    }
}

#[cfg(test)]
mod tests;
