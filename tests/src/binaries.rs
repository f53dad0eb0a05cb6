//! The workspace's own executables, built once for a test process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Where the executable `name` is, after building it if it is not up to date.
///
/// The whole workspace is built, libraries too, because that is what `cargo test --workspace` builds: with another
/// choice cargo settles on other features and profiles for some dependencies, and compiles half the tree again.
/// Profile and target directory are those of the test.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(build);
    let known = || built.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    built.get(name).unwrap_or_else(|| panic!("no executable {name}, but {}", known())).clone()
}

#[expect(clippy::disallowed_methods, reason = "cargo's own variables, not configuration")]
fn build() -> BTreeMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["build", "--workspace", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for (name, _) in std::env::vars().filter(|(name, _)| is_ours_alone(name)) {
        command.env_remove(name);
    }
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "the executables do not build: {}", output.status);
    executables(&String::from_utf8_lossy(&output.stdout))
}

/// What `cargo test` tells this process about its package. Some build scripts depend on these variables, so a
/// cargo that inherited them would build those anew, and all that stands on them.
fn is_ours_alone(variable: &str) -> bool {
    ["CARGO_BIN_", "CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| variable.starts_with(start))
        || ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "LD_LIBRARY_PATH", "OUT_DIR"].contains(&variable)
}

/// Cargo's messages, a JSON document a line; those of executables say where they are.
fn executables(messages: &str) -> BTreeMap<String, PathBuf> {
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let path = message.get("executable")?.as_str()?;
        let name = message.get("target")?.get("name")?.as_str()?;
        Some((name.to_owned(), PathBuf::from(path)))
    };
    messages.lines().filter_map(executable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_read_from_the_messages_of_cargo() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"shared"},"executable":null}"#,
            "\nnot json\n",
            r#"{"reason":"compiler-artifact","target":{"name":"spine"},"executable":"/t/spine"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found = executables(messages);
        assert_eq!(found, BTreeMap::from([("spine".to_owned(), PathBuf::from("/t/spine"))]));
    }

    #[test]
    fn variables_of_this_package_are_kept_from_cargo_and_its_settings_are_not() {
        assert!(is_ours_alone("CARGO_PKG_NAME"));
        assert!(is_ours_alone("CARGO_MANIFEST_DIR"));
        assert!(!is_ours_alone("CARGO_TARGET_DIR"));
        assert!(!is_ours_alone("CARGO_HOME"));
    }
}
