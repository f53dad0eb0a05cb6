//! The analysis on a small program: what it must see, what it must tell apart, and what it must not pass over.

use std::collections::BTreeSet;

use super::program::Program;
use super::reach::{Needs, Reach};

const TABLES: &str = "
pub struct Tables { pub users: String, pub claims: String }
";

const STORE: &str = r#"
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use crate::config::Tables;

pub struct Users { client: Client, table: String }
pub struct Claims { client: Client, users: Users, table: String }
pub trait Work { async fn go(&self); }

impl Users {
    pub fn new(client: Client, tables: &Tables) -> Self { Self { client, table: tables.users.clone() } }
    pub async fn read(&self) -> Option<u8> { self.client.get_item().table_name(&self.table).send().await.ok()?; None }
    pub async fn find(&self) { self.client.query().table_name(&self.table).index_name("by_email").send().await; }
}
impl Work for Users {
    async fn go(&self) { self.read().await; }
}
impl Claims {
    pub fn new(client: Client, tables: &Tables) -> Self {
        Self { users: Users::new(client.clone(), tables), client, table: tables.claims.clone() }
    }
    pub async fn end(&self) {
        let items = vec![part(&self.table), part(&self.users.table)];
        self.client.transact_write_items().set_transact_items(items).send().await;
    }
    pub async fn go_wrong(&self) { self.client.delete_table().table_name(&self.table).send().await; }
}
impl Work for Claims {
    async fn go(&self) { self.end().await; }
}
fn part(table: &str) -> TransactWriteItem {
    TransactWriteItem::builder().update(Update::builder().table_name(table).build()).build()
}
"#;

/// What a binary of this `main` needs.
fn needs(main: &str) -> Needs {
    let module = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let files =
        [(module(&["shared", "config"]), TABLES), (module(&["shared", "store"]), STORE), (module(&["one"]), main)];
    let program = Program::of(&files);
    let facts = super::read(&program);
    Reach::of(&program, &facts, "one").needs()
}

fn on_tables(main: &str) -> BTreeSet<String> {
    let needs = needs(main);
    assert_eq!(needs.unseen, BTreeSet::new());
    let told = needs.on_tables.into_iter().map(|(action, table, index)| {
        let action = action.trim_start_matches("dynamodb:");
        index.map_or(format!("{action} {table}"), |index| format!("{action} {table}.{index}"))
    });
    told.collect()
}

fn expected(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn only_what_main_leads_to_is_needed() {
    let main = "use shared::store::Users;\nasync fn main() { let users = Users::new(client(), &t()); users.read().await; }\n\
                async fn never(users: Users) { users.find().await; }";
    assert_eq!(on_tables(main), expected(&["GetItem users"]));
}

#[test]
fn an_index_and_the_tables_of_a_transaction_are_told_apart() {
    let main = "use shared::store::{Claims, Users};\nasync fn main() { Users::new(c(), &t()).find().await; \
                Claims::new(c(), &t()).end().await; }";
    assert_eq!(on_tables(main), expected(&["Query users.by_email", "UpdateItem claims", "UpdateItem users"]));
}

#[test]
fn a_call_in_a_macro_a_closure_or_by_a_name_alone_counts() {
    for way in [
        "tokio::join!(users.read(), other());",
        "tokio::select! { read = users.read() => read, () = other() => None };",
        "let read = || async { users.read().await }; run(read).await;",
        "run(helper).await; let _ = users;",
        "let unknown = somewhere(); unknown.read().await; let _ = users;",
    ] {
        let main = format!(
            "use shared::store::Users;\nasync fn main() {{ let users = Users::new(c(), &t()); {way} }}\n\
             async fn helper(users: &Users) {{ users.read().await; }}"
        );
        assert_eq!(on_tables(&main), expected(&["GetItem users"]), "{way}");
    }
}

#[test]
fn behind_a_trait_stand_those_that_somebody_makes() {
    let main = "use shared::store::{Users, Work};\nasync fn main() { let users = Users::new(c(), &t()); \
                let work: &dyn Work = &users; work.go().await; }";
    assert_eq!(on_tables(main), expected(&["GetItem users"]));
    let both = "use shared::store::{Claims, Work};\nasync fn main() { let claims = Claims::new(c(), &t()); \
                let work: &dyn Work = &claims; work.go().await; }";
    assert_eq!(on_tables(both), expected(&["GetItem users", "UpdateItem claims", "UpdateItem users"]));
}

#[test]
fn what_cannot_be_followed_is_a_finding() {
    let unknown = "use shared::store::Claims;\nasync fn main() { Claims::new(c(), &t()).go_wrong().await; }";
    let unseen = needs(unknown).unseen;
    assert!(unseen.iter().any(|it| it.contains("delete_table")), "{unseen:?}");
    let nameless = "use aws_sdk_dynamodb::Client;\nasync fn main() { let client: Client = c(); \
                    client.scan().table_name(from_somewhere()).send().await; }";
    assert!(needs(nameless).unseen.iter().any(|it| it.contains("the table of")));
    let apart =
        "use aws_sdk_dynamodb::Client;\nasync fn main() { let client: Client = c(); let scan = client.scan(); }";
    assert!(needs(apart).unseen.iter().any(|it| it.contains("not in one chain")));
}
