//! Schemas at random: valid ones, of every type, key and kind of reference.
//!
//! One seed is one schema, on every machine, so a failure can be had again.

use std::fmt::Write as _;

/// Plural names, some of which mean something to Rust or SQL.
const RESOURCES: [&str; 14] = [
    "products",
    "orders",
    "types",
    "matches",
    "news",
    "invoices",
    "tables",
    "boxes",
    "people",
    "order_lines",
    "groups",
    "columns",
    "stories",
    "values",
];

/// Names of fields, some of which mean something to Rust, SQL or generated code.
const FIELDS: [&str; 24] = [
    "name", "type", "match", "order", "group", "select", "title", "price", "status", "body",
    "grant", "self", "where", "user", "at", "on", "value", "kind", "amount", "code", "fields",
    "record", "async", "x",
];

const ACTIONS: [&str; 6] = ["publish", "close", "ship", "match", "move", "check_in"];

/// A source of numbers that gives the same ones for the same seed (splitmix64).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Some of the items, in their order.
    fn some<'a, T>(&mut self, from: &'a [T], most: usize) -> Vec<&'a T> {
        let wanted = 1 + self.below(most);
        let mut left = from.len();
        let mut taken = Vec::new();
        for item in from {
            if taken.len() < wanted && self.below(left) < wanted - taken.len() {
                taken.push(item);
            }
            left -= 1;
        }
        taken
    }
}

/// A resource with all that roles and actions must know of it.
struct Resource {
    name: &'static str,
    fields: Vec<String>,
    actions: Vec<&'static str>,
    guarded: bool,
    fact: bool,
}

/// The text of a valid schema.
pub fn schema(seed: u64) -> String {
    let mut random = Random::new(seed);
    let names: Vec<&'static str> = random.some(&RESOURCES, 7).into_iter().copied().collect();
    let resources: Vec<Resource> = (0..names.len())
        .map(|at| resource(&mut random, &names, at))
        .collect();
    let mut text = head(&mut random);
    text += &roles(&mut random, &resources);
    for it in &resources {
        let _ = write!(text, "\n[resources.{}]\n", it.name);
        if it.fact {
            text += "audit = \"fact\"\n";
        }
        for field in &it.fields {
            let _ = writeln!(text, "fields.{field}");
        }
        for action in &it.actions {
            let _ = writeln!(text, "actions.{action} = {}", uses(&mut random, &resources));
        }
    }
    text
}

fn head(random: &mut Random) -> String {
    let signup = random.pick(&["open", "open", "closed", "invite_only"]);
    let (verified, rls) = (random.one_in(2), !random.one_in(4));
    let limits = if random.one_in(2) {
        "\n[limits]\nper_key = \"600/1m\"\nanonymous = \"5/10s\"\n"
    } else {
        ""
    };
    format!(
        "[app]\nname = \"Random\"\n\n[auth]\nsignup = \"{signup}\"\nrequire_verified_email = {verified}\n\n\
         [tenancy]\nrow_level_security = {rls}\n{limits}"
    )
}

