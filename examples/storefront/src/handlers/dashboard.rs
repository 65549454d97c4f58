//! Figures over many records: queries of the application's own.

use gatewright::query::{Expression as _, count_distinct, sum};
use gatewright::{Decimal, Grant, Json, Result};
use serde::Serialize;

use crate::generated::columns::{categories, order_lines, orders, products};
use crate::generated::models::orders::{Order, OrderStatus};
use crate::generated::models::products::{Product, ProductStatus};
use crate::generated::permissions;

/// What a month brought in.
#[derive(Debug, Serialize)]
pub struct Month {
    /// `2026-11`, in UTC; null for orders that name no time.
    month: Option<String>,
    orders: i64,
    revenue: Option<Decimal>,
}

/// `GET /api/dashboard/revenue`: orders that were paid, by month.
pub async fn revenue(
    orders: Grant<permissions::orders::Read>,
    lines: Grant<permissions::order_lines::Read>,
) -> Result<Json<Vec<Month>>> {
    let month = orders::PLACED_AT.month();
    let months = orders
        .select::<Order>()
        .join_many(&lines, order_lines::ORDER_ID)
        .filter(orders::STATUS.in_([OrderStatus::Paid, OrderStatus::Shipped]))
        .group_by(month.clone())
        .order_by(month.clone().asc())
        .limit(120)
        .fetch((
            month,
            count_distinct(orders::ID),
            sum(order_lines::QUANTITY * order_lines::UNIT_PRICE),
        ))
        .await?;
    let months = months.into_iter().map(|(month, orders, revenue)| Month {
        month,
        orders,
        revenue,
    });
    Ok(Json(months.collect()))
}

/// How a product sells.
#[derive(Debug, Serialize)]
pub struct Sales {
    product: String,
    category: Option<String>,
    /// The orders with this product; none if it never sold.
    orders: i64,
    units: Option<i64>,
    revenue: Option<Decimal>,
}

/// `GET /api/reports/products`: every product that is not archived, what sells best first.
pub async fn products(
    products: Grant<permissions::products::Read>,
    categories: Grant<permissions::categories::Read>,
    lines: Grant<permissions::order_lines::Read>,
) -> Result<Json<Vec<Sales>>> {
    let revenue = sum(order_lines::QUANTITY * order_lines::UNIT_PRICE);
    let sales = products
        .select::<Product>()
        .left_join(&categories, products::CATEGORY_ID)
        .left_join_many(&lines, order_lines::PRODUCT_ID)
        .filter(products::STATUS.ne(ProductStatus::Archived))
        .group_by(products::ID)
        .group_by(products::NAME)
        .group_by(categories::NAME)
        .order_by(revenue.clone().desc())
        .limit(100)
        .fetch((
            products::NAME,
            categories::NAME.optional(),
            count_distinct(order_lines::ORDER_ID),
            sum(order_lines::QUANTITY),
            revenue,
        ))
        .await?;
    let sales = sales
        .into_iter()
        .map(|(product, category, orders, units, revenue)| Sales {
            product,
            category,
            orders,
            units,
            revenue,
        });
    Ok(Json(sales.collect()))
}
