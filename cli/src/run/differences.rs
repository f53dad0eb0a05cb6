//! Differences as people read them: user by user, field by field.

use std::collections::BTreeMap;
use std::io::{self, Write};

use shared::domain::{Cause, Fact};
use shared::reconcile::Found;
use shared::stripe_reconcile::LinkFound;

use super::links;
use crate::look::{Look, shown};

/// So many are shown; the rest is counted.
pub(super) const SHOWN: usize = 50;

/// A difference in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row([String; 3]);

impl Row {
    /// Which customers it is about.
    pub(super) fn of_link(found: &LinkFound) -> Self {
        Self(links::columns(found))
    }

    /// Which fields differ, and with `values` how.
    pub(super) fn of(found: &Found, values: bool) -> Self {
        let changes = found.changes();
        let fields = if values {
            let changes: Vec<String> = changes.map(|(fact, before, after)| change(fact, before, after, true)).collect();
            changes.join(", ")
        } else {
            grouped(changes)
        };
        let fields = match found.cause {
            // None of the provider's facts comes back.
            Cause::ErasedButListed => "stays erased".to_owned(),
            _ if fields.is_empty() => "times only".to_owned(),
            _ => fields,
        };
        Self([found.user_id().to_string(), found.cause.as_str().to_owned(), fields])
    }
}

/// `email changed; name, nickname added`.
fn grouped<'a>(changes: impl Iterator<Item = (Fact, Option<&'a str>, Option<&'a str>)>) -> String {
    let mut groups = BTreeMap::<&str, Vec<&str>>::new();
    for (fact, before, after) in changes {
        groups.entry(how(before, after)).or_default().push(fact.attribute());
    }
    let groups: Vec<String> = groups.iter().map(|(how, names)| format!("{} {how}", names.join(", "))).collect();
    groups.join("; ")
}

fn how(before: Option<&str>, after: Option<&str>) -> &'static str {
    match (before, after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// How one fact differs: from what stands here to what the provider says.
pub(crate) fn change(fact: Fact, before: Option<&str>, after: Option<&str>, values: bool) -> String {
    let name = fact.attribute();
    let quoted = |text: &str| format!("\"{}\"", shown(text));
    match (before, after) {
        (None, Some(after)) if values => format!("{name} added {}", quoted(after)),
        (Some(before), None) if values => format!("{name} removed {}", quoted(before)),
        (Some(before), Some(after)) if values => format!("{name} {} -> {}", quoted(before), quoted(after)),
        _ => format!("{name} {}", how(before, after)),
    }
}

/// The names of the fields that differ.
pub(super) fn field_names(found: &Found) -> Vec<&'static str> {
    found.changes().map(|(fact, ..)| fact.attribute()).collect()
}

/// Shows the first of them, each with its user, cause and `what`, and how many more there are.
pub(super) fn print(
    rows: impl Iterator<Item = Row>,
    all: usize,
    what: &str,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let rows: Vec<[String; 3]> = rows.take(SHOWN).map(|row| row.0).collect();
    let more = all.saturating_sub(rows.len());
    look.table(["user", "cause", what], &rows, out)?;
    if more > 0 {
        writeln!(out, "… and {more} more; --json names them all")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::findings::testing::found;

    #[test]
    fn fields_are_named_and_their_values_shown_on_demand_only() {
        let found = found(Cause::ProfileOlder);
        let Row([user, cause, fields]) = Row::of(&found, false);
        assert_eq!((user, cause.as_str()), (found.user_id().to_string(), "profile_older"));
        assert_eq!(fields, "name added; email changed; nickname removed");
        let Row([_, _, fields]) = Row::of(&found, true);
        assert_eq!(
            fields,
            r#"email "old@example.com" -> "new@example.com", name added "Ada\u{1b}", nickname removed "ad""#
        );
    }

    #[test]
    fn nothing_comes_back_of_somebody_who_was_erased() {
        for values in [false, true] {
            assert_eq!(Row::of(&found(Cause::ErasedButListed), values).0[2], "stays erased");
        }
    }

    #[test]
    fn fifty_are_shown_and_the_rest_is_counted() {
        let rows = (0..60).map(|_| Row::of(&found(Cause::Missing), false));
        let mut out = Vec::new();
        let printed = print(rows, 60, "fields", Look::Plain, &mut out);
        let text = String::from_utf8_lossy(&out);
        assert!(printed.is_ok() && text.lines().count() == 52 && text.contains("10 more"), "{text}");
    }
}
