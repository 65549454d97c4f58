//! Visits to providers over HTTP, on both databases. The providers are servers of the test's own, which
//! say whatever a hostile one might; a real one is visited in `tests/tests/oauth.rs`.

mod accounts;
mod answers;
mod identities;
mod provider;
mod sessions;
mod tenants;
mod tokens;
mod visits;

use axum::response::Response;
use http::{Request, header};
use serde_json::{Value as Json, json};

use crate::model::{Model, ProviderDef, ProviderKind, Signup};
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, Seen};
use crate::tenancy::testing::world::{self, Place, World};

pub(super) use crate::tenancy::testing::world::on_both;
use provider::Fake;

/// Gives out addresses of `acme.example`, and vouches for any.
const ACME: ProviderDef = ProviderDef {
    name: "acme",
    label: "Acme SSO",
    kind: ProviderKind::Oidc {
        issuer: "https://sso.acme.example",
        domains: &["acme.example"],
    },
};

const GLOBEX: ProviderDef = ProviderDef {
    name: "globex",
    label: "Globex",
    kind: ProviderKind::Oidc {
        issuer: "https://sso.globex.example",
        domains: &[],
    },
};

const GITHUB: ProviderDef = ProviderDef {
    name: "github",
    label: "GitHub",
    kind: ProviderKind::Github,
};

const fn model(signup: Signup, passwords: bool) -> Model {
    let mut model = world::model(signup);
    model.auth.passwords = passwords;
    model.auth.providers = &[ACME, GLOBEX, GITHUB];
    model
}

static OPEN: Model = model(Signup::Open, true);
static INVITE_ONLY: Model = model(Signup::InviteOnly, true);
static CLOSED: Model = model(Signup::Closed, true);
static WITHOUT_PASSWORDS: Model = model(Signup::Open, false);

/// An application and the providers that it knows.
struct Stage {
    world: World,
    acme: Fake,
    globex: Fake,
    github: Fake,
}

impl Stage {
    async fn open(place: Place) -> Self {
        Self::of(place, &OPEN).await
    }

    async fn of(place: Place, model: &'static Model) -> Self {
        Self::with(place, model, &[]).await
    }

    async fn with(place: Place, model: &'static Model, more: &[(&str, &str)]) -> Self {
        let acme = Fake::start("EdDSA").await;
        let globex = Fake::start("ES256").await;
        let github = Fake::start("EdDSA").await;
        let own = [
            ("ACME_ISSUER", acme.origin.as_str()),
            ("ACME_CLIENT_ID", "storefront"),
            ("ACME_CLIENT_SECRET", "s3cret/of acme"),
            ("GLOBEX_ISSUER", &globex.origin),
            ("GLOBEX_CLIENT_ID", "storefront"),
            ("GLOBEX_CLIENT_SECRET", "s3cret/of acme"),
            ("GITHUB_BASE_URL", &github.origin),
            ("GITHUB_CLIENT_ID", "storefront"),
            ("GITHUB_CLIENT_SECRET", "s3cret/of acme"),
        ];
        let own = [&own, more].concat();
        Self {
            world: World::with_settings(place, model, |_| {}, &own).await,
            acme,
            globex,
            github,
        }
    }

    fn fake(&self, provider: &str) -> &Fake {
        match provider {
            "acme" => &self.acme,
            "globex" => &self.globex,
            _ => &self.github,
        }
    }

    fn browser(&self) -> Browser<'_> {
        Browser::new(&self.world)
    }

    /// Begins a visit and answers the address at which the browser comes back as this person.
    async fn visit(&self, browser: &mut Browser<'_>, provider: &str, person: Json) -> String {
        let path = format!("/auth/oauth/{provider}/start");
        self.visit_from(browser, "", &path, provider, person).await
    }

    /// The same from a host, by a path of its own.
    async fn visit_from(
        &self,
        browser: &mut Browser<'_>,
        slug: &str,
        path: &str,
        provider: &str,
        person: Json,
    ) -> String {
        let mut seen = browser.get(slug, path).await;
        while seen.location().contains("localhost:8080") {
            let next = seen.location().to_owned();
            seen = browser.visit(&next).await;
        }
        assert_eq!(seen.status, 303, "{}", seen.text);
        self.fake(provider).authorize(seen.location(), person)
    }

    /// Signs in, or not.
    async fn sign_in(&self, browser: &mut Browser<'_>, provider: &str, person: Json) -> Seen {
        let back = self.visit(browser, provider, person).await;
        browser.visit(&back).await
    }

    /// Who is signed in here; null for nobody.
    async fn me(&self, browser: &mut Browser<'_>, slug: &str) -> Json {
        browser.get(slug, "/auth/me").await.json()["user"].clone()
    }

    async fn count(&self, table: &str) -> i64 {
        self.world.app.count(table).await
    }

    /// What the log says of accounts, in order.
    async fn actions(&self) -> Vec<String> {
        let sql = "SELECT action || ' ' || outcome FROM platform_audit_log ORDER BY id";
        self.world.app.column(sql, &[]).await
    }

    async fn verified_at_is_set(&self, email: &str) -> bool {
        let sql = "SELECT email_verified_at IS NOT NULL FROM users WHERE email = $1";
        let args = [email.to_owned().into_value()];
        let found = self.world.app.column(sql, &args).await;
        found.first().copied().unwrap()
    }
}

/// Somebody whose address the provider has verified.
fn person(sub: &str, email: &str) -> Json {
    json!({ "sub": sub, "email": email, "email_verified": true, "name": "Ada L." })
}

/// A page that refuses, without a session.
fn refused(seen: &Seen, status: u16) {
    assert_eq!(seen.status, status, "{}", seen.text);
    let kind = &seen.headers[header::CONTENT_TYPE];
    assert_eq!(kind, "text/html; charset=utf-8", "{}", seen.text);
    let session = |line: &&str| line.starts_with("__Host-access");
    assert!(!seen.set_cookies().iter().any(session), "{seen:?}");
}

/// Signed in, and on the way to a path.
fn welcome(seen: &Seen, next: &str) {
    assert_eq!(seen.status, 303, "{}", seen.text);
    assert_eq!(seen.location(), next);
}

async fn raw(world: &World, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::get(path).header(header::HOST, "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world
        .raw(request.body(axum::body::Body::empty()).unwrap())
        .await
}
