//! The connection string of a PostgreSQL server, which no message repeats.
//!
//! It holds a password in most cases. The type has no `Display`, its `Debug` prints `***`, and errors of
//! the driver are told without any word of the string, since they quote parts of it.

use std::fmt;

/// Where a PostgreSQL server is and who asks: a URL such as `postgresql://reader@localhost/court`,
/// or `key=value` pairs as libpq reads them. It may hold a password, so nothing prints it: neither
/// `Debug`, nor an error, nor a report.
///
/// Connections are not encrypted. A server on another machine is asked only where the text says `sslmode=disable`: that
/// the way to it is safe otherwise, such as a tunnel.
///
/// ```
/// use wherewithal::ingest::DatabaseUrl;
///
/// let url = DatabaseUrl::new("postgresql://reader:secret@localhost/court\n");
/// assert_eq!(format!("{url:?}"), "DatabaseUrl(***)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The connection string, as an environment variable or a file holds it; white space around it is none of it.
    ///
    /// Nothing is checked here. [`ingest::read`](super::read) connects, and gives
    /// [`Error::Setting`](crate::Error::Setting) for a string that cannot be read or a server that is not
    /// reached.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().to_owned())
    }

    #[cfg(feature = "postgres")]
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(***)")
    }
}
