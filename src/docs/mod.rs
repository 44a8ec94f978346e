//! Why is it so? The layout of the crate and the reasons for it.
//!
//! Pages to read as a book: the guide for a first hour, the architecture and its reasons, the data
//! dictionary, and what a province takes. The rooms' own pages say how each is called.
#![doc = include_str!("architecture.md")]

#[doc = include_str!("amounts.md")]
pub mod amounts {}

#[doc = include_str!("../../data/README.md")]
pub mod dictionary {}

#[doc = include_str!("damage.md")]
pub mod damage {}

#[doc = include_str!("scale.md")]
pub mod scale {}

#[doc = include_str!("guide/mod.md")]
pub mod guide {
    #[doc = include_str!("guide/first_run.md")]
    pub mod first_run {}

    #[doc = include_str!("guide/your_files.md")]
    pub mod your_files {}

    #[doc = include_str!("guide/two_clocks.md")]
    pub mod two_clocks {}

    #[doc = include_str!("guide/score.md")]
    pub mod score {}

    #[doc = include_str!("guide/means.md")]
    pub mod means {}

    #[doc = include_str!("guide/conduct.md")]
    pub mod conduct {}

    #[doc = include_str!("guide/trust.md")]
    pub mod trust {}

    #[doc = include_str!("guide/own_table.md")]
    pub mod own_table {}

    #[doc = include_str!("guide/parties.md")]
    pub mod parties {}

    #[doc = include_str!("guide/nights.md")]
    pub mod nights {}
}
