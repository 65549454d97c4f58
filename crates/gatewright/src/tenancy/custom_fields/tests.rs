//! Through the gate, on both databases: two tenants, of which each has its own fields.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::*;
use crate::authn::testing::App;
use crate::authz::{Grant, Permission, protect};
use crate::http::{Created, FromJson, IfMatch, Json as JsonOf, JsonBody, Path, Versioned, wrap};
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Literal, Model, PermissionDef, ResourceDef,
    RoleDef, Signup,
};
use crate::store::custom::serialize_shown;
use crate::store::testing::Server;
use crate::store::{
    self, CustomFields, Export, ExportQuery, Fields, Input, List, ListQuery, Patch, RecordReader,
    Resource,
};
use crate::{audit, authn};

const fn permission(slug: &'static str, resource: &'static str, kind: Kind) -> PermissionDef {
    PermissionDef {
        slug,
        resource,
        kind,
        ..PermissionDef::DEFAULT
    }
}

static MODEL: Model = Model {
    app: "Shop",
    auth: AuthPolicy {
        signup: Signup::Open,
        require_verified_email: false,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
    },
    row_level_security: true,
    limits: Limits::NONE,
    permissions: &[
        permission("audit:read", "audit", Kind::Read),
        permission("custom_fields:create", "custom_fields", Kind::Create),
        permission("custom_fields:delete", "custom_fields", Kind::Delete),
        permission("custom_fields:read", "custom_fields", Kind::Read),
        permission("custom_fields:update", "custom_fields", Kind::Update),
        permission("products:create", "products", Kind::Create),
        permission("products:delete", "products", Kind::Delete),
        permission("products:read", "products", Kind::Read),
        permission("products:update", "products", Kind::Update),
    ],
    roles: &[RoleDef {
        name: "owner",
        permissions: &[
            "audit:read",
            "custom_fields:create",
            "custom_fields:delete",
            "custom_fields:read",
            "custom_fields:update",
            "products:create",
            "products:delete",
            "products:read",
            "products:update",
        ],
        ..RoleDef::DEFAULT
    }],
    resources: &[&PRODUCTS],
};

static PRODUCTS: ResourceDef = ResourceDef {
    name: "products",
    fields: &[
        FieldDef {
            name: "name",
            ty: FieldType::String {
                min: 0,
                max: 255,
                pattern: None,
            },
            search: true,
            ..FieldDef::DEFAULT
        },
        FieldDef {
            name: "stock",
            ty: FieldType::Integer {
                min: None,
                max: None,
            },
            default: Some(Literal::Integer(0)),
            unique: true,
            ..FieldDef::DEFAULT
        },
    ],
    ..ResourceDef::DEFAULT
};

#[derive(Debug, Clone, Serialize)]
#[serde(remote = "Self")]
struct Product {
    id: Uuid,
    version: i64,
    name: String,
    stock: i64,
    #[serde(skip_serializing_if = "CustomFields::is_empty")]
    custom_fields: CustomFields,
}

impl Serialize for Product {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_shown(self, &self.custom_fields, Self::serialize, serializer)
    }
}

impl Resource for Product {
    const DEF: &'static ResourceDef = &PRODUCTS;
    type Read = Read;
    type Create = Create;
    type Update = Update;
    type Delete = Delete;
    type New = NewProduct;
    type Patch = ProductPatch;

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn from_record(record: &mut RecordReader) -> Result<Self> {
        Ok(Self {
            id: record.id(),
            version: record.version(),
            name: record.field("name")?,
            stock: record.field("stock")?,
            custom_fields: record.custom_fields(),
        })
    }
}

#[derive(Debug)]
struct NewProduct {
    name: String,
    stock: i64,
    custom_fields: CustomFields,
}

impl Input for NewProduct {
    const RESOURCE: &'static ResourceDef = &PRODUCTS;

