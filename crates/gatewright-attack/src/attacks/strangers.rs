//! Everybody who must not pass a guarded route, and what each must be answered.

use std::net::TcpListener;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::attacks::selectors::alike;
use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::forge::{Forgery, Material, claims_of, forgeries};
use crate::report::{Attempt, Report};
use crate::surface::{Access, Route};
use crate::target::{Prepared, Target, same_origin};

/// Bad credentials, made once for all routes.
pub(super) struct Credentials {
    /// A token whose session was signed out.
    revoked: String,
    /// A refresh token in the place of an access token.
    refresh: String,
    /// A token that works.
    genuine: String,
    forgeries: Vec<Forgery>,
    /// Where the forgeries' `jku` and `x5u` point.
    listener: TcpListener,
}

impl Credentials {
    pub(super) fn collect(target: &Target, report: &mut Report) -> Result<Self, String> {
        let owner = target.cast.owner(&target.cast.victim)?;
        let host = target.base_host();
        let ended = target.sign_in(owner.email(), &host)?;
        target.must(&Request::new("GET", "/auth/me", &host).bearer(&ended.access))?;
        target.must(&Request::new("POST", "/auth/logout", &host).bearer(&ended.access))?;

        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        listener
            .set_nonblocking(true)
            .map_err(|error| error.to_string())?;
        let address = listener
            .local_addr()
            .map_err(|error| error.to_string())?
            .to_string();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|error| error.to_string())?
            .as_secs();
        let material = Material {
            signer: &target.signer,
            genuine: owner.access(),
            other: target.cast.owner(&target.cast.rival)?.access(),
            listener: &address,
            now: now.try_into().unwrap_or(i64::MAX),
        };
        // The signer must be able to sign what is accepted, or no refusal of its tokens means a thing.
        let well_signed = Request::new("GET", "/auth/me", &host)
            .bearer(&target.signer.sign(&claims_of(owner.access())));
        report.probe(
            &Attempt::new(
                "JW03",
                "GET /auth/me",
                "a token signed as the application does",
            ),
            target,
            &well_signed,
            &Expected::Success,
        );
        let forgeries = forgeries(&material);
        let tokens = (owner.tokens.refresh.clone(), owner.access().to_owned());
        Ok(Self {
            revoked: ended.access,
            refresh: tokens.0,
            genuine: tokens.1,
            forgeries,
            listener,
        })
    }

    /// JW02: nobody connected to where a forged header pointed.
    pub(super) fn no_key_was_fetched(&self, report: &mut Report) {
        let connected = self.listener.accept().is_ok();
        report.check(
            &Attempt::new("JW02", "every guarded route", "jku, x5u"),
            !connected,
            "a header that names a URL",
            "no outbound request",
            "a connection",
        );
    }
}

/// One route under attack, with the request that would succeed.
pub(super) struct Assault<'a> {
    pub(super) target: &'a Target,
    pub(super) route: &'a Route,
    pub(super) prepared: &'a Prepared,
    pub(super) credentials: &'a Credentials,
}

const UNAUTHENTICATED: Expected<'_> = Expected::Problem(401, "unauthenticated");

