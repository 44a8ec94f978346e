//! Databases are read as files are: the same rows, checks and refusals.

use std::path::Path;

use polars::prelude::DataFrame;
use rusqlite::Connection;
#[cfg(feature = "postgres")]
use wherewithal::ingest::DatabaseUrl;
use wherewithal::ingest::{self, IngestReport, Mapping, ReadParams, Reason, Sources};
use wherewithal::progress::Silent;
use wherewithal::store::{Standing, StoreParams};

#[cfg(feature = "postgres")]
use crate::ingest::texts;
use crate::ingest::{Desk, key, numbers, rows};
#[cfg(feature = "postgres")]
use crate::served::{PASSWORD, Server};

const FILE: &str = "entity_id,event_on,known_at,account,holder,kind,balance_fen,available_fen\n\
    320106198706150217,2018-02-01,2018-02-01,6222000000000000001,工行,current,100,7\n\
    11010519491231002X,2018-02-02,2018-02-02,6222000000000000002,,term,101,\n";

/// The two rows of `FILE` in a database's types, with a third that is refused.
const MAPPING: &str = r#"
[[source]]
FILErelation = "存款"
[[source.table]]
name = "deposits"
[source.table.columns]
entity_id = { from = "证件号码" }
event_on = { from = "日期" }
known_at = { from = "时间" }
account = { from = "账号" }
holder = { from = "银行" }
kind = { from = "种类", codes = { "活期" = "current", "定期" = "term" } }
balance_fen = { from = "余额", unit = "yuan" }
available_fen = { from = "可用", unit = "yuan" }
"#;

fn mapping(file: &str) -> Mapping {
    Mapping::parse(&MAPPING.replace("FILE", file)).unwrap()
}

fn expected() -> DataFrame {
    let (tables, _) = Desk::new(&[("deposits.csv", FILE.as_bytes())]).read(Mapping::default()).unwrap();
    rows(&tables, "deposits").drop("record_id").unwrap()
}

/// What a source gives, and what of it is refused.
fn read(sources: &Sources) -> wherewithal::Result<(DataFrame, IngestReport, String)> {
    let out = tempfile::tempdir().unwrap();
    let (tables, report) = ingest::read(sources, &ReadParams::new(out.path()), &Silent)?;
    let frame = if report.rows_by_table.is_empty() { DataFrame::default() } else { rows(&tables, "deposits") };
    let path = report.files.first().map(|file| out.path().join("refused").join(format!("{}.csv", file.file)));
    let refused = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    Ok((frame, report, refused))
}

fn sqlite(folder: &Path, name: &str, statements: &str) {
    Connection::open(folder.join(name)).unwrap().execute_batch(statements).unwrap();
}

const SQLITE: &str = "create table 存款 (证件号码 text, 日期 text, 时间 text, 账号 integer, 银行 text, 种类 text, 余额 real, 可用, 附件 blob);
    insert into 存款 values ('320106198706150217', '2018-02-01', '2018-02-01T00:00:00+08:00', 6222000000000000001, '工行', '活期', 1.0, '0.07', x'ff');
    insert into 存款 values ('3.20106E+17', '2018-02-01', '2018-02-01', 1, null, '活期', 1, 1, null);
    insert into 存款 values (x'313130313035313934393132333130303258', '2018-02-02', '2018-02-02 23:59', 6222000000000000002, '', '定期', 1.01, null, null);
    insert into 存款 values ('11010519491231002X', '2018-02-02', '2018-02-02', 1.5, '', '定期', 1, x'ff00', null);";

#[test]
fn a_file_of_sqlite_is_read_by_its_mapping() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "court.db", SQLITE);
    std::fs::write(folder.path().join("thumbs.db"), "no database").unwrap();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    let sources = Sources::new(folder.path(), key()).with_mapping(mapping("file = 'court.db'\n"));
    let (found, report, refused) = read(&sources).unwrap();
    assert!(found.drop("record_id").unwrap().equals_missing(&expected()), "{found}");
    assert_eq!(numbers(&found, "record_id").iter().map(|id| id.unwrap() & 0xFF).collect::<Vec<_>>(), [1, 3]);
    let file = &report.files[0];
    assert_eq!((file.file.as_str(), file.format.as_str(), file.rows_read), ("court.db/存款", "sqlite", 4));
    assert_eq!(file.unused_columns, ["附件"]);
    let refusals: Vec<_> =
        file.refusals.iter().map(|count| (count.reason, count.column.as_str(), count.first_line)).collect();
    assert_eq!(refusals, [(Reason::Scientific, "证件号码", 2), (Reason::Encoding, "可用", 4)]);
    assert!(refused.contains("2,证件号码,scientific") && refused.contains("xFF"), "{refused}");
    assert_eq!(report.unread, ["thumbs.db"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before, "nothing is made beside a source");
}