    fn from_fields(fields: &mut Fields) -> Result<Self> {
        Ok(Self {
            name: fields.take("name")?,
            stock: fields.take("stock")?,
            custom_fields: fields.take_custom_fields(),
        })
    }

    fn into_fields(self, fields: &mut Fields) {
        fields.put("name", self.name);
        fields.put("stock", self.stock);
        fields.put_custom_fields(self.custom_fields);
    }
}

impl FromJson for NewProduct {
    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        store::new_from_json(body)
    }
}

#[derive(Debug)]
struct ProductPatch {
    name: Patch<String>,
    stock: Patch<i64>,
    custom_fields: CustomFields,
}

impl Input for ProductPatch {
    const RESOURCE: &'static ResourceDef = &PRODUCTS;

    fn from_fields(fields: &mut Fields) -> Result<Self> {
        Ok(Self {
            name: fields.take_patch("name")?,
            stock: fields.take_patch("stock")?,
            custom_fields: fields.take_custom_fields(),
        })
    }

    fn into_fields(self, fields: &mut Fields) {
        fields.put_patch("name", self.name);
        fields.put_patch("stock", self.stock);
        fields.put_custom_fields(self.custom_fields);
    }
}

impl FromJson for ProductPatch {
    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        store::patch_from_json(body)
    }
}

macro_rules! permissions {
    ($($name:ident = $slug:literal),+) => {
        $(
            #[derive(Debug, Clone, Copy)]
            struct $name;

            impl Permission for $name {
                const SLUG: &'static str = concat!("products:", $slug);
                const RESOURCE: &'static str = "products";
                const KIND: Kind = Kind::$name;
            }
        )+
    };
}

permissions!(
    Read = "read",
    Create = "create",
    Update = "update",
    Delete = "delete"
);

async fn list(grant: Grant<Read>, query: ListQuery<Product>) -> Result<List<Product>> {
    store::list(&grant, query).await
}

async fn export(grant: Grant<Read>, query: ExportQuery<Product>) -> Result<Export> {
    store::export(&grant, query).await
}

async fn read(grant: Grant<Read>, Path(id): Path<Uuid>) -> Result<Versioned<Product>> {
    store::read(&grant, id).await.map(Versioned)
}

async fn create(
    grant: Grant<Create>,
    JsonOf(input): JsonOf<NewProduct>,
) -> Result<Created<Product>> {
    store::create(&grant, input).await.map(Created)
}

async fn update(
    grant: Grant<Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    JsonOf(patch): JsonOf<ProductPatch>,
) -> Result<Versioned<Product>> {
    let updated = store::update(&grant, id, version, patch).await;
    updated.map(Versioned)
}

struct World {
    routes: Router,
    tokens: [String; 2],
    _app: App,
    _server: Option<Server>,
}

const SLUGS: [&str; 2] = ["acme", "globex"];
const ACME: usize = 0;
const GLOBEX: usize = 1;

impl World {
    async fn both() -> [Self; 2] {
        let more = "ALTER TABLE products ADD COLUMN stock bigint NOT NULL DEFAULT 0;";
        let sqlite = more.replace("bigint", "INTEGER");
        let server = Server::new().await;
        let postgres = App::of_on_postgres(&MODEL, more, &server).await;
        [
            Self::of(App::of(&MODEL, &sqlite).await, None).await,
            Self::of(postgres, Some(server)).await,
        ]
    }

