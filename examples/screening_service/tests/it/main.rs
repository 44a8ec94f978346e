//! The service as strangers meet it: each test starts the program with settings and files of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test fails loudly and waits"
)]

mod audit;
mod client;
mod description;
mod editions;
mod limits;
mod privacy;
mod rights;
mod site;
mod tls;
