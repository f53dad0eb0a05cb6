//! Words and their places: what may not be written, or only in one file.

use super::sources::Source;
use super::tokens::{self, NamePath, Token};

/// Every file says in its first line what it is for.
pub(super) fn without_purpose(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or_default();
    let says = first.strip_prefix("//! ").is_some_and(|purpose| !purpose.trim().is_empty());
    if says { Vec::new() } else { vec![format!("{}: the first line is no //! sentence", source.path)] }
}

/// Time is an argument: only `shared::clock` asks for it, in what is deployed.
pub(super) fn clock_readers(source: &Source) -> Vec<String> {
    let reads = |path: &NamePath| {
        let asks = path.names.last().is_some_and(|name| name.starts_with("now"));
        let clocks = ["Instant", "Local", "OffsetDateTime", "SystemTime", "Utc", "UtcDateTime"];
        let of_clock = |name: &String| clocks.contains(&name.as_str());
        asks && path.names.iter().rev().nth(1).is_some_and(of_clock)
    };
    only_in("clock", "reads the clock", source, reads)
}

/// Configuration is an argument: only `shared::config` reads it, in what is deployed.
pub(super) fn environment_readers(source: &Source) -> Vec<String> {
    only_in("config", "reads the environment", source, |path| path.contains(&["std", "env"]))
}

fn only_in(module: &str, what: &str, source: &Source, does: impl Fn(&NamePath) -> bool) -> Vec<String> {
    let shared = source.path.starts_with("shared/src/");
    let exempt = shared && source.modules().first() == Some(&module);
    if exempt || !(shared || source.path.starts_with("functions/")) {
        return Vec::new();
    }
    let paths = tokens::paths(&source.product).into_iter().filter(does);
    paths.map(|path| format!("{}:{}: {what}, {}", source.path, path.line, path.names.join("::"))).collect()
}

/// The domain knows no runtime, no format and no database.
pub(super) fn impure_domain(source: &Source) -> Vec<String> {
    if !source.path.starts_with("shared/src/domain") {
        return Vec::new();
    }
    let banned = |token: &&Token| {
        let word = token.text.as_str();
        token.is_word()
            && (matches!(word, "async" | "await" | "axum" | "reqwest" | "tokio")
                || word.starts_with("serde")
                || word.starts_with("aws_"))
    };
    let found = source.product.iter().filter(banned);
    found.map(|token| format!("{}:{}: {} in the domain", source.path, token.line, token.text)).collect()
}

/// No work is left for later, no test is skipped, no lint silenced; `expect` with a reason is the way.
pub(super) fn unfinished(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    let mut say = |token: &Token, what: &str| {
        found.push(format!("{}:{}: {what}", source.path, token.line));
    };
    for pair in tokens.windows(2) {
        for name in ["todo", "unimplemented"] {
            if pair[0].is(name) && pair[1].is("!") {
                say(&pair[0], &format!("{name}!"));
            }
        }
    }
    for (_, inner) in tokens::attributes(tokens) {
        let attribute = &tokens[inner];
        for (word, next) in attribute.iter().zip(attribute.iter().skip(1)) {
            if word.is("allow") && next.is("(") {
                say(word, "allow, where expect is the house's way");
            }
        }
        if let Some(word) = attribute.first().filter(|word| word.is("ignore")) {
            say(word, "a test that is skipped");
        }
    }
    found
}

/// Names that say nothing, and getters that say `get`.
pub(super) fn empty_names(source: &Source) -> Vec<String> {
    let empty = ["Data", "Helper", "Helpers", "Info", "Manager", "Service", "Util", "Utils"];
    // What AWS calls a thing is its name.
    let foreign = ["SecretsManager", "secrets_manager"];
    let bad = |keyword: &Token, name: &Token| match keyword.text.as_str() {
        "enum" | "struct" | "trait" | "type" => empty.iter().any(|word| name.text.ends_with(word)),
        "mod" => empty.iter().any(|word| name.text.ends_with(&word.to_lowercase())),
        "fn" => name.text.starts_with("get_"),
        _ => false,
    };
    let pairs = source.tokens.windows(2).filter(|pair| !foreign.contains(&pair[1].text.as_str()));
    let declared = pairs.filter(|pair| pair[0].is_word() && pair[1].is_word() && bad(&pair[0], &pair[1]));
    declared.map(|pair| format!("{}:{}: the name {}", source.path, pair[1].line, pair[1].text)).collect()
}

/// Folders that exist on one machine only: people's homes, work folders, and where this copy happens to be.
pub(super) fn machine_paths(texts: &[(String, String)]) -> Vec<String> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let here = here.filter(|root| root.components().count() > 2).and_then(|root| root.to_str());
    // Spelled in two parts, so that this file does not find itself.
    let folders = ["home", "Users", "root", "work", "workspace", "mnt"];
    let places: Vec<_> =
        folders.map(|folder| format!("/{folder}/")).into_iter().chain(here.map(str::to_owned)).collect();
    let mut found = Vec::new();
    for (path, text) in texts {
        for (number, line) in text.lines().enumerate() {
            if places.iter().any(|place| names_place(line, place)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

/// Whether `place` begins a path in `line`, and is not in the middle of one or of a URL.
fn names_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "/._-}$*".contains(before))
    })
}

#[cfg(test)]
mod tests;
