//! `testdata/chain` as a team lives through it: an application that is generated again for each of
//! eight versions of its schema, whose tables come from the migrations of all versions so far, and
//! which keeps its tenants apart at every step.

use std::fs;

use gatewright_attack::Suite;

use crate::building;

#[test]
fn tenants_stay_apart_at_every_step() {
    let versions = building::repository().join("testdata/chain");
    let schema = |version: usize| {
        fs::read_to_string(versions.join(format!("{version:02}/gatewright.toml"))).unwrap()
    };
    let name = "chain-application";
    let sandbox = building::application(name, &schema(1));
    for version in 1..=8 {
        eprintln!("version {version}");
        if version > 1 {
            sandbox.write(&format!("{name}/gatewright.toml"), schema(version));
            sandbox
                .run_in(name, ["generate", "--allow-destructive"])
                .expect(0);
        }
        building::attack(&Suite::new(building::build(&sandbox, name)).only("TI"));
    }
}
