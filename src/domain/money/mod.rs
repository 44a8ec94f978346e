//! How much is it, to the fen, in whatever spelling?

mod amount;
mod capitals;
mod written;

pub use amount::Money;
pub use written::{MoneyForm, Rounding, plain_decimal};