    async fn of(app: App, server: Option<Server>) -> Self {
        let mut api = Api::default();
        authn::register(&mut api);
        audit::register(&mut api);
        register(&mut api);
        api.get("/api/products", protect(Read, list));
        api.get("/api/products/export", protect(Read, export));
        api.post("/api/products", protect(Create, create));
        api.get("/api/products/{id}", protect(Read, read));
        api.patch("/api/products/{id}", protect(Update, update));
        let public = api.routes().filter(|it| it.access == crate::Access::Public);
        let public: Vec<String> = public
            .map(|it| format!("{} {}", it.method, it.path))
            .collect();
        let routes = api.build(app.runtime.model, &public.join("\n")).unwrap();
        let mut world = Self {
            routes: wrap(routes.router, &app.runtime),
            tokens: Default::default(),
            _app: app,
            _server: server,
        };
        for (at, slug) in SLUGS.into_iter().enumerate() {
            let signup = json!({
                "email": format!("owner@{slug}.example.com"), "password": "correct horse battery",
                "transport": "bearer", "tenant": { "name": slug, "slug": slug },
            });
            let request = Request::post("/auth/signup")
                .header(header::HOST, "localhost")
                .header(header::CONTENT_TYPE, "application/json");
            let request = request.body(Body::from(signup.to_string())).unwrap();
            let (_, answer) = world.answer(request).await;
            let answer: Json = serde_json::from_str(&answer).unwrap();
            world.tokens[at] = answer["access_token"].as_str().unwrap().to_owned();
        }
        world
    }

    async fn answer(&self, request: Request) -> (StatusCode, String) {
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Status and text of an answer.
    async fn text(&self, of: usize, request: &str, body: Option<Json>) -> (u16, String) {
        let (method, path) = request.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("{}.localhost", SLUGS[of]))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[of]))
            .header(header::CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (status, text) = self.answer(request.body(body).unwrap()).await;
        (status.as_u16(), text)
    }

    async fn ask(&self, of: usize, request: &str, body: Option<Json>) -> (u16, Json) {
        let (status, text) = self.text(of, request, body).await;
        let json = if text.is_empty() {
            Json::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        (status, json)
    }

    /// A request that is answered by what it asks for.
    async fn done(&self, of: usize, request: &str, body: Option<Json>) -> Json {
        let (status, answer) = self.ask(of, request, body).await;
        assert!(status < 300, "{request}: {status} {answer}");
        answer
    }

    /// Status, and each field with its code.
    async fn refused(&self, of: usize, request: &str, body: Json) -> String {
        let (status, answer) = self.ask(of, request, Some(body)).await;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let errors = errors.iter().map(|error| {
            let word = |key: &str| error[key].as_str().unwrap().to_owned();
            format!(" {} {}", word("field"), word("code"))
        });
        format!("{status}{}", errors.collect::<String>())
    }

    async fn add(&self, of: usize, field: Json) -> Json {
        self.done(of, "POST /api/custom-fields", Some(field)).await
    }
}

