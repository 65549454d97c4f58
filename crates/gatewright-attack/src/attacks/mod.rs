//! The attacks: one module for each group of the list, one function for each attack.
//!
//! [`routes`] goes through every guarded route with everybody who must not pass; the other modules
//! hold what is attacked once, or in a way of its own.

mod big_inputs;
mod big_queries;
mod bulk;
mod configuration;
mod cookies;
mod cross_origin;
mod detours;
mod error_pages;
mod guarded_fields;
mod hosts;
mod injection;
mod invitation_mails;
mod invitees;
mod living_tokens;
mod mass_assignment;
mod mass_bulk;
mod other_sessions;
mod own_fields;
mod own_records;
mod public;
mod races;
mod rank;
mod references;
mod role_slugs;
mod routes;
mod selectors;
mod sessions;
mod strangers;
mod tenancy_bodies;
mod tenant_lists;
mod tenant_queries;
mod two_roles;
mod undocumented;

use crate::report::{Attempt, Report};
use crate::snapshot::Snapshot;
use crate::target::Target;

/// What each id stands for.
const TITLES: &[(&str, &str)] = &[
    (
        "CK01",
        "cookies and caching of sign-in, refresh, sign-out and authenticated answers",
    ),
    (
        "CK02",
        "cross-site requests with a victim's cookies; method overrides",
    ),
    ("CK03", "CORS from foreign, null and lookalike origins"),
    (
        "DB02",
        "statements, NULs and broken text in every parameter and body",
    ),
    ("DS01", "endless, deep and many-membered bodies"),
    ("DS06", "pages, filters, sorts and searches beyond measure"),
    (
        "EM02",
        "empty, null and odd tokens wherever a mail's token is taken",
    ),
    (
        "EM03",
        "invitations whose request names another host: the mailed link",
    ),
    ("EM06", "names in the text and the head of invitation mails"),
    (
        "EN01",
        "a suspended account's sign-in against a wrong password",
    ),
    (
        "EN03",
        "errors that tell of the inside; paths that give things away",
    ),
    (
        "FN01",
        "every route by every role, as the matrix says; undocumented routes and methods",
    ),
    (
        "FN02",
        "members above their rank: own roles, owners, roles, invitations, the platform",
    ),
    (
        "FN03",
        "roles with permissions that their maker lacks, or that are none",
    ),
    ("FN05", "path, method and header tricks around a refusal"),
    (
        "FP01",
        "fields with a permission of their own, by those without it",
    ),
    (
        "GN01",
        "a production start with a missing, placeholder or weak setting",
    ),
    (
        "IN01",
        "invitations accepted as another, with more in the body, with edited tokens, twice",
    ),
    (
        "JW01",
        "access tokens without a signature, or under another algorithm",
    ),
    ("JW02", "access tokens that bring or name their own key"),
    ("JW03", "access tokens with edited or wrong claims"),
    ("MA01", "fields of the server's own in a body"),
    ("MA02", "the same nested, repeated, in the query, in a form"),
    ("OW01", "colleagues' records, by roles narrowed to own ones"),
    (
        "PU01",
        "public routes answer without a credential and ignore a bad one",
    ),
    ("RA02", "one invitation used by many at once"),
    ("RA03", "two owners at once, of whom one must remain"),
    (
        "SE01",
        "tokens after sign-out, here and everywhere, and after a changed password",
    ),
    ("SE02", "a refresh token used twice"),
    ("SE03", "suspended users, members and tenants"),
    ("SE05", "sessions of other users, by id and in lists"),
    ("SE06", "no, malformed, expired and ambiguous credentials"),
    ("TI01", "another tenant's ids"),
    ("TI02", "tenant selectors that disagree; no membership"),
    ("TI03", "references to another tenant's records"),
    ("TI04", "a parent and a child of different tenants"),
    ("TI05", "lists while another tenant writes"),
    ("TI08", "fields of another tenant's own"),
    ("TI11", "one user, two tenants, different roles, at once"),
    ("UI03", "where a browser is sent from host to host"),
    ("UI04", "pages at hosts of nobody's"),
];

type Attack = fn(&Target, &mut Report) -> Result<(), String>;

