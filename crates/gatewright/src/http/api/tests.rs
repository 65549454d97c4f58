use super::*;
use crate::authz::{Grant, Permission, member, permissions, protect, public};
use crate::http::NoContent;
use crate::model::{AuthPolicy, Kind, Limits, PermissionDef, Signup};

static MODEL: Model = Model {
    app: "Shop",
    auth: AuthPolicy {
        signup: Signup::Open,
        require_verified_email: true,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
    },
    row_level_security: true,
    limits: Limits::NONE,
    permissions: &[PermissionDef {
        slug: "members:read",
        resource: "members",
        kind: Kind::Read,
        ..PermissionDef::DEFAULT
    }],
    roles: &[],
    resources: &[],
};

/// A permission that the schema does not have.
struct Invented;

impl Permission for Invented {
    const SLUG: &'static str = "members:drop";
    const RESOURCE: &'static str = "members";
    const KIND: Kind = Kind::Delete;
}

/// The schema's slug, with a kind that opens more.
struct Altered;

impl Permission for Altered {
    const SLUG: &'static str = "members:read";
    const RESOURCE: &'static str = "members";
    const KIND: Kind = Kind::Delete;
}

/// The schema's slug, with a resource that it is not of.
struct Borrowed;

impl Permission for Borrowed {
    const SLUG: &'static str = "members:read";
    const RESOURCE: &'static str = "products";
    const KIND: Kind = Kind::Read;
}

/// The schema's permission, opening what the schema does not say that it uses.
struct Reaching;

impl Permission for Reaching {
    const SLUG: &'static str = "members:read";
    const RESOURCE: &'static str = "members";
    const KIND: Kind = Kind::Read;
    const USES: &'static [&'static str] = &["members:update"];
}

async fn welcome() -> NoContent {
    NoContent
}

async fn of<P: Permission>(_: Grant<P>) -> NoContent {
    NoContent
}

/// What is wrong with these routes, one line each.
fn wrong(register: fn(&mut Api), reviewed: &str) -> Vec<String> {
    let mut api = Api::default();
    register(&mut api);
    api.build(&MODEL, reviewed).err().unwrap_or_default()
}

#[test]
fn a_public_route_is_listed() {
    let register = |api: &mut Api| {
        api.get("/", public(welcome));
        api.post("/contact", public(welcome));
    };
    let none: [&str; 0] = [];
    assert_eq!(
        wrong(register, "# reviewed\n\nGET  /  # home\nPOST /contact\n"),
        none
    );
    assert_eq!(
        wrong(register, "GET /"),
        [
            "POST /contact is public but not listed in public_routes.txt; review it, then add the line `POST /contact`"
        ]
    );
    // Another method is another route.
    assert_eq!(
        wrong(|api| api.get("/", public(welcome)), "POST /").len(),
        2
    );
}

#[test]
fn a_listed_route_is_public() {
    let stale = "public_routes.txt lists `GET /team`, which is no public route; remove the line";
    let list = "GET /team";
    assert_eq!(wrong(|_| {}, list), [stale]);
    let guarded = |api: &mut Api| api.get("/team", protect(permissions::members::Read, of));
    assert_eq!(wrong(guarded, list), [stale]);
    // A route that was public once, and was taken over.
    let taken_over = |api: &mut Api| {
        api.get("/team", public(welcome));
        api.get("/team", member(of));
    };
    assert_eq!(wrong(taken_over, list), [stale]);
}

#[test]
fn a_permission_is_the_schemas_to_the_letter() {
    let invented = |api: &mut Api| api.post("/drop", protect(Invented, of));
    assert_eq!(
        wrong(invented, ""),
        ["POST /drop: the permission `members:drop` is not in the schema"]
    );
    let altered = "GET /team: the permission `members:read` differs from the schema's";
    assert_eq!(
        wrong(|api| api.get("/team", protect(Altered, of)), ""),
        [altered]
    );
    assert_eq!(
        wrong(|api| api.get("/team", protect(Borrowed, of)), ""),
        [altered]
    );
    assert_eq!(
        wrong(|api| api.get("/team", protect(Reaching, of)), ""),
        [altered]
    );
    // Beside a good one too.
    let pair = |api: &mut Api| {
        async fn both(_: Grant<permissions::members::Read>, _: Grant<Altered>) -> NoContent {
            NoContent
        }
        api.get(
            "/team",
            protect((permissions::members::Read, Altered), both),
        );
    };
    assert_eq!(wrong(pair, ""), [altered]);
}

#[test]
fn a_path_that_cannot_be_served_is_told_without_a_panic() {
    let register = |api: &mut Api| {
        api.get("team", member(of));
        api.get("/team/:id", member(of));
        api.get("/team/{id}", member(of));
        api.patch("/team/{id}", member(of));
        api.get("/team/{name}", member(of));
        api.get("/team/{id}{name}", member(of));
        api.get("/team/{", member(of));
    };
    assert_eq!(
        wrong(register, ""),
        [
            "GET team: a path begins with `/`",
            "GET /team/:id: a parameter is written `{id}`, and the rest of a path `{*rest}`",
            "GET /team/{name}: its requests could as well be meant for `/team/{id}`; give the parameters of both \
             the same names, or another path to one of them",
            "GET /team/{id}{name}: the path cannot be used: Only one parameter is allowed per path segment",
            "GET /team/{: the path cannot be used: Parameters must be registered with a valid name",
        ]
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let register = |api: &mut Api| {
        api.get("/", public(welcome));
        api.post("/drop", protect(Invented, of));
        api.get("team", member(of));
    };
    assert_eq!(wrong(register, "GET /gone").len(), 4);
}
