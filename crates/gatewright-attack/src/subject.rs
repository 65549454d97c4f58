//! What a route of the runtime's own is about.

/// The routes of one subject begin with one of these.
const SUBJECTS: &[(&str, Subject)] = &[
    ("/api/roles", Subject::Roles),
    ("/api/members", Subject::Members),
    ("/api/me/membership", Subject::Members),
    ("/api/invitations", Subject::Invitations),
    ("/auth/invitations", Subject::Invitations),
    ("/api/custom-fields", Subject::CustomFields),
    ("/api/tenants", Subject::Tenants),
    ("/api/tenant", Subject::Tenants),
    ("/auth/switch-tenant", Subject::Hosts),
    ("/auth/handoff", Subject::Hosts),
    ("/platform", Subject::Platform),
];

/// What a route is about that is of no resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Roles,
    Members,
    Invitations,
    CustomFields,
    Tenants,
    /// From one host to another.
    Hosts,
    Platform,
}

impl Subject {
    /// The subject of a path; `None` for the team's own, and for what needs no attack of its own.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let within = |prefix: &str| {
            let rest = path.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        SUBJECTS
            .iter()
            .find(|(prefix, _)| within(prefix))
            .map(|(_, subject)| *subject)
    }

    /// For a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Roles => "routes of roles",
            Self::Members => "routes of members",
            Self::Invitations => "routes of invitations",
            Self::CustomFields => "routes of custom fields",
            Self::Tenants => "routes of tenants",
            Self::Hosts => "routes between hosts",
            Self::Platform => "routes of the platform",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_about_what_it_begins_with() {
        for (path, subject) in [
            ("/api/roles/{id}", Some(Subject::Roles)),
            ("/api/roles-of-actors", None),
            ("/api/tenants", Some(Subject::Tenants)),
            ("/api/tenant/suspend", Some(Subject::Tenants)),
            ("/api/me/permissions", None),
            ("/platform/users/{id}", Some(Subject::Platform)),
        ] {
            assert_eq!(Subject::of_path(path), subject, "{path}");
        }
    }
}
