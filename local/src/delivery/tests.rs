//! The outbox against a receiver on this machine.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::sync::Arc;

use super::{Counters, Delay, Faults, Message, Outbox, OutboxOptions, Reply, Schedule, Seal};
use crate::stand_in::sink::Sink;

fn outbox(url: &str, faults: Faults) -> Outbox {
    let schedule = Schedule::from_millis(&[1, 1]);
    Outbox::new(OutboxOptions { target: Some(url.to_owned()), faults, schedule, ..OutboxOptions::default() }).unwrap()
}

fn message(lane: &str, number: usize) -> Message {
    let body = format!("{lane} {number}").into();
    Message { lane: lane.to_owned(), target: None, path: "/in", body, seal: Seal::Bearer(Arc::from("secret")) }
}

async fn bodies_after(outbox: &Outbox, sink: &Sink) -> Vec<String> {
    outbox.idle().await;
    sink.received().iter().map(|it| String::from_utf8_lossy(&it.body).into_owned()).collect()
}

#[tokio::test]
async fn messages_of_one_lane_keep_their_order_through_a_failure() {
    let (sink, url) = Sink::start(&[503]).await;
    let outbox = outbox(&url, Faults::default());
    for number in 0..20 {
        outbox.send(message("ada", number));
    }
    let mut expected = vec!["ada 0".to_owned()];
    expected.extend((0..20).map(|number| format!("ada {number}")));
    assert_eq!(bodies_after(&outbox, &sink).await, expected);
    let counters = Counters { created: 20, sent: 21, delivered: 20, retried: 1, ..Counters::default() };
    assert_eq!(outbox.counters(), counters);
    let first = sink.received().into_iter().next().unwrap();
    assert_eq!((first.path.as_str(), first.header("authorization")), ("/in", "Bearer secret"));
    assert_eq!(first.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_message_is_given_up_after_its_schedule() {
    let (sink, url) = Sink::start(&[500, 400, 302]).await;
    let outbox = outbox(&url, Faults::default());
    outbox.send(message("ada", 0));
    outbox.send(message("ada", 1));
    assert_eq!(bodies_after(&outbox, &sink).await, ["ada 0", "ada 0", "ada 0", "ada 1"]);
    let counters = Counters { created: 2, sent: 4, delivered: 1, failed: 1, retried: 2, ..Counters::default() };
    assert_eq!(outbox.counters(), counters);
}

#[tokio::test]
async fn all_of_two_thousand_messages_arrive_and_lanes_keep_their_order() {
    let (sink, url) = Sink::start(&[]).await;
    let outbox = outbox(&url, Faults::default());
    for number in 0..2000 {
        outbox.send(message(&format!("lane{}", number % 500), number));
    }
    let bodies = bodies_after(&outbox, &sink).await;
    assert_eq!(bodies.len(), 2000);
    for lane in ["lane0", "lane499"] {
        let mut numbers = bodies.iter().filter_map(|it| it.split_once(' ').filter(|(name, _)| *name == lane));
        assert!(numbers.clone().map(|(_, number)| number.parse::<u32>().unwrap()).is_sorted());
        assert!(numbers.next().is_some());
    }
}

#[tokio::test]
async fn what_is_lost_and_repeated_adds_up_and_repeats_itself_with_its_seed() {
    let faults = Faults { lose: 0.2, repeat: 0.2, delay_ms: Delay { min: 0, max: 3 }, reorder: 8, seed: 5 };
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (sink, url) = Sink::start(&[]).await;
        let outbox = outbox(&url, faults.clone());
        for number in 0..200 {
            outbox.send(message("ada", number));
        }
        let mut bodies = bodies_after(&outbox, &sink).await;
        let it = outbox.counters();
        assert!(it.lost > 0 && it.repeated > 0 && it.pending == 0);
        assert_eq!(it.created + it.repeated, it.delivered + it.lost + it.failed);
        assert!(!bodies.iter().map(String::len).is_sorted(), "nothing was shuffled");
        bodies.sort_unstable();
        runs.push((it, bodies));
    }
    assert_eq!(runs.first(), runs.last());
}

#[tokio::test]
async fn without_a_target_nothing_is_made() {
    let outbox = Outbox::new(OutboxOptions::default()).unwrap();
    outbox.send(message("ada", 0));
    assert_eq!(outbox.call(message("ada", 1)).await, Reply::NoTarget);
    outbox.idle().await;
    assert_eq!(outbox.counters(), Counters::default());
}

#[tokio::test]
async fn a_call_tells_the_answer_or_its_loss() {
    let (_sink, url) = Sink::start(&[401]).await;
    let outbox = outbox(&url, Faults::default());
    let body = r#"{"userId":"usr_test"}"#.to_owned();
    assert_eq!(outbox.call(message("ada", 0)).await, Reply::Answered { status: 401, body });
    outbox.set_faults(Faults { lose: 1.0, ..Faults::default() });
    assert_eq!(outbox.call(message("ada", 0)).await, Reply::Lost);
    let counters = Counters { created: 2, sent: 1, failed: 1, lost: 1, ..Counters::default() };
    assert_eq!(outbox.counters(), counters);
}

#[tokio::test]
async fn where_refusals_are_final_a_4xx_is_not_tried_again_and_what_failed_can_be_sent_again() {
    let (sink, url) = Sink::start(&[400, 500, 500, 500]).await;
    let schedule = Schedule::from_millis(&[1, 1]);
    let outbox = Outbox::new(OutboxOptions { schedule, refusals_are_final: true, ..OutboxOptions::default() }).unwrap();
    for number in 0..2 {
        outbox.send(Message { target: Some(Arc::from(url.as_str())), ..message("ada", number) });
    }
    assert_eq!(bodies_after(&outbox, &sink).await, ["ada 0", "ada 1", "ada 1", "ada 1"]);
    let failed = outbox.failed();
    assert_eq!(failed.iter().map(|it| it.attempts.len()).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(failed.first().and_then(|it| it.attempts.first()).unwrap().error, "the endpoint answered 400");
    assert_eq!(outbox.redeliver(|failed| failed.attempts.len() == 1), 1);
    assert_eq!(bodies_after(&outbox, &sink).await.last().unwrap(), "ada 0");
    assert_eq!((outbox.failed().len(), outbox.counters().delivered, outbox.counters().failed), (1, 1, 2));
}
