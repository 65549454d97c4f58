//! Clients that hang up at any moment leave nothing behind: no open transaction, no half of a unit
//! of work, and no connection that the pool does not get back.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::probe::Probe;

const REQUESTS: usize = 1_000;

/// Clients at a time. All of them want the pool's only connection.
const CLIENTS: usize = 8;

/// The kinds of request: a list, one write, and a handler with a dozen statements.
fn request(probe: &Probe, number: usize) -> String {
    let (method, path) = match number % 3 {
        0 => ("GET", "/api/categories?limit=5"),
        1 => ("POST", "/api/categories"),
        _ => ("POST", "/api/probe/several"),
    };
    let body = match method {
        "GET" => String::new(),
        _ => format!(r#"{{"name":"Number {number}"}}"#),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: acme.localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        probe.token,
        body.len()
    )
}

/// Numbers from 0 to 1 that look random and are the same in every run (SplitMix64).
fn scattered(number: usize) -> f64 {
    let mut z = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

/// Sends a request and hangs up after `patience`; whether the answer came before.
fn hang_up(probe: &Probe, number: usize, patience: Duration) -> bool {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, probe.port)).unwrap();
    stream.write_all(request(probe, number).as_bytes()).unwrap();
    thread::sleep(patience);
    stream.set_nonblocking(true).unwrap();
    matches!(stream.read(&mut [0; 64]), Ok(1..))
}

fn count(probe: &Probe, sql: &str) -> i64 {
    let database = probe.database.as_ref().unwrap();
    database.as_superuser().column(sql, &[])[0]
}

#[test]
fn a_thousand_hang_ups_leave_nothing_behind() {
    let probe = Probe::on_postgres("?pool_size=1");
    let answered = AtomicUsize::new(0);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (probe, answered) = (&probe, &answered);
            scope.spawn(move || {
                // Grows and shrinks so that about every second answer comes too late, however fast
                // this machine is just now.
                let mut limit = Duration::from_millis(30);
                for number in (client..REQUESTS).step_by(CLIENTS) {
                    if hang_up(probe, number, limit.mul_f64(scattered(number))) {
                        answered.fetch_add(1, Ordering::Relaxed);
                        limit = limit.mul_f64(0.9);
                    } else {
                        limit = limit.mul_f64(1.1);
                    }
                }
            });
        }
    });
    let answered = answered.into_inner();

    // At once, on the only connection that there may be.
    let began = Instant::now();
    assert_eq!(probe.get("/api/categories?limit=1").status, 200);
    assert_eq!(probe.post("/api/categories", "Afterwards").status, 201);
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(2), "waited {waited:?}");

    let of_application = "FROM pg_stat_activity WHERE application_name = 'gatewright' AND datname = current_database()";
    let connections = count(&probe, &format!("SELECT count(*) {of_application}"));
    let open = count(
        &probe,
        &format!(
            "SELECT count(*) {of_application} AND (state <> 'idle' OR xact_start IS NOT NULL)"
        ),
    );
    let locks = count(
        &probe,
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = 'categories'",
    );
    assert_eq!((connections, open, locks), (1, 0, 0));

    // Each unit of work is whole or absent.
    let torn = count(
        &probe,
        "SELECT count(*) FROM categories AS above
            LEFT JOIN categories AS below ON below.name = above.name || ' below'
            WHERE above.name ~ '^Number [0-9]+$' AND split_part(above.name, ' ', 2)::int % 3 = 2
                AND (above.position <> 1 OR below.position IS DISTINCT FROM 1)",
    );
    let unaudited = count(
        &probe,
        "SELECT count(*) FROM categories FULL JOIN audit_log
            ON record_id = categories.id AND action = 'categories:create'
            WHERE coalesce(categories.name, changes #>> '{name,new}') LIKE 'Number %'
                AND (record_id IS NULL OR categories.id IS NULL)",
    );
    assert_eq!((torn, unaudited), (0, 0));

    // The connection serves another tenant, and shows it nothing of the one before.
    let globex = probe.sign_in_at("globex");
    let answer = probe.get_at("globex", &globex, "/api/categories?limit=200");
    assert_eq!(answer.status, 200, "{answer:?}");
    let categories = answer.body["data"].as_array().unwrap();
    assert!(!categories.is_empty());
    for category in categories {
        let name = category["name"].as_str().unwrap();
        assert!(
            !name.starts_with("Number"),
            "globex is shown {name:?} of acme"
        );
    }

    // The hang-ups did fall into the middle of things.
    let writes = count(
        &probe,
        "SELECT count(*) FROM categories WHERE name ~ '^Number [0-9]+$'",
    );
    println!("{answered} of {REQUESTS} were answered, {writes} writes were stored");
    assert!((200..800).contains(&answered), "{answered} answers");
    assert!((20..630).contains(&writes), "{writes} writes");
}
