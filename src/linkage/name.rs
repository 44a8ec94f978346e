//! Normal forms of names: variant characters, legal forms of firms, tokens.
//!
//! | form | equal for | made by |
//! |---|---|---|
//! | folded | 張 偉 and 张伟, Ｏlaf and OLAF | [`folded`] |
//! | sound | 王小明 and Xiaoming WANG | [`sound`] |
//! | standard | 無錫某某有限责任公司 and 无锡某某有限公司 | [`standard_name`] |
//!
//! Characters and legal forms are data (`data/linkage/variants.txt`, `legal_forms.txt`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// A character's standard form: traditional and variant Chinese characters become the generally used one.
static VARIANTS: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    include_str!("../../data/linkage/variants.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .filter_map(|pair| {
            let mut characters = pair.chars();
            Some((characters.next()?, characters.next()?))
        })
        .collect()
});

/// A wording of a legal form as tokens, and its short form.
type LegalForm = (Vec<String>, String);

/// Legal forms by their first token, the longest first.
static LEGAL_FORMS: LazyLock<HashMap<String, Vec<LegalForm>>> = LazyLock::new(|| {
    let mut forms: HashMap<String, Vec<LegalForm>> = HashMap::new();
    let lines = include_str!("../../data/linkage/legal_forms.txt").lines().filter(|line| !line.starts_with('#'));
    for (long, short) in lines.filter_map(|line| line.split_once('=')) {
        let tokens: Vec<String> = long.split(' ').map(str::to_owned).collect();
        let Some(first) = tokens.first().cloned() else { continue };
        forms.entry(first).or_default().push((tokens, short.to_owned()));
    }
    for forms in forms.values_mut() {
        forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| b.0.cmp(&a.0)));
    }
    forms
});

/// The legal forms that are written without blanks, each with its short form, the longest first.
static GLUED_FORMS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let forms = LEGAL_FORMS.values().flatten().filter_map(|(long, short)| Some((long.first()?, short)));
    let mut forms: Vec<(&str, &str)> = forms
        .filter(|(long, _)| long.starts_with(is_han))
        .map(|(long, short)| (long.as_str(), short.as_str()))
        .collect();
    forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    forms
});

/// The short forms that stand as words of their own. One of two letters counts only when it is nobody's name, as NA is.
static FORM_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let names = ["AB", "AG", "BV", "CO", "KG", "LP", "NV", "OY", "SA"];
    let shorts = LEGAL_FORMS.values().flatten().map(|(_, short)| short.as_str());
    shorts.filter(|short| short.chars().count() > 2 || names.contains(short)).collect()
});

/// The endings of words that are legal forms, each with the short form: every form of three letters or more.
static FORM_ENDINGS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let forms = LEGAL_FORMS.values().flatten().flat_map(|(long, short)| {
        let word = long.first().filter(|_| long.len() == 1).map(|word| (word.as_str(), short.as_str()));
        word.into_iter().chain([(short.as_str(), short.as_str())])
    });
    let mut endings: Vec<(&str, &str)> = forms.filter(|(ending, _)| ending.chars().count() > 2).collect();
    endings.sort_unstable();
    endings.dedup();
    endings
});

/// Whether `c` is a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// A text in the form in which spellings that mean the same are equal.
///
/// Full-width becomes half-width, traditional and variant Chinese characters become standard ones, other scripts become
/// Latin capitals without accents, marks and punctuation become single blanks, and no blank stands next to a Chinese
/// character.
///
/// ```
/// # use wherewithal::linkage::folded;
/// assert_eq!(folded("張 偉"), folded("张伟"));
/// assert_eq!(folded("Ｏlaf-Schölz "), "OLAF SCHOLZ");
/// assert_eq!(folded("Владимир"), "VLADIMIR");
/// ```
pub fn folded(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    for c in text.chars() {
        if is_han(c) {
            if form.ends_with(' ') {
                form.pop();
            }
            form.push(VARIANTS.get(&c).copied().unwrap_or(c));
            continue;
        }
        let latin = if c.is_ascii() { "" } else { any_ascii::any_ascii_char(c) };
        let own = c.encode_utf8(&mut [0; 4]).to_owned();
        let spelt = if c.is_ascii() { own.as_str() } else { latin };
        let modifier = matches!(c, '\'' | '’' | '`' | '\u{2bc}' | '\u{300}'..='\u{36f}') || spelt.is_empty();
        for letter in spelt.chars().filter(|_| !modifier) {
            if letter.is_ascii_alphanumeric() {
                form.push(letter.to_ascii_uppercase());
            } else if !form.is_empty() && !form.ends_with(' ') && !form.ends_with(is_han) {
                form.push(' ');
            }
        }
    }
    form.truncate(form.trim_end().len());
    form
}

