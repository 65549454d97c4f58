//! The answer as sentences, which the formats for people lay out.
//!
//! Names stand in backticks, as in diagnostics. No name of a schema holds a backtick or a bar.

use super::changes::{
    AccessDiff, ActionChange, Effect, Extent, FieldAccess, FieldChange, PermissionChange, Presence,
    ResourceChange, RoleChange, SettingChange,
};

/// What changed in one place of the file.
pub(super) struct Group {
    /// ``role `editor` ``
    pub title: String,
    pub entries: Vec<Entry>,
}

/// One change.
pub(super) struct Entry {
    pub effect: Effect,
    pub text: String,
    /// The routes that it is about.
    pub endpoints: Vec<String>,
}

impl Entry {
    fn new(effect: Effect, text: String) -> Self {
        Self {
            effect,
            text,
            endpoints: Vec::new(),
        }
    }
}

/// All that changed, place by place.
pub(super) fn groups(diff: &AccessDiff) -> Vec<Group> {
    let settings = (!diff.settings.is_empty()).then(|| Group {
        title: "settings".to_owned(),
        entries: diff.settings.iter().map(|s| setting("", s)).collect(),
    });
    let resources = diff.resources.iter().map(|change| Group {
        title: format!("resource `{}`", change.name),
        entries: resource(change),
    });
    let roles = diff.roles.iter().map(|change| Group {
        title: format!("role `{}`", change.name),
        entries: role(change),
    });
    settings.into_iter().chain(resources).chain(roles).collect()
}

/// `5 changes widen access, 1 narrows it`
pub(super) fn summary(diff: &AccessDiff) -> String {
    let verb = |count: usize, verb: &str| match count {
        1 => format!("1 change {verb}s"),
        _ => format!("{count} changes {verb}"),
    };
    match (diff.count(Effect::Widens), diff.count(Effect::Narrows)) {
        (0, 0) => "no change widens or narrows access".to_owned(),
        (0, narrow) => format!("{} access, none widens it", verb(narrow, "narrow")),
        (wide, 0) => format!("{} access, none narrows it", verb(wide, "widen")),
        (wide, 1) => format!("{} access, 1 narrows it", verb(wide, "widen")),
        (wide, narrow) => format!("{} access, {narrow} narrow it", verb(wide, "widen")),
    }
}

/// `wider`, `narrower` or `the same`.
pub(super) fn verdict(diff: &AccessDiff) -> &'static str {
    if diff.widens() {
        "wider"
    } else if diff.count(Effect::Narrows) > 0 {
        "narrower"
    } else {
        "the same"
    }
}

fn setting(of: &str, change: &SettingChange) -> Entry {
    let SettingChange {
        key,
        before,
        after,
        effect,
    } = change;
    Entry::new(*effect, format!("{of}`{key}`: `{before}` -> `{after}`"))
}

fn resource(change: &ResourceChange) -> Vec<Entry> {
    let name = &change.name;
    let mut entries = Vec::new();
    let mut neutral = |text| entries.push(Entry::new(Effect::Neutral, text));
    match change.change {
        Presence::New if change.fields.is_empty() => neutral("new".to_owned()),
        Presence::New => {
            let fields: Vec<String> = change.fields.iter().map(guarded).collect();
            neutral(format!("new, with {}", fields.join(", ")));
        }
        Presence::Removed => neutral("removed".to_owned()),
        Presence::Changed => {
            if let Some(old) = &change.renamed_from {
                neutral(format!(
                    "renamed from `{old}`: `/api/{old}` is `/api/{name}`"
                ));
            }
        }
    }
    entries.extend(change.settings.iter().map(|change| setting("", change)));
    if change.change == Presence::Changed {
        entries.extend(change.fields.iter().flat_map(field));
    }
    if change.change != Presence::Removed {
        entries.extend(change.actions.iter().flat_map(action));
    }
    entries
}

fn guarded(change: &FieldChange) -> String {
    match &change.permission {
        Some(slug) => format!("`{}` (needs `{slug}`)", change.name),
        None => format!("`{}`", change.name),
    }
}