#[test]
fn tables_named_like_the_schemas_are_read_as_they_are_and_views_are_not() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(
        folder.path(),
        "a.sqlite",
        "create table deposits (entity_id, event_on, known_at, account, holder, kind, balance_fen, available_fen);
         insert into deposits values ('320106198706150217', '2018-02-01', '2018-02-01', '6222000000000000001', '工行', 'current', 100, 7);
         insert into deposits values ('11010519491231002X', '2018-02-02', '2018-02-02', '6222000000000000002', null, 'term', 101, null);
         create table notes (text);
         create view payments as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n;",
    );
    let (found, report, _) = read(&Sources::new(folder.path(), key())).unwrap();
    assert!(found.drop("record_id").unwrap().equals_missing(&expected()), "{found}");
    assert_eq!(report.files.len(), 1);
    assert_eq!(report.unread, ["a.sqlite/notes"]);
}

#[test]
fn queries_lookups_and_several_tables_of_a_file_are_read() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(
        folder.path(),
        "a.sqlite",
        "create table bills (id integer primary key, who, paid, on_day);
         insert into bills values (2, 'b', 5.5, '2018-02-02'), (1, 'a', 1, '2018-02-01'), (3, 'c', 9, '2018-02-03');
         create table people (id, number); insert into people values ('a', '320106198706150217'), ('b', '11010519491231002X');",
    );
    let text = r#"
        [lookup.number]
        file = "*.sqlite"
        relation = "people"
        key = "id"
        value = "number"
        [[source]]
        file = "*.sqlite"
        relation = "到账"
        query = "select who, paid, on_day from bills where paid < 9 order by on_day desc"
        [[source.table]]
        name = "deposits"
        [source.table.columns]
        entity_id = { from = "who", join = ["number"] }
        event_on = { from = "on_day" }
        known_at = { from = "on_day" }
        account = { from = "who" }
        balance_fen = { from = "paid", unit = "yuan" }
        "#;
    let sources = |text: &str| Sources::new(folder.path(), key()).with_mapping(Mapping::parse(text).unwrap());
    let (found, report, _) = read(&sources(text)).unwrap();
    assert_eq!(numbers(&found, "balance_fen"), [Some(550), Some(100)]);
    assert_eq!((report.files[0].file.as_str(), report.lookups[0].keys), ("a.sqlite/到账", 2));
    assert_eq!(report.unread, ["a.sqlite/bills"]);
    for (wrong, what) in [
        (text.replace("select who", "delete from bills returning who"), "syntax error"),
        (text.replace("bills where", "bill where"), "no such table: bill"),
        (
            text.replace("'number'", "'nothing'").replace("relation = \"people\"", "relation = \"peoples\""),
            "also peoples",
        ),
        (text.replace("relation = \"到账\"\n", "relation = \"到账\"\nform = { zone = 'Mars' }\n"), "zone"),
    ] {
        let error = Mapping::parse(&wrong).and_then(|_| read(&sources(&wrong)).map(|_| ())).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    let deleting =
        text.replace("select who, paid, on_day from bills where paid < 9 order by on_day desc", "delete from bills");
    assert!(read(&sources(&deleting)).unwrap_err().to_string().contains("gives no rows"));
    let error = Mapping::parse("[[source]]\n[[source.table]]\nname = 'deposits'\n").unwrap_err().to_string();
    assert!(error.contains("neither file nor relation"), "{error}");
}

const LETTERS: &str = r#"
    [lookup.number]
    file = "*.sqlite"
    relation = "people"
    key = "ID"
    value = "号码a"
    [[source]]
    file = "*.sqlite"
    relation = "DEPOSITS"
    [[source.table]]
    name = "deposits"
    [source.table.columns]
    entity_id = { from = "WHO", join = ["number"] }
    event_on = { from = "on_day" }
    known_at = { from = "on_day" }
    account = { from = "who" }
    balance_fen = { from = "fen", unit = "fen" }
    "#;

