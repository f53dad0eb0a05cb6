//! The writes of `Users` as statements. Their conditions are the rules of `domain::life`, told to the database.

use std::time::Duration;

use super::by_hand;
use super::item::Item;
use super::statement::{Statement, ms, s};
use super::users::Sender;
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Identity, Patch, Profile, ProfileVersion, SKEW, Told, User, email_key};

/// How long a tombstone stays.
const TOMBSTONE: Duration = Duration::from_secs(30 * 86_400);
/// How long what a deleted user claimed stays taken.
const CLAIM_AFTERLIFE: Duration = Duration::from_secs(48 * 3600);

/// What a row is told apart by when a second write must meet the row that the first one met.
const MET: [&str; 8] = [
    "profile_version",
    "identity_deleted_at",
    "erased",
    "lives_since",
    "created_at",
    "public_keys",
    "stripe_customer_id",
    "auth_subject",
];

/// Who and when: the frame of every write.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) identity: &'a Identity,
    pub(super) sender: Sender<'a>,
    pub(super) now: Timestamp,
    pub(super) login: bool,
}

impl Frame<'_> {
    fn statement(&self) -> Statement {
        let statement = by_hand::told(Statement::default(), self.sender.operation())
            .set("auth_provider", s(self.identity.provider().as_str()))
            .set("auth_subject", s(self.identity.subject()))
            .set("changed_by", s(self.sender.changed_by()));
        if self.login { statement.set("last_active_at", ms(self.now)) } else { statement }
    }
}

/// An upsert that succeeds where the rules say `Write`, or where there is no row.
pub(super) fn upsert(frame: Frame<'_>, told: &Told) -> Statement {
    let statement = frame.statement().set_once("created_at", ms(frame.now));
    match told {
        Told::Patch(patch) => patch_facts(statement, patch).given("attribute_not_exists(identity_deleted_at)"),
        Told::Profile(profile) => profile_condition(profile_facts(statement, profile), frame.identity, profile),
    }
}

