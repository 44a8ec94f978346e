//! Bytes out of a folder: which files there are, what they hold, in pieces that end where lines end.

mod archive;
mod assign;
mod block;
mod blocks;
mod folder;
mod input;
mod memory;
mod names;
mod survey;
mod unread;
mod wide;

pub(super) use archive::{damaged_part, part, verify};
pub(super) use assign::{Assigned, Job, Part, Place, Rows, assign, found};
pub(super) use block::{Block, Decoded};
pub(super) use blocks::{Blocks, Ended};
pub(super) use folder::Found;
pub(super) use input::fingerprint;
pub(super) use memory::block_of;
pub(super) use names::is_archive;
pub(crate) use survey::of_gzip;
pub(super) use unread::Unread;
