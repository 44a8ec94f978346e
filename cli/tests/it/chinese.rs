//! With `--lang zh` every line that a person sees is Chinese, whatever a table, a column or a value is called, and what
//! is somebody's own stands in it as it is.

use std::path::Path;
use std::process::Command;

use crate::program::{data, trained};

/// Names of columns that our own sentences are made of, with the kind that each column is of.
const COLUMNS: [(&str, &str); 10] = [
    ("row", "数"),
    ("line", "数"),
    ("column", "类别"),
    ("no", "数"),
    ("expected", "类别"),
    ("score", "数"),
    ("found 3", "数"),
    ("first", "常数"),
    ("a of b", "数"),
    ("nothing", "标识"),
];

/// Three hundred rows of them, with values that sentences are made of, too.
fn odd() -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let row = |row: usize| {
        let (bad, mixed) =
            (usize::from(row % 7 == 3 || row % 11 == 5), |salt: usize| (row * 7919 + salt * 104_729) % 997);
        let number = |salt: usize, weight: usize| format!("{}.5", mixed(salt) % 40 + bad * weight);
        let text = if row.is_multiple_of(17) { "nothing".to_owned() } else { number(1, 15) };
        let word = ["read", "nothing", "expected", "row 3"][mixed(2) % 4];
        let outcome = ["line 1", "found x", "a of b"][(mixed(3) % 2 + bad) % 3];
        let cells =
            [&text, &number(4, 0), word, &number(5, 9), outcome, &number(6, 20), &number(7, 12), "7", &number(8, 3)];
        format!("{},P{row},{bad}\n", cells.join(","))
    };
    format!("{},bad\n{}", names.join(","), (0..300).map(row).collect::<String>())
}

