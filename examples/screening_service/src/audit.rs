//! The audit: a line for every answer, on disk before the answer is given.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, timeout};

use crate::Fault;
use crate::chain::{Checked, Entry, Mark, follow, written};
use crate::disk::sync_name;
use crate::secret::check_private;

type Waiting = (Entry, oneshot::Sender<Option<Mark>>);

/// The one who writes: lines that come together are put on disk together, each before its answer is given.
pub(crate) struct Audit {
    queue: mpsc::Sender<Waiting>,
    /// Whether the last lines could be written.
    is_well: Arc<AtomicBool>,
    longest: Duration,
}

/// How long a line may take to get on disk.
const LONGEST: Duration = Duration::from_secs(5);
/// The line behind which nothing is written.
pub(crate) const STOP: &str = "stop";

impl Audit {
    /// Opens the file for the owner alone, holds it against a second service, and follows its chain to the end. Also says
    /// what the chain came to; the unfinished last line is cut off.
    ///
    /// # Errors
    ///
    /// When it is broken, others may read it, or it is held already.
    pub(crate) fn open(path: &Path) -> Result<(Self, JoinHandle<()>, Checked), Fault> {
        let failed = |fault: std::io::Error| format!("{}: {fault}", path.display());
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map_err(failed)?;
        check_private(&file, path)?;
        sync_name(path).map_err(failed)?;
        file.try_lock().map_err(|_| format!("{}: another service writes it", path.display()))?;
        let checked = follow(&file, |_| ()).map_err(|fault| format!("{}: {fault}", path.display()))?;
        if checked.torn > 0 {
            file.set_len(checked.whole).map_err(failed)?;
        }
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let (queue, waiting) = mpsc::channel(4096);
        let is_well = Arc::new(AtomicBool::new(true));
        let (last, length, path) = (checked.last.clone(), checked.whole, path.to_path_buf());
        let writer = Writer { file, last, length, path, is_well: Arc::clone(&is_well) };
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(move || writer.work(waiting))?;
        Ok((Self { queue, is_well, longest: LONGEST }, thread, checked))
    }

    /// Writes a line and says which it is; nothing when it could not be put on disk, or not in time.
    pub(crate) async fn write(&self, entry: Entry) -> Option<Mark> {
        let (done, waiting) = oneshot::channel();
        let put = async {
            self.queue.send((entry, done)).await.ok()?;
            waiting.await.ok().flatten()
        };
        timeout(self.longest, put).await.unwrap_or_else(|_| {
            self.is_well.store(false, Ordering::Relaxed);
            None
        })
    }

    /// Whether the last lines could be written.
    pub(crate) fn is_well(&self) -> bool {
        self.is_well.load(Ordering::Relaxed)
    }
}

struct Writer {
    file: File,
    last: Mark,
    length: u64,
    path: PathBuf,
    is_well: Arc<AtomicBool>,
}

/// At most so many lines are put on disk at once.
const TOGETHER: usize = 256;

