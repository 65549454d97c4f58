//! Every guarded route: who may, then everybody who may not, then who may once more.
//!
//! For each route: (1) everybody allowed sends a valid request of their own and must get 2xx.
//! (2) One more valid request is prepared and sent by every stranger, byte for byte the same but
//! for the credential, the host or the id. (3) All rows of both tenants must be what they were.
//! (4) Somebody allowed sends those very bytes and must get 2xx: they would have worked.

use crate::attacks::Watch;
use crate::attacks::strangers::{self, Credentials};
use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::fixtures::Undo;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::surface::{Access, Extent, Route, Signup};
use crate::target::{Prepared, Target, same_origin};

/// The route that takes a browser's session alone.
pub(super) const BROWSERS_ONLY: &str = "/auth/switch-tenant";

/// The route after which whoever used it is no member.
const LEAVING: &str = "/api/me/membership";

/// The routes after which whoever used them is signed in nowhere else.
const EVERYWHERE: [&str; 2] = ["/auth/logout-all", "/auth/password/change"];

/// The route after which whoever used it is nobody.
const ENDING: &str = "/auth/account/delete";

/// The route that a page's form alone is sent to.
const OF_A_PAGE: &str = "/account/sessions/{id}/end";

/// What is judged on every guarded route.
pub(super) const IDS: &[&str] = &[
    "FN01", "TI01", "TI02", "SE01", "SE03", "SE06", "JW01", "JW02", "JW03",
];

/// FN01, TI01, TI02, SE01, SE03, SE06, JW01, JW02, JW03 on every guarded route.
pub(super) fn every_guarded_route(target: &Target, report: &mut Report) -> Result<(), String> {
    let credentials = Credentials::collect(target, report)?;
    target.invite_ahead()?;
    let guarded = target.surface.routes_with(&[
        Access::SignedIn,
        Access::Member,
        Access::Protect,
        Access::Platform,
    ]);
    for route in guarded.filter(|route| !has_to_wait(route)) {
        attack_and_count(target, report, route, &credentials);
    }
    credentials.no_key_was_fetched(report);
    Ok(())
}

/// Whether something can be done again only after a time, so that it is attacked when that is over.
fn has_to_wait(route: &Route) -> bool {
    route.path.ends_with("/resend")
}

/// The same on the routes that have to wait.
pub(super) fn routes_that_wait(target: &Target, report: &mut Report) -> Result<(), String> {
    let all = target.surface.routes_with(&[Access::Protect]);
    let routes: Vec<&Route> = all.filter(|route| has_to_wait(route)).collect();
    if routes.is_empty() {
        return Ok(());
    }
    let credentials = Credentials::collect(target, report)?;
    for route in routes {
        attack_and_count(target, report, route, &credentials);
    }
    Ok(())
}

fn attack_and_count(
    target: &Target,
    report: &mut Report,
    route: &Route,
    credentials: &Credentials,
) {
    let unanswered = report.unanswered();
    let attacked = match OF_PROVIDERS.contains(&route.label().as_str()) {
        true => attack_without_a_provider(target, report, route, credentials),
        false => attack_route(target, report, route, credentials),
    };
    match attacked {
        Ok(()) if report.unanswered() == unanswered => report.cover(route.label()),
        Ok(()) => report.leave_uncovered(route.label(), "some requests had no answer"),
        Err(why) => report.leave_uncovered(route.label(), why),
    }
}

/// What nobody succeeds with where no provider is set up: whoever is signed in is told that there is
/// nothing, or asked for a newer proof, and strangers are refused as anywhere.
const OF_PROVIDERS: [&str; 2] = [
    "POST /auth/oauth/{provider}/link",
    "DELETE /auth/identities/{id}",
];

/// A parameter's value that names nothing.
const NOTHING: &str = "0198c000-0000-7000-8000-00000000dead";

fn attack_without_a_provider(
    target: &Target,
    report: &mut Report,
    route: &Route,
    credentials: &Credentials,
) -> Result<(), String> {
    let label = route.label();
    let path = route.path.replace("{provider}", NOTHING);
    let path = path.replace("{id}", NOTHING);
    let prepared = Prepared {
        request: target.at_base(&route.method, &path),
        record: None,
        undo: Undo::Nothing,
    };
    let sender = target.cast.outsider()?;
    let tokens = target.sign_in(sender.email(), &target.base_host())?;
    let request = prepared.request.clone().bearer(&tokens.access);
    let attempt = Attempt::new("FN01", &label, sender.email());
    report
        .probe(&attempt, target, &request, &Expected::Status(&[403, 404]))
        .ok_or("no answer")?;
    let assault = strangers::Assault {
        target,
        route,
        prepared: &prepared,
        credentials,
    };
    assault.without_a_credential(report);
    assault.with_a_malformed_credential(report)?;
    assault.with_a_forged_token(report);
    assault.with_a_token_that_ended(report);
    Ok(())
}

