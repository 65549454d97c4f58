//! Addresses of mail, as the runtime takes them: ASCII, a dot-atom before the sign, a domain of two
//! labels or more behind it.

/// What [`read`] takes, in words.
pub(crate) const EXPECTED: &str = "an email address such as ada@example.com";

/// RFC 5321 section 4.5.3.1.3, without the angle brackets.
const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;

pub(crate) fn read(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let sound = text.len() <= LONGEST && is_local_part(local) && is_domain(domain);
    sound.then(|| text.to_owned())
}

/// A dot-atom (RFC 5322 section 3.2.3).
fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    text.len() <= LONGEST_LOCAL_PART && text.split('.').all(is_atom)
}

/// Two labels at least (RFC 1035 section 2.3.1), the last not a number.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = text.rsplit('.').next().unwrap_or_default();
    text.contains('.')
        && text.split('.').all(is_label)
        && !top.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_the_runtime_takes() {
        for right in ["ada@example.com", "Ada.Lovelace+math@Analytical.Example"] {
            assert_eq!(read(right).as_deref(), Some(right));
        }
        let long = format!("{}@{}example", "a".repeat(64), "b.".repeat(95));
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@@example.com",
            " ada@example.com",
            "a..b@example.com",
            "ada@-x.example",
            "ada@127.0.0.1",
            "ada@ex\u{e4}mple.com",
            &long,
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