#[test]
fn tables_and_columns_are_found_in_other_letters() {
    let folder = tempfile::tempdir().unwrap();
    let statements = "create table \"Deposits\" (\"Who\" text, \"ON_DAY\" text, \"Fen\" integer);
         insert into \"Deposits\" values ('a', '2018-02-01', 100), ('b', '2018-02-02', 101);
         create table \"PEOPLE\" (\"Id\" text, \"号码A\" text);
         insert into \"PEOPLE\" values ('a', '320106198706150217'), ('b', '11010519491231002X');";
    sqlite(folder.path(), "a.sqlite", statements);
    let sources = Sources::new(folder.path(), key()).with_mapping(Mapping::parse(LETTERS).unwrap());
    let (found, report, _) = read(&sources).unwrap();
    assert_eq!(numbers(&found, "balance_fen"), [Some(100), Some(101)]);
    // It is read once, under its own name, and not as a table of the schema besides.
    let names: Vec<_> = report.files.iter().map(|file| file.file.as_str()).collect();
    assert_eq!((names, report.unread.len()), (vec!["a.sqlite/Deposits"], 0));
    let wrong = LETTERS.replace("\"号码a\"", "\"号码\"");
    let error = read(&sources.with_mapping(Mapping::parse(&wrong).unwrap())).unwrap_err().to_string();
    assert!(error.contains("also 号码"), "{error}");
    #[cfg(feature = "postgres")]
    if let Some(server) = Server::shared() {
        server.database("letters").batch_execute(statements).unwrap();
        let served = Mapping::parse(&LETTERS.replace("    file = \"*.sqlite\"\n", "")).unwrap();
        let (same, ..) = read(&Sources::of_database(server.url("letters"), key()).with_mapping(served)).unwrap();
        assert!(same.drop("record_id").unwrap().equals_missing(&found.drop("record_id").unwrap()), "{same}");
    }
}

#[test]
fn a_damaged_file_of_sqlite_is_an_error_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String =
        (0..4_000).map(|n| format!("insert into deposits values ('{n}', 'text that takes room');")).collect();
    sqlite(folder.path(), "a.sqlite", &format!("create table deposits (entity_id, holder); begin; {rows} commit;"));
    let whole = std::fs::read(folder.path().join("a.sqlite")).unwrap();
    let mut torn = whole.clone();
    torn[8_192..8_200].fill(0xAA);
    for bytes in [&torn[..], &whole[..whole.len() / 2], b"SQLite format 3\0 and no more"] {
        std::fs::write(folder.path().join("a.sqlite"), bytes).unwrap();
        let sources = Sources::new(folder.path(), key()).with_mapping(
            Mapping::parse(&MAPPING.replace("FILE", "file = 'a.sqlite'\n").replace("存款", "deposits")).unwrap(),
        );
        let error = read(&sources).unwrap_err().to_string();
        assert!(error.contains("a.sqlite") && error.contains("whole"), "{error}");
    }
}

#[test]
fn a_part_is_named_by_what_was_read_of_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let sources_folder = folder.path().join("in");
    std::fs::create_dir(&sources_folder).unwrap();
    sqlite(&sources_folder, "court.db", SQLITE);
    let sources = Sources::new(&sources_folder, key()).with_mapping(mapping("file = 'court.db'\n"));
    let store = folder.path().join("store");
    let taken = || sources.ingest_into(&store, &StoreParams::default(), &Silent);
    assert_eq!(taken().unwrap().standing, Standing::New);
    // Other bytes, the same rows.
    sqlite(&sources_folder, "court.db", "create table other (a); vacuum");
    assert_eq!(taken().unwrap().standing, Standing::Kept);
    sqlite(&sources_folder, "court.db", "update 存款 set 余额 = 2 where rowid = 1");
    assert_eq!(taken().unwrap().standing, Standing::New);
}

/// The table `存款` in a server's types.
#[cfg(feature = "postgres")]
const SERVED: &str = r#"
    create type sort as enum ('活期', '定期');
    create domain number as char(20);
    create table "存款" ("证件号码" number, "日期" date, "时间" timestamptz, "账号" numeric(30, 0), "银行" varchar(40),
        "种类" sort, "余额" numeric(12, 4), "可用" money, "附件" bytea, "更多" int[], "行" int primary key);
    insert into "存款" values
        ('11010519491231002X', '2018-02-02', '2018-02-02 23:59:59+08', 6222000000000000002, '', '定期', 1.01, null, '\xff', null, 3),
        ('3.20106E+17', '2018-02-01', '2018-02-01', 1, null, '活期', 1, null, null, null, 2),
        ('320106198706150217', '2018-02-01', '2018-02-01 00:00:00+08', 6222000000000000001, '工行', '活期', 1, 0.07, null, '{1,2}', 1),
        ('320106198706150217', 'infinity', '2018-02-01 00:00:00+08', 6222000000000000001, '工行', '活期', 1, 0.07, null, '{1,2}', 4);
    "#;

