//! What `cargo dev` says before it serves: what listens where, the secrets in use, and commands to try.

use std::io::{self, Write};

use local::system::System;
use shared::config::{LOCAL_SERVICE_TOKEN, dev_defaults};

/// The secrets that a caller needs. They are printed here and never after.
const SECRETS: [&str; 7] = [
    "AUTH0_ACTION_SECRET",
    "AUTH0_EVENTS_SECRET",
    "AUTH0_CLIENT_ID",
    "AUTH0_CLIENT_SECRET",
    "CLERK_WEBHOOK_SECRET",
    "CLERK_SECRET_KEY",
    "STRIPE_SECRET_KEY",
];

/// Prints it; the last line is `ready`.
pub(crate) fn print(system: &System, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "identity-spine, on this machine only\n")?;
    let listens = [
        ("HTTP routes", Some(&system.http)),
        ("Lambda's Invoke API", Some(&system.lambda)),
        ("DynamoDB", Some(&system.dynamodb)),
        ("stand-in for Auth0", system.auth0.as_ref().map(|(_, url)| url)),
        ("stand-in for Clerk", system.clerk.as_ref().map(|(_, url)| url)),
        ("stand-in for Stripe", system.stripe.as_ref().map(|(_, url)| url)),
    ];
    for (name, url) in listens {
        writeln!(
            out,
            "  {name:<20} {}",
            url.map_or("left out: its base URL is set, and its flag is ignored", |url| url)
        )?;
    }
    writeln!(out)?;
    for name in SECRETS {
        if let Some(value) = system.env.text(name) {
            writeln!(out, "  {name:<20} {value}")?;
        }
    }
    if let Some(token) = service_token(system) {
        writeln!(out, "  {:<20} {token}", "service token")?;
    }
    let parts = [
        ("reconcile of Auth0", "AUTH0_CLIENT_ID"),
        ("reconcile of Clerk", "CLERK_SECRET_KEY"),
        ("reconcile of Stripe", "STRIPE_SECRET_KEY"),
        ("/v1/me by Auth0", "AUTH0_AUDIENCE"),
        ("/v1/me by Clerk", "CLERK_JWT_ISSUER_DOMAIN"),
    ];
    for (part, off) in parts {
        if system.env.text(off).is_none() {
            writeln!(out, "  {part} is off: {off} is not set")?;
        }
    }
    try_it(system, out)?;
    writeln!(out, "\nready")?;
    out.flush()
}

/// The token of the default list; of another list only digests are known.
fn service_token(system: &System) -> Option<&'static str> {
    let tokens = system.env.text("SERVICE_TOKENS");
    (tokens.is_some() && tokens == dev_defaults().text("SERVICE_TOKENS")).then_some(LOCAL_SERVICE_TOKEN)
}

fn try_it(system: &System, out: &mut impl Write) -> io::Result<()> {
    let secret = system.env.text("AUTH0_ACTION_SECRET").unwrap_or_default();
    writeln!(out, "\nTry:\n")?;
    writeln!(
        out,
        "  curl -X POST {}/auth0/upsert-user -H 'Content-Type: application/json' \\\n    \
         -H 'Authorization: Bearer {secret}' \\\n    \
         -d '{{\"tokenIdentifier\": \"https://your-tenant.auth0.com/|auth0|test123\", \"email\": \"test@example.com\", \"name\": \"Test User\"}}'\n",
        system.http
    )?;
    if let Some(token) = service_token(system) {
        writeln!(
            out,
            "  curl '{}/v1/users?email=test%40example.com' -H 'Authorization: Bearer {token}'\n",
            system.http
        )?;
    }
    if let Some((_, clerk)) = &system.clerk {
        let key = system.env.text("CLERK_SECRET_KEY").unwrap_or_default();
        writeln!(
            out,
            "  curl -X POST {clerk}/v1/users -H 'Content-Type: application/json' -H 'Authorization: Bearer {key}' \\\n    \
             -d '{{\"email_address\": [\"ada@example.com\"], \"first_name\": \"Ada\"}}'\n"
        )?;
    }
    writeln!(
        out,
        "  curl -X POST {}/2015-03-31/functions/reconcile/invocations -d '{{\"source\": \"clerk\", \"mode\": \"check\"}}'",
        system.lambda
    )
}
