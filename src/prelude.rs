//! The names most programs need.
