//! The card of a model and the assessment of its impact, written from a run.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::trained;

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// Every number of card and assessment is one of the run's, the court's blanks are marked, and both languages are
/// there.
#[test]
fn card_and_assessment_say_what_the_run_says() {
    let out = tempfile::tempdir().unwrap();
    let run = read(trained(), "run.json");
    let money = &run["training"]["money"]["out_of_time"];
    for (language, open) in [("en", "for the court"), ("zh", "待法院填写")] {
        let pages = out.path().join(language);
        let folder = pages.to_str().unwrap();
        let arguments = ["portrait", "--run", trained().to_str().unwrap(), "--top", "1", "--out", folder];
        let program =
            Command::new(env!("CARGO_BIN_EXE_wherewithal")).args(["--lang", language]).args(arguments).output();
        assert_eq!(program.unwrap().status.code(), Some(0));
        let (card, impact) = (read(&pages, "model_card.json"), read(&pages, "impact.json"));
        let orders = card["money"]["orders"].as_array().unwrap();
        let share = |name: &str| &orders.iter().find(|order| order["order"] == name).unwrap()["share"]["value"];
        assert_eq!(share("model"), &money["amounts"]["top_tenth"]["value"]);
        assert_eq!(share("clerk"), &money["by_clerk"]["share"]["value"]);
        assert_eq!(card["money"]["ahead"]["value"], money["by_clerk"]["ahead"]["value"]);
        assert_eq!(card["money"]["facts"].as_array().unwrap().len(), 3);
        assert_eq!(impact["facts"]["debtors"], run["debtors"][0].to_string());
        assert_eq!(impact["facts"]["refused"], run["rows"][2].to_string());
        assert_eq!(impact["facts"]["offered"], run["training"]["features"].to_string());
        assert_eq!(impact["model"], run["model"]);
        let auc = run["training"]["any"]["cross_validated"]["auc"]["value"].as_f64().unwrap();
        assert_eq!(impact["facts"]["auc"], format!("{auc:.3}"));
        let sections = impact["sections"].as_array().unwrap();
        let codes: Vec<&Value> = sections.iter().map(|section| &section["code"]).collect();
        assert_eq!(codes, ["occasion", "purpose", "effect", "safeguards"]);
        // The bundled district is read with the public key: the assessment says that nothing is de-identified.
        let lines = || sections.iter().flat_map(|section| section["lines"].as_array().unwrap());
        assert!(
            lines().any(|line| line["is_open"] == true && line["text"]["en"].as_str().unwrap().contains("public key"))
        );
        assert!(lines().all(|line| !line["text"]["zh"].as_str().unwrap().contains(['{', '}'])));
        let page = fs::read_to_string(pages.join("impact.html")).unwrap();
        assert!(page.contains(open) && page.contains(&format!("{auc:.3}")));
        let page = fs::read_to_string(pages.join("model.html")).unwrap();
        assert!(page.contains("impact.html") && page.contains("id=\"work\""));
    }
}
