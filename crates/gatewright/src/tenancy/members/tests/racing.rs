//! A tenant keeps an active owner, whoever goes at the same moment.

use super::*;
use crate::store::{Mode, Scope};
use crate::tenancy::lock_in;

/// What two callers do at once.
#[derive(Debug, Clone, Copy)]
enum Step {
    Leave,
    /// Takes all roles from somebody.
    Demote(Who),
    Suspend(Who),
    Remove(Who),
    /// Hands the tenant to somebody.
    Transfer(Who),
}

/// One of the two owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    First,
    Second,
}

use Step::{Demote, Leave, Remove, Suspend, Transfer};
use Who::{First, Second};

/// What the first and the second owner do. Of the first list one must be told that it is the last.
const PAIRS: [(Step, Step); 12] = [
    (Leave, Leave),
    (Leave, Demote(Second)),
    (Demote(First), Demote(Second)),
    (Remove(First), Leave),
    (Remove(First), Remove(Second)),
    (Demote(First), Remove(Second)),
    // One may be told that they may not, or that there is nobody, instead.
    (Demote(Second), Demote(First)),
    (Remove(Second), Remove(First)),
    (Suspend(Second), Suspend(First)),
    (Suspend(Second), Leave),
    (Transfer(Second), Leave),
    (Transfer(Second), Remove(First)),
];

/// Pairs whose steps each concern the caller alone.
const ALONE: usize = 6;

const ROUNDS: usize = 100;

async fn act(stage: &Stage, by: &Person, step: Step, ids: [Uuid; 2]) -> String {
    let id = |who: Who| if who == First { ids[0] } else { ids[1] };
    let (method, path, body) = match step {
        Leave => ("DELETE", "/api/me/membership".to_owned(), Json::Null),
        Demote(who) => (
            "PATCH",
            format!("/api/members/{}", id(who)),
            json!({ "roles": [] }),
        ),
        Suspend(who) => (
            "PATCH",
            format!("/api/members/{}", id(who)),
            json!({ "status": "suspended" }),
        ),
        Remove(who) => ("DELETE", format!("/api/members/{}", id(who)), Json::Null),
        Transfer(who) => (
            "POST",
            format!("/api/members/{}/transfer-ownership", id(who)),
            json!({}),
        ),
    };
    stage.at_acme(by, (method, &path), body).await.brief()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_owners_who_go_at_once_one_stays() {
    for stage in Stage::both().await {
        let stage = std::sync::Arc::new(stage);
        let bob = stage.join(stage.acme, "bob@example.com", &["owner"]).await;
        let owners = [stage.ada.clone(), bob];
        let mut lost = 0;
        for round in 0..ROUNDS {
            let at = round % PAIRS.len();
            let pair = PAIRS[at];
            restore(&stage, &owners).await;
            let ids = [
                stage.membership(stage.acme, &owners[0]).await,
                stage.membership(stage.acme, &owners[1]).await,
            ];
            let run = |by: usize, step: Step| {
                let (stage, owner) = (stage.clone(), owners[by].clone());
                tokio::spawn(async move { act(&stage, &owner, step, ids).await })
            };
            let (first, second) = (run(0, pair.0), run(1, pair.1));
            let answers = [first.await.unwrap(), second.await.unwrap()];
            let left = stage.owners(stage.acme).await;
            assert!(left > 0, "round {round}, {pair:?}: {answers:?}");
            let done = answers.iter().filter(|answer| answer.starts_with('2'));
            let done = done.count();
            let last = answers.iter().filter(|answer| *answer == "409 last_owner");
            let last = last.count();
            lost += last;
            if at < ALONE {
                assert_eq!((done, last), (1, 1), "{pair:?}: {answers:?}");
            } else {
                assert!(done >= 1, "{pair:?}: {answers:?}");
                let is_known = |answer: &String| {
                    answer.starts_with('2')
                        || [
                            "409 last_owner",
                            "403 tenant_forbidden",
                            "403 permission_denied roles:assign",
                            "403 permission_denied members:update",
                            "403 permission_denied members:remove",
                            "404 not_found",
                            "409 member_suspended",
                        ]
                        .contains(&answer.as_str())
                };
                assert!(answers.iter().all(is_known), "{pair:?}: {answers:?}");
            }
        }
        assert!(lost >= ROUNDS / 2);
    }
}

/// Makes both active owners again.
async fn restore(stage: &Stage, owners: &[Person; 2]) {
    stage
        .run(
            stage.acme,
            "DELETE FROM user_tenants WHERE tenant_id = $1",
            &[],
        )
        .await;
    for owner in owners {
        stage.add(stage.acme, owner, &["owner"]).await;
    }
}

/// The gate let them through; while they waited for the lock somebody took their role.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_demoted_while_they_wait_is_refused() {
    let demote = "DELETE FROM user_tenant_roles WHERE tenant_id = $1 AND user_id = $2";
    meanwhile(demote, "403 permission_denied members:update").await;
}

/// The gate let them through; the account, or the tenant, was suspended before they wrote.
#[tokio::test]
async fn who_is_suspended_while_they_wait_is_refused() {
    let account = "UPDATE users SET status = 'suspended' WHERE id = $2 AND id <> $1";
    meanwhile(account, "401 unauthenticated").await;
    let tenant = "UPDATE tenants SET status = 'suspended' WHERE id = $1 AND id <> $2";
    meanwhile(tenant, "403 tenant_suspended").await;
}

/// Runs a statement on the tenant in `$1` and the admin in `$2` while a request of theirs waits.
async fn meanwhile(statement: &str, expected: &str) {
    for stage in Stage::both().await {
        let stage = std::sync::Arc::new(stage);
        let admin = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let viewer = stage
            .join(stage.acme, "viewer@example.com", &["viewer"])
            .await;
        let id = stage.membership(stage.acme, &viewer).await;
        let database = &stage.app.runtime.database;
        let scope = Scope::Tenant(stage.acme);
        let mut other = database.begin(scope, Mode::Write).await.unwrap();
        lock_in(&mut other, stage.acme).await.unwrap();
        let request = tokio::spawn({
            let (stage, admin) = (stage.clone(), admin.clone());
            async move {
                let path = format!("/api/members/{id}");
                let body = json!({ "roles": ["viewer", "editor"] });
                stage.at_acme(&admin, ("PATCH", &path), body).await.brief()
            }
        });
        // Long enough to be let through. Were it not, they would be refused as well.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let args = [stage.acme.into_value(), admin.user_id.into_value()];
        other.run(statement, &args).await.unwrap();
        other.commit().await.unwrap();
        assert_eq!(request.await.unwrap(), expected);
    }
}

/// Whose account is suspended is no owner who could act.
#[tokio::test]
async fn a_suspended_account_does_not_count() {
    for stage in Stage::both().await {
        let bob = stage.join(stage.acme, "bob@example.com", &["owner"]).await;
        let suspend = "UPDATE users SET status = 'suspended' WHERE id = $1";
        stage.app.write(suspend, &[bob.user_id.into_value()]).await;
        let leave = ("DELETE", "/api/me/membership");
        let answer = stage.at_acme(&stage.ada, leave, Json::Null).await;
        assert_eq!(answer.brief(), "409 last_owner");
        assert_eq!(stage.owners(stage.acme).await, 1);
        // The other tenant's owner is none here.
        assert_eq!(stage.owners(stage.globex).await, 1);
    }
}
