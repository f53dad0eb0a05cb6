//! What an expression of a body may be, and which functions a call of it may reach.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, Pat};

use super::body::Body;
use super::kinds::{AWS_CLIENT, Kinds, OF_AWS};
use super::program::Function;

/// Methods of other crates whose result is what they were called on, or what that holds.
const PASSING: &[&str] = &[
    "as_deref",
    "as_mut",
    "as_ref",
    "boxed",
    "clone",
    "cloned",
    "copied",
    "expect",
    "filter",
    "first",
    "flatten",
    "get",
    "inspect",
    "inspect_err",
    "into_inner",
    "into_iter",
    "iter",
    "last",
    "lock",
    "map_err",
    "next",
    "ok",
    "ok_or",
    "ok_or_else",
    "pop",
    "replace",
    "skip",
    "take",
    "transpose",
    "unwrap_or_else",
];

/// What a method may be called on.
#[derive(Clone)]
pub(super) enum Known {
    These(Kinds),
    /// Nobody knows: a method of any type that has one of that name.
    Any,
}

impl Body<'_> {
    pub(super) fn bind(&mut self, pattern: &Pat, known: Known) {
        let inner = match known {
            Known::These(kinds) if matches!(pattern, Pat::Ident(_)) => Known::These(kinds),
            Known::Any => Known::Any,
            Known::These(mut kinds) => {
                // What is taken apart may be two levels deep.
                for _ in 0..2 {
                    let insides = kinds.iter().filter_map(|name| self.program.insides.get(name)).flatten();
                    let insides = insides.filter(|kind| *kind != AWS_CLIENT).cloned();
                    kinds = kinds.iter().cloned().chain(insides.collect::<Vec<_>>()).collect();
                }
                Known::These(kinds)
            }
        };
        let mut names = Idents(Vec::new());
        names.visit_pat(pattern);
        for name in names.0 {
            self.kinds.insert(name, inner.clone());
        }
    }

    pub(super) fn known(&self, expression: &Expr) -> Known {
        match expression {
            Expr::Path(path) => self.known_path(path),
            Expr::Reference(it) => self.known(&it.expr),
            Expr::Paren(it) => self.known(&it.expr),
            Expr::Try(it) => self.known(&it.expr),
            Expr::Await(it) => self.known(&it.base),
            Expr::Struct(it) => Known::These(self.type_named(&it.path).into_iter().collect()),
            Expr::Field(it) => match self.known(&it.base) {
                Known::Any => Known::Any,
                Known::These(kinds) => {
                    let name = member(&it.member);
                    let held = kinds.into_iter().filter_map(|kind| self.program.fields.get(&(kind, name.clone())));
                    let held: Vec<_> = held.collect();
                    if held.is_empty() {
                        Known::Any
                    } else {
                        Known::These(held.into_iter().flatten().cloned().collect())
                    }
                }
            },
            Expr::MethodCall(it) => self.known_method(it),
            Expr::Call(it) => self.known_call(it),
            Expr::Lit(_) | Expr::Macro(_) | Expr::Binary(_) | Expr::Unary(_) => Known::These(Kinds::new()),
            _ => Known::Any,
        }
    }

    pub(super) fn known_path(&self, path: &ExprPath) -> Known {
        match path.path.get_ident().map(ToString::to_string) {
            Some(name) if name == "self" => Known::These(self.function.owner.iter().cloned().collect()),
            Some(name) => self.kinds.get(&name).cloned().unwrap_or(Known::Any),
            // A variant or a constant: of the type before it.
            None => self.type_before(&path.path).map_or(Known::Any, |kind| Known::These(Kinds::from([kind]))),
        }
    }

    pub(super) fn known_method(&self, it: &ExprMethodCall) -> Known {
        let (known, name) = (self.known(&it.receiver), it.method.to_string());
        let client = |kinds: &Kinds| kinds.contains(AWS_CLIENT) && kinds.len() == 1 && name != "clone";
        if matches!(&known, Known::These(kinds) if client(kinds) || kinds.contains(OF_AWS)) {
            return Known::These(Kinds::from([OF_AWS.to_owned()]));
        }
        let found = self.methods(&known, &name);
        if found.is_empty() {
            return if PASSING.contains(&name.as_str()) { known } else { Known::Any };
        }
        if matches!(known, Known::Any) { Known::Any } else { self.returned(&found) }
    }

    pub(super) fn known_call(&self, it: &ExprCall) -> Known {
        let Expr::Path(path) = &*it.func else { return Known::Any };
        let found = self.called(path);
        if !found.is_empty() {
            return self.returned(&found);
        }
        let wraps = ["Some", "Ok", "Err", "Arc", "Box", "Mutex", "Rc"];
        let of = self.type_before(&path.path).or_else(|| path.path.get_ident().map(ToString::to_string));
        if of.as_ref().is_some_and(|of| wraps.contains(&of.as_str())) {
            let mut all = Kinds::new();
            for argument in &it.args {
                match self.known(argument) {
                    Known::Any => return Known::Any,
                    Known::These(kinds) => all.extend(kinds),
                }
            }
            return Known::These(all);
        }
        match self.type_before(&path.path) {
            Some(of) if self.program.is_foreign(&self.function.module, &of) => Known::These(Kinds::from([of])),
            _ => Known::Any,
        }
    }

    pub(super) fn returned(&self, functions: &[usize]) -> Known {
        let mut all = Kinds::new();
        for function in functions {
            match &self.program.functions[*function].returns {
                Some(kinds) => all.extend(kinds.iter().cloned()),
                None => return Known::Any,
            }
        }
        Known::These(all)
    }

    /// The methods of a name that a call on such a thing may reach.
    pub(super) fn methods(&self, known: &Known, name: &str) -> Vec<usize> {
        let of = |owner: &String| match known {
            Known::Any => true,
            Known::These(kinds) => {
                let by_trait = |kind: &String| self.program.traits.get(kind).is_some_and(|them| them.contains(owner));
                // A method that a trait gives to its implementers.
                let default =
                    self.program.traits.get(owner).is_some_and(|them| kinds.iter().any(|it| them.contains(it)));
                kinds.contains(owner) || kinds.iter().any(by_trait) || default
            }
        };
        let functions = self.program.functions.iter().enumerate();
        let found = functions.filter(|(_, it)| it.takes_self && it.name == name && it.owner.as_ref().is_some_and(of));
        found.map(|(number, _)| number).collect()
    }

    /// The functions that a path may name.
    pub(super) fn called(&self, path: &ExprPath) -> Vec<usize> {
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let Some(name) = names.last() else { return Vec::new() };
        let functions = self.program.functions.iter().enumerate();
        if let Some(owner) = self.type_before(&path.path) {
            let implements = |it: &Function, of: &String| {
                it.owner.as_ref() == Some(of)
                    || self
                        .program
                        .traits
                        .get(of)
                        .is_some_and(|them| it.owner.as_ref().is_some_and(|it| them.contains(it)))
            };
            let found = functions.filter(|(_, it)| it.name == *name && implements(it, &owner));
            return found.map(|(number, _)| number).collect();
        }
        if names.len() == 1 && self.kinds.contains_key(name) {
            return Vec::new();
        }
        let module = &self.function.module;
        let first = &names[0];
        let imported = self.program.imported(module, first).cloned();
        let full: Vec<String> =
            imported.unwrap_or_else(|| vec![first.clone()]).into_iter().chain(names[1..].to_vec()).collect();
        let ours = ["crate", "self", "super"].contains(&full[0].as_str())
            || self.program.functions.iter().any(|it| it.module.first() == full.first())
            || full.len() == 1
            || self.program.functions.iter().any(|it| it.module.starts_with(module) && it.module.contains(&full[0]));
        if !ours {
            return Vec::new();
        }
        // A module may hand on what another one defines: it is enough that the way there has the names.
        let wanted: Vec<_> =
            full[..full.len() - 1].iter().filter(|it| !["crate", "self", "super"].contains(&it.as_str())).collect();
        let last = full.last().expect("a path has a name");
        let found = functions.filter(|(_, it)| {
            it.owner.is_none()
                && it.name == *last
                && wanted.iter().all(|name| it.module.contains(name))
                && (full.len() > 1 || it.module == *module)
        });
        found.map(|(number, _)| number).collect()
    }

    /// The type that stands before a path's last name.
    pub(super) fn type_before(&self, path: &syn::Path) -> Option<String> {
        let before = path.segments.iter().rev().nth(1)?.ident.to_string();
        let is_type = before.chars().next().is_some_and(char::is_uppercase);
        let named = match before.as_str() {
            "Self" => self.function.owner.clone(),
            _ => Some(self.program.named(&self.function.module, &before)),
        };
        named.filter(|_| is_type)
    }

    pub(super) fn type_named(&self, path: &syn::Path) -> Option<String> {
        let last = path.segments.last()?.ident.to_string();
        match self.type_before(path) {
            Some(of) => Some(of), // a variant
            None if last == "Self" => self.function.owner.clone(),
            None => Some(self.program.named(&self.function.module, &last)),
        }
    }
}

pub(super) fn member(member: &syn::Member) -> String {
    match member {
        syn::Member::Named(name) => name.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The names that a pattern binds.
pub(super) struct Idents(pub(super) Vec<String>);

impl<'a> Visit<'a> for Idents {
    fn visit_pat_ident(&mut self, it: &'a syn::PatIdent) {
        self.0.push(it.ident.to_string());
        visit::visit_pat_ident(self, it);
    }
}
