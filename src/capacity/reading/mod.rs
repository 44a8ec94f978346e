//! From what was known on a day to estates: one per sample of a snapshot.
//!
//! Tables are collected once each; rows then go to the estate of their sample. What a table leaves open stays open
//! here: a missing value is no zero, a mark without a row ("pledged") is a burden of unknown amount.

mod assets;
mod burdens;
mod claims;
mod estates;
mod people;
mod rows;

pub use estates::estates;