/// The folder in which the commands are given.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["sources", "linked", "ragged", "empty", "torn", "twice"] {
            std::fs::create_dir(place.path().join(folder)).unwrap();
        }
        let files: [(&str, &[u8]); 33] = [
            ("odd.csv", odd().into_bytes().leak()),
            ("new.csv", b"row,line,column,no,expected\n1,2,never met,4,what is this\n2,2,nothing,4,what is this\n"),
            ("other.csv", b"a,b\n1,2\n"),
            ("mixed.csv", b"a,b,bad\n1,2,yes\n3,4,no\n5,6,maybe so\n5,6,maybe so\n"),
            ("short.csv", b"a,b,bad\n1,2,1\n3,4\n"),
            ("broken.toml", b"format_version = 1\nname = \"x\"\n[[source]]\nfile = 7\n"),
            ("noise.toml", b"a = = b\n"),
            ("open.toml", b"[row\nx = 1\n"),
            ("unknown.toml", b"format_version = 1\nname = \"nothing\"\nrow = 3\n"),
            ("maps.toml", b"format_version = 1\nname = \"line 1: nothing\"\n[[source]]\nfile = \"row.csv\"\n\
                [[source.table]]\nname = \"no\"\n[[source]]\nfile = \"expected.csv\"\n[[source.table]]\nname = \"deposits\"\n\
                [source.table.columns]\nbalance_fen = { from = \"found 3\", join = [\"a of b\"] }\nkind = { const = \"nothing\" }\n"),
            ("features.toml", "[family]\nname = \"nothing\"\nzh = \"某\"\nen = \"some\"\n[[feature]]\nname = \"row\"\nzh = \"行\"\n\
                en = \"rows\"\nsource = \"no such\"\naggregation = \"count\"\nunit = \"count\"\n".as_bytes()),
            ("junk.parquet", b"PAR1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxPAR1"),
            ("junk.xlsx", b"PK\x03\x04xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            ("text.xlsx", b"no workbook"),
            ("list.ndjson", b"{\"iname\":\n"),
            ("list.csv", b"row,line\n1,2\n"),
            ("asked.ndjson", b"{\"application_id\":\"b\",\"row\":1,\"on\":\"2026-01-06\"}\n\
                {\"application_id\":\"c\",\"name\":\"x\",\"on\":\"soon\"}\n"),
            ("form.toml", b"[columns]\nexpected = \"row\"\n"),
            ("link.toml", b"expected = 3\n"),
            ("outcomes.csv", b"entity_id,row\n1,2\n"),
            ("cut.json", b"{\"format_version\""),
            ("costs.csv", b"amount\n12\n"),
            ("sources/notes.csv", b"name,idno\nx,1\n"),
            ("linked/a.csv", b"row,line\n1,2\n"),
            ("ragged/a.csv", b"name,idno\n1,2,3\n"),
            ("secret", b" \n"),
            ("torn/deposits.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb"),
            ("twice/row.csv", b"no,no,line\n1,2,3\n"),
            ("twice.toml", b"name = \"line\"\n[[source]]\nfile = \"row.csv\"\n[[source.table]]\nname = \"deposits\"\n\
                [source.table.columns]\nentity_id = { from = \"no\" }\nevent_on = { from = \"line\" }\n\
                known_at = { from = \"line\" }\naccount = { from = \"line\" }\n"),
            ("bounds.toml", b"name = \"x\"\n[bounds]\ncell_bytes = -3\n"),
            ("given.toml", b"name = \"x\"\n[[source]]\nfile = \"row.csv\"\n[[source.table]]\nname = \"deposits\"\n\
                [source.table.columns]\nentity_id = { from = \"no\", scale = \"percent\", plus_days = 1.5 }\n"),
            ("test.toml", "[family]\nname = \"own\"\nzh = \"某\"\nen = \"own\"\n[[feature]]\nname = \"row\"\nzh = \"行\"\n\
                en = \"rows\"\nunit = \"count\"\nsource = \"income\"\naggregation = \"count\"\n\
                where = [{ column = \"kind\", is = 3, at_least = 4 }]\n".as_bytes()),
            ("far.csv", b"row,line,column,no,expected\n-99,2,read,1e9,what is this\n1,-1e7,nothing,4,what is this\n"),
        ];
        for (name, bytes) in files {
            std::fs::write(place.path().join(name), bytes).unwrap();
        }
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The exit code of a command and all that it says, in Chinese.
    fn said(&self, command: &str) -> (Option<i32>, String) {
        let known = |word: &str| match word {
            "@district" => data("district"),
            "@list" => data("screening/list.ndjson"),
            "@asked" => data("screening/applications.ndjson"),
            "@run" => trained().to_str().unwrap().to_owned(),
            "@store" => trained().join("store").to_str().unwrap().to_owned(),
            "@model" => trained().join("model.json").to_str().unwrap().to_owned(),
            word => word.replace('~', " "),
        };
        let arguments = command.split(' ').filter(|word| !word.is_empty()).map(known);
        let mut program = Command::new(env!("CARGO_BIN_EXE_wherewithal"));
        let ran = program.args(["--lang", "zh"]).args(arguments).current_dir(self.path()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ran.status.code(), text(&ran.stdout) + &text(&ran.stderr))
    }
}

