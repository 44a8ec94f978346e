//! Reads SQLite files without writing beside them.
//!
//! SQLite likes to make a journal next to a file that it opens. A source folder is not ours to write to, so
//! the file is opened as one that stays as it is, unless another program is writing it right now.

use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};

use super::text::of_bytes;
use super::{Batch, Database, Manner, Select, TakesRows, quoted, said};
use crate::error::{Error, Result};
use crate::ingest::guard::broken;
use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::Value;
use crate::ingest::told::told;
use crate::sentence::says;

const EXPECTED: &str = "a file of SQLite that is whole and not encrypted";

/// A file of SQLite.
pub(super) struct Sqlite {
    path: PathBuf,
    connection: Connection,
}

impl Sqlite {
    /// Opens a file whose pages hang together; nothing is written beside it.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(uri(path), flags).map_err(|error| unreadable(path, &error))?;
        let file = Self { path: path.to_path_buf(), connection };
        // The functions and virtual tables that a file brings are not run.
        let state = "pragma trusted_schema = off; pragma query_only = on; pragma cell_size_check = on; begin";
        file.connection.execute_batch(state).map_err(|error| unreadable(path, &error))?;
        let check = file.connection.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0));
        match check.map_err(|error| unreadable(path, &error))?.as_str() {
            "ok" => Ok(file),
            found => Err(Error::format(path, broken(&says!("a damaged SQLite database"), &said(found)), EXPECTED)),
        }
    }

    /// The statement that reads the rows, in an order that does not change while the file does not.
    fn statement(&self, select: &Select) -> Result<String> {
        if let Some(query) = &select.query {
            return Ok(query.clone());
        }
        let sql = "select type, wr from pragma_table_list where schema = 'main' and name = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?));
        let found = self.connection.query_row(sql, [&select.relation], read);
        let from = format!("select * from {}", quoted(&select.relation));
        match found {
            Ok((kind, false)) if kind == "table" => Ok(format!("{from} order by rowid")),
            Ok(_) => Ok(from),
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                let names: Vec<String> = self.tables()?.iter().map(|name| told(name).into_owned()).collect();
                let relation = told(&select.relation);
                Err(Error::format(
                    &self.path,
                    says!("tables [{}]", [names.join(", ")]),
                    says!("also {relation}", relation),
                ))
            }
            Err(error) => Err(unreadable(&self.path, &error)),
        }
    }

    fn tables(&self) -> Result<Vec<String>> {
        let sql = "select name from pragma_table_list where schema = 'main' and type = 'table' \
                   and name not like 'sqlite\\_%' escape '\\' order by name";
        let names = || -> rusqlite::Result<Vec<String>> {
            self.connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        names().map_err(|error| unreadable(&self.path, &error))
    }
}

impl Database for Sqlite {
    fn relations(&mut self) -> Result<Vec<String>> {
        self.tables()
    }

    fn read(&mut self, select: &Select, manner: Manner<'_>, visitor: &mut dyn TakesRows) -> Result<()> {
        let wrong = |error: rusqlite::Error| unreadable(&self.path, &error);
        let sql = self.statement(select)?;
        let mut statement = self.connection.prepare(&sql).map_err(wrong)?;
        if statement.column_count() == 0 || !statement.readonly() {
            return Err(Error::format(&self.path, "a statement that gives no rows", "a query: select …"));
        }
        let names = names(&statement);
        manner.check(&self.path, &names)?;
        let width = names.len();
        visitor.begin(names, Vec::new())?;
        let (mut batch, mut waiting) = (Batch::new(), Vec::new());
        let mut rows = statement.query([]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let value = |at| row.get_ref(at).map(|value| of_value(value, manner.bounds.cell_bytes));
            waiting.push((0..width).map(value).collect::<Result<Vec<_>, _>>().map_err(wrong)?);
            if waiting.len() >= batch.rows {
                batch.learn(&waiting);
                visitor.take(std::mem::take(&mut waiting))?;
            }
        }
        visitor.take(waiting)
    }
}

fn names(statement: &Statement<'_>) -> Vec<String> {
    statement.column_names().map(str::to_owned).collect()
}

/// The file as a URI. A file that nobody is writing is opened as one that stays, so that nothing is made beside it.
fn uri(path: &Path) -> String {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        std::fs::metadata(name).is_ok_and(|data| data.len() > 0)
    };
    let plain = path.display().to_string();
    let escaped = plain.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let stays = if beside("-wal") || beside("-journal") { "" } else { "&immutable=1" };
    format!("file:{escaped}?mode=ro{stays}")
}

fn unreadable(path: &Path, error: &rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => says!("no SQLite database, or an encrypted one"),
        Some(ErrorCode::DatabaseCorrupt) => says!("a damaged SQLite database"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            says!("a SQLite database that somebody else writes")
        }
        _ => says!("a SQLite database that does not answer"),
    };
    Error::format(path, broken(&kind, &said(&error.to_string())), EXPECTED)
}

fn of_value(value: ValueRef<'_>, most: usize) -> Value<'static> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Int(number)),
        ValueRef::Real(number) => Ok(Cell::Number(number)),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => of_bytes(bytes, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::refusal::Reason;

    #[test]
    fn values_keep_their_types() {
        assert_eq!(
            of_value(ValueRef::Integer(320_106_198_706_150_217), 9).unwrap(),
            Cell::Int(320_106_198_706_150_217)
        );
        assert_eq!(of_value(ValueRef::Real(0.29), 9).unwrap(), Cell::Number(0.29));
        assert_eq!(of_value(ValueRef::Blob(b"abc"), 9).unwrap(), Cell::Text("abc".into()));
        assert_eq!(of_value(ValueRef::Text(b"\xff"), 9).unwrap_err().fault.reason, Reason::Encoding);
        assert_eq!(of_value(ValueRef::Text(b"0123456789"), 9).unwrap_err().fault.reason, Reason::Size);
    }

    #[test]
    fn a_path_is_no_part_of_the_uri() {
        assert_eq!(uri(Path::new("/a b/c?d#e%20.db")), "file:/a b/c%3fd%23e%2520.db?mode=ro&immutable=1");
    }
}
