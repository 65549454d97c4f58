//! Load: connections that each send a request, wait for the answer and send the next.

use std::time::{Duration, Instant};

use crate::wire::{Connection, Request};

/// Answers that one connection takes at most, whatever the time.
const MOST: usize = 1_000_000;

/// What one run saw.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Median latency, microseconds.
    pub p50: f64,
    /// The latency that one request in a hundred exceeds, microseconds.
    pub p99: f64,
    /// Answers a second, over all connections.
    pub rate: f64,
}

/// Sends `request` over and over for `time`. Every answer must be a 200.
pub async fn run(request: &Request, connections: usize, time: Duration) -> Run {
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(request.port).await;
        // The first answer pays for opening connections behind the server too.
        assert_eq!(connection.exchange(&request.bytes).await, 200);
        open.push(connection);
    }
    let started = Instant::now();
    let until = started + time;
    let workers: Vec<_> = open
        .into_iter()
        .map(|connection| tokio::spawn(repeat(connection, request.bytes.clone(), until)))
        .collect();
    let mut latencies = Vec::new();
    for worker in workers {
        latencies.extend(worker.await.expect("a worker that ends"));
    }
    let seconds = started.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |part: f64| {
        let index = (latencies.len() as f64 * part) as usize;
        f64::from(latencies[index.min(latencies.len() - 1)]) / 1_000.0
    };
    Run {
        p50: at(0.50),
        p99: at(0.99),
        rate: latencies.len() as f64 / seconds,
    }
}

/// The latencies of one connection, nanoseconds.
async fn repeat(mut connection: Connection, request: Vec<u8>, until: Instant) -> Vec<u32> {
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut now = Instant::now();
    while now < until && latencies.len() < MOST {
        let status = connection.exchange(&request).await;
        assert_eq!(status, 200, "a request of the load was refused");
        let then = std::mem::replace(&mut now, Instant::now());
        let nanos = now.duration_since(then).as_nanos();
        latencies.push(u32::try_from(nanos).unwrap_or(u32::MAX));
    }
    latencies
}
