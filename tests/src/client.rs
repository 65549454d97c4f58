//! A small HTTP/1.1 client: one connection and one JSON body for each request.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The lines between the status and the body.
    pub head: String,
    /// The body; null where there is none, or where it is not JSON.
    pub body: Value,
    /// The body as it came, without its chunks' frames.
    pub text: String,
}

impl Answer {
    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values =
            fields.filter_map(|(field, value)| field.eq_ignore_ascii_case(name).then_some(value));
        values.next()
    }
}

/// Sends a request to a port of this machine, under any host's name.
pub fn send(
    port: u16,
    method: &str,
    path: &str,
    host: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    send_with(port, method, path, host, token, "", body)
}

/// The same with more header lines, each of which ends in CRLF.
pub fn send_with(
    port: u16,
    method: &str,
    path: &str,
    host: &str,
    token: Option<&str>,
    headers: &str,
    body: Option<&Value>,
) -> Answer {
    let body = body.map(Value::to_string).unwrap_or_default();
    let authorization = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n{authorization}\
         {headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    parse(&answer).unwrap_or_else(|| panic!("{method} {path} was answered {answer:?}"))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let (status, head) = head.split_once("\r\n")?;
    let status = status.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer {
        status,
        head: head.to_owned(),
        body: Value::Null,
        text: body.to_owned(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.text = join(body)?;
    }
    let media_type = answer.header("content-type").unwrap_or_default();
    if media_type.ends_with("json") && !answer.text.is_empty() {
        answer.body = serde_json::from_str(&answer.text).ok()?;
    }
    Some(answer)
}

/// The data of all chunks; `None` where the last one is missing, and so the end of the body.
fn join(mut chunks: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (size, rest) = chunks.split_once("\r\n")?;
        let (data, rest) = rest.split_at_checked(usize::from_str_radix(size, 16).ok()?)?;
        if data.is_empty() {
            return Some(text);
        }
        text.push_str(data);
        chunks = rest.strip_prefix("\r\n")?;
    }
}
