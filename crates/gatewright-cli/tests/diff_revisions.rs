//! `gatewright diff` where there is more than one revision, and where there is no git.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sandbox;

use std::process::Command;

use sandbox::Sandbox;

const SCHEMA: &str = r#"
[app]
name = "Shop"
[roles]
owner = { permissions = ["*"], assigns = ["*"] }
viewer = { permissions = ["products:read"] }
[resources.products]
fields.name = { type = "string" }
"#;

/// `shop/gatewright.toml` at v1, and with a further permission at v2.
fn two_revisions() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("shop/gatewright.toml", SCHEMA);
    sandbox.commit("v1");
    let wider = r#""products:read", "products:update""#;
    sandbox.edit("shop/gatewright.toml", r#""products:read""#, wider);
    sandbox.commit("v2");
    sandbox
}

#[test]
fn any_revision_and_from_any_place_of_the_application() {
    let sandbox = two_revisions();
    sandbox.write("shop/src/main.rs", "");
    for directory in ["shop", "shop/src"] {
        sandbox.run_in(directory, ["diff"]).expect(0);
        sandbox.run_in(directory, ["diff", "v2"]).expect(0);
        for earlier in ["v1", "HEAD~1", "HEAD^"] {
            let run = sandbox.run_in(directory, ["diff", earlier]).expect(3);
            assert!(run.stdout.contains("gains products:update"), "{run:#?}");
            assert!(
                run.stdout.contains(&format!("than in {earlier}")),
                "{run:#?}"
            );
        }
    }
    sandbox.run(["diff", "v1", "--dir", "shop"]).expect(3);
}

#[test]
fn the_working_tree_counts_not_the_index() {
    let sandbox = two_revisions();
    sandbox.write("shop/gatewright.toml", SCHEMA);
    let run = sandbox.run(["diff", "--dir", "shop"]).expect(0);
    assert!(run.stdout.contains("loses products:update"), "{run:#?}");
    sandbox.run(["diff", "v1", "--dir", "shop"]).expect(0);
}

#[test]
fn what_is_no_text_at_a_revision_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("gatewright.toml", b"[app]\nname = \"\xff\"\n");
    sandbox.commit("v1");
    sandbox.write("gatewright.toml", SCHEMA);
    let run = sandbox.run(["diff"]).expect(2);
    assert!(
        run.stderr.contains("HEAD:gatewright.toml is not UTF-8"),
        "{run:#?}"
    );
}

#[test]
fn without_git_a_file_can_be_compared() {
    let sandbox = two_revisions();
    sandbox.write("old.toml", SCHEMA);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command.args(arguments).current_dir(sandbox.path("shop"));
        sandbox.finish({
            command.env("PATH", sandbox.path("nothing"));
            command
        })
    };
    let refused = run(&["diff"]).expect(2);
    assert!(refused.stderr.contains("cannot run git"), "{refused:#?}");
    assert!(refused.stderr.contains("--from FILE"), "{refused:#?}");
    run(&["diff", "--from", "../old.toml"]).expect(3);
}
