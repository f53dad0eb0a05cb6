//! The crates under a function, parsed: every function with its module and its owner, and what types hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::{Block, FnArg, ImplItem, Item, Pat, ReturnType, Signature, TraitItem, Type, UseTree};

use super::kinds::{self, Kinds};

/// A function or a method.
pub(super) struct Function {
    /// The type or trait whose method it is.
    pub(super) owner: Option<String>,
    pub(super) name: String,
    /// Crate and modules.
    pub(super) module: Vec<String>,
    pub(super) takes_self: bool,
    /// The parameters without `self`.
    pub(super) parameters: Vec<(Pat, Option<Kinds>)>,
    pub(super) returns: Option<Kinds>,
    pub(super) block: Block,
    /// It is an implementation of a trait that is not of this workspace: conversions, extractors, drops.
    pub(super) foreign_trait: bool,
}

/// All that the analysis knows of the sources.
#[derive(Default)]
pub(super) struct Program {
    pub(super) functions: Vec<Function>,
    /// What a field holds, by its type and its name; those of tuples are numbered.
    pub(super) fields: BTreeMap<(String, String), Kinds>,
    /// All that is in a type, one level deep.
    pub(super) insides: BTreeMap<String, Kinds>,
    /// Who implements a trait of this workspace.
    pub(super) traits: BTreeMap<String, BTreeSet<String>>,
    /// Types that come into being without being named.
    pub(super) made_by_default: BTreeSet<String>,
    /// Texts by the names of their constants.
    pub(super) texts: BTreeMap<String, String>,
    /// The modules that define a type of a name.
    types: BTreeMap<String, BTreeSet<Vec<String>>>,
    /// What a name of a module was imported as.
    imports: BTreeMap<Vec<String>, BTreeMap<String, Vec<String>>>,
}

impl Program {
    /// The crates in these folders, each with its name.
    pub(super) fn read(root: &Path, crates: &[(&str, &str)]) -> Self {
        let mut files = Vec::new();
        for (name, folder) in crates {
            collect(&root.join(folder).join("src"), &[(*name).to_owned()], &mut files);
        }
        let files: Vec<_> = files.iter().map(|(module, text)| (module.clone(), text.as_str())).collect();
        Self::of(&files)
    }

    /// These files, each with its crate and modules.
    pub(super) fn of(files: &[(Vec<String>, &str)]) -> Self {
        let mut program = Self::default();
        let parse = |(module, text): &(Vec<String>, &str)| (module.clone(), syn::parse_file(text).expect("Rust"));
        let mut parsed: Vec<_> = files.iter().map(parse).collect();
        let tests: Vec<_> = parsed.iter().flat_map(|(module, file)| test_modules(module, &file.items)).collect();
        parsed.retain(|(module, _)| !tests.iter().any(|test| module.starts_with(test)));
        // Traits and types first: what a method belongs to is told by them.
        for (module, file) in &parsed {
            program.declare(module, &file.items);
        }
        for (module, file) in parsed {
            program.define(&module, file.items);
        }
        program
    }

    fn declare(&mut self, module: &[String], items: &[Item]) {
        for item in items {
            match item {
                Item::Use(used) => {
                    let imports = self.imports.entry(module.to_vec()).or_default();
                    import(&used.tree, &mut Vec::new(), imports);
                }
                Item::Struct(it) => self.declare_type(module, &it.ident),
                Item::Enum(it) => self.declare_type(module, &it.ident),
                Item::Trait(it) => {
                    self.declare_type(module, &it.ident);
                    self.traits.entry(it.ident.to_string()).or_default();
                }
                Item::Mod(it) if !is_test(&it.attrs) => {
                    let inner: Vec<_> = module.iter().cloned().chain([it.ident.to_string()]).collect();
                    self.declare(&inner, it.content.as_ref().map_or(&[], |(_, items)| items.as_slice()));
                }
                _ => {}
            }
        }
    }

