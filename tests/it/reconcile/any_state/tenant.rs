//! A provider for a world: people who come, change and go.

use axum::Router;
use local::auth0::{self, Auth0Options, Auth0StandIn};
use local::clerk::{self, ClerkOptions, ClerkStandIn};
use local::stand_in::change::Change;
use local::stand_in::front::Front;
use rand::RngExt;
use shared::domain::Identity;
use shared::provider::Source;

use super::super::stage::{auth0_source, clerk_source};
use super::World;

/// Which provider, and by which way it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Clerk,
    Auth0ByPages,
    Auth0ByExport,
}

/// A provider with people in it.
pub(super) enum Tenant {
    Clerk(ClerkStandIn),
    Auth0(Auth0StandIn, Kind),
}

/// Small, so that few people have several pages.
const PAGE: u32 = 4;

impl Tenant {
    pub(super) fn new(kind: Kind) -> Self {
        if kind == Kind::Clerk {
            Self::Clerk(ClerkStandIn::new(ClerkOptions::default()).unwrap())
        } else {
            Self::Auth0(Auth0StandIn::new(Auth0Options::default()).unwrap(), kind)
        }
    }

    pub(super) fn router(&self) -> Router {
        match self {
            Self::Clerk(clerk) => clerk.router(),
            Self::Auth0(auth0, _) => auth0.router(),
        }
    }

    pub(super) fn source(&self, url: &str) -> Source {
        match self {
            Self::Clerk(_) => clerk_source(url, PAGE),
            Self::Auth0(auth0, _) => {
                auth0.set_base_url(url);
                auth0_source(url, PAGE)
            }
        }
    }

    pub(super) fn front(&self) -> &Front {
        match self {
            Self::Clerk(clerk) => clerk.front(),
            Self::Auth0(auth0, _) => auth0.front(),
        }
    }

    /// What the provider shall say that it has in all, where that decides about its way.
    pub(super) fn told_total(&self) -> Option<u64> {
        matches!(self, Self::Auth0(_, Kind::Auth0ByExport)).then_some(5000)
    }

    /// Sets what goes wrong with exports.
    pub(super) fn set_export_faults(&self, faults: auth0::ExportFaults) {
        if let Self::Auth0(auth0, _) = self {
            auth0.set_export_faults(faults);
        }
    }

    pub(super) fn identity(&self, subject: &str) -> Identity {
        match self {
            Self::Clerk(_) => tests::spine::clerk(subject),
            Self::Auth0(..) => tests::spine::auth0(subject),
        }
    }

    /// People who signed up a second apart, up to now.
    pub(super) fn populate(&self, count: usize) {
        match self {
            Self::Clerk(clerk) => clerk.populate(count),
            Self::Auth0(auth0, _) => auth0.populate(count),
        }
    }

    /// Everybody, eldest first.
    pub(super) fn subjects(&self) -> Vec<String> {
        match self {
            Self::Clerk(clerk) => {
                let order = clerk::Order { descending: false, ..clerk::Order::default() };
                let page = clerk::PageOf { limit: usize::MAX, order, ..clerk::PageOf::default() };
                let users = clerk.list(&clerk::Filter::default(), &page).unwrap();
                users.into_iter().map(|user| user.id).collect()
            }
            Self::Auth0(auth0, _) => {
                let page = auth0::PageOf { per_page: 100, ..auth0::PageOf::default() };
                let users = auth0.list(&auth0::Query::default(), &page).unwrap().users;
                users.into_iter().map(|user| user.user_id).collect()
            }
        }
    }

    pub(super) fn rename(&self, subject: &str, name: &str) {
        match self {
            Self::Clerk(clerk) => {
                let patch = clerk::UserPatch { first_name: Change::from(name), ..clerk::UserPatch::default() };
                clerk.update_user(subject, patch).unwrap();
            }
            Self::Auth0(auth0, _) => {
                let patch = auth0::UserPatch { name: Change::from(name), ..auth0::UserPatch::default() };
                auth0.update_user(subject, patch).unwrap();
            }
        }
    }

    fn remove(&self, subject: &str) {
        match self {
            Self::Clerk(clerk) => drop(clerk.delete_user(subject).unwrap()),
            Self::Auth0(auth0, _) => assert!(auth0.delete_user(subject)),
        }
    }
}

impl World {
    /// Nobody hears of it: every event is lost.
    pub(super) fn people_come_and_go(&mut self) {
        let subjects = self.tenant.subjects();
        // Whoever signed up within the last seconds is younger than the time that a 404 is told in.
        for subject in subjects.iter().rev().skip(4) {
            match self.dice.random_range(0..20) {
                0 => self.tenant.remove(subject),
                1 | 2 => self.tenant.rename(subject, &format!("Renamed {}", self.dice.random_range(0..100))),
                _ => {}
            }
        }
        if self.dice.random_bool(0.5) {
            self.tenant.populate(1);
        }
    }
}
