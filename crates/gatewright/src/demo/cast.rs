//! Who takes part in the demonstration.

use super::{DemoTenant, DemoUser};
use crate::authn::PlatformRole;
use crate::model::{Model, OWNER, Signup};

/// Accounts that wait for an invitation.
const WAITING: usize = 24;

const ACME: DemoTenant = DemoTenant {
    slug: "acme",
    name: "Acme",
    status: "active",
};
const GLOBEX: DemoTenant = DemoTenant {
    slug: "globex",
    name: "Globex",
    status: "active",
};
const INITECH: DemoTenant = DemoTenant {
    slug: "initech",
    name: "Initech",
    status: "suspended",
};

/// The tenants and users. In each tenant an owner comes first.
pub(super) fn cast(model: &'static Model, edge_cases: bool) -> (Vec<DemoTenant>, Vec<DemoUser>) {
    let mut tenants = vec![ACME, GLOBEX];
    let mut users = Vec::new();
    for tenant in &tenants {
        let others = model
            .roles
            .iter()
            .map(|role| role.name)
            .filter(|role| *role != OWNER);
        for role in std::iter::once(OWNER).chain(others) {
            let local = role.replace('_', "-");
            users.push(member(
                format!("{local}@{}.example", tenant.slug),
                tenant.slug,
                vec![role],
            ));
        }
    }
    if edge_cases {
        tenants.push(INITECH);
        users.extend(strangers(model));
        if model.auth.signup == Signup::Closed {
            // Nobody gets an account by an invitation then, so some are there who wait for one.
            let waiting = (1..=WAITING).map(|number| format!("waiting-{number}@example.com"));
            users.extend(waiting.map(|email| nowhere(&email, None)));
        }
    }
    (tenants, users)
}

/// Those whom the gate must tell from members in good standing.
fn strangers(model: &'static Model) -> Vec<DemoUser> {
    let acme = |email: &str, roles| member(email.to_owned(), ACME.slug, roles);
    let least = model.roles.last().map_or(OWNER, |role| role.name);
    vec![
        member(
            "owner@initech.example".to_owned(),
            INITECH.slug,
            vec![OWNER],
        ),
        DemoUser {
            membership_status: "suspended",
            ..acme("suspended-member@acme.example", vec![OWNER])
        },
        DemoUser {
            user_status: "suspended",
            ..acme("suspended-user@acme.example", vec![OWNER])
        },
        acme("no-roles@acme.example", Vec::new()),
        acme("both@example.com", vec![OWNER]),
        member("both@example.com".to_owned(), GLOBEX.slug, vec![least]),
        nowhere("outsider@example.com", None),
        nowhere("root@platform.example", Some(PlatformRole::SuperAdmin)),
        nowhere("support@platform.example", Some(PlatformRole::Support)),
    ]
}

fn member(email: String, tenant: &'static str, roles: Vec<&'static str>) -> DemoUser {
    DemoUser {
        email,
        tenant: Some(tenant),
        roles,
        user_status: "active",
        membership_status: "active",
        platform_role: None,
    }
}

/// An account in no tenant.
fn nowhere(email: &str, platform_role: Option<PlatformRole>) -> DemoUser {
    DemoUser {
        tenant: None,
        platform_role,
        ..member(email.to_owned(), "", Vec::new())
    }
}
