//! Which request meets which fault: first the script, then the dice.

use std::collections::{BTreeMap, VecDeque};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Fault;

/// The state behind the remote control.
pub(super) struct Plan {
    dice: StdRng,
    chances: Vec<Chance>,
    script: BTreeMap<String, VecDeque<Option<Fault>>>,
    /// Whether the engine is away.
    pub(super) down: bool,
    /// How often each fault was met.
    pub(super) injected: BTreeMap<Fault, u32>,
}

struct Chance {
    operation: Option<String>,
    fault: Fault,
    probability: f64,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            chances: Vec::new(),
            script: BTreeMap::new(),
            down: false,
            injected: BTreeMap::new(),
        }
    }

    pub(super) fn add_chance(&mut self, operation: Option<&str>, fault: Fault, probability: f64) {
        assert!((0.0..=1.0).contains(&probability), "{probability} is no probability");
        self.chances.push(Chance { operation: operation.map(str::to_owned), fault, probability });
    }

    pub(super) fn add_steps(&mut self, operation: &str, times: usize, step: Option<Fault>) {
        let steps = self.script.entry(operation.to_owned()).or_default();
        steps.extend(std::iter::repeat_n(step, times));
    }

    pub(super) fn calm(&mut self) {
        self.chances.clear();
        self.script.clear();
        self.down = false;
    }

    /// What the next request of `operation` meets.
    pub(super) fn next(&mut self, operation: &str) -> Option<Fault> {
        let fault = self.draw(operation);
        if let Some(fault) = fault {
            *self.injected.entry(fault).or_default() += 1;
        }
        fault
    }

    fn draw(&mut self, operation: &str) -> Option<Fault> {
        if self.down {
            return Some(Fault::NeverSent);
        }
        let scripted = self.script.get_mut(operation).and_then(VecDeque::pop_front);
        if let Some(step) = scripted {
            return step;
        }
        let dice = &mut self.dice;
        self.chances
            .iter()
            .filter(|chance| chance.meets(operation))
            .find(|chance| dice.random_bool(chance.probability))
            .map(|chance| chance.fault)
    }
}

impl Chance {
    fn meets(&self, operation: &str) -> bool {
        match &self.operation {
            Some(named) => named == operation,
            None => !matches!(self.fault, Fault::Conflict | Fault::Halfway) || may_conflict(operation),
        }
    }
}

/// Only these can find their item held by a transaction.
fn may_conflict(operation: &str) -> bool {
    matches!(operation, "DeleteItem" | "PutItem" | "TransactGetItems" | "TransactWriteItems" | "UpdateItem")
}
