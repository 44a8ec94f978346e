//! Deeds that fail where a test says so.
//!
//! A test lets the n-th write, sync, rename, removal or read below a folder fail, for every n, in each of
//! four ways, and asks each time whether anything that counted is gone. Only tests have this module.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::Deed;

/// How a deed fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The disk is full: the deed fails, and so does every later write.
    Full,
    /// The deed is not allowed.
    Denied,
    /// Half of what was to be written is, and then the process is as good as dead: whatever comes later fails.
    Torn,
    /// A signal came; whoever meets it tries again.
    Interrupted,
}

/// What is to fail below a folder: the deed of this number, counted from 0.
struct Plan {
    folder: PathBuf,
    at: usize,
    fault: Fault,
    seen: Vec<(Deed, PathBuf)>,
    is_over: bool,
}

static PLANS: Mutex<Vec<Plan>> = Mutex::new(Vec::new());

/// Counts the deeds below a folder and lets one of them fail, as long as this is held.
pub(crate) struct Injected(PathBuf);

impl Injected {
    pub(crate) fn new(folder: &Path, (at, fault): (usize, Fault)) -> Self {
        let plan = Plan { folder: folder.to_path_buf(), at, fault, seen: Vec::new(), is_over: false };
        PLANS.lock().unwrap().push(plan);
        Self(folder.to_path_buf())
    }

    /// Counts and lets nothing fail.
    pub(crate) fn counting(folder: &Path) -> Self {
        Self::new(folder, (usize::MAX, Fault::Denied))
    }

    /// The deeds so far.
    pub(crate) fn seen(&self) -> Vec<(Deed, PathBuf)> {
        let plans = PLANS.lock().unwrap();
        plans.iter().find(|plan| plan.folder == self.0).map(|plan| plan.seen.clone()).unwrap_or_default()
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        PLANS.lock().unwrap().retain(|plan| plan.folder != self.0);
    }
}

/// What becomes of a deed.
pub(super) fn met(deed: Deed, path: &Path) -> io::Result<()> {
    match fault(deed, path) {
        None => Ok(()),
        Some(Fault::Full) => Err(ErrorKind::StorageFull.into()),
        Some(Fault::Denied) => Err(ErrorKind::PermissionDenied.into()),
        Some(Fault::Torn) => Err(io::Error::other("torn")),
        Some(Fault::Interrupted) => Err(ErrorKind::Interrupted.into()),
    }
}

/// The bytes to write; half of them are written where the write is to be torn.
pub(super) fn torn<'b>(path: &Path, bytes: &'b [u8], file: &mut File) -> io::Result<&'b [u8]> {
    match met(Deed::Write, path) {
        Err(error) if error.kind() == ErrorKind::Other => {
            file.write_all(&bytes[..bytes.len() / 2])?;
            Err(error)
        }
        other => other.map(|()| bytes),
    }
}

fn fault(deed: Deed, path: &Path) -> Option<Fault> {
    let mut plans = PLANS.lock().unwrap();
    let plan = plans.iter_mut().find(|plan| path.starts_with(&plan.folder))?;
    let at = plan.seen.len();
    plan.seen.push((deed, path.to_path_buf()));
    let lasts = match plan.fault {
        Fault::Full => matches!(deed, Deed::Make | Deed::Write),
        Fault::Torn => true,
        Fault::Denied | Fault::Interrupted => false,
    };
    if at == plan.at || plan.is_over && lasts {
        plan.is_over = true;
        return Some(plan.fault);
    }
    None
}
