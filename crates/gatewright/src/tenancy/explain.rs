//! Why somebody may do something in a tenant, or may not: what the gate would decide now, and which
//! role gives what.

use serde::Serialize;
use uuid::Uuid;

use super::membership::MEMBERSHIP;
use super::resolve::by_slug;
use crate::authn::{Email, PlatformRole};
use crate::authz::{Effect, Extent, Role, Standing};
use crate::error::{Error, Result};
use crate::model::{Kind, Model};
use crate::platform;
use crate::runtime::Runtime;
use crate::store::{FieldValue, Mode, Row, Scope, UnexpectedValue, Value};

/// The decision on one permission of one account in one tenant, with all that it comes from.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    pub(crate) tenant: String,
    pub(crate) user: String,
    pub(crate) permission: &'static str,
    pub(crate) decision: Decision,
    /// A sentence for people.
    pub(crate) reason: String,
    pub(crate) roles: Vec<RoleShare>,
    pub(crate) account: String,
    /// `active`, `suspended` or `none`.
    pub(crate) membership: String,
    pub(crate) tenant_status: String,
    /// Whether they are in the tenant as staff of the platform.
    pub(crate) platform_entry: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// For all records.
    Granted,
    /// For the records that they made.
    GrantedOwn,
    Denied,
}

impl Decision {
    fn of(extent: Option<Extent>) -> Self {
        match extent {
            Some(Extent::All) => Self::Granted,
            Some(Extent::Own) => Self::GrantedOwn,
            None => Self::Denied,
        }
    }
}

/// How far something reaches: `all`, `own`, or `none`.
fn word(extent: Option<Extent>) -> &'static str {
    extent.map_or("none", Extent::as_str)
}

/// What one role has to do with the permission.
#[derive(Debug, Serialize)]
pub(crate) struct RoleShare {
    pub(crate) role: String,
    /// `template` or `custom`.
    pub(crate) kind: &'static str,
    pub(crate) template_gives: &'static str,
    pub(crate) added: &'static str,
    pub(crate) removed: bool,
    /// What is added lies above the template's ceiling, and gives nothing.
    pub(crate) above_ceiling: bool,
    pub(crate) gives: &'static str,
}

/// Who is asked about.
const FACTS: &str = "
    SELECT t.slug, t.status, u.email, u.status, m.status
    FROM tenants t
    JOIN users u ON u.id = $2
    LEFT JOIN user_tenants m ON m.tenant_id = $1 AND m.user_id = u.id
    WHERE t.id = $1";

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    tenant_id: Uuid,
    user_id: Uuid,
    /// The permission's place in the model.
    permission: usize,
}

impl Question {
    pub(crate) fn new(tenant_id: Uuid, user_id: Uuid, permission: usize) -> Self {
        Self {
            tenant_id,
            user_id,
            permission,
        }
    }