/// A number for a text (FNV-1a): equal texts have equal numbers.
pub(crate) fn fingerprint(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A firm's name cut into what tells it apart and its legal form, both without blanks; a form glued to a word is cut
/// off. A person's form of address goes as well.
pub(super) fn stem_and_form(tokens: &[String]) -> (Vec<String>, String) {
    let is_form = |token: &String| FORM_WORDS.contains(token.as_str());
    let mut stem = without_address(tokens);
    let mut form = String::new();
    while let Some(last) = stem.pop_if(|last| is_form(last)) {
        form.insert_str(0, &last.replace(' ', ""));
    }
    if form.is_empty() && stem.first().is_some_and(is_form) {
        form = stem.remove(0).replace(' ', "");
    }
    if form.is_empty()
        && let Some(last) = stem.last_mut()
    {
        let least = |ending: &str| if ending.starts_with(is_han) { 2 } else { 4 };
        let cut = FORM_ENDINGS
            .iter()
            .filter_map(|(ending, short)| Some((last.strip_suffix(ending)?.to_owned(), short, ending)))
            .filter(|(rest, _, ending)| rest.chars().count() >= least(ending))
            .min_by_key(|(rest, ..)| rest.len());
        if let Some((rest, short, _)) = cut {
            (*last, form) = (rest, short.replace(' ', ""));
        }
    }
    if stem.is_empty() { (tokens.to_vec(), String::new()) } else { (stem, form) }
}

/// A name without 先生 behind it or MR before it.
pub(super) fn without_address(tokens: &[String]) -> Vec<String> {
    let mut rest = tokens.to_vec();
    if rest.len() > 1
        && rest.first().is_some_and(|first| ["MR", "MRS", "MS", "MISS", "DR", "PROF"].contains(&first.as_str()))
    {
        rest.remove(0);
    }
    if let Some(last) = rest.last_mut() {
        let bare = ["先生", "女士", "小姐"].iter().find_map(|address| last.strip_suffix(address));
        if let Some(bare) = bare.filter(|bare| bare.chars().count() >= 2).map(str::to_owned) {
            *last = bare;
        }
    }
    rest
}

/// The tokens of a folded firm's name with the wording of its legal form made short, initials together and without the
/// word "and", which `&` folds to nothing beside.
pub(crate) fn firm_tokens(folded: &str) -> Vec<String> {
    let tokens: Vec<String> = folded.split(' ').filter(|token| !token.is_empty()).map(shortened).collect();
    let mut found: Vec<String> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    let mut initials = false;
    while let Some((first, after)) = rest.split_first() {
        let form = LEGAL_FORMS.get(first).and_then(|forms| forms.iter().find(|(long, _)| rest.starts_with(long)));
        let is_initial = form.is_none() && first.len() == 1 && first.starts_with(|c: char| c.is_ascii_alphabetic());
        match form {
            Some((_, short)) => found.push(short.clone()),
            None if AND.contains(&first.as_str()) && !found.is_empty() && !after.is_empty() => {}
            None if initials && is_initial => found.last_mut().into_iter().for_each(|last| last.push_str(first)),
            None => found.push(first.clone()),
        }
        initials = is_initial;
        rest = form.and_then(|(long, _)| rest.get(long.len()..)).unwrap_or(after);
    }
    found
}

const AND: [&str; 3] = ["AND", "UND", "ET"];

/// A name as folded, with the wording of a firm's legal form made short, initials together and without "and": what must
/// be equal for two names to be one.
///
/// ```
/// # use wherewithal::linkage::standard_name;
/// assert_eq!(standard_name("無錫某某有限责任公司"), standard_name("无锡某某有限公司"));
/// ```
pub fn standard_name(name: &str) -> String {
    firm_tokens(&folded(name)).join(" ")
}

/// A Chinese firm's name with the wording of its legal form made short; Chinese has no blanks to split at.
fn shortened(token: &str) -> String {
    let glued = || GLUED_FORMS.iter().find_map(|(long, short)| Some(format!("{}{short}", token.strip_suffix(long)?)));
    let form = if token.ends_with(is_han) { glued() } else { None };
    form.unwrap_or_else(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_variants_width_case_and_marks() {
        assert_eq!(folded("買買提·艾力"), "买买提艾力");
        assert_eq!(folded("ＡＢＣ 有限公司"), "ABC有限公司");
        assert_eq!(folded("O'Neil  & Co., Ltd."), "ONEIL CO LTD");
        assert_eq!(folded("  "), "");
        assert_eq!(folded(&folded("Ångström 龍")), folded("Ångström 龍"));
    }

    #[test]
    fn variants_are_one_to_one_characters() {
        for (from, to) in VARIANTS.iter() {
            assert!(is_han(*from) && is_han(*to), "{from}{to}");
            assert!(VARIANTS.get(to).is_none_or(|further| further == to), "{from} leads to {to}, which is no end");
        }
    }

    #[test]
    fn the_legal_form_is_cut_off_even_where_it_is_glued() {
        let cut = |name: &str| {
            let (stem, form) = stem_and_form(&firm_tokens(&folded(name)));
            (stem.concat(), form)
        };
        let is = |stem: &str, form: &str| (stem.to_owned(), form.to_owned());
        assert_eq!(cut("北京东方科技有限责任公司"), is("北京东方科技", "有限公司"));
        assert_eq!(cut("LVNV Funding, LLC"), is("LVNVFUNDING", "LLC"));
        assert_eq!(cut("LVNVFUNDINGLLC"), is("LVNVFUNDING", "LLC"));
        assert_eq!(cut("SiemensAktiengesellschaft"), is("SIEMENS", "AG"));
        assert_eq!(cut("OOO Orion"), is("ORION", "LLC"));
        assert_eq!(cut("Acme Co., Ltd."), is("ACME", "COLTD"));
        assert_eq!((cut("张伟"), cut("Li Na")), (is("张伟", ""), is("LINA", "")));
        assert_eq!((cut("张伟先生"), cut("Mr. Olaf Scholz")), (is("张伟", ""), is("OLAFSCHOLZ", "")));
    }

    #[test]
    fn legal_forms_become_short() {
        assert_eq!(firm_tokens("SIEMENS AKTIENGESELLSCHAFT"), ["SIEMENS", "AG"]);
        assert_eq!(firm_tokens("X OPEN JOINT STOCK COMPANY"), ["X", "JSC"]);
        assert_eq!(firm_tokens("无锡某某有限责任公司"), ["无锡某某有限公司"]);
        let all_one = |names: &[&str]| {
            let forms: Vec<String> = names.iter().map(|name| standard_name(name)).collect();
            assert!(forms.windows(2).all(|pair| pair[0] == pair[1]), "{forms:?}");
        };
        all_one(&[
            "LVNV FUNDING, LLC",
            "LVNV FUNDING LLC",
            "LVNV FUNDING,L.L.C.",
            "Lvnv Funding Limited Liability Company",
        ]);
        all_one(&[
            "F PERRELLI & SONS FUEL,INC",
            "F. Perrelli and Sons Fuel Incorporated",
            "F PERRELLI ＆ SONS FUEL INC.,",
        ]);
        all_one(&["U.S. BANK, N.A.", "US BANK NA", "US Bank National Association"]);
        all_one(&["Müller GmbH & Co. KG", "MULLER G.m.b.H. und Co. KG"]);
        all_one(&["Dupont S.A.R.L.", "DUPONT SARL", "Dupont Société à responsabilité limitée"]);
        all_one(&["Rossi S.p.A.", "ROSSI SPA", "Rossi Società per Azioni"]);
        all_one(&["Acme S.A. de C.V.", "ACME SA DE CV"]);
        all_one(&["Novak s.r.o.", "NOVAK SRO", "Novák spol. s r.o."]);
        all_one(&["トヨタ自動車（株）", "トヨタ自動車株式会社"]);
        all_one(&["Kowalski Sp. z o.o.", "Kowalski spółka z ograniczoną odpowiedzialnością"]);
        assert_ne!(standard_name("MIDLAND CREDIT MANAGEMENT, INC"), standard_name("MIDLAND CREDIT MANAGEMENT, LLC"));
    }
}
