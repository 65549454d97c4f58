//! Queries with known answers, on both databases.

mod answers;
mod reach;
mod refusals;
mod shop;

/// Makes a test on each database of each function, which takes a shop.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Shop::on_sqlite().await).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Shop::on_postgres().await).await;
            })+
        }
    };
}

use on_both;
