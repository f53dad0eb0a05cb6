//! What a search is asked for, as the query string says it.

use super::fields::Fields;
use crate::auth0::{BadQuery, PageOf, Query, Refused};

/// What a search is asked for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) page: PageOf,
    pub(super) query: Query,
    /// Whether the page is told with its totals.
    pub(super) totals: bool,
    pub(super) fields: Fields,
}

impl Asked {
    /// Reads a query string. Unknown parameters are ignored.
    pub(super) fn parse(query: &str) -> Result<Self, Refused> {
        const PAGE: &str = "Expected type integer but found type string on property page";
        const PER_PAGE: &str = "Value is greater than maximum 100 on property per_page";
        let mut asked = Self::default();
        let (mut names, mut excluded) = (String::new(), false);
        let Self { page, query: wanted, totals, .. } = &mut asked;
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "page" => page.page = number(&value, usize::MAX, PAGE)?,
                "per_page" => page.per_page = number(&value, 100, PER_PAGE)?,
                "include_totals" => *totals = truth(&value)?,
                "sort" => page.sort = sort(&value)?,
                "q" => *wanted = search(&value)?,
                "search_engine" if value != "v3" => {
                    return Err(Refused::Parameter("search_engine is v3 here"));
                }
                "fields" => names = value.into_owned(),
                "include_fields" => excluded = !truth(&value)?,
                _ => {}
            }
        }
        asked.fields = Fields::of_names(&names, excluded);
        Ok(asked)
    }
}

fn search(value: &str) -> Result<Query, Refused> {
    value.parse().map_err(|BadQuery(why)| Refused::Query(why))
}

fn number(value: &str, most: usize, why: &'static str) -> Result<usize, Refused> {
    value.parse().ok().filter(|number| *number <= most).ok_or(Refused::Parameter(why))
}

fn truth(value: &str) -> Result<bool, Refused> {
    value.parse().map_err(|_| Refused::Parameter("Expected type boolean"))
}

fn sort(value: &str) -> Result<(String, bool), Refused> {
    match value.split_once(':') {
        Some((field, "1")) if !field.contains("metadata") => Ok((field.to_owned(), false)),
        Some((field, "-1")) if !field.contains("metadata") => Ok((field.to_owned(), true)),
        _ => Err(Refused::Parameter("String does not match pattern on property sort")),
    }
}
