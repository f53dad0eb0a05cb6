//! A table in any state: what senders, lost events, operators and older releases can have left.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use rand::RngExt;
use shared::clock::{Clock, Timestamp};
use shared::domain::{Fact, Facts, Identity, Patch, Profile, Told};
use shared::provider::{Listed, Reading};
use shared::store::Sender;

use super::World;

impl World {
    /// People at the provider, and rows that agree or do not, with some whom the provider never had.
    pub(super) async fn fill(&mut self) {
        self.tenant.populate(self.dice.random_range(0..25));
        for subject in self.tenant.subjects() {
            let reading = self.reconciler.source.user(&subject).await.unwrap();
            let Reading::Found { listed, .. } = reading else { unreachable!("{subject} is there") };
            self.put(&listed).await;
        }
        for number in 0..self.dice.random_range(0..4) {
            let stranger = self.tenant.identity(&format!("nobody-{number}"));
            let old = Clock::system().now().minus(Duration::from_secs(86_400));
            self.tell(&stranger, &Told::Profile(Profile::new(facts("Stranger"), old, old, old)), old).await;
        }
    }

    async fn put(&mut self, listed: &Listed) {
        let (identity, profile, now) = (&listed.identity, &listed.profile, Clock::system().now());
        let (created, updated) = (profile.created_at(), profile.version().updated_at);
        let whole = Told::Profile(profile.clone());
        let with = |facts, updated| Told::Profile(Profile::new(facts, created, updated, updated));
        match self.dice.random_range(0..10) {
            0 => {}
            1 => self.tell(identity, &with(facts("Older"), created), now).await,
            2 => {
                self.tell(identity, &whole, now).await;
                self.tell(identity, &Told::Patch(Patch::new(facts("Patched"))), now).await;
            }
            3 => self.tell(identity, &Told::Patch(Patch::new(facts("Patch alone"))), now).await,
            4 => self.tell(identity, &with(facts("Later"), now.plus(Duration::from_secs(60))), now).await,
            5 => {
                self.tell(identity, &whole, now).await;
                self.spine.set(identity, "name", AttributeValue::S("By hand".to_owned())).await;
            }
            // After this life began, and well before any answer of these seconds.
            6 => self.end(identity, created.minus(Duration::from_secs(3600)).max(created), now).await,
            7 if self.dice.random_bool(0.3) => {
                self.end(identity, created, now).await;
                self.spine.set(identity, "erased", AttributeValue::Bool(true)).await;
                self.erased.insert(identity.clone());
            }
            // A life before this one, whose end was never heard of.
            8 => {
                let old = created.minus(Duration::from_secs(86_400));
                self.tell(identity, &Told::Profile(Profile::new(facts("Earlier life"), old, old, old)), old).await;
            }
            _ => self.tell(identity, &whole, updated.max(now)).await,
        }
    }

    async fn tell(&self, identity: &Identity, told: &Told, now: Timestamp) {
        self.spine.users().upsert(identity, told, Sender::Login, now).await.unwrap();
    }

    async fn end(&self, identity: &Identity, at: Timestamp, now: Timestamp) {
        self.spine.users().delete(identity, at, Sender::Clerk, now).await.unwrap();
    }
}

fn facts(name: &str) -> Facts {
    Facts::default()
        .with(Fact::Name, Some(name.to_owned()))
        .with(Fact::Email, Some(format!("{}@example.com", name.len())))
}
