//! The audit of claims: both tables read, and what looks wrong read again in one transaction, so that what only moved
//! between the two readings is no finding.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, Get, TransactGetItem};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::claims::{Claims, ROUNDS};
use super::error::StoreError;
use super::item::{Item, text};
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

type Standings = BTreeMap<String, Standing>;

impl Claims {
    /// Reads `Users` and `Claims`, of all realms, and names what breaks the rule that a claim without an end exists
    /// exactly when a living row lists it, and names that row.
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        let mut standings = Standings::new();
        self.scan_lists(&mut standings).await?;
        let listed = standings.values().map(|standing| standing.listers.len()).sum();
        self.scan_claims(&mut standings).await?;
        let lasting = standings.values().filter(|standing| standing.lasting).count();
        let suspects: Vec<_> = standings.into_iter().filter(|(_, standing)| fault_of(standing).is_some()).collect();
        let count = suspects.len();
        let read_again = iter(suspects).map(|(claim, standing)| self.look_again(claim, standing));
        let findings: Vec<_> = read_again.buffered(AT_ONCE).try_collect().await?;
        Ok(Audit { lasting, listed, suspects: count, findings: findings.into_iter().flatten().collect() })
    }

    /// What each living row lists.
    async fn scan_lists(&self, standings: &mut Standings) -> Result<(), StoreError> {
        let filter = "attribute_not_exists(identity_deleted_at) AND \
                      (attribute_exists(public_keys) OR attribute_exists(stripe_customer_id))";
        let request = self.client.scan().table_name(&self.users.table).filter_expression(filter);
        let mut rows = request.into_paginator().items().send();
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| StoreError::unavailable("Scan", &error))?;
            let Some(user) = readable(&row) else { continue };
            for claim in user.claims() {
                standings.entry(claim).or_default().listers.push(user.identity.user_id());
            }
        }
        Ok(())
    }

    /// What each claim says.
    async fn scan_claims(&self, standings: &mut Standings) -> Result<(), StoreError> {
        let request = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("begins_with(claim, :key) OR begins_with(claim, :customer)")
            .expression_attribute_values(":key", s("public_key#"))
            .expression_attribute_values(":customer", s("stripe_customer#"));
        let mut claims = request.into_paginator().items().send();
        while let Some(item) = claims.next().await {
            let item = item.map_err(|error| StoreError::unavailable("Scan", &error))?;
            if let Some(name) = text(&item, "claim") {
                said(standings.entry(name.to_owned()).or_default(), Some(&item));
            }
        }
        Ok(())
    }

    /// The same claim at one moment: its item, its owner's row, and the rows that listed it.
    async fn look_again(&self, claim: String, seen: Standing) -> Result<Option<Finding>, StoreError> {
        let mut involved: BTreeSet<UserId> = seen.listers.into_iter().chain(seen.owner).collect();
        for _ in 0..ROUNDS {
            let standing = self.read_at_once(&claim, &involved).await?;
            let Some(fault) = fault_of(&standing) else { return Ok(None) };
            match &standing.owner {
                // Somebody whose row was not read has it by now: they may well list it.
                Some(owner) if standing.lasting && !involved.contains(owner) => involved.insert(owner.clone()),
                _ => return Ok(Some(Finding { claim, fault, standing })),
            };
        }
        // It passes from hand to hand faster than it can be read: it is claimed, by somebody.
        Ok(None)
    }

    async fn read_at_once(&self, claim: &str, involved: &BTreeSet<UserId>) -> Result<Standing, StoreError> {
        let rows = involved.iter().take(MOST_READ - 1).map(|id| (&self.users.table, "user_id", id.as_str()));
        let keys = std::iter::once((&self.table, "claim", claim)).chain(rows);
        let gets = keys.map(|(table, key, value)| get(table, key, value)).collect::<Result<Vec<_>, _>>()?;
        let request = self.client.transact_get_items().set_transact_items(Some(gets));
        let answer = request.send().await.map_err(|error| StoreError::unavailable("TransactGetItems", &error))?;
        let mut items = answer.responses.unwrap_or_default().into_iter().map(|one| one.item);
        let mut standing = Standing::default();
        said(&mut standing, items.next().flatten().as_ref());
        let lists = |user: &User| user.is_living() && user.claims().any(|listed| listed == claim);
        let users = items.flatten().filter_map(|row| readable(&row));
        standing.listers = users.filter(lists).map(|user| user.identity.user_id()).collect();
        Ok(standing)
    }
}

/// Takes down what a claim's item says; some engines answer with an empty one where there is none.
fn said(standing: &mut Standing, item: Option<&Item>) {
    let item = item.filter(|item| !item.is_empty());
    standing.owner = item.and_then(|item| text(item, "user_id")).and_then(UserId::parse);
    standing.lasting = item.is_some_and(|item| !item.contains_key("expires_at"));
}

fn get(table: &str, key: &str, value: &str) -> Result<TransactGetItem, StoreError> {
    let get = Get::builder().table_name(table).key(key, AttributeValue::S(value.to_owned())).build();
    let not_built = |_| StoreError::Unavailable { operation: "TransactGetItems", kind: "request not built".to_owned() };
    Ok(TransactGetItem::builder().get(get.map_err(not_built)?).build())
}
