//! How jobs end: once, later, or not at all.

use futures_util::FutureExt;

use super::stage::{Place, Stage, mark, on_both, tick};
use crate::authz::Grant;
use crate::authz::permissions::members;
use crate::error::{Error, Result};
use crate::jobs::{Payload, clear, job};
use crate::store::{FieldValue, Value};
use crate::{clock, worker};

on_both! {
    a_job_runs_once_in_the_name_of_its_causer:
        a_job_runs_once_on_sqlite, a_job_runs_once_on_postgres;
    what_is_rolled_back_enqueues_nothing:
        what_is_rolled_back_enqueues_nothing_on_sqlite, what_is_rolled_back_enqueues_nothing_on_postgres;
    a_job_that_fails_leaves_nothing_and_waits:
        a_job_that_fails_waits_on_sqlite, a_job_that_fails_waits_on_postgres;
    a_job_is_given_up_after_the_last_attempt:
        a_job_is_given_up_on_sqlite, a_job_is_given_up_on_postgres;
    a_suspended_tenants_jobs_wait:
        a_suspended_tenants_jobs_wait_on_sqlite, a_suspended_tenants_jobs_wait_on_postgres;
    a_job_that_nobody_knows_is_left_alone:
        a_job_that_nobody_knows_is_left_alone_on_sqlite, a_job_that_nobody_knows_is_left_alone_on_postgres;
    what_is_over_is_cleared_away:
        what_is_over_is_cleared_away_on_sqlite, what_is_over_is_cleared_away_on_postgres;
}

async fn a_job_runs_once_in_the_name_of_its_causer(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    assert_eq!(stage.jobs().await, ["0"]);
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.log().await, ["members:tick success user"]);
    let by = "SELECT actor_id FROM audit_log WHERE tenant_id = $1 AND action = 'members:tick'";
    assert_eq!(
        stage.column::<uuid::Uuid>(stage.acme, by).await,
        [stage.ada]
    );
    assert_eq!(stage.jobs().await, ["1 done"]);
    stage.pass_time().await;
    assert_eq!(stage.work().await, 0);
    // In no other tenant.
    let all = "SELECT action FROM audit_log WHERE tenant_id = $1 AND action <> 'tenant:create'";
    let none: [String; 0] = [];
    assert_eq!(stage.column::<String>(stage.globex, all).await, none);
}

async fn what_is_rolled_back_enqueues_nothing(place: Place) {
    let stage = Stage::start(place).await;
    let (grant, unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    grant.enqueue("tick", "never").await.unwrap();
    drop(unit);
    let none: [String; 0] = [];
    assert_eq!(stage.jobs().await, none);
    let woken = || stage.app.runtime.jobs.nudged().now_or_never();
    assert_eq!(woken(), None);
    // What is committed wakes the worker of this process.
    stage.enqueue("tick", "now").await;
    assert_eq!(woken(), Some(()));
}

async fn fails(grant: Grant<members::Update>, Payload(how): Payload<String>) -> Result<()> {
    mark(&grant, &how).await?;
    match how.as_str() {
        "panic" => panic!("a job of the test's"),
        "swallow" => {
            // A statement that fails takes the unit along, though nobody tells of it.
            let access = grant.access::<members::Update>();
            drop(access.unit().run("SELECT nothing FROM nowhere", &[]).await);
            Ok(())
        }
        _ => Err(Error::conflict("stock", "sold_out", "Nothing left.")),
    }
}

async fn a_job_that_fails_leaves_nothing_and_waits(place: Place) {
    let stage = Stage::with(place, |jobs| {
        jobs.on("fails", job(members::Update, fails));
        jobs.on("unreadable", job(members::Update, unreadable));
    })
    .await;
    for how in ["error", "panic", "swallow"] {
        stage.enqueue("fails", how).await;
        assert_eq!(stage.work().await, 1);
    }
    let (grant, unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    grant.enqueue("fails", &7).await.unwrap();
    unit.0.commit().await.unwrap();
    assert_eq!(stage.work().await, 1);
    let none: [String; 0] = [];
    assert_eq!(stage.log().await, none);
    let jobs = stage.jobs().await;
    assert_eq!(jobs[0], "1 409 conflict; stock: sold_out");
    assert_eq!(jobs[1], "1 500 internal; the job panicked");
    assert!(
        jobs[2].starts_with("1 500 internal; an earlier statement"),
        "{jobs:?}"
    );
    assert!(
        jobs[3].starts_with("1 500 internal; what the job was enqueued with"),
        "{jobs:?}"
    );
    assert!(!jobs[3].contains('7'), "a payload's values: {jobs:?}");
    // Reading what it was enqueued with runs the application's code too.
    stage.enqueue("unreadable", "one").await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await[4], "1 500 internal; the job panicked");
    // Put off, each of them.
    let later = "SELECT COUNT(*) FROM outbox WHERE tenant_id = $1 AND due_at > created_at";
    assert_eq!(stage.column::<i64>(stage.acme, later).await, [5]);
}

/// What panics when it is read.
struct Unreadable;

impl<'de> serde::Deserialize<'de> for Unreadable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> std::result::Result<Self, D::Error> {
        panic!("a payload of the test's");
    }
}