    fn declare_type(&mut self, module: &[String], name: &syn::Ident) {
        self.types.entry(name.to_string()).or_default().insert(module.to_vec());
    }

    fn define(&mut self, module: &[String], items: Vec<Item>) {
        for item in items {
            match item {
                Item::Struct(it) => {
                    if derives_default(&it.attrs) {
                        self.made_by_default.insert(self.named(module, &it.ident.to_string()));
                    }
                    self.holds(module, &it.ident.to_string(), &it.fields);
                }
                Item::Enum(it) => {
                    for variant in &it.variants {
                        self.holds(module, &it.ident.to_string(), &variant.fields);
                    }
                }
                Item::Const(it) => {
                    if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &*it.expr {
                        self.texts.insert(it.ident.to_string(), text.value());
                    }
                }
                Item::Fn(it) if !is_test(&it.attrs) => self.function(module, None, false, it.sig, *it.block),
                Item::Impl(it) if !is_test(&it.attrs) => self.implementation(module, it),
                Item::Trait(it) => {
                    for item in it.items {
                        if let TraitItem::Fn(syn::TraitItemFn { sig, default: Some(block), .. }) = item {
                            self.function(module, Some(it.ident.to_string()), false, sig, block);
                        }
                    }
                }
                Item::Mod(it) if !is_test(&it.attrs) => {
                    let inner: Vec<_> = module.iter().cloned().chain([it.ident.to_string()]).collect();
                    self.define(&inner, it.content.map_or_else(Vec::new, |(_, items)| items));
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, module: &[String], it: syn::ItemImpl) {
        let Type::Path(of) = &*it.self_ty else { return };
        let owner = self.named(module, &of.path.segments.last().expect("a path has a name").ident.to_string());
        let of_trait = it.trait_.as_ref().map(|(_, path, _)| path.segments.last().expect("a name").ident.to_string());
        let known = of_trait.as_ref().and_then(|name| self.traits.get_mut(name));
        let foreign = of_trait.is_some() && known.is_none();
        if let Some(implementers) = known {
            implementers.insert(owner.clone());
        }
        for item in it.items {
            if let ImplItem::Fn(method) = item
                && !is_test(&method.attrs)
            {
                self.function(module, Some(owner.clone()), foreign, method.sig, method.block);
            }
        }
    }

    fn function(
        &mut self,
        module: &[String],
        owner: Option<String>,
        foreign_trait: bool,
        sig: Signature,
        block: Block,
    ) {
        let bounds = kinds::bounds(&sig.generics);
        let of = |it: &Type| kinds::of_type(it, owner.as_deref(), &bounds, |name| self.named(module, name));
        let parameters = sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(((*typed.pat).clone(), of(&typed.ty))),
            FnArg::Receiver(_) => None,
        });
        let parameters = parameters.collect();
        let returns = match &sig.output {
            ReturnType::Default => Some(Kinds::new()),
            ReturnType::Type(_, it) => of(it),
        };
        let (name, takes_self) = (sig.ident.to_string(), sig.receiver().is_some());
        let module = module.to_vec();
        self.functions.push(Function { owner, name, module, takes_self, parameters, returns, block, foreign_trait });
    }

    fn holds(&mut self, module: &[String], name: &str, fields: &syn::Fields) {
        let owner = &*self.named(module, name);
        for (number, field) in fields.iter().enumerate() {
            let of = kinds::of_type(&field.ty, Some(owner), &BTreeMap::new(), |name| self.named(module, name));
            let of = of.unwrap_or_default();
            let name = field.ident.as_ref().map_or_else(|| number.to_string(), ToString::to_string);
            self.insides.entry(owner.to_owned()).or_default().extend(of.iter().cloned());
            self.fields.entry((owner.to_owned(), name)).or_default().extend(of);
        }
    }

    /// The crate and modules that a path's first name stands for in a module; nothing where it was not imported.
    pub(super) fn imported(&self, module: &[String], name: &str) -> Option<&Vec<String>> {
        self.imports.get(module)?.get(name)
    }

    /// What a type's name means in a module: two types of one name are told apart, and so are clients of AWS.
    pub(super) fn named(&self, module: &[String], name: &str) -> String {
        let path = self.imported(module, name);
        let of_aws = path.and_then(|path| path.first()).is_some_and(|first| first.starts_with("aws_sdk_"));
        if of_aws && name == "Client" {
            return kinds::AWS_CLIENT.to_owned();
        }
        let name = path.and_then(|path| path.last()).map_or(name, String::as_str);
        let Some(places) = self.types.get(name).filter(|places| places.len() > 1) else { return name.to_owned() };
        let qualified = |place: &Vec<String>| format!("{}::{name}", place.join("::"));
        if let Some(path) = path {
            let way: Vec<_> = path.iter().filter(|it| !["crate", "self", "super"].contains(&it.as_str())).collect();
            let leads = |place: &&Vec<String>| way[..way.len() - 1].iter().all(|it| place.contains(it));
            // The nearest of those that the import may mean: `super::state::State` is the neighbour's.
            let near = |place: &&Vec<String>| place.iter().zip(module).take_while(|(a, b)| a == b).count();
            return places.iter().filter(leads).max_by_key(near).map_or_else(|| name.to_owned(), qualified);
        }
        let own = (0..=module.len()).rev().find_map(|depth| places.get(&module[..depth]));
        own.map_or_else(|| name.to_owned(), qualified)
    }

    /// Whether a name of a module is a type of another crate, one that holds nothing of ours.
    pub(super) fn is_foreign(&self, module: &[String], name: &str) -> bool {
        let holders = ["alloc", "core", "crate", "futures_util", "self", "shared", "std", "super", "tokio"];
        let crate_of = self.imported(module, name).and_then(|path| path.first());
        crate_of.is_some_and(|first| !holders.contains(&first.as_str()) && module.first() != Some(first))
    }
}

/// `#[cfg(test)]`, in any mixture.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| {
        let cfg = it.meta.require_list().ok().filter(|list| list.path.is_ident("cfg"));
        it.path().is_ident("test") || cfg.is_some_and(|list| list.tokens.to_string().contains("test"))
    })
}