/// Commands by the code with which they end; `~` is a blank within an argument.
const COMMANDS: [(&str, i32); 115] = [
    ("--help", 0),
    ("inspect --help", 0),
    ("assess --help", 0),
    ("portrait --help", 0),
    ("capacity --help", 0),
    ("fit --help", 0),
    ("score-table --help", 0),
    ("link --help", 0),
    ("screen --help", 0),
    ("store --help", 0),
    ("store show --help", 0),
    ("store check --help", 0),
    ("store withdraw --help", 0),
    ("store forget --help", 0),
    ("store fold --help", 0),
    ("centre --help", 0),
    ("monitor --help", 0),
    ("simulate --help", 0),
    ("completion --help", 0),
    ("fit --table odd.csv --target bad --event 1 --out card", 0),
    (
        "fit --table odd.csv --target bad --event 1 --out o --drop line --categorical a~of~b --id nothing --learner both",
        0,
    ),
    ("fit --table odd.csv --target bad --event 1 --out o --path", 0),
    ("fit --table odd.csv --target expected --event 1 --out o", 2),
    ("fit --table odd.csv --target column --event nothing --out o", 2),
    ("fit --table odd.csv --target score --event 0.5 --out o", 2),
    ("fit --table odd.csv --target bad --event found --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --no-event expected --out o", 2),
    ("fit --table odd.csv --target first --event 7 --out o", 2),
    ("fit --table odd.csv --target worse --event 1 --out o", 1),
    ("fit --table odd.csv --target bad --event 1 --time column --out o", 1),
    ("fit --table odd.csv --target bad --event 1 --weight column --out o", 1),
    ("fit --table odd.csv --target bad --event 1 --special row=abc --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --special expected --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --special no~such=1 --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --trend row=sideways --out o", 1),
    ("fit --table odd.csv --target bad --event 1 --trend column=peak --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --trend nothing=peak --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --numeric row --categorical row --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --categorical bad --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --max-bins 0 --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --min-share 3 --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --holdout 7 --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --encoding nothing --out o", 2),
    ("fit --table odd.csv --target bad --event 1 --sheet row --out o", 1),
    ("fit --table mixed.csv --target bad --event yes --out o", 2),
    ("fit --table mixed.csv --target bad --event yes --no-event no --indeterminate maybe~so --out o", 2),
    ("fit --table short.csv --target bad --event 1 --out o", 1),
    ("fit --table junk.parquet --target bad --event 1 --out o", 1),
    ("fit --table junk.xlsx --target bad --event 1 --out o", 1),
    ("fit --table text.xlsx --target bad --event 1 --out o", 1),
    ("score-table --model card/model.json --table new.csv --out o", 0),
    ("score-table --model card/model.json --table odd.csv --id nothing --out o", 0),
    ("score-table --model card/model.json --table far.csv --out o", 0),
    ("score-table --model card/model.json --table other.csv --out o", 1),
    ("score-table --model card/model.json --table new.csv --id nothing --out o", 1),
    ("score-table --model card/model.json --table new.csv --min-known-share 3 --out o", 2),
    ("score-table --model cut.json --table new.csv --out o", 1),
    ("score-table --model odd.csv --table new.csv --out o", 1),
    ("assess --sources sources --mapping broken.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping noise.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping open.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping unknown.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping maps.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping bounds.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --mapping given.toml --train --as-of 2018-06-30 --out o", 2),
    ("assess --sources twice --mapping twice.toml --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources torn --train --as-of 2018-06-30 --out o", 1),
    ("fit --table torn/deposits.csv.gz --target bad --event 1 --out o", 1),
    ("inspect torn", 0),
    ("inspect new.csv --received 2018-01-01", 0),
    ("assess --sources sources --features test.toml --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --features features.toml --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --features noise.toml --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --rules sources --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --living-costs costs.csv --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --model cut.json --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --model @model --as-of 2018-06-30 --out o", 2),
    ("assess --sources sources --key-file secret --train --as-of 2018-06-30 --out o", 1),
    ("assess --sources sources --train --as-of nothing --out o", 2),
    ("inspect odd.csv --columns --out draft.toml", 1),
    ("inspect junk.parquet", 0),
    ("inspect junk.xlsx", 0),
    ("link --sources linked --out o", 1),
    ("link --sources ragged --out o", 1),
    ("link --sources empty --out o", 1),
    ("link --sources sources --out o", 0),
    ("link --sources sources --settings link.toml --out o", 1),
    ("link --sources sources --settings noise.toml --out o", 1),
    ("screen --list list.ndjson --applications asked.ndjson --out o/r", 1),
    ("screen --list list.csv --applications asked.ndjson --out o/r", 1),
    ("screen --list @list --applications asked.ndjson --out o/r", 1),
    ("screen --list @list --applications @asked --out o/r", 0),
    ("screen --list @list --applications @asked --changes list.ndjson --out o/r", 1),
    ("screen --list @list --applications @asked --form form.toml --out o/r", 1),
    ("screen --list @list --applications @asked --form noise.toml --out o/r", 1),
    ("screen --list @list --applications @asked --review-from 3 --out o/r", 2),
    ("capacity --sources @district --as-of 2018-06-30 --debtor 1.1010519491231E+17 --out o", 2),
    ("capacity --sources @district --as-of 2018-06-30 --debtor nobody --out o", 1),
    ("capacity --sources @district --as-of 2018-06-30 --debtor 10ac10d53c53a0e9 --out o", 0),
    ("capacity --sources @district --as-of 2018-06-30 --horizon 100000 --out o", 2),
    ("centre --store @store --as-of 2018-06-30 --open row", 2),
    ("centre --store @store --as-of 2018-06-30 --from 2019-01-01 --out o", 2),
    ("centre --store @store --as-of 2018-06-30 --figures --out o", 0),
    ("monitor --base @run --run @run --as-of 2018-06-30", 0),
    ("monitor --base @run --run @run --as-of 2018-06-30 --outcomes outcomes.csv", 1),
    ("monitor --store @store --as-of 2018-06-30 --champion @model --challenger @model --out o", 0),
    ("store show --store @store", 0),
    ("store check --store @store", 0),
    ("store withdraw --store @store --part row", 2),
    ("store fold --store empty --buckets 3", 1),
    ("store forget --store empty --party row", 2),
    ("portrait --run @run --debtor row --out o", 2),
    ("simulate --cases 0 --out o", 2),
    ("simulate --cases 10 --banks 9999 --out o", 2),
    ("completion csh", 2),
];

