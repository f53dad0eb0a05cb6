//! The files of the workspace, read once and cut into tokens.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::tokens::{self, Token};

/// One Rust file.
pub(super) struct Source {
    /// From the workspace's root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// All its tokens. Comments are none, and a documentation comment is an attribute with a literal.
    pub(super) tokens: Vec<Token>,
    /// The tokens without the items under `#[cfg(test)]`; none in a file that is a test altogether.
    pub(super) product: Vec<Token>,
    /// Lines without those of the items under `#[cfg(test)]`.
    pub(super) product_lines: usize,
    /// Modules under `#[cfg(test)]` that live in files of their own.
    test_modules: Vec<String>,
    /// The whole file is a test.
    pub(super) is_test: bool,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let all = tokens::tokens(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let cut = tokens::without_tests(&all);
        let is_test = is_integration_test(path);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: all,
            product: if is_test { Vec::new() } else { cut.kept },
            product_lines: text.lines().count() - cut.lines,
            test_modules: cut.modules,
            is_test,
        }
    }

    /// The modules that lead to this file, from the crate's root: `["store", "users"]` for
    /// `shared/src/store/users.rs`, nothing for `lib.rs`.
    pub(super) fn modules(&self) -> Vec<&str> {
        let inner = self.path.split_once("/src/").map_or("", |(_, inner)| inner);
        let inner = inner.trim_end_matches(".rs").trim_end_matches("/mod");
        inner.split('/').filter(|name| !matches!(*name, "" | "lib" | "main" | "mod")).collect()
    }

    /// The folder where its child modules' files are.
    fn children(&self) -> &str {
        let stem = self.path.trim_end_matches(".rs");
        match stem.rsplit_once('/') {
            Some((folder, "lib" | "main" | "mod")) => folder,
            _ => stem,
        }
    }
}

/// `tests/it` of the suite, and `tests/` beside any crate's `src`.
fn is_integration_test(path: &str) -> bool {
    path.starts_with("tests/it/") || path.contains("/tests/") && !path.contains("/src/")
}

/// All that the rules look at.
pub(super) struct Workspace {
    pub(super) sources: Vec<Source>,
    /// Path and content of every text file, Rust files included.
    pub(super) texts: Vec<(String, String)>,
}

impl Workspace {
    /// Reads the tree that this test was built from.
    pub(super) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = Vec::new();
        walk(&root, &mut files);
        files.sort();
        let texts = files.iter().map(|file| {
            let path = file.strip_prefix(&root).expect("found below the root");
            let path = path.to_str().expect("names are UTF-8").replace('\\', "/");
            (path, fs::read_to_string(file).expect("a text file is UTF-8"))
        });
        Self::of(texts.collect())
    }

    /// A workspace of these files.
    pub(super) fn of(texts: Vec<(String, String)>) -> Self {
        let rust = texts.iter().filter(|(path, _)| kind(path.as_ref()) == "rs");
        let mut sources: Vec<_> = rust.map(|(path, text)| Source::new(path, text)).collect();
        let test_files: BTreeSet<_> = sources.iter().flat_map(files_of_test_modules).collect();
        for source in &mut sources {
            let path = source.path.trim_end_matches(".rs");
            let above = path.match_indices('/').map(|(at, _)| &path[..at]);
            // A test module's own children are tests too.
            if above.chain([path]).any(|stem| test_files.contains(stem)) {
                source.is_test = true;
                source.product.clear();
            }
        }
        Self { sources, texts }
    }

    /// What a rule finds in the Rust files.
    pub(super) fn each_source(&self, rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
        self.sources.iter().flat_map(rule).collect()
    }
}

fn files_of_test_modules(source: &Source) -> Vec<String> {
    let file = |module: &String| format!("{}/{module}", source.children());
    source.test_modules.iter().map(file).collect()
}

/// Collects the text files, but for what is built, downloaded or hidden. `.ci` and `.cargo` are ours.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace is readable") {
        let path = entry.expect("its entries are too").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ours = !name.starts_with('.') || matches!(name, ".ci" | ".cargo");
        if path.is_dir() {
            if ours && !matches!(name, "data" | "logs" | "node_modules" | "target") {
                walk(&path, files);
            }
        } else if ours && is_text(&path) {
            files.push(path);
        }
    }
}

fn kind(path: &Path) -> &str {
    let kind = path.extension();
    kind.and_then(|kind| kind.to_str()).unwrap_or_default()
}

fn is_text(path: &Path) -> bool {
    let known = ["js", "json", "md", "mjs", "py", "rs", "sh", "toml", "yaml", "yml"];
    let folder = path.parent().and_then(Path::file_name);
    known.contains(&kind(path)) || folder.is_some_and(|folder| folder == ".ci")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(files: &[(&str, &str)]) -> Workspace {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Workspace::of(files.iter().map(owned).collect())
    }

    #[test]
    fn a_file_knows_its_modules() {
        let modules = |path| Source::new(path, "").modules().join("::");
        assert_eq!(modules("shared/src/lib.rs"), "");
        assert_eq!(modules("shared/src/clock.rs"), "clock");
        assert_eq!(modules("shared/src/store/users.rs"), "store::users");
        assert_eq!(modules("shared/src/store/mod.rs"), "store");
    }

    #[test]
    fn test_items_are_no_product_code() {
        let text = "//! x\nfn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let source = Source::new("shared/src/a.rs", text);
        assert_eq!(source.product_lines, 3);
        let names: Vec<_> = source.product.iter().map(|token| token.text.as_str()).collect();
        assert!(names.contains(&"a") && names.contains(&"c") && !names.contains(&"b"));
    }

    #[test]
    fn the_file_of_a_test_module_is_a_test_and_so_are_its_children() {
        let workspace = workspace(&[
            ("shared/src/store.rs", "#[cfg(test)]\nmod laws;\nmod users;"),
            ("shared/src/store/laws.rs", "fn a() {}"),
            ("shared/src/store/laws/more.rs", "fn a() {}"),
            ("shared/src/store/users.rs", "fn a() {}"),
            ("tests/it/users.rs", "fn a() {}"),
        ]);
        let tests: Vec<_> = workspace.sources.iter().map(|source| source.is_test).collect();
        assert_eq!(tests, [false, true, true, false, true]);
        assert!(workspace.sources[1].product.is_empty());
    }
}
