//! Bytes out of a folder: which files there are, what they hold, in pieces that end where lines
//! end.

mod archive;
mod assign;
mod block;
mod blocks;
mod folder;
mod input;
mod survey;
mod wide;

pub(super) use archive::{part, verify};
pub(super) use assign::{Assigned, Job, Part, Place, Rows, assign, found, is_archive};
pub(super) use block::{Block, Decoded};
pub(super) use blocks::{Blocks, Ended};
pub(super) use folder::Found;
pub(super) use input::fingerprint;
