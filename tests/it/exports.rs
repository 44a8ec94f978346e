//! What exports write that nobody would: whole numbers with a point, lookups in another dress, names in other letters.

use std::io::Write;

use wherewithal::ingest::Mapping;

use crate::ingest::{Desk, numbers, rows, texts};

const HEAD: &str = "[[source.table]]\nname = \"deposits\"\n[source.table.columns]\n";

fn days(desk: &Desk, mapping: &str) -> Vec<String> {
    let (tables, _) = desk.read(Mapping::parse(mapping).unwrap()).unwrap();
    let frame = rows(&tables, "deposits");
    let days = frame.column("event_on").unwrap().date().unwrap();
    let day = |day: i32| wherewithal::domain::Day::from_number(day).unwrap().to_string();
    days.phys.iter().flatten().map(day).collect()
}

#[test]
fn what_went_through_a_column_of_floats_is_what_it_was() {
    let file = "who,on,day,serial,kind,fen\n\
                320106198706150217,20180701.0,010718.0,43282.0,1.0,7.0\n\
                11010519491231002X,20180702,020718,43283.00,2,-9.0\n\
                11010519491231002X,2018711.0,30718.0,43284.5,1,8\n";
    let desk = Desk::new(&[("bank.csv", file.as_bytes())]);
    let mapping = |from: &str| {
        format!(
            "[[source]]\nfile = \"bank.csv\"\n{HEAD}entity_id = {{ from = \"who\" }}\nevent_on = {from}\nknown_at = {from}\n\
             account = {{ from = \"who\" }}\nkind = {{ from = \"kind\", codes = {{ 1 = \"current\", 2 = \"savings\" }} }}\n\
             balance_fen = {{ from = \"fen\", unit = \"fen\", null = [\"-9\"] }}\n"
        )
    };
    assert_eq!(days(&desk, &mapping("{ from = \"on\" }")), ["2018-07-01", "2018-07-02"], "seven digits are no day");
    let declared = mapping("{ from = \"day\", date = \"%d%m%y\" }");
    assert_eq!(days(&desk, &declared), ["2018-07-01", "2018-07-02"], "a zero that is lost is not guessed");
    let serial = mapping("{ from = \"serial\", date = \"excel_1900\" }");
    assert_eq!(days(&desk, &serial), ["2018-07-01", "2018-07-02", "2018-07-03"]);
    let (tables, _) = desk.read(Mapping::parse(&serial).unwrap()).unwrap();
    let found = rows(&tables, "deposits");
    assert_eq!(texts(&found, "kind"), ["current", "savings", "current"].map(|kind| Some(kind.to_owned())));
    assert_eq!(numbers(&found, "balance_fen"), [Some(7), None, Some(8)]);
}

#[test]
fn a_lookup_is_read_as_a_source_is() {
    let list = "某行客户名单;;\n客户号;证件号码\nA1;320106198706150217\nA2;11010519491231002X\n";
    let plain = "客户号,证件号码\nA1,320106198706150217\nA2,11010519491231002X\n";
    let tabs = "客户号\t证件号码\t备注\nA1\t320106198706150217\t甲,乙\nA2\t11010519491231002X\t\n";
    let bills = "NO,day,fen\nA1,2018-02-01,100\nA2,2018-02-02,101\n";
    let mapping = format!(
        "[lookup.number]\nfile = \"名单.csv\"\nkey = \"客户号\"\nvalue = \"证件号码\"\n[[source]]\nfile = \"bills.csv\"\n{HEAD}\
         entity_id = {{ from = \"no\", join = [\"number\"] }}\nevent_on = {{ from = \"Day\" }}\nknown_at = {{ from = \"day\" }}\n\
         account = {{ from = \"NO\" }}\nbalance_fen = {{ from = \"fen\", unit = \"fen\" }}\n"
    );
    let read = |list: &[u8], mapping: &str| {
        let desk = Desk::new(&[("名单.csv", list), ("bills.csv", bills.as_bytes())]);
        desk.read(Mapping::parse(mapping).unwrap())
    };
    let (expected, report) = read(plain.as_bytes(), &mapping).unwrap();
    assert_eq!(
        (numbers(&rows(&expected, "deposits"), "balance_fen"), report.lookups[0].notes.len()),
        (vec![Some(100), Some(101)], 0)
    );
    for (list, said) in [
        (
            encoding_rs::GB18030.encode(list).0.into_owned(),
            vec!["gb18030 explains 2", "read with \";\"", "1 lines above"],
        ),
        (tabs.as_bytes().to_vec(), vec!["read with \"\\t\""]),
    ] {
        let (found, report) = read(&list, &mapping).unwrap();
        let both = [&found, &expected].map(|tables| rows(tables, "deposits"));
        assert!(both[0].equals_missing(&both[1]), "{}", both[0]);
        let notes: Vec<_> = report.lookups[0].notes.iter().map(ToString::to_string).collect();
        assert!(said.iter().all(|said| notes.iter().any(|note| note.contains(said))), "{notes:?}");
    }
    // A delimiter that is given is taken at its word.
    let given = mapping.replacen("key =", "form = { delimiter = \",\" }\nkey =", 1);
    let error = read(tabs.as_bytes(), &given).unwrap_err().to_string();
    assert!(error.contains("名单.csv") && error.contains("also 客户号, 证件号码"), "{error}");
}

#[test]
fn what_a_workbook_of_opendocument_hides_is_read_and_said() {
    let row = |line: &str, more: &str| {
        let cell = |text: &str| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
        };
        format!("<table:table-row{more}>{}</table:table-row>", line.split(',').map(cell).collect::<String>())
    };
    let first = "320106198706150217,2018-02-01,2018-02-01,1,100";
    let body = [
        row("entity_id,event_on,known_at,account,balance_fen", ""),
        row(first, " table:visibility=\"collapse\""),
        row(&first.replace(",1,", ",2,"), ""),
    ];
    let content = |style: &str, columns: &str| {
        format!(
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
             xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\"><office:automatic-styles>\
             <style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties table:display=\"{style}\"/></style:style>\
             </office:automatic-styles><office:body><office:spreadsheet><table:table table:name=\"deposits\" table:style-name=\"ta1\">\
             {columns}{}</table:table></office:spreadsheet></office:body></office:document-content>",
            body.concat()
        )
    };
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let notes = |content: &str| {
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let parts = [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", content),
        ];
        for (name, text) in parts {
            zip.start_file(name, ::zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let desk = Desk::new(&[("bank.ods", &zip.finish().unwrap().into_inner())]);
        let (tables, report) = desk.read(Mapping::default()).unwrap();
        assert_eq!(numbers(&rows(&tables, "deposits"), "balance_fen"), [Some(100), Some(100)]);
        report.files[0].notes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let hidden =
        "<table:table-column table:number-columns-repeated=\"3\"/><table:table-column table:visibility=\"collapse\"/>";
    assert_eq!(notes(&content("true", "")), ["1 hidden rows and 0 hidden columns are read like others"]);
    assert_eq!(
        notes(&content("false", hidden)),
        [
            "the sheet is hidden: its rows are read like others",
            "1 hidden rows and 1 hidden columns are read like others"
        ]
    );
}
