//! Law 10: a report adds nothing. Every number of a page stands in the serialised profile, written as its field is
//! written; what else may bear a number is listed here by name and comes from data files.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::{Day, Label, Language, Money, Points, Probability, Share, article, cite};
use wherewithal::profile::{Batch, DebtorProfile, Standing};
use wherewithal::report::{Links, Pages};

use crate::archetypes::archetypes;
use crate::report::text;

/// Numbers in a seeded stream, without a crate for it.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: u64) -> i64 {
        i64::try_from(self.next() % n).unwrap()
    }

    fn unit(&mut self) -> f64 {
        (self.next() % 1_000_000) as f64 / 1e6
    }
}

/// An archetype with its numbers drawn anew.
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
    for moment in &mut profile.timeline {
        moment.first_on = moment.first_on.plus_days(-i32::try_from(draw.below(4_000)).unwrap());
        moment.records = usize::try_from(draw.below(900)).unwrap();
    }
    for line in &mut profile.coverage {
        line.asked = u32::try_from(draw.below(4_000)).unwrap();
        line.nothing = u32::try_from(draw.below(4_000)).unwrap();
    }
    if let Some(means) = &mut profile.means {
        for amount in [&mut means.recovered.low, &mut means.recovered.expected, &mut means.recovered.high] {
            *amount = Money::from_fen(draw.below(10_000_000_000));
        }
        for group in &mut means.groups {
            group.available.expected = Money::from_fen(draw.below(10_000_000_000));
        }
        means.coverage.expected = Some(draw.unit());
        means.owed = Money::from_fen(draw.below(10_000_000_000));
    }
    profile
}

/// Fields that hold amounts, in fen.
const MONEY: [&str; 16] = [
    "claim",
    "amount",
    "paid",
    "owed",
    "open",
    "recovered",
    "to_others",
    "available",
    "gross",
    "haircut",
    "paid_since",
    "costs",
    "secured",
    "co_owners",
    "exempt",
    "priority",
];
/// Fields that hold shares and probabilities, written as whole per cent.
const SHARES: [&str; 5] = ["probability", "known", "needed", "coverage", "share"];

/// What a page may say: texts as they are, and numbers as their fields are written.
#[derive(Default)]
struct Allowed {
    texts: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Allowed {
    fn text(&mut self, text: impl Into<String>) {
        let text = text.into().split_whitespace().collect::<Vec<_>>().join(" ");
        // A text of digits alone would let them through anywhere.
        let bare = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',') || c.is_whitespace();
        if text.chars().any(|c| c.is_ascii_digit()) && (!text.chars().all(bare) || Day::parse(&text).is_ok()) {
            self.texts.insert(text);
        }
    }

    fn document(&mut self, value: &Value) {
        self.value(value, ("", ""));
    }

