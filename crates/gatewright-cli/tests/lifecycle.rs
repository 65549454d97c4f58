//! What happens to an application's files as its schema and the team change them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sandbox;

use std::fs;
use std::time::SystemTime;

use sandbox::Sandbox;

const HANDLER: &str = "shop/src/handlers/tasks.rs";
const LABELS: &str = "\n[resources.labels]\nfields.name = { type = \"string\" }\n";

fn add_labels(sandbox: &Sandbox) {
    let schema = sandbox.read("shop/gatewright.toml");
    sandbox.write("shop/gatewright.toml", schema + LABELS);
}

fn written_at(sandbox: &Sandbox) -> Vec<(String, SystemTime)> {
    let written = |path: &String| {
        fs::metadata(sandbox.path(path))
            .unwrap()
            .modified()
            .unwrap()
    };
    sandbox
        .files()
        .keys()
        .map(|path| (path.clone(), written(path)))
        .collect()
}

/// A generated file of the application.
fn generated(sandbox: &Sandbox) -> String {
    let files = sandbox.files();
    files
        .keys()
        .find(|path| path.starts_with("shop/src/generated/"))
        .unwrap()
        .clone()
}

#[test]
fn a_new_application_is_up_to_date() {
    let sandbox = Sandbox::with_application();
    let before = written_at(&sandbox);
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert_eq!(run.stdout, "nothing to do\n");
    sandbox.run_in("shop", ["generate", "--check"]).expect(0);
    assert_eq!(written_at(&sandbox), before);
}

#[test]
fn two_generations_in_a_row_write_once() {
    let sandbox = Sandbox::with_application();
    add_labels(&sandbox);
    sandbox.run_in("shop/src", ["generate"]).expect(0);
    let before = written_at(&sandbox);
    assert_eq!(
        sandbox.run_in("shop/src", ["generate"]).expect(0).stdout,
        "nothing to do\n"
    );
    assert_eq!(written_at(&sandbox), before);
}

#[test]
fn the_team_s_edits_survive_a_changed_schema() {
    let sandbox = Sandbox::with_application();
    let edited = sandbox.read(HANDLER) + "\n// Ours.\n";
    sandbox.write(HANDLER, &edited);
    let readme = "shop/README.md";
    sandbox.write(readme, "Ours.\n");
    sandbox.edit("shop/gatewright.toml", "max = 200", "max = 300");
    add_labels(&sandbox);

    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert_eq!(sandbox.read(HANDLER), edited);
    assert_eq!(sandbox.read(readme), "Ours.\n");
    assert!(
        run.stdout.contains("created src/handlers/labels.rs"),
        "{run:#?}"
    );
    assert!(sandbox.path("shop/src/handlers/labels.rs").exists());
    assert!(run.stderr.contains("labels is new"), "{run:#?}");
}

#[test]
fn what_the_team_deleted_stays_deleted() {
    let sandbox = Sandbox::with_application();
    fs::remove_file(sandbox.path("shop/src/main.rs")).unwrap();
    sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(!sandbox.path("shop/src/main.rs").exists());
}

#[test]
fn an_edited_generated_file_is_refused_by_name() {
    let sandbox = Sandbox::with_application();
    let file = generated(&sandbox);
    let original = sandbox.read(&file);
    sandbox.write(&file, "// Ours.\n");
    add_labels(&sandbox);
    let before = sandbox.files();

    let name = file.strip_prefix("shop/").unwrap();
    let run = sandbox.run_in("shop", ["generate"]).expect(1);
    assert!(
        run.stderr.contains(&format!("{name} was edited by hand")),
        "{run:#?}"
    );
    assert_eq!(sandbox.files(), before);

    sandbox.run_in("shop", ["generate", "--force"]).expect(0);
    assert_ne!(sandbox.read(&file), "// Ours.\n");
    assert!(original.starts_with(sandbox.read(&file).lines().next().unwrap()));
}

