//! Reports: golden portraits of six debtors, and law 10 on a thousand profiles.

use std::collections::BTreeSet;

use rand_free::Draw;
use serde_json::Value;
use wherewithal::advice::{Advice, AdviceRules, advise};
use wherewithal::domain::{Language, Money, Points, Probability, Share};
use wherewithal::profile::{Batch, DebtorProfile, Standing};
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
    assert!(has("able_in_part", "wage_deduction") || has("able_in_part", "settlement"));
    assert!(has("unable", "recheck") && has("unable", "interim_relief") && !has("unable", "list_able"));
    assert!(has("company_with_related_parties", "to_bankruptcy") && !has("able_and_hiding", "to_bankruptcy"));
    assert!(has("insufficient_data", "search_further"));
    for code in ["freeze_deposits", "list_able", "list_evasion", "refer_refusal", "close_no_result"] {
        assert!(!has("insufficient_data", code), "{code}: unknown is not assumed");
    }
}

/// Numbers in a seeded stream, without a crate for it.
mod rand_free {
    pub(super) struct Draw(pub(super) u64);

    impl Draw {
        pub(super) fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        pub(super) fn below(&mut self, n: u64) -> i64 {
            i64::try_from(self.next() % n).unwrap()
        }

        pub(super) fn unit(&mut self) -> f64 {
            (self.next() % 1_000_000) as f64 / 1e6
        }
    }
}

/// An archetype with every number drawn anew.
fn drawn(draw: &mut Draw) -> DebtorProfile {
    let mut all = archetypes();
    let at = usize::try_from(draw.below(6)).unwrap();
    let mut profile = all.swap_remove(at).1;
    for case in &mut profile.cases {
        case.claim = Some(Money::from_fen(draw.below(10_000_000_000)));
        case.filed_on = case.filed_on.plus_days(-i32::try_from(draw.below(900)).unwrap());
    }
    if let Standing::Scored { any, full, known, .. } = &mut profile.standing {
        any.points = Points(i32::try_from(draw.below(2_000)).unwrap() - 500);
        any.base = Points(i32::try_from(draw.below(900)).unwrap());
        any.probability = Probability::new(draw.unit()).unwrap();
        full.probability = Probability::new(draw.unit() * any.probability.value()).unwrap();
        *known = Share::new(draw.unit()).unwrap();
    }
    for dimension in &mut profile.dimensions {
        dimension.points = Points(i32::try_from(draw.below(300)).unwrap() - 150);
        dimension.typical = draw.unit() * 40.0 - 20.0;
    }
    for reason in &mut profile.reasons {
        reason.value = (draw.below(5) > 0).then(|| draw.unit() * 1e9);
        reason.points = Points(i32::try_from(draw.below(300)).unwrap() - 150);
        reason.records_total = usize::try_from(draw.below(5_000)).unwrap();
    }
    for signal in profile.signals.iter_mut().flatten() {
        signal.amount = Some(Money::from_fen(draw.below(1_000_000_000)));
        signal.acts = usize::try_from(draw.below(90)).unwrap();
    }
    for line in &mut profile.coverage {
        line.asked = u32::try_from(draw.below(4_000)).unwrap();
        line.nothing = u32::try_from(draw.below(4_000)).unwrap();
    }
    if let Some(means) = &mut profile.means {
        for amount in [&mut means.recovered.low, &mut means.recovered.expected, &mut means.recovered.high] {
            *amount = Money::from_fen(draw.below(10_000_000_000));
        }
        means.coverage.expected = Some(draw.unit());
        means.owed = Money::from_fen(draw.below(10_000_000_000));
    }
    profile
}

/// Every way in which a number or a text of a document may be written, as the digits that would be seen.
fn allowed(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Number(number) => {
            let n = number.as_f64().unwrap();
            for text in [
                format!("{n}"),
                format!("{n:.0}"),
                format!("{n:.1}"),
                format!("{n:.2}"),
                format!("{n:.4}"),
                format!("{:.0}", n * 100.0),
                format!("{:.2}", n / 100.0),
                Money::from_fen(n.round() as i64).to_string(),
            ] {
                seen.extend(digits(&text));
            }
            // "< 1 %" and yes or no.
            if n > 0.0 && n < 0.005 {
                seen.insert("1".to_owned());
            }
        }
        Value::String(text) => seen.extend(digits(text)),
        Value::Array(values) => values.iter().for_each(|value| allowed(value, seen)),
        Value::Object(fields) => fields.values().for_each(|value| allowed(value, seen)),
        Value::Bool(_) | Value::Null => {}
    }
}

/// The numbers in a text: digits with thousands apart joined, leading zeros and a trailing point cut off.
fn digits(text: &str) -> Vec<String> {
    let joined: String = text.chars().filter(|c| *c != ',').collect();
    joined
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.').to_owned())
        .filter(|number| !number.is_empty())
        .collect()
}

fn unfounded(page: &str, documents: &[Value], fixed: &BTreeSet<String>) -> Vec<String> {
    let mut seen = fixed.clone();
    documents.iter().for_each(|document| allowed(document, &mut seen));
    // Two numbers side by side share no comma in these pages: thousands are the only commas between digits.
    digits(&text(page)).into_iter().filter(|number| !seen.contains(number)).collect()
}

/// Numbers of the phrases themselves, such as articles of law.
fn fixed() -> BTreeSet<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/report/phrases.toml")).unwrap();
    digits(&text).into_iter().collect()
}

#[test]
fn every_number_of_a_report_stands_in_the_profile() {
    let rules = AdviceRules::standard().unwrap();
    let pages = [Language::Zh, Language::En].map(|language| Pages::new(language).unwrap());
    let fixed = fixed();
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    for nth in 0..1_000 {
        let profile = drawn(&mut draw);
        let advice: Advice = advise(&profile, &rules).unwrap();
        let documents = [serde_json::to_value(&profile).unwrap(), serde_json::to_value(&advice).unwrap()];
        let page = pages[nth % 2].portrait(&profile, &advice, &Links::default()).unwrap();
        let wrong = unfounded(&page, &documents, &fixed);
        assert!(wrong.is_empty(), "profile {nth}: {wrong:?}");
    }
    // The check can fail: a number changed on the page is found.
    let (_, profile) = archetypes().swap_remove(0);
    let advice = advise(&profile, &rules).unwrap();
    let documents = [serde_json::to_value(&profile).unwrap(), serde_json::to_value(&advice).unwrap()];
    let page = pages[0].portrait(&profile, &advice, &Links::default()).unwrap().replace("93 %", "94.7 %");
    assert_eq!(unfounded(&page, &documents, &fixed), ["94.7"]);
}

#[test]
fn the_page_of_all_debtors_counts_and_names_only_what_portraits_hold() {
    let profiles: Vec<DebtorProfile> = archetypes().into_iter().map(|(_, profile)| profile).collect();
    let batch = Batch::of(&profiles);
    assert_eq!(batch.grades.iter().map(|group| group.debtors).sum::<usize>(), batch.debtors);
    assert_eq!(batch.claim, profiles.iter().map(DebtorProfile::claim).sum());
    let page = Pages::new(Language::En).unwrap().batch((&batch, &profiles), 100, &Links::default()).unwrap();
    let documents = [serde_json::to_value(&batch).unwrap(), serde_json::to_value(&profiles).unwrap()];
    let mut fixed = fixed();
    fixed.insert(profiles.len().to_string());
    assert_eq!(unfounded(&page, &documents, &fixed), Vec::<String>::new());
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
