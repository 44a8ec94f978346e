//! Amounts of money, exact to the fen, and how sources spell them.
//!
//! [`Money`] is the amount: whole fen in an integer. [`MoneyForm`] is how a source writes it: in yuan or in
//! 万元, with a decimal comma, in characters. A mapping declares the form; nothing about it is guessed from
//! single cells, because `1.234` is one yuan and some in one export and more than a thousand in another.

mod amount;
mod capitals;
mod written;

pub use amount::Money;
pub(crate) use written::plain_decimal;
pub use written::{MoneyForm, Rounding};
