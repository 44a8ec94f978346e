//! Why a command did not end well.

use std::error::Error;
use std::io::ErrorKind;
use std::path::Path;

use wherewithal::sentence::Sentence;

use crate::words::says;
use crate::{FAILED, WRONG_USAGE};

/// Why a command did not end well, as one message.
#[derive(Debug)]
pub(crate) struct Failure {
    said: Sentence,
    code: u8,
}

impl Failure {
    /// A command that asks for what does not exist or does not apply.
    pub(crate) fn usage(said: impl Into<Sentence>) -> Self {
        Self { said: said.into(), code: WRONG_USAGE }
    }

    /// Work that failed, although the command is right.
    pub(crate) fn work(said: impl Into<Sentence>) -> Self {
        Self { said: said.into(), code: FAILED }
    }

    /// A file or folder that could not be opened, read or written.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let error = wherewithal::Error::io(path);
        move |source| error(source).into()
    }

    /// What is wrong with a file that an option names.
    pub(crate) fn in_file(path: &Path) -> impl FnOnce(wherewithal::Error) -> Self {
        move |error| Self::work(says!("{path}: {error}", path = path.display(), error = error.sentence()))
    }

    /// What is said.
    pub(crate) const fn said(&self) -> &Sentence {
        &self.said
    }

    pub(crate) const fn code(&self) -> u8 {
        self.code
    }
}

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        match error.downcast_ref() {
            Some(error) => of_library(error),
            None => Self::work(Sentence::foreign(with_causes(error.as_ref()))),
        }
    }
}

/// An error of the library, with what to do about it where the system's own word does not say.
fn of_library(error: &wherewithal::Error) -> Failure {
    match error {
        wherewithal::Error::Io { path, reason } => match remedy(reason.kind()) {
            Some(what) => {
                let path = path.to_string_lossy();
                Failure::work(says!(
                    "{path}: {what}",
                    path = wherewithal::domain::masked_file(&path),
                    what = says!(what)
                ))
            }
            None => Failure::work(error.sentence()),
        },
        // A setting is what an option gave.
        wherewithal::Error::Setting { .. } => Failure::usage(error.sentence()),
        _ => Failure::work(error.sentence()),
    }
}

/// The message of an error with those of its causes that it does not repeat.
fn with_causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = inner.source();
    }
    said
}

/// A message of several lines in one, with a mark between them, without pieces of the file that it is about.
pub(crate) fn in_one_line(text: &str, mark: &str) -> String {
    let is_piece = |line: &&str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let lines = text.lines().filter(|line| !is_piece(line)).map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |said, line| match said.as_str() {
        "" => line.to_owned(),
        _ if line.starts_with([',', '，']) => said + line,
        _ => said + mark + line,
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
