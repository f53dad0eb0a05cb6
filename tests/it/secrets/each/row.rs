//! Each secret of each function, and what becomes of it.

use self::Use::{Opens, Presented, PresentedAndReread};

/// A function and a secret of it.
pub(super) struct Row {
    pub(super) function: &'static str,
    /// The variable that says where in Secrets Manager it lies.
    pub(super) arn: &'static str,
    pub(super) used: Use,
}

/// What a function does with a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Callers present it; a wrong one has it read again.
    Opens,
    /// It is presented to a provider, whose refusal has it read again.
    PresentedAndReread,
    /// It is presented to a provider, whose refusal ends a run; the next start reads it again.
    Presented,
}

pub(super) const ROWS: [Row; 10] = [
    Row { function: "auth0-upsert", arn: "AUTH0_ACTION_SECRET_ARN", used: Opens },
    Row { function: "auth0-events-http", arn: "AUTH0_EVENTS_SECRET_ARN", used: Opens },
    Row { function: "clerk-webhook", arn: "CLERK_WEBHOOK_SECRET_ARN", used: Opens },
    Row { function: "users-api", arn: "SERVICE_TOKENS_ARN", used: Opens },
    Row { function: "users-admin", arn: "AUTH0_CLIENT_SECRET_ARN", used: PresentedAndReread },
    Row { function: "users-admin", arn: "CLERK_SECRET_KEY_ARN", used: PresentedAndReread },
    Row { function: "users-internal", arn: "STRIPE_SECRET_KEY_ARN", used: PresentedAndReread },
    Row { function: "reconcile", arn: "AUTH0_CLIENT_SECRET_ARN", used: Presented },
    Row { function: "reconcile", arn: "CLERK_SECRET_KEY_ARN", used: Presented },
    Row { function: "stripe-reconcile", arn: "STRIPE_SECRET_KEY_ARN", used: Presented },
];

impl Row {
    /// The variable that would hold the secret itself.
    pub(super) fn variable(&self) -> &'static str {
        self.arn.strip_suffix("_ARN").unwrap()
    }

    /// In words, for a test that fails.
    pub(super) fn name(&self) -> String {
        format!("{}, {}", self.function, self.variable())
    }
}
