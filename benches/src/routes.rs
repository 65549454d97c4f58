//! The routes that are measured, and the rounds over them.

use std::time::Duration;

use crate::bare::Bare;
use crate::load::{self, Run};
use crate::stats::{Rounds, print_table};
use crate::storefront::{Storefront, Transport};
use crate::wire::Request;

/// Connections of the runs under load.
const MANY: usize = 32;

/// Products that are made, so that a page of fifty is full.
const PRODUCTS: usize = 60;

/// What is measured, in the order of the tables. The first two are what others are compared with.
pub const NAMES: [&str; 6] = [
    "bare axum",
    "public: /healthz",
    "protected, bearer: /api/tenant",
    "protected, cookie: /api/tenant",
    "protected: read one product",
    "protected: list 50 products",
];
const BARE: usize = 0;
const PUBLIC: usize = 1;
/// Where [`NAMES`] has the read of one record.
pub const READ: usize = 4;

/// Fills the tenant with products and returns the id of one.
pub async fn fill(storefront: &Storefront) -> String {
    let headers = storefront.sign_in(Transport::Bearer).await;
    let mut id = String::new();
    for n in 0..PRODUCTS {
        let body = format!(r#"{{"name":"Widget {n}","sku":"bench-{n}","price":"9.95"}}"#);
        let product = storefront.post("/api/products", &headers, &body).await;
        id = product.json(201)["id"].as_str().expect("an id").to_owned();
    }
    id
}

/// The bytes of the protected route's body, for the bare server to answer as many.
pub async fn body_bytes(storefront: &Storefront) -> usize {
    let headers = storefront.sign_in(Transport::Bearer).await;
    let answer = storefront.get("/api/tenant", &headers).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.len()
}

/// The requests of one round, signed in anew so that no token expires during the rounds.
async fn requests(storefront: &Storefront, bare: &Bare, product: &str) -> [Request; 6] {
    let bearer = storefront.sign_in(Transport::Bearer).await;
    let cookie = storefront.sign_in(Transport::Cookie).await;
    let product = format!("/api/products/{product}");
    let list = "/api/products?limit=50";
    for path in ["/api/tenant", &product, list] {
        let refused = storefront.get(path, &[]).send().await;
        assert_eq!(refused.status, 401, "{path} is open");
    }
    [
        Request::get(bare.port, "localhost", "/", &[]),
        storefront.get("/healthz", &[]),
        storefront.get("/api/tenant", &bearer),
        storefront.get("/api/tenant", &cookie),
        storefront.get(&product, &bearer),
        storefront.get(list, &bearer),
    ]
}

/// What the rounds saw of one route.
#[derive(Debug, Clone, Default)]
struct Seen {
    p50: Rounds,
    p99: Rounds,
    rate_of_one: Rounds,
    rate_of_many: Rounds,
    p99_of_many: Rounds,
}

/// What the rounds saw of every route.
#[derive(Debug, Default)]
pub struct Measured([Seen; 6]);

impl Measured {
    /// Measures each route at one connection and at many. Every other round goes backwards.
    pub async fn round(
        &mut self,
        (storefront, bare, product): (&Storefront, &Bare, &str),
        time: Duration,
        backwards: bool,
    ) {
        let requests = requests(storefront, bare, product).await;
        let mut order: Vec<usize> = (0..NAMES.len()).collect();
        if backwards {
            order.reverse();
        }
        for index in order {
            let request = &requests[index];
            // Warm: statements prepared, caches filled, as in a process that runs for long.
            load::run(request, 4, Duration::from_millis(200)).await;
            let one = load::run(request, 1, time).await;
            let many = load::run(request, MANY, time).await;
            self.0[index].push(one, many);
        }
    }

    /// Added time of one route over the public one at one connection, at the median, microseconds.
    #[must_use]
    pub fn added(&self, index: usize) -> Rounds {
        self.0[index].p50.above(&self.0[PUBLIC].p50)
    }

    /// Prints the two tables.
    pub fn print(&self) {
        let public = &self.0[PUBLIC];
        let bare = &self.0[BARE];
        let latency = self.each(|seen| {
            vec![
                format!("{:.1}", seen.p50),
                format!("{:.1}", seen.p99),
                format!("{:.1}", seen.p50.above(&public.p50)),
                format!("{:.1}", seen.p99.above(&public.p99)),
                format!("{:.2}", seen.p50.over(&public.p50)),
            ]
        });
        println!("\nOne connection, microseconds. Added: over the public route of the same round.");
        print_table(
            &[
                "route",
                "p50",
                "p99",
                "added p50",
                "added p99",
                "p50 / public",
            ],
            &latency,
        );
        let rates = self.each(|seen| {
            vec![
                format!("{:.0}", seen.rate_of_one),
                format!("{:.2}", seen.rate_of_one.over(&public.rate_of_one)),
                format!("{:.2}", seen.rate_of_one.over(&bare.rate_of_one)),
                format!("{:.0}", seen.rate_of_many),
                format!("{:.2}", seen.rate_of_many.over(&public.rate_of_many)),
                format!("{:.2}", seen.rate_of_many.over(&bare.rate_of_many)),
                format!("{:.0}", seen.p99_of_many),
            ]
        });
        println!("\nAnswers a second at 1 and at {MANY} connections, and as a part of others.");
        print_table(
            &[
                "route",
                "1",
                "/ public",
                "/ bare",
                "32",
                "/ public",
                "/ bare",
                "p99 at 32, us",
            ],
            &rates,
        );
    }

    fn each(&self, cells: impl Fn(&Seen) -> Vec<String>) -> Vec<Vec<String>> {
        let named = NAMES.iter().zip(&self.0);
        named
            .map(|(name, seen)| [vec![(*name).to_owned()], cells(seen)].concat())
            .collect()
    }
}

impl Seen {
    fn push(&mut self, one: Run, many: Run) {
        self.p50.push(one.p50);
        self.p99.push(one.p99);
        self.rate_of_one.push(one.rate);
        self.rate_of_many.push(many.rate);
        self.p99_of_many.push(many.p99);
    }
}
