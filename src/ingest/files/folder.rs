//! Lists the files of a folder and of the archives in it.
//!
//! The list is sorted by name, since a file's place in it becomes its ordinal and thereby part of every
//! `record_id`. Hidden files and folders (`.git`, `__MACOSX`) are passed over and reported. Links are
//! followed once: a folder that was met is not entered again. A store at the top is an
//! error, one in a folder below is passed over: its parties are pseudonyms already.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::mapping::matches;
use crate::ingest::report::IgnoredFile;
use crate::sentence::says;

/// A file below a folder, or within an archive there.
#[derive(Debug)]
pub(in crate::ingest) struct Found {
    /// The path within the folder, with `/` between folders and within archives.
    pub(in crate::ingest) name: String,
    /// Where the path within an archive begins.
    pub(super) inner: usize,
    pub(in crate::ingest) path: PathBuf,
}

impl Found {
    /// Whether a pattern means the file, by its whole path or by that within its archive.
    pub(in crate::ingest) fn is(&self, pattern: &str) -> bool {
        matches(pattern, &self.name) || matches(pattern, self.within())
    }

    /// How many folders it lies in, within the folder or within its archive and the folders of that.
    pub(super) fn depth(&self) -> usize {
        self.name.matches('/').count() - usize::from(self.inner > 0)
    }

    /// The path within the archive, or within the folder.
    pub(super) fn within(&self) -> &str {
        self.name.get(self.inner..).unwrap_or_default()
    }
}

/// The files below a folder, sorted by name, and what was passed over.
pub(super) fn list(folder: &Path, bounds: &Bounds) -> Result<(Vec<Found>, Vec<IgnoredFile>)> {
    let mut listing = Listing { bounds, names: Vec::new(), met: BTreeSet::new(), passed: Vec::new() };
    listing.add(folder, "", 0)?;
    listing.names.sort_unstable();
    listing.passed.sort_unstable_by(|one, other| one.file.cmp(&other.file));
    let files = listing.names.into_iter().map(|name| Found { path: folder.join(&name), inner: 0, name });
    Ok((files.collect(), listing.passed))
}

/// The files of a folder while they are looked for.
struct Listing<'b> {
    bounds: &'b Bounds,
    names: Vec<String>,
    /// Folders, by where they lie without links.
    met: BTreeSet<PathBuf>,
    passed: Vec<IgnoredFile>,
}

impl Listing<'_> {
    fn add(&mut self, folder: &Path, above: &str, depth: usize) -> Result<()> {
        if depth > self.bounds.folder_depth {
            let found = says!("folders {depth} deep", depth);
            return Err(Bounds::exceeded(folder, found, ("folder_depth", self.bounds.folder_depth as u64)));
        }
        if !self.met.insert(folder.canonicalize().map_err(Error::io(folder))?) {
            let reason = says!("a link to a folder that is read already");
            self.passed.push(IgnoredFile { file: above.to_owned(), reason });
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
            let name = entry.map_err(Error::io(folder))?.file_name().to_string_lossy().into_owned();
            match hidden(&name) {
                Some(_) => self.passed.push(passed_by(&joined(above, &name))),
                None => entries.push(name),
            }
            if entries.len() + self.names.len() > self.bounds.files {
                let found = format!("more than {} files", self.bounds.files);
                return Err(Bounds::exceeded(folder, found, ("files", self.bounds.files as u64)));
            }
        }
        if is_stored(&entries) && above.is_empty() {
            return Err(Error::format(folder, "a store or a part of one", "source files; --store reads a store"));
        }
        if is_stored(&entries) {
            let reason = says!("a store or a part of one: --store reads it");
            self.passed.push(IgnoredFile { file: above.to_owned(), reason });
            return Ok(());
        }
        // Folders before links to them, and always in one order.
        entries.sort_by_cached_key(|name| (folder.join(name).is_symlink(), name.clone()));
        for name in entries {
            let path = folder.join(&name);
            let name = joined(above, &name);
            if path.is_dir() {
                self.add(&path, &name, depth + 1)?;
            } else {
                self.names.push(name);
            }
        }
        Ok(())
    }
}

/// Whether a folder of these files and folders is a store or a part of one: its parties are
/// pseudonyms, which must not be read as numbers.
fn is_stored(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|other| other == name);
    let has_parts = names.iter().any(|name| name.starts_with("part-"));
    (has("manifests") || has("manifest.json")) && has_parts
        || has("digests") && (has("debtors.parquet") || has("index.parquet"))
}

fn joined(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") }
}

/// The part of a path up to the file or folder that a system hides.
pub(super) fn hidden(path: &str) -> Option<&str> {
    let mut end = 0;
    path.split('/').find_map(|part| {
        let is_hidden = part.starts_with('.') || part.starts_with("~$") || part == "__MACOSX";
        let found = path.get(..end + part.len()).filter(|_| is_hidden);
        end += part.len() + 1;
        found
    })
}

pub(super) fn passed_by(hidden: &str) -> IgnoredFile {
    IgnoredFile {
        file: hidden.to_owned(),
        reason: says!("hidden: its name begins with a dot or with ~$, or is __MACOSX"),
    }
}

/// Refuses what is no file, for it may have no end.
pub(super) fn check(path: &Path) -> Result<()> {
    let kind = std::fs::metadata(path).map_err(Error::io(path))?.file_type();
    if kind.is_file() { Ok(()) } else { Err(Error::format(path, "a pipe, a socket or a device", "a file")) }
}