#[test]
#[cfg(feature = "postgres")]
fn a_server_is_read_by_the_same_mapping_types_and_refusals() {
    let Some(server) = Server::shared() else { return };
    let mut client = server.database("types");
    client.batch_execute(SERVED).unwrap();
    let sources = Sources::of_database(server.url("types"), key()).with_mapping(mapping(""));
    let (found, report, refused) = read(&sources).unwrap();
    assert!(found.drop("record_id").unwrap().equals_missing(&expected()), "{found}");
    let file = &report.files[0];
    assert_eq!((file.file.as_str(), file.format.as_str(), file.rows_read), ("postgresql/存款", "postgresql", 4));
    let refusals: Vec<_> =
        file.refusals.iter().map(|count| (count.reason, count.column.as_str(), count.first_line)).collect();
    assert_eq!(refusals, [(Reason::Scientific, "证件号码", 2), (Reason::Day, "日期", 4)], "by rows of the primary key");
    assert!(refused.contains("2,证件号码,scientific"), "{refused}");
    assert!(
        file.notes
            .iter()
            .map(ToString::to_string)
            .any(|note| note.contains("instants") && note.contains("Asia/Shanghai")),
        "{:?}",
        file.notes
    );
    let utc = MAPPING.replace("FILE", "form = { zone = 'UTC' }\n");
    let (found, ..) = read(&sources.clone().with_mapping(Mapping::parse(&utc).unwrap())).unwrap();
    let days: Vec<_> = found.column("known_at").unwrap().date().unwrap().phys.iter().flatten().collect();
    assert_eq!(days[0], wherewithal::domain::Day::new(2018, 1, 31).unwrap().number());
    // Numbers that do not keep each digit name nobody, lists and structs hold no text.
    for (kind, reason) in
        [("float8", Reason::Inexact), ("float4", Reason::Inexact), ("text[]", Reason::Type), ("jsonb", Reason::Type)]
    {
        let value = if kind == "jsonb" {
            "to_jsonb(\"账号\")"
        } else if kind == "text[]" {
            "array[\"账号\"::text]"
        } else {
            "\"账号\""
        };
        let query = format!(
            "select {value}::{kind} as \"证件号码\", \"日期\", \"时间\", \"账号\", \"银行\", \"种类\", \"余额\", \"可用\" from \"存款\" where \"行\" < 2"
        );
        let text = MAPPING.replace("FILE", &format!("query = '''{query}'''\n"));
        let (_, report, _) = read(&sources.clone().with_mapping(Mapping::parse(&text).unwrap())).unwrap();
        assert_eq!(report.files[0].refusals[0].reason, reason, "{kind}: {:?}", report.files[0]);
    }
}

#[test]
#[cfg(feature = "postgres")]
fn a_server_is_read_in_batches_of_one_moment_beside_a_folder() {
    let Some(server) = Server::shared() else { return };
    let mut client = server.database("many");
    client
        .batch_execute(
            "create schema records; create table records.bills (n int primary key, who text, amount numeric(14, 2), note text);
             insert into records.bills select n, '320106198706150217', n / 100.0, repeat('x', n % 1000) from generate_series(1, 50000) n;
             create table payments (a int); create table other (a int)",
        )
        .unwrap();
    let text = "[[source]]\nrelation = 'records.bills'\n[[source.table]]\nname = 'deposits'\n[source.table.columns]\n\
        entity_id = { from = 'who' }\nevent_on = { const = '2018-02-01' }\nknown_at = { const = '2018-02-01' }\n\
        account = { from = 'n' }\nbalance_fen = { from = 'amount', unit = 'yuan' }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("deposits.csv"), FILE).unwrap();
    let sources = Sources::new(folder.path(), key()).with_database(server.url("many"));
    let error = read(&sources).unwrap_err().to_string();
    assert!(error.contains("postgresql/payments") && error.contains("case_id"), "{error}");
    client.batch_execute("drop table payments").unwrap();
    let (found, report, _) = read(&sources.clone().with_mapping(Mapping::parse(text).unwrap())).unwrap();
    assert_eq!(found.height(), 50_002);
    assert_eq!(numbers(&found, "balance_fen").iter().flatten().sum::<i64>(), 50_000 * 50_001 / 2 + 201);
    assert_eq!(
        report.files.iter().map(|file| file.file.as_str()).collect::<Vec<_>>(),
        ["deposits.csv", "postgresql/records.bills"]
    );
    assert_eq!(report.unread, ["postgresql/other"]);
    assert_eq!(texts(&found, "holder")[0].as_deref(), Some("工行"));
    // A long cell is refused, not read.
    let tight = text.replace("account = { from = 'n' }", "account = { from = 'n' }\nholder = { from = 'note' }")
        + "[bounds]\ncell_bytes = 500\n";
    let (_, report, _) = read(&sources.with_mapping(Mapping::parse(&tight).unwrap())).unwrap();
    let refusals = &report.file("postgresql/records.bills").unwrap().refusals;
    assert_eq!((refusals[0].reason, refusals[0].column.as_str(), refusals[0].rows), (Reason::Size, "note", 24_950));
}