    /// `at` is the field's name and the unit beside it; `low`, `expected` and `high` are written as what they bound.
    fn value(&mut self, value: &Value, at: (&str, &str)) {
        match value {
            Value::Number(number) => self.number(number.as_f64().unwrap(), at),
            Value::String(text) => self.text(text),
            Value::Array(values) => values.iter().for_each(|value| self.value(value, at)),
            Value::Object(fields) => self.object(fields, at),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, (name, _): (&str, &str)) {
        let unit = fields.get("unit").and_then(Value::as_str).unwrap_or_default();
        if let (Some(file), Some(line)) = (fields.get("file").and_then(Value::as_str), fields.get("line")) {
            self.text(format!("{file}:{line}"));
            return;
        }
        if let (Some(number), Some(instrument)) =
            (fields.get("article").and_then(Value::as_str), fields.get("instrument"))
        {
            for language in [Language::Zh, Language::En] {
                let instrument = match instrument {
                    Value::String(instrument) => instrument.clone(),
                    label => serde_json::from_value::<Label>(label.clone()).unwrap().text(language).to_owned(),
                };
                self.text(instrument + &article(number, language));
            }
        }
        // `online round 2`, `execution_fee above 500000`: the number keeps its word in either language.
        if let Some((words, number)) = fields.get("rule").and_then(Value::as_str).and_then(|rule| rule.rsplit_once(' '))
        {
            for (word, both) in [("round", ["轮次", "round"]), ("above", ["超过", "above"])] {
                if words.ends_with(word) {
                    both.into_iter().for_each(|word| self.text(format!("{word} {number}")));
                }
            }
        }
        for (key, value) in fields {
            let key = if ["low", "expected", "high"].contains(&key.as_str()) { name } else { key };
            self.value(value, (key, unit));
        }
    }

    fn number(&mut self, n: f64, (name, unit): (&str, &str)) {
        let money = || Money::from_fen(n.abs().round() as i64).to_string();
        let percent = || if n > 0.0 && n < 0.005 { "1 %".to_owned() } else { format!("{:.0} %", n.abs() * 100.0) };
        let written = match (name, unit) {
            (name, _) if MONEY.contains(&name) => money(),
            (name, _) if SHARES.contains(&name) => percent(),
            ("value" | "from" | "to", "fen") => money(),
            ("value" | "from" | "to", "share") => format!("{:.0} %", n.abs() * 100.0),
            ("value" | "from" | "to", "ratio") => format!("{:.2}", n.abs()),
            ("value" | "from" | "to" | "typical", _) => format!("{:.0}", n.abs()),
            _ => {
                assert_eq!(n.fract(), 0.0, "field `{name}`: in which unit is it written?");
                format!("{:.0}", n.abs())
            }
        };
        self.numbers.insert(written);
    }

    /// Numbers of the page that nothing allowed explains.
    fn unfounded(&self, page: &str) -> Vec<String> {
        let mut page = text(page);
        let mut texts: Vec<&String> = self.texts.iter().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        for text in texts {
            page = without(&page, text);
        }
        numbers(&page).into_iter().filter(|number| !self.numbers.contains(number)).collect()
    }
}

/// The page without a text, where that does not stand in the middle of a number.
fn without(page: &str, text: &str) -> String {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut left = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(text) {
        let (before, after) = (&rest[..at], &rest[at + text.len()..]);
        let cuts = (digit(text.chars().next()) && digit(before.chars().next_back()))
            || (digit(text.chars().next_back()) && digit(after.chars().next()));
        left.push_str(before);
        left.push_str(if cuts { text } else { "·" });
        rest = after;
    }
    left + rest
}

/// The numbers of a text: thousands joined, months of a calendar and per cents as one.
fn numbers(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let mut number = String::new();
        while digit(at) || (matches!(chars.get(at), Some(',' | '.')) && digit(at + 1)) {
            number.extend(chars.get(at).filter(|c| **c != ','));
            at += 1;
        }
        if number.len() == 4 && chars.get(at) == Some(&'-') && digit(at + 1) && digit(at + 2) {
            number.extend(&chars[at..at + 3]);
            at += 3;
        }
        if chars.get(at) == Some(&' ') && chars.get(at + 1) == Some(&'%') {
            number.push_str(" %");
        }
        found.push(number);
    }
    found
}

/// Texts of the data files that bear numbers: phrases, and the rules of advice with their articles, work and time.
fn fixed(language: Language) -> Allowed {
    let mut fixed = Allowed::default();
    let code = if language == Language::Zh { "zh" } else { "en" };
    let phrases: toml::Table = toml::from_str(include_str!("../../data/report/phrases.toml")).unwrap();
    let phrase = |section: &str, key: &str| phrases[section][key][code].as_str().unwrap().to_owned();
    for section in phrases.values() {
        section.as_table().unwrap().values().for_each(|phrase| fixed.text(phrase[code].as_str().unwrap()));
    }
    let standard = AdviceRules::standard().unwrap();
    for rule in standard.rules() {
        let of_rule = [&rule.zh, &rule.en, &rule.why.zh, &rule.why.en];
        let conditions = rule.when.iter().chain(&rule.unless).flat_map(|condition| [&condition.zh, &condition.en]);
        let verify = rule.verify.iter().flat_map(|label| [&label.zh, &label.en]);
        of_rule.into_iter().chain(conditions).chain(verify).for_each(|text| fixed.text(text.as_str()));
        for year in 1990..2040 {
            let bases = cite(&rule.basis, Day::new(year, 7, 1).unwrap()).unwrap();
            bases.iter().for_each(|basis| fixed.text(basis.text(language)));
        }
        fixed.text(format!("{} {} {}", phrase("advice", "effort"), rule.effort_hours, phrase("page", "hours")));
        fixed.text(format!("{} {} {}", phrase("advice", "wait"), rule.wait_days, phrase("page", "days")));
    }
    fixed
}

