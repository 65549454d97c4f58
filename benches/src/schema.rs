//! A large schema, to generate from.

use std::fmt::Write as _;

/// A schema of `resources` resources with ten fields each, every third referring to the one before.
#[must_use]
pub fn of(resources: usize) -> String {
    let held = |action: &str| {
        let each = (0..resources).map(|n| format!("\"part{n:03}s:{action}\""));
        each.collect::<Vec<_>>().join(", ")
    };
    let mut text = format!(
        "[app]\nname = \"Large\"\n\n[auth]\nsignup = \"open\"\nproviders = [\"password\"]\n\n\
         [tenancy]\nrow_level_security = true\n\n\
         [roles]\nowner = {{ permissions = [\"*\"], assigns = [\"*\"] }}\n\
         editor = {{ includes = [\"viewer\"], permissions = [\"members:read\", \"audit:read\", {}] }}\n\
         viewer = {{ permissions = [\"tenant:read\", {}] }}\n",
        held("*"),
        held("read"),
    );
    for n in 0..resources {
        let tenth = match n {
            n if n > 0 && n % 3 == 0 => format!(
                "fields.part_id = {{ type = \"reference\", to = \"part{:03}s\" }}",
                n - 1
            ),
            _ => "fields.rank = { type = \"integer\", default = 0 }".to_owned(),
        };
        write!(
            text,
            "\n[resources.part{n:03}s]\n\
             fields.name = {{ type = \"string\", max = 200 }}\n\
             fields.sku = {{ type = \"string\", max = 64, unique = true }}\n\
             fields.description = {{ type = \"text\", optional = true }}\n\
             fields.price = {{ type = \"decimal\", precision = 12, scale = 2, min = 0 }}\n\
             fields.stock = {{ type = \"integer\", min = 0, default = 0 }}\n\
             fields.status = {{ type = \"enum\", values = [\"draft\", \"active\"], default = \"draft\" }}\n\
             fields.visible = {{ type = \"boolean\", default = false }}\n\
             fields.seen_at = {{ type = \"timestamp\", optional = true }}\n\
             fields.notes = {{ type = \"text\", optional = true }}\n\
             {tenth}\n"
        )
        .expect("to write to a string");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_large_schema_is_sound() {
        let parsed = gatewright_schema::parse(&super::of(100));
        assert_eq!(parsed.diagnostics, []);
        assert_eq!(
            parsed.schema.map(|schema| schema.resources.len()),
            Some(100)
        );
    }
}
