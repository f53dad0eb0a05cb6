//! Where to cut the time, so that several listings side by side have about as much to do each.

mod survey;

use serde_json::value::RawValue;

use super::window::Window;
use super::{CREDENTIALS, Clerk, LIST};
use crate::clock::Timestamp;
use crate::provider::error::ProviderError;
use crate::provider::ready::Ready;
use crate::provider::users::users;
use crate::wire::clerk_user::ClerkUser;
use survey::Survey;

/// When a listing is split, and into how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Up to so many users are listed by one cursor.
    pub above: u64,
    /// How many windows of time, and so requests of a listing, there are side by side.
    pub windows: u32,
}

impl Default for Split {
    fn default() -> Self {
        Self { above: 5000, windows: 4 }
    }
}

/// The windows of a listing: one without bounds for few users, and where Clerk does not count.
pub(super) async fn windows(clerk: &Clerk, ready: &Ready) -> Result<Vec<Window>, ProviderError> {
    let whole = vec![Window::default()];
    let Some(total) = ready.expected.filter(|total| *total > clerk.split.above) else { return Ok(whole) };
    let (Some(oldest), Some(newest)) = (outermost(clerk, "+created_at").await?, outermost(clerk, "-created_at").await?)
    else {
        return Ok(whole);
    };
    let mut survey = Survey::new(oldest, newest, total, clerk.split.windows);
    while let Some(moment) = survey.question() {
        let before = Window { from: None, until: Some(moment) };
        let Some(count) = clerk.count(before).await? else { return Ok(whole) };
        survey.learn(moment, count);
    }
    Ok(Window::cut_at(&survey.cuts()))
}

/// When the first user in this order was made, if that can be read.
async fn outermost(clerk: &Clerk, order: &str) -> Result<Option<Timestamp>, ProviderError> {
    let mut url = clerk.it.users.clone();
    url.query_pairs_mut().append_pair("limit", "1").append_pair("order_by", order);
    let answer = clerk.ask(LIST, url).await?.success(LIST, CREDENTIALS)?;
    let raw: Vec<&RawValue> = answer.json(LIST)?;
    Ok(users::<ClerkUser>(&raw).first().and_then(|user| user.as_ref()?.created_at()))
}
