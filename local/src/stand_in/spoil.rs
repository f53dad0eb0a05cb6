//! What is done to a page after it is written, so that it comes as a fault has it.

use serde_json::{Map, Value};

use super::listing::Page;

/// The page as it is sent. It is an array of users, or has one in `users` or in `data`; `id` is the field that names one.
pub(crate) fn spoiled(mut body: Vec<u8>, page: Page, twice: bool, id: &str) -> Vec<u8> {
    if twice || page == Page::Odd {
        body = changed(&body, |users| {
            if let (Page::Odd, Some(Value::Object(first))) = (page, users.first_mut()) {
                first.remove(id);
            }
            if twice {
                *users = users.drain(..).flat_map(|user| [user.clone(), user]).collect();
            }
        });
    }
    if page == Page::Malformed {
        body.truncate(body.len() / 2);
    }
    body
}

fn changed(body: &[u8], change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let mut page: Value = serde_json::from_slice(body).unwrap_or_default();
    match &mut page {
        Value::Array(users) => change(users),
        Value::Object(page) => in_totals(page, change),
        _ => {}
    }
    page.to_string().into_bytes()
}

fn in_totals(page: &mut Map<String, Value>, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(Value::Array(listed)) = page.get_mut("data") {
        return change(listed);
    }
    let mut length = 0;
    if let Some(Value::Array(users)) = page.get_mut("users") {
        change(users);
        length = users.len();
    }
    page.insert("length".to_owned(), length.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str, page: Page, twice: bool) -> String {
        String::from_utf8_lossy(&spoiled(body.as_bytes().to_vec(), page, twice, "id")).into_owned()
    }

    #[test]
    fn a_page_is_cut_doubled_or_has_somebody_without_a_name() {
        let (bare, totals) = (r#"[{"id":1,"a":2},{"id":2}]"#, r#"{"length":1,"total":9,"users":[{"id":1}]}"#);
        assert_eq!(page(bare, Page::AsItIs, false), bare);
        assert_eq!(page(bare, Page::Malformed, false), r#"[{"id":1,"a""#);
        assert_eq!(page(bare, Page::Odd, false), r#"[{"a":2},{"id":2}]"#);
        assert_eq!(page(bare, Page::AsItIs, true), r#"[{"a":2,"id":1},{"a":2,"id":1},{"id":2},{"id":2}]"#);
        assert_eq!(page(totals, Page::AsItIs, true), r#"{"length":2,"total":9,"users":[{"id":1},{"id":1}]}"#);
        assert_eq!(page(totals, Page::Odd, false), r#"{"length":1,"total":9,"users":[{}]}"#);
    }
}
