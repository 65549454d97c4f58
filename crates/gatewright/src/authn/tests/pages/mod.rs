//! The pages of accounts, over HTTP.

mod account;
mod following;
mod headers;
mod inert;
mod recovery;
mod renewal;
mod ways_in;

use crate::tenancy::testing::browser::{Browser, Seen};
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World};

const ADA: &str = "ada@example.com";

/// Ada owns `acme`.
async fn world(place: Place) -> World {
    let world = World::start(place, &OPEN).await;
    world.account(ADA, Some("acme")).await;
    world
}

/// Ada's browser, signed in at a tenant's host or, for ``, at the base host.
async fn signed_in<'a>(world: &'a World, slug: &str) -> Browser<'a> {
    let mut browser = Browser::new(world);
    let fields = [("email", ADA), ("password", PASSWORD)];
    let seen = browser.submit(slug, "/auth/login", &fields).await;
    assert_eq!(seen.status, 303, "{}", seen.text);
    browser
}

/// The page, which has to have this status and be one.
fn page(seen: &Seen, status: u16) -> &str {
    assert_eq!(seen.status, status, "{}", seen.text);
    assert_eq!(seen.headers["content-type"], "text/html; charset=utf-8");
    assert!(seen.text.trim_start().starts_with("<!doctype html>"));
    seen.text.as_str()
}

/// The sentence that stands beside a field.
fn beside<'a>(html: &'a str, id: &str) -> Option<&'a str> {
    let begin = format!("<p class=\"error\" id=\"{id}-error\">");
    let (_, rest) = html.split_once(&begin)?;
    rest.split_once("</p>").map(|(sentence, _)| sentence)
}

/// The token in the latest mail that waits.
async fn mailed_token(world: &World) -> String {
    let sql = "SELECT body FROM account_outbox ORDER BY id DESC";
    let bodies: Vec<String> = world.app.column(sql, &[]).await;
    let link = bodies.first().and_then(|body| body.split("token=").nth(1));
    let token = link.and_then(|link| link.split_whitespace().next());
    token.unwrap().to_owned()
}
