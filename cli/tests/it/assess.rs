//! `assess`, `portrait`, `capacity` and `store`: what they write, and that a killed run goes on.

use std::path::Path;

use wherewithal::domain::SigningKey;
use wherewithal::profile::DebtorProfile;

use crate::program::{DAY, SECRET, data, good, program, run, trained};

fn path_in(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// The model that a run wrote scores the same folder alike, to the byte.
#[test]
fn a_saved_model_gives_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    let (sources, model, again) = (data("district"), path_in(trained(), "model.json"), path_in(out.path(), "again"));
    good(&["assess", "--sources", &sources, "--model", &model, "--as-of", DAY, "--out", &again]);
    for name in ["scores.parquet", "scores.csv", "profiles.ndjson", "model.json"] {
        let (first, second) = (std::fs::read(trained().join(name)), std::fs::read(out.path().join("again").join(name)));
        assert!(first.unwrap() == second.unwrap(), "{name} differs");
    }
}

/// A site that trusts one signer scores by no other model, and a changed or unsigned one stops before anything is
/// written.
#[test]
fn a_model_is_scored_by_if_its_signer_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| path_in(folder.path(), name);
    let signer = |secret: &str| SigningKey::from_secret(secret.trim_end().as_bytes()).unwrap().signer().to_string();
    let (sources, model, out) = (data("district"), path("model.json"), path("out"));
    let assessed = |signer: &str| {
        let given = ["assess", "--sources", &sources, "--model", &model, "--as-of", DAY, "--signed-by", signer];
        run(&[&given[..], &["--out", &out]].concat())
    };
    std::fs::copy(trained().join("model.json"), &model).unwrap();
    let unsigned = assessed(&signer(SECRET));
    assert!(unsigned.code == Some(1) && unsigned.errors.contains("model.json.sig"), "{}", unsigned.errors);
    std::fs::copy(trained().join("model.json.sig"), path("model.json.sig")).unwrap();
    let other = assessed(&signer("another secret"));
    let words = ["model.json.sig", "no signature of", "by that signer"];
    assert!(other.code == Some(1) && words.iter().all(|word| other.errors.contains(word)), "{}", other.errors);
    let none = assessed("320106198706150217");
    assert!(none.errors.contains("64 hexadecimal digits") && !none.errors.contains("19870615"), "{}", none.errors);
    assert!(!Path::new(&out).exists());
    assert_eq!(assessed(&signer(SECRET)).code, Some(0));
    // A blank behind it makes it another file, though the same model.
    std::fs::write(&model, std::fs::read_to_string(&model).unwrap() + " ").unwrap();
    assert_eq!(assessed(&signer(SECRET)).code, Some(1));
}

/// Living costs make wages count, and the run says which were used; without them it says that wages count nothing.
#[test]
fn living_costs_reach_the_statements() {
    let (out, district) = (tempfile::tempdir().unwrap(), data("district"));
    let costs = out.path().join("costs.csv");
    let header = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note";
    std::fs::write(&costs, format!("{header}\n1000,700,a table of the test,,2010-01-01,,,false,\n")).unwrap();
    let assessed = |folder: &str, more: &[&str]| {
        let folder = out.path().join(folder);
        let mut arguments = vec!["assess", "--sources", &district, "--train", "--as-of", DAY, "--out"];
        arguments.push(folder.to_str().unwrap());
        arguments.extend(more);
        let text = good(&arguments);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let run: serde_json::Value = serde_json::from_str(&read("run.json")).unwrap();
        (text, run, read("profiles.ndjson"))
    };
    let (text, run, profiles) = assessed("without", &[]);
    assert!(text.contains("wages count 0") && profiles.contains("living_costs_not_supplied"), "{text}");
    assert_eq!((&run["rules"][0], &run["living_costs"]), (&"cn".into(), &serde_json::Value::Null));
    let (text, with_costs, profiles) = assessed("with", &["--living-costs", costs.to_str().unwrap()]);
    assert!(!text.contains("wages count 0") && !profiles.contains("living_costs_not_supplied"), "{text}");
    let digest = blake3::hash(&std::fs::read(&costs).unwrap()).to_hex().to_string();
    assert_eq!(with_costs["living_costs"], serde_json::json!(["costs.csv", digest]));
    assert_ne!(with_costs["rules"][1], run["rules"][1]);
    let recovered = |profiles: &str| -> i64 {
        let means = profiles.lines().map(|line| serde_json::from_str::<DebtorProfile>(line).unwrap().means);
        means.flatten().map(|means| means.recovered.expected.fen()).sum()
    };
    assert!(
        recovered(&profiles) > recovered(&std::fs::read_to_string(out.path().join("without/profiles.ndjson")).unwrap())
    );
}