fn resource(random: &mut Random, names: &[&'static str], at: usize) -> Resource {
    let name = names[at];
    let mut guarded = false;
    let fields = random.some(&FIELDS, 9);
    let mut fields: Vec<String> = fields
        .into_iter()
        .map(|field| {
            let keys = keys(random, name, &mut guarded);
            format!("{field} = {{ {keys} }}")
        })
        .collect();
    for (to, target) in names.iter().enumerate() {
        if random.one_in(3) {
            fields.push(format!(
                "{target}_id = {{ {} }}",
                reference(random, target, to < at)
            ));
        }
    }
    let actions = if random.one_in(2) {
        random.some(&ACTIONS, 2).into_iter().copied().collect()
    } else {
        Vec::new()
    };
    Resource {
        name,
        fields,
        actions,
        guarded,
        fact: random.one_in(4),
    }
}

/// Only what exists already may be required: two that require each other could never begin.
fn reference(random: &mut Random, to: &str, may_be_required: bool) -> String {
    let mut keys = format!("type = \"reference\", to = \"{to}\"");
    let required = may_be_required && random.one_in(2);
    if !required {
        keys += ", optional = true";
    }
    match random.below(4) {
        0 => keys += ", on_delete = \"cascade\"",
        1 if !required => keys += ", on_delete = \"set_null\"",
        2 => keys += ", on_delete = \"restrict\"",
        _ => {}
    }
    keys
}

/// The keys of a field that is no reference.
fn keys(random: &mut Random, resource: &str, guarded: &mut bool) -> String {
    let ty = *random.pick(&[
        "string",
        "string",
        "text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "timestamp",
        "uuid",
        "enum",
        "json",
        "email",
        "url",
    ]);
    let mut keys = format!("type = \"{ty}\"");
    let (unique, bounded) = (random.one_in(5), random.one_in(2));
    match ty {
        "string" if bounded => {
            keys += ", min = 1, max = 40, pattern = \"[A-Za-z0-9][A-Za-z0-9 _-]*\""
        }
        "text" if bounded => keys += ", min = 2, max = 3000",
        "integer" if bounded => keys += ", min = -5, max = 1000000",
        "decimal" if bounded => keys += ", precision = 9, scale = 3, min = 0",
        "decimal" => keys += ", precision = 18, scale = 0",
        "json" if bounded => keys += ", max = 2048",
        "enum" => keys += ", values = [\"draft\", \"type\", \"in_use\", \"done\"]",
        _ => {}
    }
    if matches!(ty, "string" | "text" | "email" | "url") && random.one_in(3) {
        keys += ", search = true";
    }
    if unique && !matches!(ty, "text" | "boolean" | "enum" | "json" | "url") {
        keys += ", unique = true";
    }
    let default = match ty {
        "string" => Some("\"none\""),
        "text" => Some("\"no text\""),
        "integer" => Some("7"),
        "decimal" => Some("\"3\""),
        "boolean" => Some("true"),
        "enum" => Some("\"in_use\""),
        "date" => Some("\"2024-02-29\""),
        _ => None,
    };
    let default = default.filter(|_| !unique && random.one_in(3));
    if let Some(default) = default {
        let _ = write!(keys, ", default = {default}");
    }
    let optional = random.one_in(3);
    if optional {
        keys += ", optional = true";
    }
    if (optional || default.is_some()) && random.one_in(4) {
        *guarded = true;
        let _ = write!(keys, ", permission = \"{resource}:see_more\"");
    }
    if random.one_in(6) {
        keys += ", label = \"A \\\"label\\\"\"";
    }
    keys
}

fn uses(random: &mut Random, resources: &[Resource]) -> String {
    let mut slugs = Vec::new();
    for it in random.some(resources, 3) {
        let verb = random.pick(&["read", "create", "update", "delete"]);
        slugs.push(format!("\"{}:{verb}\"", it.name));
        if it.guarded && random.one_in(2) {
            slugs.push(format!("\"{}:see_more\"", it.name));
        }
    }
    if random.one_in(4) {
        return "{ label = \"Go\" }".to_owned();
    }
    format!("{{ uses = [{}] }}", slugs.join(", "))
}

fn roles(random: &mut Random, resources: &[Resource]) -> String {
    let mut text = "\n[roles]\nowner = { permissions = [\"*\"], assigns = [\"*\"] }\n".to_owned();
    let names = ["admin", "editor", "clerk", "viewer"];
    for (at, role) in names.iter().enumerate().take(random.below(names.len() + 1)) {
        let mut slugs = vec!["\"tenant:read\"".to_owned()];
        for it in random.some(resources, 6) {
            slugs.push(pattern(random, it));
        }
        if random.one_in(3) {
            slugs.push("\"audit:read\"".to_owned());
        }
        slugs.sort();
        slugs.dedup();
        let _ = write!(text, "{role} = {{ permissions = [{}]", slugs.join(", "));
        if at > 0 && random.one_in(2) {
            let _ = write!(text, ", includes = [\"{}\"]", names[random.below(at)]);
        }
        if random.one_in(2) {
            let _ = write!(text, ", assigns = [\"{role}\"]");
        }
        if random.one_in(3) {
            text += ", ceiling = [\"*\"]";
        }
        text += " }\n";
    }
    text
}

fn pattern(random: &mut Random, of: &Resource) -> String {
    let name = of.name;
    match random.below(7) {
        0 => format!("\"{name}:*\""),
        1 => format!("\"{name}:create\""),
        2 => format!("\"{name}:update:own\""),
        3 => format!("\"{name}:delete:own\""),
        4 if of.guarded => format!("\"{name}:see_more\""),
        5 if !of.actions.is_empty() => format!("\"{name}:{}:own\"", of.actions[0]),
        _ => format!("\"{name}:read\""),
    }
}
