//! Exports: pages, what happens between them, and what is in the file.

use axum::body::Body;
use axum::response::IntoResponse;
use http_body_util::BodyExt;

use super::super::export::{Export, read, start};
use super::*;
use crate::error::Result;
use crate::store::{FieldValue, Value};

/// An export, begun by a grant that has ended by now.
pub(super) async fn begin(
    app: &App,
    tenant: Uuid,
    own: Option<Uuid>,
    query: &str,
) -> Result<Export> {
    let holder = nobody();
    let unit = unit(app, tenant, Mode::Read);
    let access = seeing(&unit, &holder, own);
    let export = start(access, read(&THINGS, |_| true, query).unwrap()).await;
    unit.commit().await.unwrap();
    export
}

pub(super) async fn text(export: Export) -> String {
    let body = export.into_response().into_body();
    String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// Records named `0000` and so on, more than a page of an export has.
async fn filled(app: &App, tenant: Uuid, count: usize) {
    let insert = "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ($1, 'acme', 'Acme', 'active', $2)";
    let args = [
        tenant.into_value(),
        jiff::Timestamp::UNIX_EPOCH.into_value(),
    ];
    app.write(insert, &args).await;
    let unit = unit(app, tenant, Mode::Write);
    for n in 0..count {
        let mut values = vec![Value::Null; THINGS.fields.len()];
        for (value, field) in values.iter_mut().zip(THINGS.fields) {
            *value = match (field.name, &field.ty) {
                ("name", _) => Value::Text(format!("{n:04}")),
                ("count", _) => Value::Integer(1),
                ("price", _) => Value::Decimal(rust_decimal::Decimal::new(100, 2)),
                ("open", _) => Value::Boolean(true),
                ("at", _) => Value::Timestamp(jiff::Timestamp::UNIX_EPOCH),
                ("token", _) => Value::Uuid(Uuid::nil()),
                ("day", _) => Value::Date(jiff::civil::Date::constant(2026, 11, 24)),
                ("status", _) => Value::Text("draft".to_owned()),
                _ => continue,
            };
        }
        crate::store::create_record(&unit, &THINGS, values)
            .await
            .unwrap();
    }
    unit.commit().await.unwrap();
}

async fn frame(body: &mut Body) -> Option<std::result::Result<String, axum::Error>> {
    let frame = body.frame().await?;
    Some(frame.map(|frame| String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()))
}

/// Waits until no transaction is open. That of a page ends behind the answer.
async fn settled(server: &Server) {
    for _ in 0..2_000 {
        if server.open_transactions().await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a transaction stays open");
}

#[test]
fn what_an_export_cannot_be_asked_is_refused_by_name() {
    let unknown = "There is no such parameter, or it stands more than once.";
    for (query, name, message) in [
        ("format=xml", "format", "Send csv or jsonl."),
        ("format=", "format", "Send csv or jsonl."),
        ("format=csv&format=csv", "format", unknown),
        (
            "format=csv%00",
            "format",
            "Send text without NUL characters.",
        ),
        ("limit=5", "limit", unknown),
        ("cursor=a", "cursor", unknown),
        (
            "fields=nope",
            "fields",
            "It names a field that does not exist.",
        ),
        ("sort=name&sort=name", "sort", unknown),
    ] {
        let error = read(&THINGS, |_| true, query).unwrap_err();
        let error = &error.extra().errors[0];
        assert_eq!(
            (error.field.as_str(), error.message.as_str()),
            (name, message),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_file_has_its_headers_its_name_and_only_what_is_seen() {
    let app = on_sqlite().await;
    let tenant = Uuid::now_v7();
    filled(&app, tenant, 1).await;
    let holder = nobody();
    let unit = unit(&app, tenant, Mode::Read);
    let narrow = Access::new(&unit, &holder, None, &[]);
    let begun = |query: &str| start(narrow, read(&THINGS, |_| true, query).unwrap());

    let answer = begun("").await.unwrap().into_response();
    assert_eq!(
        answer.headers()["content-type"],
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"things.csv\""
    );
    let file = answer.into_body().collect().await.unwrap().to_bytes();
    let file = std::str::from_utf8(&file).unwrap();
    let (head, rest) = file.split_once("\r\n").unwrap();
    assert_eq!(
        head,
        "id,version,name,nickname,notes,wide,count,stock,price,discount,open,rated,at,until,status,colour,parent_id,contact,site,\
         token,day,due,data,\
         created_at,updated_at,created_by"
    );
    assert!(
        rest.contains(",1,0000,,,,1,,1.00,,true,,1970-01-01T00:00:00Z,,draft,,,,,00000000-0000-0000-0000-000000000000,2026-11-24,,,"),
        "{rest}"
    );

    let answer = begun("format=jsonl&fields=price,name")
        .await
        .unwrap()
        .into_response();
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"things.jsonl\""
    );
    let file = answer.into_body().collect().await.unwrap().to_bytes();
    let file = std::str::from_utf8(&file).unwrap();
    assert!(
        file.starts_with("{\"id\":\"")
            && file.ends_with("\",\"name\":\"0000\",\"price\":\"1.00\"}\n"),
        "{file}"
    );

    for query in ["fields=cost", "sort=cost", "filter[cost][null]=true"] {
        assert_eq!(
            begun(query).await.unwrap_err().code(),
            "invalid_query",
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_grant_that_has_ended_begins_no_export() {
    let app = on_sqlite().await;
    let holder = nobody();
    let unit = unit(&app, Uuid::now_v7(), Mode::Read);
    unit.commit().await.unwrap();
    let query = read(&THINGS, |_| true, "").unwrap();
    let error = start(seeing(&unit, &holder, None), query)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "internal");
}

#[tokio::test]
async fn a_slow_client_holds_no_connection_and_nothing_is_read_ahead() {
    let server = Server::new().await;
    let app = App::of_on_postgres(&MODEL, &table(true), &server).await;
    let tenant = Uuid::now_v7();
    filled(&app, tenant, 900).await;

    let export = begin(&app, tenant, None, "sort=name&fields=name")
        .await
        .unwrap();
    let mut body = export.into_response().into_body();
    let first = frame(&mut body).await.unwrap().unwrap();
    let read = first.lines().count() - 1;
    assert!((1..900).contains(&read), "{read} records in the first page");
    settled(&server).await;

    // What is still to come is read when it is asked for.
    let unit = unit(&app, tenant, Mode::Write);
    let rename = r#"UPDATE things SET "name" = $2 WHERE tenant_id = $1 AND "name" = '0899'"#;
    let args = [tenant.into_value(), "0899, renamed".to_owned().into_value()];
    unit.run(rename, &args).await.unwrap();
    unit.commit().await.unwrap();
    let mut rest = String::new();
    while let Some(page) = frame(&mut body).await {
        rest.push_str(&page.unwrap());
        settled(&server).await;
    }
    assert!(rest.contains("\"0899, renamed\""));
    assert_eq!(read + rest.lines().count(), 900);
}

#[tokio::test]
async fn a_page_that_fails_breaks_the_body_off() {
    let app = on_sqlite().await;
    let tenant = Uuid::now_v7();
    filled(&app, tenant, 900).await;
    let export = begin(&app, tenant, None, "format=jsonl").await.unwrap();
    let mut body = export.into_response().into_body();
    frame(&mut body).await.unwrap().unwrap();
    let file = rusqlite::Connection::open(app.directory.join("app.db")).unwrap();
    file.execute_batch("ALTER TABLE things RENAME TO elsewhere")
        .unwrap();
    frame(&mut body).await.unwrap().unwrap_err();
    assert!(frame(&mut body).await.is_none());
}

#[tokio::test]
async fn a_tenant_has_four_exports_at_once() {
    let app = on_sqlite().await;
    let tenant = Uuid::now_v7();
    filled(&app, tenant, 900).await;
    let mut bodies = Vec::new();
    for _ in 0..4 {
        let export = begin(&app, tenant, None, "fields=name").await.unwrap();
        bodies.push(export.into_response().into_body());
    }
    let error = begin(&app, tenant, None, "").await.unwrap_err();
    assert_eq!(error.code(), "unavailable");
    begin(&app, Uuid::now_v7(), None, "").await.unwrap();

    // One that its client lets go of makes room, and so does one that is at its end.
    let mut first = bodies.remove(0);
    frame(&mut first).await.unwrap().unwrap();
    drop(first);
    let export = begin(&app, tenant, None, "").await.unwrap();
    begin(&app, tenant, None, "").await.unwrap_err();
    assert_eq!(text(export).await.lines().count(), 901);
    begin(&app, tenant, None, "filter[name]=none")
        .await
        .unwrap();
}
