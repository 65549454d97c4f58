//! What a tenant mails.

use serde_json::json;
use uuid::Uuid;

use super::stage::{Place, Stage, on_both};
use crate::authz::permissions::members;
use crate::mail::{self, Message};
use crate::store::FieldValue;

on_both! {
    a_mail_goes_out_once_and_leaves_no_secret:
        a_mail_goes_out_once_on_sqlite, a_mail_goes_out_once_on_postgres;
    a_mail_that_is_given_up_leaves_no_secret:
        a_mail_that_is_given_up_on_sqlite, a_mail_that_is_given_up_on_postgres;
}

async fn insert(stage: &Stage) {
    let sql = "INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, actor_id, created_at, due_at) \
         SELECT $1, $2, 'mail', $3, 'user', $4, created_at, created_at FROM tenants WHERE id = $1";
    let payload =
        json!({ "recipient": "bob@example.com", "subject": "Join us", "body": "gwi_secret" });
    let args = [
        Uuid::now_v7().into_value(),
        payload.to_string().into_value(),
        stage.ada.into_value(),
    ];
    stage.write_with(stage.acme, sql, &args).await;
}

fn sent(stage: &Stage) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(stage.app.directory.join("mail")) else {
        return Vec::new();
    };
    files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

async fn a_mail_goes_out_once_and_leaves_no_secret(place: Place) {
    let stage = Stage::start(place).await;
    insert(&stage).await;
    assert_eq!(stage.work().await, 1);
    stage.pass_time().await;
    assert_eq!(stage.work().await, 0);
    let mails = sent(&stage);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: bob@example.com"), "{mails:?}");
    assert!(mails[0].contains("gwi_secret"), "{mails:?}");
    assert_eq!(stage.jobs().await, ["1 done"]);
    let payload = "SELECT payload FROM outbox WHERE tenant_id = $1";
    assert_eq!(stage.column::<String>(stage.acme, payload).await, ["{}"]);
    assert_eq!(stage.log().await, ["outbox:send success user"]);

    // What is queued by the code goes out alike.
    let (grant, unit) = stage.grant::<members::Update>(stage.acme, stage.ada).await;
    let message = Message {
        recipient: "cy@example.com".to_owned(),
        subject: "Join us".to_owned(),
        body: "text".to_owned(),
        html: Some("<p>page</p>".to_owned()),
    };
    let access = grant.access::<members::Update>();
    mail::tenant::queue(access.unit(), message).await.unwrap();
    unit.0.commit().await.unwrap();
    assert_eq!(stage.work().await, 1);
    let mails = sent(&stage);
    assert_eq!(mails.len(), 2);
    let parts = |mail: &String| mail.contains("text\r\n") && mail.contains("<p>page</p>\r\n");
    assert!(mails.iter().any(parts), "{mails:?}");
}

async fn a_mail_that_is_given_up_leaves_no_secret(place: Place) {
    let stage = Stage::start(place).await;
    // Where the folder should be is a file.
    std::fs::write(stage.app.directory.join("mail"), "").unwrap();
    insert(&stage).await;
    let payload = "SELECT payload LIKE '%gwi_secret%' FROM outbox WHERE tenant_id = $1";
    for (attempts, is_left) in [(18, true), (19, false)] {
        let due = format!(
            "UPDATE outbox SET attempts = {attempts}, due_at = created_at WHERE tenant_id = $1"
        );
        stage.write(stage.acme, &due).await;
        assert_eq!(stage.work().await, 1);
        assert_eq!(stage.column::<bool>(stage.acme, payload).await, [is_left]);
    }
    assert!(stage.jobs().await[0].starts_with("20 failed the message cannot be written"));
    let none: [String; 0] = [];
    assert_eq!(stage.log().await, none);

    // Nor does one whose worker died over the last attempt.
    insert(&stage).await;
    let died = "UPDATE outbox SET attempts = 20 WHERE tenant_id = $1 AND failed_at IS NULL";
    stage.write(stage.acme, died).await;
    assert_eq!(stage.work().await, 0);
    assert_eq!(
        stage.column::<bool>(stage.acme, payload).await,
        [false, false]
    );
}
