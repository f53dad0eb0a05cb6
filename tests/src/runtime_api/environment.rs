//! The variables that Lambda sets for every function on an OS-only runtime.
//!
//! Source: AWS Lambda Developer Guide, "Defined runtime environment variables".

use std::net::SocketAddr;

/// The variables for the function `name`, whose Runtime API listens at `api`.
pub(super) fn of_lambda(name: &str, api: SocketAddr) -> Vec<(String, String)> {
    let fixed = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0123456789abcdef"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ];
    let named = [
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
    ];
    let fixed = fixed.map(|(variable, value)| (variable.to_owned(), value.to_owned()));
    let named = named.map(|(variable, value)| (variable.to_owned(), value));
    fixed.into_iter().chain(named).collect()
}
