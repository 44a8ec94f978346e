//! A value that many threads read while one replaces it.

use std::sync::{Arc, PoisonError, RwLock};

/// A value that many read and one replaces: a reader keeps what it took, and no reader waits for a new edition to be
/// made.
///
/// # Examples
///
/// ```
/// use wherewithal::screening::Shared;
///
/// let shared = Shared::new(1);
/// let taken = shared.current();
/// shared.replace(2);
/// assert_eq!((*taken, *shared.current()), (1, 2));
/// ```
#[derive(Debug)]
pub struct Shared<T>(RwLock<Arc<T>>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// The value as it is now.
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another value in its place; the lock is held for one pointer's exchange.
    pub fn replace(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        std::mem::replace(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), value)
    }
}
