use std::collections::BTreeMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

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

/// Legal forms as token lists, longest first, each with its short form.
static LEGAL_FORMS: LazyLock<Vec<(Vec<String>, String)>> = LazyLock::new(|| {
    let mut forms: Vec<(Vec<String>, String)> = include_str!("../../data/linkage/legal_forms.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(long, short)| (long.split(' ').map(str::to_owned).collect(), short.to_owned()))
        .collect();
    forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| b.0.cmp(&a.0)));
    forms
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

/// How a folded name sounds: Chinese as pinyin without tones, surname and given name apart; tokens sorted and joined,
/// so that the order in which a foreign form writes them does not matter.
///
/// ```
/// # use wherewithal::linkage::{folded, sound};
/// assert_eq!(sound(&folded("王小明")), sound(&folded("Xiaoming WANG")));
/// ```
pub fn sound(folded: &str) -> String {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    let mut han = 0;
    for c in folded.chars() {
        if let Some(reading) = c.to_pinyin().filter(|_| is_han(c)) {
            if han < 2 {
                tokens.push(String::new());
            }
            han += 1;
            open = false;
            if let Some(last) = tokens.last_mut() {
                last.push_str(&reading.plain().to_uppercase());
            }
        } else if c == ' ' {
            open = false;
        } else {
            if !open {
                tokens.push(String::new());
                open = true;
            }
            if let Some(last) = tokens.last_mut() {
                last.push(c);
            }
        }
    }
    tokens.sort_unstable();
    tokens.concat()
}

/// The tokens of a folded firm's name with the wording of its legal form made short.
pub(crate) fn firm_tokens(folded: &str) -> Vec<String> {
    let tokens: Vec<String> = folded.split(' ').filter(|token| !token.is_empty()).map(shortened).collect();
    let mut found = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let form = LEGAL_FORMS.iter().find(|(long, _)| rest.starts_with(long));
        found.push(form.map_or_else(|| first.clone(), |(_, short)| short.clone()));
        rest = form.and_then(|(long, _)| rest.get(long.len()..)).unwrap_or(after);
    }
    found
}

/// A name as folded, with the wording of a firm's legal form made short: what must be equal for two names to be one.
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
    let form = LEGAL_FORMS.iter().filter(|(long, _)| long.len() == 1).find_map(|(long, short)| {
        let long = long.first().filter(|long| long.starts_with(is_han))?;
        token.strip_suffix(long.as_str()).map(|stem| format!("{stem}{short}"))
    });
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
    fn homophones_sound_alike() {
        assert_eq!(sound("张伟"), sound("章玮"));
        assert_ne!(sound("张伟"), sound("李伟"));
    }

    #[test]
    fn legal_forms_become_short() {
        assert_eq!(firm_tokens("SIEMENS AKTIENGESELLSCHAFT"), ["SIEMENS", "AG"]);
        assert_eq!(firm_tokens("X OPEN JOINT STOCK COMPANY"), ["X", "JSC"]);
        assert_eq!(firm_tokens("无锡某某有限责任公司"), ["无锡某某有限公司"]);
    }
}
