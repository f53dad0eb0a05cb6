//! `spine tokens new`: a token drawn from the system's randomness, and what to do with it.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::process::ExitCode;

use rand::TryRng;
use rand::rngs::SysRng;
use serde_json::{Map, Value, json};
use shared::clock::{Clock, Timestamp};
use shared::token::{Scope, ServiceTokens};

use super::New;
use crate::Ended;
use crate::place::Place;
use crate::times::when;

/// How to put the entry where it counts; on stderr, for it is no result.
const NEXT: &str = "
Give the token to its service now: it is kept nowhere, and cannot be shown again.
Add the entry to the list in SERVICE_TOKENS, or begin the list with it: [ENTRY]. In Secrets Manager:
  aws secretsmanager get-secret-value --secret-id ARN --query SecretString --output text > tokens.json
  aws secretsmanager put-secret-value --secret-id ARN --secret-string file://tokens.json
It is let in at its first request after that.";

impl New {
    pub(super) fn carry_out(self, place: Place) -> Ended {
        let now = Clock::system().now();
        let end = self.end(now)?;
        let mut random = [0; 32];
        SysRng.try_fill_bytes(&mut random).map_err(|_| "the system gives no randomness")?;
        let (token, sha256) = ServiceTokens::mint(&self.id, &random).ok_or("the id is none")?;
        let entry = self.entry(&sha256, end);
        let mut out = io::stdout().lock();
        if place.json {
            writeln!(out, "{}", json!({"token": token, "entry": entry}))?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "token   {token}")?;
        writeln!(out, "entry   {entry}")?;
        writeln!(out, "ends    {}", end.map_or("never".to_owned(), |end| when(end, now)))?;
        writeln!(io::stderr(), "{NEXT}")?;
        Ok(ExitCode::SUCCESS)
    }

    /// The token as the list names it: by its digest.
    fn entry(&self, sha256: &str, end: Option<Timestamp>) -> Value {
        let scopes: BTreeSet<Scope> = self.scopes.iter().copied().collect();
        let scopes: Vec<&str> = scopes.into_iter().map(Scope::as_str).collect();
        let end = end.map(|end| ("expiresAt".to_owned(), json!(end.millis())));
        let known = [("id", json!(self.id)), ("sha256", json!(sha256)), ("scopes", json!(scopes))];
        let known = known.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(known.chain(end).collect::<Map<_, _>>())
    }
}
