//! Whether PostgreSQL would bind the application to its tenants at all.
//!
//! Row-level security does not bind superusers, roles with BYPASSRLS, or, where it is not forced,
//! a table's owner. A role that can become one of those is no better. So the application refuses to
//! start as such a role, or over a table that has no policy, and prints the SQL that mends it.

use super::database::{Database, Mode, Scope, Transaction};
use super::{Row, StoreError, one};

/// Refuses a role or a table for which row-level security would not hold. SQLite has neither.
///
/// `row_level_security` is the schema's wish; without it, the tables need no policies.
pub(crate) async fn check(database: &Database, row_level_security: bool) -> Result<(), StoreError> {
    if let Database::Sqlite(_) = database {
        return Ok(());
    }
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let mut findings = role(&mut transaction).await?;
    findings.extend(ownership(&mut transaction).await?);
    findings.extend(platform(&mut transaction).await?);
    // Which policies bind a role is only worth asking once it is bound at all. Tests take this
    // wall away to see that the others hold.
    if findings.is_empty() && row_level_security && !cfg!(gatewright_wall_off = "rls") {
        findings.extend(tables(&mut transaction).await?);
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(refusal(&findings))
    }
}

/// What is wrong, and the SQL that mends it.
#[derive(Debug)]
struct Finding {
    problem: String,
    remedy: String,
}

fn refusal(findings: &[Finding]) -> StoreError {
    let mut text =
        "PostgreSQL would not keep tenants apart, so the application does not start:".to_owned();
    for finding in findings {
        text.push_str("\n- ");
        text.push_str(&finding.problem);
    }
    text.push_str("\nRun this as a superuser, or as the tables' owner where it is about tables:");
    for finding in findings {
        text.push_str("\n    ");
        text.push_str(&finding.remedy);
    }
    StoreError::Other(text)
}

/// The role's own attributes, and those of every role that it could become.
async fn role(transaction: &mut Transaction) -> Result<Vec<Finding>, StoreError> {
    // CREATEROLE lets a role join others: the tables' owner, say. REPLICATION reads every table.
    let sql = "SELECT quote_ident(rolname), quote_ident(current_user), rolname = current_user,
            -- The one that initdb made.
            oid = 10,
            concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
                CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolreplication THEN 'REPLICATION' END),
            concat_ws(' ', CASE WHEN rolsuper THEN 'NOSUPERUSER' END, CASE WHEN rolbypassrls THEN 'NOBYPASSRLS' END,
                CASE WHEN rolcreaterole THEN 'NOCREATEROLE' END, CASE WHEN rolreplication THEN 'NOREPLICATION' END)
        FROM pg_roles AS other
        WHERE (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)
            AND pg_has_role(current_user, oid, 'MEMBER')
            -- A superuser counts as a member of every role: name itself alone.
            AND (rolname = current_user OR NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
        ORDER BY rolname";
    let finding = |mut row: Row| {
        let [role, current]: [String; 2] = [row.next()?, row.next()?];
        let (is_itself, is_the_servers_own): (bool, bool) = (row.next()?, row.next()?);
        let [has, without]: [String; 2] = [row.next()?, row.next()?];
        Ok(if is_itself && is_the_servers_own {
            // The server needs this superuser: it is the application that wants another role.
            Finding {
                problem: format!("its role {current} has {has}"),
                remedy: "CREATE ROLE app LOGIN NOINHERIT PASSWORD '…'; GRANT gatewright_platform TO app;  \
                         -- and let DATABASE_URL use it"
                    .to_owned(),
            }
        } else if is_itself {
            Finding {
                problem: format!("its role {current} has {has}"),
                remedy: format!("ALTER ROLE {current} NOINHERIT {without};"),
            }
        } else {
            Finding {
                problem: format!("its role {current} can become {role}, which has {has}"),
                remedy: format!("REVOKE {role} FROM {current};"),
            }
        })
    };
    transaction
        .run(sql, &[])
        .await?
        .into_iter()
        .map(finding)
        .collect()
}