#[tokio::test]
async fn a_tenant_adds_fields_and_gives_records_values() {
    for world in World::both().await {
        let bare = json!({ "name": "bare" });
        let bare = world.done(ACME, "POST /api/products", Some(bare)).await;
        assert!(bare.get("custom_fields").is_none());

        let warmth = json!({ "resource": "products", "name": "warmth", "type": "integer", "optional": true, "label": "How warm" });
        let warmth = world.add(ACME, warmth).await;
        assert_eq!(warmth["label"], "How warm");
        let fit = json!({ "resource": "products", "name": "fit", "type": "enum", "values": ["slim", "loose"], "default": "slim" });
        world.add(ACME, fit).await;
        // The same names, and other types.
        let fit = json!({ "resource": "products", "name": "fit", "type": "decimal", "precision": 5, "scale": 1, "optional": true });
        world.add(GLOBEX, fit).await;

        let body = json!({ "name": "coat", "stock": 7, "custom_fields": { "warmth": 5 } });
        let coat = world.done(ACME, "POST /api/products", Some(body)).await;
        assert_eq!(coat["custom_fields"], json!({ "warmth": 5, "fit": "slim" }));
        let body = json!({ "name": "coat", "custom_fields": { "fit": "1.5" } });
        let other = world.done(GLOBEX, "POST /api/products", Some(body)).await;
        assert_eq!(other["custom_fields"], json!({ "fit": "1.5" }));

        let path = format!("/api/products/{}", coat["id"].as_str().unwrap());
        let patch = json!({ "custom_fields": { "fit": "loose" } });
        let patched = world
            .done(ACME, &format!("PATCH {path}"), Some(patch))
            .await;
        assert_eq!(patched["version"], 2);
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(
            found["custom_fields"],
            json!({ "warmth": 5, "fit": "loose" })
        );
        assert_eq!(
            world.text(GLOBEX, &format!("GET {path}"), None).await.0,
            404
        );

        let query = "GET /api/products?sort=-custom_fields.warmth&fields=name,custom_fields.warmth";
        let listed = world.done(ACME, query, None).await;
        let names: Vec<&Json> = listed["data"].as_array().unwrap().iter().collect();
        assert_eq!(names[0]["name"], "coat");
        assert_eq!(names[0]["custom_fields"], json!({ "warmth": 5 }));
        // A record from before the field.
        assert_eq!(names[1]["custom_fields"], json!({ "warmth": null }));
        let query = "GET /api/products?filter[custom_fields.fit][gte]=1.5";
        let listed = world.done(GLOBEX, query, None).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);
        let query = "GET /api/products/export?fields=name,custom_fields.fit&sort=name";
        let (_, csv) = world.text(ACME, query, None).await;
        let rows: Vec<&str> = csv
            .lines()
            .map(|row| row.split_once(',').unwrap().1)
            .collect();
        assert_eq!(rows, ["name,custom_fields.fit", "bare,", "coat,loose"]);

        let log = world.done(ACME, "GET /api/audit-log", None).await;
        let entry = &log["data"][0];
        assert_eq!(entry["action"], "products:update");
        assert_eq!(
            entry["changes"],
            json!({ "custom_fields.fit": { "old": "slim", "new": "loose" } })
        );

        // Its values go with it.
        let field = format!("/api/custom-fields/{}", warmth["id"].as_str().unwrap());
        assert_eq!(
            world.text(GLOBEX, &format!("DELETE {field}"), None).await.0,
            404
        );
        world.done(ACME, &format!("DELETE {field}"), None).await;
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(found["custom_fields"], json!({ "fit": "loose" }));
        let log = world.done(ACME, "GET /api/audit-log", None).await;
        assert_eq!(log["data"][0]["action"], "custom_fields:delete");
        assert_eq!(log["data"][0]["changes"]["values"], json!({ "old": 1 }));
    }
}

