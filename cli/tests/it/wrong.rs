//! Wrong commands, in both languages: each ends with one message that says what, where and what to do, repeats nobody's
//! number, and has exit code 1 or 2.

use std::path::Path;
use std::process::Command;

use crate::program::{DAY, data, trained};

/// A number in clear that somebody types in the wrong place.
const NUMBER: &str = "11010519491231002X";

/// The folder in which the commands are tried: `@name` in an argument stands for a file or folder in it.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        std::fs::create_dir(folder.path().join("strange")).unwrap();
        std::fs::create_dir(folder.path().join("headless")).unwrap();
        write("strange/notes.csv", "a,b\n1,2\n");
        std::fs::create_dir(folder.path().join("parted")).unwrap();
        write("parted/deposits.csv", "a;b\n1;2\n");
        write("headless/parties.csv", &format!("{NUMBER},2018-01-01\n"));
        write("model.json", "{\"format_version\": 2, \"any\": {}}");
        write("cut.json", "{\"format_version\"");
        write("broken.toml", "format_version = 1\nname = \"x\"\n[[source]]\nfile = 7\n");
        write(
            "table.toml",
            "format_version = 1\nname = \"x\"\n[[source]]\nfile = \"a.csv\"\n[[source.table]]\nname = \"no\"\n",
        );
        write("noise.toml", "a = = b\n");
        write("costs.csv", "amount\n12\n");
        write("empty.csv", "");
        write("loans.csv", &loans());
        write("header.csv", "income,bad\n");
        write("list.ndjson", "{\"iname\":\n");
        write("asked.ndjson", "{\"application_id\":\"a\",\"name\":\"b\",\"identifiers\":[],\"on\":\"2026-01-06\"}\n");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn placed(&self, argument: &str) -> String {
        match argument.strip_prefix('@') {
            Some("district") => data("district"),
            Some("run") => trained().to_str().unwrap().to_owned(),
            Some("store") => trained().join("store").to_str().unwrap().to_owned(),
            Some("list") => data("screening/list.ndjson"),
            Some("applications") => data("screening/applications.ndjson"),
            Some(name) => self.path().join(name).to_str().unwrap().to_owned(),
            None => argument.to_owned(),
        }
    }
}

/// A hundred rows with two features and an outcome.
fn loans() -> String {
    let row = |row: usize| {
        format!("{},{},P{row},2024-01-{:02},{}\n", row * 7 % 90, row * 13 % 17, row % 28 + 1, row * 7 % 3 / 2)
    };
    format!("income,used,who,day,bad\n{}", (0..100).map(row).collect::<String>())
}

