//! Rust source as a flat list of tokens with lines. The lexer is the one that procedural macros use, so strings,
//! comments, lifetimes and character literals are told apart as the compiler does, inside macros too.

use std::ops::Range;

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Word,
    Literal,
    /// Punctuation, brackets included; `::` is one.
    Mark,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// From 1.
    pub(super) line: usize,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, LexError> {
    let mut list = Vec::new();
    flatten(text.parse()?, &mut list);
    Ok(list)
}

fn flatten(stream: TokenStream, list: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                list.push(mark(open, line));
                flatten(group.stream(), list);
                list.push(mark(close, group.span_close().end().line));
            }
            TokenTree::Ident(word) => {
                let text = word.to_string().trim_start_matches("r#").to_owned();
                list.push(Token { kind: Kind::Word, text, line });
            }
            TokenTree::Punct(punct) => match list.last_mut() {
                Some(before) if punct.as_char() == ':' && before.is(":") => before.text.push(':'),
                _ => list.push(mark(&punct.as_char().to_string(), line)),
            },
            TokenTree::Literal(literal) => {
                list.push(Token { kind: Kind::Literal, text: literal.to_string(), line });
            }
        }
    }
}

fn mark(text: &str, line: usize) -> Token {
    Token { kind: Kind::Mark, text: text.to_owned(), line }
}

/// Where the bracket that opens at `open` closes.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Mark && matches!(token.text.as_str(), "(" | "[" | "{") {
            depth += 1;
        } else if token.kind == Kind::Mark && matches!(token.text.as_str(), ")" | "]" | "}") {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

/// The attributes, as the ranges between their square brackets, with where their `#` is.
pub(super) fn attributes(tokens: &[Token]) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let bang = usize::from(tokens.get(at + 1).is_some_and(|next| next.is("!")));
        let open = at + 1 + bang;
        if token.is("#") && tokens.get(open).is_some_and(|next| next.is("[")) {
            found.push((at, open + 1..closing(tokens, open)));
        }
    }
    found
}

/// What [`without_tests`] leaves, and what it took away.
pub(super) struct Cut {
    pub(super) kept: Vec<Token>,
    /// How many lines the removed items had.
    pub(super) lines: usize,
    /// Names of removed modules that are files of their own.
    pub(super) modules: Vec<String>,
}

/// Removes the items under `#[cfg(test)]`.
pub(super) fn without_tests(tokens: &[Token]) -> Cut {
    let mut cut = Cut { kept: Vec::new(), lines: 0, modules: Vec::new() };
    let mut next = 0;
    for (start, inner) in attributes(tokens) {
        if start < next || !is_cfg_test(&tokens[inner.clone()]) || tokens[start + 1].is("!") {
            continue;
        }
        let end = end_of_item(tokens, inner.end + 1);
        cut.kept.extend_from_slice(&tokens[next..start]);
        let item = &tokens[start..end.min(tokens.len())];
        cut.lines += item[item.len() - 1].line + 1 - item[0].line;
        if let [.., keyword, name, semicolon] = item
            && keyword.is("mod")
            && semicolon.is(";")
        {
            cut.modules.push(name.text.clone());
        }
        next = end;
    }
    cut.kept.extend_from_slice(tokens.get(next..).unwrap_or_default());
    cut
}

fn is_cfg_test(attribute: &[Token]) -> bool {
    attribute.first().is_some_and(|word| word.is("cfg"))
        && attribute.iter().any(|word| word.is("test"))
        && !attribute.iter().any(|word| word.is("not"))
}

/// Behind the item that begins at `at`, further attributes included: its `;`, or its braces.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut import = false;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            _ if token.kind == Kind::Literal => at += 1,
            "use" => (import, at) = (true, at + 1),
            ";" => return at + 1,
            "{" if !import => return closing(tokens, at) + 1,
            "(" | "[" | "{" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    tokens.len()
}

