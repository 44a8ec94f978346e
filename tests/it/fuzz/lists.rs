//! What platforms send: records of a list, and applications.

use wherewithal::domain::Day;
use wherewithal::screening::{
    Activities, DefaulterList, ListForm, ListKey, Screener, ScreeningParams, read_applications, read_list, screen,
};

use super::{Corpus, fuzz};

const WORDS: [&str; 16] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "null",
    "580",
    "581",
    "\n",
    "****",
    "张伟",
    "\\u0000",
    "2025年02月30日",
    "1e99",
];

fn day() -> Day {
    Day::parse("2026-01-05").unwrap()
}

#[test]
fn list_records() {
    let list = include_bytes!("../../../data/screening/list.ndjson");
    let first = list.split(|byte| *byte == b'\n').next().unwrap();
    let table = "id,iname,cardNum,caseCode,publishDate\n1,张伟,11010519491231002X,（2024）苏0213执123号,2025-01-10\n";
    let seeds: [&[u8]; 3] = [first, list, table.as_bytes()];
    fuzz("list_records", &Corpus::new(&seeds, &WORDS), |bytes| {
        if let Ok(source) = read_list(bytes, &ListForm::default()) {
            let built = DefaulterList::build(&source.entries, ListKey::from_secret(b"test"), day());
            assert!(built.is_err() || built.unwrap().len() <= source.entries.len());
        }
    });
}

#[test]
fn applications() {
    let list = include_bytes!("../../../data/screening/list.ndjson");
    let entries = read_list(list, &ListForm::default()).unwrap().entries;
    let list = DefaulterList::build(&entries, ListKey::from_secret(b"test"), day()).unwrap();
    let screener = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    let seed = include_bytes!("../../../data/screening/applications.ndjson");
    let first = seed.split(|byte| *byte == b'\n').next().unwrap();
    fuzz("applications", &Corpus::new(&[first, seed], &WORDS), |bytes| {
        for (_, application) in read_applications(bytes, Some(day())).into_iter().flatten() {
            if let Ok(application) = application {
                let _ = screen(&screener, &application).map(|answer| format!("{answer:?}"));
            }
        }
    });
}
