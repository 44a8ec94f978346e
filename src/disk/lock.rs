//! A lock file: one process at a time works in a folder.
//!
//! The lock is the system's own, so that it ends with the process, however that ends. What stands in the
//! file is for the person who reads the error: who works there, and at what.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::sync::LazyLock;

use super::folder::word;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The right to work in a folder, held as long as this is.
///
/// The file `lock` in the folder says who holds it. It stays when the work is over, and is empty then: to remove it
/// would let two hold it at once. A process that died holds nothing any more.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// Takes the right to work in a folder; `work` says what for.
pub(crate) fn lock(folder: &Path, work: &str) -> Result<Lock> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Where locks keep others from reading, too, nobody can be named.
            let _ = file.take(200).read_to_string(&mut holder);
            let holder = if holder.is_empty() { "another run" } else { holder.trim_end() };
            let expected = "one run at a time: wait for that one, or end it";
            return Err(Error::setting(
                Sentence::name(folder.display().to_string()),
                says!("held by {holder}", holder = Sentence::from(holder)),
                expected,
            ));
        }
        // A file system without locks cannot tell.
        Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
            return Err(Error::io(&path)(error));
        }
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    let said = format!("process {}, {work}\n", std::process::id());
    file.set_len(0).and_then(|()| file.write_all(said.as_bytes())).map_err(Error::io(&path))?;
    Ok(Lock { file })
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What it says is for whoever meets the lock held; nobody reads it afterwards.
        let _ = self.file.set_len(0);
    }
}

/// What no other machine says of itself, in one line: a lock that is held elsewhere may not be seen here.
///
/// Two machines may have one name, so this has the number of the boot as well. Containers of one machine have the same
/// boot, and names of their own. Where the system tells no boot, every process passes for a machine of its own.
pub(crate) fn machine() -> String {
    static UNTOLD: LazyLock<String> = LazyLock::new(word);
    let told = |name: &str| fs::read_to_string(Path::new("/proc/sys/kernel").join(name)).ok();
    match (told("hostname"), told("random/boot_id")) {
        (Some(name), Some(boot)) => format!("{} {}", name.trim(), boot.trim()),
        _ => UNTOLD.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_who_holds_it_and_is_free_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path(), "filling").unwrap();
        let refused = lock(folder.path(), "folding").unwrap_err().to_string();
        let expected = format!("held by process {}, filling", std::process::id());
        assert!(refused.contains(&expected), "{refused}");
        drop(held);
        assert_eq!(fs::read_to_string(folder.path().join("lock")).unwrap(), "");
        lock(folder.path(), "folding").unwrap();
    }

    #[test]
    fn a_machine_is_told_by_more_than_its_name() {
        let here = machine();
        assert_eq!(here, machine());
        assert_eq!(here.lines().count(), 1);
        let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        assert!(here.len() > name.trim().len() + 15, "{here}");
    }
}
