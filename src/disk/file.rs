//! Writes files, whole or not at all, readable by their owner alone.
//!
//! | call | what a reader sees meanwhile | after the machine died |
//! |---|---|---|
//! | `create`, `write` | the file as it grows | any part of it |
//! | `replace` | the old bytes or the new ones | the old bytes or the new ones |
//! | `put` | nothing or all | nothing or all; what was there stays |

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::folder::word;
use super::{Deed, met, remove, rename, synced};
use crate::error::{Error, Result};

/// A file that is being written; its errors name it.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    path: PathBuf,
}

/// A new and empty file, which nobody but its owner reads; one of that name goes.
pub(crate) fn create(path: &Path) -> Result<Writer> {
    met(Deed::Make, path).map_err(Error::io(path))?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(Error::io(path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mode above is that of a file which was not there.
        let permissions = fs::Permissions::from_mode(0o600);
        file.set_permissions(permissions).map_err(Error::io(path))?;
    }
    Ok(Writer { file, path: path.to_path_buf() })
}

impl Writer {
    /// Waits until the disk has the file.
    pub(crate) fn synced(&self) -> Result<()> {
        met(Deed::Sync, &self.path).and_then(|()| self.file.sync_all()).map_err(Error::io(&self.path))
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(test)]
        let written = super::faults::torn(&self.path, bytes, &mut self.file).and_then(|bytes| self.file.write(bytes));
        #[cfg(not(test))]
        let written = self.file.write(bytes);
        // Whoever writes through others, such as a writer of Parquet, hears of no path but this one.
        written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display())))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file; the disk may not have it yet.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    create(path)?.write_all(bytes).map_err(Error::io(path))
}

/// Puts bytes in the place of a file in one step: a reader sees the old ones or these, also after the machine died.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = create(&new)?;
    file.write_all(bytes).map_err(Error::io(&new))?;
    file.synced()?;
    rename(&new, path)?;
    synced(path.parent().unwrap_or(path))
}

/// Puts bytes where no file is, in one step and for good also if the machine dies; whether none
/// was. What is there stays.
///
/// A file system without links cannot promise that: there the lock alone keeps two from doing it at once.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<bool> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", word()));
    let new = path.with_file_name(name);
    let mut file = create(&new)?;
    file.write_all(bytes).map_err(Error::io(&new))?;
    file.synced()?;
    let is_put = match met(Deed::Link, path).and_then(|()| fs::hard_link(&new, path)) {
        Ok(()) => true,
        // Whoever came first may have removed what was to come. A file system of the network may
        // say that a link is there which it made itself.
        Err(_) if path.exists() => fs::read(path).is_ok_and(|there| there == bytes),
        Err(error) if has_no_links(&error) => {
            rename(&new, path)?;
            true
        }
        Err(error) => return Err(Error::io(path)(error)),
    };
    if is_put {
        synced(path.parent().unwrap_or(path))?;
    }
    // It stands, or it does not: what is left under the other name changes nothing, and the next change sweeps it.
    remove(&new).ok();
    Ok(is_put)
}

/// Whether a link failed since the file system knows none: Linux says that it is not permitted (1).
fn has_no_links(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported || error.raw_os_error() == Some(1)
}

/// Opens a file to read it.
pub(crate) fn open(path: &Path) -> Result<File> {
    met(Deed::Read, path).and_then(|()| File::open(path)).map_err(Error::io(path))
}

/// All bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(Error::io(path))?;
    Ok(bytes)
}
