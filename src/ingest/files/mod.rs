//! Bytes out of a folder: which files there are, what they hold, in pieces that end where lines end.

mod block;
mod blocks;
mod folder;
mod input;

pub(super) use block::{Block, Decoded};
pub(super) use blocks::Blocks;
pub(super) use folder::{Assigned, Job, Rows, assign};
pub(super) use input::{Fingerprint, Input, fingerprint};