#[tokio::test]
async fn a_definition_that_makes_no_sense_is_refused() {
    for world in World::both().await {
        let with = |more: Json| {
            let mut field = json!({ "resource": "products", "name": "extra", "type": "string" });
            for (key, value) in more.as_object().unwrap() {
                field[key] = value.clone();
            }
            field
        };
        for (more, expected) in [
            (json!({ "resource": "nothing" }), "422 resource unknown"),
            (json!({ "name": "Extra" }), "422 name invalid"),
            (json!({ "name": "a.b" }), "422 name invalid"),
            (json!({ "name": "a".repeat(41) }), "422 name invalid"),
            (json!({ "name": "name" }), "422 name reserved"),
            (json!({ "name": "tenant_id" }), "422 name reserved"),
            (json!({ "type": "json" }), "422 type unknown"),
            (json!({ "tenant_id": "x" }), "422 tenant_id unknown_field"),
            (json!({ "precision": 3 }), "422 precision misplaced"),
            (
                json!({ "type": "decimal" }),
                "422 precision required scale required",
            ),
            (json!({ "type": "enum" }), "422 values out_of_range"),
            (
                json!({ "type": "enum", "values": ["a", "a"] }),
                "422 values.1 duplicate",
            ),
            (json!({ "max": 1001 }), "422 max out_of_range"),
            (
                json!({ "max": 601, "unique": true }),
                "422 max out_of_range",
            ),
            (
                json!({ "type": "boolean", "unique": true }),
                "422 unique misplaced",
            ),
            (json!({ "min": 5, "max": 4 }), "422 min out_of_range"),
            (json!({ "pattern": "(" }), "422 pattern invalid"),
            (json!({ "pattern": "a)|(b" }), "422 pattern invalid"),
            (
                json!({ "pattern": "(\\w{200}){200}" }),
                "422 pattern invalid",
            ),
            (
                json!({ "max": 3, "default": "long" }),
                "422 default too_long",
            ),
            (json!({ "label": " " }), "422 label invalid"),
        ] {
            let refused = world
                .refused(ACME, "POST /api/custom-fields", with(more))
                .await;
            assert_eq!(refused, expected);
        }
        world.add(ACME, with(json!({}))).await;
        let again = world
            .refused(ACME, "POST /api/custom-fields", with(json!({})))
            .await;
        assert_eq!(again, "409 name taken");
        for n in 1..MOST_FIELDS {
            world
                .add(ACME, with(json!({ "name": format!("extra_{n}") })))
                .await;
        }
        let many = with(json!({ "name": "one_more" }));
        let many = world.refused(ACME, "POST /api/custom-fields", many).await;
        assert_eq!(many, "409 resource too_many");
        let page = world
            .done(ACME, "GET /api/custom-fields?limit=20", None)
            .await;
        assert_eq!(page["data"].as_array().unwrap().len(), 20);
        let cursor = page["next_cursor"].as_str().unwrap();
        let request = format!("GET /api/custom-fields?limit=200&cursor={cursor}");
        let rest = world.done(ACME, &request, None).await;
        assert_eq!(rest["data"].as_array().unwrap().len(), MOST_FIELDS - 20);
        let none = world.done(GLOBEX, "GET /api/custom-fields", None).await;
        assert_eq!(none["data"], json!([]));
    }
}

#[tokio::test]
async fn a_field_is_loosened_and_never_tightened() {
    for world in World::both().await {
        let sizes = json!({ "resource": "products", "name": "size", "type": "enum", "values": ["s", "m"], "optional": true });
        let sizes = world.add(ACME, sizes).await;
        let count = json!({ "resource": "products", "name": "count", "type": "integer", "min": 1, "max": 9, "optional": true });
        let count = world.add(ACME, count).await;
        let note =
            json!({ "resource": "products", "name": "note", "type": "string", "optional": true });
        let note = world.add(ACME, note).await;
        let change =
            |field: &Json| format!("PATCH /api/custom-fields/{}", field["id"].as_str().unwrap());
        for (field, patch, expected) in [
            (&sizes, json!({ "values": ["s"] }), "422 values missing"),
            (&sizes, json!({ "type": "string" }), "422 type fixed"),
            (&sizes, json!({ "name": "other" }), "422 name fixed"),
            (
                &sizes,
                json!({ "default": "xl" }),
                "422 default invalid_value",
            ),
            (&count, json!({ "max": 8 }), "422 max tighter"),
            (&count, json!({ "min": 2 }), "422 min tighter"),
            (&count, json!({ "max": "x" }), "422 max tighter"),
            (&note, json!({ "max": null }), "422 max tighter"),
            (&note, json!({ "max": 254 }), "422 max tighter"),
            (&note, json!({ "unknown": 1 }), "422 unknown unknown_field"),
        ] {
            assert_eq!(
                world.refused(ACME, &change(field), patch.clone()).await,
                expected
            );
            assert_eq!(
                world
                    .refused(GLOBEX, &change(field), json!({ "label": "x" }))
                    .await,
                "404"
            );
        }
        let body = json!({ "values": ["s", "m", "l"], "label": "Size", "default": "l" });
        let changed = world.done(ACME, &change(&sizes), Some(body)).await;
        assert_eq!(
            (&changed["version"], &changed["default"]),
            (&json!(2), &json!("l"))
        );
        world
            .done(
                ACME,
                &change(&count),
                Some(json!({ "max": null, "min": 0 })),
            )
            .await;
        let body = json!({ "name": "x", "custom_fields": { "count": 1_000_000, "size": "l" } });
        world.done(ACME, "POST /api/products", Some(body)).await;
        // Required from now on, for new records and where somebody would clear it.
        world
            .done(ACME, &change(&note), Some(json!({ "optional": false })))
            .await;
        let refused = world
            .refused(ACME, "POST /api/products", json!({ "name": "y" }))
            .await;
        assert_eq!(refused, "422 custom_fields.note required");
    }
}

