//! Whatever a handler does, its work is stored whole with a good answer, or not at all.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::probe::Probe;

/// Nothing of this name is stored, and the same request to the plain route works at once.
#[track_caller]
fn assert_rolled_back(probe: &Probe, name: &str) {
    assert_eq!((probe.stored(name), probe.audited(name)), (0, 0));
    let began = Instant::now();
    let answer = probe.post("/api/categories", name);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(began.elapsed() < Duration::from_secs(2), "it had to wait");
    assert_eq!((probe.stored(name), probe.audited(name)), (1, 1));
}

fn a_grant_in_a_task_ends_with_the_answer(probe: &Probe) {
    let answer = probe.post("/api/probe/smuggle", "Smuggled");
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(
        (probe.stored("Smuggled"), probe.audited("Smuggled")),
        (1, 1)
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    let notes = loop {
        let notes = probe.get("/api/probe/notes").body;
        if notes.as_array().is_some_and(|notes| !notes.is_empty()) {
            break notes;
        }
        assert!(Instant::now() < deadline, "the task does not end");
        sleep(Duration::from_millis(50));
    };
    assert_eq!(notes[0], "Smuggled: 500 internal");
    assert_rolled_back(probe, "Smuggled afterwards");
}

fn a_panic_is_a_500_without_a_trace(probe: &Probe) {
    let answer = probe.post("/api/probe/panic", "Panicked");
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.body["code"], "internal");
    assert_eq!(answer.body["detail"], "Something went wrong on our side.");
    assert_rolled_back(probe, "Panicked");
}

fn a_swallowed_clash_is_no_success(probe: &Probe) {
    let answer = probe.post("/api/probe/swallow", "Swallowed");
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.body["code"], "internal");
    assert_rolled_back(probe, "Swallowed");
}

fn a_refusal_takes_back_what_was_written(probe: &Probe) {
    let answer = probe.post("/api/probe/refuse", "Refused");
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_rolled_back(probe, "Refused");
}

fn the_deadline_is_a_503(probe: &Probe) {
    let began = Instant::now();
    let answer = probe.post("/api/probe/sleep", "Slept");
    let waited = began.elapsed();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.body["code"], "unavailable");
    assert!(
        (4.5..8.0).contains(&waited.as_secs_f32()),
        "answered after {waited:?}"
    );
    assert_rolled_back(probe, "Slept");
}

fn a_hang_up_takes_back_what_was_written(probe: &Probe) {
    let body = r#"{"name":"Hung up"}"#;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, probe.port)).unwrap();
    write!(
        stream,
        "POST /api/probe/sleep HTTP/1.1\r\nHost: acme.localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        probe.token,
        body.len()
    )
    .unwrap();
    // Well inside the handler's sleep, and well before the deadline.
    sleep(Duration::from_secs(1));
    drop(stream);
    sleep(Duration::from_millis(300));
    assert_rolled_back(probe, "Hung up");
}

fn all(probe: &Probe) {
    a_grant_in_a_task_ends_with_the_answer(probe);
    a_panic_is_a_500_without_a_trace(probe);
    a_swallowed_clash_is_no_success(probe);
    a_refusal_takes_back_what_was_written(probe);
    the_deadline_is_a_503(probe);
    a_hang_up_takes_back_what_was_written(probe);
    // What a handler does well is stored.
    assert_eq!(probe.post("/api/probe/several", "Several").status, 204);
    assert_eq!(
        (probe.stored("Several"), probe.stored("Several below")),
        (1, 1)
    );
}

#[test]
fn on_sqlite() {
    all(&Probe::on_sqlite());
}

#[test]
fn on_postgres() {
    all(&Probe::on_postgres(""));
}

/// Whoever keeps the only connection keeps everybody waiting, so nobody may.
#[test]
fn on_postgres_with_one_connection() {
    all(&Probe::on_postgres("?pool_size=1"));
}
