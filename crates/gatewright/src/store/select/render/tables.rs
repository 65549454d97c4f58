//! The tables of a query: how each comes in, and what keeps it to its grant.

use super::{Renderer, is};
use crate::error::{Error, Result};
use crate::model::FieldType;
use crate::store::select::builder::{Join, Table};
use crate::store::select::node::Predicate;
use crate::store::{Value, scope};

impl Renderer<'_> {
    /// `FROM … WHERE …`, with every table kept to the tenant, and to whom its grant is narrowed to.
    pub(in crate::store::select) fn from(&mut self, filters: &[Predicate]) -> Result<String> {
        let mut from = String::new();
        let mut conditions = Vec::new();
        for (n, table) in self.tables.iter().enumerate() {
            let before = self.tables.get(..n).unwrap_or_default();
            if before.iter().any(|it| is(it, table.def, table.name)) {
                return Err(Error::internal(format!(
                    "a query has `{}` twice: name one of the two where it joins, `REFERENCE.named(…)`",
                    table.def.name
                )));
            }
            let alias = format!("t{n}");
            let reach = self.reach(table, &alias);
            match &table.join {
                None => {
                    from = format!(r#"FROM "{}" AS "{alias}""#, table.def.name);
                    conditions.push(reach);
                }
                Some(join) => {
                    let on = on(join, before, &alias)?;
                    // The reference may be a field that the caller does not see.
                    self.column(&join.on)?;
                    let kind = if join.left { "LEFT JOIN" } else { "JOIN" };
                    let name = table.def.name;
                    from = format!(r#"{from} {kind} "{name}" AS "{alias}" ON {on} AND {reach}"#);
                }
            }
        }
        for filter in filters {
            conditions.push(self.predicate(filter)?);
        }
        Ok(format!("{from} WHERE {}", conditions.join(" AND ")))
    }

    /// What keeps a table to its grant.
    fn reach(&mut self, table: &Table<'_>, alias: &str) -> String {
        let tenant = scope::tenant(alias);
        match table.access.own() {
            None => tenant,
            Some(user) => {
                self.args.push(Value::Uuid(user));
                format!("{tenant} AND {}", scope::owner(alias, self.args.len()))
            }
        }
    }
}

/// The condition of a join: the reference and the tenant.
fn on(join: &Join, before: &[Table<'_>], alias: &str) -> Result<String> {
    let (def, name) = join.to;
    let Some(to) = before.iter().position(|it| is(it, def, name)) else {
        return Err(Error::internal(format!(
            "a query joins along `{}.{}`, but `{}` is not there yet",
            join.on.def.name, join.on.column, def.name
        )));
    };
    let Some(field) = (join.on.def.field(join.on.column))
        .and_then(|index| join.on.def.fields.get(index))
        .filter(|field| matches!(field.ty, FieldType::Reference { .. }))
    else {
        return Err(Error::internal(format!(
            "`{}.{}` is not a reference",
            join.on.def.name, join.on.column
        )));
    };
    let to = format!("t{to}");
    let (referring, referred) = match join.many {
        true => (alias, to.as_str()),
        false => (to.as_str(), alias),
    };
    Ok(format!(
        r#""{referring}"."tenant_id" = "{referred}"."tenant_id" AND "{referring}"."{}" = "{referred}"."id""#,
        field.name
    ))
}
