//! Runs numbered pieces of work on a fixed number of threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars_async::executor::ALLOW_RAYON_THREADS;

use crate::error::Result;

/// Does a piece of work for every number below `n`, on so many threads; after the first failure no other begins.
///
/// Threads of their own rather than rayon's: one that waited would begin another piece, and memory
/// would grow. What polars does for a piece it does on the thread of the piece: every core has one
/// already, and small tables shared out among more threads would only wait.
pub(super) fn for_each_on_threads(threads: usize, n: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(n) {
            scope.spawn(|| {
                ALLOW_RAYON_THREADS.set(false);
                let _stop = StopOnPanic(&next, n);
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= n {
                        break;
                    }
                    if let Err(error) = work(piece) {
                        next.store(n, Ordering::Relaxed);
                        if let Ok(mut slot) = failure.lock() {
                            slot.get_or_insert(error);
                        }
                    }
                }
            });
        }
    });
    failure.into_inner().ok().flatten().map_or(Ok(()), Err)
}

/// Lets no further piece begin when one panics: the scope passes the panic on once all threads have ended.
struct StopOnPanic<'a>(&'a AtomicUsize, usize);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(self.1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn every_piece_is_done_once_and_a_failure_is_told() {
        let done: Vec<AtomicUsize> = (0..100).map(|_| AtomicUsize::new(0)).collect();
        for_each_on_threads(3, 100, |piece| {
            done[piece].fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
        assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 1));
        let failing = |piece| if piece == 7 { Err(Error::setting("piece", 7, "another")) } else { Ok(()) };
        assert!(for_each_on_threads(2, 100, failing).unwrap_err().to_string().contains("another"));
        for_each_on_threads(4, 0, |_| unreachable!()).unwrap();
    }
}