fn field(change: &FieldChange) -> Vec<Entry> {
    let name = &change.name;
    let text = match (change.change, &change.renamed_from) {
        (Presence::New, _) => Some(format!("new field {}", guarded(change))),
        (Presence::Removed, _) => Some(format!("field `{name}` removed")),
        (Presence::Changed, Some(old)) => Some(format!("field `{name}` renamed from `{old}`")),
        (Presence::Changed, None) => None,
    };
    let text = text.map(|text| Entry::new(Effect::Neutral, text));
    let of = format!("field `{name}`, ");
    let settings = change.settings.iter().map(|change| setting(&of, change));
    text.into_iter().chain(settings).collect()
}

fn action(change: &ActionChange) -> Vec<Entry> {
    let name = &change.name;
    let entry = |effect, text| vec![Entry::new(effect, text)];
    match change.change {
        Presence::New => {
            let uses = listed(&change.uses_gained);
            entry(Effect::Neutral, format!("new action `{name}`, uses {uses}"))
        }
        Presence::Removed => entry(Effect::Neutral, format!("action `{name}` removed")),
        Presence::Changed => [
            (Effect::Widens, "uses", &change.uses_gained),
            (Effect::Narrows, "no longer uses", &change.uses_lost),
        ]
        .into_iter()
        .filter(|(_, _, slugs)| !slugs.is_empty())
        .map(|(effect, verb, slugs)| {
            Entry::new(effect, format!("action `{name}` {verb} {}", listed(slugs)))
        })
        .collect(),
    }
}

fn role(change: &RoleChange) -> Vec<Entry> {
    let mut entries = Vec::new();
    match change.change {
        Presence::New => entries.push(Entry::new(Effect::Neutral, "new".to_owned())),
        Presence::Removed => entries.push(Entry::new(Effect::Neutral, "removed".to_owned())),
        Presence::Changed => {}
    }
    entries.extend(change.permissions.iter().map(permission));
    entries.extend(change.through.iter().map(|change| {
        let (slug, by) = (&change.permission, listed(&change.actions));
        let extent = extent(change.before, change.after);
        let verb = verb(change.effect, "can use", "can no longer use");
        Entry::new(
            change.effect,
            format!("{verb} `{slug}` through {by}{extent}"),
        )
    }));
    entries.extend(change.ceiling.iter().map(|change| {
        let slug = &change.permission;
        let extent = extent(change.before, change.after);
        let verb = verb(change.effect, "may", "may no longer");
        Entry::new(
            change.effect,
            format!("a tenant {verb} add `{slug}`{extent}"),
        )
    }));
    entries.extend(change.assigns.iter().map(|change| {
        let verb = verb(change.effect, "may", "may no longer");
        Entry::new(change.effect, format!("{verb} assign `{}`", change.role))
    }));
    let alike = |a: &FieldAccess, b: &FieldAccess| {
        a.resource == b.resource && (a.before, a.after) == (b.before, b.after)
    };
    entries.extend(change.fields.chunk_by(alike).filter_map(fields));
    entries
}

fn permission(change: &PermissionChange) -> Entry {
    let slug = &change.permission;
    let extent = extent(change.before, change.after);
    let endpoints = change.endpoints.iter();
    Entry {
        effect: change.effect,
        text: match (change.before, change.after) {
            (Extent::None, _) => format!("gains `{slug}`{extent}"),
            (_, Extent::None) => format!("loses `{slug}`{extent}"),
            _ => format!("has `{slug}`{extent}"),
        },
        endpoints: endpoints
            .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path))
            .collect(),
    }
}

/// The fields of one resource that a role sees as much more or less of.
fn fields(alike: &[FieldAccess]) -> Option<Entry> {
    let first = alike.first()?;
    let names: Vec<&str> = alike.iter().map(|field| field.field.as_str()).collect();
    let verb = match first.after {
        Extent::None => "no longer sees",
        _ => "sees",
    };
    let (resource, names) = (&first.resource, listed(&names));
    let extent = extent(first.before, first.after);
    let text = format!("{verb} {names} of `{resource}`{extent}");
    Some(Entry::new(first.effect, text))
}

fn verb(effect: Effect, gains: &'static str, loses: &'static str) -> &'static str {
    match effect {
        Effect::Narrows => loses,
        Effect::Widens | Effect::Neutral => gains,
    }
}

/// The records that a change is about, where it is not about all of them.
fn extent(before: Extent, after: Extent) -> &'static str {
    match (before, after) {
        (Extent::None, Extent::Own) | (Extent::Own, Extent::None) => " (own records)",
        (Extent::Own, Extent::All) => " (own records -> all records)",
        (Extent::All, Extent::Own) => " (all records -> own records)",
        _ => "",
    }
}

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}
