//! As the template deploys them: nothing starts the directly invoked functions but who IAM lets.

use serde_json::Value;
use tests::template::Template;

#[test]
fn no_url_and_no_event_leads_to_them() {
    let template = Template::with(&[]);
    for function in ["UsersAdmin", "UsersInternal"] {
        for door in ["Events", "FunctionUrlConfig"] {
            assert_eq!(template.property(function, &[door]), Value::Null, "{function} has {door}");
        }
    }
}
