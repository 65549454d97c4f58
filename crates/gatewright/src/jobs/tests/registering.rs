//! What a job may be called, ask for and be enqueued with.

use super::stage::{MODEL, Place, Stage, tick};
use crate::authz::Grant;
use crate::authz::permissions::{audit, members};
use crate::error::Result;
use crate::jobs::{Jobs, Payload, job};

async fn read(_: Grant<members::Read>, _: Payload<String>) -> Result<()> {
    Ok(())
}

async fn reads_the_log(_: Grant<audit::Read>, _: Payload<String>) -> Result<()> {
    Ok(())
}

fn wrong(register: impl FnOnce(&mut Jobs)) -> Vec<String> {
    let mut jobs = Jobs::default();
    register(&mut jobs);
    jobs.build(&MODEL).err().unwrap_or_default()
}

#[test]
fn an_application_with_a_job_that_cannot_be_does_not_start() {
    let none: [&str; 0] = [];
    assert_eq!(
        wrong(|jobs| jobs.on("tick", job(members::Update, tick))),
        none
    );
    let twice = |jobs: &mut Jobs| {
        jobs.on("tick", job(members::Update, tick));
        jobs.on("tick", job(members::Read, read));
    };
    assert_eq!(
        wrong(twice),
        ["the job `tick` is registered twice; give one of them another name"]
    );
    assert_eq!(
        wrong(|jobs| jobs.on("log", job(audit::Read, reads_the_log))),
        ["the job `log`: the permission `audit:read` is not in the schema"]
    );
    assert_eq!(
        wrong(|jobs| jobs.on("mail", job(members::Read, read))),
        ["the job `mail`: gatewright has a job of this name; give it another"]
    );
    for name in ["", "Tick", "1st", "a-b", &"x".repeat(65)] {
        let why = wrong(|jobs| jobs.on(name, job(members::Read, read)));
        assert_eq!(why.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_run_is_not_enqueued() {
    let stage = Stage::with(Place::Sqlite, |jobs| {
        jobs.on("tick", job(members::Update, tick));
        jobs.on("read", job(members::Read, read));
    })
    .await;
    let (grant, _unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    let long = "x".repeat(64 * 1024);
    let why = |error: crate::Error| std::error::Error::source(&error).unwrap().to_string();
    let unknown = why(grant.enqueue("tock", "x").await.unwrap_err());
    assert!(
        unknown.contains("no job is registered as `tock`"),
        "{unknown}"
    );
    // Nor as a mail, of which the tenant would be the sender.
    let mail = why(grant.enqueue("mail", "x").await.unwrap_err());
    assert!(mail.contains("no job is registered as `mail`"), "{mail}");
    let long = why(grant.enqueue("tick", &long).await.unwrap_err());
    assert!(long.contains("65536 are the most"), "{long}");
    let other = why(grant.enqueue_as_system("read", "x").await.unwrap_err());
    assert!(
        other.contains("a grant of `members:update` does not open"),
        "{other}"
    );
    let none: [String; 0] = [];
    assert_eq!(stage.jobs().await, none);
}
