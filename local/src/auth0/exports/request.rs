//! The body of `POST /api/v2/jobs/users-exports`, checked as its schema says.

use serde::Deserialize;

use super::column::Column;
use super::connection::is_connection_id;
use crate::auth0::changes::read as body_of;
use crate::auth0::refused::Refused;

/// What an export is asked for.
#[derive(Debug)]
pub(in crate::auth0) struct Asked {
    pub(super) connection_id: Option<String>,
    pub(super) limit: Option<usize>,
    /// As they were asked for; nothing, when the predefined ones are meant.
    pub(super) fields: Option<Vec<Named>>,
    pub(super) columns: Vec<Column>,
}

/// A field, and the name that it gets in the file.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) export_as: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    connection_id: Option<String>,
    format: Option<String>,
    limit: Option<usize>,
    fields: Option<Vec<Named>>,
}

/// The most characters of a name.
const LONGEST: usize = 100;

/// What is exported when nobody says: Auth0 calls it "a predefined set". That it lacks `identities` and all that
/// logins change is documented; the rest is assumed.
const PREDEFINED: [&str; 10] = [
    "user_id",
    "email",
    "email_verified",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "created_at",
    "updated_at",
];

impl Asked {
    /// Reads a body. Only `json` is served; a body without a format is refused too, for Auth0 does not say what
    /// it would get.
    pub(in crate::auth0) fn read(body: &[u8]) -> Result<Self, Refused> {
        let body: Body = if body.is_empty() { Body::default() } else { body_of(body)? };
        let wrong = |why: &str| Err(Refused::Body(why.to_owned()));
        match body.format.as_deref() {
            Some("json") => {}
            Some("csv") => return wrong("csv is not served by this stand-in, only json: format"),
            Some(_) => return wrong("No enum match for: format"),
            None => return wrong("this stand-in asks for a format, which is json: format"),
        }
        if body.connection_id.as_deref().is_some_and(|id| !is_connection_id(id)) {
            return wrong("String does not match pattern ^con_[A-Za-z0-9]{16}$: connection_id");
        }
        if body.limit == Some(0) {
            return wrong("Value 0 is less than minimum 1: limit");
        }
        let names = || body.fields.iter().flatten().flat_map(|field| [Some(&field.name), field.export_as.as_ref()]);
        if names().flatten().any(|name| name.chars().count() > LONGEST) {
            return wrong("String is too long (maximum: 100): fields");
        }
        let columns = match &body.fields {
            Some(fields) => fields.iter().map(Column::of).collect(),
            None => PREDEFINED.iter().map(|name| Column::named(name)).collect(),
        };
        Ok(Self { connection_id: body.connection_id, limit: body.limit, fields: body.fields, columns })
    }

    pub(in crate::auth0) fn connection_id(&self) -> Option<&str> {
        self.connection_id.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_refuses_is_refused() {
        let long = format!(r#"{{"format":"json","fields":[{{"name":"{}"}}]}}"#, "a".repeat(101));
        for body in [
            "",
            "[]",
            r#"{"format":"csv"}"#,
            r#"{"format":"xml"}"#,
            r#"{"format":"json","limit":0}"#,
            r#"{"format":"json","limit":-1}"#,
            r#"{"format":"json","connection_id":"con_1"}"#,
            r#"{"format":"json","connections":[]}"#,
            r#"{"format":"json","fields":[{"export_as":"id"}]}"#,
            r#"{"format":"json","fields":["user_id"]}"#,
            r#"{"format":"json","fields":[{"name":"user_id","as":"id"}]}"#,
            &long,
        ] {
            assert!(Asked::read(body.as_bytes()).is_err(), "{body}");
        }
        assert!(Asked::read(br#"{"format":"json","limit":5,"fields":[{"name":"a","export_as":"b"}]}"#).is_ok());
    }
}
