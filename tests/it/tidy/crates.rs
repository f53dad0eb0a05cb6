//! The direction of dependencies between the crates of the workspace.

use super::sources::Workspace;

/// Each folder of crates, and the folders whose crates they may depend on. One that is not listed here, such as the
/// suite itself, may depend on all.
const CRATES: &[(&str, &[&str])] = &[
    ("shared", &[]),
    ("functions", &["shared"]),
    ("local", &["functions", "shared"]),
    ("cli", &["functions", "local", "shared"]),
];

/// A crate of the workspace: its folder under the root, and its name.
struct Member<'a> {
    folder: &'a str,
    name: &'a str,
    manifest: &'a str,
}

pub(super) fn wrong_dependencies(workspace: &Workspace) -> Vec<String> {
    let members: Vec<_> = workspace.texts.iter().filter_map(member).collect();
    let mut found = Vec::new();
    for member in &members {
        let Some((_, allowed)) = CRATES.iter().find(|(folder, _)| *folder == member.folder) else {
            continue;
        };
        for name in dependencies(member.manifest) {
            let other = members.iter().find(|other| other.name == name);
            if let Some(other) = other.filter(|other| !allowed.contains(&other.folder)) {
                found.push(format!("{} may not depend on {}", member.name, other.name));
            }
        }
    }
    found
}

fn member((path, manifest): &(String, String)) -> Option<Member<'_>> {
    let place = path.strip_suffix("/Cargo.toml")?;
    let folder = place.split('/').next()?;
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = \""))?;
    Some(Member { folder, name: name.trim_end_matches('"'), manifest })
}

/// The names in all tables of dependencies.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut table = "";
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_end_matches(']');
            let (_, name) = table.rsplit_once("dependencies.").unwrap_or_default();
            found.extend(Some(name).filter(|name| !name.is_empty()));
        } else if table.ends_with("dependencies") {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push(name.trim_matches('"'));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(manifests: &[(&str, &str)]) -> Vec<String> {
        let file = |(place, dependencies): &(&str, &str)| {
            let name = place.rsplit('/').next().unwrap();
            let manifest = format!("[package]\nname = \"{name}\"\n{dependencies}");
            (format!("{place}/Cargo.toml"), manifest)
        };
        wrong_dependencies(&Workspace::of(manifests.iter().map(file).collect()))
    }

    #[test]
    fn a_sibling_is_found_in_every_spelling() {
        for spelling in [
            "[dependencies]\nb.workspace = true",
            "[dependencies]\nb = { path = \"../b\" }",
            "[dev-dependencies]\nb = \"1\"",
            "[dependencies.b]\nversion = \"1\"",
            "[target.'cfg(unix)'.dependencies]\nb = \"1\"",
        ] {
            let found = found(&[("functions/a", spelling), ("functions/b", "")]);
            assert_eq!(found, ["a may not depend on b"], "{spelling}");
        }
    }

    #[test]
    fn the_shared_crate_depends_on_no_other_and_the_suite_on_all() {
        let both = "[dependencies]\nserde = \"1\"\na.workspace = true";
        let found = found(&[("functions/a", ""), ("shared", both), ("local", both), ("tests", both)]);
        assert_eq!(found, ["shared may not depend on a"]);
    }
}
