//! What the name of a file says of it: the table it is named after, and formats that are not read.
//!
//! A file that may hold rows and is of no format that is read (`.rar`, `.mdb`, `.xlsb`) is not passed over
//! in silence when it is named like a table: it is reported as unread, with the reason.

use super::folder::Found;
use crate::error::Error;
use crate::ingest::mapping::{Format, unpacked as without_gz};
use crate::schema::{self, Table};
use crate::sentence::says;

/// What a sheet or a relation is called among files.
pub(super) fn within(file: &str, name: &str) -> String {
    format!("{file}/{}", name.replace(['/', '\\'], "_").trim_start_matches('.'))
}

pub(in crate::ingest) fn is_archive(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("zip"))
}

pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}

/// The table of this name, in small letters or capitals.
pub(super) fn table_named(name: &str) -> Option<&'static Table> {
    schema::table(&name.trim().to_ascii_lowercase())
}

/// Archives that are not unpacked.
const PACKED: [&str; 8] = ["rar", "7z", "tar", "tgz", "bz2", "xz", "zst", "cab"];
/// Formats that hold tables and are not read; a file may have none.
const OTHER: [&str; 20] = [
    "", "xlsb", "et", "json", "xml", "html", "htm", "pdf", "doc", "docx", "mdb", "accdb", "dbf", "sql", "sav", "dta",
    "feather", "arrow", "orc", "avro",
];

/// What is wrong with a file that may hold rows and is of no format that is read: a packed one, and one named like a
/// table.
pub(super) fn of_no_format(file: &Found) -> Option<Error> {
    let name = base(without_gz(file.within()));
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let found = if PACKED.contains(&ending.as_str()) {
        says!("an archive of a kind that is not unpacked (.{ending})", ending)
    } else {
        let table = table_named(stem(name)).filter(|_| OTHER.contains(&ending.as_str()))?.name;
        says!("a file that is named like the table {table} and in no format that is read", table)
    };
    let expected = "delimited text (.csv), NDJSON, Parquet, a workbook (.xlsx, .xls, .ods), SQLite (.sqlite), or one \
     of them packed by gzip or zip";
    Some(Error::format(&file.path, found, expected))
}

/// The table that a file is named after, in whatever folder it lies.
pub(super) fn own_table(path: &str) -> Option<&'static Table> {
    Format::of_path(path).and_then(|_| table_named(stem(base(without_gz(path)))))
}