/// Tables whose owner the role is, or can become. An owner can switch the policies off.
async fn ownership(transaction: &mut Transaction) -> Result<Vec<Finding>, StoreError> {
    let sql = "SELECT quote_ident(current_user), quote_ident(current_user || '_app'), quote_ident(owner.rolname),
            owner.rolname = current_user,
            string_agg(quote_ident(relname), ', ' ORDER BY relname)
        FROM pg_class JOIN pg_roles AS owner ON owner.oid = relowner
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            AND relkind IN ('r', 'p', 'v', 'm') AND pg_has_role(current_user, relowner, 'MEMBER')
            AND (owner.rolname = current_user OR NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
        GROUP BY owner.rolname";
    let finding = |mut row: Row| {
        let [role, app, owner]: [String; 3] = [row.next()?, row.next()?, row.next()?];
        let is_itself: bool = row.next()?;
        let tables: String = row.next()?;
        Ok(if is_itself {
            Finding {
                problem: format!("its role {role} owns {tables}"),
                remedy: format!(
                    "CREATE ROLE {app} LOGIN NOINHERIT PASSWORD '…'; GRANT gatewright_platform TO {app};  \
                     -- and let DATABASE_URL use it, MIGRATE_DATABASE_URL {role}"
                ),
            }
        } else {
            Finding {
                problem: format!("its role {role} can become {owner}, which owns {tables}"),
                remedy: format!("REVOKE {owner} FROM {role};"),
            }
        })
    };
    transaction
        .run(sql, &[])
        .await?
        .into_iter()
        .map(finding)
        .collect()
}

/// The platform's role must be one that the application can become, but is not by itself: its
/// policies see every tenant.
async fn platform(transaction: &mut Transaction) -> Result<Vec<Finding>, StoreError> {
    let sql = "SELECT quote_ident(current_user), rolsuper, rolinherit, oid IS NOT NULL,
            COALESCE(pg_has_role(current_user, oid, 'MEMBER'), false),
            COALESCE(pg_has_role(current_user, oid, 'USAGE'), false)
        FROM (SELECT to_regrole('gatewright_platform')::oid AS oid) AS platform,
            (SELECT rolsuper, rolinherit FROM pg_roles WHERE rolname = current_user) AS current";
    let mut row = one(transaction.run(sql, &[]).await?)?;
    let role: String = row.next()?;
    let [superuser, inherits, exists, member, has_privileges]: [bool; 5] = [
        row.next()?,
        row.next()?,
        row.next()?,
        row.next()?,
        row.next()?,
    ];
    let mut findings = Vec::new();
    if !exists {
        findings.push(Finding {
            problem: "there is no role gatewright_platform".to_owned(),
            remedy: format!(
                "CREATE ROLE gatewright_platform NOLOGIN; GRANT gatewright_platform TO {role};"
            ),
        });
    } else if !member {
        findings.push(Finding {
            problem: format!("its role {role} is not a member of gatewright_platform"),
            remedy: format!("GRANT gatewright_platform TO {role};"),
        });
    }
    // A superuser has every privilege, which another finding says.
    if (has_privileges || (!member && inherits)) && !superuser {
        findings.push(Finding {
            problem: format!("its role {role} inherits the privileges of gatewright_platform"),
            remedy: format!("ALTER ROLE {role} NOINHERIT;"),
        });
    }
    Ok(findings)
}

/// Tables with a `tenant_id` that row-level security does not guard.
async fn tables(transaction: &mut Transaction) -> Result<Vec<Finding>, StoreError> {
    // A policy counts if it binds this role; one that does not look at the setting (`USING (true)`)
    // would show every tenant's rows. Partitions are reached through their parent alone.
    let sql = "SELECT quote_ident(relname), relrowsecurity AND relforcerowsecurity, guards > 0, open
        FROM pg_class, LATERAL (
            SELECT count(*) FILTER (WHERE looks) AS guards,
                string_agg(quote_ident(polname), ', ') FILTER (WHERE NOT looks AND polpermissive) AS open
            FROM (
                SELECT polname, polpermissive,
                    concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
                        ~ 'current_setting\\(''app\\.(tenant_id|user_id)''' AS looks
                FROM pg_policy
                WHERE polrelid = pg_class.oid AND EXISTS (
                    SELECT FROM unnest(polroles) AS bound (role)
                    WHERE CASE WHEN role = 0 THEN true ELSE pg_has_role(current_user, role, 'USAGE') END
                )
            ) AS policy
        ) AS policies
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            AND relkind IN ('r', 'p')
            AND EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped
            )
            AND (NOT relispartition OR has_table_privilege(current_user, pg_class.oid, 'SELECT'))
            AND (NOT relrowsecurity OR NOT relforcerowsecurity OR guards = 0 OR open IS NOT NULL)
        ORDER BY relname";
    let mut findings = Vec::new();
    for mut row in transaction.run(sql, &[]).await? {
        let table: String = row.next()?;
        let [enforced, guarded]: [bool; 2] = [row.next()?, row.next()?];
        let open: Option<String> = row.next()?;
        if !enforced {
            findings.push(Finding {
                problem: format!("row-level security is not forced on {table}"),
                remedy: format!(
                    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
                ),
            });
        }
        if !guarded {
            findings.push(Finding {
                problem: format!("{table} has no policy for the tenant"),
                remedy: format!(
                    "CREATE POLICY tenant ON {table} USING (tenant_id = NULLIF(current_setting('app.tenant_id', \
                     true), '')::uuid);"
                ),
            });
        }
        if let Some(policies) = open {
            findings.push(Finding {
                problem: format!(
                    "{table} has a policy that does not look at the tenant: {policies}"
                ),
                remedy: format!("DROP POLICY … ON {table};  -- each of {policies}"),
            });
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
