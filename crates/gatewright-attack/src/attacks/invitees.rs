//! IN01 and EM02: an invitation is for one address, one tenant and its roles, once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::attacks::selectors::alike;
use crate::client::Request;
use crate::expect::Expected;
use crate::fixtures::Spare;
use crate::report::{Attempt, Report};
use crate::target::{Target, same_origin};

const LABEL: &str = "POST /auth/invitations/accept";
const PAGE: &str = "GET /auth/invitations/accept";

/// A password that every policy takes.
const PASSWORD: &str = "nine staples hold the correct battery";

/// IN01: accepts as somebody else, with more in the body, with an edited token, twice, and too late.
pub(super) fn in01_invitations_of_others(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    if !target.has("POST", "/auth/invitations/accept") {
        report.skip("IN01", "nobody is invited");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let lowest = target.lowest_role()?;
    let invited = target.spare(&target.cast.rival, "invited", &[])?;
    let invitation = target.invite(tenant, &invited.email, &[&lowest])?;
    let token = &invitation.token;
    let watch = Watch::begin(target)?;
    by_another(target, report, token)?;
    with_more(target, report, token, &invited);
    with_edited_tokens(target, report, token)?;
    odd_tokens(target, report);
    let elsewhere = accept(target, &json!({ "token": token }), Some(&invited));
    let elsewhere = elsewhere.at_host(&target.host(&target.cast.rival));
    let at_rival = Attempt::new("IN01", LABEL, "at another tenant's host");
    report.probe(
        &at_rival,
        target,
        &elsewhere,
        &Expected::Status(&[403, 404, 422]),
    );
    watch.end(
        target,
        report,
        &Attempt::new("IN01", LABEL, "everybody refused"),
    )?;

    // The one who was invited joins, by the very token, with the roles that were offered.
    let joining = accept(target, &json!({ "token": token }), Some(&invited));
    let attempt = Attempt::new("IN01", LABEL, &invited.email);
    report.probe(&attempt, target, &joining, &Expected::Success);
    joined_as(target, report, &attempt, &joining, (&invited, &lowest))?;
    let spent = report.probe(&attempt, target, &joining, &Expected::Status(&[422]));
    let unknown = accept(target, &json!({ "token": flipped(token) }), Some(&invited));
    let unknown = report.probe(&attempt, target, &unknown, &Expected::Status(&[422]));
    alike(report, &attempt, &joining, (spent, unknown), &[]);
    let member = target.membership(tenant, &invited.email)?;
    target.as_chief("DELETE", &format!("/api/members/{member}"), tenant, None)?;
    revoked(target, report, &invited)
}

fn accept(target: &Target, body: &Value, who: Option<&Spare>) -> Request {
    let request = target.acceptance(body);
    who.iter()
        .fold(request, |request, who| request.bearer(&who.access))
}

/// Others who are signed in, and those who show what is no credential.
fn by_another(target: &Target, report: &mut Report, token: &str) -> Result<(), String> {
    let body = json!({ "token": token, "password": target.cast.seed.password });
    for other in target.cast.everybody() {
        let attempt = Attempt::new("IN01", LABEL, other.email());
        let request = target.acceptance(&body).bearer(other.access());
        report.probe(&attempt, target, &request, &Expected::Status(&[403]));
    }
    let owner = target.cast.owner(&target.cast.rival)?;
    let browser = target.browse(owner.email(), &target.base_host())?;
    let attempt = Attempt::new("IN01", LABEL, "another's browser");
    let request = same_origin(target.acceptance(&body)).header("Cookie", &browser.header);
    report.probe(&attempt, target, &request, &Expected::Status(&[403]));
    for (who, value) in [
        ("garbage bearer", "Bearer garbage".to_owned()),
        ("expired bearer", format!("Bearer {}", target.expired)),
    ] {
        let attempt = Attempt::new("IN01", LABEL, who);
        let request = target.acceptance(&body).header("Authorization", &value);
        report.probe(&attempt, target, &request, &Expected::Status(&[401]));
    }
    // Nobody: the address has an account, so its password is asked for.
    for password in [json!(null), json!("not the password of anybody"), json!("")] {
        let attempt = Attempt::new("IN01", LABEL, "anonymous");
        let body = json!({ "token": token, "password": password, "name": "Mallory" });
        let request = target.acceptance(&body);
        report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
    }
    Ok(())
}

/// What the invitation says and the body must not.
fn with_more(target: &Target, report: &mut Report, token: &str, invited: &Spare) {
    let attempt = Attempt::new("IN01", LABEL, &invited.email);
    for (name, value) in [
        ("tenant", json!(target.cast.rival)),
        ("tenant_id", json!("018f0000-0000-7000-8000-00000000beef")),
        ("email", json!("mallory@example.com")),
        ("role", json!("owner")),
        ("roles", json!(["owner"])),
        ("role_ids", json!([])),
        ("user_id", json!("018f0000-0000-7000-8000-00000000beef")),
        ("status", json!("active")),
        ("platform_role", json!("super_admin")),
    ] {
        let body = json!({ "token": token, name: value });
        let request = accept(target, &body, Some(invited));
        report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
    }
}

/// The token with its last character but one changed, which is another secret.
fn flipped(token: &str) -> String {
    let mut characters: Vec<char> = token.chars().collect();
    let at = characters.len().saturating_sub(8);
    if let Some(character) = characters.get_mut(at) {
        *character = if *character == 'A' { 'B' } else { 'A' };
    }
    characters.into_iter().collect()
}

/// Other secrets, other tenants, other kinds of token, and other spellings of this one.
fn with_edited_tokens(target: &Target, report: &mut Report, token: &str) -> Result<(), String> {
    let (shorter, _) = token.split_at(token.len() - 1);
    let recased: String = token
        .chars()
        .map(|c| match c.is_ascii_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        })
        .collect();
    let owner = target.cast.owner(&target.cast.victim)?;
    let mut edited = vec![
        shorter.to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}\0"),
        recased,
        flipped(token),
        owner.access().to_owned(),
        owner.tokens.refresh.clone(),
        token.replacen("gwi_", "gwv_", 1),
        token.replacen("gwi_", "", 1),
    ];
    edited.retain(|other| other != token);
    // The tenant that the token names, exchanged for the attacker's.
    let secret = token.split_once('_').map_or(token, |(_, secret)| secret);
    if let Ok(mut bytes) = BASE64URL.decode(secret) {
        let id = target.tenant_id(&target.cast.rival).unwrap_or_default();
        if let (Ok(id), Some(head)) = (id.parse::<uuid::Uuid>(), bytes.get_mut(..16)) {
            head.copy_from_slice(id.as_bytes());
            edited.push(token.replace(secret, &BASE64URL.encode(&bytes)));
        }
    }
    let attempt = Attempt::new("IN01", LABEL, "with an edited token");
    for token in edited {
        let body = json!({ "token": token, "password": PASSWORD, "name": "Mallory" });
        let request = target.acceptance(&body);
        report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
        if !target.has("GET", "/auth/invitations/accept") {
            continue;
        }
        let page = format!(
            "/auth/invitations/accept?token={}",
            crate::snapshot::percent_encoded(&token)
        );
        let page = Request::new("GET", &page, &target.base_host());
        report.probe(&attempt, target, &page, &Expected::Status(&[400, 422]));
    }
    Ok(())
}

