//! A job does what its causer may do when it runs.

use super::stage::{Place, Stage, on_both};
use crate::authz::Grant;
use crate::authz::permissions::members;
use crate::error::Result;
use crate::jobs::{Payload, job};
use crate::store::FieldValue;

on_both! {
    who_was_demoted_meanwhile_is_refused:
        who_was_demoted_is_refused_on_sqlite, who_was_demoted_is_refused_on_postgres;
    who_is_no_member_any_more_is_refused:
        who_is_no_member_is_refused_on_sqlite, who_is_no_member_is_refused_on_postgres;
    a_suspended_account_is_refused:
        a_suspended_account_is_refused_on_sqlite, a_suspended_account_is_refused_on_postgres;
    staff_who_entered_do_so_in_a_job:
        staff_who_entered_do_so_on_sqlite, staff_who_entered_do_so_on_postgres;
    the_system_needs_nobodys_rights:
        the_system_needs_nobodys_rights_on_sqlite, the_system_needs_nobodys_rights_on_postgres;
    who_reaches_their_own_alone_does_so_in_a_job:
        who_reaches_their_own_does_so_on_sqlite, who_reaches_their_own_does_so_on_postgres;
    a_job_causes_another_in_the_same_name:
        a_job_causes_another_on_sqlite, a_job_causes_another_on_postgres;
}

const REFUSED: [&str; 1] = ["outbox:run refused user"];

async fn who_was_demoted_meanwhile_is_refused(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    stage.give(stage.ada, "viewer").await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 failed 403 permission_denied"]);
    assert_eq!(stage.log().await, REFUSED);
    // For good, though the right comes back.
    stage.give(stage.ada, "owner").await;
    stage.pass_time().await;
    assert_eq!(stage.work().await, 0);
    assert_eq!(stage.log().await, REFUSED);
}

async fn who_is_no_member_any_more_is_refused(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    let suspend = "UPDATE user_tenants SET status = 'suspended' WHERE tenant_id = $1";
    stage.write(stage.acme, suspend).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 failed 403 tenant_forbidden"]);
    assert_eq!(stage.log().await, REFUSED);
    // A row that was brought into another tenant finds no member there either.
    let foreign = "INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, actor_id, created_at, due_at) \
         SELECT $1, $2, 'tick', '\"x\"', 'user', $3, created_at, created_at FROM tenants WHERE id = $1";
    let args = [uuid::Uuid::now_v7().into_value(), stage.gus.into_value()];
    stage.write_with(stage.acme, foreign, &args).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await[1], "1 failed 403 tenant_forbidden");
}

async fn a_suspended_account_is_refused(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue("tick", "one").await;
    let suspend = "UPDATE users SET status = 'suspended' WHERE id = $1";
    stage.app.write(suspend, &[stage.ada.into_value()]).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 failed 401 unauthenticated"]);
    assert_eq!(stage.log().await, REFUSED);
}

async fn staff_who_entered_do_so_in_a_job(place: Place) {
    let stage = Stage::start(place).await;
    // Gus is no member of this tenant.
    let role = "INSERT INTO platform_roles (user_id, role, created_at) \
         SELECT id, 'super_admin', created_at FROM users WHERE id = $1";
    stage.app.write(role, &[stage.gus.into_value()]).await;
    let now = crate::clock::now();
    let entry = "INSERT INTO platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at) \
         VALUES ($1, $2, $3, 'super_admin', 'looking into it', $4, $5)";
    let until = crate::clock::after(now, std::time::Duration::from_secs(1_800));
    let args = [
        uuid::Uuid::now_v7().into_value(),
        stage.gus.into_value(),
        now.into_value(),
        until.into_value(),
    ];
    stage.write_with(stage.acme, entry, &args).await;
    let job = "INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, actor_id, created_at, due_at) \
         SELECT $1, $2, 'tick', '\"x\"', 'user', $3, created_at, created_at FROM tenants WHERE id = $1";
    let job_of_gus = || [uuid::Uuid::now_v7().into_value(), stage.gus.into_value()];
    stage.write_with(stage.acme, job, &job_of_gus()).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 done"]);
    assert_eq!(stage.log().await, ["members:tick success platform"]);
    // The entry is over, and with it what it gave.
    let leave = "UPDATE platform_entries SET ended_at = created_at WHERE tenant_id = $1";
    stage.write(stage.acme, leave).await;
    stage.write_with(stage.acme, job, &job_of_gus()).await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await[1], "1 failed 403 tenant_forbidden");
}

async fn the_system_needs_nobodys_rights(place: Place) {
    let stage = Stage::start(place).await;
    stage.enqueue_as_system("tick", "one").await;
    stage.give(stage.ada, "viewer").await;
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 done"]);
    assert_eq!(stage.log().await, ["members:tick success system"]);
}

async fn who_reaches_their_own_alone_does_so_in_a_job(place: Place) {
    async fn own(grant: Grant<members::Update>, _: Payload<()>) -> Result<()> {
        assert_eq!(
            grant.access::<members::Update>().own(),
            Some(grant.user_id())
        );
        Ok(())
    }
    let stage = Stage::with(place, |jobs| jobs.on("own", job(members::Update, own))).await;
    stage.give(stage.ada, "own").await;
    let (grant, unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    grant.enqueue("own", &()).await.unwrap();
    // The system would reach all records.
    let refused = grant.enqueue_as_system("own", &()).await.unwrap_err();
    assert_eq!(refused.code(), "permission_denied");
    unit.0.commit().await.unwrap();
    assert_eq!(stage.work().await, 1);
    assert_eq!(stage.jobs().await, ["1 done"]);
}

async fn a_job_causes_another_in_the_same_name(place: Place) {
    async fn twice(grant: Grant<members::Update>, Payload(left): Payload<u8>) -> Result<()> {
        let context = grant.context();
        assert_eq!(context.tenant_id(), grant.tenant_id());
        assert_eq!(context.user_id(), Some(grant.user_id()));
        super::stage::mark(&grant, "twice").await?;
        match left {
            0 => Ok(()),
            left => grant.enqueue("twice", &(left - 1)).await,
        }
    }
    let stage = Stage::with(place, |jobs| jobs.on("twice", job(members::Update, twice))).await;
    let (grant, unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    grant.enqueue("twice", &1).await.unwrap();
    grant.enqueue_as_system("twice", &1).await.unwrap();
    unit.0.commit().await.unwrap();
    assert_eq!(stage.work().await, 4);
    let mut log = stage.log().await;
    log.sort_unstable();
    let (system, user) = ("members:tick success system", "members:tick success user");
    assert_eq!(log, [system, system, user, user]);
    let causers = "SELECT DISTINCT actor_id FROM outbox WHERE tenant_id = $1";
    assert_eq!(
        stage.column::<uuid::Uuid>(stage.acme, causers).await,
        [stage.ada]
    );
}
