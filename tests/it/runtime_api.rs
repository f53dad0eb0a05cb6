//! The workspace's own executables are found, and are up to date.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use tests::binaries::binary;

#[test]
fn every_function_has_its_binary() {
    for name in [
        "auth0-events",
        "auth0-events-http",
        "auth0-upsert",
        "clerk-webhook",
        "reconcile",
        "stripe-reconcile",
        "users-admin",
        "users-api",
        "users-internal",
    ] {
        let path = binary(name);
        assert!(path.is_file(), "{}", path.display());
        assert_eq!(path.file_stem().unwrap(), name);
    }
}
