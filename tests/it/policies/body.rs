//! One function's body: what it calls, what it sends to AWS, which secrets it opens.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprMethodCall, ExprPath, Lit, Local, Pat, Token};

use super::kinds::{self, AWS_CLIENT};
use super::known::{Idents, Known, member};
use super::program::{Function, Program};

/// Where the name of a table comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A field of a type.
    Field(String, String),
    /// A parameter of the function.
    Parameter(usize),
    /// Somewhere else: any of the tables that the function names.
    Unseen,
}

/// One call of one function of ours.
pub(super) struct Call {
    pub(super) callee: usize,
    /// The call is one of those that only their receiver tells apart: it counts where somebody makes such a receiver.
    pub(super) open: bool,
    /// Where its arguments come from, `self` left out.
    pub(super) arguments: Vec<Vec<Place>>,
}

/// What one body does.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) calls: Vec<Call>,
    /// An action of DynamoDB, and the tables that it may be about.
    pub(super) on_tables: Vec<(&'static str, Vec<Place>)>,
    /// The index that is asked.
    pub(super) index: Option<String>,
    /// Every table-like field that is named.
    pub(super) named: Vec<Place>,
    /// Actions of other services.
    pub(super) others: Vec<&'static str>,
    /// Variables whose secrets are opened.
    pub(super) secrets: Vec<String>,
    /// The types that are made here.
    pub(super) makes: Vec<String>,
    /// What a field is made of.
    pub(super) made: Vec<((String, String), Vec<Place>)>,
    /// What the analysis cannot follow.
    pub(super) unseen: Vec<String>,
    /// Operations that need a table, less those that named one.
    open_operations: i32,
}

/// What the SDK calls an operation, and what IAM does.
const OPERATIONS: &[(&str, &str)] = &[
    ("batch_get_item", "dynamodb:BatchGetItem"),
    ("batch_write_item", "dynamodb:BatchWriteItem"),
    ("delete_item", "dynamodb:DeleteItem"),
    ("describe_table", "dynamodb:DescribeTable"),
    ("describe_time_to_live", "dynamodb:DescribeTimeToLive"),
    ("get_item", "dynamodb:GetItem"),
    ("put_item", "dynamodb:PutItem"),
    ("query", "dynamodb:Query"),
    ("scan", "dynamodb:Scan"),
    ("update_item", "dynamodb:UpdateItem"),
];

/// The parts of a transaction: each needs what it would need alone.
const PARTS: &[(&str, &str)] = &[
    ("ConditionCheck", "dynamodb:ConditionCheckItem"),
    ("Delete", "dynamodb:DeleteItem"),
    ("Get", "dynamodb:GetItem"),
    ("Put", "dynamodb:PutItem"),
    ("Update", "dynamodb:UpdateItem"),
];

const OTHERS: &[(&str, &str)] = &[
    ("get_secret_value", "secretsmanager:GetSecretValue"),
    ("put_events", "events:PutEvents"),
    ("send_message", "sqs:SendMessage"),
    ("send_message_batch", "sqs:SendMessage"),
];

/// What a client does without asking anybody, and transactions, whose parts are counted.
const SILENT: &[&str] = &["clone", "config", "transact_get_items", "transact_write_items"];

/// Reads a body.
pub(super) fn read(program: &Program, function: &Function) -> Facts {
    let parameters = function.parameters.iter().enumerate();
    let mut body = Body { program, function, facts: Facts::default(), kinds: BTreeMap::new(), places: BTreeMap::new() };
    for (number, (pattern, kinds)) in parameters {
        if let Pat::Ident(it) = pattern {
            body.places.insert(it.ident.to_string(), vec![Place::Parameter(number)]);
        }
        body.bind(pattern, kinds.clone().map_or(Known::Any, Known::These));
    }
    body.visit_block(&function.block);
    if body.facts.open_operations != 0 {
        body.facts.unseen.push("an operation and its table are not in one chain".to_owned());
    }
    body.facts
}

pub(super) struct Body<'a> {
    pub(super) program: &'a Program,
    pub(super) function: &'a Function,
    facts: Facts,
    /// What each local variable may be.
    pub(super) kinds: BTreeMap<String, Known>,
    /// Where the value of a local variable comes from.
    places: BTreeMap<String, Vec<Place>>,
}

