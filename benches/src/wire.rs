//! A client for HTTP/1.1 that does as little as can be: what it costs is not the server's.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request's bytes, and where they go.
#[derive(Debug, Clone)]
pub struct Request {
    /// Port on the loopback interface.
    pub port: u16,
    /// The whole request as it is sent.
    pub bytes: Vec<u8>,
}

impl Request {
    /// A request without a body. `headers` are whole lines without their ends.
    #[must_use]
    pub fn get(port: u16, host: &str, path: &str, headers: &[String]) -> Self {
        Self::new("GET", port, host, path, headers, "")
    }

    /// A request with a JSON body.
    #[must_use]
    pub fn post(port: u16, host: &str, path: &str, headers: &[String], body: &str) -> Self {
        let mut headers = headers.to_vec();
        headers.push("Content-Type: application/json".to_owned());
        headers.push(format!("Content-Length: {}", body.len()));
        Self::new("POST", port, host, path, &headers, body)
    }

    fn new(
        method: &str,
        port: u16,
        host: &str,
        path: &str,
        headers: &[String],
        body: &str,
    ) -> Self {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
        for header in headers {
            text.push_str(header);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.push_str(body);
        Self {
            port,
            bytes: text.into_bytes(),
        }
    }

    /// Sends it on a connection of its own.
    pub async fn send(&self) -> Answer {
        let mut connection = Connection::open(self.port).await;
        let status = connection.exchange(&self.bytes).await;
        connection.answer(status)
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body's text.
    pub body: String,
}

impl Answer {
    /// The body as JSON; stops on any other status than `wanted`.
    #[must_use]
    pub fn json(&self, wanted: u16) -> serde_json::Value {
        assert_eq!(self.status, wanted, "{}\n{}", self.head, self.body);
        serde_json::from_str(&self.body).expect("an answer in JSON")
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer the last answer filled, and where its body starts.
    filled: usize,
    body: usize,
}

impl Connection {
    /// Connects to a port of this machine.
    pub async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        let stream = stream.expect("a server on the loopback interface");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        Self {
            stream,
            buffer: vec![0; 256 * 1024],
            filled: 0,
            body: 0,
        }
    }

    /// Sends a request and reads its whole answer, which must have a `Content-Length`. Returns the status.
    pub async fn exchange(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.expect("to send");
        self.filled = 0;
        let mut wanted = None;
        while wanted.is_none_or(|wanted| self.filled < wanted) {
            let read = self.stream.read(&mut self.buffer[self.filled..]).await;
            let read = read.expect("to receive");
            assert!(read > 0, "the server closed the connection");
            self.filled += read;
            if wanted.is_none() {
                wanted = self.head_end().map(|end| {
                    self.body = end;
                    end + content_length(&self.buffer[..end])
                });
            }
        }
        let digits = std::str::from_utf8(&self.buffer[9..12]).expect("a status line");
        digits.parse().expect("a status")
    }

    fn head_end(&self) -> Option<usize> {
        let head = self.buffer[..self.filled].windows(4);
        head.into_iter()
            .position(|four| four == b"\r\n\r\n")
            .map(|at| at + 4)
    }

    /// What the last exchange brought, taken apart.
    #[must_use]
    pub fn answer(&self, status: u16) -> Answer {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Answer {
            status,
            head: text(&self.buffer[..self.body]),
            body: text(&self.buffer[self.body..self.filled]),
        }
    }
}

/// 0 where the header is absent, as with 204.
fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    let lines = head.split(|byte| *byte == b'\n');
    let mut values = lines.filter_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then_some(value)
    });
    values.next().map_or(0, |value| {
        let digits = std::str::from_utf8(value).expect("digits");
        digits.trim().parse().expect("a length")
    })
}
