//! What happens to names and numbers on their way into a form.

use wherewithal::linkage::sound;

use super::people::{Draws, FORMS, GIVEN, Kind, Party};

/// The ways a name is written otherwise.
pub(crate) const NAMES: [&str; 12] = [
    "as listed",
    "typo that sounds alike",
    "typo of another sound",
    "neighbours swapped",
    "token dropped",
    "token added",
    "other order",
    "pinyin or accents",
    "pinyin in one word",
    "spaces, full width",
    "traditional characters",
    "legal form",
];

/// How the list publishes a number, and how the applicant writes it.
pub(crate) const NUMBERS: [(&str, &str); 16] = [
    ("whole", "whole"),
    ("whole", "15 digits"),
    ("whole", "small x, full width"),
    ("whole", "spaces"),
    ("whole", "one digit missing"),
    ("whole", "none"),
    ("10 + **** + 4", "whole"),
    ("10 + **** + 4", "15 digits"),
    ("10 + **** + 4", "one digit missing"),
    ("10 + **** + 4", "none"),
    ("6 + **** + 4", "whole"),
    ("6 + ******** + 4", "whole"),
    ("11 + **** + 4", "whole"),
    ("10 + XXXX + 4", "whole"),
    ("10 + full-width stars + 4", "whole"),
    ("15 digits, 9 + *** + 3", "whole"),
];

/// A name written in one of the ways of [`NAMES`]; `None` where that way does not exist for the party.
pub(crate) fn name(party: &Party, way: usize, draws: &mut Draws) -> Option<String> {
    let (name, is_latin) = (&party.name, matches!(party.kind, Kind::Foreigner | Kind::ForeignFirm));
    let letters: Vec<char> = name.chars().collect();
    let words: Vec<&str> = name.split(' ').collect();
    let given: Vec<char> = GIVEN.chars().collect();
    let at = 1 + draws.below(letters.len() - 1);
    let replaced = |with: char| letters.iter().enumerate().map(|(i, c)| if i == at { with } else { *c }).collect();
    let written = match way {
        0 => name.clone(),
        1 if is_latin => name.replacen("ff", "f", 1).replacen("ss", "s", 1).replacen('k', "c", 1).replacen('i', "y", 1),
        1 => {
            let alike =
                given.iter().filter(|c| **c != letters[at] && sound(&c.to_string()) == sound(&letters[at].to_string()));
            replaced(alike.copied().next()?)
        }
        2 if is_latin => replaced(char::from(b'a' + draws.below(26) as u8)),
        2 => replaced(draws.pick(&given)),
        3 => {
            let mut swapped = letters.clone();
            swapped.swap(at, if at + 1 < letters.len() { at + 1 } else { at - 1 });
            swapped.into_iter().collect()
        }
        4 if is_latin && words.len() > 2 => {
            let gone = draws.below(words.len() - 1);
            words.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
        }
        4 if party.kind == Kind::Firm => {
            if draws.below(2) == 0 {
                letters[2..].iter().collect()
            } else {
                bare(name)
            }
        }
        4 => return None,
        5 => match party.kind {
            Kind::Person => format!("{name}先生"),
            Kind::Firm => format!("{name}无锡分公司"),
            Kind::Foreigner => format!("{} Maria {}", words[0], words[1..].join(" ")),
            Kind::ForeignFirm => format!("The {name}"),
        },
        6 if is_latin => format!("{}, {}", words[words.len() - 1], words[..words.len() - 1].join(" ")),
        6 if party.kind == Kind::Person => letters[1..].iter().chain(&letters[..1]).collect(),
        7 if is_latin => name.replacen('o', "ö", 1).replacen('a', "á", 1).replacen('e', "é", 1),
        7 if party.kind == Kind::Person => {
            let given: String = letters[1..].iter().map(|c| sound(&c.to_string()).to_lowercase()).collect();
            format!("{given} {}", sound(&letters[0].to_string()))
        }
        8 if party.kind == Kind::Person => letters.iter().map(|c| sound(&c.to_string())).collect(),
        9 if is_latin => name.to_uppercase().chars().map(wide).collect(),
        9 => letters.iter().map(|c| format!("{c}　")).collect(),
        10 if !is_latin => traditional(name)?,
        11 if party.kind == Kind::ForeignFirm => {
            let (long, short) = FORMS.into_iter().find(|(_, short)| name.ends_with(short))?;
            let stem = name.strip_suffix(short)?;
            match draws.below(3) {
                0 => format!("{stem}{long}"),
                1 => format!("{}{short}", stem.replace(' ', "")),
                _ => stem.trim().to_owned(),
            }
        }
        11 if party.kind == Kind::Firm => match draws.below(2) {
            0 => bare(name),
            _ if name.contains("有限责任公司") => name.replace("有限责任公司", "有限公司"),
            _ => name.replace("有限公司", "有限责任公司"),
        },
        _ => return None,
    };
    Some(written)
}

fn bare(firm: &str) -> String {
    ["股份有限公司", "有限责任公司", "有限公司"].into_iter().fold(firm.to_owned(), |name, form| name.replace(form, ""))
}

fn wide(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c }
}

fn traditional(name: &str) -> Option<String> {
    let pairs = [
        ('张', '張'),
        ('刘', '劉'),
        ('陈', '陳'),
        ('伟', '偉'),
        ('国', '國'),
        ('军', '軍'),
        ('丽', '麗'),
        ('华', '華'),
        ('龙', '龍'),
        ('无', '無'),
        ('苏', '蘇'),
        ('公', '公'),
        ('东', '東'),
    ];
    let written = pairs.into_iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, &to.to_string()));
    (written != name).then_some(written)
}

/// The number as the list publishes it.
pub(crate) fn listed(number: &str, form: &str) -> String {
    if number.is_empty() {
        return String::new();
    }
    let ends = |head: usize, hidden: &str, tail: usize| format!("{}{hidden}{}", &number[..head], &number[18 - tail..]);
    match form {
        // Whoever is born later, and every firm, never had 15 digits.
        "15 digits, 9 + *** + 3" if !has_older(number) => ends(10, "****", 4),
        "10 + **** + 4" => ends(10, "****", 4),
        "6 + **** + 4" => ends(6, "****", 4),
        "6 + ******** + 4" => ends(6, "********", 4),
        "11 + **** + 4" => ends(11, "****", 4),
        "10 + XXXX + 4" => ends(10, "XXXX", 4),
        "10 + full-width stars + 4" => ends(10, "＊＊＊＊", 4),
        "15 digits, 9 + *** + 3" => {
            let old = older(number);
            format!("{}***{}", &old[..9], &old[old.len() - 3..])
        }
        _ => number.to_owned(),
    }
}

/// The number as the applicant writes it; `None` where that form does not exist for it.
pub(crate) fn given(number: &str, form: &str, draws: &mut Draws) -> Option<String> {
    Some(match form {
        "none" => String::new(),
        "15 digits" if has_older(number) => older(number),
        "15 digits" => return None,
        "small x, full width" => number.to_lowercase().chars().map(wide).collect(),
        "spaces" => format!(" {} {} {} ", &number[..6], &number[6..14], &number[14..]),
        "one digit missing" => {
            let gone = draws.below(number.len());
            number.char_indices().filter(|(i, _)| *i != gone).map(|(_, c)| c).collect()
        }
        _ => number.to_owned(),
    })
}

fn has_older(number: &str) -> bool {
    number.get(6..8) == Some("19") && number.bytes().take(17).all(|b| b.is_ascii_digit())
}

fn older(number: &str) -> String {
    format!("{}{}", &number[..6], &number[8..17])
}
