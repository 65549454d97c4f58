//! What an answer must be, and the comparison of answers byte by byte.

use std::fmt;

use serde_json::Value;

use crate::client::Response;

/// What the status contract asks of one answer.
#[derive(Debug, Clone)]
pub(crate) enum Expected<'a> {
    /// 2xx.
    Success,
    /// One of these.
    Status(&'a [u16]),
    /// Any 4xx.
    Refusal,
    /// A problem of this status and code.
    Problem(u16, &'a str),
    /// 403 `permission_denied`, naming one of these permissions.
    Denied(&'a [String]),
    /// The same answer as this one, apart from the request's own ids.
    Same(&'a Response),
}

impl fmt::Display for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("2xx"),
            Self::Status(statuses) => write!(
                f,
                "{}",
                statuses
                    .iter()
                    .map(u16::to_string)
                    .collect::<Vec<_>>()
                    .join(" or ")
            ),
            Self::Refusal => f.write_str("a refusal (4xx)"),
            Self::Problem(status, code) => write!(f, "{status} {code} as application/problem+json"),
            Self::Denied(permissions) => write!(
                f,
                "403 permission_denied naming {}",
                permissions.join(" or ")
            ),
            Self::Same(response) => write!(f, "the same bytes as {response}"),
        }
    }
}

impl Expected<'_> {
    /// Whether `response` is what was expected.
    ///
    /// # Errors
    ///
    /// What is wrong with it. An answer of 500 or more is always wrong, and so is a 401 without a
    /// challenge (RFC 9110, section 11.6.1).
    pub(crate) fn check(&self, response: &Response) -> Result<(), String> {
        let status = response.status;
        if status >= 500 && !matches!(self, Self::Status(statuses) if statuses.contains(&status)) {
            return Err("the application failed".to_owned());
        }
        let wrong_status = || Err(format!("the status is {status}"));
        match self {
            Self::Success if response.is_success() => Ok(()),
            Self::Status(statuses) if statuses.contains(&status) => Ok(()),
            Self::Refusal if (400..500).contains(&status) => Ok(()),
            Self::Success | Self::Status(_) | Self::Refusal => wrong_status(),
            Self::Problem(expected, _) if status != *expected => wrong_status(),
            Self::Problem(_, code) => problem(response, code),
            Self::Denied(_) if status != 403 => wrong_status(),
            Self::Denied(permissions) => {
                problem(response, "permission_denied")?;
                let named = response.text_of("permission").unwrap_or_default();
                if permissions.contains(&named) {
                    Ok(())
                } else {
                    Err(format!("it names the permission `{named}`"))
                }
            }
            Self::Same(other) => same_bytes(response, other, &[]),
        }
    }
}

/// Checks a problem details object (RFC 9457, section 3) and its members that the contract adds.
fn problem(response: &Response, code: &str) -> Result<(), String> {
    let content_type = response.header("content-type").unwrap_or_default();
    if !content_type.starts_with("application/problem+json") {
        return Err(format!("the content type is `{content_type}`"));
    }
    let body = response.json();
    if body["code"] != code {
        return Err(format!("the code is {}", body["code"]));
    }
    if body["status"] != response.status {
        return Err(format!("its status member is {}", body["status"]));
    }
    for member in ["type", "title", "request_id"] {
        if !body[member].is_string() {
            return Err(format!("it has no {member}"));
        }
    }
    if response.status == 401
        && !response
            .header("www-authenticate")
            .is_some_and(|value| value.starts_with("Bearer"))
    {
        return Err("it has no WWW-Authenticate: Bearer".to_owned());
    }
    Ok(())
}

