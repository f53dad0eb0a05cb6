//! Holds the rules of the house that no compiler and no linter knows: sizes, the direction of imports, who may read
//! the clock and the environment, words that must not stay.
//!
//! Each rule is a function from source to findings, and has a test of its own that shows it a bad example.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod crates;
mod layers;
mod rules;
mod sizes;
mod sources;
mod tokens;

use sources::Workspace;

/// Runs one rule over the workspace and fails with all it found.
#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn files_and_functions_are_small() {
    let workspace = Workspace::read();
    none(&workspace.each_source(sizes::too_long));
    none(&sizes::median_too_long(&workspace.sources));
}

#[test]
fn files_begin_by_saying_what_they_are_for() {
    none(&Workspace::read().each_source(rules::without_purpose));
}

#[test]
fn imports_point_down() {
    none(&layers::contradictions(layers::MODULES));
    none(&Workspace::read().each_source(layers::wrong_imports));
}

#[test]
fn crates_depend_down_and_functions_never_on_a_sibling() {
    none(&crates::wrong_dependencies(&Workspace::read()));
}

#[test]
fn one_file_reads_the_clock_and_one_the_environment() {
    let workspace = Workspace::read();
    none(&workspace.each_source(rules::clock_readers));
    none(&workspace.each_source(rules::environment_readers));
}

#[test]
fn the_domain_is_pure() {
    none(&Workspace::read().each_source(rules::impure_domain));
}

#[test]
fn nothing_is_left_undone_ignored_or_silenced() {
    none(&Workspace::read().each_source(rules::unfinished));
}

#[test]
fn names_are_words_of_the_field() {
    none(&Workspace::read().each_source(rules::empty_names));
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    none(&rules::machine_paths(&Workspace::read().texts));
}

#[test]
fn the_walk_finds_the_workspace() {
    let workspace = Workspace::read();
    for known in ["shared/src/lib.rs", "functions/reconcile/src/main.rs", "tests/it/tidy.rs"] {
        assert!(workspace.sources.iter().any(|source| source.path == known), "{known}");
    }
    assert!(workspace.texts.iter().any(|(path, _)| path == "Cargo.toml"));
    assert!(workspace.sources.iter().all(|source| !source.path.starts_with("target/")));
}
