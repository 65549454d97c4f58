//! TI11 on the runtime's own routes: an owner here who may less there.

use crate::attacks::Watch;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Access, Class};
use crate::target::Target;

/// TI11: who owns one tenant uses in the other what only its owners may.
pub(super) fn ti11_owner_elsewhere(target: &Target, report: &mut Report) -> Result<(), String> {
    let (one, other) = target.cast.of_both_tenants()?;
    let rival = &target.cast.rival;
    let mut prepared = Vec::new();
    for route in target.surface.routes_with(&[Access::Protect]) {
        let missing = target
            .surface
            .missing(&other.user.roles, &route.permissions);
        let own = matches!(target.surface.class(route), Class::Of(_));
        if own && !missing.is_empty() && target.admits(route, &one.user.roles) {
            let Ok(request) = target.prepare(route, rival) else {
                continue; // uncovered, which is reported already
            };
            prepared.push((route, missing, request.request));
        }
    }
    let watch = Watch::begin(target)?;
    for (route, missing, request) in prepared {
        let label = route.label();
        let attempt = Attempt::new("TI11", &label, one.email());
        let request = request.bearer(one.access());
        report.probe(&attempt, target, &request, &Expected::Denied(&missing));
    }
    watch.end(
        target,
        report,
        &Attempt::new("TI11", "every route of members", one.email()),
    )
}