/// A function's name, its first line and how many lines it has.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The functions that have a body, those inside macros too. Attributes and documentation do not count.
pub(super) fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        if !keyword.is("fn") || !name.is_word() {
            continue;
        }
        let mut body = at + 2;
        while let Some(token) = tokens.get(body).filter(|token| !token.is("{") && !token.is(";")) {
            let opens = token.is("(") || token.is("[");
            body = if opens { closing(tokens, body) + 1 } else { body + 1 };
        }
        if tokens.get(body).is_none_or(|token| token.is(";")) {
            continue;
        }
        let end = tokens.get(closing(tokens, body));
        if let Some(end) = end {
            let lines = end.line + 1 - keyword.line;
            found.push(Function { name: name.text.clone(), line: keyword.line, lines });
        }
    }
    found
}

/// A path such as `crate::store::Users`, with the groups of imports multiplied out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamePath {
    pub(super) names: Vec<String>,
    pub(super) line: usize,
}

impl NamePath {
    /// Whether these names stand in it, one after the other.
    pub(super) fn contains(&self, names: &[&str]) -> bool {
        self.names.windows(names.len()).any(|window| window == names)
    }
}

/// All paths, in imports, expressions, types and macros.
pub(super) fn paths(tokens: &[Token]) -> Vec<NamePath> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].is_word() {
            at = read_path(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path that begins at `at` and returns where it ends.
fn read_path(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<NamePath>) -> usize {
    let line = tokens[at].line;
    let mut names = prefix.to_vec();
    names.push(tokens[at].text.clone());
    at += 1;
    while tokens.get(at).is_some_and(|token| token.is("::")) {
        match tokens.get(at + 1) {
            Some(word) if word.is_word() || word.is("*") => names.push(word.text.clone()),
            Some(open) if open.is("{") => return read_group(tokens, at + 1, &names, found),
            _ => break,
        }
        at += 2;
    }
    found.push(NamePath { names, line });
    at
}

/// Reads the `{…}` of an import; `open` is its brace.
fn read_group(tokens: &[Token], open: usize, prefix: &[String], found: &mut Vec<NamePath>) -> usize {
    let close = closing(tokens, open);
    let mut at = open + 1;
    while at < close {
        at = match &tokens[at] {
            token if token.is("as") => at + 2,
            token if token.is_word() || token.is("*") => read_path(tokens, at, prefix, found),
            _ => at + 1,
        };
    }
    close + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let names = |path: NamePath| path.names.join("::");
        paths(&tokens(text).unwrap()).into_iter().map(names).filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn groups_of_imports_are_multiplied_out() {
        let text = "use crate::{a::{B, c::*}, d as e, self}; use std::env;";
        assert_eq!(read(text), ["crate::a::B", "crate::a::c::*", "crate::d", "crate::self", "std::env"]);
    }

    #[test]
    fn paths_are_read_in_code_and_macros_and_not_in_strings_or_comments() {
        let text = "fn f() { info!(\"a::b\", x = ::std::env::var(y)); /* c::d */ e::<F::G>() } // h::i";
        assert_eq!(read(text), ["std::env::var", "F::G"]);
    }

    #[test]
    fn functions_are_measured_from_keyword_to_brace() {
        let text = "/// x\n#[a]\npub fn one(x: [u8; { 3 }])\nwhere A: B,\n{\n '{'; \"}\"; /* } */ }\nfn none();\nm! { fn two() {\n} }";
        let found = functions(&tokens(text).unwrap());
        let found: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
        assert_eq!(found, [("one", 3, 4), ("two", 8, 2)]);
    }

    #[test]
    fn test_imports_and_functions_are_cut_as_well_as_modules() {
        let text = "#[cfg(test)]\nuse a::{b, c};\n#[cfg(all(test, unix))]\nfn d() {\n}\n#[cfg(not(test))]\nfn e() {}\n#[cfg(test)]\npub(crate) mod g;";
        let cut = without_tests(&tokens(text).unwrap());
        assert_eq!((cut.lines, cut.modules), (7, vec!["g".to_owned()]));
        assert_eq!(functions(&cut.kept).len(), 1);
    }
}
