//! What runs after the commit.

use gatewright::{CustomFields, Error, Grant, Jobs, Payload, Result, Timestamp, Uuid, job};

use crate::generated::models::coupons::NewCoupon;
use crate::generated::permissions::{coupons, products};
use crate::generated::store;
use crate::handlers::products::Introduction;

/// How much less a product costs whoever has its coupon.
const PERCENT: i64 = 10;

/// Registers every job. It runs with the permissions that stand here, and as whoever caused it.
pub fn register(jobs: &mut Jobs) {
    jobs.on(
        "introduce",
        job((products::Read, coupons::Create), introduce),
    );
}

/// Makes a coupon for a product that went on sale.
async fn introduce(
    products: Grant<products::Read>,
    coupons: Grant<coupons::Create>,
    Payload(introduction): Payload<Introduction>,
) -> Result<()> {
    // It may be gone again by now: nothing to do, and no reason to try again.
    match store::products::read(&products, introduction.product_id).await {
        Err(error) if error.code() == "not_found" => return Ok(()),
        product => product?,
    };
    let today = Timestamp::now().strftime("%F").to_string();
    let letters = Uuid::new_v4().simple().to_string().to_uppercase();
    let coupon = NewCoupon {
        code: format!("NEW-{}", letters.split_at(12).0),
        percent: PERCENT,
        starts_on: today.parse().map_err(Error::internal)?,
        expires_at: None,
        active: true,
        custom_fields: CustomFields::default(),
    };
    store::coupons::create(&coupons, coupon).await.map(drop)
}
