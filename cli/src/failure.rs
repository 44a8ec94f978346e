//! Why a command did not end well.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

use crate::{FAILED, WRONG_USAGE};

/// Why a command did not end well, as one message.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command itself is wrong.
    Usage(String),
    /// The command is right, the work failed.
    Work(Box<dyn Error>),
}

impl Failure {
    /// A command that asks for what does not exist or does not apply.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// A file or folder that could not be opened, read or written.
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let error = wherewithal::Error::io(path);
        move |source| error(source).into()
    }

    /// What is wrong with a file that an option names.
    pub(crate) fn of(path: &std::path::Path) -> impl FnOnce(wherewithal::Error) -> Self {
        let path = path.display().to_string();
        move |error| format!("{path}: {error}").into()
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => WRONG_USAGE,
            Self::Work(error) => match error.downcast_ref() {
                // A setting is what an option gave.
                Some(wherewithal::Error::Setting { .. }) => WRONG_USAGE,
                _ => FAILED,
            },
        }
    }
}

impl fmt::Display for Failure {
    /// The message with those of its causes that it does not repeat.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::Usage(message) => return f.write_str(message),
            Self::Work(error) => error,
        };
        if let Some(wherewithal::Error::Io { path, reason }) = error.downcast_ref()
            && let Some(what) = remedy(reason.kind())
        {
            return write!(f, "{}: {what}", wherewithal::domain::masked_file(&path.to_string_lossy()));
        }
        let mut said = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !said.contains(&text) {
                said = format!("{said}: {text}");
            }
            cause = inner.source();
        }
        f.write_str(&in_one_line(&said))
    }
}

/// A message of several lines in one, without pieces of the file that it is about.
fn in_one_line(text: &str) -> String {
    let is_piece = |line: &&str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let lines = text.lines().filter(|line| !is_piece(line)).map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |said, line| match said.as_str() {
        "" => line.to_owned(),
        _ if line.starts_with(',') => said + line,
        _ => said + ": " + line,
    })
}

/// What is wrong with a file or folder and what to do about it, where the system's own word does not say.
fn remedy(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "there is no such file or folder; check the path",
        ErrorKind::PermissionDenied => "this user may not use it; check who may",
        ErrorKind::IsADirectory => "found a folder, expected a file",
        ErrorKind::NotADirectory => "found a file, expected a folder",
        ErrorKind::AlreadyExists => "found a file of that name, expected a folder or nothing",
        ErrorKind::InvalidData => "found bytes that are no UTF-8 text; save the file as UTF-8",
        ErrorKind::StorageFull => "the disk is full; make room and give the same command again",
        ErrorKind::ReadOnlyFilesystem => "the disk can only be read; choose another folder",
        _ => return None,
    })
}

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Work(error.into())
    }
}
