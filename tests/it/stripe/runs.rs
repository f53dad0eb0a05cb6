//! Runs as they are invoked: the function, its lease, its record, and its end near a deadline.

use std::time::Duration;

use serde_json::json;
use shared::clock::instant;
use shared::reconcile::{Mode, Order, Stop};
use shared::store::Status;
use shared::stripe_reconcile::UnwatchedLinks;
use tests::spine::Spine;
use tests::web;

use super::stage::Stage;

#[tokio::test]
async fn the_function_checks_and_applies_over_the_invoke_api() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let stripe = &system.stripe.as_ref().unwrap().0;
    let (clerk, _) = system.clerk.as_ref().unwrap();
    let user = clerk.create_user(local::clerk::NewUser::person("ada@example.com", "Ada", "Berg")).unwrap();
    clerk.idle().await;
    let id = tests::spine::clerk(&user.id).user_id();
    stripe.add(local::stripe::NewCustomer::of_user(id.as_str()).called("ada@example.com", "Ada Berg"));
    let check = web::invoke(&system.lambda, "stripe-reconcile", &json!({"mode": "check"})).await.unwrap();
    assert_eq!(
        (&check["status"], &check["inStep"], &check["counts"]),
        (&json!("finished"), &json!(false), &json!({"missing_link": 1}))
    );
    assert!(spine.claim(&format!("stripe_customer#{}", stripe.customers()[0].id)).await.is_none());
}

#[tokio::test]
async fn one_run_writes_at_a_time_and_a_check_beside_it_takes_no_lease() {
    let stage = Stage::set().await;
    let lease = shared::store::Lease { source: "stripe".to_owned(), owner: "ada".to_owned(), run_id: "1".to_owned() };
    stage.spine.runs().take(&lease, super::stage::now()).await.unwrap().unwrap();
    let busy = stage.run(Mode::Apply).await.unwrap();
    assert_eq!((busy.status, busy.holder.as_deref()), (Status::Busy, Some("ada")));
    assert_eq!(stage.run(Mode::Check).await.unwrap().status, Status::Finished);
    stage.spine.runs().release(&lease).await.unwrap();
    assert_eq!(stage.run(Mode::Apply).await.unwrap().status, Status::Finished);
    let recorded = stage.spine.runs().recent("stripe", 9).await.unwrap();
    assert_eq!(recorded.iter().map(|run| run.mode.as_str()).collect::<Vec<_>>(), ["apply", "check"]);
}

#[tokio::test]
async fn near_its_deadline_a_run_ends_unfinished_and_the_next_one_finishes() {
    let stage = Stage::set().await;
    for number in 0..8 {
        let name = format!("p{number}");
        let who = stage.person(&name).await;
        stage.customer_of(&who, &format!("{name}@example.com"));
    }
    let order = Order { deadline: Some(instant()), owner: Some("night".to_owned()), ..Order::new(Mode::Apply) };
    let first = stage.reconciler().carry_out(&order, &Stop::new(), &UnwatchedLinks).await.unwrap();
    assert_eq!((first.status, first.in_step, first.resume), (Status::Unfinished, false, None));
    let order = Order { deadline: Some(instant() + Duration::from_secs(600)), ..order };
    let second = stage.reconciler().carry_out(&order, &Stop::new(), &UnwatchedLinks).await.unwrap();
    assert_eq!((second.status, second.in_step), (Status::Finished, true));
    assert_eq!(second.outcomes.get("linked"), Some(&8));
}

#[tokio::test]
async fn a_run_writes_no_more_than_it_is_told() {
    let stage = Stage::set().await;
    for name in ["ann", "bob", "cat"] {
        let who = stage.person(name).await;
        stage.customer_of(&who, &format!("{name}@example.com"));
    }
    let order = Order { most_writes: Some(1), ..Order::new(Mode::Apply) };
    let run = stage.reconciler().carry_out(&order, &Stop::new(), &UnwatchedLinks).await.unwrap();
    assert_eq!((run.outcomes.get("linked"), run.counts.get("missing_link")), (Some(&1), Some(&3)));
    assert!(!run.in_step);
}