impl Writer {
    fn work(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < TOGETHER
                && let Ok(next) = waiting.try_recv()
            {
                batch.push(next);
            }
            let stop = batch.iter().position(|(entry, _)| entry.what == STOP);
            // Whoever comes behind the stop is given no line.
            batch.truncate(stop.map_or(batch.len(), |at| at + 1));
            let (entries, waiters): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let marks = self.put(&entries);
            self.is_well.store(marks.is_ok(), Ordering::Relaxed);
            if let Err(fault) = &marks {
                eprintln!("{}: {} answers are not given: {fault}", self.path.display(), waiters.len());
            }
            let marks = marks.map(|marks| marks.into_iter().map(Some).collect()).unwrap_or(vec![None; waiters.len()]);
            for (waiter, mark) in waiters.into_iter().zip(marks) {
                // Whoever asked may have gone.
                let _ = waiter.send(mark);
            }
            if stop.is_some() {
                return;
            }
        }
    }

    /// All lines or none: what a failed write left is cut off before anything else is written.
    fn put(&mut self, entries: &[Entry]) -> Result<Vec<Mark>, Fault> {
        if self.file.metadata()?.len() != self.length {
            self.file.set_len(self.length)?;
        }
        let (mut text, mut marks, mut last) = (String::new(), Vec::new(), self.last.clone());
        for entry in entries {
            let (line, mark) = written(entry, &last)?;
            text.push_str(&line);
            last = mark.clone();
            marks.push(mark);
        }
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()?;
        self.length += text.len() as u64;
        self.last = last;
        Ok(marks)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::chain::check;

    fn entry(status: u16) -> Entry {
        Entry { what: "answer", status: Some(status), edition: 1, ..Entry::default() }
    }

    fn filled(path: &Path, lines: u16) -> Vec<Mark> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (audit, thread, _) = Audit::open(path).unwrap();
        let marks = runtime.block_on(async {
            let mut marks = Vec::new();
            for status in 0..lines {
                marks.push(audit.write(entry(status)).await.unwrap());
            }
            marks
        });
        drop(audit);
        thread.join().unwrap();
        marks
    }

    #[test]
    fn a_chain_goes_on_after_a_restart_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        let mut marks = filled(&path, 3);
        marks.extend(filled(&path, 2));
        let checked = check(&path, None).unwrap();
        assert_eq!((checked.last.line, checked.torn), (5, 0));
        assert_eq!(Some(&checked.last), marks.last());
        assert!(check(&path, Some(&marks[1].to_string())).is_ok());
        let other = Mark { line: 2, ..marks[2].clone() };
        assert!(check(&path, Some(&other.to_string())).unwrap_err().to_string().contains("does not hold"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(Audit::open(&path).err().unwrap().to_string().contains("its mode is 0644"));
    }

    #[test]
    fn every_change_is_named_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        filled(&path, 5);
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        let fault = |lines: &[&str]| {
            std::fs::write(&path, lines.concat()).unwrap();
            let fault = check(&path, None).unwrap_err().to_string();
            assert_eq!(Audit::open(&path).err().unwrap().to_string(), fault, "the service refuses it as well");
            fault.split_once(": ").unwrap().1.to_owned()
        };
        let changed = lines[2].replace("\"status\":2", "\"status\":9");
        assert!(fault(&[lines[0], lines[1], &changed, lines[3]]).starts_with("line 3 is broken: it is not what"));
        assert!(fault(&[lines[0], lines[2]]).starts_with("line 2 is broken: it does not follow"), "taken out");
        assert!(fault(&[lines[1]]).starts_with("line 1 is broken: it does not follow"), "beheaded");
        assert!(fault(&[lines[0], lines[0]]).starts_with("line 2 is broken: it does not follow"), "put in");
        assert!(fault(&[lines[0], "{}\n"]).starts_with("line 2 is broken: it has no digest"));
        assert!(fault(&[lines[0], "\n", lines[1]]).starts_with("line 2 is broken"));
        let bytes = whole.as_bytes();
        let step = bytes.len() / 300;
        for at in (0..bytes.len()).step_by(step.max(1)).filter(|at| bytes[*at] != b'\n') {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let fault = check(&path, None).map(|checked| checked.last).unwrap_err().to_string();
            assert!(fault.contains(&format!("line {line} is broken")), "byte {at}: {fault}");
        }
    }

    #[test]
    fn a_line_cut_short_was_never_answered_and_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        filled(&path, 2);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], b"{\"line\":3,\"at"].concat()).unwrap();
        assert_eq!((check(&path, None).unwrap().last.line, check(&path, None).unwrap().torn), (2, 13));
        let (audit, thread, checked) = Audit::open(&path).unwrap();
        drop(audit);
        thread.join().unwrap();
        assert_eq!(checked.torn, 13);
        assert_eq!(filled(&path, 1)[0].line, 3);
        assert_eq!(check(&path, None).unwrap().last.line, 3);
    }

    #[test]
    fn two_services_do_not_write_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        let _held = Audit::open(&path).unwrap();
        assert!(Audit::open(&path).err().unwrap().to_string().contains("another service writes it"));
    }

    #[test]
    fn what_cannot_be_written_is_not_answered() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        std::fs::write(&path, "").unwrap();
        let file = File::open(&path).unwrap(); // for reading alone: every write fails
        let (queue, waiting) = mpsc::channel(8);
        let is_well = Arc::new(AtomicBool::new(true));
        let writer = Writer { file, last: Mark::first(), length: 0, path, is_well: Arc::clone(&is_well) };
        let thread = std::thread::spawn(move || writer.work(waiting));
        let audit = Audit { queue, is_well, longest: LONGEST };
        assert_eq!(runtime.block_on(audit.write(entry(200))), None);
        assert!(!audit.is_well());
        drop(audit);
        thread.join().unwrap();
    }

    #[test]
    fn a_writer_that_does_not_come_back_is_not_waited_for() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (queue, _waiting) = mpsc::channel(1);
        let audit = Audit { queue, is_well: Arc::new(AtomicBool::new(true)), longest: Duration::from_millis(20) };
        // The first fills the queue, the second does not even come in.
        for _ in 0..2 {
            assert_eq!(runtime.block_on(audit.write(entry(200))), None);
            assert!(!audit.is_well());
        }
    }

    #[test]
    fn no_line_comes_behind_the_stop() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (audit, thread, _) = Audit::open(&path).unwrap();
        let stop = Entry { what: STOP, ..Entry::default() };
        assert_eq!(runtime.block_on(audit.write(stop)).unwrap().line, 1);
        assert_eq!(runtime.block_on(audit.write(entry(200))), None);
        thread.join().unwrap();
        assert_eq!(check(&path, None).unwrap().last.line, 1);
    }
}
