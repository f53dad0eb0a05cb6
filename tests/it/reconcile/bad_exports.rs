//! Exports that fail, hang, are cut, doubled, or no exports at all: an error where it can be told, nobody is deleted.

use std::time::Duration;

use local::auth0::{Auth0Options, Auth0StandIn, ExportFaults};
use serde_json::json;
use shared::provider::ProviderError;
use shared::reconcile::{Mode, Order, ReconcileError, Stop, Unwatched};
use shared::store::{Run, Status};
use tests::served::Served;
use tests::spine::{Spine, text};

use super::stage::{of_auth0, runs, users};

/// More than pages can list.
const PEOPLE: usize = 1_100;

struct Scene {
    spine: Spine,
    auth0: Auth0StandIn,
    served: Served,
}

impl Scene {
    /// Everybody is known.
    async fn new() -> Self {
        let (spine, auth0) = (Spine::fresh().await, Auth0StandIn::new(Auth0Options::default()).unwrap());
        auth0.populate(PEOPLE);
        let served = Served::start(auth0.router()).await;
        auth0.set_base_url(&served.url());
        let scene = Self { spine, auth0, served };
        let run = scene.run(ExportFaults::default(), &Order::new(Mode::Apply)).await.unwrap();
        assert_eq!((run.listed, run.in_step), (PEOPLE as u64, true));
        scene
    }

    async fn run(&self, faults: ExportFaults, order: &Order) -> Result<Run, ReconcileError> {
        self.auth0.set_export_faults(faults);
        let reconciler = of_auth0(&self.spine, &self.served.url(), 100);
        reconciler.carry_out(order, &Stop::new(), &Unwatched).await
    }

    /// A run that may delete, over an export with these faults; after it, nothing is different.
    async fn changes_nothing(&self, faults: ExportFaults) -> Result<Run, ReconcileError> {
        let before = users(&self.spine).await;
        let order = Order { delete_orphans: true, ..Order::new(Mode::Apply) };
        let ended = self.run(faults.clone(), &order).await;
        assert!(users(&self.spine).await == before, "{faults:?}");
        let records = runs(&self.spine).await;
        let status = text(records.last().unwrap(), "status");
        assert_eq!(status, Some(if ended.is_ok() { "finished" } else { "failed" }), "{faults:?}");
        ended
    }
}

#[tokio::test]
async fn an_export_that_is_not_whole_is_an_error_and_deletes_nobody() {
    let scene = Scene::new().await;
    let none = ExportFaults::default;
    for faults in [
        ExportFaults { fails: true, ..none() },
        ExportFaults { html: true, ..none() },
        ExportFaults { expired: Some(50), ..none() },
        ExportFaults { cut_after: Some(1), ..none() },
        ExportFaults { cut_after: Some(20_000), ..none() },
        ExportFaults { cut_after: Some(20_000), breaks: true, ..none() },
        ExportFaults { plain: true, cut_after: Some(100_001), ..none() },
        ExportFaults { half_line: true, ..none() },
        ExportFaults { half_line: true, plain: true, ..none() },
    ] {
        let ended = scene.changes_nothing(faults.clone()).await;
        let told = matches!(
            ended,
            Err(ReconcileError::Provider(
                ProviderError::Export { .. }
                    | ProviderError::Unreadable { .. }
                    | ProviderError::Unreachable { .. }
                    | ProviderError::Refused { .. }
            ))
        );
        assert!(told, "{faults:?}: {ended:?}");
    }
}

#[tokio::test]
async fn an_export_that_hides_people_behind_a_whole_file_deletes_nobody() {
    let scene = Scene::new().await;
    // Half of them, nobody, and all but fifteen: few enough for the breaker, and each of them reads 200.
    for (named, lacking) in [(PEOPLE / 2 - 50, Some("half_named")), (0, Some("half_named")), (PEOPLE - 15, None)] {
        let faults = ExportFaults { truncate_to: Some(named), ..ExportFaults::default() };
        let run = scene.changes_nothing(faults).await.unwrap();
        assert_eq!((run.listed, run.withheld.as_deref()), (named as u64, lacking), "{run:?}");
        assert_eq!(run.outcomes.len(), 0);
    }
}

#[tokio::test]
async fn links_that_expire_connections_that_break_and_doubled_lines_are_overcome() {
    let scene = Scene::new().await;
    let none = ExportFaults::default;
    for faults in [
        ExportFaults { expired: Some(1), ..none() },
        ExportFaults { cut_after: Some(20_000), breaks: true, cut_times: Some(2), ..none() },
        ExportFaults { twice: true, ..none() },
        ExportFaults { plain: true, ..none() },
    ] {
        let run = scene.changes_nothing(faults.clone()).await.unwrap();
        assert_eq!((run.listed, run.in_step, json!(run.counts)), (PEOPLE as u64, true, json!({})), "{faults:?}");
    }
}

#[tokio::test]
async fn a_job_that_takes_its_time_is_handed_back_and_resumed_and_one_that_is_gone_is_an_error() {
    let scene = Scene::new().await;
    let impatient = |resume| Order { patience: Duration::ZERO, resume, ..Order::new(Mode::Apply) };
    let hanging = ExportFaults { hangs: true, ..ExportFaults::default() };
    let first = scene.run(hanging.clone(), &impatient(None)).await.unwrap();
    assert_eq!((first.status, first.in_step), (Status::Unfinished, false));
    let again = scene.run(hanging, &impatient(first.resume.clone())).await.unwrap();
    assert_eq!((again.status, &again.resume), (Status::Unfinished, &first.resume));
    let done = scene.run(ExportFaults::default(), &impatient(first.resume.clone())).await.unwrap();
    assert_eq!((done.status, done.listed, done.in_step, done.resume), (Status::Finished, PEOPLE as u64, true, None));
    let jobs = scene.auth0.requests()["POST /api/v2/jobs/users-exports"];
    assert_eq!(jobs, 2, "one for the first run of all, and one that was resumed twice");

    let vanished = ExportFaults { vanishes: true, ..ExportFaults::default() };
    let ended = scene.run(vanished, &impatient(first.resume)).await;
    assert!(matches!(ended, Err(ReconcileError::Provider(ProviderError::Export { .. }))), "{ended:?}");
    let ended = scene.run(ExportFaults::default(), &impatient(Some("job_0/../x".to_owned()))).await;
    assert!(matches!(ended, Err(ReconcileError::Provider(ProviderError::Unusable { .. }))), "{ended:?}");
}
