//! How much of a mapping a draft gets right, column by column, beside mappings that people wrote; and that every draft
//! runs as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{
    self, ColumnRule, Derivation, IngestReport, Mapping, MoneyUnit, Operand, ReadParams, SourceRule, Sources, TableRule,
};
use wherewithal::inspect::{Certainty, DaySeen, InspectParams, Inspection, TableFinding, inspect};
use wherewithal::progress::Silent;
use wherewithal::schema::{self, CASE_ID, ColumnKind, ENTITY_ID, EVENT_ON, KNOWN_AT};

/// What a mapping does with one column of a file: columns of the schema, and how each is read.
type Uses = BTreeMap<String, ColumnRule>;

/// Patterns that read days as they are read where nothing is declared.
const YEAR_FIRST: [&str; 6] = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];

fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.join("shared");
    if !shared.exists() {
        println!("no folder ../shared: the files of others are not inspected");
    }
    shared.exists().then_some(shared)
}

fn inspected(folder: &Path) -> Inspection {
    let scratch = tempfile::tempdir().unwrap();
    inspect(folder, &InspectParams::default().read(ReadParams::new(scratch.path())), &Silent).unwrap()
}

/// Reads a folder by the draft as it stands in its text.
fn run(folder: &Path, inspection: &Inspection) -> IngestReport {
    let out = tempfile::tempdir().unwrap();
    let mapping = Mapping::parse(&inspection.draft().to_string()).unwrap();
    assert_eq!(mapping, *inspection.mapping());
    let sources = Sources::new(folder, PseudonymKey::from_secret(b"test")).with_mapping(mapping);
    ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap().1
}

/// Whether a source of a mapping means a table.
fn means(source: &SourceRule, mapping: &Mapping, table: &TableFinding) -> bool {
    let form = source.form.as_ref().unwrap_or(&mapping.form);
    let is_sheet = form.sheet.is_none() || form.sheet == table.sheet;
    is_sheet && is_file(&source.file, &table.file)
}

fn is_file(pattern: &str, file: &str) -> bool {
    let plain = file.strip_suffix(".gz").unwrap_or(file);
    match pattern.split_once('*') {
        Some((head, tail)) => plain.starts_with(head) && (plain.ends_with(tail) || file.ends_with(tail)),
        None => pattern == file || pattern == plain,
    }
}

/// What a mapping does with each column of each table.
fn uses(mapping: &Mapping, tables: &[TableFinding]) -> BTreeMap<(String, String), Uses> {
    let mut found: BTreeMap<(String, String), Uses> = BTreeMap::new();
    let mut made: Vec<((String, String), String, ColumnRule)> = Vec::new();
    let mut direct: BTreeMap<String, Uses> = BTreeMap::new();
    for table in tables {
        let name = |column: &str| (called(table), column.to_owned());
        for source in mapping.source.iter().filter(|source| means(source, mapping, table)) {
            for rule in &source.table {
                for (column, column_rule) in &rule.columns {
                    let target = target(&rule.name, column);
                    for alternative in column_rule.alternatives() {
                        for from in &alternative.from {
                            if alternative.derive.is_some_and(|derive| derive != Derivation::MaskedName) {
                                made.push((name(from), target.clone(), alternative.clone()));
                                continue;
                            }
                            found.entry(name(from)).or_default().insert(target.clone(), alternative.clone());
                            if alternative.join.is_empty() {
                                direct.entry(from.clone()).or_default().insert(target.clone(), ColumnRule::default());
                            }
                        }
                    }
                }
                for column in rule.when.keys().chain(rule.unless.keys()) {
                    let computed = source.computed.get(column).map(|made| &made.of).into_iter().flatten();
                    let of = computed.filter_map(|operand| match operand {
                        Operand::Column(column) => Some(column),
                        _ => None,
                    });
                    for column in of.chain([column]) {
                        made.push((name(column), "rows".to_owned(), ColumnRule::default()));
                    }
                }
            }
        }
        for (lookup_name, lookup) in mapping.lookup.iter().filter(|(_, lookup)| is_file(&lookup.file, &table.file)) {
            for key in &lookup.key {
                found.entry(name(key)).or_default().insert("key".to_owned(), ColumnRule::default());
            }
            lookup.when.keys().for_each(|column| made.push((name(column), "rows".to_owned(), ColumnRule::default())));
            let rules = mapping.source.iter().flat_map(|source| &source.table);
            for (rule, column, users) in
                rules.flat_map(|rule| rule.columns.iter().map(move |(name, user)| (rule, name, user)))
            {
                if users.join.last() == Some(lookup_name) {
                    let target = target(&rule.name, column);
                    found.entry(name(&lookup.value)).or_default().entry(target).or_default();
                }
            }
        }
    }
    // A key means what the columns mean that lead over it.
    for table in tables {
        for (lookup_name, lookup) in mapping.lookup.iter().filter(|(_, lookup)| is_file(&lookup.file, &table.file)) {
            let rules = mapping.source.iter().flat_map(|source| &source.table).flat_map(|rule| rule.columns.values());
            for from in rules.filter(|rule| rule.join.contains(lookup_name)).flat_map(|rule| &rule.from) {
                let meant = direct.get(from).cloned().unwrap_or_default();
                lookup.key.iter().for_each(|key| {
                    found.entry((called(table), key.clone())).or_default().extend(meant.clone());
                });
            }
        }
    }
    for (column, target, rule) in made {
        let uses = found.entry(column).or_default();
        if uses.is_empty() || uses.keys().all(|known| known == "rows") {
            uses.insert(target, rule);
        }
    }
    found
}

