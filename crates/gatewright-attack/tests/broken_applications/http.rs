//! As much HTTP as the application needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the body was longer than any that is taken; it was not read then.
    pub too_large: bool,
}

/// The longest body.
const MOST: usize = 1 << 20;

impl Request {
    /// Reads a request; `unlimited` is a defect.
    pub fn read(stream: &TcpStream, unlimited: bool) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut request = Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
            too_large: false,
        };
        let most = if unlimited { usize::MAX } else { MOST };
        if request.header("transfer-encoding") == Some("chunked") {
            request.too_large = read_chunks(&mut reader, &mut request.body, most).is_none();
            return Some(request);
        }
        let length = request
            .header("content-length")
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        if length > most {
            request.too_large = true;
            return Some(request);
        }
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(n, _)| n == name).count()
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split("; ");
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }

    pub fn json(&self) -> Result<Value, Problem> {
        let body: Value =
            serde_json::from_slice(&self.body).map_err(|_| Problem::new(400, "malformed_json"))?;
        if body.is_object() {
            Ok(body)
        } else {
            Err(Problem::new(422, "invalid_input"))
        }
    }
}

/// The chunks of a body; `None` when they are more than `most`, or end too early.
fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>, most: usize) -> Option<()> {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        if size == 0 {
            return Some(());
        }
        if body.len() + size > most {
            return None;
        }
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..]).ok()?;
        reader.read_line(&mut line).ok()?;
    }
}

pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        Self {
            status,
            headers,
            body: body.to_string(),
        }
    }

    pub fn text(content_type: &str, body: String) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self {
            status: 200,
            headers,
            body,
        }
    }

    pub fn etag(self, version: u64) -> Self {
        self.header("ETag", &format!("\"{version}\""))
    }

    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn write(&self, mut stream: &TcpStream) {
        let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        let _ = stream.write_all(format!("{head}\r\n{}", self.body).as_bytes());
    }
}

/// A refusal.
pub struct Problem {
    pub status: u16,
    pub code: &'static str,
    pub members: Value,
}

impl Problem {
    pub fn new(status: u16, code: &'static str) -> Self {
        Self::with(status, code, json!({}))
    }

    pub fn with(status: u16, code: &'static str, members: Value) -> Self {
        Self {
            status,
            code,
            members,
        }
    }

    pub fn response(self) -> Response {
        let mut body = json!({ "type": "about:blank", "title": self.code, "status": self.status, "code": self.code });
        body["request_id"] = json!(uuid::Uuid::now_v7().to_string());
        for (name, value) in self.members.as_object().unwrap() {
            body[name] = value.clone();
        }
        let mut response = Response::json(self.status, &body);
        response.headers = vec![(
            "Content-Type".to_owned(),
            "application/problem+json".to_owned(),
        )];
        match self.code {
            "token_expired" => {
                response.header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
            }
            _ if self.status == 401 => response.header("WWW-Authenticate", "Bearer"),
            _ => response,
        }
    }
}
