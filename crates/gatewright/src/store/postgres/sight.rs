//! Whether whoever migrates sees every tenant's rows. Row-level security that is forced binds the
//! tables' owner as well: what a migration checks or fills in would pass over what it hides.

use super::Transaction;
use crate::store::StoreError;

/// Tables with a `tenant_id` that show the current role less than everything, and what mends that.
/// A superuser and a role with BYPASSRLS are not bound. Another role is by the policies for it: it
/// needs one that allows all, and none that narrows it.
const HIDDEN: &str = "SELECT quote_ident(relname), quote_ident(current_user),
        CASE
            WHEN narrows IS NOT NULL THEN 'DROP POLICY … ON ' || quote_ident(relname) || ';  -- each of ' || narrows
            WHEN named THEN 'ALTER POLICY migration ON ' || quote_ident(relname) || ' TO '
                || quote_ident(current_user) || ' USING (true) WITH CHECK (true);'
            ELSE 'CREATE POLICY migration ON ' || quote_ident(relname) || ' TO ' || quote_ident(current_user)
                || ' USING (true) WITH CHECK (true);'
        END
    FROM pg_class, LATERAL (
        SELECT count(*) FILTER (WHERE binds AND all_rows AND polpermissive AND polcmd = '*') AS open,
            string_agg(quote_ident(polname), ', ') FILTER (WHERE binds AND NOT all_rows AND NOT polpermissive)
                AS narrows,
            -- One for a single command cannot become one for all.
            coalesce(bool_or(polname = 'migration' AND polpermissive AND polcmd = '*'), false) AS named
        FROM (
            SELECT polname, polpermissive, polcmd,
                coalesce(pg_get_expr(polqual, polrelid), 'true') = 'true'
                    AND coalesce(pg_get_expr(polwithcheck, polrelid), 'true') = 'true' AS all_rows,
                EXISTS (
                    SELECT FROM unnest(polroles) AS bound (role)
                    WHERE CASE WHEN role = 0 THEN true ELSE pg_has_role(current_user, role, 'USAGE') END
                ) AS binds
            FROM pg_policy WHERE polrelid = pg_class.oid
        ) AS policy
    ) AS policies
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND relkind IN ('r', 'p')
        AND EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped
        )
        AND row_security_active(pg_class.oid) AND (open = 0 OR narrows IS NOT NULL)
    ORDER BY relname";

/// Refuses to migrate as a role that would not see every row.
pub(in crate::store) async fn check(owner: &mut Transaction) -> Result<(), StoreError> {
    let mut tables: Vec<String> = Vec::new();
    let mut remedies: Vec<String> = Vec::new();
    let mut role = String::new();
    for mut row in owner.run(HIDDEN, &[]).await? {
        tables.push(row.next()?);
        role = row.next()?;
        remedies.push(row.next()?);
    }
    if tables.is_empty() {
        return Ok(());
    }
    Err(StoreError::Other(format!(
        "row-level security hides rows of {} from the migrating role {role}, so a migration would not see what it \
         changes, and nothing has changed; migrate as the role that made the tables, or run this as a superuser:\n    \
         {}",
        tables.join(", "),
        remedies.join("\n    ")
    )))
}
