//! Each secret of each function, in Secrets Manager, through the real binaries: an outage, a start within it, a
//! rotation. No line says any of them, though Secrets Manager quotes them.

mod good;
mod row;
mod stage;
mod version;

use std::collections::BTreeSet;
use std::time::Duration;

use tests::secrets_manager::Mood;
use tests::template::Template;

use self::row::{ROWS, Use};
use self::stage::{Outcome, Stage};

/// `SECRET_OVERLAP` where nobody says otherwise.
const A_DAY: &str = "";

#[test]
fn there_is_a_row_for_each_secret_that_the_template_gives_a_function() {
    let template = Template::with(&[]);
    let mut given = BTreeSet::new();
    for id in template.resources("AWS::Serverless::Function") {
        let folder = template.property(id, &["CodeUri"]);
        let function = folder.as_str().unwrap().trim_start_matches("functions/").to_owned();
        let variables = template.property(id, &["Environment", "Variables"]);
        let arns = variables.as_object().unwrap().keys().filter(|name| name.ends_with("_ARN"));
        given.extend(arns.map(|arn| (function.clone(), arn.clone())));
    }
    let rows: BTreeSet<_> = ROWS.iter().map(|row| (row.function.to_owned(), row.arn.to_owned())).collect();
    assert_eq!(rows, given);
}

#[tokio::test]
async fn what_was_read_serves_while_secrets_manager_fails_and_quotes() {
    for row in &ROWS {
        let (stage, name) = (Stage::of(row).await, row.name());
        let lambda = stage.start(A_DAY).await;
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}");
        stage.manager.set_mood(Mood::Quoting);
        let asked = stage.manager.requests();
        assert_ne!(stage.refused(&lambda).await, Outcome::Done, "{name}");
        let reread = stage.manager.requests() > asked;
        assert_eq!(reread, row.used != Use::Presented, "{name}");
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}");
        stage.end(lambda, reread).await;
    }
}

#[tokio::test]
async fn a_start_while_secrets_manager_fails_refuses_nobody_for_good_and_recovers() {
    for row in &ROWS {
        let (stage, name) = (Stage::of(row).await, row.name());
        stage.manager.set_mood(Mood::Quoting);
        let lambda = stage.start(A_DAY).await;
        for mood in [Mood::Quoting, Mood::BrokenOff] {
            stage.manager.set_mood(mood);
            assert_eq!(stage.ask(&lambda, 1).await, Outcome::Unavailable, "{name}, {mood:?}");
        }
        stage.manager.set_mood(Mood::Well);
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}");
        stage.end(lambda, true).await;
    }
}

#[tokio::test]
async fn a_secret_that_opens_a_door_is_rotated_and_both_are_accepted_and_then_the_old_one_is_not() {
    let refused = || Outcome::Refused("401".to_owned());
    for row in ROWS.iter().filter(|row| row.used == Use::Opens) {
        let (stage, name) = (Stage::of(row).await, row.name());
        let lambda = stage.start(A_DAY).await;
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}");
        stage.put(2, Duration::from_secs(60));
        for number in [2, 1] {
            assert_eq!(stage.ask(&lambda, number).await, Outcome::Done, "{name}, {number}");
        }
        assert_eq!(stage.refused(&lambda).await, refused(), "{name}");
        stage.end(lambda, false).await;
        for (overlap, old) in [(A_DAY, Outcome::Done), ("59", refused())] {
            let lambda = stage.start(overlap).await;
            assert_eq!(stage.ask(&lambda, 1).await, old, "{name}");
            assert_eq!(stage.ask(&lambda, 2).await, Outcome::Done, "{name}");
            stage.end(lambda, false).await;
        }
    }
}

#[tokio::test]
async fn a_secret_that_we_present_is_rotated_and_the_new_one_is_presented_in_time() {
    for row in ROWS.iter().filter(|row| row.used != Use::Opens) {
        let (stage, name) = (Stage::of(row).await, row.name());
        let lambda = stage.start(A_DAY).await;
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}");
        stage.put(2, Duration::ZERO);
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}: both work meanwhile");
        stage.roll(2);
        let after =
            if row.used == Use::Presented { Outcome::Refused("listing_failed".to_owned()) } else { Outcome::Done };
        assert_eq!(stage.ask(&lambda, 1).await, after, "{name}: the old one is refused");
        stage.end(lambda, false).await;
        let lambda = stage.start(A_DAY).await;
        assert_eq!(stage.ask(&lambda, 1).await, Outcome::Done, "{name}: started anew");
        stage.end(lambda, false).await;
    }
}
