//! `spine user clear|erase|restore|transfer`: what only an operator does, by the function that may.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Clear, Erase, Restore, Transfer};
use crate::Ended;
use crate::consent::consent;
use crate::invoke::{Function, invoke};
use crate::place::Place;

/// Who answers for it, and whether to ask.
#[derive(Args)]
pub(crate) struct Signed {
    /// Why: kept in the row, so name a case and not a person
    #[arg(long)]
    reason: String,
    /// Who; by default the name that you are logged in by
    #[arg(long)]
    actor: Option<String>,
    /// Write without asking
    #[arg(long)]
    yes: bool,
}

/// One operation: what the function is told, what the operator is.
struct Wish {
    payload: Value,
    sentence: String,
    question: &'static str,
}

impl Clear {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let id = self.user.user_id();
        let sentence = format!(
            "{id}: {} will be removed, until the provider's next profile brings it back",
            self.fields.join(", ")
        );
        let payload = json!({"operation": "clear", "userId": id.as_str(), "fields": self.fields});
        carry_out(place, self.signed, Wish { payload, sentence, question: "Clear it?" }).await
    }
}

impl Erase {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let id = self.user.user_id();
        let listed = if self.even_if_listed { ", even if the provider still lists them" } else { "" };
        let sentence = format!(
            "{id}: all facts will be removed{listed}, and what they claimed is free at once; only a restore or a new \
             life brings them back"
        );
        let payload = json!({"operation": "erase", "userId": id.as_str(), "evenIfListed": self.even_if_listed});
        carry_out(place, self.signed, Wish { payload, sentence, question: "Erase them?" }).await
    }
}

impl Restore {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let id = self.user.user_id();
        let sentence =
            format!("{id}: the tombstone will be lifted if the provider has them, without what they claimed");
        let payload = json!({"operation": "restore", "userId": id.as_str()});
        carry_out(place, self.signed, Wish { payload, sentence, question: "Restore them?" }).await
    }
}

impl Transfer {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let (from, to) = (self.from.user_id(), self.to.user_id());
        let (kind, field) =
            if self.what.starts_with("cus_") { ("customer", "stripeCustomerId") } else { ("key", "publicKey") };
        let sentence = format!("a {kind} will pass from {from} to {to}");
        let mut payload = json!({"operation": "transfer", "fromUserId": from.as_str(), "toUserId": to.as_str()});
        if let Some(fields) = payload.as_object_mut() {
            fields.insert(field.to_owned(), json!(self.what));
        }
        carry_out(place, self.signed, Wish { payload, sentence, question: "Transfer it?" }).await
    }
}

async fn carry_out(place: Place, signed: Signed, wish: Wish) -> Ended {
    let (env, mut payload) = (place.env(), wish.payload);
    let login = || env.text("USER").or(env.text("LOGNAME")).or(env.text("USERNAME")).map(str::to_owned);
    let actor = signed.actor.or_else(login).ok_or("nobody knows who you are: say it with --actor")?;
    if let Some(fields) = payload.as_object_mut() {
        fields.extend([("actor".to_owned(), json!(actor)), ("reason".to_owned(), json!(signed.reason))]);
    }
    if !place.json {
        writeln!(io::stdout(), "{}", wish.sentence)?;
    }
    if !(signed.yes || consent(place.json, wish.question, "writes").await) {
        let nothing = if place.json { json!({"result": "declined"}).to_string() } else { "nothing was written".into() };
        writeln!(io::stdout(), "{nothing}")?;
        return Ok(ExitCode::FAILURE);
    }
    match invoke(&env, Function::UsersAdmin, &payload).await? {
        Ok(answer) if place.json => writeln!(io::stdout(), "{answer}")?,
        Ok(answer) => {
            let result = answer.get("result").and_then(Value::as_str).unwrap_or_default();
            writeln!(io::stdout(), "{result}: {}", meaning(result))?;
        }
        Err(refused) if place.json => {
            writeln!(io::stdout(), "{}", refused.json())?;
            return Ok(ExitCode::FAILURE);
        }
        Err(refused) => return Err(format!("{}: {}", refused.code, refused.message).into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// What a result means.
fn meaning(result: &str) -> &'static str {
    match result {
        "cleared" => "it is gone from the row",
        "unchanged" => "it was not there",
        "erased" => "the row is a tombstone, and what they claimed is free",
        "already_erased" => "they were erased before, and stay so",
        "restored" => "they are back, as the provider has them",
        "reborn" => "the provider has a later life of them, which begins here",
        "already_living" => "there was no tombstone",
        "transferred" => "it is in the other hands",
        "already_theirs" => "it was there already",
        _ => "done",
    }
}
