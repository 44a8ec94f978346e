//! What must outlast a power failure.

use std::fs::File;
use std::io;
use std::path::Path;

/// Puts on disk that a file or a folder is there: its name is kept in the folder above.
///
/// # Errors
///
/// When that folder cannot be written.
pub(crate) fn sync_name(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    File::open(above.unwrap_or(Path::new(".")))?.sync_all()
}
