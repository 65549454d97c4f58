//! What to open and how to sign in, once the example runs.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::terminal::STRONG;

/// Shows each tenant's address and people, and a request to paste.
pub(super) struct Welcome<'a> {
    /// The answer of `seed-demo --format json`.
    pub seed: &'a Value,
    pub port: u16,
}

impl fmt::Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        let password = self.seed["password"].as_str().unwrap_or_default();
        let people = self.people();

        writeln!(f)?;
        for tenant in entries(&self.seed["tenants"]) {
            let slug = text(tenant, "slug");
            writeln!(
                f,
                "{STRONG}{}{STRONG:#}  http://{slug}.localhost:{port}",
                text(tenant, "name")
            )?;
            for email in people.get(slug).into_iter().flatten() {
                writeln!(f, "    {email}")?;
            }
        }
        writeln!(f, "{STRONG}Password{STRONG:#} of everybody: {password}")?;

        if let Some(email) = people.values().flatten().next() {
            let credentials =
                format!(r#"{{"email":"{email}","password":"{password}","transport":"bearer"}}"#);
            writeln!(
                f,
                "\nIn another terminal:\n\
                 \n    TOKEN=$(curl -s http://localhost:{port}/auth/login -H 'Content-Type: application/json' \\\
                 \n      -d '{credentials}' \\\
                 \n      | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\
                 \n    curl -s http://localhost:{port}/api/products -H \"Authorization: Bearer $TOKEN\"\n"
            )?;
        }
        write!(f, "Ctrl-C stops the server.")
    }
}

impl Welcome<'_> {
    /// Addresses by the slug of their tenant.
    fn people(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut people: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for user in entries(&self.seed["users"]) {
            people
                .entry(text(user, "tenant"))
                .or_default()
                .push(text(user, "email"));
        }
        people
    }
}

fn entries(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stranger_sees_where_to_go_and_what_to_paste() {
        let seed = json!({
            "password": "demo-password-4-acme",
            "tenants": [{ "slug": "acme", "name": "Acme", "status": "active" }],
            "users": [
                { "email": "owner@acme.example", "tenant": "acme", "roles": ["owner"] },
                { "email": "viewer@acme.example", "tenant": "acme", "roles": ["viewer"] },
            ],
        });
        let shown = Welcome {
            seed: &seed,
            port: 8080,
        }
        .to_string();
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(
            plain,
            r#"
Acme  http://acme.localhost:8080
    owner@acme.example
    viewer@acme.example
Password of everybody: demo-password-4-acme

In another terminal:

    TOKEN=$(curl -s http://localhost:8080/auth/login -H 'Content-Type: application/json' \
      -d '{"email":"owner@acme.example","password":"demo-password-4-acme","transport":"bearer"}' \
      | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
    curl -s http://localhost:8080/api/products -H "Authorization: Bearer $TOKEN"

Ctrl-C stops the server."#
        );
    }
}
