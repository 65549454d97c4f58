//! What an error says beyond the refusal: EN03, judged on every error of a run.

use crate::client::{Request, Response};

/// Words that a refusal has no reason to hold, in lower case.
const WORDS: &[&str] = &[
    "select ",
    "insert into",
    "update set",
    "delete from",
    "syntax error",
    "sqlite",
    "sqlstate",
    "sqlx",
    "postgres",
    "pg_",
    "panicked",
    "backtrace",
    ".rs:",
    "/home/",
    "/usr/",
    "/tmp/",
    "/var/",
    "/root/",
    "rustc",
    "axum",
    "hyper/",
    "tokio",
    "password_hash",
    "secret_key",
];

/// Whether an error is a problem details object of its own status and tells nothing of the inside.
///
/// Words that the client itself sent may come back.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn tidy(request: &Request, response: &Response) -> Result<(), String> {
    if response.status < 400 {
        return Ok(());
    }
    for name in ["server", "x-powered-by", "via"] {
        if let Some(value) = response.header(name) {
            return Err(format!("it has the header {name}: {value}"));
        }
    }
    // Without a body: an answer to HEAD, or of the parser of heads, which knows no application.
    let without = request.method == "HEAD" || matches!(response.status, 400 | 408 | 414 | 431);
    if response.body.is_empty() {
        return match without {
            true => Ok(()),
            false => Err("it has no body".to_owned()),
        };
    }
    let content_type = response.header("content-type").unwrap_or_default();
    // A page that a link in a mail leads to is for people.
    let page = content_type.starts_with("text/html") && !request.target.starts_with("/api");
    if !page && !content_type.starts_with("application/problem+json") {
        return Err(format!("the content type is `{content_type}`"));
    }
    let status = &response.json()["status"];
    if !page && *status != response.status {
        return Err(format!("its status member is {status}"));
    }
    let told = response.body_text().to_lowercase();
    let sent = decoded(&request.to_string_whole()).to_lowercase();
    match WORDS
        .iter()
        .find(|word| told.contains(**word) && !sent.contains(**word))
    {
        Some(word) => Err(format!("it says `{word}`")),
        None => Ok(()),
    }
}

/// Percent-encoding undone, where it is one.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = text.get(at + 1..at + 3);
        let code = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                plain.push(code);
                at += 3;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

impl Request {
    /// Everything that was sent, for a search.
    fn to_string_whole(&self) -> String {
        String::from_utf8_lossy(&self.to_bytes()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, detail: &str) -> Response {
        Response {
            status,
            headers: vec![("content-type".into(), "application/problem+json".into())],
            body: format!(r#"{{"status":400,"detail":"{detail}"}}"#).into_bytes(),
        }
    }

    #[test]
    fn the_inside_is_told_by_nobody_but_the_client() {
        let request = Request::new("GET", "/api/x?sort=SELECT%20id", "h");
        assert!(tidy(&request, &problem(400, "no")).is_ok());
        assert!(tidy(&request, &problem(400, "no such key: select id")).is_ok());
        assert!(tidy(&request, &problem(400, "near DELETE FROM products")).is_err());
        assert!(tidy(&request, &problem(404, "another status")).is_err());
        let mut page = problem(422, "a page of its own");
        page.headers = vec![("Content-Type".into(), "text/html; charset=utf-8".into())];
        assert!(tidy(&Request::new("GET", "/auth/x", "h"), &page).is_ok());
        assert!(tidy(&request, &page).is_err());
        let mut page = problem(400, "no");
        page.headers.push(("Server".into(), "x/1.2".into()));
        assert!(tidy(&request, &page).is_err());
    }
}
