//! The program by its commands: one integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    clippy::float_cmp,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and asks for the same bits"
)]

mod amount;
mod assess;
mod chinese;
mod console;
mod fit;
mod guide;
mod help;
mod inspect;
mod kin;
mod messages;
mod model_card;
mod named;
mod odd;
mod own_table;
mod program;
mod readme;
mod reported;
mod unread;
mod wrong;
