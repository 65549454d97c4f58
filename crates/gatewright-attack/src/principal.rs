//! Who sends requests: the accounts that `seed-demo --edge-cases` made, signed in.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The answer of `seed-demo --format json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Seed {
    pub(crate) password: String,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) users: Vec<User>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tenant {
    pub(crate) slug: String,
    pub(crate) status: String,
}

/// One membership, or an account without any.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) tenant: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    pub(crate) user_status: String,
    pub(crate) membership_status: Option<String>,
    pub(crate) platform_role: Option<String>,
}

/// What a bearer client holds.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// The accounts, and the bearer tokens of those that can sign in.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) seed: Seed,
    /// The tenant that is attacked.
    pub(crate) victim: String,
    /// The tenant whose members attack.
    pub(crate) rival: String,
    tokens: BTreeMap<String, Tokens>,
}

/// A user, signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Principal<'a> {
    pub(crate) user: &'a User,
    pub(crate) tokens: &'a Tokens,
}

impl<'a> Principal<'a> {
    pub(crate) fn email(&self) -> &'a str {
        &self.user.email
    }

    pub(crate) fn access(&self) -> &'a str {
        &self.tokens.access
    }
}

impl Cast {
    /// Signs everybody in by `sign_in`, once for each account. Suspended accounts stay outside.
    pub(crate) fn assemble(
        seed: Seed,
        mut sign_in: impl FnMut(&str) -> Result<Tokens, String>,
    ) -> Result<Self, String> {
        let mut active = seed
            .tenants
            .iter()
            .filter(|tenant| tenant.status == "active")
            .map(|tenant| tenant.slug.clone());
        let (Some(victim), Some(rival)) = (active.next(), active.next()) else {
            return Err("seed-demo made fewer than two active tenants".to_owned());
        };
        let mut tokens = BTreeMap::new();
        for user in seed
            .users
            .iter()
            .filter(|user| user.user_status == "active")
        {
            if !tokens.contains_key(&user.email) {
                tokens.insert(user.email.clone(), sign_in(&user.email)?);
            }
        }
        Ok(Self {
            seed,
            victim,
            rival,
            tokens,
        })
    }

