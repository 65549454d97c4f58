//! The defects, and the attack that has to find each.

macro_rules! defects {
    ($($(#[$doc:meta])* $name:ident => $attack:literal,)*) => {
        /// What is wrong with the application.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Defect { $($(#[$doc])* $name,)* }

        /// Every defect with the id of its attack.
        pub const DEFECTS: &[(Defect, &str)] = &[$((Defect::$name, $attack),)*];
    };
}

defects! {
    /// Nothing is wrong.
    None => "",
    /// Records are read, changed and deleted by id alone.
    NoTenantPredicate => "TI01",
    /// Only deletion forgets the tenant.
    DeleteWithoutTenant => "TI01",
    /// Another tenant's id is 403 and an unknown one is 404.
    ForeignIdIsForbidden => "TI01",
    /// Another tenant's id has another title than an unknown one.
    ForeignIdHasAnotherTitle => "TI01",
    /// The record is changed first and the permission checked after.
    ChangesBeforeItRefuses => "TI01",
    /// Bulk routes find records by id alone.
    BulkWithoutTenant => "TI01",
    /// A bulk update skips ids that are not there and does the rest.
    BulkUpdateSkips => "TI01",
    /// Another tenant's id in a bulk request has another title than an unknown one.
    BulkForeignIsTold => "TI01",
    /// An action finds its record by id alone.
    ActionWithoutTenant => "TI01",
    /// A precondition is checked before the tenant.
    PreconditionFirst => "TI01",
    /// Somebody narrowed to their own records reads all.
    NarrowedReads => "OW01",
    /// They change all.
    NarrowedUpdates => "OW01",
    /// They delete all.
    NarrowedDeletes => "OW01",
    /// They act on all.
    NarrowedActs => "OW01",
    /// They list all.
    NarrowedLists => "OW01",
    /// They export all.
    NarrowedExports => "OW01",
    /// They change all in bulk.
    NarrowedBulk => "OW01",
    /// A guarded field is read by everybody.
    HiddenFieldShown => "FP01",
    /// A guarded field is null where it should not be there.
    HiddenFieldNull => "FP01",
    /// A guarded field stands in lists.
    HiddenFieldInList => "FP01",
    /// A guarded field stands in the answer of an action.
    HiddenFieldAfterAction => "FP01",
    /// A guarded field can be chosen.
    HiddenFieldChosen => "FP01",
    /// A guarded field can be filtered by.
    HiddenFieldFilter => "FP01",
    /// A guarded field can be sorted by.
    HiddenFieldSort => "FP01",
    /// A search looks into a guarded field.
    HiddenFieldSearch => "FP01",
    /// A guarded field is exported.
    HiddenFieldExport => "FP01",
    /// A guarded field is written by everybody.
    HiddenFieldWritten => "FP01",
    /// The refusal to write a guarded field tells that it is there.
    HiddenFieldIsTold => "FP01",
    /// Exports hold every tenant's rows.
    ExportsEverything => "TI05",
    /// A search looks into every tenant.
    SearchReachesOtherTenants => "TI05",
    /// "Not equal" is the complement of every tenant's rows.
    ComplementReachesOtherTenants => "TI05",
    /// A report counts every tenant's rows.
    ReportOfEveryTenant => "TI05",
    /// Lists show every tenant's rows.
    ListsEverything => "TI05",
    /// A filter is matched in every tenant.
    FilterReachesOtherTenants => "TI05",
    /// A cursor carries its tenant, and is believed.
    CursorReachesOtherTenants => "TI05",
    /// Roles are not looked at.
    NoPermissionCheck => "FN01",
    /// A permission is missing from one route only.
    DeleteForEverybody => "FN01",
    /// A route that is in no list.
    HiddenRoute => "FN01",
    /// Any signed-in user reads the platform's routes.
    PlatformForEverybody => "FN01",
    /// The refusal does not say which permission.
    DenialWithoutSlug => "FN01",
    /// Memberships are not looked at.
    NoMembershipCheck => "TI02",
    /// An unknown tenant is 404 and a foreign one is 403.
    UnknownTenantIsNotFound => "TI02",
    /// `X-Tenant` wins over the host.
    HeaderWinsOverHost => "TI02",
    /// A lookalike of the host header is believed.
    BelievesForwardedHost => "TI02",
    /// A browser's session of one tenant's host works at another's.
    SessionOfAnyHost => "TI02",
    /// A browser's session is renewed at any host.
    RenewalAtAnyHost => "TI02",
    /// An account in no tenant learns which tenants there are.
    AccountsLearnOfTenants => "TI02",
    /// Suspended memberships count.
    SuspendedMemberPasses => "SE03",
    /// Suspended tenants serve.
    SuspendedTenantServes => "SE03",
    /// Roles of one tenant count in all.
    RolesOfAnyTenant => "TI11",
    /// References are not checked.
    ForeignReference => "TI03",
    /// A foreign reference has another message than an unknown one.
    ForeignReferenceIsTold => "TI03",
    /// References in a bulk body are not checked.
    BulkForeignReference => "TI03",
    /// `alg: none` is accepted.
    AlgorithmNone => "JW01",
    /// HS256 with the public key as the secret is accepted.
    PublicKeyAsSecret => "JW01",
    /// A key in the token's header is used.
    KeyFromHeader => "JW02",
    /// The audience is not compared.
    NoAudience => "JW03",
    /// The token's session may be another user's.
    SubjectOfAnotherSession => "JW03",
    /// `nbf` is not read.
    NotBeforeIgnored => "JW03",
    /// Tokens do not expire.
    NoExpiry => "SE06",
    /// A bad cookie falls through to a good bearer token.
    TwoCredentials => "SE06",
    /// A challenge is missing.
    NoChallenge => "SE06",
    /// Sign-out forgets the access token.
    SignOutKeepsAccess => "SE01",
    /// A refresh token works for ever.
    RefreshReuse => "SE02",
    /// A replay is refused, but its family lives on.
    FamilySurvives => "SE02",
    /// A suspended account's sign-in is told apart.
    SuspendedSignIn => "EN01",
    /// Scripts can read the cookie.
    NoHttpOnly => "CK01",
    /// Answers may be stored.
    NoNoStore => "CK01",
    /// A browser is given its tokens in the body.
    TokensInBody => "CK01",
    /// Nobody asks where a request comes from.
    NoOriginCheck => "CK02",
    /// Sibling subdomains are trusted.
    SameSiteIsTrusted => "CK02",
    /// The origin is compared by its beginning.
    OriginByPrefix => "CK02",
    /// The origin's scheme is not compared.
    OriginOfAnyScheme => "CK02",
    /// A header turns a GET into a DELETE.
    MethodOverride => "CK02",
    /// The origin is echoed.
    OriginEcho => "CK03",
    /// `X-Role` is believed.
    BelievesRoleHeader => "FN05",
    /// `X-Original-URL` decides who may pass.
    BelievesOriginalUrl => "FN05",
    /// A trailing slash goes around the check.
    TrailingSlash => "FN05",
    /// A `tenant_id` in the body is stored.
    BodyTenant => "MA01",
    /// A version in a patch is stored.
    BodyVersion => "MA01",
    /// A version in a bulk update is stored.
    BulkBodyVersion => "MA01",
    /// Fields beside the records of a bulk request are stored.
    BulkFieldsBeside => "MA01",
    /// Fields in a bag are stored.
    NestedFields => "MA02",
    /// Fields in the query are stored.
    QueryFields => "MA02",
    /// The type of the content is not looked at.
    AnyContentType => "MA02",
    /// A body may be of any size.
    ReadsWholeBody => "DS01",
    /// A page may be of any size.
    NoLimit => "DS06",
    /// There may be any number of filters and sort keys.
    ManyKeys => "DS06",
    /// A filter's value becomes part of the statement.
    InjectionInFilter => "DB02",
    /// A sort key becomes part of the statement.
    InjectionInSort => "DB02",
    /// A NUL makes the database fail.
    NulIsFailure => "DB02",
    /// Errors say which server they are from.
    ErrorsNameTheServer => "EN03",
    /// A refusal holds the statement.
    ErrorsTellSql => "EN03",
    /// A public route looks at the credential.
    PublicRouteAuthenticates => "PU01",
    /// A placeholder is a good secret.
    PlaceholderSecret => "GN01",
    /// Any origin may be configured.
    WildcardOrigin => "GN01",
    /// Roles of a tenant's own are found by id alone.
    RolesWithoutTenant => "TI01",
    /// Members are found by id alone.
    MembersWithoutTenant => "TI01",
    /// Invitations are revoked by id alone.
    InvitationsWithoutTenant => "TI01",
    /// Whoever changes members gives and takes any role.
    RaisesItself => "FN02",
    /// Whoever invites offers any role.
    InvitesAboveItself => "FN02",
    /// A role is edited by whoever may edit roles, whatever it holds.
    EditsRolesAbove => "FN02",
    /// A role holds what its maker does not.
    GrantsWhatItLacks => "FN03",
    /// Permissions are trimmed and put into lower case.
    SlugsAreTidied => "FN03",
    /// An invitation is for whoever is signed in.
    AcceptsAsAnybody => "IN01",
    /// Whoever accepts says which roles.
    AcceptTakesRoles => "IN01",
    /// An invitation can be used again.
    InvitationTwice => "IN01",
    /// An empty token is as good as any.
    EmptyTokenMatches => "EM02",
    /// The mailed link names the host of a header.
    LinkByForwardedHost => "EM03",
    /// A tenant's name stands in mails as it is.
    NamesAsTheyAre => "EM06",
    /// The sessions of a suspended account live on.
    BannedSessionsLive => "SE03",
    /// Who may use an invitation is decided before it is spent.
    InvitationRace => "RA02",
    /// Whether an owner is left is not asked.
    OwnersRace => "RA03",
    /// The fields of all tenants are listed.
    FieldsOfEveryTenant => "TI08",
    /// The fields of all tenants can be named.
    FieldNamesOfEveryTenant => "TI08",
    /// Bodies of roles, members and invitations may hold anything.
    TenancyTakesAnyKey => "MA01",
    /// The name of a role becomes part of a statement.
    RoleNameInStatement => "DB02",
    /// A browser is sent to any host.
    HandsOffAnywhere => "UI03",
    /// A page says which host was asked for.
    PageNamesTheHost => "UI04",
    /// One route never answers strangers.
    Hangs => "uncovered",
    /// A role that should may not.
    OwnerRefused => "uncovered",
}

impl Defect {
    /// The one that the environment names.
    pub fn of_environment() -> Self {
        let name = std::env::var("DEFECT").unwrap_or_default();
        DEFECTS
            .iter()
            .map(|(defect, _)| *defect)
            .find(|defect| format!("{defect:?}") == name)
            .unwrap_or(Self::None)
    }
}
