//! Events get lost; one run repairs what they would have told, says why, and the next finds nothing.

use local::auth0::{self, Login, LoginBody};
use local::clerk::{ClerkStandIn, NewUser, UserPatch};
use local::delivery::{Faults, Reply};
use local::stand_in::change::Change;
use serde_json::{Value, json};
use tests::spine::{auth0 as auth0_identity, clerk as clerk_identity, soak, text};

use super::stage::{Report, Stage, counts, is_living, losing, next_millisecond, runs};

/// 2,000 at full length, and never so few that nothing is lost.
fn people(most: u32) -> u32 {
    soak(2000).clamp(120, most)
}

/// Lets `change` happen, and says whether its webhook was lost.
fn loses<T>(clerk: &ClerkStandIn, change: impl FnOnce() -> T) -> (T, bool) {
    let before = clerk.outbox().counters().lost;
    let changed = change();
    (changed, clerk.outbox().counters().lost > before)
}

/// Everybody signs up and half of them change; who was never told of, and whose last change was not.
async fn lossy_history(clerk: &ClerkStandIn, count: u32) -> (u64, u64) {
    clerk.outbox().set_faults(losing(0.1));
    let mut created = Vec::new();
    for number in 0..count {
        let new = NewUser::person(&format!("p{number}@example.com"), "First", &format!("L{number}"));
        created.push(loses(clerk, || clerk.create_user(new).unwrap()));
    }
    clerk.idle().await;
    next_millisecond().await;
    let (mut missing, mut older) = (0, 0);
    for (number, (user, never_told)) in created.iter().enumerate() {
        let first_name = Change::from("Changed");
        let patch = UserPatch { first_name, ..UserPatch::default() };
        let untold = number % 2 == 0 && loses(clerk, || clerk.update_user(&user.id, patch).unwrap()).1;
        let told_late = number % 2 == 0 && !untold;
        missing += u64::from(*never_told && !told_late);
        older += u64::from(!never_told && untold);
    }
    clerk.idle().await;
    clerk.outbox().set_faults(Faults::default());
    (missing, older)
}

async fn assert_rows_say_what_clerk_says(stage: &Stage) {
    let people = stage.clerk().list(
        &local::clerk::Filter::default(),
        &local::clerk::PageOf { limit: usize::MAX, ..local::clerk::PageOf::default() },
    );
    let people = people.unwrap();
    assert_eq!(people.len(), stage.clerk().len());
    for user in people {
        let row = stage.spine.row(&clerk_identity(&user.id)).await.unwrap();
        assert_eq!(text(&row, "first_name"), user.first_name.as_deref());
        assert_eq!(text(&row, "last_name"), user.last_name.as_deref());
        assert_eq!(text(&row, "email"), user.primary_email().map(|email| email.email_address.as_str()));
        assert!(is_living(&row));
    }
}

#[tokio::test]
async fn what_lost_webhooks_would_have_told_is_repaired_by_one_run_and_the_second_writes_nothing() {
    let stage = Stage::start().await;
    let count = people(2000);
    let (missing, older) = lossy_history(stage.clerk(), count).await;
    assert!(missing > 0 && older > 0, "{missing} {older}");

    let lacks = json!({"missing": missing, "profile_older": older});
    let before = stage.users().await;
    let check = stage.run("clerk", "check").await;
    let found = Report { in_step: false, counts: lacks.clone(), ..Report::nothing(count.into()) };
    assert_eq!(check, found);
    assert_eq!(stage.users().await, before);

    let first = stage.run("clerk", "apply").await;
    let outcomes = json!({"created": missing, "updated": older});
    assert_eq!(first, Report { counts: lacks, outcomes, ..Report::nothing(count.into()) });
    assert_rows_say_what_clerk_says(&stage).await;

    let before = stage.users().await;
    assert_eq!(stage.run("clerk", "apply").await, Report::nothing(count.into()));
    assert_eq!(stage.users().await, before);

    let records = runs(&stage.spine).await;
    let of_first = counts(&records[1], "counts");
    assert_eq!((of_first["missing"], of_first["profile_older"]), (missing, older));
    assert_eq!(counts(&records[2], "counts").len(), 0);
}