#[tokio::test]
async fn a_hidden_field_is_one_that_does_not_exist() {
    for world in World::both().await {
        let body = json!({ "name": "first", "stock": 3 });
        let first = world.done(ACME, "POST /api/products", Some(body)).await;
        let path = format!("/api/products/{}", first["id"].as_str().unwrap());
        let stock = "/api/custom-fields/overrides/products/stock";
        let put = format!("PUT {stock}");
        let name = "PUT /api/custom-fields/overrides/products/name";
        let hide = json!({ "hidden": true });
        assert_eq!(
            world.refused(ACME, name, hide.clone()).await,
            "422 hidden required"
        );
        let nothing = "PUT /api/custom-fields/overrides/products/nothing";
        assert_eq!(world.refused(ACME, nothing, hide.clone()).await, "404");
        world
            .done(
                ACME,
                name,
                Some(json!({ "label": "Title", "hidden": false })),
            )
            .await;
        world.done(ACME, &put, Some(hide)).await;
        let overrides = world
            .done(ACME, "GET /api/custom-fields/overrides", None)
            .await;
        assert_eq!(
            overrides["data"],
            json!([
                { "resource": "products", "field": "name", "label": "Title", "hidden": false },
                { "resource": "products", "field": "stock", "label": null, "hidden": true },
            ])
        );

        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert!(found.get("stock").is_none() && found["name"] == "first");
        let listed = world.done(ACME, "GET /api/products", None).await;
        assert!(listed["data"][0].get("stock").is_none());
        let (_, csv) = world.text(ACME, "GET /api/products/export", None).await;
        assert!(!csv.contains("stock"), "{csv}");
        let log = world.text(ACME, "GET /api/audit-log", None).await.1;
        assert!(!log.contains("\"stock\":"), "{log}");
        // Whatever is said of it is said of a name that nobody has.
        for request in [
            "GET /api/products?filter[NAME]=3",
            "GET /api/products?sort=NAME",
            "GET /api/products?fields=id,NAME",
            "GET /api/products/export?sort=-NAME",
        ] {
            let of = async |name: &str| {
                let (status, text) = world.text(ACME, &request.replace("NAME", name), None).await;
                let mut problem: Json = serde_json::from_str(&text).unwrap();
                problem["request_id"].take();
                (status, problem.to_string().replace(name, "NAME"))
            };
            let hidden = of("stock").await;
            assert_eq!(hidden.0, 400);
            assert_eq!(hidden, of("nonesuch").await, "{request}");
        }
        for (method, body) in [
            ("POST /api/products", json!({ "name": "x" })),
            ("PATCH", json!({})),
        ] {
            let method = method.replace("PATCH", &format!("PATCH {path}"));
            let with = |key: &str| {
                let mut body = body.clone();
                body[key] = json!(4);
                body
            };
            let hidden = world.refused(ACME, &method, with("stock")).await;
            assert_eq!(hidden, "422 stock unknown_field");
        }
        let made = world
            .done(ACME, "POST /api/products", Some(json!({ "name": "x" })))
            .await;
        assert!(made.get("stock").is_none());
        // Of the tenant that hides it, and of no other.
        let made = world
            .done(
                GLOBEX,
                "POST /api/products",
                Some(json!({ "name": "x", "stock": 3 })),
            )
            .await;
        assert_eq!(made["stock"], 3);

        world.done(ACME, &format!("DELETE {stock}"), None).await;
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(found["stock"], 3);
    }
}
