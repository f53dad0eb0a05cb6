//! The direction of imports inside `shared`: what a module may name of the others.

use super::sources::Source;
use super::tokens;

/// Each module of `shared`, and those it may use. A new module needs a row; the rows may not form a circle.
pub(super) const MODULES: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("domain", &["clock"]),
    ("secret", &[]),
    ("signature", &["clock", "domain"]),
    ("possession", &["clock", "domain"]),
    ("token", &["clock", "domain"]),
    ("config", &["clock", "domain", "possession", "secret", "signature", "token"]),
    ("telemetry", &["clock", "config", "domain"]),
    ("aws", &["clock", "config", "secret"]),
    ("queue", &["aws", "config"]),
    ("bus", &["aws", "clock", "config"]),
    ("store", &["aws", "clock", "config", "domain", "possession", "telemetry"]),
    ("wire", &["clock", "domain", "signature"]),
    ("provider", &["aws", "clock", "config", "domain", "secret", "telemetry", "wire"]),
    ("customers", &["aws", "clock", "domain", "provider", "secret", "store"]),
    ("jwt", &["clock", "config", "domain", "provider", "wire"]),
    (
        "http",
        &[
            "aws",
            "clock",
            "config",
            "domain",
            "jwt",
            "possession",
            "provider",
            "queue",
            "signature",
            "store",
            "telemetry",
            "token",
            "wire",
        ],
    ),
    ("reconcile", &["clock", "config", "domain", "provider", "store", "telemetry", "wire"]),
    ("stripe_reconcile", &["clock", "domain", "provider", "reconcile", "store", "telemetry"]),
    ("invocation", &["aws", "customers", "provider", "reconcile", "store", "wire"]),
];

fn may_use(module: &str) -> Option<&'static [&'static str]> {
    MODULES.iter().find(|(name, _)| *name == module).map(|(_, used)| *used)
}

/// Rows that name a module without a row above them: a typing error, or a circle.
pub(super) fn contradictions(table: &[(&str, &[&str])]) -> Vec<String> {
    let mut found = Vec::new();
    for (row, (module, used)) in table.iter().enumerate() {
        let above = |name: &str| table[..row].iter().any(|(earlier, _)| *earlier == name);
        for name in used.iter().filter(|name| !above(name)) {
            found.push(format!("the row of {module} uses {name}, which has no row above it"));
        }
    }
    found
}

/// Uses of a module by one that may not.
pub(super) fn wrong_imports(source: &Source) -> Vec<String> {
    let modules = source.modules();
    let (true, Some(own)) = (source.path.starts_with("shared/src/"), modules.first()) else {
        return Vec::new();
    };
    if source.is_test {
        return Vec::new();
    }
    let Some(allowed) = may_use(own) else {
        return vec![format!("{}: the module {own} has no row in the table", source.path)];
    };
    let mut found = Vec::new();
    for path in tokens::paths(&source.product) {
        let Some(target) = from_root(&path.names, modules.len()) else {
            continue;
        };
        if target != *own && !allowed.contains(&target) {
            found.push(format!("{}:{}: {own} may not use {target}", source.path, path.line));
        }
    }
    found
}

/// The first module of a path that goes over the crate's root: by `crate`, or by `super` often enough.
fn from_root(names: &[String], depth: usize) -> Option<&str> {
    let ups = names.iter().take_while(|name| *name == "super").count();
    let first = match names.first()?.as_str() {
        "crate" => names.get(1),
        "super" if ups == depth => names.get(ups),
        _ => None,
    };
    first.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(path: &str, text: &str) -> Vec<String> {
        wrong_imports(&Source::new(path, text))
    }

    #[test]
    fn an_import_upwards_is_found() {
        let text = "use crate::clock::Timestamp;\nuse crate::{\n    domain::User,\n    store::Users,\n};";
        assert_eq!(wrong("shared/src/domain/user.rs", text), ["shared/src/domain/user.rs:4: domain may not use store"]);
        assert!(wrong("shared/src/http/problem.rs", text).is_empty());
    }

    #[test]
    fn a_path_in_code_a_macro_or_through_super_is_found() {
        assert_eq!(wrong("shared/src/store/users.rs", "fn a() { crate::http::problem() }").len(), 1);
        assert_eq!(wrong("shared/src/store/users.rs", "fn a() { info!(crate::http::X) }").len(), 1);
        assert_eq!(wrong("shared/src/store/users.rs", "use super::super::http;").len(), 1);
        assert!(wrong("shared/src/store/users.rs", "use super::claims; use super::http;").is_empty());
        assert_eq!(wrong("shared/src/clock.rs", "use super::domain;").len(), 1);
    }

    #[test]
    fn tests_may_use_all_and_the_root_names_all() {
        let text = "#[cfg(test)]\nmod tests { use crate::store::Users; }";
        assert!(wrong("shared/src/domain/user.rs", text).is_empty());
        assert!(wrong("shared/src/lib.rs", "pub use crate::store::Users;").is_empty());
    }

    #[test]
    fn a_module_without_a_row_and_a_circle_are_found() {
        assert_eq!(wrong("shared/src/brand_new.rs", "").len(), 1);
        assert_eq!(contradictions(&[("a", &["b"]), ("b", &["a"])]).len(), 1);
        assert_eq!(contradictions(&[("a", &["a"])]).len(), 1);
    }
}