    /// Everybody who could sign in, one entry for each membership, but for those who wait to be invited.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Principal<'_>> {
        self.signed_in().filter(|principal| !principal.user.waits())
    }

    /// Accounts in no tenant that wait for an invitation, where nobody gets an account by one.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Principal<'_>> {
        self.signed_in().filter(|principal| principal.user.waits())
    }

    fn signed_in(&self) -> impl Iterator<Item = Principal<'_>> {
        self.seed.users.iter().filter_map(|user| {
            Some(Principal {
                user,
                tokens: self.tokens.get(&user.email)?,
            })
        })
    }

    fn find(&self, who: &str, wanted: impl Fn(&User) -> bool) -> Result<Principal<'_>, String> {
        self.everybody()
            .find(|principal| wanted(principal.user))
            .ok_or_else(|| format!("seed-demo made no {who}"))
    }

    /// Active members of `tenant`, those without a role included.
    pub(crate) fn members<'a>(&'a self, tenant: &'a str) -> impl Iterator<Item = Principal<'a>> {
        self.everybody()
            .filter(move |principal| principal.user.is_active_member(tenant))
    }

    /// An owner of `tenant` who belongs to no other.
    pub(crate) fn owner(&self, tenant: &str) -> Result<Principal<'_>, String> {
        self.find("owner", |user| {
            user.is_active_member(tenant)
                && user.roles.iter().any(|role| role == "owner")
                && self.memberships(&user.email) == 1
        })
    }

    /// Active members of the rival tenant who do not belong to the victim.
    pub(crate) fn rivals(&self) -> impl Iterator<Item = Principal<'_>> {
        self.members(&self.rival)
            .filter(|principal| self.memberships(principal.email()) == 1)
    }

    fn memberships(&self, email: &str) -> usize {
        self.seed
            .users
            .iter()
            .filter(|user| user.email == email)
            .count()
    }

    pub(crate) fn suspended_member(&self) -> Result<Principal<'_>, String> {
        let suspended = |user: &User| user.membership_status.as_deref() == Some("suspended");
        self.find("suspended member", |user| {
            user.tenant.as_deref() == Some(&self.victim) && suspended(user)
        })
    }

    pub(crate) fn member_without_roles(&self) -> Result<Principal<'_>, String> {
        self.find("member without a role", |user| {
            user.is_active_member(&self.victim) && user.roles.is_empty()
        })
    }

    /// An account without a membership.
    pub(crate) fn outsider(&self) -> Result<Principal<'_>, String> {
        self.find("account without a membership", |user| {
            user.tenant.is_none() && user.platform_role.is_none()
        })
    }

    pub(crate) fn super_admin(&self) -> Result<Principal<'_>, String> {
        self.find("super admin", |user| {
            user.platform_role.as_deref() == Some("super_admin")
        })
    }

    /// A member of a suspended tenant, with the tenant's slug.
    pub(crate) fn of_suspended_tenant(&self) -> Result<(Principal<'_>, &str), String> {
        let tenant = self
            .seed
            .tenants
            .iter()
            .find(|tenant| tenant.status == "suspended")
            .ok_or("seed-demo made no suspended tenant")?;
        self.find("member of a suspended tenant", |user| {
            user.tenant.as_ref() == Some(&tenant.slug)
        })
        .map(|user| (user, tenant.slug.as_str()))
    }

    /// The account that is a member of both tenants, with its roles in each.
    pub(crate) fn of_both_tenants(&self) -> Result<(Principal<'_>, Principal<'_>), String> {
        self.members(&self.victim)
            .find_map(|one| {
                let other = self
                    .members(&self.rival)
                    .find(|other| other.user.email == one.user.email)?;
                Some((one, other))
            })
            .ok_or_else(|| "seed-demo made no member of two tenants".to_owned())
    }

    /// A suspended account's address.
    pub(crate) fn suspended_user(&self) -> Result<&User, String> {
        self.seed
            .users
            .iter()
            .find(|user| user.user_status == "suspended")
            .ok_or_else(|| "seed-demo made no suspended account".to_owned())
    }
}

impl User {
    fn waits(&self) -> bool {
        self.tenant.is_none() && self.email.starts_with("waiting-")
    }

    pub(crate) fn is_active_member(&self, tenant: &str) -> bool {
        self.tenant.as_deref() == Some(tenant)
            && self
                .membership_status
                .as_deref()
                .is_none_or(|status| status == "active")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = r#"{"password":"p","tenants":[{"slug":"initech","name":"I","status":"suspended"},{"slug":"acme","name":"A","status":"active"},{"slug":"globex","name":"G","status":"active"}],
        "users":[{"email":"both@x","tenant":"acme","roles":["owner"],"user_status":"active","membership_status":"active","platform_role":null},
                 {"email":"both@x","tenant":"globex","roles":["viewer"],"user_status":"active","membership_status":"active","platform_role":null},
                 {"email":"gone@x","tenant":"acme","roles":["owner"],"user_status":"suspended","membership_status":"active","platform_role":null},
                 {"email":"out@x","tenant":null,"roles":[],"user_status":"active","membership_status":null,"platform_role":null}]}"#;

    #[test]
    fn finds_the_characters_by_what_they_are() {
        let mut signed_in = Vec::new();
        let cast = Cast::assemble(serde_json::from_str(SEED).unwrap(), |email| {
            signed_in.push(email.to_owned());
            Ok(Tokens {
                access: format!("a {email}"),
                refresh: String::new(),
            })
        })
        .unwrap();
        assert_eq!(
            signed_in,
            ["both@x", "out@x"],
            "once each, and no suspended account"
        );
        assert_eq!(
            (cast.victim.as_str(), cast.rival.as_str()),
            ("acme", "globex")
        );
        let (one, other) = cast.of_both_tenants().unwrap();
        assert_eq!(
            (one.user.roles.as_slice(), other.user.roles.as_slice()),
            (&["owner".to_owned()][..], &["viewer".to_owned()][..])
        );
        assert_eq!(cast.outsider().unwrap().email(), "out@x");
        assert_eq!(cast.suspended_user().unwrap().email, "gone@x");
        assert!(cast.super_admin().is_err());
    }
}
