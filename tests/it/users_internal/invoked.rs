//! As callers reach it on one machine: by Lambda's Invoke API, and by no URL.

use serde_json::json;
use tests::people::{noon, told};
use tests::spine::{Spine, auth0, text};
use tests::web;

#[tokio::test]
async fn it_answers_by_its_folders_name_and_spells_errors_as_lambda_does() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let who = auth0("auth0|ann");
    let told = told("ann", 0, 100, 101);
    spine.users().upsert(&who, &told, shared::store::Sender::Login, noon(0)).await.unwrap();
    let ask = async |event| web::invoke(&system.lambda, "users-internal", &event).await;

    let user = ask(json!({"operation": "getUserByAuth", "authProvider": "auth0", "authSubject": "auth0|ann"})).await;
    let user = user.unwrap();
    assert_eq!((&user["_id"], &user["email"]), (&who.user_id().as_str().into(), &"ann@example.com".into()));
    let set = json!({"operation": "setStripeCustomerId", "userId": user["_id"], "stripeCustomerId": "cus_1"});
    assert_eq!(ask(set).await.unwrap()["result"], "set");
    let list = json!({"operation": "listUsersForStripeReconcile", "paginationOpts": {"numItems": 10, "cursor": null}});
    let users = json!([{"_id": user["_id"], "stripeCustomerId": "cus_1"}]);
    assert_eq!(ask(list).await.unwrap(), json!({"users": users, "continueCursor": null, "isDone": true}));
    let nobody = json!({"operation": "getUserById", "userId": auth0("auth0|unseen").user_id().as_str()});
    assert_eq!(ask(nobody).await.unwrap(), json!(null));
    let refused = ask(json!({"operation": "getUserById"})).await.unwrap_err();
    assert_eq!((refused.error_type.as_str(), refused.message.as_str()), ("field_missing", "userId is required"));

    let over_http = web::post(&format!("{}/users-internal", system.http), &[], "{}").await;
    assert_eq!(over_http.status, 404);
}

#[tokio::test]
async fn two_who_want_a_customer_for_one_user_at_once_get_the_same_one() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let who = auth0("auth0|ann");
    let told = told("ann", 0, 100, 101);
    spine.users().upsert(&who, &told, shared::store::Sender::Login, noon(0)).await.unwrap();
    let ask = async |email: &str| {
        let id = who.user_id();
        let wish = json!({"operation": "ensureStripeCustomer", "userId": id.as_str(), "email": email, "name": "Ann"});
        web::invoke(&system.lambda, "users-internal", &wish).await.unwrap()
    };
    let (one, other) = tokio::join!(ask("ann@example.com"), ask("other@example.com"));
    assert_eq!(one, other);
    let customer = one["stripeCustomerId"].as_str().unwrap();
    let row = spine.row(&who).await.unwrap();
    assert_eq!(text(&row, "stripe_customer_id"), Some(customer));
    assert_eq!(ask("ann@example.com").await["stripeCustomerId"], customer);
    let gone = json!({"operation": "ensureStripeCustomer", "userId": auth0("auth0|unseen").user_id().as_str()});
    let refused = web::invoke(&system.lambda, "users-internal", &gone).await.unwrap_err();
    assert_eq!(refused.error_type, "user_unknown");
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}