    /// The statements to run in the tenant's scope, whose rows [`explain`](Self::explain) takes in
    /// this order.
    pub(crate) fn statements(&self) -> [(&'static str, Vec<Value>); 3] {
        let who = vec![self.tenant_id.into_value(), self.user_id.into_value()];
        let entry = platform::entry(self.tenant_id, self.user_id);
        [(FACTS, who.clone()), entry, (MEMBERSHIP, who)]
    }

    /// Decides as the gate would.
    ///
    /// # Errors
    /// 500 for rows that are not of these statements.
    pub(crate) fn explain(self, runtime: &Runtime, answers: Vec<Vec<Row>>) -> Result<Explanation> {
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let facts = next().into_iter().next();
        let facts = facts.ok_or_else(|| Error::internal("nobody to explain"))?;
        let staff = platform::entered_as(next())?;
        self.read(runtime, facts, staff, next())
            .map_err(Error::internal)
    }

    fn read(
        self,
        runtime: &Runtime,
        mut facts: Row,
        staff: Option<PlatformRole>,
        membership: Vec<Row>,
    ) -> Result<Explanation, UnexpectedValue> {
        let model = runtime.model;
        let permission = model.permissions.get(self.permission);
        let permission =
            permission.ok_or_else(|| UnexpectedValue("no such permission".to_owned()))?;
        let tenant: String = facts.next()?;
        let tenant_status: String = facts.next()?;
        let user: String = facts.next()?;
        let account: String = facts.next()?;
        let status: Option<String> = facts.next()?;
        let mut roles = Vec::new();
        for mut row in membership {
            // The membership's status, which the facts have.
            row.next::<String>()?;
            Role::read(&mut row, &mut roles)?;
        }

        let shares: Vec<RoleShare> = roles
            .iter()
            .map(|role| self.share(runtime, role, permission.slug))
            .collect();
        let membership = status.unwrap_or_else(|| "none".to_owned());
        let (decision, reason) = if account != "active" {
            denied("The account is suspended: no request of theirs is let through (401).")
        } else if let Some(staff) = staff {
            of_staff(staff, permission.kind)
        } else if membership == "none" {
            denied("They are no member of this tenant (403 tenant_forbidden).")
        } else if membership != "active" {
            denied("Their membership is suspended (403 tenant_forbidden).")
        } else if tenant_status != "active" {
            denied("The tenant is suspended (403 tenant_suspended).")
        } else {
            let standing = Standing::new(model, &runtime.roles, roles);
            let decision = Decision::of(standing.held.extent(self.permission));
            (decision, reason(model, decision, &shares))
        };
        Ok(Explanation {
            tenant,
            user,
            permission: permission.slug,
            decision,
            reason,
            roles: shares,
            account,
            membership,
            tenant_status,
            platform_entry: staff.is_some(),
        })
    }

    /// What a role has to do with the permission.
    fn share(self, runtime: &Runtime, role: &Role, slug: &str) -> RoleShare {
        let model = runtime.model;
        let effects = || {
            let overrides = role.overrides.iter();
            overrides.filter(|one| one.permission == slug)
        };
        let added = effects().find_map(|one| match one.effect {
            Effect::Add(extent) => Some(extent),
            Effect::Remove => None,
        });
        let ceiling = role.def(model).and_then(|def| def.ceiling);
        let under = role.template.is_none() || ceiling.unwrap_or_default().contains(&slug);
        let given = role.def(model).map(|def| runtime.roles.template(def.name));
        RoleShare {
            role: role.name.clone(),
            kind: role.kind(),
            template_gives: word(given.and_then(|held| held.extent(self.permission))),
            added: word(added),
            removed: effects().any(|one| one.effect == Effect::Remove),
            above_ceiling: added.is_some() && !under,
            gives: word(role.held(model, &runtime.roles).extent(self.permission)),
        }
    }
}

fn denied(reason: &str) -> (Decision, String) {
    (Decision::Denied, reason.to_owned())
}

/// What staff of the platform may do in a tenant that they entered.
fn of_staff(role: PlatformRole, kind: Kind) -> (Decision, String) {
    let name = role.as_str();
    if platform::reaches(role, kind) {
        let reason = format!("They entered the tenant as {name} of the platform, who holds this.");
        return (Decision::Granted, reason);
    }
    let reason = format!("They entered the tenant as {name} of the platform, who only reads.");
    (Decision::Denied, reason)
}

fn reason(model: &Model, decision: Decision, shares: &[RoleShare]) -> String {
    let named = |wanted: &dyn Fn(&RoleShare) -> bool| {
        let names = shares.iter().filter(|share| wanted(share));
        let names: Vec<String> = names.map(|share| format!("`{}`", share.role)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let gives = |extent: Extent| move |share: &RoleShare| share.gives == extent.as_str();
    let by_all = named(&gives(Extent::All)).unwrap_or_default();
    let by_own = named(&gives(Extent::Own)).unwrap_or_default();
    match decision {
        Decision::Granted => format!("Given by {by_all}."),
        Decision::GrantedOwn => format!("Given by {by_own}, for the records that they made alone."),
        Decision::Denied if shares.is_empty() => "They have no role in this tenant.".to_owned(),
        Decision::Denied => {
            if let Some(names) = named(&|share| share.removed && share.template_gives != "none") {
                return format!(
                    "The tenant has taken it from {names}, and no other role gives it."
                );
            }
            if let Some(names) = named(&|share| share.above_ceiling) {
                return format!(
                    "The tenant has added it to {names}, above the ceiling that the schema sets there, and no other \
                     role gives it."
                );
            }
            let is_dropped =
                |share: &RoleShare| share.kind == "template" && model.role(&share.role).is_none();
            match named(&is_dropped) {
                Some(names) => format!(
                    "None of their roles gives it; the schema has no template {names} any more."
                ),
                None => "None of their roles gives it.".to_owned(),
            }
        }
    }
}

/// The same for whoever runs the application: of any account, by its address.
///
/// # Errors
/// A sentence when the schema has no such permission, or there is no such tenant or account.
pub(crate) async fn explain_to_operator(
    runtime: &Runtime,
    slug: &str,
    email: &str,
    permission: &str,
) -> Result<Explanation, Box<dyn std::error::Error>> {
    let index = runtime.model.permission(permission);
    let index = index.ok_or_else(|| {
        format!("the schema has no permission `{permission}`; `gatewright check` prints all")
    })?;
    let mut read = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let tenant = by_slug(&mut read, slug).await?;
    let tenant = tenant.ok_or_else(|| format!("no tenant has the slug `{slug}`"))?;
    let address = Email::parse(email).map_err(|error| error.message)?;
    let sql = "SELECT id FROM users WHERE email_normalized = $1";
    let args = [address.normalized().to_owned().into_value()];
    let user = read.run(sql, &args).await?.into_iter().next();
    let mut user = user.ok_or_else(|| format!("no account has the address {email}"))?;
    let question = Question::new(tenant.id, user.next()?, index);
    read.rescope(Scope::Tenant(tenant.id)).await?;
    let mut answers = Vec::new();
    for (sql, args) in question.statements() {
        answers.push(read.run(sql, &args).await?);
    }
    read.commit().await?;
    Ok(question.explain(runtime, answers)?)
}
