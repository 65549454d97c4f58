//! Files that no schema and no application should be.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sandbox;

use std::fmt::Write as _;

use sandbox::Sandbox;

#[test]
fn a_huge_schema_is_refused_unread() {
    let sandbox = Sandbox::new();
    sandbox.write("gatewright.toml", vec![b'#'; 10 * 1024 * 1024]);
    let run = sandbox.run(["check"]).expect(2);
    assert_eq!(
        run.stderr,
        "error: gatewright.toml is larger than 1 MiB (10485760 bytes): that is no file for gatewright\n"
    );
}

#[test]
fn a_schema_that_is_not_utf_8_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("gatewright.toml", b"[app]\nname = \"Caf\xe9\"\n");
    let run = sandbox.run(["check"]).expect(2);
    assert!(
        run.stderr
            .contains("gatewright.toml is not UTF-8: byte 18 "),
        "{run:#?}"
    );
}

#[test]
fn a_directory_is_no_schema() {
    let sandbox = Sandbox::new();
    sandbox.write("gatewright.toml/file", "");
    let run = sandbox.run(["check"]).expect(2);
    assert_eq!(
        run.stderr,
        "error: gatewright.toml is a directory, not a file\n"
    );
}

#[test]
fn fifty_mistakes_are_fifty_diagnostics() {
    let sandbox = Sandbox::with_application();
    let mut schema = sandbox.read("shop/gatewright.toml");
    schema.push_str("\n[resources.many]\n");
    for number in 0..50 {
        writeln!(schema, "fields.f{number} = {{ type = \"strng\" }}").unwrap();
    }
    sandbox.write("shop/gatewright.toml", schema);
    let run = sandbox.run(["check", "shop"]).expect(1);
    assert_eq!(run.stderr.matches("error[unknown_type]").count(), 50);
    assert!(
        run.stderr.contains("shop/gatewright.toml: 50 errors"),
        "{}",
        run.stderr
    );
}

#[test]
fn generated_files_that_are_not_text_count_as_edited() {
    let sandbox = Sandbox::with_application();
    let files = sandbox.files();
    let file = files
        .keys()
        .find(|path| path.starts_with("shop/src/generated/"))
        .unwrap();
    sandbox.write(file, b"\xff\xfe");
    let run = sandbox.run_in("shop", ["generate"]).expect(1);
    assert!(run.stderr.contains("was edited by hand"), "{run:#?}");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_way_is_refused() {
    let sandbox = Sandbox::with_application();
    sandbox.write("elsewhere/kept.rs", "Kept.");
    std::fs::remove_dir_all(sandbox.path("shop/src/generated")).unwrap();
    std::os::unix::fs::symlink(
        sandbox.path("elsewhere"),
        sandbox.path("shop/src/generated"),
    )
    .unwrap();
    let run = sandbox.run_in("shop", ["generate"]).expect(2);
    assert!(
        run.stderr.contains("src/generated is a symbolic link"),
        "{run:#?}"
    );
    assert_eq!(
        std::fs::read_dir(sandbox.path("elsewhere"))
            .unwrap()
            .count(),
        1
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_no_place_for_a_new_application() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("real")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("real"), sandbox.path("shop")).unwrap();
    let run = sandbox.run(["new", "shop"]).expect(2);
    assert!(run.stderr.contains("shop is a symbolic link"), "{run:#?}");
    assert_eq!(std::fs::read_dir(sandbox.path("real")).unwrap().count(), 0);
}

#[test]
fn a_taken_port_is_told_before_anything_is_built() {
    let sandbox = Sandbox::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let run = sandbox.run(["demo", "--port", &port]).expect(2);
    assert!(
        run.stderr
            .starts_with(&format!("error: port {port} is in use")),
        "{run:#?}"
    );
    assert!(sandbox.files().is_empty());
}