#[test]
#[cfg(feature = "postgres")]
fn no_message_of_a_server_repeats_the_connection_string_or_a_value() {
    let Some(server) = Server::shared() else { return };
    let mut client = server.database("quiet");
    client
        .batch_execute("create table deposits (entity_id text); insert into deposits values ('320106198706150217')")
        .unwrap();
    let text = "[[source]]\nrelation = 'a'\nquery = 'QUERY'\n[[source.table]]\nname = 'deposits'\n[source.table.columns]\n\
        entity_id = { from = 'e' }\nevent_on = { const = '2018-02-01' }\nknown_at = { const = '2018-02-01' }\naccount = { const = '1' }\n";
    let asked = |query: &str| {
        let mapping = Mapping::parse(&text.replace("QUERY", query)).unwrap();
        read(&Sources::of_database(server.url("quiet"), key()).with_mapping(mapping)).unwrap_err()
    };
    let wrong = |password: &str, database: &str| {
        let url = DatabaseUrl::new(server.text(database, password));
        read(&Sources::of_database(url, key())).unwrap_err()
    };
    for (error, what) in [
        (asked("select entity_id::int as e from deposits"), "22003"),
        (asked("select entity_id::bigint / 0 as e from deposits"), "22012"),
        (asked("select nobody as e from deposits"), "column \"nobody\" does not exist"),
        (asked("delete from deposits"), "syntax error"),
        (asked("with gone as (delete from deposits returning 1) select 1 as e"), "0A000"),
        (asked("select 1 as e) as a; drop table deposits; --"), "server's code"),
        (wrong("hunter2", "quiet"), "28P01"),
        (wrong(PASSWORD, "nowhere"), "3D000"),
    ] {
        let said = format!("{error} {error:?}");
        assert!(said.contains(what), "{said}");
        for secret in ["320106198706150217", PASSWORD, "hunter2", "court", "/tmp/"] {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
    }
    let rows = client.query_one("select count(*) from deposits", &[]).unwrap().get::<_, i64>(0);
    assert_eq!(rows, 1);
    // Somebody ends the session while it is read: the server may still say so, or not.
    let ended = asked("select pg_terminate_backend(pg_backend_pid())::text as e").to_string();
    assert!(ended.contains("57P01") || ended.contains("a connection that was closed"), "{ended}");
}

#[test]
#[cfg(feature = "postgres")]
fn a_relation_that_grew_is_not_counted_twice() {
    let Some(server) = Server::shared() else { return };
    let mut client = server.database("grown");
    client.batch_execute(SERVED).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let taken = |mapping: Mapping| {
        let sources = Sources::of_database(server.url("grown"), key()).with_mapping(mapping);
        sources.ingest_into(&folder.path().join("store"), &StoreParams::default(), &Silent)
    };
    assert_eq!(taken(mapping("")).unwrap().standing, Standing::New);
    assert_eq!(taken(mapping("")).unwrap().standing, Standing::Kept);
    client.batch_execute("insert into \"存款\" select '11010519491231002X', \"日期\", \"时间\", 9, \"银行\", \"种类\", 7, null, null, null, 9 from \"存款\" where \"行\" = 1").unwrap();
    let error = taken(mapping("")).unwrap_err().to_string();
    assert!(error.contains("postgresql/存款") && error.contains("query"), "{error}");
    let new = mapping("query = 'select * from \"存款\" where \"行\" > 4 order by \"行\"'\n");
    assert_eq!(taken(new).unwrap().standing, Standing::New);
}
