//! A shop of one resource, and two tenants of it.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::super::*;
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
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
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

pub(super) struct World {
    routes: Router,
    tokens: [String; 2],
    _app: App,
    _server: Option<Server>,
}

const SLUGS: [&str; 2] = ["acme", "globex"];
pub(super) const ACME: usize = 0;
pub(super) const GLOBEX: usize = 1;

impl World {
    pub(super) async fn both() -> [Self; 2] {
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
    pub(super) async fn text(&self, of: usize, request: &str, body: Option<Json>) -> (u16, String) {
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

    pub(super) async fn ask(&self, of: usize, request: &str, body: Option<Json>) -> (u16, Json) {
        let (status, text) = self.text(of, request, body).await;
        let json = if text.is_empty() {
            Json::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        (status, json)
    }

    /// A request that is answered by what it asks for.
    pub(super) async fn done(&self, of: usize, request: &str, body: Option<Json>) -> Json {
        let (status, answer) = self.ask(of, request, body).await;
        assert!(status < 300, "{request}: {status} {answer}");
        answer
    }

    /// Status, and each field with its code.
    pub(super) async fn refused(&self, of: usize, request: &str, body: Json) -> String {
        let (status, answer) = self.ask(of, request, Some(body)).await;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let errors = errors.iter().map(|error| {
            let word = |key: &str| error[key].as_str().unwrap().to_owned();
            format!(" {} {}", word("field"), word("code"))
        });
        format!("{status}{}", errors.collect::<String>())
    }

    pub(super) async fn add(&self, of: usize, field: Json) -> Json {
        self.done(of, "POST /api/custom-fields", Some(field)).await
    }
}
