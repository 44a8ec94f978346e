//! What each delivery told of itself: the reports of what was read, which a store keeps with the refused rows.

use std::fs;
use std::io::ErrorKind;

use super::Store;
use super::parts::REFUSED;
use crate::error::{Error, Result};
use crate::ingest::IngestReport;

/// The report's file, in the folder of what was refused.
pub(crate) const REPORT: &str = "ingest_report.json";

impl Store {
    /// The report of each delivery by the part that it became, in the order in which they came; parts that were folded
    /// keep theirs. None for what was put into the store without one.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when a report cannot be read; [`Error::Format`] for one that is none.
    pub(crate) fn reports(&self) -> Result<Vec<(String, Option<IngestReport>)>> {
        let mut reports = Vec::new();
        for part in &self.manifest().parts {
            let mut names: Vec<&String> = part.refused.keys().collect();
            // Numbers of more digits come later.
            names.sort_by_key(|name| (name.len(), *name));
            if names.is_empty() {
                reports.push((part.folder.clone(), None));
            }
            for name in names {
                let path = self.folder().join(REFUSED).join(name).join(REPORT);
                let report = match fs::read(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => None,
                    bytes => {
                        let bytes = bytes.map_err(Error::io(&path))?;
                        let report = serde_json::from_slice(&bytes);
                        Some(report.map_err(|error| Error::format(&path, error, "a report of what was read"))?)
                    }
                };
                reports.push((name.clone(), report));
            }
        }
        Ok(reports)
    }
}
