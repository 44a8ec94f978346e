//! Reads PostgreSQL in one read-only transaction.
//!
//! Rows come through a cursor, some at a time, so that memory does not depend on the table. Connections are
//! not encrypted; a server on another machine is refused unless the connection string says that the way is
//! safe (`sslmode=disable`). No message repeats a part of that string.

use std::error::Error as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls, Row};

use super::decode::{Bytes, Sent};
use super::{Batch, Database, Manner, SERVER, Select, TakesRows, quoted, said};
use crate::error::{Error, Result};
use crate::ingest::database_url::DatabaseUrl;
use crate::ingest::rows::odd::Value;
use crate::ingest::rows::{Cell, Zone};
use crate::ingest::told::told;
use crate::sentence::{Sentence, says};

const EXPECTED: &str = "a PostgreSQL server that answers";
/// Where Debian's server listens when the connection string names no host.
const SOCKET: &str = "/var/run/postgresql";
/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(30);

/// All reading is of one moment and changes nothing; rows come in the order in which they lie.
const STATE: &str = "set client_encoding = 'UTF8'; \
                     begin isolation level repeatable read, read only; \
                     set local synchronize_seqscans = off; \
                     set local max_parallel_workers_per_gather = 0; \
                     set local cursor_tuple_fraction = 1.0; \
                     set local datestyle = 'ISO, YMD'";

/// A connection to a server.
pub(super) struct Server {
    client: Client,
}

impl Server {
    pub(super) fn connect(url: &DatabaseUrl) -> Result<Self> {
        let wrong = |found: &str, expected: &str| Error::setting("the database's connection string", found, expected);
        // What is wrong with it would repeat a part of it.
        let config: Result<Config> = url.expose().parse().map_err(|_| {
            wrong("a text of another form", "postgresql://user@host/database, or key=value pairs as libpq reads them")
        });
        let mut config = config?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host_path(SOCKET);
        }
        match config.get_ssl_mode() {
            SslMode::Disable => {}
            SslMode::Prefer if is_near(&config) => {}
            SslMode::Prefer => {
                let found = "a server on another machine, to which this build speaks in clear";
                let expected = "a tunnel to it, or sslmode=disable where the way is safe as it is";
                return Err(wrong(found, expected));
            }
            _ => {
                let expected =
                    "sslmode=disable and a way that is safe as it is, such as a tunnel or the server's own machine";
                return Err(wrong("sslmode that asks for TLS, which this build does not speak", expected));
            }
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        config.application_name("wherewithal");
        let mut client = config.connect(NoTls).map_err(|error| failed(Path::new(SERVER), &error))?;
        client.batch_execute(STATE).map_err(|error| failed(Path::new(SERVER), &error))?;
        Ok(Self { client })
    }

    /// What the rows are selected from, and by which columns they are sorted.
    fn source(&mut self, select: &Select, path: &Path) -> Result<(String, Vec<String>)> {
        if let Some(query) = &select.query {
            return Ok((format!("({}) as wanted", query.trim().trim_end_matches(';')), Vec::new()));
        }
        let name = &select.relation;
        let in_schema = name.split_once('.').map(|(schema, name)| format!("{}.{}", quoted(schema), quoted(name)));
        for from in [Some(quoted(name)), in_schema].into_iter().flatten() {
            let found = self.client.query_one("select to_regclass($1)::oid", &[&from]);
            let oid: Option<u32> = found.and_then(|row| row.try_get(0)).map_err(|error| failed(path, &error))?;
            if let Some(oid) = oid {
                let rows = self.client.query(KEY, &[&oid]).map_err(|error| failed(path, &error))?;
                let columns: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
                return Ok((from, columns.map_err(|error| failed(path, &error))?));
            }
        }
        let names: Vec<_> = self.relations()?.iter().map(|name| told(name).into_owned()).collect();
        Err(Error::format(path, says!("tables [{}]", [names.join(", ")]), says!("also {}", [told(name)])))
    }
}

/// The columns of a table's primary key, in its order.
const KEY: &str = "select a.attname::text from pg_index i \
                   cross join unnest(i.indkey::int2[]) with ordinality as k(attnum, place) \
                   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum \
                   where i.indrelid = $1 and i.indisprimary order by k.place";

/// Tables and views that a name alone means.
const RELATIONS: &str = "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace \
                         where c.relkind in ('r', 'p', 'f', 'm', 'v') and n.nspname = any(current_schemas(false)) \
                         and pg_table_is_visible(c.oid) order by c.relname::text collate \"C\"";

impl Database for Server {
    fn relations(&mut self) -> Result<Vec<String>> {
        let rows = self.client.query(RELATIONS, &[]).map_err(|error| failed(Path::new(SERVER), &error))?;
        let names: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        names.map_err(|error| failed(Path::new(SERVER), &error))
    }

