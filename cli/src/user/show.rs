//! `spine user show`: a row as it stands.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::json;
use shared::clock::Clock;

use super::{Show, row};
use crate::Ended;
use crate::place::{Place, tables};

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
        if place.json {
            writeln!(out, "{}", row::json(&user, self.show_values))?;
            return Ok(ExitCode::SUCCESS);
        }
        for (name, value) in row::lines(&user, self.show_values, Clock::system().now()) {
            writeln!(out, "{name:<16} {value}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
