//! Each function's role allows what its code does, no more and no less: what the code does is read off the code.
//!
//! From the `main` of a function the calls are followed through its crate and `shared` to the operations of AWS's SDK,
//! with the table of each: `kinds` says what an expression may be, `body` what one function does, `reach` what a binary
//! does in all.
//!
//! It sees every call that is written, in macros too, and takes each branch for possible; a method on something of
//! unknown type stands for all methods of that name, and implementations of foreign traits (conversions, extractors,
//! drops) count as called. So it may see more than can happen, and then the code is to be told apart by functions, not by
//! flags. It does not see what other crates do by themselves, conditions on attributes, or what a resource policy adds.
//! What it cannot follow is a finding.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod body;
mod fixture;
mod granted;
mod kinds;
mod known;
mod program;
mod reach;

use std::collections::BTreeSet;
use std::path::Path;

use body::Facts;
use granted::{Rights, on};
use program::Program;
use reach::{Needs, Reach};
use tests::template::Template;

/// The program of a function: its crate and what it stands on.
fn program(folder: &str) -> Program {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let place = format!("functions/{folder}");
    Program::read(&root, &[("shared", "shared"), (&folder.replace('-', "_"), &place)])
}

fn read(program: &Program) -> Vec<Facts> {
    program.functions.iter().map(|function| body::read(program, function)).collect()
}

/// What a binary needs, as actions on the template's resources.
fn needed(template: &Template, function: &str, needs: &Needs) -> Rights {
    let mut rights = Rights::new();
    for (action, table, index) in &needs.on_tables {
        let variable = format!("{}_TABLE", table.to_uppercase());
        let table = template.variable(function, &variable);
        let table = table.unwrap_or_else(|| panic!("{function} uses a table without {variable}"));
        let of = index.as_ref().map_or(table.clone(), |index| format!("{table}/index/{index}"));
        rights.extend(on(&of, &[action]));
    }
    for action in &needs.others {
        // What is configured away is not asked, and has no place.
        let variables: Vec<String> = match *action {
            "secretsmanager:GetSecretValue" => needs.secrets.iter().map(|name| format!("{name}_ARN")).collect(),
            "sqs:SendMessage" => vec!["AUTH0_EVENTS_QUEUE_URL".to_owned()],
            "events:PutEvents" => vec!["EVENT_BUS_NAME".to_owned()],
            other => panic!("where {other} finds its resource is not known"),
        };
        let places = variables.iter().filter_map(|name| template.variable(function, name));
        for place in places.filter(|place| !place.is_empty()) {
            rights.extend(on(&place, &[action]));
        }
    }
    rights
}

#[test]
fn each_role_allows_exactly_what_its_function_does() {
    let template = granted::whole();
    let mut wrong = Vec::new();
    for (folder, function) in granted::functions(&template) {
        let program = program(&folder);
        let facts = read(&program);
        let reach = Reach::of(&program, &facts, &folder.replace('-', "_"));
        let needs = reach.needs();
        wrong.extend(needs.unseen.iter().map(|what| format!("{folder}: cannot be followed: {what}")));
        let asked = granted::asked_by_the_template(&template, &function);
        let needed: Rights = needed(&template, &function, &needs).union(&asked).cloned().collect();
        let allowed = granted::allowed(&template, &function);
        for (action, resource) in needed.difference(&allowed) {
            let way =
                needs.on_tables.iter().find(|(of, ..)| of == action).map(|(_, table, _)| reach.way(action, table));
            wrong.push(format!("{folder} needs {action} on {resource}\n    {}", way.unwrap_or_default()));
        }
        let unused = allowed.difference(&needed);
        wrong.extend(unused.map(|(action, resource)| format!("{folder} does not use {action} on {resource}")));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn each_function_of_the_workspace_is_deployed() {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions")).unwrap();
    let folders: BTreeSet<String> = folders.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(granted::functions(&granted::whole()).into_keys().collect::<BTreeSet<_>>(), folders);
}