/// The attacks in their order: those that fill the tables last, for what watches reads all rows.
/// Each stands with the ids that it judges answers for.
const ATTACKS: &[(&[&str], Attack)] = &[
    (routes::IDS, routes::every_guarded_route),
    (&["PU01"], public::pu01_public_routes),
    (&["FN01"], undocumented::fn01_undocumented_routes),
    (&["FN05"], detours::fn05_detours),
    (&["TI02"], selectors::ti02_selectors_that_disagree),
    (&["TI02"], selectors::ti02_sessions_of_another_host),
    (&["TI02"], selectors::ti02_tenants_that_exist),
    (&["TI03"], references::ti03_foreign_references),
    (&["TI04"], references::ti04_mismatched_parents),
    (&["TI01"], bulk::ti01_mixed_ids),
    (&["OW01"], own_records::ow01_records_of_others),
    (&["FP01"], guarded_fields::fp01_guarded_fields),
    (&["FN02"], rank::fn02_above_ones_rank),
    (&["FN03"], role_slugs::fn03_roles_beyond_their_maker),
    (&["IN01", "EM02"], invitees::in01_invitations_of_others),
    (&["EM03"], invitation_mails::em03_poisoned_hosts),
    (&["EM06"], invitation_mails::em06_names_in_mails),
    (&["SE03"], living_tokens::se03_rights_that_ended),
    (&["TI08"], own_fields::ti08_fields_of_another_tenant),
    (&["TI11"], two_roles::ti11_owner_elsewhere),
    (&["MA01"], tenancy_bodies::ma01_tenancy),
    (&["MA02"], tenancy_bodies::ma02_tenancy),
    (&["DB02"], tenancy_bodies::db02_tenancy),
    (&["UI03"], hosts::ui03_hand_overs),
    (&["UI04"], hosts::ui04_strange_hosts),
    (&["RA02"], races::ra02_one_token_many_uses),
    (&["RA03"], races::ra03_the_last_owner),
    (&["SE01"], sessions::se01_after_sign_out),
    (&["SE01"], other_sessions::se01_sessions_elsewhere),
    (&["SE05"], other_sessions::se05_sessions_of_others),
    (&["SE02"], sessions::se02_refresh_reuse),
    (&["EN01"], sessions::en01_suspended_account),
    (&["CK01"], cookies::ck01_attributes),
    (&["CK02"], cross_origin::ck02_cross_site_requests),
    (&["CK02"], cross_origin::ck02_method_overrides),
    (&["CK03"], cross_origin::ck03_cors),
    (&["TI05"], tenant_queries::ti05_queries_and_exports),
    (&["EN03"], error_pages::en03_errors),
    (&["DS06"], big_queries::ds06_queries),
    (&["MA01"], mass_assignment::ma01_fields_of_the_server),
    (&["MA02"], mass_assignment::ma02_disguised_fields),
    (&["MA01"], mass_bulk::ma01_bulk_and_actions),
    (&["MA02"], mass_bulk::ma02_bulk_and_actions),
    (&["MA01"], mass_assignment::ma01_signup),
    (&["DB02"], injection::db02_injection),
    (&["DS01"], big_inputs::ds01_bodies),
    (&["TI11"], tenant_lists::ti11_two_tenants_at_once),
    (&["TI05"], tenant_lists::ti05_lists_under_writes),
    (routes::IDS, routes::routes_that_wait),
    (&["GN01"], configuration::gn01_production_start),
];

/// What an id stands for.
pub(crate) fn title(id: &str) -> &'static str {
    TITLES
        .iter()
        .find(|(known, _)| *known == id)
        .map_or("", |(_, title)| title)
}

/// Makes every attack, or those of one id. One that could not be made is a finding.
pub(crate) fn run_all(target: &Target, report: &mut Report, only: Option<&str>) {
    let wanted = |ids: &[&str]| only.is_none_or(|only| ids.iter().any(|id| id.starts_with(only)));
    for (ids, attack) in ATTACKS.iter().filter(|(ids, _)| wanted(ids)) {
        let id = ids.first().copied().unwrap_or("setup");
        if let Err(why) = attack(target, report) {
            report.find(
                &Attempt::new(id, "-", "the suite"),
                "",
                "a prepared attack",
                why,
            );
        }
    }
}

/// The rows of both tenants, to be compared after an attack.
struct Watch {
    before: Vec<Snapshot>,
}

impl Watch {
    fn begin(target: &Target) -> Result<Self, String> {
        Ok(Self {
            before: vec![
                Snapshot::take(target, &target.cast.victim)?,
                Snapshot::take(target, &target.cast.rival)?,
            ],
        })
    }

    /// Reads one tenant again; each changed row is a finding.
    fn end_of(
        mut self,
        target: &Target,
        report: &mut Report,
        attempt: &Attempt<'_>,
        tenant: &str,
    ) -> Result<(), String> {
        self.before.retain(|before| before.tenant == tenant);
        self.end(target, report, attempt)
    }

    /// Reads everything again; each changed row is a finding.
    fn end(
        self,
        target: &Target,
        report: &mut Report,
        attempt: &Attempt<'_>,
    ) -> Result<(), String> {
        for before in &self.before {
            let differences = before.differences(&Snapshot::take(target, &before.tenant)?);
            let sent = format!("(everything above) and read all rows of {}", before.tenant);
            report.check(
                attempt,
                differences.is_empty(),
                sent,
                "the rows as they were",
                differences.join("\n              "),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attack_has_a_title() {
        let mut ids = ATTACKS.iter().flat_map(|(ids, _)| ids.iter());
        assert!(ids.all(|id| !title(id).is_empty()));
        assert!(TITLES.is_sorted(), "keep the table in order");
    }
}
