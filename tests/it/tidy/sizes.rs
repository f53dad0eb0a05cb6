//! How long things may be.

use super::sources::Source;
use super::tokens;

/// Lines of a file, tests in it included.
const FILE: usize = 400;
/// Lines of a function, signature and closing brace included.
const FUNCTION: usize = 60;
/// Lines of a function crate's `main.rs`.
const MAIN: usize = 40;
/// The median of all files. Tests do not count, neither in a file nor as a file: the figure is there to keep what a
/// reader must hold in mind for one thing small, and a rule's tests beside it should never be cut to meet it.
const MEDIAN: usize = 80;

pub(super) fn too_long(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE {
        found.push(format!("{path}: {lines} lines, more than {FILE}"));
    }
    if lines > MAIN && path.starts_with("functions/") && path.ends_with("/src/main.rs") {
        found.push(format!("{path}: {lines} lines, more than {MAIN} for a main"));
    }
    for function in tokens::functions(&source.tokens) {
        let tokens::Function { name, line, lines } = function;
        if lines > FUNCTION {
            found.push(format!("{path}:{line}: {name} has {lines} lines, more than {FUNCTION}"));
        }
    }
    found
}

pub(super) fn median_too_long(sources: &[Source]) -> Vec<String> {
    let counted = sources.iter().filter(|source| !source.is_test);
    let mut lengths: Vec<_> = counted.map(|source| source.product_lines).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    if median <= MEDIAN {
        return Vec::new();
    }
    vec![format!("the median of {} files is {median} lines, more than {MEDIAN}", lengths.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        "\n".repeat(count)
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(too_long(&Source::new("shared/src/a.rs", &lines(400))).is_empty());
        assert_eq!(too_long(&Source::new("shared/src/a.rs", &lines(401))).len(), 1);
    }

    #[test]
    fn a_long_function_is_found_wherever_it_is() {
        let function = |inner| format!("impl A {{ async fn f() {{{}}} }}", lines(inner));
        assert!(too_long(&Source::new("shared/src/a.rs", &function(59))).is_empty());
        assert_eq!(too_long(&Source::new("shared/src/a.rs", &function(60))).len(), 1);
    }

    #[test]
    fn a_long_main_is_found_in_functions_only() {
        assert_eq!(too_long(&Source::new("functions/a/src/main.rs", &lines(41))).len(), 1);
        assert!(too_long(&Source::new("functions/a/src/main.rs", &lines(40))).is_empty());
        assert!(too_long(&Source::new("cli/src/main.rs", &lines(41))).is_empty());
    }

    #[test]
    fn a_high_median_is_found_and_tests_do_not_count() {
        let tests = format!("#[cfg(test)]\nmod tests {{{}}}\n", lines(200));
        let file = |count| Source::new("shared/src/a.rs", &(lines(count) + &tests));
        let test = Source::new("tests/it/a.rs", &lines(300));
        assert!(median_too_long(&[file(10), file(80), file(300), test]).is_empty());
        assert_eq!(median_too_long(&[file(10), file(81), file(300)]).len(), 1);
    }
}
