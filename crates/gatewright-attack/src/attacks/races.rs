//! RA02 and RA03: many at once, of whom one may win.

use std::thread;

use serde_json::{Value, json};

use crate::client::{Request, Response};
use crate::fixtures::Spare;
use crate::report::{Attempt, Report};
use crate::surface::Signup;
use crate::target::Target;

/// How many use one invitation at once.
const USES: usize = 50;

/// How often two owners race.
const ROUNDS: usize = 20;

const ACCEPT: &str = "POST /auth/invitations/accept";

/// Sends all at once, and answers in their order.
fn at_once(target: &Target, requests: &[Request]) -> Vec<Option<Response>> {
    thread::scope(|scope| {
        let running: Vec<_> = requests
            .iter()
            .map(|request| scope.spawn(|| target.client.send(request).ok()))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().ok().flatten())
            .collect()
    })
}

/// RA02: one invitation, used by many at once.
pub(super) fn ra02_one_token_many_uses(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("POST", "/auth/invitations/accept") {
        report.skip("RA02", "nobody is invited");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let spare = target.spare(&target.cast.rival, "racer", &[])?;
    let invitation = target.invite(tenant, &spare.email, &[&target.lowest_role()?])?;
    let body = json!({ "token": invitation.token });
    let requests = vec![target.acceptance(&body).bearer(&spare.access); USES];
    one_wins(target, report, &requests, &spare.email)?;
    let member = target.membership(tenant, &spare.email)?;
    target.as_chief("DELETE", &format!("/api/members/{member}"), tenant, None)?;

    if target.surface.signup == Signup::Closed {
        report.skip(
            "RA02",
            "sign-up is closed: nobody gets an account by an invitation",
        );
        return Ok(());
    }
    // Somebody without an account, each time with another password: it is made once.
    let guest = target.guest();
    let invitation = target.invite(tenant, &guest, &[&target.lowest_role()?])?;
    let newcomer = |number: usize| {
        let password = format!("nine staples hold the correct battery {number}");
        target.acceptance(
            &json!({ "token": invitation.token, "password": password, "name": "Guest" }),
        )
    };
    let requests: Vec<Request> = (0..6).map(newcomer).collect();
    one_wins(target, report, &requests, &guest)
}

fn one_wins(
    target: &Target,
    report: &mut Report,
    requests: &[Request],
    email: &str,
) -> Result<(), String> {
    let attempt = Attempt::new("RA02", ACCEPT, email);
    let answers = at_once(target, requests);
    let statuses: Vec<u16> = answers
        .iter()
        .flatten()
        .map(|answer| answer.status)
        .collect();
    let won = statuses.iter().filter(|status| **status == 200).count();
    let lost = statuses
        .iter()
        .filter(|status| (400..500).contains(*status))
        .count();
    let sent = format!("{} times at once: {}", requests.len(), requests[0]);
    let told = format!("{statuses:?}");
    let right = won == 1 && won + lost == requests.len();
    report.check(&attempt, right, &sent, "one 200 and refusals (4xx)", told);
    let rows = target.rows("/api/members", &target.cast.victim)?;
    let rows = rows.iter().filter(|row| row["email"] == email).count();
    report.check(&attempt, rows == 1, &sent, "one membership", rows);
    Ok(())
}

/// What an owner may do that could leave a tenant without one.
type Move = fn(&Owner, &Owner) -> (&'static str, String, Option<Value>);

const MOVES: &[Move] = &[
    |_, _| ("DELETE", "/api/me/membership".to_owned(), None),
    |_, other| ("DELETE", one(other), None),
    |_, other| ("PATCH", one(other), Some(json!({ "roles": [] }))),
    |own, _| ("PATCH", one(own), Some(json!({ "roles": [] }))),
    |_, other| ("PATCH", one(other), Some(json!({ "status": "suspended" }))),
    |_, other| {
        let path = format!("{}/transfer-ownership", one(other));
        ("POST", path, Some(json!({})))
    },
];

fn one(owner: &Owner) -> String {
    format!("/api/members/{}", owner.member)
}

/// An owner of the tenant that is raced for.
struct Owner {
    email: String,
    access: String,
    member: String,
}

/// RA03: two owners at once remove, suspend, demote and leave, and there is an owner afterwards.
pub(super) fn ra03_the_last_owner(target: &Target, report: &mut Report) -> Result<(), String> {
    let needed = [
        ("PATCH", "/api/members/{id}"),
        ("POST", "/api/tenants"),
        ("POST", "/api/invitations"),
    ];
    if !needed.iter().all(|(method, path)| target.has(method, path)) {
        report.skip("RA03", "no tenant can be made for it");
        return Ok(());
    }
    let mut arena = Arena::build(target)?;
    let known: Vec<&Move> = MOVES
        .iter()
        .filter(|chosen| arena.knows(**chosen))
        .collect();
    for round in 0..ROUNDS {
        let (Some(first), Some(second)) = (
            known.get(round % known.len()),
            known.get((round + round / known.len()) % known.len()),
        ) else {
            return Err("no move is known".to_owned());
        };
        arena.round(report, **first, **second)?;
        arena.restore()?;
    }
    Ok(())
}

/// A tenant of its own, and its two owners.
struct Arena<'a> {
    target: &'a Target,
    slug: String,
    owners: [Owner; 2],
}

impl<'a> Arena<'a> {
    fn build(target: &'a Target) -> Result<Self, String> {
        let rival = &target.cast.rival;
        let owner = |spare: Spare| Owner {
            email: spare.email,
            access: spare.access,
            member: String::new(),
        };
        // Where not everybody makes tenants, staff of the platform do, and own them.
        let first = match target.surface.signup {
            Signup::Open => owner(target.spare(rival, "first-owner", &[])?),
            Signup::InviteOnly | Signup::Closed => {
                let staff = target.cast.super_admin()?;
                Owner {
                    email: staff.email().to_owned(),
                    access: staff.access().to_owned(),
                    member: String::new(),
                }
            }
        };
        let second = owner(target.spare(rival, "second-owner", &[])?);
        let slug = format!("arena-{}", target.fresh());
        let body = json!({ "name": "Arena", "slug": slug });
        let request = Request::new("POST", "/api/tenants", &target.base_host());
        target.must(&request.json(&body).bearer(&first.access))?;
        let mut arena = Self {
            target,
            slug,
            owners: [first, second],
        };
        arena.restore()?;
        Ok(arena)
    }

    fn knows(&self, chosen: Move) -> bool {
        let [one, other] = &self.owners;
        let (method, path, _) = chosen(one, other);
        let path = path
            .replace(&other.member, "{id}")
            .replace(&one.member, "{id}");
        self.target.has(method, &path)
    }

    fn request(&self, by: &Owner, method: &str, path: &str, body: Option<&Value>) -> Request {
        let request = Request::new(method, path, &self.target.host(&self.slug));
        let request = body
            .iter()
            .fold(request, |request, body| request.json(body));
        request.bearer(&by.access)
    }

    /// Both at once; afterwards somebody owns the tenant.
    fn round(&self, report: &mut Report, first: Move, second: Move) -> Result<(), String> {
        let [one, other] = &self.owners;
        let asked = [(one, first(one, other)), (other, second(other, one))];
        let requests =
            asked.map(|(by, (method, path, body))| self.request(by, method, &path, body.as_ref()));
        let answers = at_once(self.target, &requests);
        let sent = format!("{} and {} at once", requests[0], requests[1]);
        let label = "PATCH /api/members/{id}";
        let attempt = Attempt::new("RA03", label, "two owners at once");
        let statuses: Vec<u16> = answers
            .iter()
            .flatten()
            .map(|answer| answer.status)
            .collect();
        let known = |status: &u16| matches!(status, 200 | 204 | 403 | 404 | 409);
        let right = statuses.len() == 2 && statuses.iter().all(known);
        report.check(
            &attempt,
            right,
            &sent,
            "successes and refusals",
            format!("{statuses:?}"),
        );
        let owners = self.active_owners()?;
        report.check(&attempt, owners > 0, &sent, "an active owner", owners);
        match owners {
            0 => Err(format!("{} has no owner any more", self.slug)),
            _ => Ok(()),
        }
    }

    /// The members as one of the two sees them, who may.
    fn members(&self) -> Result<(&Owner, Vec<Value>), String> {
        for owner in &self.owners {
            let list = self.request(owner, "GET", "/api/members", None);
            let answer = self.target.client.send(&list);
            let answer = answer.map_err(|error| error.to_string())?.json();
            if let Some(rows) = answer["data"].as_array() {
                return Ok((owner, rows.clone()));
            }
        }
        Ok((&self.owners[0], Vec::new()))
    }

    fn active_owners(&self) -> Result<usize, String> {
        let rows = self.members()?.1;
        let owns = |row: &&Value| row["status"] == "active" && holds_owner(row);
        Ok(rows.iter().filter(owns).count())
    }

    /// Makes both of them active owners again.
    fn restore(&mut self) -> Result<(), String> {
        let target = self.target;
        for turn in 0..2 {
            let (chief, rows) = self.members()?;
            let owner = &self.owners[turn];
            let row = rows.iter().find(|row| row["email"] == json!(owner.email));
            let owns = |row: &Value| row["status"] == "active" && holds_owner(row);
            match row {
                Some(row) if owns(row) => {}
                Some(row) => {
                    let id = row["id"].as_str().unwrap_or_default();
                    let path = format!("/api/members/{id}");
                    let body = json!({ "status": "active", "roles": ["owner"] });
                    target.must(&self.request(chief, "PATCH", &path, Some(&body)))?;
                }
                None => {
                    let body = json!({ "email": owner.email, "roles": ["owner"] });
                    let request = self.request(chief, "POST", "/api/invitations", Some(&body));
                    let invitation = target.invite_by(&request, &owner.email)?;
                    let body = json!({ "token": invitation.token });
                    target.must(&target.acceptance(&body).bearer(&owner.access))?;
                }
            }
        }
        let rows = self.members()?.1;
        for owner in &mut self.owners {
            let row = rows.iter().find(|row| row["email"] == json!(owner.email));
            let id = row.and_then(|row| row["id"].as_str());
            owner.member = id.ok_or("an owner is no member")?.to_owned();
        }
        Ok(())
    }
}

fn holds_owner(row: &Value) -> bool {
    let roles = row["roles"].as_array();
    roles.is_some_and(|roles| roles.iter().any(|role| role == "owner"))
}