/// A patch cannot know in one request whether it lies over a profile: the mark is always set, and counts over one only.
pub(super) fn patch_facts(statement: Statement, patch: &Patch) -> Statement {
    let set = |statement: Statement, (fact, text): (Fact, &str)| statement.set(fact.attribute(), s(text));
    let statement = patch.facts().iter().fold(statement, set);
    let statement = patch.cleared().fold(statement, |statement, fact| statement.remove(&[fact.attribute()]));
    let statement = match patch.facts().text(Fact::Email) {
        Some(email) => statement.set("email_key", s(email_key(email))),
        None if patch.cleared().any(|fact| fact == Fact::Email) => statement.remove(&["email_key"]),
        None => statement,
    };
    statement.set("patched", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
}

fn profile_facts(statement: Statement, profile: &Profile) -> Statement {
    all_facts(statement, profile.facts())
        .set("profile_version", s(profile.version().to_string()))
        .set("provider_created_at", ms(profile.created_at()))
        .remove(&["patched"])
}

fn all_facts(statement: Statement, facts: &Facts) -> Statement {
    let set = |statement: Statement, fact: Fact| statement.set_or_remove(fact.attribute(), facts.text(fact).map(s));
    let statement = Fact::ALL.into_iter().fold(statement, set);
    statement.set_or_remove("email_key", facts.text(Fact::Email).map(|email| s(email_key(email))))
}

/// No row; or a living one whose profile is not newer and of the same life. Clerk's subjects have one life.
fn profile_condition(statement: Statement, identity: &Identity, profile: &Profile) -> Statement {
    if !identity.provider().reuses_subjects() {
        return statement.given(
            "attribute_not_exists(identity_deleted_at) AND \
             (attribute_not_exists(profile_version) OR profile_version <= :profile_version)",
        );
    }
    statement
        .value("life", s(ProfileVersion::first_of(profile.created_at()).to_string()))
        .value("life_minus_60s", ms(profile.created_at().minus(SKEW)))
        .given(
            "attribute_not_exists(user_id) OR (attribute_not_exists(identity_deleted_at) AND (\
             (attribute_not_exists(profile_version) AND created_at >= :life_minus_60s) OR \
             (profile_version <= :profile_version AND (provider_created_at = :provider_created_at OR profile_version >= :life))))",
        )
}

/// Activity alone, of a living row: what is left of a login whose profile is stale.
pub(super) fn activity(frame: Frame<'_>) -> Statement {
    frame.statement().given("attribute_exists(user_id) AND attribute_not_exists(identity_deleted_at)")
}

/// Activity alone, where a profile is known: what a user's own token says of them counts for nothing there.
pub(super) fn visit(frame: Frame<'_>) -> Statement {
    frame.statement().given("attribute_exists(profile_version) AND attribute_not_exists(identity_deleted_at)")
}

/// What a user's own token says of them, where no profile is known; it makes a row too.
pub(super) fn introduction(frame: Frame<'_>, patch: &Patch) -> Statement {
    patch_facts(frame.statement().set_once("created_at", ms(frame.now)), patch)
        .given("attribute_not_exists(profile_version) AND attribute_not_exists(identity_deleted_at)")
}

/// A life from its beginning, in place of the row that was met: nothing of that row stays.
pub(super) fn anew(frame: Frame<'_>, profile: &Profile, lives_since: Option<Timestamp>, met: &Item) -> Statement {
    let mut gone =
        vec!["identity_deleted_at", "deleted_at", "expires_at", "erased", "public_keys", "stripe_customer_id"];
    if !frame.login {
        gone.push("last_active_at");
    }
    if frame.sender.operation().is_none() {
        gone.push(by_hand::ATTRIBUTE);
    }
    profile_facts(frame.statement().set("created_at", ms(frame.now)), profile)
        .set_or_remove("lives_since", lives_since.map(ms))
        .remove(&gone)
        .given_still(met, &MET)
}

/// A proven profile in place of the very profile that was seen.
pub(super) fn repair(frame: Frame<'_>, profile: &Profile, seen: &User) -> Statement {
    let statement = profile_facts(frame.statement(), profile)
        .value("seen_created_at", ms(seen.created_at))
        .given("created_at = :seen_created_at AND attribute_not_exists(identity_deleted_at)");
    match seen.profile_version {
        Some(version) => {
            statement.value("seen_version", s(version.to_string())).given("profile_version = :seen_version")
        }
        None => statement.given("attribute_not_exists(profile_version)"),
    }
}

/// A tombstone: no facts, but what had been claimed is still named.
fn tombstone(frame: Frame<'_>, at: Timestamp) -> Statement {
    let expires_at = frame.now.plus(TOMBSTONE).seconds();
    let facts = Fact::ALL.map(Fact::attribute);
    frame
        .statement()
        .set_once("created_at", ms(frame.now))
        .set("identity_deleted_at", ms(at))
        .set("deleted_at", ms(frame.now))
        .set("expires_at", aws_sdk_dynamodb::types::AttributeValue::N(expires_at.to_string()))
        .remove(&facts)
        .remove(&["email_key", "profile_version", "provider_created_at", "last_active_at", "patched"])
}

/// Another full time for the tombstone of somebody who was erased, and for no other.
pub(super) fn renewal(frame: Frame<'_>, at: Timestamp) -> Statement {
    let expires_at = frame.now.plus(TOMBSTONE).seconds();
    frame
        .statement()
        .set("expires_at", aws_sdk_dynamodb::types::AttributeValue::N(expires_at.to_string()))
        .value("seen_deleted_at", ms(at))
        .given("identity_deleted_at = :seen_deleted_at AND attribute_exists(erased)")
}

/// A deletion where the rules say `Write` and there is no claim to end, or where there is no row.
pub(super) fn delete(frame: Frame<'_>, at: Timestamp) -> Statement {
    let began = if frame.identity.provider().reuses_subjects() {
        "(attribute_exists(provider_created_at) AND provider_created_at <= :identity_deleted_at) OR \
         (attribute_not_exists(provider_created_at) AND created_at <= :deleted_plus_60s)"
    } else {
        "attribute_exists(user_id)"
    };
    let statement = tombstone(frame, at).given(&format!(
        "attribute_not_exists(user_id) OR (\
         (attribute_not_exists(lives_since) OR lives_since < :identity_deleted_at) AND (\
         identity_deleted_at < :identity_deleted_at OR (attribute_not_exists(identity_deleted_at) AND \
         attribute_not_exists(public_keys) AND attribute_not_exists(stripe_customer_id) AND ({began}))))"
    ));
    if frame.identity.provider().reuses_subjects() {
        statement.value("deleted_plus_60s", ms(at.plus(SKEW)))
    } else {
        statement
    }
}

/// The same of a row with claims, which end in the same transaction.
pub(super) fn delete_met(frame: Frame<'_>, at: Timestamp, met: &Item) -> Statement {
    tombstone(frame, at).given_still(met, &MET)
}

/// When a claim runs out that ends now, as TTL wants it.
pub(super) fn claim_end(now: Timestamp) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::N(now.plus(CLAIM_AFTERLIFE).seconds().to_string())
}

/// The tombstone of somebody whom an operator erases, in place of the row that was met.
pub(super) fn erasure(frame: Frame<'_>, at: Timestamp, met: &Item) -> Statement {
    tombstone(frame, at).set("erased", aws_sdk_dynamodb::types::AttributeValue::Bool(true)).given_still(met, &MET)
}

/// The end of a claim, if it is still this user's and has not ended.
pub(super) fn end_of_claim(user_id: &str, now: Timestamp) -> Statement {
    Statement::default()
        .set("expires_at", claim_end(now))
        .value("user_id", s(user_id))
        .given("user_id = :user_id AND attribute_not_exists(expires_at)")
}
