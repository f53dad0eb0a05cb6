//! A batch as Lambda takes it from a stream of DynamoDB: which write did what to whom.

use serde::Deserialize;
use serde_json::Value;
use shared::clock::Timestamp;
use shared::domain::{Changed, SequenceNumber, User, UserId, changes};
use shared::store::{Image, StoreError};
use shared::wire::json::BadBody;

/// Who removes what is past its TTL.
const TTL: &str = "dynamodb.amazonaws.com";
/// Who wrote where the row cannot say it, because somebody removed it by hand.
const REMOVED: &str = "removed-by-hand";
/// Who wrote a row by hand that does not say who did.
const UNKNOWN: &str = "unknown";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    records: Vec<Record>,
}

/// One write. What may be odd stays as it came: it makes this record unreadable, and no other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    event_name: Option<String>,
    user_identity: Option<Value>,
    dynamodb: Write,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Write {
    sequence_number: String,
    #[serde(default)]
    approximate_creation_date_time: Value,
    #[serde(default)]
    keys: Value,
    old_image: Option<Value>,
    new_image: Option<Value>,
}

/// Why a record cannot be read. It names what is odd, and quotes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("{0} is not as DynamoDB writes it")]
    Part(&'static str),
    #[error(transparent)]
    Row(#[from] StoreError),
}

/// The records of an invocation, in their order.
pub(crate) fn read(event: Value) -> Result<Vec<Record>, BadBody> {
    // serde's own error may quote what it met.
    let batch = Batch::deserialize(event).map_err(|_| BadBody::invalid("Records", "records of a DynamoDB stream"))?;
    Ok(batch.records)
}

impl Record {
    /// What it is called in the answer.
    pub(crate) fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// What the write did; `None` where that is nothing to anybody.
    pub(crate) fn changed(&self) -> Result<Option<Changed>, Unreadable> {
        let removed = self.event_name.as_deref() == Some("REMOVE");
        if removed && self.principal() == Some(TTL) {
            return Ok(None);
        }
        let (old, new) = self.images()?;
        let row = |image: Option<&Image>| image.map(Image::user).transpose().map(Option::flatten);
        let (before, after): (Option<User>, Option<User>) = (row(old.as_ref())?, row(new.as_ref())?);
        let changes = changes(before.as_ref(), after.as_ref());
        let Some(user) = after.or(before).filter(|_| !changes.is_empty()) else { return Ok(None) };
        let changed_by = match &new {
            Some(new) => new.changed_by().unwrap_or(UNKNOWN),
            None => REMOVED,
        };
        let number = SequenceNumber::parse(self.sequence_number()).ok_or(Unreadable::Part("SequenceNumber"))?;
        Ok(Some(Changed {
            user_id: self.key().ok_or(Unreadable::Part("Keys"))?,
            provider: user.identity.provider().clone(),
            sequence_number: number,
            at: self.at().ok_or(Unreadable::Part("ApproximateCreationDateTime"))?,
            changed_by: changed_by.to_owned(),
            changes,
        }))
    }

    /// The row before and after, as far as this kind of write has them.
    fn images(&self) -> Result<(Option<Image>, Option<Image>), Unreadable> {
        let image = |json: &Option<Value>, name| {
            let image = json.as_ref().and_then(Image::read);
            image.map(Some).ok_or(Unreadable::Part(name))
        };
        let old = || image(&self.dynamodb.old_image, "OldImage");
        let new = || image(&self.dynamodb.new_image, "NewImage");
        match self.event_name.as_deref() {
            Some("INSERT") => Ok((None, new()?)),
            Some("MODIFY") => Ok((old()?, new()?)),
            Some("REMOVE") => Ok((old()?, None)),
            _ => Err(Unreadable::Part("eventName")),
        }
    }

    fn principal(&self) -> Option<&str> {
        self.user_identity.as_ref()?.get("principalId")?.as_str()
    }

    fn key(&self) -> Option<UserId> {
        UserId::parse(self.dynamodb.keys.get("user_id")?.get("S")?.as_str()?)
    }

    /// Whole seconds, or seconds with a fraction.
    fn at(&self) -> Option<Timestamp> {
        let told = &self.dynamodb.approximate_creation_date_time;
        if let Some(seconds) = told.as_i64() {
            return Timestamp::from_millis(seconds.checked_mul(1000)?);
        }
        let millis = told.as_f64()? * 1000.0;
        #[expect(clippy::cast_possible_truncation, reason = "what is beyond all times becomes the end of numbers")]
        Timestamp::from_millis(millis.round() as i64)
    }
}

#[cfg(test)]
mod tests;