#[test]
fn a_resource_that_went_takes_its_generated_files_along() {
    let sandbox = Sandbox::with_application();
    let mut before = sandbox.files();
    add_labels(&sandbox);
    sandbox.run_in("shop", ["generate"]).expect(0);
    sandbox.edit("shop/gatewright.toml", LABELS, "");
    let run = sandbox.run_in("shop", ["generate"]).expect(1);
    assert!(
        run.stderr
            .contains("labels: the table with all its records"),
        "{run:#?}"
    );
    let run = sandbox
        .run_in("shop", ["generate", "--allow-destructive"])
        .expect(0);
    assert!(run.stdout.contains("removed src/generated/"), "{run:#?}");

    let mut after = sandbox.files();
    assert!(
        after.remove("shop/src/handlers/labels.rs").is_some(),
        "the team's file went"
    );
    // What was done to databases stays in their history.
    for folder in ["sqlite", "postgres"] {
        for migration in ["0002_add_labels", "0003_drop_labels"] {
            let path = format!("shop/migrations/{folder}/{migration}.sql");
            assert!(after.remove(&path).is_some(), "{path}");
        }
    }
    for path in ["src/generated/migrations.rs", "gatewright.lock"] {
        let path = format!("shop/{path}");
        assert_ne!(after.remove(&path), before.remove(&path), "{path}");
    }
    assert!(after == before, "the application differs from what it was");
}

#[test]
fn check_shows_the_difference_and_writes_nothing() {
    let sandbox = Sandbox::with_application();
    add_labels(&sandbox);
    let before = written_at(&sandbox);
    let run = sandbox.run_in("shop", ["generate", "--check"]).expect(1);
    assert!(
        run.stdout
            .contains("--- /dev/null\n+++ b/src/handlers/labels.rs\n"),
        "{run:#?}"
    );
    assert!(
        run.stdout
            .contains("--- /dev/null\n+++ b/migrations/postgres/0002_add_labels.sql\n"),
        "{run:#?}"
    );
    assert!(run.stderr.contains("not up to date"), "{run:#?}");
    assert_eq!(written_at(&sandbox), before);
}

#[test]
fn an_interrupted_generation_is_completed_by_the_next() {
    let sandbox = Sandbox::with_application();
    let lock = sandbox.read("shop/gatewright.lock");
    add_labels(&sandbox);
    sandbox.run_in("shop", ["generate"]).expect(0);
    let complete = sandbox.files();

    // As if the run had stopped before some files and before the lock, which comes last.
    sandbox.write("shop/gatewright.lock", lock);
    fs::remove_file(sandbox.path("shop/src/handlers/labels.rs")).unwrap();
    fs::remove_file(sandbox.path("shop/migrations/postgres/0002_add_labels.sql")).unwrap();
    sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(
        sandbox.files() == complete,
        "the second run left something undone"
    );
}

#[test]
fn a_lost_lock_is_replaced_with_force() {
    let sandbox = Sandbox::with_application();
    let before = sandbox.files();
    fs::remove_file(sandbox.path("shop/gatewright.lock")).unwrap();
    sandbox.run_in("shop", ["generate"]).expect(2);
    sandbox.run_in("shop", ["generate", "--force"]).expect(0);
    assert!(sandbox.files() == before);
}

#[test]
fn a_new_action_s_handler_is_told_and_not_written() {
    let sandbox = Sandbox::with_application();
    let handler = sandbox.read(HANDLER);
    let schema = sandbox.read("shop/gatewright.toml");
    let action = schema.replace(
        "[resources.tasks]\n",
        "[resources.tasks]\nactions.close = { uses = [\"tasks:update\"] }\n",
    );
    assert_ne!(action, schema);
    sandbox.write("shop/gatewright.toml", action);
    let told = "src/handlers/tasks.rs is yours and lacks `close`, which a route calls; add it:\n\n\
        /// `POST /api/tasks/{id}/close`\n";

    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(run.stderr.contains(told), "{run:#?}");
    assert_eq!(sandbox.read(HANDLER), handler);
    // Until it is there.
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert_eq!(run.stdout, "nothing to do\n");
    assert!(run.stderr.contains(told), "{run:#?}");
    sandbox.write(HANDLER, handler + "\npub async fn close() {}\n");
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(!run.stderr.contains("lacks"), "{run:#?}");
}

