//! What an answer's rows hold, and how they are read.

use super::aggregate::{Aggregate, Average};
use super::column::Nulls;
use super::expression::{Expression, plain};
use super::node::Item;
use crate::Decimal;
use crate::error::{Error, Result};
use crate::store::{FieldValue, Value};

/// The values of one row, from the left.
pub type Cells = std::vec::IntoIter<Value>;

/// What a query reads: an expression, an aggregate, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "a query cannot read `{Self}`",
    note = "it reads columns, expressions, aggregates such as `sum(…)`, and tuples of up to twelve of them"
)]
pub trait Selection {
    /// A row of the answer.
    type Row;

    #[doc(hidden)]
    fn items(self, items: &mut Vec<Item>);

    #[doc(hidden)]
    fn read(cells: &mut Cells) -> Result<Self::Row>;
}

fn next<T: FieldValue>(cells: &mut Cells) -> Result<T> {
    let value = cells
        .next()
        .ok_or_else(|| Error::internal("a row with fewer columns than its query"))?;
    T::from_value(value).map_err(Error::internal)
}

impl<E: Expression> Selection for E {
    type Row = <E::Nulls as Nulls>::Of<E::Type>;

    fn items(self, items: &mut Vec<Item>) {
        items.push(plain(self));
    }

    fn read(cells: &mut Cells) -> Result<Self::Row> {
        next(cells)
    }
}

impl<T: FieldValue, N: Nulls> Selection for Aggregate<T, N> {
    type Row = N::Of<T>;

    fn items(self, items: &mut Vec<Item>) {
        items.push(self.item);
    }

    fn read(cells: &mut Cells) -> Result<Self::Row> {
        next(cells)
    }
}

impl Selection for Average {
    type Row = Option<Decimal>;

    fn items(self, items: &mut Vec<Item>) {
        items.push(Item::Average(self.0));
    }

    fn read(cells: &mut Cells) -> Result<Self::Row> {
        next(cells)
    }
}

macro_rules! tuple {
    ($($part:ident $name:ident),+) => {
        impl<$($part: Selection),+> Selection for ($($part,)+) {
            type Row = ($($part::Row,)+);

            fn items(self, items: &mut Vec<Item>) {
                let ($($name,)+) = self;
                $($name.items(items);)+
            }

            fn read(cells: &mut Cells) -> Result<Self::Row> {
                Ok(($($part::read(cells)?,)+))
            }
        }
    };
}

tuple!(A a);
tuple!(A a, B b);
tuple!(A a, B b, C c);
tuple!(A a, B b, C c, D d);
tuple!(A a, B b, C c, D d, E e);
tuple!(A a, B b, C c, D d, E e, F f);
tuple!(A a, B b, C c, D d, E e, F f, G g);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l);
