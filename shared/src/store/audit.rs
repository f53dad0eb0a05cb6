//! The audit of claims: both tables read, and what looks wrong read again in one transaction, so that what only moved
//! between the two readings is no finding. [`Claims::repair`] mends what it found.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, Get, TransactGetItem};
use futures_util::stream::{StreamExt, iter};

use super::claims::{Claims, ROUNDS};
use super::error::StoreError;
use super::item::{self, Item, text};
use super::scan::readable;
use super::statement::s;
use crate::domain::{Fault, Standing, User, UserId, fault_of};

/// How many suspects are read again at once.
const AT_ONCE: usize = 8;
/// How many items a transaction can read.
const MOST_READ: usize = 100;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many claims without an end there were.
    pub lasting: usize,
    /// How many claims living rows listed.
    pub listed: usize,
    /// How many looked wrong at first.
    pub suspects: usize,
    /// What is wrong, by the claims' names.
    pub findings: Vec<Finding>,
}

/// A claim that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name in `Claims`.
    pub claim: String,
    /// What is wrong with it.
    pub fault: Fault,
    /// Who is involved: whose it is, and who lists it.
    pub standing: Standing,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditStep {
    /// So many rows that list something are read.
    Rows(usize),
    /// So many claims are read.
    Claims(usize),
    /// So many suspects, of how many, are read again.
    Suspects(usize, usize),
}

/// A claim and the rows that it involves, at one moment.
pub(super) struct Seen {
    pub(super) standing: Standing,
    /// The claim's item; empty where there is none.
    pub(super) claim: Item,
    /// The rows, likewise.
    pub(super) rows: Vec<(UserId, Item)>,
}

type Standings = BTreeMap<String, Standing>;

