//! Listings: pages in both directions, filters, and the faults of pages.

use super::*;
use crate::stand_in::listing::ListingFaults;

/// Customers `cus_0` to `cus_N`, two in each second from 1000 on.
fn with_customers(count: i64) -> StripeStandIn {
    let stripe = stripe();
    for number in 0..count {
        let new = NewCustomer::of_user("usr_1").called(&format!("p{number}@example.com"), "P").made(1000 + number / 2);
        stripe.add(NewCustomer { id: Some(format!("cus_{number}")), ..new });
    }
    stripe
}

async fn ids(stripe: &StripeStandIn, query: &str) -> (Vec<String>, bool) {
    let answered = read(stripe, &format!("/v1/customers?{query}")).await;
    assert_eq!((answered.status, &answered.body["object"]), (200, &"list".into()), "{}", answered.body);
    let data = answered.body["data"].as_array().unwrap().iter();
    let ids = data.map(|customer| customer["id"].as_str().unwrap().trim_start_matches("cus_").to_owned());
    (ids.collect(), answered.body["has_more"].as_bool().unwrap())
}

fn named(numbers: &[i64]) -> Vec<String> {
    numbers.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_eldest_and_back() {
    let stripe = with_customers(5);
    assert_eq!(ids(&stripe, "limit=2").await, (named(&[4, 3]), true));
    assert_eq!(ids(&stripe, "limit=2&starting_after=cus_3").await, (named(&[2, 1]), true));
    assert_eq!(ids(&stripe, "limit=2&starting_after=cus_1").await, (named(&[0]), false));
    assert_eq!(ids(&stripe, "limit=2&ending_before=cus_1").await, (named(&[3, 2]), true));
    assert_eq!(ids(&stripe, "limit=2&ending_before=cus_3").await, (named(&[4]), false));
    assert_eq!(ids(&with_customers(12), "").await.0.len(), 10);
}

#[tokio::test]
async fn a_cursor_survives_the_deletion_of_its_customer_and_a_new_one_does_not_move_it() {
    let stripe = with_customers(5);
    stripe.delete("cus_3").unwrap();
    stripe.add(NewCustomer::default());
    assert_eq!(ids(&stripe, "limit=2&starting_after=cus_3").await, (named(&[2, 1]), true));
}

#[tokio::test]
async fn filters_are_exact() {
    let stripe = with_customers(6);
    assert_eq!(ids(&stripe, "email=p2%40example.com").await.0, named(&[2]));
    assert!(ids(&stripe, "email=P2%40example.com").await.0.is_empty());
    assert_eq!(ids(&stripe, "created[gte]=1001&created[lt]=1002").await.0, named(&[3, 2]));
    assert_eq!(ids(&stripe, "created[gt]=1001").await.0, named(&[5, 4]));
    assert_eq!(ids(&stripe, "created[lte]=1000").await.0, named(&[1, 0]));
    assert_eq!(ids(&stripe, "created=1002").await.0, named(&[5, 4]));
    let clock = NewCustomer {
        id: Some("cus_clock".to_owned()),
        test_clock: Some("clock_1".to_owned()),
        ..NewCustomer::default()
    };
    stripe.add(clock);
    assert_eq!(ids(&stripe, "limit=100").await.0.len(), 6);
    assert_eq!(ids(&stripe, "test_clock=clock_1").await.0, ["clock"]);
}

#[tokio::test]
async fn wrong_queries_are_refused() {
    let stripe = with_customers(2);
    for (query, status, code) in [
        ("limit=0", 400, ""),
        ("limit=101", 400, ""),
        ("limit=x", 400, "parameter_invalid_integer"),
        ("starting_after=cus_1&ending_before=cus_0", 400, ""),
        ("starting_after=cus_none", 404, "resource_missing"),
        ("created[near]=5", 400, "parameter_unknown"),
        ("page=2", 400, "parameter_unknown"),
    ] {
        let refused = read(&stripe, &format!("/v1/customers?{query}")).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn pages_fail_shrink_and_break_as_they_are_told() {
    let stripe = with_customers(4);
    let set = |faults| stripe.front().set_listing_faults(faults);
    set(ListingFaults { fail_on_page: Some(1), fail_times: Some(1), ..ListingFaults::default() });
    assert_eq!(read(&stripe, "/v1/customers").await.status, 500);
    assert_eq!(read(&stripe, "/v1/customers").await.status, 200);
    set(ListingFaults { truncate_to: Some(1), ..ListingFaults::default() });
    assert_eq!(ids(&stripe, "").await, (named(&[0]), false));
    set(ListingFaults { drop_page: Some(1), ..ListingFaults::default() });
    assert_eq!(ids(&stripe, "limit=2").await, (vec![], true));
    set(ListingFaults { twice: true, ..ListingFaults::default() });
    assert_eq!(ids(&stripe, "limit=1").await.0, named(&[3, 3]));
    set(ListingFaults { malformed_page: Some(1), ..ListingFaults::default() });
    assert!(read(&stripe, "/v1/customers").await.body.is_null());
}
