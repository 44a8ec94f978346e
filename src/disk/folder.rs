//! Makes, renames, removes and syncs folders and files. A folder made here is entered by its owner alone.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Deed, met};
use crate::error::{Error, Result};

/// Makes a folder, and those above it that are not there, which nobody but their owner enters.
pub(crate) fn make(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    met(Deed::Make, folder).and_then(|()| builder.create(folder)).map_err(Error::io(folder))
}

/// A word that nobody else has, on whatever machine.
pub(crate) fn word() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Waits until the disk has a file or a folder's names: a file that is on the disk may still lack one.
pub(crate) fn synced(path: &Path) -> Result<()> {
    // Where a path has no parent by name, the parent is the folder in which the program runs.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    met(Deed::Sync, path).and_then(|()| File::open(path)?.sync_all()).map_err(Error::io(path))
}

/// Gives a file or a folder another name; a file of that name goes.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    met(Deed::Rename, from).and_then(|()| fs::rename(from, to)).map_err(Error::io(from))
}

/// Removes a file, or a folder with all it holds; nothing where neither is there, also where another removed it first.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let is_gone = |error: &io::Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    let found = match fs::symlink_metadata(path) {
        Err(error) if is_gone(&error) => return Ok(()),
        found => found.map_err(Error::io(path))?,
    };
    let removed = || if found.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match met(Deed::Remove, path).and_then(|()| removed()) {
        Err(error) if is_gone(&error) => Ok(()),
        removed => removed.map_err(Error::io(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_who_remove_the_same_all_find_it_gone() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..200 {
            let [file, full] = ["file", "full"].map(|name| folder.path().join(format!("{name}-{round}")));
            fs::write(&file, "").unwrap();
            make(&full.join("inner")).unwrap();
            std::thread::scope(|scope| {
                let removing: Vec<_> =
                    (0..4).map(|_| scope.spawn(|| remove(&file).and_then(|()| remove(&full)))).collect();
                removing.into_iter().for_each(|removing| removing.join().unwrap().unwrap());
            });
            assert!(!file.exists() && !full.exists());
        }
    }
}