#[test]
fn bad_input_ends_with_a_readable_message() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let ran = run(&["assess", "--sources", "no/such/folder", "--as-of", DAY, "--out", folder]);
    assert!(ran.code == Some(1) && ran.errors.contains("no/such/folder"), "{ran:?}");
    let ran = run(&["assess", "--sources", folder, "--as-of", "2018-02-30", "--out", folder]);
    assert!(ran.code == Some(2) && ran.errors.contains("YYYY-MM-DD"), "{ran:?}");
}

#[test]
fn a_killed_run_goes_on_and_ends_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| path_in(folder.path(), name);
    let (sources, store, model) = (data("district"), path("store"), path_in(trained(), "model.json"));
    let filled = ["assess", "--sources", &sources, "--store", &store, "--buckets", "256", "--as-of", DAY];
    good(&[&filled[..], &["--out", &path("none")]].concat());
    let arguments = |out: &str| {
        let fixed =
            ["assess", "--store", &store, "--model", &model, "--as-of", DAY, "--threads", "1", "--times", "--out"];
        fixed.into_iter().map(str::to_owned).chain([path(out)]).collect::<Vec<String>>()
    };
    let run = |out: &str| good(&arguments(out).iter().map(String::as_str).collect::<Vec<_>>());
    let text = run("whole");
    assert!(text.contains("where the time went") && text.contains("capacity"), "{text}");

    let mut child = program().args(arguments("killed")).stdout(std::process::Stdio::null()).spawn().unwrap();
    let third = folder.path().join("killed/units/00003");
    while !third.is_file() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(third.is_file() && !folder.path().join("killed/run.json").is_file(), "killed in the middle");
    // As a machine leaves a file that the disk never had.
    std::fs::write(folder.path().join("killed/units/00001"), "torn").unwrap();
    run("killed");
    for name in [
        "scores.parquet",
        "reasons.parquet",
        "capacity.parquet",
        "signals.parquet",
        "watch.parquet",
        "profiles.ndjson",
        "run.json",
    ] {
        let of = |out: &str| std::fs::read(folder.path().join(out).join(name)).unwrap();
        assert!(of("whole") == of("killed"), "{name} differs");
    }
    assert!(!folder.path().join("killed/units").exists());
}

#[test]
fn a_statement_of_means_names_its_cases_by_their_numbers() {
    let out = tempfile::tempdir().unwrap();
    let (sources, out) = (data("district"), path_in(out.path(), "means"));
    good(&["capacity", "--sources", &sources, "--as-of", DAY, "--out", &out]);
    let lines = std::fs::read_to_string(path_in(Path::new(&out), "statements.ndjson")).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let debtor = format!("{:016x}", first["entity_id"].as_i64().unwrap());
    let text = good(&["capacity", "--sources", &sources, "--as-of", DAY, "--debtor", &debtor, "--out", &out]);
    let claims: Vec<&str> = text.lines().filter(|line| line.starts_with("claim ")).collect();
    assert_eq!(claims.len(), first["claims"].as_array().unwrap().len());
    assert!(claims.iter().all(|claim| claim.starts_with("claim （") && claim.contains("cases.csv:")), "{claims:?}");
}

#[test]
fn the_program_fills_a_store_and_assesses_it_like_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, store, model) = (data("district"), path_in(folder.path(), "store"), path_in(trained(), "model.json"));
    let out = path_in(folder.path(), "out");
    let arguments =
        ["assess", "--sources", &sources, "--store", &store, "--model", &model, "--as-of", DAY, "--out", &out];
    for _ in 0..2 {
        let text = good(&[&arguments[..], &["--profiles", "2"]].concat());
        assert!(text.contains("in 1 part\n"), "{text}");
        let scores = |folder: &Path| std::fs::read(folder.join("scores.parquet")).unwrap();
        assert!(scores(Path::new(&out)) == scores(trained()), "a store and its folder give the same scores");
        let profiles = std::fs::read_to_string(folder.path().join("out/profiles.ndjson")).unwrap();
        assert_eq!(profiles.lines().count(), 2);
        assert!(profiles.contains(".csv"), "records are cited by their files");
    }
}
