//! `spine user find`: whom an identity, an id or a key names, as trusted server code is told.

use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;

use serde_json::{Map, Value, json};
use shared::domain::PublicKey;

use super::{Find, Named};
use crate::Ended;
use crate::invoke::{Function, invoke};
use crate::look::shown;
use crate::place::Place;

/// What is personal in a document.
const PERSONAL: [&str; 7] = ["email", "name", "firstName", "lastName", "nickname", "username", "avatarUrl"];

/// Whom to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    User(Named),
    Key(String),
}

impl FromStr for Sought {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(named) => Ok(Self::User(named)),
            Err(_) if text.parse::<PublicKey>().is_ok() => Ok(Self::Key(text.to_owned())),
            Err(forms) => Err(format!("{forms}, or give a public key")),
        }
    }
}

impl Sought {
    fn question(&self) -> Value {
        match self {
            Self::User(Named::Id(id)) => json!({"operation": "getUserById", "userId": id.as_str()}),
            Self::User(Named::Identity(identity)) => json!({
                "operation": "getUserByAuth",
                "authProvider": identity.provider().as_str(),
                "authSubject": identity.subject(),
            }),
            Self::Key(key) => json!({"operation": "getUserByPublicKey", "publicKey": key}),
        }
    }
}

impl Find {
    pub(super) async fn carry_out(self, place: Place) -> Ended {
        let mut out = io::stdout().lock();
        let document = match invoke(&place.env(), Function::UsersInternal, &self.sought.question()).await? {
            Ok(Value::Object(document)) => document,
            Ok(_) if place.json => {
                writeln!(out, "null")?;
                return Ok(ExitCode::FAILURE);
            }
            Ok(_) => {
                writeln!(out, "nobody who lives is named so")?;
                return Ok(ExitCode::FAILURE);
            }
            Err(refused) if place.json => {
                writeln!(out, "{}", refused.json())?;
                return Ok(ExitCode::FAILURE);
            }
            Err(refused) => return Err(format!("{}: {}", refused.code, refused.message).into()),
        };
        let document = told(document, self.show_values);
        if place.json {
            writeln!(out, "{}", Value::Object(document))?;
            return Ok(ExitCode::SUCCESS);
        }
        for (name, value) in &document {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(out, "{name:<17} {}", shown(&value))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The document, personal values on demand only, without the names that only code needs.
fn told(document: Map<String, Value>, values: bool) -> Map<String, Value> {
    let fields = document.into_iter().filter(|(name, _)| !name.starts_with('_'));
    let hidden = |name: &str| !values && PERSONAL.contains(&name);
    fields.map(|(name, value)| if hidden(&name) { (name, json!("present")) } else { (name, value) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_and_a_key_are_told_apart_and_anything_else_is_refused() {
        let operation = |text: &str| {
            let sought = text.parse::<Sought>().ok()?;
            sought.question().get("operation")?.as_str().map(str::to_owned)
        };
        for (text, expected) in [
            ("usr_tlrofji4bfbyd37m4eyy3a6ius", "getUserById"),
            ("auth0|a", "getUserByAuth"),
            ("user_1", "getUserByAuth"),
            ("game:7", "getUserByAuth"),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "getUserByPublicKey"),
        ] {
            assert_eq!(operation(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(operation("ada"), None);
    }
}
