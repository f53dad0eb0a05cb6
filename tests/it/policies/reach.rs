//! What a function's binary can do: all that its `main` leads to, with the tables that each call hands on.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{Call, Facts, Place};
use super::program::Program;

/// What a binary needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// Actions on tables, each by the field of `Tables` that names it, and its index.
    pub(super) on_tables: BTreeSet<(&'static str, String, Option<String>)>,
    /// Actions of other services.
    pub(super) others: BTreeSet<&'static str>,
    /// The variables of the secrets that it opens.
    pub(super) secrets: BTreeSet<String>,
    /// What could not be followed.
    pub(super) unseen: BTreeSet<String>,
}

/// An action whose table its callers tell.
type Open = BTreeSet<(&'static str, usize, Option<String>)>;

/// The way of one binary through the program.
pub(super) struct Reach<'a> {
    program: &'a Program,
    facts: &'a [Facts],
    reached: BTreeMap<usize, Option<usize>>,
    fields: BTreeMap<(String, String), BTreeSet<Place>>,
}

impl<'a> Reach<'a> {
    /// From the `main` of a crate.
    pub(super) fn of(program: &'a Program, facts: &'a [Facts], binary: &str) -> Self {
        let mut reach = Self { program, facts, reached: BTreeMap::new(), fields: BTreeMap::new() };
        for (field, places) in facts.iter().flat_map(|facts| &facts.made) {
            reach.fields.entry(field.clone()).or_default().extend(places.iter().cloned());
        }
        let functions = program.functions.iter().enumerate();
        // Nobody is seen to call what implements another crate's trait, so it counts as called.
        let begins = functions.filter(|(_, it)| it.foreign_trait || it.name == "main" && it.module == [binary]);
        let mut waiting: Vec<(usize, Option<usize>)> = begins.map(|(number, _)| (number, None)).collect();
        let made_somewhere: BTreeSet<&str> = facts.iter().flat_map(|it| &it.makes).map(String::as_str).collect();
        let (mut live, mut later): (BTreeSet<&str>, Vec<(&str, usize, usize)>) = Default::default();
        while let Some((number, from)) = waiting.pop() {
            if reach.reached.contains_key(&number) {
                continue;
            }
            reach.reached.insert(number, from);
            live.extend(facts[number].makes.iter().map(String::as_str));
            for call in &facts[number].calls {
                match program.functions[call.callee].owner.as_deref() {
                    // A type that nobody makes in plain sight may come from anywhere.
                    Some(owner)
                        if call.open && made_somewhere.contains(owner) && !program.made_by_default.contains(owner) =>
                    {
                        later.push((owner, call.callee, number));
                    }
                    _ => waiting.push((call.callee, Some(number))),
                }
            }
            let (now, still): (Vec<_>, Vec<_>) = later.into_iter().partition(|(owner, ..)| live.contains(owner));
            waiting.extend(now.into_iter().map(|(_, callee, from)| (callee, Some(from))));
            later = still;
        }
        reach
    }

    /// All that it needs.
    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        let open = self.open();
        for number in self.reached.keys() {
            let facts = &self.facts[*number];
            for (action, places) in &facts.on_tables {
                self.settle(*number, (action, places, &facts.index), &mut needs);
            }
            for call in &facts.calls {
                for (action, position, index) in open.get(&call.callee).into_iter().flatten() {
                    let unseen = vec![Place::Unseen];
                    let places = argument(call, *position).unwrap_or(&unseen);
                    self.settle(*number, (action, places, index), &mut needs);
                }
            }
            needs.others.extend(&facts.others);
            needs.secrets.extend(facts.secrets.iter().cloned());
            needs.unseen.extend(facts.unseen.iter().map(|what| format!("{}: {what}", self.name(*number))));
        }
        needs
    }

    /// The way that leads to a function of this name, for whoever wonders why it is reached.
    pub(super) fn way(&self, action: &str, table: &str) -> String {
        let sends = |number: &&usize| {
            let mut needs = Needs::default();
            let facts = &self.facts[**number];
            for (action, places) in &facts.on_tables {
                self.settle(**number, (action, places, &None), &mut needs);
            }
            let open = self.open();
            for call in &facts.calls {
                for (action, position, _) in open.get(&call.callee).into_iter().flatten() {
                    let places = argument(call, *position).cloned().unwrap_or_default();
                    self.settle(**number, (action, &places, &None), &mut needs);
                }
            }
            needs.on_tables.iter().any(|(found, of, _)| *found == action && of == table)
        };
        let ways = self.reached.keys().filter(sends).map(|number| {
            let mut way = vec![self.name(*number)];
            let mut at = *number;
            while let Some(Some(from)) = self.reached.get(&at) {
                way.push(self.name(*from));
                at = *from;
            }
            way.join(" < ")
        });
        ways.collect::<Vec<_>>().join("\n    ")
    }

    /// What each reached function leaves to its callers.
    fn open(&self) -> BTreeMap<usize, Open> {
        let mut open: BTreeMap<usize, Open> = BTreeMap::new();
        loop {
            let mut more = 0;
            for number in self.reached.keys() {
                let facts = &self.facts[*number];
                let own = facts.on_tables.iter().map(|(action, places)| (*action, places.clone(), facts.index.clone()));
                let handed = facts.calls.iter().flat_map(|call| {
                    let of_callee = open.get(&call.callee).into_iter().flatten();
                    let told = of_callee.filter_map(|(action, position, index)| {
                        Some((*action, argument(call, *position)?.clone(), index.clone()))
                    });
                    told.collect::<Vec<_>>()
                });
                let all: Vec<_> = own.chain(handed).collect();
                let known = open.entry(*number).or_default();
                for (action, places, index) in all {
                    for place in places {
                        if let Place::Parameter(position) = place {
                            more += usize::from(known.insert((action, position, index.clone())));
                        }
                    }
                }
            }
            if more == 0 {
                return open;
            }
        }
    }

    fn settle(
        &self,
        number: usize,
        (action, places, index): (&'static str, &[Place], &Option<String>),
        needs: &mut Needs,
    ) {
        let named = &self.facts[number].named;
        for place in places {
            let from: &[Place] = if *place == Place::Unseen { named } else { std::slice::from_ref(place) };
            let tables: BTreeSet<String> = from.iter().flat_map(|place| self.tables(place, 0)).collect();
            let open = matches!(place, Place::Parameter(_));
            if tables.is_empty() && !open {
                needs.unseen.insert(format!("{}: the table of {action}", self.name(number)));
            }
            needs.on_tables.extend(tables.into_iter().map(|table| (action, table, index.clone())));
        }
    }

    /// The fields of `Tables` that a place leads to.
    fn tables(&self, place: &Place, depth: usize) -> BTreeSet<String> {
        match place {
            Place::Field(of, name) if of == "Tables" => BTreeSet::from([name.clone()]),
            Place::Field(of, name) if depth < 5 => {
                let made = self.fields.get(&(of.clone(), name.clone())).into_iter().flatten();
                made.flat_map(|place| self.tables(place, depth + 1)).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    fn name(&self, number: usize) -> String {
        let function = &self.program.functions[number];
        let owner = function.owner.as_ref().map_or_else(|| function.module.join("::"), Clone::clone);
        format!("{owner}::{}", function.name)
    }
}

fn argument(call: &Call, position: usize) -> Option<&Vec<Place>> {
    call.arguments.get(position)
}