/// Words that are the same in every language: commands, values of options, names of tables, columns, fields, settings
/// and codes, names of programs and formats, and those of the files and columns above.
const SAME: [&str; 7] = [
    "wherewithal inspect assess portrait capacity fit score-table link screen store show check withdraw forget fold centre \
     monitor simulate completion bash elvish fish powershell zsh",
    "zh en woe additive both online offline platt beta isotonic curve ymd mdy dmy csv parquet district full \
     ascending descending peak valley concave convex none auto add remove correct other",
    "cases closings consumption deposits encumbrances equity income invoices parties payments queries relations sanctions \
     vehicles cn",
    "address kind name number phone id on iname cardNum caseCode group list form columns header join part period debtor \
     indicator courts share Share encoding instrument article region verified note amount day",
    "fen yuan current savings term special wealth listed answered removed published run",
    "Brier DeLong Excel OpenDocument Parquet PostgreSQL SQLite None NaN gzip zip",
    "row line column no expected score found first of nothing bad worse yes such sideways sources notes odd read empty o \
     card secret detect own torn twice far test idno ragged",
];

/// Other words of English on a line: what stands between quotes, options, and what has marks, digits or capitals aside.
fn english(line: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut quotes = line.split(['“', '”', '"', '`']);
    // Every other piece stands between quotes.
    while let Some(outside) = quotes.next() {
        bare += outside;
        bare += " ";
        quotes.next();
    }
    if let Some((before, after)) = bare.split_once(SYSTEM) {
        bare = format!("{before} {}", after.split_once("，应为").map_or("", |(_, after)| after));
    }
    if let Some((before, after)) = bare.split_once(DETAIL) {
        bare = format!("{before} {}", after.split_once('）').map_or("", |(_, after)| after));
    }
    let same = |word: &str| SAME.iter().any(|words| words.split_whitespace().any(|same| same == word));
    let marks = |c: char| !c.is_ascii_graphic() || "(),;:".contains(c);
    let is_code = |word: &str| word.starts_with('-') || word.contains(|c: char| !c.is_ascii_alphabetic() && c != '-');
    let is_word = |word: &&str| word.len() > 1 && word.contains(|c: char| c.is_ascii_lowercase());
    bare.split(marks)
        .filter(|word| !is_code(word))
        .filter(is_word)
        .filter(|word| !same(word))
        .map(str::to_owned)
        .collect()
}

/// How the message of another crate, which nobody put into Chinese, is introduced.
const SYSTEM: &str = "系统信息：";

/// The same behind a sentence of ours.
const DETAIL: &str = "（技术细节：";