impl Assault<'_> {
    fn request(&self) -> Request {
        self.prepared.request.clone()
    }

    fn probe(
        &self,
        report: &mut Report,
        attack: &'static str,
        who: &str,
        request: &Request,
        expected: &Expected<'_>,
    ) -> Option<Response> {
        report.probe(
            &Attempt::new(attack, &self.route.label(), who),
            self.target,
            request,
            expected,
        )
    }

    /// SE06: nobody at all.
    pub(super) fn without_a_credential(&self, report: &mut Report) {
        self.probe(
            report,
            "SE06",
            "anonymous",
            &self.request(),
            &UNAUTHENTICATED,
        );
    }

    /// SE06: garbage, near misses, another kind of token, and two credentials at once.
    pub(super) fn with_a_malformed_credential(&self, report: &mut Report) -> Result<(), String> {
        let genuine = &self.credentials.genuine;
        let (shorter, _) = genuine.split_at(genuine.len() - 1);
        let (head, signature) = genuine
            .rsplit_once('.')
            .ok_or("an access token has no signature")?;
        let swapped: String = signature
            .chars()
            .map(|c| {
                if c.is_ascii_lowercase() {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        for (who, value) in [
            ("garbage bearer", "Bearer garbage".to_owned()),
            ("empty bearer", "Bearer ".to_owned()),
            ("truncated token", format!("Bearer {shorter}")),
            ("lengthened token", format!("Bearer {genuine}A")),
            ("padded token", format!("Bearer {genuine}=")),
            ("re-cased signature", format!("Bearer {head}.{swapped}")),
            (
                "refresh token as access token",
                format!("Bearer {}", self.credentials.refresh),
            ),
            ("basic credentials", "Basic cm9vdDpyb290".to_owned()),
        ] {
            self.probe(
                report,
                "SE06",
                who,
                &self.request().header("Authorization", &value),
                &UNAUTHENTICATED,
            );
        }
        let cookie = same_origin(self.request()).header("Cookie", "__Host-access=garbage");
        self.probe(report, "SE06", "garbage cookie", &cookie, &UNAUTHENTICATED);

        let both = same_origin(self.request())
            .header("Cookie", &format!("__Host-access={genuine}"))
            .bearer(genuine);
        self.probe(
            report,
            "SE06",
            "cookie and bearer at once",
            &both,
            &Expected::Problem(400, "ambiguous_credential"),
        );
        for (who, one, other) in [
            ("good and bad bearer", genuine.as_str(), "garbage"),
            ("bad and good bearer", "garbage", genuine.as_str()),
        ] {
            self.probe(
                report,
                "SE06",
                who,
                &self.request().bearer(one).bearer(other),
                &Expected::Status(&[400, 401]),
            );
        }
        Ok(())
    }

    /// JW01, JW02, JW03.
    pub(super) fn with_a_forged_token(&self, report: &mut Report) {
        for forgery in &self.credentials.forgeries {
            self.probe(
                report,
                forgery.attack,
                &forgery.name,
                &self.request().bearer(&forgery.token),
                &Expected::Status(&[401]),
            );
        }
    }

    /// SE06, SE01: an expired token, and one whose session was signed out.
    pub(super) fn with_a_token_that_ended(&self, report: &mut Report) {
        let expired = self.request().bearer(&self.target.expired);
        if let Some(response) = self.probe(
            report,
            "SE06",
            "expired token",
            &expired,
            &Expected::Problem(401, "token_expired"),
        ) {
            let hinted = response.text_of("refresh").as_deref() == Some("/auth/refresh")
                && response
                    .header("www-authenticate")
                    .is_some_and(|value| value.contains("error=\"invalid_token\""));
            let verdict = hinted
                .then_some(())
                .ok_or_else(|| "the hint is missing".to_owned());
            let attempt = Attempt::new("SE06", &self.route.path, "expired token");
            report.judge(
                &attempt,
                &expired,
                &response,
                verdict,
                "\"refresh\": \"/auth/refresh\" and error=\"invalid_token\"",
            );
        }
        self.probe(
            report,
            "SE01",
            "signed-out session",
            &self.request().bearer(&self.credentials.revoked),
            &UNAUTHENTICATED,
        );
    }

    /// FN01: each member whose roles lack a permission.
    pub(super) fn without_a_permission(&self, report: &mut Report) {
        for member in self.target.cast.members(&self.target.cast.victim) {
            let missing = self
                .target
                .surface
                .missing(&member.user.roles, &self.route.permissions);
            if !missing.is_empty() {
                self.probe(
                    report,
                    "FN01",
                    member.email(),
                    &self.request().bearer(member.access()),
                    &Expected::Denied(&missing),
                );
            }
        }
    }

    /// FN01: every tenant's role, owners included, on a platform route.
    pub(super) fn without_a_platform_role(&self, report: &mut Report) {
        for member in self
            .target
            .cast
            .everybody()
            .filter(|principal| principal.user.platform_role.is_none())
        {
            self.probe(
                report,
                "FN01",
                member.email(),
                &self.request().bearer(member.access()),
                &Expected::Denied(&self.route.permissions),
            );
        }
    }

    /// TI02, SE03: no membership, a suspended one, and a tenant that does not exist, in the same bytes.
    pub(super) fn without_a_membership(&self, report: &mut Report) -> Result<(), String> {
        let cast = &self.target.cast;
        let nowhere = self.target.host("no-such-tenant");
        let (_, suspended_tenant) = cast.of_suspended_tenant()?;
        let suspended_host = self.target.host(suspended_tenant);
        let owner = cast.owner(&cast.victim)?;
        let at_home = self.target.victim_host();

        let mut strangers = vec![
            ("TI02", cast.outsider()?, &at_home),
            ("TI02", cast.super_admin()?, &at_home),
            ("SE03", cast.suspended_member()?, &at_home),
            ("TI02", owner, &nowhere),
            // A stranger does not learn that a tenant exists and is suspended.
            ("SE03", owner, &suspended_host),
        ];
        strangers.extend(cast.rivals().map(|rival| ("TI02", rival, &at_home)));

        let mut first: Option<Response> = None;
        for (attack, stranger, host) in strangers {
            let who = format!("{} at {host}", stranger.email());
            let request = self.request().at_host(host).bearer(stranger.access());
            let Some(response) = self.probe(
                report,
                attack,
                &who,
                &request,
                &Expected::Problem(403, "tenant_forbidden"),
            ) else {
                continue;
            };
            match &first {
                None => first = Some(response),
                Some(first) => {
                    let label = self.route.label();
                    let verdict = same_bytes(first, &response, &[]);
                    report.judge(
                        &Attempt::new(attack, &label, &who),
                        &request,
                        &response,
                        verdict,
                        Expected::Same(first),
                    );
                }
            }
        }
        Ok(())
    }

    /// SE03: a member of a suspended tenant learns that it is suspended, and no more.
    pub(super) fn in_a_suspended_tenant(&self, report: &mut Report) -> Result<(), String> {
        let (member, tenant) = self.target.cast.of_suspended_tenant()?;
        let request = self
            .request()
            .at_host(&self.target.host(tenant))
            .bearer(member.access());
        self.probe(
            report,
            "SE03",
            member.email(),
            &request,
            &Expected::Problem(403, "tenant_suspended"),
        );
        Ok(())
    }

    /// TI01: the victim's id at the attacker's own host, by every role that may use the route there.
    pub(super) fn with_a_foreign_id(&self, report: &mut Report) {
        let (Some(id), Access::Protect) = (&self.prepared.record, self.route.access) else {
            return;
        };
        let host = self.target.host(&self.target.cast.rival);
        let label = self.route.label();
        let never_issued = uuid::Uuid::now_v7().to_string();
        let not_found = Expected::Problem(404, "not_found");
        let conditional = matches!(self.route.method.as_str(), "PATCH" | "DELETE");
        let mut conditions = ["\"1\"", "*", "W/\"1\"", "\"0\", \"1\""].iter();
        for rival in self
            .target
            .cast
            .rivals()
            .filter(|rival| self.target.admits(self.route, &rival.user.roles))
        {
            let foreign = self.request().at_host(&host).bearer(rival.access());
            let unknown = foreign.clone().about(id, &never_issued);
            let unknown = self.probe(report, "TI01", rival.email(), &unknown, &not_found);
            let known = self.probe(report, "TI01", rival.email(), &foreign, &not_found);
            alike(
                report,
                &Attempt::new("TI01", &label, rival.email()),
                &foreign,
                (known, unknown),
                &[id, &never_issued],
            );
            // A precondition says nothing of a record that is not there (the first rival tries them).
            for condition in conditions.by_ref().filter(|_| conditional) {
                let foreign = foreign.clone().header("If-Match", condition);
                let unknown = foreign.clone().about(id, &never_issued);
                let unknown = self.probe(report, "TI01", rival.email(), &unknown, &not_found);
                let known = self.probe(report, "TI01", rival.email(), &foreign, &not_found);
                alike(
                    report,
                    &Attempt::new("TI01", &label, rival.email()),
                    &foreign,
                    (known, unknown),
                    &[id, &never_issued],
                );
            }
            // Other spellings of the same id: to find it would be as bad, to refuse the spelling is well.
            for spelling in [
                id.to_uppercase(),
                id.replace('-', ""),
                format!("%7B{id}%7D"),
                format!("urn:uuid:{id}"),
            ] {
                let request = foreign.clone().about(id, &spelling);
                self.probe(
                    report,
                    "TI01",
                    rival.email(),
                    &request,
                    &Expected::Status(&[400, 404, 422]),
                );
            }
        }
    }
}