async fn unreadable(grant: Grant<members::Update>, _: Payload<Unreadable>) -> Result<()> {
    mark(&grant, "never").await
}

async fn a_job_is_given_up_after_the_last_attempt(place: Place) {
    let stage = Stage::with(place, |jobs| jobs.on("fails", job(members::Update, fails))).await;
    stage.enqueue("fails", "error").await;
    let attempts = |count: i64| {
        format!("UPDATE outbox SET due_at = created_at, attempts = {count} WHERE tenant_id = $1")
    };
    let most = worker::MOST_ATTEMPTS;
    stage.write(stage.acme, &attempts(most - 2)).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["19 409 conflict; stock: sold_out"]);
    stage.pass_time().await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(
        stage.jobs().await,
        ["20 failed 409 conflict; stock: sold_out"]
    );
    stage.pass_time().await;
    assert_eq!(stage.work().await, 0);
    // One whose worker died over the last attempt.
    stage.enqueue("fails", "error").await;
    let died = "UPDATE outbox SET attempts = 20 WHERE tenant_id = $1 AND failed_at IS NULL";
    stage.write(stage.acme, died).await;
    assert_eq!(stage.work().await, 0);
    let last = stage.jobs().await.pop().unwrap();
    assert_eq!(last, "20 failed the last attempt did not come to an end");
}

async fn a_suspended_tenants_jobs_wait(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    stage.enqueue_as_system("tick", "two").await;
    let suspend = "UPDATE tenants SET status = 'suspended' WHERE id = $1";
    let (database, queue) = (&stage.app.runtime.database, &stage.app.runtime.jobs);
    // Suspended after a worker had looked and claimed: given back, as if nothing had been.
    let due = crate::jobs::rows::due(database, queue).await.unwrap();
    assert_eq!(due.len(), 2);
    let mut claimed = Vec::new();
    for place in due {
        claimed.push(
            crate::jobs::rows::claim(database, place)
                .await
                .unwrap()
                .unwrap(),
        );
    }
    stage.write(stage.acme, suspend).await;
    for claimed in &claimed {
        crate::jobs::run::run(&stage.app.runtime, claimed)
            .await
            .unwrap();
    }
    assert_eq!(stage.jobs().await, ["0", "0"]);
    // And not found at all from then on.
    assert_eq!(stage.work().await, 0);
    let none: [String; 0] = [];
    assert_eq!(stage.log().await, none);
    let lift = "UPDATE tenants SET status = 'active' WHERE id = $1";
    stage.write(stage.acme, lift).await;
    assert_eq!(stage.work().await, 2);
    assert_eq!(stage.jobs().await, ["1 done", "1 done"]);
}

async fn a_job_that_nobody_knows_is_left_alone(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    let rename = "UPDATE outbox SET kind = 'of_a_later_version' WHERE tenant_id = $1";
    stage.write(stage.acme, rename).await;
    assert_eq!(stage.work().await, 0);
    assert_eq!(stage.jobs().await, ["0"]);
}

async fn what_is_over_is_cleared_away(place: Place) {
    let stage = Stage::start(place).await;
    for _ in 0..4 {
        stage.enqueue("tick", "one").await;
    }
    let days = |days: u64| -> Value {
        let age = std::time::Duration::from_secs(days * 24 * 60 * 60);
        clock::before(clock::now(), age).into_value()
    };
    let ids = "SELECT id FROM outbox WHERE tenant_id = $1 ORDER BY id";
    let ids = stage.column::<uuid::Uuid>(stage.acme, ids).await;
    for (id, column, at) in [
        (0, "done_at", days(8)),
        (1, "done_at", days(6)),
        (2, "failed_at", days(31)),
        (3, "failed_at", days(29)),
    ] {
        let sql = format!("UPDATE outbox SET {column} = $3 WHERE tenant_id = $1 AND id = $2");
        let args = [ids[id].into_value(), at];
        stage.write_with(stage.acme, &sql, &args).await;
    }
    let database = &stage.app.runtime.database;
    assert_eq!(clear(database).await.unwrap(), 2);
    let left = "SELECT id FROM outbox WHERE tenant_id = $1 ORDER BY id";
    assert_eq!(
        stage.column::<uuid::Uuid>(stage.acme, left).await,
        [ids[1], ids[3]]
    );
    assert_eq!(clear(database).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_job_has_a_minute() {
    async fn endless(grant: Grant<members::Update>, _: Payload<String>) -> Result<()> {
        mark(&grant, "never").await?;
        std::future::pending().await
    }
    let stage = Stage::with(Place::Sqlite, |jobs| {
        jobs.on("endless", job(members::Update, endless));
        jobs.on("tick", job(members::Update, tick));
    })
    .await;
    stage.enqueue("endless", "").await;
    stage.enqueue("tick", "after it").await;
    let begun = tokio::time::Instant::now();
    assert_eq!(stage.work().await, 2);
    assert_eq!(begun.elapsed().as_secs(), 60);
    let jobs = stage.jobs().await;
    assert_eq!(
        jobs,
        ["1 503 unavailable; the job ran past its deadline", "1 done"]
    );
    assert_eq!(stage.log().await, ["members:tick success user"]);
}