impl Body<'_> {
    /// Where a value comes from.
    fn places(&self, expression: &Expr) -> Vec<Place> {
        match expression {
            Expr::Reference(it) => self.places(&it.expr),
            Expr::Paren(it) => self.places(&it.expr),
            Expr::MethodCall(it) if ["as_str", "clone", "to_owned"].contains(&it.method.to_string().as_str()) => {
                self.places(&it.receiver)
            }
            Expr::Field(it) => match self.known(&it.base) {
                Known::Any => vec![Place::Unseen],
                Known::These(kinds) => {
                    let name = member(&it.member);
                    let has = |kind: &String| self.program.fields.contains_key(&(kind.clone(), name.clone()));
                    kinds.into_iter().filter(has).map(|kind| Place::Field(kind, name.clone())).collect()
                }
            },
            Expr::Path(it) => {
                let name = it.path.get_ident().map(ToString::to_string);
                name.and_then(|name| self.places.get(&name).cloned()).unwrap_or_else(|| vec![Place::Unseen])
            }
            _ => vec![Place::Unseen],
        }
    }

    fn call<'e>(&mut self, callee: usize, open: bool, arguments: impl Iterator<Item = &'e Expr>) {
        let arguments = arguments.map(|argument| self.places(argument)).collect();
        self.facts.calls.push(Call { callee, open, arguments });
    }

    /// The operation whose chain this is.
    fn operation(chain: &Expr) -> Option<&'static str> {
        match chain {
            Expr::MethodCall(it) => {
                let name = it.method.to_string();
                let found = OPERATIONS.iter().find(|(sdk, _)| *sdk == name);
                found.map(|(_, action)| *action).or_else(|| Self::operation(&it.receiver))
            }
            Expr::Call(it) => {
                let Expr::Path(path) = &*it.func else { return None };
                let part = path.path.segments.iter().rev().nth(1)?.ident.to_string();
                PARTS.iter().find(|(sdk, _)| *sdk == part).map(|(_, action)| *action)
            }
            _ => None,
        }
    }

    fn asks_aws(&mut self, it: &ExprMethodCall, name: &str) {
        let of_aws =
            matches!(self.known(&it.receiver), Known::These(kinds) if kinds.contains(AWS_CLIENT) && kinds.len() == 1);
        let other = OTHERS.iter().find(|(sdk, _)| *sdk == name);
        if let Some((_, action)) = other {
            self.facts.others.push(action);
        } else if OPERATIONS.iter().any(|(sdk, _)| *sdk == name) && it.args.is_empty() && of_aws {
            self.facts.open_operations += 1;
        } else if of_aws && !SILENT.contains(&name) {
            self.facts.unseen.push(format!("the operation {name} is not known"));
        }
        if matches!(name, "table_name" | "request_items") {
            let Some(action) = Self::operation(&it.receiver) else {
                self.facts.unseen.push("a table is named for no known operation".to_owned());
                return;
            };
            if !matches!(&*it.receiver, Expr::Call(_)) {
                self.facts.open_operations -= 1;
            }
            let places = it.args.first().map(|table| self.places(table)).unwrap_or_default();
            self.facts.on_tables.push((action, places));
        }
        if name == "index_name" {
            self.facts.index = it.args.first().and_then(|name| self.text(name));
        }
        if matches!(name, "secret" | "whole_secret") {
            self.opens_secret(it, name);
        }
    }

    /// The environment tells where a secret is; who holds one has methods of that name too.
    fn opens_secret(&mut self, it: &ExprMethodCall, name: &str) {
        let known = self.known(&it.receiver);
        let of_env = |callee: &usize| self.program.functions[*callee].owner.as_deref() == Some("Env");
        if !self.methods(&known, name).iter().any(of_env) {
            return;
        }
        match it.args.first().and_then(|variable| self.text(variable)) {
            Some(variable) => self.facts.secrets.push(variable),
            None if matches!(known, Known::These(_)) => self.facts.unseen.push("a secret without a name".to_owned()),
            None => {}
        }
    }

    fn text(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            Expr::Path(path) => self.program.texts.get(&path.path.get_ident()?.to_string()).cloned(),
            _ => None,
        }
    }

    /// The calls in a macro's tokens, as far as they are expressions.
    fn tokens(&mut self, tokens: TokenStream) {
        if let Ok(expressions) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            return expressions.iter().for_each(|it| self.visit_expr(it));
        }
        if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            return statements.iter().for_each(|it| self.visit_stmt(it));
        }
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for chain in trees.chunk_by(|before, after| chains(before) && chains(after)) {
            match syn::parse2::<Expr>(chain.iter().cloned().collect()) {
                Ok(expression) => self.visit_expr(&expression),
                Err(_) => chain.iter().for_each(|tree| self.group(tree)),
            }
        }
    }

    fn group(&mut self, tree: &TokenTree) {
        if let TokenTree::Group(group) = tree {
            self.tokens(group.stream());
        }
    }
}

