use uuid::Uuid;

use super::*;
use crate::authn::testing::App;
use crate::store::testing::Server;

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn days_ago(days: u32) -> Value {
    Value::Timestamp(clock::before(clock::now(), DAY * days))
}

fn in_a_day() -> Value {
    Value::Timestamp(clock::after(clock::now(), DAY))
}

async fn registration(app: &App, name: &str, expires_at: Value) {
    app.write(
        "INSERT INTO pending_registrations (token_hash, email, email_normalized, name, created_at, expires_at) \
         VALUES ($1, $1, $1, $1, $2, $3)",
        &[text(name), days_ago(40), expires_at],
    )
    .await;
}

/// A session with as many refresh tokens, named after it.
async fn session(app: &App, name: &str, expires_at: Value, revoked_at: Value, tokens: usize) {
    let id = Uuid::now_v7();
    app.write(
        "INSERT INTO sessions (id, user_id, transport, created_at, expires_at, revoked_at) \
         VALUES ($1, (SELECT id FROM users), 'bearer', $2, $3, $4)",
        &[Value::Uuid(id), days_ago(60), expires_at, revoked_at],
    )
    .await;
    for number in 0..tokens {
        app.write(
            "INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES ($1, $2, $3)",
            &[
                text(format!("{name} {number}")),
                Value::Uuid(id),
                days_ago(60),
            ],
        )
        .await;
    }
}

async fn mail(app: &App, subject: &str, attempts: i64, due_at: Value, sent_at: Value) {
    app.write(
        "INSERT INTO account_outbox (id, recipient, subject, body, html, created_at, attempts, due_at, sent_at) \
         VALUES ($1, 'ada@example.com', $2, 'a secret', ' twice', $3, $4, $5, $6)",
        &[
            Value::Uuid(Uuid::now_v7()),
            text(subject),
            days_ago(40),
            Value::Integer(attempts),
            due_at,
            sent_at,
        ],
    )
    .await;
}

async fn wrong_passwords(app: &App, subject: &str, last_at: Value) {
    app.write(
        "INSERT INTO password_attempts (subject, failures, last_at) VALUES ($1, 7, $2)",
        &[text(subject), last_at],
    )
    .await;
}

/// What is over goes, what is not stays.
async fn clears_what_is_over(app: &App) {
    app.write(
        "INSERT INTO users (id, email, email_normalized, name, created_at) \
         VALUES ($1, 'a', 'a', 'a', $2)",
        &[Value::Uuid(Uuid::now_v7()), days_ago(60)],
    )
    .await;
    registration(app, "waiting", in_a_day()).await;
    for number in 0..BATCH + 3 {
        registration(app, &format!("expired {number}"), days_ago(0)).await;
    }
    let never = Value::Null;
    session(app, "alive", in_a_day(), never.clone(), 2).await;
    session(app, "ended", days_ago(29), days_ago(29), 1).await;
    session(app, "ended a while ago", days_ago(89), days_ago(89), 1).await;
    session(
        app,
        "expired long ago",
        days_ago(91),
        never.clone(),
        BATCH + 3,
    )
    .await;
    session(app, "revoked long ago", in_a_day(), days_ago(91), 2).await;
    mail(app, "sent", 1, days_ago(6), days_ago(6)).await;
    mail(app, "sent long ago", 1, days_ago(8), days_ago(8)).await;
    mail(app, "due", MOST_ATTEMPTS - 1, days_ago(9), never.clone()).await;
    mail(
        app,
        "on its last way",
        MOST_ATTEMPTS,
        in_a_day(),
        never.clone(),
    )
    .await;
    mail(app, "given up", MOST_ATTEMPTS, days_ago(1), never.clone()).await;
    mail(app, "given up long ago", MOST_ATTEMPTS, days_ago(31), never).await;
    wrong_passwords(app, "account:lately", days_ago(0)).await;
    wrong_passwords(app, "account:long ago", days_ago(2)).await;

    clear_all(&app.runtime.database).await.unwrap();

    let names = "SELECT name FROM pending_registrations";
    assert_eq!(app.column::<String>(names, &[]).await, ["waiting"]);
    let attempts = "SELECT subject FROM password_attempts";
    assert_eq!(
        app.column::<String>(attempts, &[]).await,
        ["account:lately"]
    );
    let tokens = "SELECT token_hash FROM refresh_tokens ORDER BY token_hash";
    let tokens: Vec<String> = app.column(tokens, &[]).await;
    assert_eq!(tokens, ["alive 0", "alive 1", "ended 0"]);
    assert_eq!(app.count("sessions").await, 3);
    let mails =
        "SELECT subject || ': ' || body || COALESCE(html, '') FROM account_outbox ORDER BY subject";
    let mails: Vec<String> = app.column(mails, &[]).await;
    assert_eq!(
        mails,
        [
            "due: a secret twice",
            "given up: ",
            "on its last way: a secret twice",
            "sent: a secret twice"
        ]
    );
}

#[tokio::test]
async fn what_is_over_is_cleared_away_on_sqlite() {
    clears_what_is_over(&App::verifying().await).await;
}

#[tokio::test]
async fn what_is_over_is_cleared_away_on_postgres() {
    let server = Server::new().await;
    clears_what_is_over(&App::on_postgres(&server).await).await;
}

#[tokio::test]
async fn the_first_round_is_at_the_start_and_a_stop_ends_it() {
    let app = App::verifying().await;
    registration(&app, "expired", days_ago(1)).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let maintenance = tokio::spawn(maintain_forever(Arc::clone(&app.runtime), async {
        drop(stopped.await);
    }));
    let cleared = async {
        while app.count("pending_registrations").await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let patience = Duration::from_secs(10);
    tokio::time::timeout(patience, cleared).await.unwrap();
    drop(stop);
    tokio::time::timeout(patience, maintenance)
        .await
        .unwrap()
        .unwrap();
}
