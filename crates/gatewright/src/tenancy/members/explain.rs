//! `GET /api/members/{id}/permissions/{slug}`

use uuid::Uuid;

use super::statements::find;
use crate::authz::permissions::{members, roles};
use crate::authz::{Grant, protect};
use crate::error::{Error, Result};
use crate::http::{Api, Json, Path};
use crate::tenancy::{Explanation, explain::Question};

pub(super) fn register(api: &mut Api) {
    api.get(
        "/api/members/{id}/permissions/{slug}",
        protect((members::Read, roles::Read), explain),
    );
}

async fn explain(
    grant: Grant<members::Read>,
    _: Grant<roles::Read>,
    Path((id, slug)): Path<(Uuid, String)>,
) -> Result<Json<Explanation>> {
    let unit = grant.access::<members::Read>().unit();
    let runtime = unit.runtime();
    let index = runtime.model.permission(&slug);
    let index = index.ok_or_else(Error::not_found)?;
    let member = find(unit, id).await?;
    let question = Question::new(grant.tenant_id(), member.user_id, index);
    let mut answers = Vec::new();
    for (sql, args) in question.statements() {
        answers.push(unit.run(sql, &args).await?);
    }
    question.explain(runtime, answers).map(Json)
}