fn called(table: &TableFinding) -> String {
    table.sheet.as_ref().map_or_else(|| table.file.clone(), |sheet| format!("{}/{sheet}", table.file))
}

fn target(table: &str, column: &str) -> String {
    if [ENTITY_ID, CASE_ID, EVENT_ON, KNOWN_AT].contains(&column) {
        column.to_owned()
    } else {
        format!("{table}.{column}")
    }
}

/// Whether both rules read the same: unit, decimals, days, share, and every level that the hand-written one names.
fn reads_alike(hand: &ColumnRule, draft: &ColumnRule) -> bool {
    let dates = |rule: &ColumnRule| {
        let mut dates = rule.date.clone();
        dates.retain(|pattern| !YEAR_FIRST.contains(&pattern.as_str()));
        dates
    };
    let means = |rule: &ColumnRule, level: &str| {
        let native = match level {
            "是" => "true",
            "否" => "false",
            level => level,
        };
        let code = rule.codes.get(level).or(rule.otherwise.as_ref());
        code.cloned().unwrap_or_else(|| native.to_owned())
    };
    hand.unit == draft.unit
        && hand.decimal == draft.decimal
        && hand.scale == draft.scale
        && dates(hand) == dates(draft)
        && hand.codes.keys().all(|level| means(hand, level) == means(draft, level))
}

/// A set's columns: how many there are, how many the draft has right, and which are wrong and how.
#[derive(Default)]
struct Share {
    columns: usize,
    right: usize,
    wrong: Vec<String>,
}

impl Share {
    fn of(&self) -> f64 {
        self.right as f64 / self.columns.max(1) as f64
    }
}

/// A column is right when the draft uses it for nothing that the hand-written mapping does not use it for, uses it
/// where that one does, and reads it alike.
fn share(hand: &Mapping, inspection: &Inspection, counts: impl Fn(&TableFinding) -> bool) -> Share {
    let (by_hand, by_draft) = (uses(hand, &inspection.tables), uses(inspection.mapping(), &inspection.tables));
    let none = Uses::new();
    let mut share = Share::default();
    for table in inspection.tables.iter().filter(|table| counts(table)) {
        for column in table.columns.iter().filter(|column| !column.name.is_empty()) {
            let at = (called(table), column.name.clone());
            let (wanted, given) = (by_hand.get(&at).unwrap_or(&none), by_draft.get(&at).unwrap_or(&none));
            let is_within = given.keys().all(|target| wanted.contains_key(target));
            let is_read =
                given.iter().all(|(target, rule)| wanted.get(target).is_none_or(|hand| reads_alike(hand, rule)));
            let is_right = wanted.is_empty() == given.is_empty() && is_within && is_read;
            share.columns += 1;
            share.right += usize::from(is_right);
            if !is_right {
                let keys = |uses: &Uses| uses.keys().cloned().collect::<Vec<_>>().join("+");
                let how = if is_within && !given.is_empty() { " (read otherwise)" } else { "" };
                share.wrong.push(format!("{}.{}: [{}] for [{}]{how}", at.0, at.1, keys(given), keys(wanted)));
            }
        }
    }
    share
}

