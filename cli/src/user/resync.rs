//! `spine user resync`: one user from the provider, now.

use std::io::{self, Write};
use std::process::ExitCode;

use reconcile::{App, Failure, SourceName};
use serde_json::json;
use shared::domain::{Cause, Identity, Provider};
use shared::reconcile::{Applied, Found, Looked, Reconciler};

use super::{Named, Resync};
use crate::Ended;
use crate::consent::consent;
use crate::place::{Place, Source};
use crate::run::change;
use crate::words;

/// What became of it: a word, a sentence, and whether all is well now.
struct End {
    word: &'static str,
    sentence: String,
    well: bool,
}

impl Resync {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let app = App::from_env(&place.env())?;
        let identity = self.identity(&app).await?;
        let source = source_of(identity.provider()).ok_or("only users of auth0 and clerk can be asked for")?;
        let reconciler = app.reconciler(source).await.map_err(|failure| failure.message)?;
        let looked = reconciler.look_at(&identity).await.map_err(|error| Failure::from(error).message)?;
        let end = self.treat(&reconciler, &looked, &identity, place.json).await?;
        let mut out = io::stdout().lock();
        if place.json {
            let cause = if let Looked::Differs(found) = &looked { json!(found.cause.as_str()) } else { json!(null) };
            let user_id = identity.user_id();
            writeln!(
                out,
                "{}",
                json!({"userId": user_id.as_str(), "result": end.word, "cause": cause, "well": end.well})
            )?;
        } else {
            writeln!(out, "{}", end.sentence)?;
        }
        Ok(if end.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Whom to ask for. Our own id does not tell: the row does.
    async fn identity(&self, app: &App) -> Result<Identity, Box<dyn std::error::Error>> {
        match &self.user {
            Named::Identity(identity) => Ok(identity.clone()),
            Named::Id(id) => match app.users.by_id(id).await? {
                Some(row) => Ok(row.identity),
                None => Err(format!("there is no row {id}: name the user as the provider does").into()),
            },
        }
    }

    async fn treat(
        &self,
        reconciler: &Reconciler,
        looked: &Looked,
        identity: &Identity,
        json: bool,
    ) -> Result<End, Box<dyn std::error::Error>> {
        let id = identity.user_id();
        let found = match looked {
            Looked::InStep => return Ok(End { word: "in_step", sentence: format!("{id} is in step"), well: true }),
            Looked::Gone => {
                let provider = identity.provider().as_str();
                let sentence = format!("{provider} does not have this user; {id} was left as it is");
                return Ok(End { word: "gone", sentence, well: false });
            }
            Looked::Differs(found) => found,
        };
        if !json {
            self.show(found)?;
        }
        if found.cause == Cause::ErasedButListed {
            let sentence = format!("{id} was erased by an operator, and stays so");
            return Ok(End { word: "erased_but_listed", sentence, well: false });
        }
        if !(self.yes || consent(json, "Write it?", "writes").await) {
            return Ok(End { word: "declined", sentence: "nothing was written".to_owned(), well: false });
        }
        let applied = reconciler.mend(found).await.map_err(|error| Failure::from(error).message)?;
        let word = applied.word().unwrap_or("nothing");
        let well = matches!(applied.word(), Some(word) if !matches!(word, "moved" | "refused" | "deleted"));
        Ok(End {
            word,
            sentence: format!("{id} {word}: {}", words::outcome(word)),
            well: well && applied != Applied::Nothing,
        })
    }

    fn show(&self, found: &Found) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{} {}: {}", found.user_id(), found.cause.as_str(), words::meaning(found.cause))?;
        for (fact, before, after) in found.changes() {
            writeln!(out, "  {}", change(fact, before, after, self.show_values))?;
        }
        Ok(())
    }
}

fn source_of(provider: &Provider) -> Option<SourceName> {
    Source::ALL.into_iter().filter_map(Source::of_users).find(|source| source.as_str() == provider.as_str())
}