/// A command and what its message must name, whatever the language.
type Wrong = (&'static str, &'static [&'static str]);

const LINE: [Wrong; 17] = [
    ("", &["assess", "simulate"]),
    ("asses", &["assess"]),
    ("11010519491231002X", &["--help"]),
    ("assess", &["--as-of", "--out"]),
    ("assess --frobnicate", &["--frobnicate", "--help"]),
    ("assess --as-off 2018-06-30", &["--as-off", "--as-of"]),
    ("assess --sources", &["--sources"]),
    ("assess 11010519491231002X", &["***"]),
    ("--lang fr store show --store x", &["--lang", "fr", "zh", "en"]),
    ("portrait", &["--run", "--out"]),
    ("store", &["show", "fold"]),
    ("store shew --store x", &["show"]),
    ("store show", &["--store"]),
    ("completion csh", &["csh", "bash", "zsh"]),
    ("simulate --cases 10 --scale 2 --out @out", &["--cases", "--scale"]),
    ("simulate --cases 10 --out @out --format xml", &["--format", "xml", "csv", "parquet"]),
    ("simulate --cases many --out @out", &["--cases", "many"]),
];

const ASSESS: [Wrong; 34] = [
    ("--sources @nowhere --train", &["nowhere"]),
    ("--sources @empty --train", &["empty"]),
    ("--sources @strange --train", &["strange", "notes.csv"]),
    ("--sources @headless --train", &["headless"]),
    ("--sources @loans.csv --train", &["loans.csv"]),
    ("--sources @parted --train", &["deposits.csv", "form.delimiter = \";\""]),
    ("--database-url-file @empty.csv --train", &["empty.csv", "postgresql://"]),
    ("--sources @district --model @nowhere.json", &["nowhere.json"]),
    ("--sources @district --model @model.json", &["model.json"]),
    ("--sources @district --model @cut.json", &["cut.json"]),
    ("--sources @district --model @empty", &["empty"]),
    ("--sources @district --model @model.json --train", &["--model", "--train"]),
    ("--sources @district --train --buckets 3", &["buckets", "3"]),
    ("--sources @district --train --buckets 2147483648", &["buckets", "2147483648", "65536"]),
    ("--sources @district --train --buckets many", &["--buckets", "many"]),
    ("--sources @district --train --since 5x", &["--since", "5x", "48h"]),
    ("--sources @district --train --since 36h", &["--since", "36h", "48h"]),
    ("--sources @district --train --profile 11010519491231002X", &["--profile"]),
    ("--sources @district --train --threads 0", &["threads", "0"]),
    ("--store @nowhere --train", &["nowhere"]),
    ("--store @empty", &["--sources", "--model", "--train"]),
    ("--store @new --sources @district --watch", &["--watch", "--model"]),
    ("--sources @district --train --mapping @nowhere.toml", &["nowhere.toml"]),
    ("--sources @district --train --mapping @broken.toml", &["broken.toml", "4"]),
    ("--sources @district --train --mapping @table.toml", &["table.toml"]),
    ("--sources @district --train --key-file @nowhere.key", &["nowhere.key"]),
    ("--sources @district --train --rules @empty", &["empty"]),
    ("--sources @district --train --features @noise.toml", &["noise.toml"]),
    ("--sources @district --train --living-costs @costs.csv", &["costs.csv"]),
    ("--sources @district --model @model.json --samples 100", &["--samples", "--model"]),
    ("--store @new --sources @district --top 3", &["--top", "--model", "--train"]),
    ("--store @new --sources @district --threads 1", &["--threads", "--model", "--train"]),
    ("--store @new --model @model.json --key-file @costs.csv", &["--key-file"]),
    ("--store @new --model @model.json --buckets 2", &["--buckets"]),
];

const FIT: [Wrong; 31] = [
    ("--table @nowhere.csv --target bad --event 1", &["nowhere.csv"]),
    ("--table @empty --target bad --event 1", &["empty"]),
    ("--table @empty.csv --target bad --event 1", &["empty.csv"]),
    ("--table @header.csv --target bad --event 1", &["header.csv"]),
    ("--table @loans.csv --target worse --event 1", &["worse", "income"]),
    ("--table @loans.csv --target bad --event 7", &["--event", "7", "bad"]),
    ("--table @loans.csv --target income --event 7", &["income", "--target"]),
    ("--table @loans.csv --target bad --event 1 --no-event 5", &["--no-event", "5"]),
    ("--table @loans.csv --target bad --event 1 --id nobody", &["nobody"]),
    ("--table @loans.csv --target bad --event 1 --drop colour", &["colour"]),
    ("--table @loans.csv --target bad --event 1 --weight who", &["who", "1"]),
    ("--table @loans.csv --target bad --event 1 --time who", &["--time", "who"]),
    ("--table @loans.csv --target bad --event 1 --special income", &["--special", "COL=V1;V2"]),
    ("--table @loans.csv --target bad --event 1 --trend income=sideways", &["--trend", "sideways", "peak"]),
    ("--table @loans.csv --target bad --event 1 --holdout 1.5", &["1.5"]),
    ("--table @loans.csv --target bad --event 1 --holdout 0.2 --folds 3", &["--holdout", "--folds"]),
    ("--table @loans.csv --target bad --event 1 --folds 1", &["--folds", "1"]),
    ("--table @loans.csv --target bad --event 1 --calibration magic", &["--calibration", "magic", "isotonic"]),
    ("--table @loans.csv --target bad --event 1 --delimiter ;;", &["--delimiter", ";;"]),
    ("--table @loans.csv --target bad --event 1 --numeric used --categorical used", &["used", "--numeric"]),
    ("--table @loans.csv --target bad --event 1 --pairs 3", &["--pairs", "--learner"]),
    ("--table @loans.csv --target bad --event 1 --day-order mdy", &["--day-order", "--time"]),
    ("--table @loans.csv --target bad --event 1 --no-event 1", &["--no-event 1", "--event"]),
    ("--table @loans.csv --target bad --event 1 --indeterminate 1.0", &["--indeterminate 1.0", "--event"]),
    ("--table @loans.csv --target bad --event 1 --missing 1", &["--missing 1", "--event"]),
    ("--table @loans.csv --target bad --event 1 --no-event 0 --missing 0", &["--missing 0", "--no-event"]),
    ("--table @loans.csv --target bad --event 1 --drop bad", &["bad", "--target", "--drop"]),
    ("--table @loans.csv --target bad --event 1 --id who --drop who", &["who", "--id", "--drop"]),
    ("--table @loans.csv --target bad --event 1 --weight used --time used", &["used", "--weight", "--time"]),
    ("--table @loans.csv --target bad --event 1 --folds 99999", &["--folds 99999", "100"]),
    ("--table @loans.csv --target bad --event 1 --sheet one", &["loans.csv"]),
];

const OTHERS: [Wrong; 37] = [
    ("score-table --model @nowhere.json --table @loans.csv --out @out", &["nowhere.json"]),
    ("score-table --model @cut.json --table @loans.csv --out @out", &["cut.json"]),
    ("score-table --model @loans.csv --table @loans.csv --out @out", &["loans.csv"]),
    ("portrait --run @nowhere --out @out", &["nowhere"]),
    ("portrait --run @empty --out @out", &["run.json"]),
    ("portrait --run @loans.csv --out @out", &["loans.csv"]),
    ("portrait --run @empty --out @out --debtor 00f3c2a41b6d9e57 --top 3", &["--debtor", "--top"]),
    ("portrait --run @empty --out @out --top few", &["--top", "few"]),
    ("capacity --as-of 2018-06-30", &["--sources"]),
    ("capacity --sources @district --as-of 2018-02-30", &["--as-of", "2018-02-30", "YYYY-MM-DD"]),
    ("capacity --sources @district --as-of 30.06.2018", &["--as-of", "YYYY-MM-DD"]),
    ("capacity --sources @nowhere --as-of 2018-06-30 --out @out", &["nowhere"]),
    ("capacity --sources @district --as-of 2018-06-30 --sale sometimes", &["--sale", "sometimes", "online"]),
    ("capacity --sources @district --as-of 2018-06-30 --horizon -1", &["-1"]),
    ("capacity --sources @district --as-of 2018-06-30 --horizon 100000 --out @out", &["600"]),
    ("link --sources @nowhere --out @out", &["nowhere"]),
    ("link --sources @empty --out @out", &["empty", "CSV"]),
    ("link --sources @strange --out @out", &["notes.csv", "name"]),
    ("link --sources @strange --settings @noise.toml --out @out", &["noise.toml"]),
    ("screen --list @nowhere --applications @asked.ndjson --out @out", &["nowhere"]),
    ("screen --list @list.ndjson --applications @asked.ndjson --out @out", &["list.ndjson", "1"]),
    ("screen --list @list --applications @list.ndjson --out @answers", &["list.ndjson"]),
    ("screen --list @list --applications @applications --edition soon --out @out", &["--edition", "soon"]),
    ("screen --list @list --applications @applications --review-from 2 --out @out", &["2", "1"]),
    ("screen --list @list --applications @applications --form @noise.toml --out @out", &["noise.toml"]),
    ("inspect @strange --out @draft.toml", &["strange", "draft.toml", "--columns"]),
    ("store show --store @empty", &["manifests"]),
    ("store fold --store @nowhere", &["nowhere"]),
    ("capacity --sources @district --as-of 2018-06-30 --debtor 00f3c2a41b6d9e57 --top 3", &["--debtor", "--top"]),
    ("capacity --sources @district --as-of 20180630", &["--as-of", "20180630", "YYYY-MM-DD"]),
    ("centre --store @nowhere --as-of 2018-06-30 --open filed --out @out", &["--open", "--out"]),
    ("centre --store @nowhere --as-of 2018-06-30 --open filed --figures", &["--open", "--figures"]),
    ("monitor --base @empty --run @empty --as-of 2018-06-30 --window 30", &["--outcomes"]),
    ("monitor --store @empty --as-of 2018-06-30 --rules @empty", &["--champion"]),
    ("simulate --preset jiangsu-2017 --scale 0.001 --banks 3 --out @out", &["--banks"]),
    ("screen --list @list --applications @applications --key-file @empty.csv --out @answers", &["empty.csv"]),
    ("screen --list @list --applications @applications --lacking 2 --out @answers", &["--lacking 2", "0"]),
];

/// Commands over what is kept: none of them changes it.
const KEPT: [Wrong; 37] = [
    ("monitor --base @nowhere --run @nowhere --as-of 2018-06-30", &["nowhere"]),
    ("monitor --base @empty --run @empty --as-of 2018-06-30", &["scores.parquet"]),
    ("monitor --base @empty --as-of 2018-06-30", &["--run"]),
    ("monitor --base @empty --run @empty --as-of soon", &["--as-of", "soon", "YYYY-MM-DD"]),
    ("monitor --base @empty --run @empty --as-of 2018-06-30 --groups @loans.csv", &["--outcomes"]),
    (
        "monitor --base @run --run @run --as-of 2018-06-30 --outcomes @loans.csv",
        &["loans.csv", "entity_id", "happened_on"],
    ),
    ("monitor --base @run --run @loans.csv --as-of 2018-06-30", &["loans.csv"]),
    ("monitor --as-of 2018-06-30", &["--base"]),
    ("monitor --store @nowhere --as-of 2018-06-30", &["nowhere"]),
    ("monitor --store @store --as-of 2018-06-30 --champion @loans.csv", &["--challenger"]),
    ("monitor --base @run --run @run --as-of 2018-06-30 --champion @loans.csv --challenger @loans.csv", &["--store"]),
    ("monitor --store @store --as-of 2018-06-30 --champion @loans.csv --challenger @loans.csv", &["loans.csv"]),
    ("centre --store @nowhere --as-of 2018-06-30 --out @out", &["nowhere"]),
    ("centre --store @empty --as-of 2018-06-30 --out @out", &["manifests"]),
    ("centre --store @empty --as-of 2018-06-30", &["--out"]),
    ("centre --store @empty --as-of 2018-06-30 --out @out --court x", &["--open"]),
    ("centre --store @store --as-of 2018-06-30 --open nosuch", &["nosuch", "closing_rate"]),
    ("centre --store @store --as-of 2018-06-30 --from 2019-01-01 --out @out", &["2019-01-01", "2018-06-30"]),
    ("store show --store @nowhere", &["nowhere"]),
    ("store check --store @nowhere", &["nowhere"]),
    ("store check --store @empty", &["manifests"]),
    ("store withdraw --store @empty", &["--part"]),
    ("store withdraw --store @nowhere --part part-0001", &["nowhere"]),
    ("store withdraw --store @store --part row", &["row", "part-0001"]),
    ("store forget --store @empty", &["--party"]),
    ("store forget --store @empty --party 11010519491231002X", &["--party"]),
    ("store forget --store @nowhere --party 00f3c2a41b6d9e57", &["nowhere"]),
    ("store fold --store @empty --buckets many", &["--buckets", "many"]),
    ("score-table --model @cut.json --table @loans.csv", &["--out"]),
    (
        "score-table --model @cut.json --table @loans.csv --out @out --min-known-share much",
        &["--min-known-share", "much"],
    ),
    ("portrait --run @run --debtor row --out @out", &["debtor", "16"]),
    ("portrait --run @run --debtor 11010519491231002X --out @out", &["debtor", "16"]),
    ("simulate --cases 0 --out @out", &["cases", "0", "8000000"]),
    ("simulate --cases 10 --banks 9999 --out @out", &["banks_asked", "9999", "48"]),
    ("simulate --cases 10 --evasion 7 --out @out", &["evasion_share", "7", "1"]),
    ("simulate --cases 10 --courts 999 --out @out", &["courts", "999", "122"]),
    ("simulate --cases 10 --preset moon --out @out", &["--preset", "moon", "full"]),
];

/// Every wrong command with its message's words.
fn commands() -> Vec<(Vec<String>, &'static [&'static str])> {
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let assess = ASSESS.iter().map(|(text, names)| {
        let fixed = ["--as-of", DAY, "--out", "@out"].map(str::to_owned);
        ([words("assess"), words(text), fixed.into()].concat(), *names)
    });
    let fit = FIT.iter().map(|(text, names)| ([words("fit"), words(text), words("--out @out")].concat(), *names));
    let others = LINE.iter().chain(&OTHERS).chain(&KEPT).map(|(text, names)| (words(text), *names));
    others.chain(assess).chain(fit).collect()
}

/// Whether a text has two English words side by side that are no names of files or options.
fn is_english(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase());
    text.split(' ').collect::<Vec<_>>().windows(2).any(|pair| pair.iter().all(is_word))
}