/// EM02: what is no token, wherever one is taken from a mail.
fn odd_tokens(target: &Target, report: &mut Report) {
    for path in ["/auth/invitations/accept", "/auth/verify-email"] {
        let label = format!("POST {path}");
        if !target.has("POST", path) {
            continue;
        }
        let attempt = Attempt::new("EM02", &label, "anonymous");
        for token in [
            json!(""),
            json!(null),
            json!(" "),
            json!("\0"),
            json!([]),
            json!([""]),
            json!({}),
            json!({ "$ne": null }),
            json!(0),
            json!(true),
            json!("%"),
            json!("gwi_"),
        ] {
            let body = json!({ "token": token });
            let request = Request::new("POST", path, &target.base_host()).json(&body);
            report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
        }
        let bare = Request::new("POST", path, &target.base_host()).json(&json!({}));
        report.probe(&attempt, target, &bare, &Expected::Status(&[400, 422]));
        if !target.has("GET", path) {
            continue;
        }
        let label = format!("GET {path}");
        let attempt = Attempt::new("EM02", &label, "anonymous");
        for query in [
            "",
            "?token",
            "?token=",
            "?token=%20",
            "?token[]=",
            "?token=%00",
            "?token=a&token=b",
        ] {
            let request = Request::new("GET", &format!("{path}{query}"), &target.base_host());
            report.probe(
                &attempt,
                target,
                &request,
                &Expected::Status(&[200, 400, 422]),
            );
        }
    }
}

/// Whether the one who joined has the role that was offered, and no other.
fn joined_as(
    target: &Target,
    report: &mut Report,
    attempt: &Attempt<'_>,
    request: &Request,
    (who, role): (&Spare, &str),
) -> Result<(), String> {
    let rows = target.rows("/api/members", &target.cast.victim)?;
    let row = rows
        .into_iter()
        .find(|row| row["email"] == json!(who.email));
    let roles = row.map(|row| row["roles"].clone()).unwrap_or_default();
    let right = roles == json!([role]);
    report.check(
        attempt,
        right,
        request,
        "a member with the role offered",
        roles,
    );
    Ok(())
}

/// An invitation that was taken back is worth what one is that never was.
fn revoked(target: &Target, report: &mut Report, invited: &Spare) -> Result<(), String> {
    if !target.has("DELETE", "/api/invitations/{id}") {
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let invitation = target.invite(tenant, &invited.email, &[&target.lowest_role()?])?;
    let path = format!("/api/invitations/{}", invitation.id);
    target.as_chief("DELETE", &path, tenant, None)?;
    let attempt = Attempt::new("IN01", LABEL, &invited.email);
    let watch = Watch::begin(target)?;
    let token = &invitation.token;
    let request = |token: &str| accept(target, &json!({ "token": token }), Some(invited));
    let known = report.probe(&attempt, target, &request(token), &Expected::Status(&[422]));
    let other = request(&flipped(token));
    let unknown = report.probe(&attempt, target, &other, &Expected::Status(&[422]));
    alike(report, &attempt, &request(token), (known, unknown), &[]);
    if target.has("GET", "/auth/invitations/accept") {
        let attempt = Attempt::new("IN01", PAGE, "anonymous");
        let page = |token: &str| {
            let path = format!("/auth/invitations/accept?token={token}");
            Request::new("GET", &path, &target.base_host())
        };
        let refused = Expected::Status(&[422]);
        let known = report.probe(&attempt, target, &page(token), &refused);
        let unknown = report.probe(&attempt, target, &page(&flipped(token)), &refused);
        alike(report, &attempt, &page(token), (known, unknown), &[token]);
    }
    watch.end(target, report, &attempt)
}
