//! HTTP/1.1 by hand: what is written here is, byte for byte, what the application gets.
//!
//! A general client would follow redirects, tidy paths, refuse a strange `Host` or reuse a
//! connection. An attacker does none of that, so this client opens one connection for each
//! request, writes the bytes, and reads one answer under a deadline.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;

/// Larger answers are cut off as an error.
const MOST_BYTES: u64 = 64 << 20;

/// A request as it will be written.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The request target, never changed on its way.
    pub(crate) target: String,
    /// The value of the `Host` header.
    pub(crate) host: String,
    /// Further headers, in order; a name may occur twice.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str, host: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            host: host.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Adds a header, beside one of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.content("application/json", body.to_string())
    }

    /// Replaces the body and its type.
    pub(crate) fn content(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    pub(crate) fn at_host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    /// The same request about another record, in its path and in its body.
    pub(crate) fn about(mut self, id: &str, other: &str) -> Self {
        self.target = self.target.replace(id, other);
        self.body = self.body.map(|body| {
            String::from_utf8_lossy(&body)
                .replace(id, other)
                .into_bytes()
        });
        self
    }

    /// The head and the body as they are written.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.method, self.target, self.host
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = &self.body {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

/// One line for a report; long values are cut.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (Host: {}", self.method, self.target, self.host)?;
        for (name, value) in &self.headers {
            write!(f, "; {name}: {}", cut(value, 60))?;
        }
        f.write_str(")")?;
        match &self.body {
            Some(body) => write!(f, " {}", cut(&String::from_utf8_lossy(body), 300)),
            None => Ok(()),
        }
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A string of the JSON body.
    pub(crate) fn text_of(&self, key: &str) -> Option<String> {
        self.json().get(key)?.as_str().map(str::to_owned)
    }

    pub(crate) fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, cut(&self.body_text(), 400))
    }
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Sends requests to one address and counts them.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    patience: Duration,
    sent: AtomicU64,
}

impl Client {
    /// A client that waits this long for each read of an answer.
    pub(crate) fn new(address: SocketAddr, patience: Duration) -> Self {
        Self {
            address,
            patience,
            sent: AtomicU64::new(0),
        }
    }

    /// How many requests were sent so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Counts one request.
    pub(crate) fn count(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.address, self.patience)?;
        stream.set_read_timeout(Some(self.patience))?;
        stream.set_write_timeout(Some(self.patience))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Sends one request and reads its answer.
    ///
    /// # Errors
    ///
    /// No answer within the deadline, a closed connection, or an answer that is not HTTP/1.1.
    pub(crate) fn send(&self, request: &Request) -> io::Result<Response> {
        self.count();
        let mut stream = self.connect()?;
        // A server may refuse and close before it has read all of a large body: its answer counts.
        let written = stream.write_all(&request.to_bytes());
        let answer = read_response(&mut BufReader::new(stream), request.method == "HEAD");
        match (answer, written) {
            (Ok(response), _) => Ok(response),
            (Err(_), Err(error)) | (Err(error), Ok(())) => Err(error),
        }
    }
}

pub(crate) fn read_response(stream: &mut impl BufRead, head_only: bool) -> io::Result<Response> {
    loop {
        let (status, headers) = read_head(stream)?;
        if (100..200).contains(&status) {
            continue;
        }
        let mut response = Response {
            status,
            headers,
            body: Vec::new(),
        };
        if !(head_only || matches!(status, 204 | 304)) {
            response.body = read_body(stream, &response)?;
        }
        return Ok(response);
    }
}

fn read_head(stream: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let line = read_line(stream)?;
    let status = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| malformed(&line))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            return Ok((status, headers));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed(&line))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_body(stream: &mut impl BufRead, response: &Response) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if response
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        loop {
            let line = read_line(stream)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| malformed(&line))?;
            if size > MOST_BYTES {
                return Err(malformed("a chunk that is too large"));
            }
            read_exactly(stream, size, &mut body)?;
            // The line end after a chunk; after the last one, there may be trailers before it.
            while !read_line(stream)?.is_empty() {}
            if size == 0 {
                return Ok(body);
            }
        }
    }
    match response.header("content-length") {
        Some(length) => {
            let length: u64 = length.parse().map_err(|_| malformed(length))?;
            read_exactly(stream, length.min(MOST_BYTES), &mut body)?;
        }
        None => {
            stream.take(MOST_BYTES).read_to_end(&mut body)?;
        }
    }
    Ok(body)
}

fn read_exactly(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    match stream.take(length).read_to_end(body)? as u64 == length {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    stream.take(64 << 10).read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\n") {
        Some(line) => {
            Ok(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
        }
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not an HTTP/1.1 answer: {}", cut(what, 100)),
    )
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one connection with `answer` and returns the request's bytes up to its end.
    fn exchange(request: &Request, answer: &'static str) -> (io::Result<Response>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::new(listener.local_addr().unwrap(), Duration::from_millis(300));
        let expected = request.to_bytes().len();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = vec![0; expected];
            stream.read_exact(&mut bytes).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(if answer.is_empty() {
                600
            } else {
                0
            }));
            bytes
        });
        let response = client.send(request);
        (response, server.join().unwrap())
    }

    #[test]
    fn writes_the_bytes_it_was_given() {
        let request = Request::new("POST", "//API/%2e%2e;x?q=%zz", "acme.localhost:1")
            .header("X_Role", "owner")
            .content("application/json", r#"{"a":1,"a":2}"#);
        let (response, bytes) = exchange(&request, "HTTP/1.1 204 No Content\r\n\r\n");
        assert_eq!(response.unwrap().status, 204);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "POST //API/%2e%2e;x?q=%zz HTTP/1.1\r\nHost: acme.localhost:1\r\nConnection: close\r\nX_Role: owner\r\n\
             Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"a\":1,\"a\":2}"
        );
    }

    #[test]
    fn reads_lengths_chunks_and_bodies_that_end_with_the_connection() {
        let request = Request::new("GET", "/", "h");
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        ] {
            assert_eq!(
                exchange(&request, answer).0.unwrap().body_text(),
                "hello",
                "{answer}"
            );
        }
    }

    #[test]
    fn a_redirect_is_an_answer() {
        let (response, _) = exchange(
            &Request::new("GET", "/", "h"),
            "HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        );
        assert_eq!(response.unwrap().header("location"), Some("/x"));
    }

    #[test]
    fn half_an_answer_and_none_at_all_are_errors() {
        let request = Request::new("GET", "/", "h");
        assert!(
            exchange(
                &request,
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
            )
            .0
            .is_err()
        );
        assert!(exchange(&request, "SSH-2.0-x\r\n").0.is_err());
        assert!(exchange(&request, "").0.is_err());
    }
}