fn attack_route(
    target: &Target,
    report: &mut Report,
    route: &Route,
    credentials: &Credentials,
) -> Result<(), String> {
    let label = route.label();
    for role_holder in allowed_tokens(target, route)? {
        let victim = &target.cast.victim;
        let prepared = match role_holder.narrowed {
            Some(member) => match target.prepare_for(route, victim, Some(member)) {
                Ok(prepared) => prepared,
                // Who may make no record has none of their own, and so nothing to succeed with.
                Err(why) => {
                    report.skip("FN01", &format!("{label} as {}: {why}", member.email()));
                    continue;
                }
            },
            None => target.prepare(route, victim)?,
        };
        allow(target, report, route, &prepared, &role_holder)?;
    }
    let prepared = target.prepare(route, &target.cast.victim)?;
    let watch = Watch::begin(target)?;

    let assault = strangers::Assault {
        target,
        route,
        prepared: &prepared,
        credentials,
    };
    assault.without_a_credential(report);
    assault.with_a_malformed_credential(report)?;
    assault.with_a_forged_token(report);
    assault.with_a_token_that_ended(report);
    match route.access {
        Access::Protect | Access::Member => {
            assault.without_a_permission(report);
            assault.without_a_membership(report)?;
            assault.in_a_suspended_tenant(report)?;
            assault.with_a_foreign_id(report);
        }
        Access::Platform => assault.without_a_platform_role(report),
        Access::SignedIn | Access::Public => {}
    }

    watch.end(
        target,
        report,
        &Attempt::new("TI01", &label, "everybody refused"),
    )?;
    let again = allowed_tokens(target, route)?;
    let again = again.first().ok_or("nobody is allowed to use it")?;
    allow(target, report, route, &prepared, again)
}

/// Somebody with whom the route works.
struct Allowed<'a> {
    email: String,
    credential: Credential,
    /// The member, when it works for their own records alone.
    narrowed: Option<Principal<'a>>,
}

/// What somebody shows.
enum Credential {
    Bearer(String),
    /// The value of a `Cookie` header: a browser's session of the base host.
    Cookie(String),
}

impl Credential {
    fn show(&self, request: Request) -> Request {
        match self {
            Self::Bearer(token) => request.bearer(token),
            Self::Cookie(header) => same_origin(request).header("Cookie", header),
        }
    }
}

/// Everybody who may use the route. What ends a session gets sessions of its own.
fn allowed_tokens<'a>(target: &'a Target, route: &'a Route) -> Result<Vec<Allowed<'a>>, String> {
    let allowed = target.allowed(route, &target.cast.victim);
    if allowed.is_empty() {
        return Err(format!(
            "nobody that seed-demo made holds {}",
            route.permissions.join(", ")
        ));
    }
    if EVERYWHERE.contains(&route.path.as_str()) || route.path == ENDING {
        // Whoever is needed for nothing else: all their sessions end, or they do.
        let name = match route.path == ENDING {
            true => format!("ending-{}", target.fresh()),
            false => "everywhere".to_owned(),
        };
        let email = target.spare(&target.cast.victim, &name, &[])?.email;
        let tokens = target.sign_in(&email, &target.base_host())?;
        return Ok(vec![Allowed {
            email,
            credential: Credential::Bearer(tokens.access),
            narrowed: None,
        }]);
    }
    if route.access == Access::SignedIn && route.is_unsafe() {
        // Where not everybody makes tenants, staff of the platform do.
        let makes = route.label() == "POST /api/tenants" && target.surface.signup != Signup::Open;
        let sender = match makes {
            true => target.cast.super_admin()?,
            false => target.cast.outsider()?,
        };
        let email = sender.email().to_owned();
        let tokens = target.sign_in(&email, &target.base_host())?;
        return Ok(vec![Allowed {
            email,
            credential: Credential::Bearer(tokens.access),
            narrowed: None,
        }]);
    }
    if route.path == BROWSERS_ONLY {
        let email = target.cast.outsider()?.email().to_owned();
        let browser = target.browse(&email, &target.base_host())?;
        return Ok(vec![Allowed {
            email,
            credential: Credential::Cookie(browser.header),
            narrowed: None,
        }]);
    }
    if route.path == LEAVING {
        return leavers(target);
    }
    let reach = |roles: &[String]| target.surface.reach(roles, &route.permissions);
    Ok(allowed
        .iter()
        .map(|principal| Allowed {
            email: principal.email().to_owned(),
            credential: Credential::Bearer(principal.access().to_owned()),
            narrowed: Some(*principal).filter(|principal| {
                route.access == Access::Protect && reach(&principal.user.roles) == Some(Extent::Own)
            }),
        })
        .collect())
}

/// Somebody with each role of the schema, who is missed by nobody.
fn leavers<'a>(target: &Target) -> Result<Vec<Allowed<'a>>, String> {
    let roles = target.surface.roles.iter().map(|role| role.name.as_str());
    roles
        .map(|role| {
            let name = format!("leaver-{role}");
            let spare = target.spare(&target.cast.victim, &name, &[role])?;
            Ok(Allowed {
                email: spare.email,
                credential: Credential::Bearer(spare.access),
                narrowed: None,
            })
        })
        .collect()
}

fn allow(
    target: &Target,
    report: &mut Report,
    route: &Route,
    prepared: &Prepared,
    allowed: &Allowed<'_>,
) -> Result<(), String> {
    let label = route.label();
    let email = &allowed.email;
    let request = allowed.credential.show(prepared.request.clone());
    let attempt = Attempt::new("FN01", &label, email);
    let is_sent_on = match allowed.credential {
        Credential::Bearer(_) => route.path == OF_A_PAGE,
        Credential::Cookie(_) => true,
    };
    let answer = match is_sent_on {
        true => report.probe(&attempt, target, &request, &Expected::Status(&[303])),
        false => report.probe_again(&attempt, target, &request),
    };
    match answer {
        Some(response) if worked(&response) => target.undo(prepared, email),
        Some(response) => Err(format!(
            "{email}, who is allowed, was answered {response}; a refusal would prove nothing"
        )),
        None => Err("no answer".to_owned()),
    }
}

fn worked(response: &Response) -> bool {
    response.is_success() || response.status == 303
}
