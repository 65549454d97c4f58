//! The attack suite on an application of the whole schema language: own records, guarded fields,
//! actions and every type of field.

/// A route whose handler writes what its caller may not see: whoever may call it is refused, or
/// clashes with the value that it writes, so no request to it is sure to succeed.
const REFUSES: &str = "POST /api/tasks/{id}/overreach";

#[test]
fn no_tenant_reaches_another() {
    let report = gatewright_attack::Suite::new(env!("CARGO_BIN_EXE_studio")).run();
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.route != REFUSES)
        .collect();
    let uncovered: Vec<_> = report
        .uncovered()
        .filter(|(route, _)| *route != REFUSES)
        .collect();
    assert!(found.is_empty() && uncovered.is_empty(), "\n{report}");
    assert!(report.covered().count() > 30, "\n{report}");
    for attack in ["OW01", "FP01", "TI01", "TI05", "DB02"] {
        assert!(report.attacks().any(|made| made == attack), "{attack}");
    }
}
