//! The other end of the scale: axum with one route and nothing around it, in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

/// The argument that makes the benchmark's binary this server instead. The body's size follows it.
pub const ARGUMENT: &str = "serve-bare";

/// The server, stopped when dropped.
#[derive(Debug)]
pub struct Bare {
    /// Where it listens on the loopback interface.
    pub port: u16,
    process: Child,
}

impl Bare {
    /// Starts this very binary again as the server.
    #[must_use]
    pub fn start(body_bytes: usize) -> Self {
        let binary = std::env::current_exe().expect("this binary's path");
        let mut process = Command::new(binary)
            .args([ARGUMENT, &body_bytes.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("to start the bare server");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its port");
        Self {
            port: line.trim().parse().expect("a port"),
            process,
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Serves until killed: one JSON body of the given size at `/`. As many threads as the storefront has.
pub fn serve(body_bytes: usize) {
    let body: String = format!("\"{}\"", "x".repeat(body_bytes.saturating_sub(2)));
    let route = get(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body).into_response() }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.expect("threads").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = axum::serve::ListenerExt::tap_io(listener.expect("a port"), |stream| {
            drop(stream.set_nodelay(true));
        });
        let address = axum::serve::Listener::local_addr(&listener).expect("an address");
        println!("{}", address.port());
        let router = Router::new().route("/", route);
        axum::serve(listener, router).await.expect("to serve");
    });
}