#[tokio::test]
async fn users_whose_deletion_was_lost_are_the_same_orphans_in_every_run_and_nobody_is_deleted() {
    let stage = Stage::start().await;
    let clerk = stage.clerk();
    let count = people(2000);
    let mut ids = Vec::new();
    for number in 0..count {
        let new = NewUser::person(&format!("p{number}@example.com"), "First", "Last");
        ids.push(clerk.create_user(new).unwrap().id);
    }
    clerk.idle().await;
    clerk.outbox().set_faults(losing(0.1));
    let mut orphans = Vec::new();
    for id in ids.iter().step_by(2) {
        if loses(clerk, || clerk.delete_user(id).unwrap()).1 {
            orphans.push(clerk_identity(id));
        }
    }
    clerk.idle().await;
    assert!(!orphans.is_empty());

    let before = stage.users().await;
    let left = u64::from(count) - ids.iter().step_by(2).count() as u64;
    let counts = json!({"orphan": orphans.len()});
    for mode in ["check", "apply", "apply"] {
        let expected = Report { in_step: false, counts: counts.clone(), ..Report::nothing(left) };
        assert_eq!(stage.run("clerk", mode).await, expected, "{mode}");
        assert_eq!(stage.users().await, before, "{mode}");
    }
    for orphan in &orphans {
        assert!(is_living(&before[orphan.user_id().as_str()]));
    }
}

/// Whether the Action's call was lost.
async fn login_lost(stage: &Stage, user_id: &str) -> bool {
    let Login { reply, .. } = stage.auth0().login(user_id, LoginBody::Profile).await.unwrap();
    match reply {
        Reply::Lost => true,
        Reply::Answered { status: 200, .. } => false,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn what_lost_logins_would_have_told_is_repaired_by_one_run_and_the_second_writes_nothing() {
    let stage = Stage::start().await;
    let count = people(900);
    stage.auth0().outbox().set_faults(losing(0.3));
    let (mut missing, mut older, mut ids) = (0, 0, Vec::new());
    for number in 0..count {
        let id = format!("auth0|p{number}");
        let new = auth0::NewUser::person(&format!("p{number}@example.com"), "First").with_id(&id);
        stage.auth0().create_user(new).unwrap();
        let first_lost = login_lost(&stage, &id).await;
        next_millisecond().await;
        let patch = auth0::UserPatch { name: Change::from("Changed"), ..auth0::UserPatch::default() };
        stage.auth0().update_user(&id, patch).unwrap();
        let second_lost = login_lost(&stage, &id).await;
        missing += u64::from(first_lost && second_lost);
        older += u64::from(!first_lost && second_lost);
        ids.push(id);
    }
    assert!(missing > 0 && older > 0, "{missing} {older}");

    let first = stage.run("auth0", "apply").await;
    let (lacks, outcomes) =
        (json!({"missing": missing, "profile_older": older}), json!({"created": missing, "updated": older}));
    assert_eq!(first, Report { counts: lacks, outcomes, ..Report::nothing(count.into()) });
    for id in &ids {
        let row = stage.spine.row(&auth0_identity(id)).await.unwrap();
        assert_eq!(text(&row, "name"), Some("Changed"));
    }

    let before = stage.users().await;
    assert_eq!(stage.run("auth0", "apply").await, Report::nothing(count.into()));
    assert_eq!(stage.users().await, before);

    // No deletion is told between logins yet: all of them are orphans, in each run, and stay.
    ids.iter().step_by(10).for_each(|id| assert!(stage.auth0().delete_user(id)));
    let gone = ids.iter().step_by(10).count() as u64;
    for mode in ["apply", "check"] {
        let counts: Value = json!({"orphan": gone});
        let expected = Report { in_step: false, counts, ..Report::nothing(u64::from(count) - gone) };
        assert_eq!(stage.run("auth0", mode).await, expected);
        assert_eq!(stage.users().await, before);
    }
}