/// Whether two answers are the same for whoever sent both requests.
///
/// Left aside are the request's id and instance, the cursor of the next page, which is sealed anew
/// each time, the date, and `sent`: ids that the client itself
/// put into its requests, whose echo tells it nothing.
///
/// # Errors
///
/// The first difference.
pub(crate) fn same_bytes(one: &Response, other: &Response, sent: &[&str]) -> Result<(), String> {
    if one.status != other.status {
        return Err(format!("{} against {}", one.status, other.status));
    }
    let (one_body, other_body) = (neutral_body(one, sent), neutral_body(other, sent));
    if one_body != other_body {
        return Err(format!(
            "the bodies differ: {one_body} against {other_body}"
        ));
    }
    let (one_headers, other_headers) = (neutral_headers(one), neutral_headers(other));
    match one_headers == other_headers {
        true => Ok(()),
        false => Err(format!(
            "the headers differ: {one_headers:?} against {other_headers:?}"
        )),
    }
}

fn neutral_body(response: &Response, sent: &[&str]) -> String {
    let mut text = response.body_text();
    let body = response.json();
    for member in ["request_id", "instance", "next_cursor"] {
        if let Some(value) = body
            .get(member)
            .and_then(Value::as_str)
            .filter(|value| !value.is_empty())
        {
            text = text.replace(value, "…");
        }
    }
    for id in sent {
        text = text.replace(id, "…");
    }
    text
}

fn neutral_headers(response: &Response) -> Vec<(String, &str)> {
    let mut headers: Vec<_> = response
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id" | "traceparent"))
        .filter(|(name, _)| !name.starts_with("ratelimit"))
        .collect();
    headers.sort();
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, content_type: &str, body: &str) -> Response {
        let headers = vec![
            ("Content-Type".to_owned(), content_type.to_owned()),
            ("X-Request-Id".to_owned(), body.len().to_string()),
        ];
        Response {
            status,
            headers,
            body: body.into(),
        }
    }

    fn not_found(request_id: &str, extra: &str) -> Response {
        let body = format!(
            r#"{{"type":"t","title":"n","status":404,"code":"not_found","request_id":"{request_id}"{extra}}}"#
        );
        response(404, "application/problem+json", &body)
    }

    #[test]
    fn request_ids_are_left_aside_and_nothing_else() {
        assert!(same_bytes(&not_found("a-1", ""), &not_found("b-2", ""), &[]).is_ok());
        assert!(
            same_bytes(
                &not_found("a-1", ""),
                &not_found("b-2", r#","hint":"exists""#),
                &[]
            )
            .is_err()
        );
        let (one, other) = (
            not_found("a", r#","detail":"no 7""#),
            not_found("a", r#","detail":"no 8""#),
        );
        assert!(same_bytes(&one, &other, &[]).is_err());
        assert!(same_bytes(&one, &other, &["no 7", "no 8"]).is_ok());
        let mut header = not_found("a-1", "");
        header.headers.push(("ETag".to_owned(), "\"3\"".to_owned()));
        assert!(same_bytes(&header, &not_found("b-2", ""), &[]).is_err());
    }

    #[test]
    fn a_problem_is_checked_to_its_members() {
        assert!(
            Expected::Problem(404, "not_found")
                .check(&not_found("a", ""))
                .is_ok()
        );
        assert!(
            Expected::Problem(404, "gone")
                .check(&not_found("a", ""))
                .is_err()
        );
        assert!(
            Expected::Problem(403, "not_found")
                .check(&not_found("a", ""))
                .is_err()
        );
        assert!(
            Expected::Problem(404, "not_found")
                .check(&response(404, "text/html", "<h1>"))
                .is_err()
        );
        let unchallenged =
            r#"{"type":"t","title":"n","status":401,"code":"unauthenticated","request_id":"r"}"#;
        assert!(
            Expected::Problem(401, "unauthenticated")
                .check(&response(401, "application/problem+json", unchallenged))
                .is_err()
        );
    }

    #[test]
    fn a_crash_is_never_a_refusal() {
        assert!(
            Expected::Refusal
                .check(&response(500, "text/plain", ""))
                .is_err()
        );
        assert!(
            Expected::Status(&[503])
                .check(&response(503, "text/plain", ""))
                .is_ok()
        );
        assert!(
            Expected::Refusal
                .check(&response(200, "text/plain", ""))
                .is_err()
        );
    }
}