impl Claims {
    /// Reads `Users` and `Claims`, of all realms, and names what breaks the rule that a claim without an end exists
    /// exactly when a living row lists it, and names that row.
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        self.audit_told(|_| ()).await
    }

    /// The same, and tells how far it is.
    pub async fn audit_told(&self, tell: impl Fn(AuditStep)) -> Result<Audit, StoreError> {
        let mut standings = Standings::new();
        self.scan_lists(&mut standings, &tell).await?;
        let listed = standings.values().map(|standing| standing.listers.len()).sum();
        self.scan_claims(&mut standings, &tell).await?;
        let lasting = standings.values().filter(|standing| standing.lasting).count();
        let suspects: Vec<_> = standings.into_iter().filter(|(_, standing)| fault_of(standing).is_some()).collect();
        let count = suspects.len();
        let read_again = iter(suspects).map(|(claim, standing)| self.look_again(claim, standing));
        let mut read_again = read_again.buffered(AT_ONCE).enumerate();
        let mut findings = Vec::new();
        while let Some((before, finding)) = read_again.next().await {
            findings.extend(finding?);
            tell(AuditStep::Suspects(before + 1, count));
        }
        Ok(Audit { lasting, listed, suspects: count, findings })
    }

    /// What each living row lists.
    async fn scan_lists(&self, standings: &mut Standings, tell: &impl Fn(AuditStep)) -> Result<(), StoreError> {
        let filter = "attribute_not_exists(identity_deleted_at) AND \
                      (attribute_exists(public_keys) OR attribute_exists(stripe_customer_id))";
        let request = self.client.scan().table_name(&self.users.table).filter_expression(filter);
        let mut rows = request.into_paginator().items().send();
        let mut count = 0;
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| StoreError::unavailable("Scan", &error))?;
            count += 1;
            tell(AuditStep::Rows(count));
            let Some(user) = readable(&row) else { continue };
            for claim in user.claims() {
                standings.entry(claim).or_default().listers.push(user.identity.user_id());
            }
        }
        Ok(())
    }

    /// What each claim says.
    async fn scan_claims(&self, standings: &mut Standings, tell: &impl Fn(AuditStep)) -> Result<(), StoreError> {
        let request = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("begins_with(claim, :key) OR begins_with(claim, :customer)")
            .expression_attribute_values(":key", s("public_key#"))
            .expression_attribute_values(":customer", s("stripe_customer#"));
        let mut claims = request.into_paginator().items().send();
        let mut count = 0;
        while let Some(item) = claims.next().await {
            let item = item.map_err(|error| StoreError::unavailable("Scan", &error))?;
            count += 1;
            tell(AuditStep::Claims(count));
            if let Some(name) = text(&item, "claim") {
                said(standings.entry(name.to_owned()).or_default(), Some(&item));
            }
        }
        Ok(())
    }

    async fn look_again(&self, claim: String, seen: Standing) -> Result<Option<Finding>, StoreError> {
        // What passes from hand to hand faster than it can be read is claimed, by somebody.
        let Some(Seen { standing, .. }) = self.look(&claim, &seen).await? else { return Ok(None) };
        Ok(fault_of(&standing).map(|fault| Finding { claim, fault, standing }))
    }

    /// The claim at one moment: its item, its owner's row, and the rows that listed it before. `None` when it passes
    /// from hand to hand faster than it can be read.
    pub(super) async fn look(&self, claim: &str, before: &Standing) -> Result<Option<Seen>, StoreError> {
        let mut involved: BTreeSet<UserId> = before.listers.iter().chain(&before.owner).cloned().collect();
        for _ in 0..ROUNDS {
            let seen = self.read_at_once(claim, &involved).await?;
            match &seen.standing.owner {
                // Somebody whose row was not read has it by now: they may well list it.
                Some(owner) if seen.standing.lasting && !involved.contains(owner) => involved.insert(owner.clone()),
                _ => return Ok(Some(seen)),
            };
        }
        Ok(None)
    }

    async fn read_at_once(&self, claim: &str, involved: &BTreeSet<UserId>) -> Result<Seen, StoreError> {
        let involved: Vec<&UserId> = involved.iter().take(MOST_READ - 1).collect();
        let rows = involved.iter().map(|id| (&self.users.table, "user_id", id.as_str()));
        let keys = std::iter::once((&self.table, "claim", claim)).chain(rows);
        let gets = keys.map(|(table, key, value)| get(table, key, value)).collect::<Result<Vec<_>, _>>()?;
        let request = self.client.transact_get_items().set_transact_items(Some(gets));
        let answer = request.send().await.map_err(|error| StoreError::unavailable("TransactGetItems", &error))?;
        let mut items = answer.responses.unwrap_or_default().into_iter().map(|one| one.item.unwrap_or_default());
        let claim_item = items.next().unwrap_or_default();
        let rows: Vec<(UserId, Item)> = involved.into_iter().cloned().zip(items).collect();
        let mut standing = Standing::default();
        said(&mut standing, Some(&claim_item));
        let lists = |user: &User| user.is_living() && user.claims().any(|listed| listed == claim);
        for (id, row) in &rows {
            match item::user(row) {
                Ok(Some(user)) if lists(&user) => standing.listers.push(id.clone()),
                Ok(_) => {}
                Err(_) => standing.unreadable = true,
            }
        }
        Ok(Seen { standing, claim: claim_item, rows })
    }
}

/// Takes down what a claim's item says; some engines answer with an empty one where there is none.
fn said(standing: &mut Standing, item: Option<&Item>) {
    let item = item.filter(|item| !item.is_empty());
    standing.owner = item.and_then(|item| text(item, "user_id")).and_then(UserId::parse);
    standing.lasting = item.is_some_and(|item| !item.contains_key("expires_at"));
    standing.ends_at = item.and_then(|item| item.get("expires_at")).and_then(item::seconds);
}

fn get(table: &str, key: &str, value: &str) -> Result<TransactGetItem, StoreError> {
    let get = Get::builder().table_name(table).key(key, AttributeValue::S(value.to_owned())).build();
    let not_built = |_| StoreError::Unavailable { operation: "TransactGetItems", kind: "request not built".to_owned() };
    Ok(TransactGetItem::builder().get(get.map_err(not_built)?).build())
}
