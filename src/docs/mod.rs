//! Why is it so? The layout of the crate and the reasons for it.
#![doc = include_str!("architecture.md")]

#[doc = include_str!("amounts.md")]
pub mod amounts {}

#[doc = include_str!("damage.md")]
pub mod damage {}

#[doc = include_str!("scale.md")]
pub mod scale {}