fn derives_default(attributes: &[syn::Attribute]) -> bool {
    let derives =
        attributes.iter().filter_map(|it| it.meta.require_list().ok()).filter(|it| it.path.is_ident("derive"));
    derives.into_iter().any(|list| list.tokens.to_string().contains("Default"))
}

/// The modules that exist for tests alone.
fn test_modules(module: &[String], items: &[Item]) -> Vec<Vec<String>> {
    let of_tests = items.iter().filter_map(|item| match item {
        Item::Mod(it) if is_test(&it.attrs) => Some(module.iter().cloned().chain([it.ident.to_string()]).collect()),
        _ => None,
    });
    of_tests.collect()
}

fn import(tree: &UseTree, before: &mut Vec<String>, imports: &mut BTreeMap<String, Vec<String>>) {
    let at = |before: &[String], name: &str| match name {
        "self" => before.to_vec(),
        _ => before.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>(),
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            import(&path.tree, before, imports);
            before.pop();
        }
        UseTree::Name(name) => {
            let path = at(before, &name.ident.to_string());
            imports.insert(path.last().cloned().unwrap_or_default(), path);
        }
        UseTree::Rename(name) => {
            imports.insert(name.rename.to_string(), at(before, &name.ident.to_string()));
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| import(tree, before, imports)),
        UseTree::Glob(_) => {}
    }
}

fn collect(folder: &Path, module: &[String], files: &mut Vec<(Vec<String>, String)>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let inner = match stem.as_str() {
            "lib" | "main" | "mod" => module.to_vec(),
            _ => module.iter().cloned().chain([stem]).collect(),
        };
        if path.is_dir() {
            collect(&path, &inner, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push((inner, fs::read_to_string(&path).expect("UTF-8")));
        }
    }
}
