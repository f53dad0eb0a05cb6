//! What an audit found, for people and for machines.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;
use shared::clock::Timestamp;
use shared::domain::{Fault, Remedy, Undecided, UserId, remedy_of};
use shared::store::{Audit, Finding};

use super::name;
use super::repairs::Done;
use crate::look::Look;

/// Each finding.
pub(super) fn findings(audit: &Audit, now: Timestamp, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return audit.findings.iter().try_for_each(|finding| writeln!(out, "{}", line(finding, now)));
    }
    let found = counts(audit);
    let rows: Vec<[String; 3]> = found
        .iter()
        .map(|(fault, count)| [fault.as_str().to_owned(), count.to_string(), meaning(*fault).to_owned()])
        .collect();
    let look = Look::of_stdout();
    look.table(["kind", "count", "what it means"], &rows, out)?;
    let rows: Vec<[String; 5]> = audit
        .findings
        .iter()
        .map(|finding| {
            let owner = finding.standing.owner.as_ref().map_or("nobody".to_owned(), UserId::to_string);
            let listers = ids(&finding.standing.listers).join(" ");
            let listers = if listers.is_empty() { "nobody".to_owned() } else { listers };
            [name(finding), finding.fault.as_str().to_owned(), owner, listers, advice(finding, now).to_owned()]
        })
        .collect();
    if !rows.is_empty() {
        writeln!(out)?;
    }
    look.table(["claim", "kind", "claimed by", "listed by", "what mends it"], &rows, out)?;
    if rows.is_empty() { Ok(()) } else { writeln!(out) }
}

/// The last words: figures, and whether all is well.
pub(super) fn end(audit: &Audit, done: Option<&Done>, json: bool, out: &mut impl Write) -> io::Result<()> {
    let Audit { lasting, listed, suspects, findings } = audit;
    let left = done.map_or(findings.len(), |done| done.left);
    if json {
        let mended = done.map(|done| done.mended);
        let found: BTreeMap<&str, usize> =
            counts(audit).iter().map(|(fault, count)| (fault.as_str(), *count)).collect();
        let line = json!({"event": "audit", "claims": lasting, "listed": listed, "suspects": suspects,
            "findings": found, "mended": mended, "left": left, "clean": left == 0});
        return writeln!(out, "{line}");
    }
    writeln!(out, "{lasting} claims without an end, {listed} listed, {suspects} looked at twice")?;
    match (findings.len(), left) {
        (0, _) => writeln!(out, "clean"),
        (count, 0) => writeln!(out, "all {count} mended"),
        (_, left) => writeln!(out, "{left} wrong"),
    }
}

fn counts(audit: &Audit) -> Vec<(Fault, usize)> {
    let count = |fault| audit.findings.iter().filter(|finding| finding.fault == fault).count();
    Fault::ALL.into_iter().map(|fault| (fault, count(fault))).filter(|(_, count)| *count > 0).collect()
}

fn line(Finding { claim, fault, standing }: &Finding, now: Timestamp) -> serde_json::Value {
    let (remedy, undecided) = match remedy_of(standing, now) {
        Some(Ok(remedy)) => (Some(remedy.as_str()), None),
        Some(Err(why)) => (None, Some(why.as_str())),
        None => (None, None),
    };
    json!({"event": "finding", "claim": claim, "kind": fault.as_str(),
        "claimedBy": standing.owner.as_ref().map(UserId::as_str), "lasting": standing.lasting,
        "endsAt": standing.ends_at.map(Timestamp::millis), "listedBy": ids(&standing.listers),
        "remedy": remedy, "undecided": undecided})
}

fn ids(users: &[UserId]) -> Vec<&str> {
    users.iter().map(UserId::as_str).collect()
}

fn meaning(fault: Fault) -> &'static str {
    match fault {
        Fault::Leaked => "claimed, and no living row lists it: nobody can link it",
        Fault::Missing => "listed by a row, and not claimed: somebody else could link it too",
        Fault::Stolen => "listed by a row, and claimed by another user",
        Fault::Double => "listed by several rows",
    }
}

fn advice(finding: &Finding, now: Timestamp) -> &'static str {
    match remedy_of(&finding.standing, now) {
        Some(Ok(Remedy::End)) => "--repair: the claim ends in 48 hours",
        Some(Ok(Remedy::Hold(_))) => "--repair: it is claimed for the one who lists it",
        Some(Ok(Remedy::Unlist(_))) => "--repair: off the rows that do not own it",
        Some(Ok(Remedy::UnlistAndEnd(_))) => "--repair: off the row, and the claim ends in 48 hours",
        Some(Err(Undecided::Ending)) => "another's claim has not run out: wait, or transfer it",
        Some(Err(Undecided::Ambiguous)) => "unlink it from all but the one whose it is",
        Some(Err(Undecided::Unreadable)) => "look at the rows: one cannot be read",
        None => "",
    }
}