fn tried(place: &Place, arguments: &[String], language: &str) -> (Option<i32>, String) {
    let arguments = arguments.iter().map(|argument| place.placed(argument));
    let mut program = Command::new(env!("CARGO_BIN_EXE_wherewithal"));
    let language = [("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", language)];
    let run = program.args(arguments).envs(language).current_dir(place.path()).output().unwrap();
    (run.status.code(), String::from_utf8(run.stderr).unwrap())
}

/// What is wrong with how a wrong command ends.
fn faults(place: &Place, arguments: &[String], names: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for (language, mark) in [("en_GB.UTF-8", "error: "), ("zh_CN.UTF-8", "错误：")] {
        let (code, errors) = tried(place, arguments, language);
        let message = errors.lines().last().unwrap_or_default();
        let said = format!("{} [{language}]: {code:?} {errors}", arguments.join(" "));
        let mut wrong = |what: &str| faults.push(format!("{what}: {said}"));
        if !matches!(code, Some(1 | 2)) {
            wrong("another exit code");
        }
        if !message.starts_with(mark) || errors.matches(mark).count() != 1 {
            wrong("not one message");
        }
        if errors.contains("caused by") || errors.contains("because:") || errors.contains("panicked") {
            wrong("more than a message");
        }
        if errors.contains(NUMBER) {
            wrong("a number in clear");
        }
        if let Some(name) = names.iter().find(|name| !message.contains(**name)) {
            wrong(&format!("does not name {name}"));
        }
        if mark == "错误：" && is_english(message.trim_start_matches(mark)) {
            wrong("not Chinese");
        }
    }
    faults
}

#[test]
fn each_wrong_command_ends_with_one_message_that_helps() {
    let place = Place::new();
    let commands = commands();
    assert_eq!(commands.len(), 156);
    let faults: Vec<String> = commands.iter().flat_map(|(arguments, names)| faults(&place, arguments, names)).collect();
    assert!(faults.is_empty(), "{} of {} commands:\n{}", faults.len(), commands.len(), faults.join("\n"));
}
