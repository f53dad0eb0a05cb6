//! The binary that Lambda runs for an Auth0 event stream that delivers by webhook.

use std::process::ExitCode;

use auth0_events_http::{App, routes};
use shared::{config::Env, http::finished, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start();
    let app = match App::from_env(&Env::process()) {
        Ok(app) => app.primed().await,
        Err(error) => return telemetry::start_failed(&error),
    };
    telemetry::ended(&lambda_http::run(finished(routes(app))).await)
}
