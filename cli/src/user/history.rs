//! `spine user history`: what happened to a user, as the audit trail has it.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};
use shared::domain::Changed;
use shared::wire::change_event::ChangeEvent;

use super::History;
use crate::Ended;
use crate::look::{Look, shown};
use crate::place::{Place, audit_trail};
use crate::times::moment;

impl History {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let id = self.user.user_id();
        let happened = audit_trail(&place.env())?.of(&id, self.limit.into()).await?;
        let mut out = io::stdout().lock();
        match () {
            () if place.json => happened.iter().flat_map(lines).try_for_each(|line| writeln!(out, "{line}"))?,
            () if happened.is_empty() => writeln!(out, "nothing is recorded of {id}")?,
            () => {
                let rows: Vec<[String; 4]> = happened.iter().flat_map(rows).collect();
                Look::of_stdout().table(["when", "what", "by", "which"], &rows, &mut out)?;
            }
        }
        Ok(if happened.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn rows(happened: &Changed) -> impl Iterator<Item = [String; 4]> {
    happened.changes.iter().map(|change| {
        let which = change.about.clone().unwrap_or_else(|| change.fields.join(", "));
        let when = moment(happened.at);
        [when, change.what.as_str().to_owned(), shown(&happened.changed_by), shown(&which)]
    })
}

/// The events, as the bus has them, each with its name.
fn lines(happened: &Changed) -> impl Iterator<Item = Value> {
    ChangeEvent::all_of(happened).map(|(what, event)| {
        let mut line = json!(event);
        if let Some(line) = line.as_object_mut() {
            line.insert("event".to_owned(), what.as_str().into());
        }
        line
    })
}
