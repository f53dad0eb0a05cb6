//! Listings by several windows of time side by side.

use std::sync::Mutex;

use futures_util::stream::StreamExt;

use super::*;
use crate::provider::testing::html;
use crate::provider::users::Summary;

const SPLIT: Split = Split { above: 20, windows: 4 };

fn people(total: usize) -> Vec<Value> {
    (0..total).map(user).collect()
}

async fn instance(total: usize) -> Stub {
    let users = people(total);
    Stub::start(move |_, asked| served(&users, asked)).await
}

/// A client for whom a few dozen users are many.
fn splitting(stub: &Stub) -> Clerk {
    client(stub, 10).splitting(SPLIT)
}

async fn list(stub: &Stub) -> Result<Vec<Page>, ProviderError> {
    let clerk = splitting(stub);
    let ready = ready(&clerk).await;
    clerk.listing(ready).try_collect().await
}

fn summaries(pages: &[Page]) -> Vec<Summary> {
    pages.iter().filter_map(|page| page.summary).collect()
}

/// The windows that pages were asked for of, by their bounds.
fn windows(stub: &Stub) -> Vec<(Option<String>, Option<String>)> {
    let pages = stub.asked().into_iter().filter(|asked| asked.path == "/v1/users" && asked.number("limit", 0) > 1);
    let mut windows: Vec<_> =
        pages.map(|asked| (asked.param("created_at_after"), asked.param("created_at_before"))).collect();
    windows.sort();
    windows.dedup();
    windows
}

#[tokio::test]
async fn many_users_are_listed_by_windows_that_add_up_each_between_two_counts_of_its_own() {
    let stub = instance(240).await;
    let pages = list(&stub).await.unwrap();
    assert_eq!(named(&pages).len(), 240);
    assert!(named(&pages).values().all(|times| *times == 1));
    let summaries = summaries(&pages);
    assert_eq!((windows(&stub).len(), summaries.len()), (4, 4));
    assert_eq!(summaries.iter().map(|summary| summary.named).sum::<u64>(), 240);
    for summary in summaries {
        let count = Some(summary.named);
        assert_eq!((summary.counted_before, summary.counted_after), (count, count));
        assert!((36..=84).contains(&summary.named), "about a quarter: {summary:?}");
    }
    for (after, before) in windows(&stub) {
        let is_of_it = |asked: &&Asked| {
            asked.path == "/v1/users/count"
                && (asked.param("created_at_after"), asked.param("created_at_before"))
                    == (after.clone(), before.clone())
        };
        let times = stub.asked().iter().filter(is_of_it).count();
        assert!(times >= 2, "{after:?} {before:?}");
    }
}

#[tokio::test]
async fn the_first_window_has_no_beginning_and_the_last_no_end() {
    let stub = instance(240).await;
    list(&stub).await.unwrap();
    let windows = windows(&stub);
    let of = |text: &Option<String>| text.as_ref().map(|text| text.parse::<i64>().unwrap());
    assert_eq!((&windows[0].0, &windows[3].1), (&None, &None));
    for pair in windows.windows(2) {
        // Both parameters exclude their own millisecond.
        assert_eq!(of(&pair[1].0).unwrap() + 1, of(&pair[0].1).unwrap());
    }
}

#[tokio::test]
async fn up_to_the_threshold_one_window_without_bounds_is_asked_for() {
    for (total, times) in [(0, 1), (20, 1), (21, 4)] {
        let stub = instance(total).await;
        assert_eq!(named(&list(&stub).await.unwrap()).len(), total);
        assert_eq!(windows(&stub).len(), times, "{total}");
    }
    let stub = instance(20).await;
    assert_eq!(ready(&splitting(&stub)).await.expected, Some(20));
}

#[tokio::test]
async fn a_window_that_has_nearly_everybody_in_one_moment_is_listed_by_its_cursor() {
    for (early, late) in [(0, 0), (3, 3), (1, 0), (0, 1)] {
        let mut users = people(early + 90 + late);
        for (number, user) in users.iter_mut().enumerate() {
            user["created_at"] = match number {
                number if number < early => START + i64::try_from(number).unwrap(),
                number if number < early + 90 => START + 5000,
                number => START + i64::try_from(5000 + number).unwrap(),
            }
            .into();
        }
        let stub = Stub::start(move |_, asked| served(&users, asked)).await;
        let pages = list(&stub).await.unwrap();
        assert_eq!(named(&pages).len(), early + 90 + late);
        assert_eq!(summaries(&pages).iter().map(|it| it.named).sum::<u64>(), 90 + (early + late) as u64);
        assert!(summaries(&pages).iter().all(Summary::is_plausible));
        assert!(stub.times("/v1/users/count") <= 1 + 8 + 2 * 4);
    }
}

#[tokio::test]
async fn a_count_that_is_refused_or_missing_leaves_one_window() {
    for (asked_before, missing) in [(0, true), (1, false), (1, true), (3, false)] {
        let (users, counts) = (people(240), Mutex::new(0));
        let stub = Stub::start(move |_, asked| {
            let mut counts = counts.lock().unwrap();
            *counts += usize::from(asked.path == "/v1/users/count");
            match asked.path.as_str() {
                "/v1/users/count" if *counts > asked_before && missing => answer(200, json!({})),
                "/v1/users/count" if *counts > asked_before => refusal(422, "x"),
                _ => served(&users, asked),
            }
        })
        .await;
        // So many windows take more than these counts to plan.
        let clerk = client(&stub, 10).splitting(Split { above: 20, windows: 40 });
        let ready = ready(&clerk).await;
        let pages: Vec<Page> = clerk.listing(ready).try_collect().await.unwrap();
        assert_eq!((named(&pages).len(), windows(&stub)), (240, vec![(None, None)]));
        let uncounted = Summary { named: 240, counted_before: None, counted_after: None };
        assert_eq!(summaries(&pages), [uncounted], "{asked_before}");
    }
}

