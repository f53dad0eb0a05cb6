//! The binary that Lambda runs for the users API.

use std::process::ExitCode;

use shared::{config::Env, http::finished, telemetry};
use users_api::{App, routes};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start();
    let app = match App::from_env(&Env::process()) {
        Ok(app) => app.primed().await,
        Err(error) => return telemetry::start_failed(&error),
    };
    telemetry::ended(&lambda_http::run(finished(routes(app))).await)
}
