//! Amounts of money, exact to the fen, and how sources spell them.

mod amount;
mod capitals;
mod written;

pub use amount::Money;
pub use written::{MoneyForm, Rounding, plain_decimal};