fn told(name: &str, share: &Share) {
    println!("{name}: {} of {} columns right, {:.1} %", share.right, share.columns, 100.0 * share.of());
    share.wrong.iter().for_each(|wrong| println!("    {wrong}"));
}

/// Whether a mapping leaves a file out as a whole.
fn is_left_out(mapping: &Mapping, table: &TableFinding) -> bool {
    mapping.ignore.iter().any(|rule| rule.column.is_none() && is_file(&rule.file, &table.file))
}

/// Inspects a folder, runs the draft, and holds it against a mapping by hand.
fn held_against(name: &str, folder: &Path, hand: &Mapping) -> (Inspection, IngestReport) {
    let inspection = inspected(folder);
    let report = run(folder, &inspection);
    let read = share(hand, &inspection, |table| !is_left_out(hand, table));
    told(name, &read);
    let all = share(hand, &inspection, |_| true);
    if all.columns > read.columns {
        println!(
            "    with the files that the mapping leaves out: {} of {}, {:.1} %",
            all.right,
            all.columns,
            100.0 * all.of()
        );
    }
    assert!(read.of() >= 0.8 && all.of() >= 0.8, "{name}: {:.3}\n{}", read.of(), inspection.draft());
    (inspection, report)
}

fn bundled(name: &str) -> Mapping {
    Mapping::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mappings").join(name)).unwrap()
}

#[test]
fn the_drafts_of_the_bundled_mappings_folders_are_mostly_right() {
    let Some(shared) = shared() else { return };
    let (_, report) = held_against("berka", &shared.join("data/pkdd99_berka"), &bundled("berka.toml"));
    assert_eq!(report.rows_by_table["cases"], 682);
    assert_eq!(report.rows_by_table["case_parties"], 682);
    let (_, report) = held_against("sme", &shared.join("data/sme_invoices"), &bundled("sme.toml"));
    assert_eq!((report.rows_by_table["parties"], report.rows_by_table["closings"]), (123, 123));
    assert!(report.rows_by_table["invoices"] > 300_000);
}

#[test]
fn the_drafts_of_files_that_nobody_here_designed_are_mostly_right() {
    let Some(shared) = shared() else { return };
    let cases = shared.join("cases");
    let by_hand = |folder: &Path| Mapping::load(folder.join("map.toml")).unwrap();
    let bill = cases.join("02-platform-bill");
    let (inspection, report) = held_against("platform bill", &bill.join("in"), &by_hand(&bill));
    let table = &inspection.tables[0];
    assert_eq!((table.encoding.as_str(), table.lines_above, table.rows), ("gb18030", 7, 4));
    assert_eq!((report.files[0].rows_accepted, report.files[0].rows_left_out), (3, 1));
    let receivables = cases.join("real/receivables");
    let (_, report) = held_against("receivables", &receivables.join("in"), &by_hand(&receivables));
    assert_eq!(report.rows_by_table["cases"], 2466);
    // No party, no case and no day: nothing can be fed, and nothing is.
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(cases.join("real/recupera.csv"), folder.path().join("recupera.csv")).unwrap();
    let (_, report) = held_against("recupera", folder.path(), &Mapping::default());
    let ignored: Vec<_> = report.ignored.iter().map(|ignored| ignored.file.as_str()).collect();
    assert_eq!(ignored, ["recupera.csv"]);
}

