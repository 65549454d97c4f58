//! FN02: members who reach above themselves.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::client::Request;
use crate::expect::Expected;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::surface::Access;
use crate::target::Target;

/// Refused as above one's rank, or as against the rules for everybody.
const REFUSED: Expected<'_> = Expected::Status(&[403, 404, 409]);

/// FN02: each member who is no owner gives themselves more, acts on those above them, offers what
/// they may not give, and tries what the platform's staff does.
pub(super) fn fn02_above_ones_rank(target: &Target, report: &mut Report) -> Result<(), String> {
    let tenant = &target.cast.victim;
    let owner = target.cast.owner(tenant)?;
    // Before the rows are read, for members are made for it.
    let platform: Vec<_> = target
        .surface
        .routes_with(&[Access::Platform])
        .filter_map(|route| Some((route, target.prepare(route, tenant).ok()?)))
        .collect();
    let watch = Watch::begin(target)?;
    let members = || {
        let members = target.cast.members(tenant);
        members.filter(|member| !member.user.roles.iter().any(|role| role == "owner"))
    };
    for member in members() {
        let ascent = Ascent {
            target,
            tenant,
            member,
        };
        ascent.by_membership(report, owner)?;
        ascent.by_invitation(report)?;
        ascent.by_role(report)?;
    }
    for (route, prepared) in platform {
        let label = route.label();
        for member in members().chain([owner]) {
            let attempt = Attempt::new("FN02", &label, member.email());
            let request = prepared.request.clone().bearer(member.access());
            report.probe(&attempt, target, &request, &Expected::Status(&[403, 404]));
            let at_home = request.at_host(&target.host(tenant));
            report.probe(&attempt, target, &at_home, &Expected::Status(&[403, 404]));
        }
    }
    let attempt = Attempt::new("FN02", "every route of members and roles", "everybody");
    watch.end(target, report, &attempt)?;
    above_a_role(target, report)
}

/// A member who is no owner.
struct Ascent<'a> {
    target: &'a Target,
    tenant: &'a str,
    member: Principal<'a>,
}

impl Ascent<'_> {
    fn try_it(&self, report: &mut Report, route: (&str, &str), path: &str, body: Option<&Value>) {
        let (method, pattern) = route;
        if !self.target.has(method, pattern) {
            return;
        }
        let label = format!("{method} {pattern}");
        let attempt = Attempt::new("FN02", &label, self.member.email());
        let request = Request::new(method, path, &self.target.host(self.tenant));
        let request = body
            .iter()
            .fold(request, |request, body| request.json(body));
        let request = request.bearer(self.member.access());
        report.probe(&attempt, self.target, &request, &REFUSED);
    }

    /// Raises the own membership, and acts on an owner's.
    fn by_membership(&self, report: &mut Report, owner: Principal<'_>) -> Result<(), String> {
        let target = self.target;
        if !target.has("GET", "/api/members") {
            return Ok(());
        }
        let own = target.membership(self.tenant, self.member.email())?;
        let above = target.membership(self.tenant, owner.email())?;
        let one = "/api/members/{id}";
        let (own_path, above_path) = (
            format!("/api/members/{own}"),
            format!("/api/members/{above}"),
        );
        let mut raised = self.member.user.roles.clone();
        raised.push("owner".to_owned());
        for roles in [json!(raised), json!(["owner"])] {
            let body = json!({ "roles": roles });
            self.try_it(report, ("PATCH", one), &own_path, Some(&body));
        }
        for body in [
            json!({ "status": "suspended" }),
            json!({ "roles": [] }),
            json!({ "roles": [target.lowest_role()?] }),
        ] {
            self.try_it(report, ("PATCH", one), &above_path, Some(&body));
        }
        self.try_it(report, ("DELETE", one), &above_path, None);
        let transfer = ("POST", "/api/members/{id}/transfer-ownership");
        for path in [own_path, above_path] {
            let path = format!("{path}/transfer-ownership");
            self.try_it(report, transfer, &path, Some(&json!({})));
        }
        Ok(())
    }

    /// Offers roles that they may not give.
    fn by_invitation(&self, report: &mut Report) -> Result<(), String> {
        let route = ("POST", "/api/invitations");
        let lowest = self.target.lowest_role()?;
        for roles in [json!(["owner"]), json!([lowest, "owner"])] {
            let body = json!({ "email": self.target.guest(), "roles": roles });
            self.try_it(report, route, route.1, Some(&body));
        }
        Ok(())
    }

    /// Changes the role of owners, and makes one as good as it.
    fn by_role(&self, report: &mut Report) -> Result<(), String> {
        let target = self.target;
        if !target.has("POST", "/api/roles") {
            return Ok(());
        }
        let of_owner = format!("/api/roles/{}", target.role_id(self.tenant, "owner")?);
        let one = "/api/roles/{id}";
        let removal = json!({ "remove": ["members:read"] });
        self.try_it(report, ("PATCH", one), &of_owner, Some(&removal));
        self.try_it(report, ("DELETE", one), &of_owner, None);
        Ok(())
    }
}

/// The permissions of the whole tenant that owners hold and somebody with these roles does not.
pub(super) fn lacked<'a>(target: &'a Target, roles: &[String]) -> Vec<&'a str> {
    let owner = target
        .surface
        .roles
        .iter()
        .find(|role| role.name == "owner");
    let all = owner.map(|role| role.permissions.as_slice());
    let lacks = |slug: &&String| target.surface.extent(roles, slug).is_none();
    let lacked = all.unwrap_or_default().iter().filter(lacks);
    lacked.map(String::as_str).collect()
}

/// A role of the tenant's own that holds more than the member: not to be edited, deleted or given.
fn above_a_role(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("POST", "/api/roles") {
        report.skip("FN02", "tenants make no roles");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let spare = target.spare(tenant, "ranked", &[])?;
    let members = target.cast.members(tenant);
    for member in members.filter(|member| !member.user.roles.iter().any(|role| role == "owner")) {
        let Some(slug) = lacked(target, &member.user.roles).first().copied() else {
            continue;
        };
        let (id, name) = target.custom_role(tenant, &[slug])?;
        let watch = Watch::begin(target)?;
        let ascent = Ascent {
            target,
            tenant,
            member,
        };
        let (path, one) = (format!("/api/roles/{id}"), "/api/roles/{id}");
        for body in [
            json!({ "name": target.fresh_name("Taken") }),
            json!({ "permissions": [] }),
        ] {
            ascent.try_it(report, ("PATCH", one), &path, Some(&body));
        }
        ascent.try_it(report, ("DELETE", one), &path, None);
        let body = json!({ "roles": [name] });
        let own = target.membership(tenant, member.email())?;
        for id in [&own, &spare.member] {
            let path = format!("/api/members/{id}");
            ascent.try_it(report, ("PATCH", "/api/members/{id}"), &path, Some(&body));
        }
        let body = json!({ "email": target.guest(), "roles": [name] });
        let inviting = ("POST", "/api/invitations");
        ascent.try_it(report, inviting, inviting.1, Some(&body));
        watch.end(target, report, &Attempt::new("FN02", one, member.email()))?;
        target.as_chief("DELETE", &path, tenant, None)?;
    }
    Ok(())
}
