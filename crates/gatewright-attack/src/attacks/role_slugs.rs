//! FN03: roles that would hold more than their maker, or what does not exist.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::attacks::rank::lacked;
use crate::client::Request;
use crate::expect::Expected;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::target::Target;

/// Spellings of `slug` that are not it.
fn spellings(slug: &str) -> Vec<String> {
    let (resource, verb) = slug.split_once(':').unwrap_or((slug, ""));
    let mut all = vec![
        slug.to_uppercase(),
        format!("{resource}:*"),
        format!("*:{verb}"),
        format!("{resource}:{}", verb.to_uppercase()),
        format!(" {slug}"),
        format!("{slug} "),
        format!("{slug}\n"),
        format!("{slug}\0"),
        format!("{slug}\u{200b}"),
        format!("\u{feff}{slug}"),
        slug.replace(':', "："),
        slug.replace('e', "е"),
        slug.replace(':', "%3A"),
        format!("{slug}:OWN"),
        format!("{slug}:own:own"),
        format!("{slug},members:read"),
        format!("{slug}:all"),
        format!("not:{slug}"),
        resource.to_owned(),
    ];
    all.extend(
        [
            "*",
            "*:*",
            "",
            ":",
            "owner",
            "nothing:read",
            "platform:*",
            "platform:enter_tenants",
            "platform:suspend_users",
            "super_admin",
            "__proto__",
            "' OR 1=1 --",
        ]
        .map(str::to_owned),
    );
    all
}

/// FN03: nobody makes or edits a role into what they do not hold; owners neither into what is not.
pub(super) fn fn03_roles_beyond_their_maker(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    if !target.has("POST", "/api/roles") {
        report.skip("FN03", "tenants make no roles");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let makes = ["roles:create".to_owned()];
    let makers: Vec<Principal<'_>> = target
        .cast
        .members(tenant)
        .filter(|member| target.surface.allows(&member.user.roles, &makes))
        .collect();
    for maker in makers {
        let label = "POST /api/roles";
        let held = target
            .surface
            .roles
            .iter()
            .find(|role| maker.user.roles.contains(&role.name) && !role.permissions.is_empty());
        let held = held.ok_or("who makes roles holds nothing")?.permissions[0].as_str();
        let forge = Forge {
            target,
            tenant,
            maker,
        };
        let own = forge.own_role(held)?;
        let watch = Watch::begin(target)?;
        for slug in lacked(target, &maker.user.roles) {
            let wanted = [
                json!([slug]),
                json!([held, slug]),
                json!([format!("{slug}:own")]),
            ];
            for (turn, permissions) in wanted.into_iter().enumerate() {
                // What is held is no attack, and a permission without `:own` has none.
                let expected = match turn {
                    2 => Expected::Status(&[403, 422]),
                    _ => Expected::Status(&[403]),
                };
                forge.make(report, &permissions, &expected);
                forge.edit(report, &own, &permissions, &expected);
            }
        }
        for slug in spellings(held) {
            let expected = Expected::Status(&[400, 403, 422]);
            forge.make(report, &json!([slug]), &expected);
            forge.edit(report, &own, &json!([slug]), &expected);
        }
        for odd in [
            json!(held),
            json!({ "0": held }),
            json!([[held]]),
            json!([null]),
            json!([1]),
            json!([true]),
        ] {
            forge.make(report, &odd, &Expected::Status(&[400, 422]));
        }
        forge.templates(report)?;
        watch.end(target, report, &Attempt::new("FN03", label, maker.email()))?;
        target.as_chief("DELETE", &own, tenant, None)?;
    }
    Ok(())
}

/// Somebody who makes roles.
struct Forge<'a> {
    target: &'a Target,
    tenant: &'a str,
    maker: Principal<'a>,
}

impl Forge<'_> {
    fn send(
        &self,
        report: &mut Report,
        (method, pattern): (&str, &str),
        path: &str,
        body: &Value,
        expected: &Expected<'_>,
    ) {
        let label = format!("{method} {pattern}");
        let attempt = Attempt::new("FN03", &label, self.maker.email());
        let request = Request::new(method, path, &self.target.host(self.tenant));
        let request = request.json(body).bearer(self.maker.access());
        report.probe(&attempt, self.target, &request, expected);
    }

    /// A role of the maker's own; its path.
    fn own_role(&self, held: &str) -> Result<String, String> {
        let name = self.target.fresh_name("Forged");
        let body = json!({ "name": name, "permissions": [held] });
        let request = Request::new("POST", "/api/roles", &self.target.host(self.tenant));
        let made = self
            .target
            .must(&request.json(&body).bearer(self.maker.access()))?;
        let id = made.text_of("id").ok_or("a new role has no id")?;
        Ok(format!("/api/roles/{id}"))
    }

    fn make(&self, report: &mut Report, permissions: &Value, expected: &Expected<'_>) {
        let name = self.target.fresh_name("Forged");
        let body = json!({ "name": name, "permissions": permissions });
        self.send(
            report,
            ("POST", "/api/roles"),
            "/api/roles",
            &body,
            expected,
        );
    }

    fn edit(&self, report: &mut Report, path: &str, permissions: &Value, expected: &Expected<'_>) {
        let route = ("PATCH", "/api/roles/{id}");
        if self.target.has(route.0, route.1) {
            let body = json!({ "permissions": permissions });
            self.send(report, route, path, &body, expected);
        }
    }

    /// The schema's roles: nothing above the ceiling, nothing that the maker lacks.
    fn templates(&self, report: &mut Report) -> Result<(), String> {
        let route = ("PATCH", "/api/roles/{id}");
        if !self.target.has(route.0, route.1) {
            return Ok(());
        }
        let roles = &self.target.surface.roles;
        let everything = roles.iter().find(|role| role.name == "owner");
        let everything = everything.map(|role| role.permissions.as_slice());
        for row in self.target.rows("/api/roles", self.tenant)? {
            let (Some(id), "template") = (row["id"].as_str(), row["kind"].as_str().unwrap_or(""))
            else {
                continue;
            };
            let ceiling = row["ceiling"].as_array().cloned().unwrap_or_default();
            let above = everything.unwrap_or_default().iter();
            let above = above.filter(|slug| !ceiling.iter().any(|other| other == slug.as_str()));
            for slug in above.take(3) {
                let body = json!({ "add": [slug] });
                let refused = Expected::Status(&[403, 409, 422]);
                self.send(report, route, &format!("/api/roles/{id}"), &body, &refused);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_is_the_slug_itself() {
        for slug in ["products:read", "roles:create"] {
            assert!(!spellings(slug).iter().any(|other| other == slug), "{slug}");
        }
    }
}