/// A workbook with these sheets, every cell as text.
fn workbook(path: &Path, sheets: &[(String, Vec<Vec<String>>)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let (mut listed, mut related, mut types) = (String::new(), String::new(), String::new());
    for (at, (name, rows)) in sheets.iter().enumerate() {
        let id = at + 1;
        write!(listed, "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>").unwrap();
        write!(
            related,
            "<Relationship Id=\"rId{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"
        )
        .unwrap();
        write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{id}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        )
        .unwrap();
        let mut body = String::new();
        for (row, cells) in rows.iter().enumerate() {
            write!(body, "<row r=\"{}\">", row + 1).unwrap();
            for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let letter = char::from(b'A' + u8::try_from(column).unwrap());
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                write!(body, "<c r=\"{letter}{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", row + 1).unwrap();
            }
            body.push_str("</row>");
        }
        part(
            &format!("xl/worksheets/sheet{id}.xml"),
            &format!(
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{body}</sheetData></worksheet>"
            ),
        );
    }
    part(
        "[Content_Types].xml",
        &format!(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"
        ),
    );
    part(
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    );
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{related}</Relationships>"
        ),
    );
    zip.finish().unwrap();
}

fn cells(text: &str, most: usize) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().take(most).map(|record| record.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

/// The mapping that reads files with the schema's own columns.
fn own(files: &[(String, &'static schema::Table, Vec<String>)]) -> Mapping {
    let rule = |table: &schema::Table, name: &str| {
        let column = table.column(name);
        let unit = column.is_some_and(|column| column.kind == ColumnKind::Money).then_some(MoneyUnit::Fen);
        ColumnRule { unit, ..ColumnRule::from_column(name) }
    };
    let source = |(file, table, header): &(String, &'static schema::Table, Vec<String>)| {
        let mut columns: BTreeMap<_, _> = header.iter().map(|name| (name.clone(), rule(table, name))).collect();
        for (made, from, derive) in
            [("masked_name", "name", Derivation::MaskedName), ("masked_number", "number", Derivation::MaskedNumber)]
        {
            if columns.remove(from).is_some() {
                columns.insert(made.to_owned(), ColumnRule { derive: Some(derive), ..ColumnRule::from_column(from) });
            }
        }
        let table = TableRule {
            name: table.name.to_owned(),
            when: BTreeMap::new(),
            unless: BTreeMap::new(),
            columns,
            extra: BTreeMap::new(),
        };
        SourceRule {
            file: file.clone(),
            relation: None,
            query: None,
            form: None,
            null: Vec::new(),
            computed: BTreeMap::new(),
            table: vec![table],
        }
    };
    Mapping { name: "own".to_owned(), source: files.iter().map(source).collect(), ..Mapping::default() }
}

#[test]
fn the_draft_of_a_district_in_workbooks_is_mostly_right() {
    let district = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let folder = tempfile::tempdir().unwrap();
    let (mut files, mut rows) = (Vec::new(), BTreeMap::new());
    for table in schema::TABLES {
        let Ok(text) = std::fs::read_to_string(district.join(format!("{}.csv", table.name))) else { continue };
        let mut lines = cells(&text, 1_500);
        rows.insert(table.name.to_owned(), lines.len() as u64 - 1);
        files.push((format!("导出_{}.xlsx", table.name), table, lines[0].clone()));
        lines.insert(0, vec![format!("某法院 {}", table.zh)]);
        workbook(&folder.path().join(format!("导出_{}.xlsx", table.name)), &[("Sheet1".to_owned(), lines)]);
    }
    let (_, report) = held_against("district in workbooks", folder.path(), &own(&files));
    for (table, count) in &rows {
        assert_eq!(report.rows_by_table.get(table), Some(count), "{table}");
    }
}

/// The five exports invented here, in the forms in which agencies deliver them.
fn invented(name: &str, folder: &Path) -> Mapping {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect").join(name);
    let mapping = Mapping::load(from.join("map.toml")).unwrap();
    let text = |file: &str| std::fs::read_to_string(from.join(format!("{file}.csv"))).unwrap();
    for source in &mapping.source {
        let (stem, ending) = source.file.rsplit_once('.').unwrap();
        let to = folder.join(&source.file);
        match (ending, source.form.as_ref().and_then(|form| form.sheet.as_ref())) {
            ("csv", _) => std::fs::write(&to, &encoding_rs::GB18030.encode(&text(stem)).0).unwrap(),
            (_, None) => workbook(&to, &[("Sheet1".to_owned(), cells(&text(stem), usize::MAX))]),
            (_, Some(_)) => {
                let sheets = mapping.source.iter().filter(|other| other.file == source.file);
                let sheets = sheets.filter_map(|other| other.form.as_ref()?.sheet.clone());
                let sheets: Vec<_> = sheets.map(|sheet| (sheet.clone(), cells(&text(&sheet), usize::MAX))).collect();
                workbook(&to, &sheets);
            }
        }
    }
    mapping
}

const INVENTED: [&str; 5] = ["statement", "estate", "vehicles", "feedback", "insurance"];

#[test]
fn the_drafts_of_exports_in_the_style_of_chinese_agencies_are_mostly_right() {
    for name in INVENTED {
        let folder = tempfile::tempdir().unwrap();
        let hand = invented(name, folder.path());
        let (inspection, report) = held_against(name, folder.path(), &hand);
        let read = |mapping: Mapping| {
            let out = tempfile::tempdir().unwrap();
            let sources = Sources::new(folder.path(), PseudonymKey::from_secret(b"test")).with_mapping(mapping);
            ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap().1
        };
        let by_hand = read(hand);
        let accepted = |report: &IngestReport| report.files.iter().map(|file| file.rows_accepted).collect::<Vec<_>>();
        assert_eq!(accepted(&report), accepted(&by_hand), "{name}\n{}", inspection.draft());
    }
}

#[test]
fn nothing_that_tells_who_is_meant_stands_in_what_is_said() {
    for name in INVENTED {
        let folder = tempfile::tempdir().unwrap();
        invented(name, folder.path());
        let inspection = inspected(folder.path());
        let said = format!("{}{}", inspection.draft(), serde_json::to_string(&inspection).unwrap());
        let masked: BTreeSet<&str> = [
            "320106198706150217",
            "11010519491231002X",
            "91350100M000100Y43",
            "6222021102",
            "苏B12D45",
            "张某",
            "李某",
            "3200161863",
        ]
        .into();
        for text in masked {
            assert!(!said.contains(text), "{name}: {text}");
        }
        let again: Inspection = serde_json::from_str(&serde_json::to_string(&inspection).unwrap()).unwrap();
        assert_eq!(again, inspection);
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_until_it_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let text = "案号,到账日期,到账金额,立案日期\nC1,03/04/2017,5.00,01/02/2017\nC2,05/06/2017,6.00,02/03/2017\n";
    std::fs::write(folder.path().join("执行款到账.csv"), text).unwrap();
    let inspection = inspected(folder.path());
    let days = &inspection.tables[0].columns[1].days;
    assert_eq!(*days, DaySeen::Ambiguous(vec!["%m/%d/%Y".to_owned(), "%d/%m/%Y".to_owned()]));
    let report = run(folder.path(), &inspection);
    assert_eq!((report.files[0].rows_accepted, report.files[0].rows_refused), (0, 2));
    assert!(inspection.draft().to_string().contains("\"%m/%d/%Y\" or \"%d/%m/%Y\""), "{}", inspection.draft());
    let declared =
        inspection.draft().to_string().replace("from = \"到账日期\"", "from = \"到账日期\", date = \"%d/%m/%Y\"");
    let sources = Sources::new(folder.path(), PseudonymKey::from_secret(b"test"));
    let sources = sources.with_mapping(Mapping::parse(&declared).unwrap());
    let (tables, _) = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap();
    assert_eq!(tables.frame("payments").unwrap().height(), 2);
}

#[test]
fn a_sign_tells_what_came_in_and_what_went_out() {
    for amounts in [["-5.00", "6.00", "-7"], ["（5.00）", "6", "(7.00)"], ["－5", "6", "-7.00"]] {
        let folder = tempfile::tempdir().unwrap();
        let row = |at: usize| format!("2018-01-0{},{},款\n", at + 1, amounts[at]);
        let text = format!("日期,金额,摘要\n{}{}{}", row(0), row(1), row(2));
        std::fs::write(folder.path().join("银行流水.csv"), text).unwrap();
        let inspection = inspected(folder.path());
        let sources = Sources::new(folder.path(), PseudonymKey::from_secret(b"test"));
        let sources = sources.with_mapping(inspection.mapping().clone());
        let (tables, _) = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap();
        let frame = tables.frame("bank_transactions").unwrap();
        let fen: Vec<_> = frame.column("amount_fen").unwrap().i64().unwrap().iter().flatten().collect();
        let days: Vec<_> = frame.column("event_on").unwrap().date().unwrap().physical().iter().flatten().collect();
        let first = Day::new(2018, 1, 1).unwrap().number();
        let mut moved: Vec<_> = days.into_iter().map(|day| day - first).zip(fen).collect();
        moved.sort_unstable();
        assert_eq!(moved, [(0, 500), (1, 600), (2, 700)], "{}", inspection.draft());
        let rules: Vec<_> =
            inspection.mapping().source[0].table.iter().map(|table| &table.columns["direction"]).collect();
        assert_eq!(rules.iter().filter_map(|rule| rule.constant.as_deref()).collect::<Vec<_>>(), ["in", "out"]);
    }
}

#[test]
fn amounts_and_days_are_found_as_they_are_written() {
    for (heading, title, texts, unit, fen) in [
        ("到账金额", "", ["1,234.50", "（100.00）"], MoneyUnit::Yuan, 123_450 - 10_000),
        ("到账金额", "", ["1.234,50", "12,5"], MoneyUnit::Yuan, 123_450 + 1_250),
        ("到账金额（万元）", "", ["1.5", "0.25"], MoneyUnit::WanYuan, 1_750_000),
        ("到账金额", "单位：亿元", ["0.5", "1"], MoneyUnit::YiYuan, 15_000_000_000),
        ("到账金额(分)", "", ["150", "5"], MoneyUnit::Fen, 155),
        ("到账金额", "", ["１，２３４．５０", "１"], MoneyUnit::Yuan, 123_550),
        ("到账金额", "", ["壹万贰仟叁佰元整", "人民币伍角"], MoneyUnit::Yuan, 1_230_050),
        ("到账金额", "", ["1.5万元", "3元"], MoneyUnit::Yuan, 1_500_300),
    ] {
        for days in [
            ["2017/7/18", "2017-7-19"],
            ["2017年7月18日", "20170719"],
            ["170718", "170719"],
            ["42934", "42935"],
            ["2017-07-18T23:30:00+08:00", "2017-07-19 00:00:00"],
            ["18/07/2017", "19/07/2017"],
            ["18.07.2017", "19.07.2017"],
        ] {
            let folder = tempfile::tempdir().unwrap();
            let row = |at: usize| format!("（2017）苏0205执{at}号\t{}\t{}\n", days[at], texts[at]);
            let text = format!("{title}\n案号\t到账日期\t{heading}\n{}{}", row(0), row(1));
            std::fs::write(folder.path().join("执行款到账.csv"), text).unwrap();
            let inspection = inspected(folder.path());
            let sources = Sources::new(folder.path(), PseudonymKey::from_secret(b"test"));
            let sources = sources.with_mapping(inspection.mapping().clone());
            let out = folder.path().join("out");
            let (tables, report) = ingest::read(&sources, &ReadParams::new(out), &Silent).unwrap();
            let rule = &inspection.mapping().source[0].table[0].columns["amount_fen"];
            let is_two_ways = days[0] == "170718";
            assert_eq!(rule.unit, Some(unit), "{heading} {title}");
            if is_two_ways {
                assert!(matches!(inspection.tables[0].columns[1].days, DaySeen::Ambiguous(_)));
                continue;
            }
            assert_eq!(report.files[0].rows_accepted, 2, "{heading} {texts:?} {days:?}\n{}", inspection.draft());
            let frame = tables.frame("payments").unwrap();
            assert_eq!(frame.column("amount_fen").unwrap().i64().unwrap().iter().flatten().sum::<i64>(), fen);
            let first = Day::new(2017, 7, 18).unwrap().number();
            let read: Vec<_> = frame.column("event_on").unwrap().date().unwrap().physical().iter().flatten().collect();
            assert_eq!(read, [first, first + 1], "{days:?}");
        }
    }
}

/// What a file with the schema's own columns is, whatever it is called; and that nothing else feeds its table.
#[test]
fn files_with_the_schemas_own_columns_are_read_by_name() {
    let district = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let inspection = inspected(&district);
    let fed = |inspection: &Inspection| -> BTreeMap<String, Vec<String>> {
        let tables = inspection.tables.iter();
        let fed = tables.map(|table| (table.file.clone(), table.feeds.iter().map(|feed| feed.table.clone()).collect()));
        fed.collect()
    };
    let own: Vec<_> =
        schema::TABLES.iter().filter(|table| district.join(format!("{}.csv", table.name)).exists()).collect();
    assert!(own.len() > 20);
    for table in &own {
        assert_eq!(fed(&inspection)[&format!("{}.csv", table.name)], [table.name], "{}", inspection.draft());
    }
    let guesses = inspection.tables.iter().flat_map(|table| &table.feeds).flat_map(|feed| &feed.guesses);
    let unsure: Vec<_> = guesses.filter(|guess| guess.certainty != Certainty::Sure).collect();
    assert!(unsure.is_empty(), "{unsure:?}");
    let read = |mapping: Option<Mapping>| {
        let out = tempfile::tempdir().unwrap();
        let sources = Sources::new(&district, PseudonymKey::from_secret(b"test"));
        let sources = mapping.into_iter().fold(sources, Sources::with_mapping);
        let (tables, report) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
        for table in &own {
            assert!(report.rows_by_table[table.name] > 0);
        }
        own.iter().map(|table| tables.frame(table.name).unwrap()).collect::<Vec<_>>()
    };
    assert!(
        read(None)
            .iter()
            .zip(read(Some(inspection.mapping().clone())))
            .all(|(plain, drafted)| plain.equals_missing(&drafted))
    );
    // Under another name, too.
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [("cases", "a"), ("case_parties", "b"), ("parties", "c")] {
        std::fs::copy(district.join(format!("{from}.csv")), folder.path().join(format!("{to}.csv"))).unwrap();
    }
    let expected = [("a.csv", "cases"), ("b.csv", "case_parties"), ("c.csv", "parties")];
    let expected: BTreeMap<_, _> = expected.map(|(file, table)| (file.to_owned(), vec![table.to_owned()])).into();
    assert_eq!(fed(&inspected(folder.path())), expected);
}

/// A case leads to its debtor; the file that lists its creditor alone, or creditors beside debtors, leads to none of
/// them.
#[test]
fn no_creditor_becomes_a_debtor() {
    let cases = "案号,立案日期,标的额（元）\n（2017）苏0205执1号,2017-01-02,500\n（2017）苏0205执2号,2017-02-03,600\n";
    let rows = [
        "（2017）苏0205执1号,320106198706150217,申请执行人",
        "（2017）苏0205执1号,11010519491231002X,被执行人",
        "（2017）苏0205执1号,91350100M000100Y43,被执行人",
        "（2017）苏0205执2号,320106198706150217,申请执行人",
        "（2017）苏0205执2号,11010519491231002X,被执行人",
    ];
    for (lines, leads) in [(vec![0, 3], false), (vec![0, 1, 2, 3, 4], false), (vec![0, 1, 3, 4], true)] {
        let folder = tempfile::tempdir().unwrap();
        let parties: String = lines.iter().map(|at| format!("{}\n", rows[*at])).collect();
        std::fs::write(folder.path().join("立案.csv"), cases).unwrap();
        std::fs::write(folder.path().join("名单.csv"), format!("案号,证件号码,地位\n{parties}")).unwrap();
        let inspection = inspected(folder.path());
        let (draft, mapping) = (inspection.draft().to_string(), inspection.mapping());
        let lookups = mapping.lookup.values().filter(|lookup| lookup.file == "名单.csv");
        let meant: Vec<_> = lookups.map(|lookup| lookup.when.get("地位").cloned()).collect();
        assert_eq!(!meant.is_empty(), leads, "{draft}");
        assert!(meant.iter().all(|when| *when == Some(vec!["被执行人".to_owned()])), "{draft}");
    }
}
