//! Which page of a listing, in which order, as the query string says it.

use super::filter::Filter;
use super::refused::Refused;

/// What is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderBy {
    /// The default.
    #[default]
    CreatedAt,
    /// Last change.
    UpdatedAt,
    /// The primary address.
    EmailAddress,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// User name.
    Username,
    /// Last activity.
    LastActiveAt,
    /// Last sign-in.
    LastSignInAt,
    /// Something that nobody has here: telephone or wallet.
    Nothing,
}

/// What is sorted by, and in which direction. The default is Clerk's: newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub by: OrderBy,
    /// Largest first.
    pub descending: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { by: OrderBy::CreatedAt, descending: true }
    }
}

/// Which page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf {
    /// 1 to 500.
    pub limit: usize,
    /// Users to skip.
    pub offset: usize,
    /// The user before the first one of the page.
    pub starting_after: Option<String>,
    /// The order.
    pub order: Order,
}

impl Default for PageOf {
    fn default() -> Self {
        Self { limit: 10, offset: 0, starting_after: None, order: Order::default() }
    }
}

/// Reads a query string's filters and page. Unknown parameters are ignored.
pub(super) fn parse(query: &str) -> Result<(Filter, PageOf), Refused> {
    let mut filter = Filter::default();
    let mut page = PageOf::default();
    let mut ordered = false;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "limit" => {
                page.limit = number("limit", "must be a number from 1 to 500", &value, 1, 500)?;
            }
            "offset" => {
                page.offset = number("offset", "must be a number of at least 0", &value, 0, usize::MAX)?;
            }
            "starting_after" => page.starting_after = Some(value.into_owned()),
            // Only the first one counts.
            "order_by" if !ordered => {
                page.order = order(&value)?;
                ordered = true;
            }
            _ => filter.read(&name, value)?,
        }
    }
    if page.starting_after.is_some() {
        if page.order.by != OrderBy::CreatedAt {
            return Err(Refused::Invalid("starting_after", "requires ordering by created_at"));
        }
        if page.offset != 0 {
            return Err(Refused::Invalid("starting_after", "cannot be combined with an offset"));
        }
    }
    Ok((filter, page))
}

fn number(name: &'static str, rule: &'static str, value: &str, least: usize, most: usize) -> Result<usize, Refused> {
    value.parse().ok().filter(|number| (least..=most).contains(number)).ok_or(Refused::Invalid(name, rule))
}

fn order(value: &str) -> Result<Order, Refused> {
    let (descending, field) = match value.strip_prefix('-') {
        Some(field) => (true, field),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let by = match field {
        "created_at" => OrderBy::CreatedAt,
        "updated_at" => OrderBy::UpdatedAt,
        "email_address" => OrderBy::EmailAddress,
        "first_name" => OrderBy::FirstName,
        "last_name" => OrderBy::LastName,
        "username" => OrderBy::Username,
        "last_active_at" => OrderBy::LastActiveAt,
        "last_sign_in_at" => OrderBy::LastSignInAt,
        "phone_number" | "web3wallet" => OrderBy::Nothing,
        _ => {
            return Err(Refused::Invalid("order_by", "must be a field that users can be ordered by"));
        }
    };
    Ok(Order { by, descending })
}