#[test]
fn a_migration_of_the_team_s_own_takes_its_place_in_the_list() {
    let sandbox = Sandbox::with_application();
    let migrations = "shop/src/generated/migrations.rs";
    sandbox.write("shop/migrations/sqlite/0002_ours.sql", "SELECT 1;\n");
    sandbox.write("shop/migrations/sqlite/notes.md", "Ours.\n");
    sandbox.run_in("shop", ["generate", "--check"]).expect(1);
    sandbox.run_in("shop", ["generate"]).expect(0);
    let list = sandbox.read(migrations);
    assert!(list.contains("sqlite/0002_ours.sql"), "{list}");
    assert!(!list.contains("postgres/0002_ours.sql"), "{list}");

    add_labels(&sandbox);
    sandbox.run_in("shop", ["generate"]).expect(0);
    let list = sandbox.read(migrations);
    for folder in ["sqlite", "postgres"] {
        let path = format!("{folder}/0003_add_labels.sql");
        assert!(list.contains(&path), "{list}");
    }

    sandbox.write("shop/migrations/postgres/3_prices.sql", "SELECT 1;\n");
    let run = sandbox.run_in("shop", ["generate"]).expect(1);
    assert!(
        run.stderr
            .contains("migrations/postgres/3_prices.sql would never be applied"),
        "{run:#?}"
    );
    fs::remove_file(sandbox.path("shop/migrations/postgres/3_prices.sql")).unwrap();
    sandbox.write("shop/migrations/postgres/0003_prices.sql", "SELECT 1;\n");
    let run = sandbox.run_in("shop", ["generate"]).expect(1);
    assert!(run.stderr.contains("have the same number"), "{run:#?}");
}

#[test]
fn the_first_lock_gets_what_came_later() {
    let sandbox = Sandbox::with_application();
    sandbox.edit("shop/gatewright.lock", "format = 4", "format = 1");
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(
        run.stdout
            .contains("migrations/sqlite/0002_change_tables.sql"),
        "{run:#?}"
    );
    let migration = sandbox.read("shop/migrations/sqlite/0002_change_tables.sql");
    for new in [
        "created_by TEXT",
        "CREATE TABLE role_permissions (",
        "CREATE TABLE passwords (",
    ] {
        assert!(migration.contains(new), "{migration}");
    }
    assert!(sandbox.read("shop/gatewright.lock").contains("format = 4"));
    assert_eq!(
        sandbox.run_in("shop", ["generate"]).expect(0).stdout,
        "nothing to do\n"
    );
}

#[test]
fn a_change_of_roles_alone_says_what_is_due() {
    let sandbox = Sandbox::with_application();
    let schema = sandbox.read("shop/gatewright.toml");
    let role = schema
        .lines()
        .find(|line| line.starts_with("owner"))
        .unwrap()
        .to_owned();
    let more = format!("{role}\nauditor = {{ permissions = [\"audit:read\"] }}");
    sandbox.edit("shop/gatewright.toml", &role, &more);
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(run.stderr.contains("cargo run -- migrate"), "{run:#?}");
    assert!(!run.stderr.contains("goes"), "{run:#?}");
    sandbox.edit("shop/gatewright.toml", &more, &role);
    let run = sandbox.run_in("shop", ["generate"]).expect(0);
    assert!(
        run.stderr
            .contains("role auditor goes: `migrate` takes it from whoever has it"),
        "{run:#?}"
    );
}
