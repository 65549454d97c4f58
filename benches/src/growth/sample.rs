//! Whom the requests come from: members drawn uniformly from all tenants, each with a token and a
//! record of its tenant.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::growth::rows::{self, MEMBERS, PRODUCTS};
use crate::load::Run;
use crate::wire::{Connection, Request};

/// Records of a page of the measured list.
const LIMIT: usize = 20;

/// Numbers that look random and are the same in each run.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A series of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: usize) -> usize {
        // Marsaglia's xorshift64*, whose upper bits are the good ones.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from((drawn * sides as u64) >> 32).expect("below `sides`")
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A protected read of one record.
    Read,
    /// A list of twenty.
    List,
}

/// The two requests of each member that was drawn.
#[derive(Debug)]
pub struct Sample {
    port: u16,
    reads: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
}

impl Sample {
    /// Draws up to `keys` members without repetition and gets each an access token for the session
    /// that its row is, by the refresh token that only this benchmark knows.
    pub async fn draw(port: u16, tenants: usize, keys: usize) -> Self {
        let mut dice = Dice::new(tenants as u64);
        let mut drawn = BTreeSet::new();
        while drawn.len() < keys.min(tenants * MEMBERS) {
            drawn.insert(dice.below(tenants * MEMBERS));
        }
        let mut connection = Connection::open(port).await;
        let (mut reads, mut lists) = (Vec::new(), Vec::new());
        for user in drawn {
            let (member, tenant) = (user / tenants, user % tenants);
            let host = format!("{}.localhost:{port}", rows::slug(tenant));
            let token = rows::refresh_token(tenants, tenant, member);
            let body = format!(r#"{{"refresh_token":"{token}"}}"#);
            let origin = ["Sec-Fetch-Site: same-origin".to_owned()];
            let request = Request::post(port, &host, "/auth/refresh", &origin, &body);
            let status = connection.exchange(&request.bytes).await;
            let tokens = connection.answer(status).json(200);
            let token = tokens["access_token"].as_str().expect("a token");
            let headers = [format!("Authorization: Bearer {token}")];
            let product = rows::product(tenants, tenant, dice.below(PRODUCTS));
            let of = |path: &str| Request::get(port, &host, path, &headers).bytes;
            reads.push(of(&format!("/api/products/{product}")));
            lists.push(of(&format!("/api/products?limit={LIMIT}")));
        }
        Self { port, reads, lists }
    }

    /// Every member's request once, in an order of chance: a first touch where nothing was touched.
    pub async fn once(&self, kind: Kind) -> Run {
        let mut connection = self.connection().await;
        let requests = self.requests(kind);
        let mut order: Vec<usize> = (0..requests.len()).collect();
        let mut dice = Dice::new(7);
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let mut latencies = Vec::with_capacity(order.len());
        for at in order {
            latencies.push(exchange(&mut connection, &requests[at], kind).await);
        }
        run(latencies)
    }

    /// Requests of members drawn anew each time, for `seconds`.
    pub async fn repeatedly(&self, kind: Kind, seconds: f64, seed: u64) -> Run {
        let mut connection = self.connection().await;
        let requests = self.requests(kind);
        let mut dice = Dice::new(seed);
        let mut latencies = Vec::new();
        let started = Instant::now();
        while started.elapsed().as_secs_f64() < seconds {
            let request = &requests[dice.below(requests.len())];
            latencies.push(exchange(&mut connection, request, kind).await);
        }
        run(latencies)
    }

    /// A connection that has answered once, for a page that reads no record: what connecting costs is
    /// not the request's.
    async fn connection(&self) -> Connection {
        let mut connection = Connection::open(self.port).await;
        let host = format!("localhost:{}", self.port);
        let request = Request::get(self.port, &host, "/healthz", &[]);
        assert_eq!(connection.exchange(&request.bytes).await, 200);
        connection
    }

    fn requests(&self, kind: Kind) -> &[Vec<u8>] {
        match kind {
            Kind::Read => &self.reads,
            Kind::List => &self.lists,
        }
    }

    /// How many members were drawn.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.reads.len()
    }

    /// Looks whether a list has as many records as it should.
    pub async fn check(&self) {
        let mut connection = self.connection().await;
        for request in self.lists.iter().take(5) {
            let status = connection.exchange(request).await;
            let list = connection.answer(status).json(200);
            assert_eq!(list["data"].as_array().map(Vec::len), Some(LIMIT));
        }
    }
}

async fn exchange(connection: &mut Connection, request: &[u8], kind: Kind) -> f64 {
    let started = Instant::now();
    let status = connection.exchange(request).await;
    let elapsed = started.elapsed();
    assert_eq!(status, 200, "a {kind:?} was refused");
    elapsed.as_secs_f64() * 1e6
}

fn run(mut latencies: Vec<f64>) -> Run {
    let seconds = latencies.iter().sum::<f64>() / 1e6;
    latencies.sort_by(f64::total_cmp);
    let at =
        |part: f64| latencies[((latencies.len() as f64 * part) as usize).min(latencies.len() - 1)];
    Run {
        p50: at(0.50),
        p99: at(0.99),
        rate: latencies.len() as f64 / seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_reach_every_side_alike() {
        let mut dice = Dice::new(3);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[dice.below(10)] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1200).contains(count)),
            "{seen:?}"
        );
    }
}
