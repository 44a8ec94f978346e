//! Reports: golden portraits of six debtors, and what they must say.

use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::Language;
use wherewithal::profile::{Batch, DebtorProfile};
use wherewithal::report::{Links, Pages};

use crate::archetypes::archetypes;

/// What a reader sees: tags, styles and scripts taken out, one line per block.
pub(crate) fn text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page.split("</head>").nth(1).unwrap();
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        if tag.starts_with("script") {
            rest = after.split_once("</script>").unwrap().1;
            continue;
        }
        let block = ["/p", "/li", "/h", "/tr", "/div", "/section", "/summary", "/text", "/title", "br"];
        text.push(if block.iter().any(|name| tag.starts_with(name)) { '\n' } else { ' ' });
        rest = after;
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let plain: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    let plain =
        plain.join("\n").replace("&lt;", "<").replace("&gt;", ">").replace("&#x2f;", "/").replace("&quot;", "\"");
    plain.replace("&#x27;", "'").replace("&amp;", "&")
}

#[test]
fn golden_portraits_in_both_languages() {
    let rules = AdviceRules::standard().unwrap();
    for (language, code) in [(Language::Zh, "zh"), (Language::En, "en")] {
        let pages = Pages::new(language).unwrap();
        for (name, profile) in archetypes() {
            let page = pages.portrait(&profile, &advise(&profile, &rules).unwrap(), &Links::default()).unwrap();
            insta::assert_snapshot!(format!("{name}_{code}"), text(&page));
        }
    }
}

#[test]
fn what_each_archetype_must_say() {
    let rules = AdviceRules::standard().unwrap();
    let all = archetypes();
    let codes = |name: &str| -> Vec<String> {
        let profile = &all.iter().find(|(other, _)| *other == name).unwrap().1;
        advise(profile, &rules).unwrap().measures.into_iter().map(|measure| measure.code).collect()
    };
    let has = |name: &str, code: &str| codes(name).iter().any(|found| found == code);
    assert_eq!(codes("able_and_willing")[0], "freeze_deposits");
    assert!(!has("able_and_willing", "list_able") && !has("able_and_willing", "list_evasion"));
    assert!(has("able_and_hiding", "list_evasion") && has("able_and_hiding", "inquire_conduct"));
    assert!(has("able_in_part", "wage_deduction") && has("able_in_part", "settlement"));
    assert!(has("unable", "close_no_result"));
    assert!(has("unable", "recheck") && has("unable", "interim_relief") && !has("unable", "list_able"));
    assert!(has("company_with_related_parties", "to_bankruptcy") && !has("able_and_hiding", "to_bankruptcy"));
    assert!(has("insufficient_data", "search_further"));
    for code in ["freeze_deposits", "wage_deduction", "list_able", "list_evasion", "refer_refusal", "close_no_result"] {
        assert!(!has("insufficient_data", code), "{code}: unknown is not assumed");
    }
}

#[test]
fn the_page_of_all_debtors_counts_what_portraits_hold() {
    let profiles: Vec<DebtorProfile> = archetypes().into_iter().map(|(_, profile)| profile).collect();
    let batch = Batch::from_profiles(&profiles);
    assert_eq!(batch.grades.iter().map(|group| group.debtors).sum::<usize>(), batch.debtors);
    assert_eq!(batch.claim, profiles.iter().map(DebtorProfile::claim).sum());
    let page = Pages::new(Language::En).unwrap().batch(&batch, &profiles, 100, &Links::default()).unwrap();
    insta::assert_snapshot!("batch_en", text(&page));
}

#[test]
fn names_cannot_break_out_of_the_page() {
    let (_, mut profile) = archetypes().swap_remove(0);
    profile.masked_name = Some("<script>alert(1)</script>".to_owned());
    let advice = advise(&profile, &AdviceRules::standard().unwrap()).unwrap();
    let page = Pages::new(Language::Zh).unwrap().portrait(&profile, &advice, &Links::default()).unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
}

#[test]
fn a_profile_survives_the_round_trip() {
    for (name, profile) in archetypes() {
        let line = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<DebtorProfile>(&line).unwrap(), profile, "{name}");
    }
}