    fn read(&mut self, select: &Select, manner: Manner<'_>, visitor: &mut dyn TakesRows) -> Result<()> {
        let path = PathBuf::from(format!("{SERVER}/{}", told(&select.relation)));
        let wrong = |error: postgres::Error| failed(&path, &error);
        let (from, key) = self.source(select, &path)?;
        let described = self.client.prepare(&format!("select * from {from}")).map_err(wrong)?;
        let columns: Vec<(String, Sent)> = described
            .columns()
            .iter()
            .map(|column| (column.name().to_owned(), Sent::from_type(column.type_())))
            .collect();
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        manner.check(&path, &names)?;
        visitor.begin(names, notes((&columns, manner.zone), key.is_empty() && select.query.is_none()))?;
        let asked: Vec<_> = columns.iter().map(|(name, sent)| sent.asked(name, manner.bounds.cell_bytes)).collect();
        let order: Vec<_> = key.iter().map(|name| quoted(name)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
        let cursor = format!("declare wanted no scroll cursor for select {} from {from}{order}", asked.join(", "));
        self.client.batch_execute(&cursor).map_err(wrong)?;
        let mut batch = Batch::new();
        loop {
            let rows = self.client.query(&format!("fetch forward {} from wanted", batch.rows), &[]).map_err(wrong)?;
            if rows.is_empty() {
                break;
            }
            let read = |row: &Row| cells(row, &columns, (manner.zone, manner.bounds.cell_bytes));
            let rows: Vec<_> = rows.iter().map(read).collect::<Result<_, _>>().map_err(wrong)?;
            batch.learn(&rows);
            visitor.take(rows)?;
        }
        self.client.batch_execute("close wanted").map_err(wrong)
    }
}

fn cells(row: &Row, columns: &[(String, Sent)], manner: (Zone, usize)) -> Result<Vec<Value<'static>>, postgres::Error> {
    let value = |(at, (_, sent)): (usize, &(String, Sent))| {
        let bytes: Option<Bytes<'_>> = row.try_get(at)?;
        Ok(bytes.map_or(Ok(Cell::Null), |bytes| sent.read(bytes.0, manner)))
    };
    columns.iter().enumerate().map(value).collect()
}

fn notes((columns, zone): (&[(String, Sent)], Zone), is_unsorted: bool) -> Vec<Sentence> {
    let instants = columns.iter().filter(|(_, sent)| *sent == Sent::Instant).map(|(name, _)| {
        let (name, zone) = (told(name), zone.to_string());
        says!("column {name}: instants; their days are those of {zone}, unless form.zone says another", name, zone)
    });
    let order =
        "no primary key: rows come in the order in which they lie, and in another order are another part of a store";
    instants.chain(is_unsorted.then(|| says!(order))).collect()
}

/// Whether nobody between here and the server can listen.
fn is_near(config: &Config) -> bool {
    let is_near = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
    };
    config.get_hosts().iter().all(is_near) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// Whether an open connection ends so.
const fn is_cut(kind: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, Other, UnexpectedEof};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | Other | UnexpectedEof)
}

/// What went wrong, without anything of the connection string or of a row.
fn failed(path: &Path, error: &postgres::Error) -> Error {
    let found = match error.as_db_error() {
        Some(told) => {
            let code = told.code().code();
            let why = match code.get(..2).unwrap_or_default() {
                "28" => says!("it refuses the user or the password"),
                "3D" => says!("it has no such database"),
                "22" => says!("a value that the query cannot read"),
                "42" => Sentence::foreign(said(told.message())),
                "53" | "57" => says!("it is out of something or shutting down"),
                _ => says!("it gave up"),
            };
            says!("{why} (the server's code {code})", why, code)
        }
        None => match error.source().and_then(|source| source.downcast_ref::<std::io::Error>()) {
            // A socket that is not there is a file that is not found.
            Some(source) if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                says!("no connection: no server listens where the connection string points")
            }
            // The server went away, or somebody ended what was asked of it.
            Some(source) if is_cut(source.kind()) => says!("a connection that was closed"),
            Some(source) => says!("no connection: {}", [Sentence::foreign(source.kind().to_string())]),
            None if error.is_closed() => says!("a connection that was closed"),
            None => says!("no connection"),
        },
    };
    Error::format(path, found, EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_repeats_the_connection_string() {
        for (text, what) in [
            ("postgresql://reader:hunter2@db.example/court", "another machine"),
            ("host=db.example user=reader password=hunter2 sslmode=require", "TLS"),
            ("hunter2", "another form"),
            ("postgresql://reader:hunter2@127.0.0.1:1/court?connect_timeout=1", "no server listens where"),
            ("host=/nowhere user=reader password=hunter2", "no server listens where"),
        ] {
            let Err(error) = Server::connect(&DatabaseUrl::new(text)) else { panic!("{text}") };
            let said = format!("{error} {error:?}");
            assert!(said.contains(what), "{text}: {said}");
            assert!(!said.contains("hunter2") && !said.contains("reader") && !said.contains("example"), "{said}");
        }
    }
}