#[test]
fn no_line_in_chinese_has_english_words() {
    let place = Place::new();
    let (mut wrong, mut foreign, mut detailed) = (Vec::new(), 0, Vec::new());
    for (command, code) in COMMANDS {
        let (ended, said) = place.said(command);
        if ended != Some(code) || said.trim().is_empty() {
            wrong.push(format!("{command}: ended with {ended:?}, expected {code}: {said}"));
        }
        foreign += said.matches(SYSTEM).count();
        let details = said.lines().filter(|line| line.contains(DETAIL));
        detailed.extend(details.map(|line| format!("{command}: {line}")));
        for line in said.lines() {
            let words = english(line);
            if !words.is_empty() {
                wrong.push(format!("{command}: {words:?}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} commands:\n{}", wrong.len(), COMMANDS.len(), wrong.join("\n"));
    let counts = (COMMANDS.len(), foreign, detailed.len());
    assert_eq!(
        counts,
        (115, 0, 8),
        "commands, messages in nothing but others' words, and messages with a detail in theirs: {detailed:#?}"
    );
}

/// Commands that write rows, names and numbers of people, into a folder each.
const WRITERS: [&str; 6] = [
    "fit --table odd.csv --target bad --event 1 --out card",
    "score-table --model card/model.json --table new.csv --out scores",
    "link --sources sources --out linked-here",
    "screen --list @list --applications @asked --out screened/r",
    "capacity --sources @district --as-of 2018-06-30 --debtor 10ac10d53c53a0e9 --out means",
    "inspect @district --out drafts/draft.toml",
];

/// What others on the machine could read.
#[cfg(unix)]
fn open_to_others(path: &Path, open: &mut Vec<String>) -> usize {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).unwrap();
    if about.permissions().mode() & 0o077 != 0 {
        open.push(path.display().to_string());
    }
    if about.is_file() {
        return 1;
    }
    std::fs::read_dir(path).unwrap().map(|entry| open_to_others(&entry.unwrap().path(), open)).sum()
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_reads_what_a_command_writes() {
    let place = Place::new();
    let (mut open, mut files) = (Vec::new(), Vec::new());
    for command in WRITERS {
        let (code, said) = place.said(command);
        assert_eq!(code, Some(0), "{command}: {said}");
        let out = command.split(' ').next_back().unwrap().split('/').next().unwrap();
        files.push(open_to_others(&place.path().join(out), &mut open));
    }
    assert!(open.is_empty() && files.iter().all(|files| *files > 0), "{files:?}: {open:#?}");
}

#[test]
fn columns_and_values_that_read_like_our_words_stay_as_they_are() {
    let place = Place::new();
    let (code, said) = place.said("fit --table odd.csv --target bad --event 1 --out card");
    assert_eq!(code, Some(0), "{said}");
    for (name, kind) in COLUMNS {
        let begins = format!("  {name:24} {kind}");
        assert_eq!(said.lines().filter(|line| line.starts_with(&begins)).count(), 1, "{begins}: {said}");
    }
    assert!(said.contains("18 行不是数，按缺失处理（\"nothing\" × 18，首见于第 1 行）"), "{said}");
    assert!(said.contains("model.sql：表中已有列 score，评分卡的输出改称 card_score"), "{said}");
    for (command, message) in [
        (
            "fit --table odd.csv --target worse --event 1 --out o",
            "错误：表 odd.csv：发现没有列 worse，应为row，line，column，no，expected，score，found 3，first，a of b，nothing，bad 之一\n",
        ),
        (
            "fit --table odd.csv --target bad --event 1 --special found~3=row --out o",
            "错误：--special found 3=row：\"row\" 不是数\n",
        ),
        ("score-table --model card/model.json --table other.csv --out o", "错误：该表没有评分卡的任何一列（"),
        ("score-table --model card/model.json --table new.csv --out o", "警告：没有列 found 3：全部 2 行未知\n"),
        ("score-table --model card/model.json --table new.csv --out o", "（\"what is this\"）：每行 "),
        (
            "assess --sources sources --mapping maps.toml --train --as-of 2018-06-30 --out o",
            "第 12 行：expected.csv → deposits.balance_fen：join：a of b，应为某个对照表的名称；第 13 行：expected.csv → \
             deposits.kind：nothing，应为 current | savings",
        ),
        (
            "centre --store @store --as-of 2018-06-30 --open found",
            "错误：indicator：发现“found”，应为指标目录中的一项：",
        ),
        ("store withdraw --store @store --part row", "错误：part：发现“row”，应为数据仓的一个部分："),
        (
            "capacity --sources @district --as-of 2018-06-30 --debtor 1.1010519491231E+17 --out o",
            "错误：--debtor 1.10***********E+17：号码写成了科学计数法，应有全部数字：请把该列按文本导出\n",
        ),
    ] {
        let (_, said) = place.said(command);
        assert!(said.contains(message), "{command}: {said}");
    }
}
