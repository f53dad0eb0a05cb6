//! What a listing of a million users costs.

use futures_util::stream::StreamExt;

use super::*;

const TOTAL: u64 = 1_000_000;

/// How many users there were after this share of the time.
type Growth = fn(f64) -> f64;

/// A million users, of whom each page has one that can be read: the last one, whose cursor is their number.
async fn million(growth: Growth) -> Stub {
    const TIME: f64 = 145_000_000_000.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "small")]
    fn before(moment: i64, growth: Growth) -> u64 {
        let share = ((moment - START) as f64 / TIME).clamp(0.0, 1.0);
        (growth(share) * TOTAL as f64) as u64
    }
    // The first moment before which there were so many.
    fn made_at(number: u64, growth: Growth) -> i64 {
        let (mut low, mut high) = (START, START + 145_000_000_000);
        while low < high {
            let middle = i64::midpoint(low, high);
            if before(middle, growth) > number { high = middle } else { low = middle + 1 }
        }
        low - 1
    }
    Stub::start(move |_, asked| {
        let bound = |name| asked.param(name).map(|text| text.parse::<i64>().unwrap());
        let first = bound("created_at_after").map_or(0, |after| before(after + 1, growth));
        let end = bound("created_at_before").map_or(TOTAL, |until| before(until, growth));
        if asked.path == "/v1/users/count" {
            return answer(200, json!({"total_count": end - first}));
        }
        let first = asked.param("starting_after").map_or(first, |cursor| cursor.parse::<u64>().unwrap() + 1);
        let length = (end - first).min(asked.number("limit", 10) as u64);
        if length == 0 {
            return answer(200, json!([]));
        }
        let (first, length) = match asked.param("order_by").as_deref() {
            Some("-created_at") => (TOTAL - 1, 1),
            _ => (first, length),
        };
        let (odd, last) = (usize::try_from(length).unwrap() - 1, first + length - 1);
        let at = made_at(last, growth);
        let last = json!({"id": last.to_string(), "created_at": at, "updated_at": at});
        let odd = std::iter::repeat_n(Value::Null, odd);
        answer(200, odd.chain([last]).collect())
    })
    .await
}

#[tokio::test]
async fn a_million_users_cost_one_percent_more_requests_than_their_pages() {
    let growths: [Growth; 3] =
        [|share| share, |share| share.powi(3), |share| if share < 0.7 { 0.0 } else { 0.9 + share / 10.0 }];
    for growth in growths {
        let stub = million(growth).await;
        let clerk = client(&stub, 500);
        let ready = ready(&clerk).await;
        assert_eq!(ready.expected, Some(TOTAL));
        let mut listing = Box::pin(clerk.listing(ready));
        let (mut listed, mut parts) = (0, 0);
        while let Some(page) = listing.next().await {
            let page = page.unwrap();
            listed += page.users.len() as u64 + u64::from(page.odd);
            if let Some(summary) = page.summary {
                assert!(summary.is_plausible(), "{summary:?}");
                parts += 1;
            }
        }
        assert_eq!(listed, TOTAL);
        let requests = stub.asked().len();
        assert!((1..=4).contains(&parts), "{parts} windows");
        assert!((2000..=2020).contains(&requests), "{requests} requests");
    }
}
