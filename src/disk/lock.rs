use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The right to work in a folder, held as long as this is.
///
/// The file `lock` in the folder says who holds it. It stays when the work is over, and is empty then: to remove it would let
/// two hold it at once. A process that died holds nothing any more.
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

/// The name of this machine, as far as the system tells it: a lock that is held elsewhere may not be seen here.
pub(crate) fn machine() -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let told = told.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    told.unwrap_or_default().lines().next().unwrap_or_default().trim().to_owned()
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
        assert_eq!(std::fs::read_to_string(folder.path().join("lock")).unwrap(), "");
        lock(folder.path(), "folding").unwrap();
    }
}
