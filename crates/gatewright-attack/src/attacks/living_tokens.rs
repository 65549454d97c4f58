//! SE03: what a token may do ends with the right to it, at the next request.

use serde_json::{Value, json};

use crate::client::Request;
use crate::expect::Expected;
use crate::fixtures::Spare;
use crate::report::{Attempt, Report};
use crate::surface::{Class, Route};
use crate::target::{Cookies, Target, same_origin};

/// A member whose token lives, and something that they may do by it.
struct Holder<'a> {
    target: &'a Target,
    spare: Spare,
    /// A list, and the permission that it asks for.
    list: &'a Route,
    browser: Cookies,
}

impl Holder<'_> {
    /// Asks with the token that lives.
    fn ask(&self, report: &mut Report, what: &str, expected: &Expected<'_>) {
        let label = self.list.label();
        let attempt = Attempt::new("SE03", &label, what);
        let host = self.target.victim_host();
        let request = Request::new("GET", &self.list.path, &host).bearer(&self.spare.access);
        report.probe(&attempt, self.target, &request, expected);
    }

    fn browse(&self, report: &mut Report, what: &str, expected: &Expected<'_>) {
        let label = self.list.label();
        let attempt = Attempt::new("SE03", &label, what);
        let host = self.target.victim_host();
        let request = same_origin(Request::new("GET", &self.list.path, &host));
        let request = request.header("Cookie", &self.browser.header);
        report.probe(&attempt, self.target, &request, expected);
    }

    fn patch(&self, body: &Value) -> Result<(), String> {
        let path = format!("/api/members/{}", self.spare.member);
        let tenant = &self.target.cast.victim;
        self.target
            .as_chief("PATCH", &path, tenant, Some(body))
            .map(drop)
    }
}

/// SE03: demoted, suspended, removed, with the role taken to pieces: each at the next request.
pub(super) fn se03_rights_that_ended(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("PATCH", "/api/members/{id}") || !target.has("POST", "/api/invitations") {
        report.skip("SE03", "members are not changed here");
        return Ok(());
    }
    let lowest = target.lowest_role()?;
    let names = std::slice::from_ref(&lowest);
    let list = target.surface.routes.iter().find(|route| {
        target.surface.class(route) == Class::List
            && target.surface.allows(names, &route.permissions)
    });
    let Some(list) = list else {
        report.skip("SE03", "the lowest role lists nothing");
        return Ok(());
    };
    let spare = target.spare(&target.cast.victim, "holder", &[&lowest])?;
    let holder = Holder {
        target,
        browser: target.browse(&spare.email, &target.victim_host())?,
        spare,
        list,
    };
    let denied = Expected::Denied(&list.permissions);
    let forbidden = Expected::Problem(403, "tenant_forbidden");

    holder.ask(report, "a member", &Expected::Success);
    holder.browse(report, "a member's browser", &Expected::Success);
    holder.patch(&json!({ "roles": [] }))?;
    holder.ask(report, "somebody demoted", &denied);
    holder.browse(report, "somebody demoted, in a browser", &denied);
    holder.patch(&json!({ "roles": [lowest] }))?;
    holder.ask(report, "a member", &Expected::Success);
    holder.patch(&json!({ "status": "suspended" }))?;
    holder.ask(report, "somebody suspended", &forbidden);
    let ended = Expected::Status(&[401, 403]);
    holder.browse(report, "somebody suspended, in a browser", &ended);
    holder.patch(&json!({ "status": "active" }))?;
    holder.ask(report, "a member", &Expected::Success);
    holder.browse(report, "a browser's session from before", &ended);
    by_role(&holder, report)?;
    let path = format!("/api/members/{}", holder.spare.member);
    if target.has("DELETE", "/api/members/{id}") {
        target.as_chief("DELETE", &path, &target.cast.victim, None)?;
        holder.ask(report, "somebody removed", &forbidden);
    }
    by_account(target, report)
}

/// A role of the tenant's own that is emptied while somebody has it.
fn by_role(holder: &Holder<'_>, report: &mut Report) -> Result<(), String> {
    let target = holder.target;
    let tenant = &target.cast.victim;
    if !target.has("PATCH", "/api/roles/{id}") || !target.has("POST", "/api/roles") {
        return Ok(());
    }
    let held: Vec<&str> = holder.list.permissions.iter().map(String::as_str).collect();
    let (id, name) = target.custom_role(tenant, &held)?;
    holder.patch(&json!({ "roles": [name] }))?;
    holder.ask(
        report,
        "who has a role of the tenant's own",
        &Expected::Success,
    );
    let body = json!({ "permissions": [] });
    target.as_chief("PATCH", &format!("/api/roles/{id}"), tenant, Some(&body))?;
    let denied = Expected::Denied(&holder.list.permissions);
    holder.ask(report, "whose role was emptied", &denied);
    holder.patch(&json!({ "roles": [] }))
}

/// An account that the platform suspends: every session of it is over, for good.
fn by_account(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("PATCH", "/platform/users/{id}") {
        return Ok(());
    }
    let spare = target.spare(&target.cast.victim, "banned", &[])?;
    let me = Request::new("GET", "/auth/me", &target.base_host()).bearer(&spare.access);
    let attempt = Attempt::new("SE03", "GET /auth/me", "whose account is suspended");
    report.probe(&attempt, target, &me, &Expected::Success);
    target.set_account(&spare.email, "suspended")?;
    report.probe(&attempt, target, &me, &Expected::Status(&[401]));
    let sign_in = target.sign_in(&spare.email, &target.base_host());
    let refused = sign_in.is_err();
    report.check(&attempt, refused, "a sign-in", "no session", "a session");
    target.set_account(&spare.email, "active")?;
    report.probe(&attempt, target, &me, &Expected::Status(&[401]));
    Ok(())
}