/// What a portrait may say: the profile, the fixed texts, and the scale of its charts: years or months between the
/// first and the last day of the timeline, and zero.
fn allowed(profile: &DebtorProfile, language: Language) -> Allowed {
    let mut allowed = fixed(language);
    allowed.document(&serde_json::to_value(profile).unwrap());
    allowed.numbers.insert("0".to_owned());
    if let Some(scale) = wherewithal::profile::TimeScale::from_profile(profile) {
        let (first, last) = scale.days().into_inner();
        for year in first.year()..=last.year() {
            allowed.numbers.insert(year.to_string());
            allowed.numbers.extend((1..=12).map(|month| format!("{year}-{month:02}")));
        }
    }
    allowed
}

#[test]
fn every_number_of_a_report_stands_in_the_profile() {
    let rules = AdviceRules::standard().unwrap();
    let both = [Language::Zh, Language::En];
    let pages = both.map(|language| Pages::new(language).unwrap());
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    for nth in 0..1_000 {
        let profile = drawn(&mut draw);
        let advice = advise(&profile, &rules).unwrap();
        let page = pages[nth % 2].portrait(&profile, &advice, &Links::default()).unwrap();
        let wrong = allowed(&profile, both[nth % 2]).unfounded(&page);
        assert!(wrong.is_empty(), "profile {nth}: {wrong:?}");
    }
}

#[test]
fn a_number_from_elsewhere_is_found() {
    let (_, profile) = archetypes().swap_remove(0);
    let advice = advise(&profile, &AdviceRules::standard().unwrap()).unwrap();
    let page = Pages::new(Language::En).unwrap().portrait(&profile, &advice, &Links::default()).unwrap();
    let allowed = allowed(&profile, Language::En);
    assert_eq!(allowed.unfounded(&page), Vec::<String>::new());
    // Each of these digits stands in the profile, but not as this number.
    for (written, forged) in [("93 %", "94 %"), ("120,000.00", "120,000.01"), ("2017-06-12", "2017-06-13")] {
        assert!(page.contains(written), "{written}");
        assert!(!allowed.unfounded(&page.replace(written, forged)).is_empty(), "{forged}");
    }
    let mut other = advice.clone();
    other.measures[0].effort_hours += 100.0;
    let page = Pages::new(Language::En).unwrap().portrait(&profile, &other, &Links::default()).unwrap();
    assert_eq!(allowed.unfounded(&page), ["101"]);
}

#[test]
fn every_number_of_the_page_of_all_debtors_stands_in_the_batch_or_its_portraits() {
    let profiles: Vec<DebtorProfile> = archetypes().into_iter().map(|(_, profile)| profile).collect();
    let batch = Batch::from_profiles(&profiles);
    for language in [Language::Zh, Language::En] {
        let page = Pages::new(language).unwrap().batch(&batch, &profiles, 100, &Links::default()).unwrap();
        let mut allowed = fixed(language);
        allowed.document(&serde_json::to_value(&batch).unwrap());
        allowed.document(&serde_json::to_value(&profiles).unwrap());
        assert_eq!(allowed.unfounded(&page), Vec::<String>::new());
    }
}