/// Whether a token may be in the middle of `a.b(c)?.d`.
fn chains(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => matches!(punct.as_char(), '.' | ':' | '?'),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Literal(_) => false,
    }
}

impl<'a> Visit<'a> for Body<'_> {
    fn visit_local(&mut self, it: &'a Local) {
        visit::visit_local(self, it);
        if let Some(init) = &it.init {
            if let Pat::Ident(name) = &it.pat {
                self.places.insert(name.ident.to_string(), self.places(&init.expr));
            }
            let known = match (&it.pat, &*init.expr) {
                // `let (a, b) = (x, y)`: each by itself would be finer; together they may be any of them.
                (Pat::Tuple(pattern), Expr::Tuple(values)) if pattern.elems.len() == values.elems.len() => {
                    for (pattern, value) in pattern.elems.iter().zip(&values.elems) {
                        let known = self.known(value);
                        self.bind(pattern, known);
                    }
                    return;
                }
                (Pat::Type(typed), _) => {
                    let bounds = BTreeMap::new();
                    let owner = self.function.owner.as_deref();
                    kinds::of_type(&typed.ty, owner, &bounds, |name| self.program.named(&self.function.module, name))
                        .map_or(Known::Any, Known::These)
                }
                _ => self.known(&init.expr),
            };
            self.bind(&it.pat, known);
        }
    }

    fn visit_expr_let(&mut self, it: &'a syn::ExprLet) {
        visit::visit_expr_let(self, it);
        let known = self.known(&it.expr);
        self.bind(&it.pat, known);
    }

    fn visit_expr_match(&mut self, it: &'a syn::ExprMatch) {
        self.visit_expr(&it.expr);
        let known = self.known(&it.expr);
        for arm in &it.arms {
            self.bind(&arm.pat, known.clone());
            self.visit_arm(arm);
        }
    }

    fn visit_expr_for_loop(&mut self, it: &'a syn::ExprForLoop) {
        let known = self.known(&it.expr);
        self.bind(&it.pat, known);
        visit::visit_expr_for_loop(self, it);
    }

    fn visit_expr_closure(&mut self, it: &'a syn::ExprClosure) {
        for input in &it.inputs {
            let mut names = Idents(Vec::new());
            names.visit_pat(input);
            for name in names.0 {
                self.places.insert(name.clone(), vec![Place::Unseen]);
                self.kinds.insert(name, Known::Any);
            }
        }
        visit::visit_expr_closure(self, it);
    }

    fn visit_expr_method_call(&mut self, it: &'a ExprMethodCall) {
        let name = it.method.to_string();
        self.asks_aws(it, &name);
        let known = self.known(&it.receiver);
        for callee in self.methods(&known, &name) {
            let owner = self.program.functions[callee].owner.as_ref();
            let open = !matches!(&known, Known::These(kinds) if owner.is_some_and(|owner| kinds.contains(owner)));
            self.call(callee, open, it.args.iter());
        }
        visit::visit_expr_method_call(self, it);
    }

    fn visit_expr_call(&mut self, it: &'a ExprCall) {
        if let Expr::Path(path) = &*it.func {
            for callee in self.called(path) {
                // `Type::method(it, …)` names `self` first.
                let callee_takes = self.program.functions[callee].takes_self;
                let skipped = usize::from(callee_takes);
                self.call(callee, false, it.args.iter().skip(skipped));
            }
            self.facts.makes.extend(self.type_before(&path.path));
            self.facts
                .makes
                .extend(path.path.get_ident().map(|name| self.program.named(&self.function.module, &name.to_string())));
            it.args.iter().for_each(|argument| self.visit_expr(argument));
        } else {
            visit::visit_expr_call(self, it);
        }
    }

    fn visit_expr_path(&mut self, it: &'a ExprPath) {
        // A function that is handed on may be called.
        for callee in self.called(it) {
            self.call(callee, false, std::iter::empty());
        }
        self.facts.makes.extend(self.type_before(&it.path));
    }

    fn visit_expr_field(&mut self, it: &'a syn::ExprField) {
        let places = self.places(&Expr::Field(it.clone()));
        self.facts.named.extend(places);
        visit::visit_expr_field(self, it);
    }

    fn visit_expr_struct(&mut self, it: &'a syn::ExprStruct) {
        if let Some(of) = self.type_named(&it.path) {
            self.facts.makes.push(of.clone());
            for field in &it.fields {
                let places = self.places(&field.expr);
                self.facts.made.push(((of.clone(), member(&field.member)), places));
            }
        }
        visit::visit_expr_struct(self, it);
    }

    fn visit_macro(&mut self, it: &'a syn::Macro) {
        self.tokens(it.tokens.clone());
    }
}
