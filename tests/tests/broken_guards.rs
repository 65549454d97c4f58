//! The patches of broken guards still apply. Whether tests notice them is for the command
//! `broken_guards` to say, which takes many minutes.

use gatewright_tests::binary::repository;
use gatewright_tests::guards;

#[test]
fn every_patch_applies() {
    let stale: Vec<String> = guards::all()
        .iter()
        .filter_map(|guard| guard.check(repository()).err())
        .collect();
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn there_are_patches_enough() {
    assert!(guards::all().len() >= 12);
}
