//! Amounts of money, exact to the fen, and how sources spell them.

mod amount;
mod capitals;
mod written;

pub use amount::Money;
pub(crate) use written::plain_decimal;
pub use written::{MoneyForm, Rounding};