#[tokio::test]
async fn who_comes_and_goes_between_pages_is_counted_where_they_belong() {
    let users = Mutex::new(people(240));
    let stub = Stub::start(move |before, asked| {
        let mut users = users.lock().unwrap();
        if before > 12 && asked.path == "/v1/users" {
            // Somebody who was named leaves, and somebody new comes at the end.
            if let Some(cursor) = asked.param("starting_after") {
                let place = users.iter().position(|user| user["id"] == cursor.as_str()).unwrap();
                if place > 2 {
                    users.remove(place - 2);
                }
            }
            if before < 20 {
                users.push(user(1000 + before));
            }
        }
        served(&users, asked)
    })
    .await;
    let pages = list(&stub).await.unwrap();
    let named = named(&pages);
    assert!((0..240).all(|number| named.contains_key(format!("user_{number:04}").as_str())));
    assert!(named.values().all(|times| *times == 1));
    let summaries = summaries(&pages);
    assert_eq!(summaries.iter().map(|it| it.named).sum::<u64>(), named.len() as u64);
    assert!(summaries.iter().any(|it| it.counted_before > it.counted_after), "somebody left while it was read");
    assert!(summaries.iter().all(|it| it.missing_from().is_none()));
}

#[tokio::test]
async fn a_lost_cursor_is_found_by_its_time_within_its_window() {
    let users = Mutex::new((people(240), 0));
    let stub = Stub::start(move |_, asked| {
        let (users, lost) = &mut *users.lock().unwrap();
        if let Some(cursor) = asked.param("starting_after").filter(|_| *lost < 5) {
            let place = users.iter().position(|user| user["id"] == cursor.as_str());
            if let Some(place) = place {
                users.remove(place);
                *lost += 1;
            }
        }
        served(users, asked)
    })
    .await;
    let pages = list(&stub).await.unwrap();
    assert_eq!(named(&pages).len(), 240, "five were named before they went, and nobody was passed over");
    let summaries = summaries(&pages);
    assert_eq!(summaries.iter().map(|it| it.named).sum::<u64>(), 240, "whoever came twice is counted once");
    let left = |it: &Summary| it.counted_before.unwrap() - it.counted_after.unwrap();
    assert_eq!(summaries.iter().map(left).sum::<u64>(), 5);
}

#[tokio::test]
async fn a_cursor_is_lost_among_people_of_one_moment() {
    let all_at_once = |number: usize| {
        let mut user = user(number);
        user["created_at"] = START.into();
        user
    };
    let users: Mutex<Vec<Value>> = Mutex::new((0..95).map(all_at_once).collect());
    let stub = Stub::start(move |_, asked| {
        let mut users = users.lock().unwrap();
        if asked.param("starting_after").as_deref() == Some("user_0049") {
            users.retain(|user| user["id"] != "user_0049");
        }
        served(&users, asked)
    })
    .await;
    let pages = list(&stub).await.unwrap();
    assert_eq!(named(&pages).len(), 95);
    assert_eq!(summaries(&pages), [Summary { named: 95, counted_before: Some(95), counted_after: Some(94) }]);
}

#[tokio::test]
async fn one_window_that_fails_ends_the_whole_listing() {
    type Fault = fn(&[Value], &Asked) -> Response;
    let repeated: Fault = |users, asked| {
        let mut again = asked.clone();
        again.query = again.query.split("&starting_after").next().unwrap().to_owned();
        served(users, &again)
    };
    let faults: [Fault; 5] =
        [repeated, |_, _| html(200), |_, _| answer(200, json!({})), |_, _| html(503), |_, _| refusal(401, "x")];
    for fault in faults {
        let users = people(240);
        let stub = Stub::start(move |_, asked| {
            let last = asked.param("created_at_after").is_some() && asked.param("created_at_before").is_none();
            match asked.param("starting_after") {
                Some(_) if last => fault(&users, asked),
                _ => served(&users, asked),
            }
        })
        .await;
        let clerk = splitting(&stub);
        let pages: Vec<_> = clerk.listing(ready(&clerk).await).collect().await;
        let (end, before) = pages.split_last().unwrap();
        assert!(end.is_err() && before.iter().all(Result::is_ok));
    }
}

#[tokio::test]
async fn whoever_stops_reading_ends_every_request_and_no_window_runs_ahead() {
    let stub = instance(2400).await;
    let clerk = splitting(&stub);
    let mut listing = Box::pin(clerk.listing(ready(&clerk).await));
    listing.next().await.unwrap().unwrap();
    let pages = || stub.asked().iter().filter(|asked| asked.number("limit", 0) == 10).count();
    let all_are_asked_for = async {
        while pages() < 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(QUICK.patience, all_are_asked_for).await.unwrap();
    // One page that is read, and one page ahead in each window.
    clerk.user("user_0001").await.ok();
    assert_eq!(pages(), 5);
    drop(listing);
    clerk.user("user_0001").await.ok();
    assert_eq!(pages(), 5);
}
