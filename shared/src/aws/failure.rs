//! How a request of the SDK failed, in a word.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The service's own code, or how the request failed. The SDK's errors carry what was sent: nothing of that goes on.
pub fn kind_of_failure<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let kind = match error {
        SdkError::ServiceError(context) => {
            context.err().code().filter(|code| is_a_name(code)).unwrap_or("unknown answer")
        }
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "out of reach",
        SdkError::ResponseError(_) => "unreadable answer",
        _ => "request not built",
    };
    kind.to_owned()
}

/// Whether a code is a name as the service's codes are: what stands there comes from the wire, and is logged.
fn is_a_name(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}
