//! As the template deploys them: nothing starts the directly invoked functions but who IAM lets, and their roles are small.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::template::Template;

/// What a function's role allows on a table.
fn allowed(template: &Template, role: &str, table: &str) -> BTreeSet<String> {
    let policies = template.property(role, &["Policies"]);
    let statements = policies[0]["PolicyDocument"]["Statement"].as_array().unwrap().clone();
    let of_table = statements.into_iter().filter(|statement| statement["Resource"] == table);
    let actions = of_table.flat_map(|statement| match &statement["Action"] {
        Value::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    });
    actions.map(|action| action.as_str().unwrap().trim_start_matches("dynamodb:").to_owned()).collect()
}

fn actions(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn no_url_and_no_event_leads_to_them() {
    let template = Template::with(&[]);
    for function in ["UsersAdmin", "UsersInternal"] {
        for door in ["Events", "FunctionUrlConfig"] {
            assert_eq!(template.property(function, &[door]), Value::Null, "{function} has {door}");
        }
    }
}

#[test]
fn each_role_allows_what_its_operations_send() {
    let template = Template::with(&[]);
    let roles = [
        ("UsersAdminRole", "Users", ["GetItem", "UpdateItem"].as_slice()),
        ("UsersAdminRole", "Claims", &["DeleteItem", "UpdateItem"]),
        ("UsersInternalRole", "Users", &["GetItem", "Scan", "UpdateItem"]),
        ("UsersInternalRole", "Claims", &["DeleteItem", "GetItem", "PutItem"]),
    ];
    for (role, table, expected) in roles {
        assert_eq!(allowed(&template, role, table), actions(expected), "{role} on {table}");
    }
}
