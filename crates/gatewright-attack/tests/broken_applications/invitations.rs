//! Invitations, their mails, and how they are accepted.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::input::invalid;
use crate::records::not_found;
use crate::tenancy::{against, denied, names};
use crate::world::{PASSWORD, ROLES, Route};

pub struct Invitation {
    pub tenant: String,
    pub id: String,
    pub email: String,
    pub roles: Vec<String>,
    pub token: String,
    pub status: &'static str,
}

impl Application {
    pub fn invitations(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let view = |one: &Invitation| json!({ "id": one.id, "email": one.email, "roles": one.roles, "status": one.status });
        if route.0 == "GET" {
            let own = world.invitations.iter();
            let own = own.filter(|one| one.tenant == actor.tenant).map(view);
            let data: Vec<Value> = own.collect();
            return Ok(Response::json(
                200,
                &json!({ "data": data, "next_cursor": null }),
            ));
        }
        if route.0 == "DELETE" {
            let unscoped = self.has(Defect::InvitationsWithoutTenant);
            let found = world.invitations.iter_mut().find(|one| one.id == id);
            let found = found.filter(|one| unscoped || one.tenant == actor.tenant);
            let found = found.ok_or_else(not_found)?;
            if found.status != "pending" {
                return Err(against("not_pending"));
            }
            found.status = "revoked";
            return Ok(Response::empty(204));
        }
        let body = self.known(request, &["email", "roles"])?;
        let email = body
            .get("email")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let fits = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
        if !email.chars().all(fits) || email.matches('@').count() != 1 {
            return Err(invalid("email", "invalid"));
        }
        let sent = body.get("roles").cloned().unwrap_or_default();
        let roles = names(&sent);
        if roles.is_empty() {
            return Err(invalid("roles", "empty"));
        }
        for role in &roles {
            let own = world
                .roles
                .iter()
                .any(|own| own.tenant == actor.tenant && own.name == *role);
            if !own && !ROLES.contains(&role.as_str()) {
                return Err(invalid("roles", "unknown"));
            }
            let may = world.may_assign(&actor.tenant, &actor.roles, role);
            if !may && !self.has(Defect::InvitesAboveItself) {
                return Err(denied("roles:assign"));
            }
        }
        let invitation = Invitation {
            tenant: actor.tenant.clone(),
            id: uuid::Uuid::now_v7().to_string(),
            email: email.to_owned(),
            roles,
            token: format!("gwi_{}", uuid::Uuid::now_v7().simple()),
            status: "pending",
        };
        let name = world
            .tenants
            .iter()
            .find(|tenant| tenant["slug"] == actor.tenant.as_str())
            .map(|tenant| tenant["name"].as_str().unwrap_or_default().to_owned());
        self.mail(request, &invitation, &name.unwrap_or_default());
        let answer = Response::json(201, &view(&invitation));
        world.invitations.push(invitation);
        Ok(answer)
    }

    fn mail(&self, request: &Request, invitation: &Invitation, name: &str) {
        let (scheme, host) = self.base.split_once("://").unwrap();
        let mut host = format!("{}.{host}", invitation.tenant);
        if let (true, Some(other)) = (
            self.has(Defect::LinkByForwardedHost),
            request.header("x-forwarded-host"),
        ) {
            host = other.to_owned();
        }
        let plain: String = name
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ')
            .take(60)
            .collect();
        let shown = match self.has(Defect::NamesAsTheyAre) {
            true => name,
            false => &plain,
        };
        let link = format!(
            "{scheme}://{host}/auth/invitations/accept?token={}",
            invitation.token
        );
        let text = format!(
            "To: {}\r\nSubject: Join\r\n\r\nJoin {shown}:\r\n\r\n{link}\r\n",
            invitation.email
        );
        fs::create_dir_all("mail").unwrap();
        let path = format!("mail/{}", invitation.id);
        fs::write(format!("{path}.part"), text).unwrap();
        fs::rename(format!("{path}.part"), format!("{path}.eml")).unwrap();
    }

    pub fn accept(&self, request: &Request, subdomain: Option<&str>) -> Result<Response, Problem> {
        let shown = request.header("authorization").is_some()
            || request.header("cookie").is_some()
            || request.header("x-api-key").is_some();
        let signed_in = match shown {
            true => Some(self.credential(request)?.0),
            false => None,
        };
        let mut keys = vec!["token", "password", "name"];
        if self.has(Defect::AcceptTakesRoles) {
            keys.push("roles");
        }
        let body = self.known(request, &keys)?;
        let bad = || invalid("token", "invalid");
        let sent = body.get("token").cloned().unwrap_or_default();
        let any = self.has(Defect::EmptyTokenMatches) && (sent.is_null() || sent == "");
        let mut world = self.world.lock().unwrap();
        let found = world
            .invitations
            .iter()
            .position(|one| one.status == "pending" && (any || sent == one.token.as_str()));
        let at = found.ok_or_else(bad)?;
        let tenant = world.invitations[at].tenant.clone();
        if subdomain.is_some_and(|host| host != tenant) {
            return Err(bad());
        }
        let email = world.invitations[at].email.clone();
        let known = world
            .users
            .iter()
            .any(|entry| entry["email"] == email.as_str());
        let password = body.get("password").and_then(Value::as_str);
        let who = match signed_in {
            Some(who) if who != email && !self.has(Defect::AcceptsAsAnybody) => {
                return Err(Problem::new(403, "invitation_for_another"));
            }
            Some(who) => who,
            None if any => email.clone(),
            None if known && password != Some(PASSWORD) => {
                return Err(invalid("password", "incorrect"));
            }
            None if password.is_none_or(|password| password.len() < 8) => {
                return Err(invalid("password", "too_short"));
            }
            None => email.clone(),
        };
        if self.has(Defect::InvitationRace) {
            drop(world);
            thread::sleep(Duration::from_millis(50));
            world = self.world.lock().unwrap();
        }
        let mut roles = world.invitations[at].roles.clone();
        if let Some(more) = body.get("roles") {
            roles = names(more);
        }
        if !self.has(Defect::InvitationTwice) {
            world.invitations[at].status = "accepted";
        }
        // An account that was never in this tenant, or left it: the membership is a new one.
        let member = world
            .users
            .iter()
            .any(|entry| entry["email"] == who.as_str() && entry["tenant"] == tenant.as_str());
        if member && !self.has(Defect::InvitationRace) {
            return Err(against("member"));
        }
        world.users.push(json!({
            "id": uuid::Uuid::now_v7().to_string(), "email": who, "tenant": tenant, "roles": roles,
            "user_status": "active", "membership_status": "active", "platform_role": null,
        }));
        Ok(Response::json(
            200,
            &json!({ "status": "accepted", "tenant": { "slug": tenant } }),
        ))
    }
}
