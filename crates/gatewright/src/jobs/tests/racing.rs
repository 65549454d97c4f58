//! Workers that die, and workers that are too many: the effect is there once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::stage::{Place, Stage, mark, on_both};
use crate::authz::Grant;
use crate::authz::permissions::members;
use crate::jobs::{Jobs, Payload, job, rows, worker};

on_both! {
    a_worker_that_dies_over_a_job_leaves_it_whole:
        a_worker_that_dies_leaves_it_whole_on_sqlite, a_worker_that_dies_leaves_it_whole_on_postgres;
    a_worker_that_lost_its_lease_commits_nothing:
        a_worker_that_lost_its_lease_on_sqlite, a_worker_that_lost_its_lease_on_postgres;
    one_of_two_workers_gets_a_row:
        one_of_two_workers_gets_a_row_on_sqlite, one_of_two_workers_gets_a_row_on_postgres;
    many_workers_do_each_job_once:
        many_workers_do_each_job_once_on_sqlite, many_workers_do_each_job_once_on_postgres;
}

/// Where the first run of a job stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    BeforeItsWork,
    AfterIt,
}

/// Stops a job's first run until it is told to go on.
#[derive(Debug, Default)]
struct Gate {
    runs: AtomicUsize,
    reached: Notify,
    go: Notify,
}

/// Registers the job `tick`, which stops there once.
fn stopping(gate: &Arc<Gate>, stop: Stop) -> impl FnOnce(&mut Jobs) + use<> {
    let gate = Arc::clone(gate);
    let handler = move |grant: Grant<members::Update>, Payload(word): Payload<String>| {
        let gate = Arc::clone(&gate);
        async move {
            let is_first = gate.runs.fetch_add(1, Ordering::SeqCst) == 0;
            if is_first && stop == Stop::BeforeItsWork {
                gate.reached.notify_one();
                gate.go.notified().await;
            }
            mark(&grant, &word).await?;
            if is_first && stop == Stop::AfterIt {
                gate.reached.notify_one();
                gate.go.notified().await;
            }
            Ok(())
        }
    };
    |jobs| jobs.on("tick", job(members::Update, handler))
}

async fn a_worker_that_dies_over_a_job_leaves_it_whole(place: Place) {
    let gate = Arc::new(Gate::default());
    let stage = Stage::with(place, stopping(&gate, Stop::AfterIt)).await;
    stage.enqueue("tick", "one").await;
    let runtime = Arc::clone(&stage.app.runtime);
    let first = tokio::spawn(async move { worker::one(&runtime).await });
    gate.reached.notified().await;
    // It has done its work and not committed it.
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let none: [String; 0] = [];
    assert_eq!(stage.log().await, none);
    assert_eq!(stage.jobs().await, ["1"]);
    // As long as its lease lasts, nobody else has it.
    assert_eq!(stage.work().await, 0);
    stage.pass_time().await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.log().await, ["members:tick success user"]);
    assert_eq!(stage.jobs().await, ["2 done"]);
}

async fn a_worker_that_lost_its_lease_commits_nothing(place: Place) {
    let gate = Arc::new(Gate::default());
    let stage = Stage::with(place, stopping(&gate, Stop::BeforeItsWork)).await;
    stage.enqueue("tick", "one").await;
    let runtime = Arc::clone(&stage.app.runtime);
    let first = tokio::spawn(async move { worker::one(&runtime).await });
    gate.reached.notified().await;
    stage.pass_time().await;
    assert_eq!(stage.work().await, 1);
    gate.go.notify_one();
    assert_eq!(first.await.unwrap().unwrap(), 1);
    assert_eq!(gate.runs.load(Ordering::SeqCst), 2);
    assert_eq!(stage.log().await, ["members:tick success user"]);
    assert_eq!(stage.jobs().await, ["2 done"]);
}

async fn one_of_two_workers_gets_a_row(place: Place) {
    let stage = Stage::start(place).await;
    for _ in 0..20 {
        stage.enqueue("tick", "one").await;
        let runtime = &stage.app.runtime;
        let due = rows::due(&runtime.database, &runtime.jobs).await.unwrap();
        let found = due[0];
        let mut both = JoinSet::new();
        for _ in 0..2 {
            let database = runtime.database.clone();
            both.spawn(async move { rows::claim(&database, found).await.unwrap().is_some() });
        }
        let mut got = both.join_all().await;
        got.sort_unstable();
        assert_eq!(got, [false, true]);
    }
}

async fn many_workers_do_each_job_once(place: Place) {
    let stage = Stage::start(place).await;
    for _ in 0..20 {
        stage.enqueue("tick", "one").await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let runtime = Arc::clone(&stage.app.runtime);
        workers.spawn(async move {
            let mut ran = 0;
            while worker::one(&runtime).await.unwrap() > 0 {
                ran += 1;
            }
            ran
        });
    }
    let ran: usize = workers.join_all().await.into_iter().sum();
    // A worker may see all of what another has claimed meanwhile, and stop early.
    let ran = ran + stage.work().await;
    assert_eq!(ran, 20);
    assert_eq!(stage.log().await.len(), 20);
    assert!(stage.jobs().await.iter().all(|job| job == "1 done"));
}
