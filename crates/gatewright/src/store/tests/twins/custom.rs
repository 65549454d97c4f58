//! Fields of the tenants' own. They have the same ids and names in both, and are of other types; the
//! records that have values have the same ids too.

mod writes;

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;

use super::*;
use crate::clock;
use crate::http::{IfMatch, JsonBody};
use crate::store::custom::{CustomField, Definition, TenantFields};
use crate::store::{CustomFields, bulk, custom};

/// Name and definition. The names of Globex are the same but for the last.
const OF_ACME: [(&str, &str); 7] = [
    ("warmth", r#"{"type":"integer","optional":true}"#),
    (
        "tag",
        r#"{"type":"string","optional":true,"unique":true,"pattern":"[a-z0-9]*"}"#,
    ),
    (
        "size",
        r#"{"type":"enum","values":["s","m","l"],"default":"m"}"#,
    ),
    (
        "price",
        r#"{"type":"decimal","precision":6,"scale":2,"optional":true,"min":"0.50"}"#,
    ),
    ("since", r#"{"type":"date","optional":true}"#),
    ("ready", r#"{"type":"boolean","optional":true}"#),
    ("at", r#"{"type":"timestamp","optional":true}"#),
];
const OF_GLOBEX: [(&str, &str); 5] = [
    ("warmth", r#"{"type":"string","optional":true}"#),
    ("tag", r#"{"type":"string","optional":true,"unique":true}"#),
    ("size", r#"{"type":"boolean","optional":true}"#),
    ("price", r#"{"type":"text","optional":true}"#),
    ("secret", r#"{"type":"string","optional":true}"#),
];
const FIRST_FIELD: u128 = 0xF0;

fn fields(of: &[(&str, &str)]) -> Arc<TenantFields> {
    let fields = of.iter().enumerate().map(|(at, (name, definition))| {
        let definition: Definition = serde_json::from_str(definition).unwrap();
        let id = id(FIRST_FIELD + at as u128);
        (
            SHELVES.name,
            CustomField::new(id, name, &definition).unwrap(),
        )
    });
    Arc::new(TenantFields::new(fields.collect(), Vec::new()))
}

/// Twins with fields, and somebody in each tenant who sees everything.
struct World {
    twins: Twins,
    acme: Holder,
    globex: Holder,
}

impl World {
    async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for twins in Twins::both().await {
            let holder = |of| {
                let holder = Holder::new(&LIBRARY, Held::default());
                let holder = holder.lending(Arc::new(["shelves:read_cost"]));
                holder.in_tenant_with(fields(of))
            };
            let world = Self {
                twins,
                acme: holder(&OF_ACME),
                globex: holder(&OF_GLOBEX),
            };
            world.define(ACME, &OF_ACME).await;
            world.define(GLOBEX, &OF_GLOBEX).await;
            let given = |tag: &str, warmth: serde_json::Value| {
                bag(&[("tag", json!(tag)), ("warmth", warmth)])
            };
            world.give(GLOBEX, 1, given("one", json!("hot"))).await;
            world.give(GLOBEX, 2, given("two", json!("5"))).await;
            world
                .give(GLOBEX, GLOBEX_ONLY, given("only", json!("hot")))
                .await;
            world.give(ACME, 1, given("one", json!(5))).await;
            world.give(ACME, 3, given("three", json!(-7))).await;
            worlds.push(world);
        }
        worlds
    }

    async fn define(&self, tenant: Uuid, of: &[(&str, &str)]) {
        let unit = self.twins.unit(tenant);
        let sql = "INSERT INTO custom_fields
            (tenant_id, id, resource, name, definition, version, created_at, updated_at)
            VALUES ($1, $2, 'shelves', $3, $4, 1, $5, $5)";
        for (at, (name, definition)) in of.iter().enumerate() {
            let args = [
                tenant.into_value(),
                id(FIRST_FIELD + at as u128).into_value(),
                text(name),
                text(definition),
                clock::now().into_value(),
            ];
            unit.run(sql, &args).await.unwrap();
        }
        unit.commit().await.unwrap();
    }

    fn holder(&self, tenant: Uuid) -> &Holder {
        if tenant == ACME {
            &self.acme
        } else {
            &self.globex
        }
    }

    fn access<'a>(&'a self, unit: &'a Unit) -> Access<'a> {
        let holder = self.holder(unit.caller().tenant_id);
        Access::new(unit, holder, None, &["shelves:read_cost"])
    }

    async fn give(&self, tenant: Uuid, n: u128, given: CustomFields) {
        let unit = self.twins.unit(tenant);
        let patch = patch_with(&[], given);
        let version = IfMatch::any();
        let updated = write::update(self.access(&unit), &SHELVES, id(n), &version, patch).await;
        updated.unwrap();
        unit.commit().await.unwrap();
    }

    /// The numbers on all pages of a list of Acme's.
    async fn walk(&self, query: &str) -> Vec<u128> {
        let unit = self.twins.unit(ACME);
        let mut numbers = Vec::new();
        let mut asked = query.to_owned();
        loop {
            let (parsed, window) = list::read_as(&SHELVES, &self.acme, &asked).unwrap();
            let page = list::page(self.access(&unit), &parsed, &window).await;
            let (records, next) = page.unwrap();
            numbers.extend(records.iter().map(|record| record.id.as_u128()));
            match next {
                Some(cursor) if numbers.len() < 10 => asked = format!("{query}&cursor={cursor}"),
                _ => return numbers,
            }
        }
    }
}

fn bag(given: &[(&str, serde_json::Value)]) -> CustomFields {
    let mut bag = CustomFields::default();
    for (name, value) in given {
        bag.set(*name, value.clone());
    }
    bag
}

fn patch_with(changes: &[(usize, Value)], given: CustomFields) -> Fields {
    let mut patch = patch_of(&SHELVES, changes);
    patch.put_custom_fields(given);
    patch
}

/// Values of a record by name, as JSON.
fn shown(holder: &Holder, record: &record::Record) -> Vec<(String, serde_json::Value)> {
    let fields = holder.custom(&SHELVES);
    assert_eq!(record.custom.len(), fields.len());
    let values = fields.iter().zip(&record.custom);
    let values = values.filter(|(_, value)| **value != Value::Null);
    values
        .map(|(field, value)| (field.name.clone(), record::wire(value)))
        .collect()
}

fn named(given: &[(&str, serde_json::Value)]) -> Vec<(String, serde_json::Value)> {
    let given = given.iter();
    given
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

#[tokio::test]
async fn a_record_has_its_tenants_values() {
    for world in World::both().await {
        let expected = [
            (
                ACME,
                1,
                named(&[("warmth", json!(5)), ("tag", json!("one"))]),
            ),
            (ACME, 2, named(&[])),
            (
                ACME,
                3,
                named(&[("warmth", json!(-7)), ("tag", json!("three"))]),
            ),
            (
                GLOBEX,
                1,
                named(&[("warmth", json!("hot")), ("tag", json!("one"))]),
            ),
            (
                GLOBEX,
                2,
                named(&[("warmth", json!("5")), ("tag", json!("two"))]),
            ),
            (GLOBEX, 3, named(&[])),
        ];
        for (tenant, n, expected) in expected {
            let unit = world.twins.unit(tenant);
            let access = world.access(&unit);
            let found = write::find(access, &SHELVES, id(n)).await.unwrap().unwrap();
            assert_eq!(
                shown(world.holder(tenant), &found),
                expected,
                "{tenant} {n}"
            );
        }
    }
}

#[tokio::test]
async fn a_list_filters_and_sorts_by_its_tenants_values() {
    for world in World::both().await {
        for (query, expected) in [
            ("filter[custom_fields.warmth]=5", &[1][..]),
            ("filter[custom_fields.warmth][gte]=-7", &[1, 3]),
            ("filter[custom_fields.warmth][lt]=5", &[3]),
            ("filter[custom_fields.warmth][ne]=5", &[2, 3, ACME_ONLY]),
            ("filter[custom_fields.warmth][in]=5,-7", &[1, 3]),
            ("filter[custom_fields.warmth][nin]=5", &[2, 3, ACME_ONLY]),
            ("filter[custom_fields.warmth][null]=true", &[2, ACME_ONLY]),
            ("filter[custom_fields.warmth][null]=false", &[1, 3]),
            ("filter[custom_fields.tag][like]=E", &[1, 3]),
            ("filter[custom_fields.tag]=two", &[]),
            ("filter[custom_fields.size]=s", &[]),
            ("filter[custom_fields.price][gte]=0.10", &[]),
            ("sort=custom_fields.warmth", &[3, 1, 2, ACME_ONLY]),
            ("sort=-custom_fields.warmth", &[1, 3, 2, ACME_ONLY]),
            ("sort=-custom_fields.tag,-name", &[3, 1, ACME_ONLY, 2]),
            (
                "sort=custom_fields.tag&filter[custom_fields.warmth][lt]=9&q=shelf",
                &[1, 3],
            ),
        ] {
            for limit in ["", "&limit=1", "&limit=3"] {
                let found = world.walk(&format!("{query}{limit}")).await;
                assert_eq!(found, expected, "{query}{limit}");
            }
        }
    }
}

#[tokio::test]
async fn values_have_the_order_of_their_types() {
    for world in World::both().await {
        let prices = [(1, "9.50"), (2, "10.00"), (3, "0.75")];
        let days = [(1, "2026-11-24"), (2, "0999-01-01"), (3, "2026-02-03")];
        for ((n, price), (_, day)) in prices.into_iter().zip(days) {
            let at = format!("{day}T09:30:00.5+02:00");
            let ready = price == "10.00";
            let given = bag(&[
                ("price", json!(price)),
                ("since", json!(day)),
                ("at", json!(at)),
                ("ready", json!(ready)),
            ]);
            world.give(ACME, n, given).await;
        }
        for (query, expected) in [
            ("sort=custom_fields.price", &[3, 1, 2, ACME_ONLY][..]),
            ("sort=custom_fields.since", &[2, 3, 1, ACME_ONLY]),
            ("filter[custom_fields.price][gt]=9.5", &[2]),
            ("filter[custom_fields.price]=9.50", &[1]),
            ("filter[custom_fields.since][lte]=2026-02-03", &[2, 3]),
            ("sort=-custom_fields.at", &[1, 3, 2, ACME_ONLY]),
            (
                "filter[custom_fields.at][gte]=2026-02-03T07:30:00.500Z",
                &[1, 3],
            ),
            ("filter[custom_fields.ready]=true", &[2]),
            ("filter[custom_fields.ready][ne]=true", &[1, 3, ACME_ONLY]),
            ("sort=custom_fields.ready", &[1, 3, 2, ACME_ONLY]),
        ] {
            for limit in ["", "&limit=1"] {
                let found = world.walk(&format!("{query}{limit}")).await;
                assert_eq!(found, expected, "{query}{limit}");
            }
        }
    }
}

#[tokio::test]
async fn an_export_holds_its_tenants_values() {
    for world in World::both().await {
        let unit = world.twins.unit(ACME);
        let export = async |query: &str| {
            let asked = list::read_export_as(&SHELVES, &world.acme, query).unwrap();
            let export = list::start_export(world.access(&unit), asked)
                .await
                .unwrap();
            let body = export.into_response().into_body().collect().await.unwrap();
            String::from_utf8(body.to_bytes().to_vec()).unwrap()
        };
        let csv = export("fields=name,custom_fields.tag,custom_fields.warmth").await;
        let rows: Vec<&str> = csv
            .lines()
            .map(|line| line.split_once(',').unwrap().1)
            .collect();
        let expected = [
            "name,custom_fields.warmth,custom_fields.tag",
            "shelf 1,5,one",
            "shelf 2,,",
            "shelf 3,-7,three",
            "shelf 5,,",
        ];
        assert_eq!(rows, expected);
        let all = export("filter[name]=shelf 1").await;
        assert!(
            all.starts_with(
                "id,version,name,cost,created_at,updated_at,created_by,custom_fields.warmth,\
                 custom_fields.tag,custom_fields.size,custom_fields.price,custom_fields.since,\
                 custom_fields.ready,custom_fields.at\r\n"
            ),
            "{all}"
        );
        let lines =
            export("format=jsonl&fields=name,custom_fields.warmth&filter[name]=shelf 1").await;
        assert!(
            lines.ends_with("\"name\":\"shelf 1\",\"custom_fields\":{\"warmth\":5}}\n"),
            "{lines}"
        );
    }
}

/// Whatever is said of a name that the other tenant has is said of one that nobody has.
#[tokio::test]
async fn a_name_of_the_other_tenants_is_no_name() {
    for world in World::both().await {
        let refusal = |query: &str, name: &str| {
            let query = query.replace("NAME", name);
            let error = list::read_as(&SHELVES, &world.acme, &query).unwrap_err();
            format!("{:?}", error.extra()).replace(name, "NAME")
        };
        for query in [
            "filter[custom_fields.NAME]=1",
            "filter[custom_fields.NAME][null]=true",
            "sort=custom_fields.NAME",
            "fields=id,custom_fields.NAME",
        ] {
            assert_eq!(
                refusal(query, "secret"),
                refusal(query, "nobody"),
                "{query}"
            );
        }
        let body = |name: &str| {
            let text = format!(r#"{{"custom_fields":{{"{name}":"x"}}}}"#);
            let body = JsonBody::new(text.as_bytes(), Some(&world.acme), None);
            let mut fields = Fields::empty(&SHELVES);
            let errors = input::read_members(&SHELVES, &body, body.object().unwrap(), &mut fields);
            format!("{errors:?}").replace(name, "NAME")
        };
        assert_eq!(body("secret"), body("nobody"));
        assert!(body("secret").contains("custom_fields.NAME"));
        let unit = world.twins.unit(ACME);
        for name in ["secret", "nobody"] {
            let patch = patch_with(&[], bag(&[(name, json!("x"))]));
            let any = IfMatch::any();
            let updated = write::update(world.access(&unit), &SHELVES, id(1), &any, patch).await;
            assert_eq!(
                wrong(updated),
                (format!("custom_fields.{name}"), "unknown_field")
            );
        }
        // A query of the other tenant's that found its way here.
        let (query, window) =
            list::read_as(&SHELVES, &world.globex, "filter[custom_fields.secret]=x").unwrap();
        let mut moved = TenantFields::new(Vec::new(), Vec::new());
        let holder = Holder::new(&LIBRARY, Held::default());
        let holder = holder.in_tenant_with(Arc::new(std::mem::take(&mut moved)));
        let access = Access::new(&unit, &holder, None, &[]);
        let page = list::page(access, &query, &window).await;
        assert_eq!(page.unwrap_err().code(), "invalid_query");
    }
}
