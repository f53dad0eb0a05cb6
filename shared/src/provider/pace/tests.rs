//! Turns, under a clock that the tests move.

use std::time::Duration;

use http::header::HeaderName;

use super::*;
use crate::clock::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

fn told(remaining: &str, limit: &str, reset: &str) -> Told {
    let headers = [("x-ratelimit-remaining", remaining), ("x-ratelimit-limit", limit), ("x-ratelimit-reset", reset)];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), value.parse::<http::HeaderValue>().ok()?)));
    Told::read(&headers.collect(), Timestamp::ZERO)
}

fn soon() -> Instant {
    Instant::now() + 60 * SECOND
}

#[tokio::test(start_paused = true)]
async fn a_wait_holds_for_everybody() {
    let (pace, began) = (Pace::default(), Instant::now());
    if let Some(turn) = pace.turn(soon()).await {
        turn.heed(&Told::default(), Some(7 * SECOND));
    }
    let (one, other) = tokio::join!(pace.turn(soon()), pace.turn(soon()));
    assert!(one.is_some() && other.is_some());
    assert_eq!(began.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_shorter_wait_does_not_end_a_longer_one() {
    let (pace, began) = (Pace::default(), Instant::now());
    let (Some(one), Some(other)) = tokio::join!(pace.turn(soon()), pace.turn(soon())) else { return };
    one.heed(&Told::default(), Some(7 * SECOND));
    other.heed(&Told::default(), Some(SECOND));
    assert!(pace.turn(soon()).await.is_some());
    assert_eq!(began.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_they_have_patience() {
    let pace = Pace::default();
    if let Some(turn) = pace.turn(soon()).await {
        turn.heed(&Told::default(), Some(61 * SECOND));
    }
    let began = Instant::now();
    assert!(pace.turn(soon()).await.is_none());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_with_nothing_left_until_the_reset() {
    let (pace, began) = (Pace::default(), Instant::now());
    if let Some(turn) = pace.turn(soon()).await {
        turn.heed(&told("0", "2", "5"), None);
    }
    assert!(pace.turn(soon()).await.is_some());
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_counts_against_what_is_left() {
    let (pace, began) = (Pace::default(), Instant::now());
    if let Some(turn) = pace.turn(soon()).await {
        turn.heed(&told("2", "3", "5"), None);
    }
    let (one, other) = tokio::join!(pace.turn(soon()), pace.turn(soon()));
    // A third one waits, and goes as soon as an answer tells that there is room.
    let third = async { pace.turn(soon()).await.map(|_| began.elapsed().as_secs()) };
    let answer = async {
        sleep_until(began + SECOND).await;
        if let Some(turn) = one {
            turn.heed(&told("3", "3", "5"), None);
        }
    };
    let (third, ()) = tokio::join!(third, answer);
    assert_eq!(third, Some(1));
    drop(other);
}

#[tokio::test(start_paused = true)]
async fn a_new_window_is_entered_by_no_more_than_its_limit() {
    let (pace, began) = (Pace::default(), Instant::now());
    if let Some(turn) = pace.turn(soon()).await {
        turn.heed(&told("0", "2", "5"), None);
    }
    let one_call = || async {
        let turn = pace.turn(soon()).await;
        let sent = began.elapsed().as_secs();
        sleep_until(Instant::now() + SECOND).await;
        drop(turn);
        sent
    };
    let mut sent = futures_util::future::join_all([one_call(), one_call(), one_call(), one_call()]).await;
    sent.sort_unstable();
    assert_eq!(sent, [5, 5, 6, 6]);
}

#[tokio::test(start_paused = true)]
async fn where_a_rate_is_documented_requests_keep_an_even_distance() {
    let (pace, began) = (Pace::at_most(25), instant());
    for _ in 0..26 {
        if let Some(turn) = pace.turn(began + 60 * SECOND).await {
            turn.heed(&Told::default(), None);
        }
    }
    assert_eq!(began.elapsed(), Duration::from_secs(1));
}
