//! From TOML text to a [`File`]: every key known, every value of the right kind and with its place.

mod fields;
mod reader;
mod tree;

use toml::de::DeTable;

use crate::diagnostics::{
    empty_file::empty_file, empty_list::empty_list, invalid_toml::invalid_toml,
};
use crate::keys;
use crate::report::Diagnostic;
use reader::{Entry, Reader};
pub(crate) use tree::{
    Action, Auth, Field, File, Issuer, Limits, Located, PolicyTest, Resource, Role, Scalar, Texts,
};

/// Reads the file. `None` if it is not TOML or empty; then nothing further can be said of it.
pub(crate) fn read(source: &str, out: &mut Vec<Diagnostic>) -> Option<File> {
    let (document, errors) = DeTable::parse_recoverable(source);
    if !errors.is_empty() {
        out.extend(errors.iter().map(|error| invalid_toml(error, source)));
        return None;
    }
    if document.get_ref().is_empty() {
        out.push(empty_file());
        return None;
    }
    let mut file = Reader::open(document.get_ref(), &keys::FILE, 0..0, out);
    Some(File {
        app_name: app_name(&mut file),
        auth: auth(&mut file),
        row_level_security: row_level_security(&mut file),
        limits: limits(&mut file),
        roles: roles(&mut file),
        resources: resources(&mut file),
        tests: tests(&mut file),
    })
}

fn app_name(file: &mut Reader<'_, '_>) -> Option<Located<String>> {
    let app = file.table("app")?;
    Reader::open(app.value, &keys::APP, app.span, file.out).text("name")
}

fn auth(file: &mut Reader<'_, '_>) -> Auth {
    let Some(table) = file.table("auth") else {
        return Auth::default();
    };
    let mut auth = Reader::open(table.value, &keys::AUTH, table.span, file.out);
    let read = Auth {
        signup: auth
            .word("signup", &keys::SIGNUP)
            .and_then(|word| keys::signup(&word.value)),
        require_verified_email: auth.flag("require_verified_email").map(|flag| flag.value),
        access_token_ttl: auth.text("access_token_ttl"),
        refresh_token_ttl: auth.text("refresh_token_ttl"),
        session_idle_ttl: auth.text("session_idle_ttl"),
        providers: auth.texts("providers"),
        issuers: issuers(&mut auth),
    };
    if let Some(providers) = &read.providers
        && providers.value.is_empty()
    {
        auth.out
            .push(empty_list("providers", providers.span.clone()));
    }
    read
}

fn issuers(auth: &mut Reader<'_, '_>) -> Vec<Issuer> {
    let named = auth.named("oidc", "{ issuer = \"https://sso.example.com\" }");
    let mut issuers = Vec::new();
    for Entry { name, table } in named.unwrap_or_default() {
        let mut issuer = Issuer {
            name,
            issuer: None,
            label: None,
            domains: Vec::new(),
        };
        if let Some(table) = table {
            let place = issuer.name.span.clone();
            let mut keys = Reader::open(table, &keys::OIDC, place, auth.out);
            issuer.issuer = keys.text("issuer");
            issuer.label = keys.text("label");
            let domains = keys.texts("domains");
            issuer.domains = domains.map(|list| list.value).unwrap_or_default();
        }
        issuers.push(issuer);
    }
    issuers
}

fn row_level_security(file: &mut Reader<'_, '_>) -> Option<bool> {
    let table = file.table("tenancy")?;
    let mut tenancy = Reader::open(table.value, &keys::TENANCY, table.span, file.out);
    tenancy.flag("row_level_security").map(|flag| flag.value)
}

fn limits(file: &mut Reader<'_, '_>) -> Limits {
    let Some(table) = file.table("limits") else {
        return Limits::default();
    };
    let mut limits = Reader::open(table.value, &keys::LIMITS, table.span, file.out);
    Limits {
        per_key: limits.text("per_key"),
        anonymous: limits.text("anonymous"),
    }
}

fn roles(file: &mut Reader<'_, '_>) -> Option<Located<Vec<Role>>> {
    let named = file.named("roles", "{ permissions = [\"*\"] }")?;
    let mut roles = Vec::with_capacity(named.len());
    for Entry { name, table } in named {
        let mut role = Role {
            name,
            permissions: Vec::new(),
            includes: Vec::new(),
            assigns: Vec::new(),
            ceiling: None,
            complete: false,
        };
        if let Some(table) = table {
            let reported = file.out.len();
            let mut keys = Reader::open(table, &keys::ROLE, role.name.span.clone(), file.out);
            let mut list = |key| keys.texts(key).map(|list| list.value).unwrap_or_default();
            role.permissions = list("permissions");
            role.includes = list("includes");
            role.assigns = list("assigns");
            role.ceiling = keys.texts("ceiling");
            role.complete = file.out.len() == reported;
        }
        roles.push(role);
    }
    Some(Located {
        value: roles,
        span: file.place_of("roles").unwrap_or_default(),
    })
}

fn resources(file: &mut Reader<'_, '_>) -> Option<Vec<Resource>> {
    let named = file.named("resources", "{ fields.name = { type = \"string\" } }")?;
    if let Some(place) = file.place_of("resources")
        && named.is_empty()
    {
        file.out.push(empty_list("resources", place));
    }
    let mut resources = Vec::with_capacity(named.len());
    for Entry { name, table } in named {
        let mut resource = Resource {
            name,
            singular: None,
            fields: Vec::new(),
            permissions_known: false,
            actions: Vec::new(),
            audit: None,
            label: None,
            renamed_from: None,
        };
        if let Some(table) = table {
            let place = resource.name.span.clone();
            let mut keys = Reader::open(table, &keys::RESOURCE, place, file.out);
            resource.singular = keys.text("singular");
            resource.fields = fields::read(&mut keys);
            let actions = actions(&mut keys);
            let lost = keys.lost("actions", &actions)
                || resource.fields.iter().any(|field| field.permission_lost);
            resource.permissions_known = !lost;
            resource.actions = actions.unwrap_or_default();
            let audit = keys.word("audit", &keys::AUDIT);
            resource.audit = audit.and_then(|word| keys::audit(&word.value));
            resource.label = keys.text("label");
            resource.renamed_from = keys.text("renamed_from");
        }
        resources.push(resource);
    }
    Some(resources)
}

fn actions(resource: &mut Reader<'_, '_>) -> Option<Vec<Action>> {
    let named = resource.named("actions", "{ label = \"Publish\" }")?;
    let read = named.into_iter();
    let read = read.map(|Entry { name, table }| {
        let mut action = Action {
            name,
            label: None,
            uses: Vec::new(),
        };
        if let Some(table) = table {
            let place = action.name.span.clone();
            let mut keys = Reader::open(table, &keys::ACTION, place, resource.out);
            action.label = keys.text("label");
            action.uses = keys.texts("uses").map(|l| l.value).unwrap_or_default();
        }
        action
    });
    Some(read.collect())
}

fn tests(file: &mut Reader<'_, '_>) -> Vec<PolicyTest> {
    file.tables("tests")
        .into_iter()
        .map(|table| {
            let mut test = Reader::open(table.value, &keys::TEST, table.span, file.out);
            let role = test.text("role");
            let mut list = |key| test.texts(key).map(|list| list.value).unwrap_or_default();
            PolicyTest {
                role,
                can: list("can"),
                cannot: list("cannot"),
            }
        })
        .collect()
}
