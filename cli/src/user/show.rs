//! `spine user show`: a row as it stands.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::json;
use shared::clock::Clock;
use shared::store::LastOperation;

use super::{Show, row};
use crate::Ended;
use crate::look::shown;
use crate::place::{Place, tables};
use crate::times::when;

impl Show {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let (users, _) = tables(&place.env())?;
        let id = self.user.user_id();
        let mut out = io::stdout().lock();
        let Some(user) = users.by_id(&id).await? else {
            if place.json {
                writeln!(out, "{}", json!({"userId": id.as_str(), "found": false}))?;
            } else {
                writeln!(out, "there is no row {id}")?;
            }
            return Ok(ExitCode::FAILURE);
        };
        let by_hand = users.last_operation(&id).await?;
        if place.json {
            let mut told = row::json(&user, self.show_values);
            if let (Some(told), Some(last)) = (told.as_object_mut(), &by_hand) {
                let LastOperation { name, actor, reason, at } = last;
                let last = json!({"name": name, "actor": actor, "reason": reason, "at": at.millis()});
                told.insert("lastOperation".to_owned(), last);
            }
            writeln!(out, "{told}")?;
            return Ok(ExitCode::SUCCESS);
        }
        for (name, value) in row::lines(&user, self.show_values, Clock::system().now()) {
            writeln!(out, "{name:<16} {value}")?;
        }
        if let Some(LastOperation { name, actor, reason, at }) = by_hand {
            let told = format!("{name} by {actor}, {}: {reason}", when(at, Clock::system().now()));
            writeln!(out, "{:<16} {}", "by hand", shown(&told))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
