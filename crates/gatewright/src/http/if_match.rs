//! `If-Match`: which versions of a record a change is meant for.

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use crate::error::{Error, Result};

/// The versions of a record that a request may change (RFC 9110 section 13.1.1).
///
/// As an extractor it reads the header: absent or `*`, the record may have any version; a list of
/// entity tags, one of theirs. The store checks it under the record's lock, so of two clients that
/// changed the same version one is told that it was too late. `IfMatch::any()` asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IfMatch {
    /// `None` for any. Tags that are no version of ours match nothing and are not kept.
    versions: Option<Vec<i64>>,
}

impl IfMatch {
    /// Any version.
    pub fn any() -> Self {
        Self::default()
    }

    /// This version and no other.
    pub fn version(version: i64) -> Self {
        Self {
            versions: Some(vec![version]),
        }
    }

    /// Refuses a record of another version.
    pub(crate) fn check(&self, version: i64) -> Result<()> {
        match &self.versions {
            Some(versions) if !versions.contains(&version) => Err(Error::precondition_failed()),
            _ => Ok(()),
        }
    }

    fn parse(field: &[u8]) -> Option<Self> {
        if trim(field) == b"*" {
            return Some(Self::any());
        }
        let mut versions = None;
        let mut rest = field;
        loop {
            rest = trim(rest);
            if let Some((tag, after)) = tag(rest) {
                let versions = versions.get_or_insert_with(Vec::new);
                versions.extend(tag.and_then(version));
                rest = trim(after);
            }
            // A list may have empty elements (RFC 9110 section 5.6.1), but not nothing else.
            match rest {
                [] => {
                    return versions.map(|versions| Self {
                        versions: Some(versions),
                    });
                }
                [b',', after @ ..] => rest = after,
                _ => return None,
            }
        }
    }
}

/// The entity tag at the beginning, and what comes after it. A weak one is read and given as
/// nothing: `If-Match` compares strongly.
fn tag(field: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (weak, field) = match field.strip_prefix(b"W/") {
        Some(field) => (true, field),
        None => (false, field),
    };
    let field = field.strip_prefix(b"\"")?;
    let end = field.iter().position(|byte| *byte == b'"')?;
    let (opaque, after) = field.split_at_checked(end)?;
    let is_tag = |byte: &u8| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..);
    if !opaque.iter().all(is_tag) {
        return None;
    }
    Some(((!weak).then_some(opaque), after.get(1..)?))
}

/// The version that a tag stands for, written as we write it: `"3"`, not `"03"`.
fn version(tag: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(tag).ok()?;
    let version: i64 = text.parse().ok()?;
    (version.to_string() == text).then_some(version)
}

fn trim(mut field: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = field {
        field = rest;
    }
    field
}

impl FromRequestParts<()> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        let lines: Vec<&[u8]> = parts
            .headers
            .get_all(header::IF_MATCH)
            .iter()
            .map(|line| line.as_bytes())
            .collect();
        if lines.is_empty() {
            return Ok(Self::any());
        }
        // Several lines are one list (RFC 9110 section 5.3).
        Self::parse(&lines.join(&b", "[..])).ok_or_else(|| {
            Error::bad_request(
                "invalid_header",
                "Send If-Match as `*` or as entity tags, as in `If-Match: \"3\"`.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// `any`, the versions, or the code of the refusal.
    async fn read(lines: &[&str]) -> String {
        let request = lines.iter().fold(Request::new(()), |mut request, line| {
            let value = http::HeaderValue::from_bytes(line.as_bytes()).unwrap();
            request.headers_mut().append(header::IF_MATCH, value);
            request
        });
        let (mut parts, ()) = request.into_parts();
        match IfMatch::from_request_parts(&mut parts, &()).await {
            Ok(IfMatch { versions: None }) => "any".to_owned(),
            Ok(IfMatch {
                versions: Some(versions),
            }) => format!("{versions:?}"),
            Err(error) => format!("{} {}", error.status().as_u16(), error.code()),
        }
    }

    #[tokio::test]
    async fn the_header_names_versions() {
        for (lines, expected) in [
            (&[][..], "any"),
            (&["*"], "any"),
            (&[" * "], "any"),
            (&[r#""3""#], "[3]"),
            (&[r#""3", "4""#], "[3, 4]"),
            (&[r#", "3" ,,"4","#], "[3, 4]"),
            (&[r#""3""#, r#""4""#], "[3, 4]"),
        ] {
            assert_eq!(read(lines).await, expected, "{lines:?}");
        }
    }

    #[tokio::test]
    async fn a_tag_that_is_no_version_of_ours_matches_nothing() {
        for line in [
            r#"W/"3""#,
            r#""03""#,
            r#""+3""#,
            r#""3,4""#,
            r#""""#,
            r#""ä""#,
            r#""99999999999999999999""#,
            r#"W/"3", "x""#,
        ] {
            assert_eq!(read(&[line]).await, "[]", "{line}");
        }
        assert!(IfMatch::parse(br#"W/"3""#).unwrap().check(3).is_err());
    }

    #[tokio::test]
    async fn what_is_malformed_is_refused() {
        let malformed: [&[&str]; 13] = [
            &[""],
            &[","],
            &["3"],
            &[r#""3"#],
            &[r#"3""#],
            &[r#""3" "4""#],
            &[r#""3"; "4""#],
            &[r#""a b""#],
            &[r#"w/"3""#],
            &[r#"W/ "3""#],
            &[r#"*, "3""#],
            &["*", "*"],
            &[r#""3""#, "*"],
        ];
        for lines in malformed {
            assert_eq!(read(lines).await, "400 invalid_header", "{lines:?}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        let error = IfMatch::version(3).check(4).unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (412, "precondition_failed")
        );
        assert!(IfMatch::version(3).check(3).is_ok());
        assert!(IfMatch::any().check(4).is_ok());
    }
}
