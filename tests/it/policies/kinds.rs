//! What an expression may be: the names in its type, flat. `Result<Option<User>, StoreError>` is all four of them.
//!
//! A method is looked for in each of the names; what holds a thing may stand for the thing, never the other way round.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{GenericParam, Generics, Path, Type, TypeParamBound, WherePredicate};

/// Names of types.
pub(super) type Kinds = BTreeSet<String>;

/// What stands for a client of one of AWS's SDKs.
pub(super) const AWS_CLIENT: &str = "client of AWS";
/// What stands for all that comes from one.
pub(super) const OF_AWS: &str = "what a client of AWS made";

/// What each parameter of a signature must be; nothing for one that may be anything.
pub(super) type Bounds = BTreeMap<String, Option<Kinds>>;

/// The names in a type; `None` where it may be any.
pub(super) fn of_type(
    it: &Type,
    owner: Option<&str>,
    bounds: &Bounds,
    meaning: impl Fn(&str) -> String,
) -> Option<Kinds> {
    let mut names = Names(Kinds::new());
    names.visit_type(it);
    let mut kinds = Kinds::new();
    for name in names.0 {
        match bounds.get(&name) {
            Some(bound) => kinds.extend(bound.clone()?),
            None if name == "Self" => kinds.extend(owner.map(str::to_owned)),
            None => drop(kinds.insert(meaning(&name))),
        }
    }
    Some(kinds)
}

/// The bounds of a signature's parameters.
pub(super) fn bounds(generics: &Generics) -> Bounds {
    let mut bounds = Bounds::new();
    for parameter in &generics.params {
        if let GenericParam::Type(it) = parameter {
            bounds.insert(it.ident.to_string(), named(it.bounds.iter()));
        }
    }
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(it) = predicate
            && let Type::Path(of) = &it.bounded_ty
            && let Some(name) = of.path.get_ident()
        {
            bounds.insert(name.to_string(), named(it.bounds.iter()));
        }
    }
    bounds
}

fn named<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>) -> Option<Kinds> {
    let mut names = Names(Kinds::new());
    bounds.for_each(|bound| names.visit_type_param_bound(bound));
    Some(names.0).filter(|names| !names.is_empty())
}

struct Names(Kinds);

impl<'a> Visit<'a> for Names {
    fn visit_path(&mut self, path: &'a Path) {
        let last = path.segments.last().expect("a path has a name").ident.to_string();
        let of_aws = path.segments.first().is_some_and(|first| first.ident.to_string().starts_with("aws_sdk_"));
        self.0.insert(if of_aws && last == "Client" { AWS_CLIENT.to_owned() } else { last });
        visit::visit_path(self, path);
    }
}
