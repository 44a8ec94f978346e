//! How names are read aloud: Chinese as pinyin without tones, also by the other readings of its characters.

use pinyin::{ToPinyin, ToPinyinMulti};

use super::name::{fingerprint, is_han};

/// The reading of a Chinese character, in capitals without its tone.
fn read_aloud(c: char) -> Option<String> {
    c.to_pinyin().filter(|_| is_han(c)).map(|reading| reading.plain().to_uppercase())
}

/// How ü is written where a form takes no marks on letters: without them, as it is typed, and as passports have it.
const UMLAUT: [&str; 3] = ["U", "V", "YU"];

/// Surnames that are read otherwise than the character elsewhere.
const SURNAMES: [(char, &str); 12] = [
    ('单', "SHAN"),
    ('曾', "ZENG"),
    ('解', "XIE"),
    ('仇', "QIU"),
    ('查', "ZHA"),
    ('区', "OU"),
    ('朴', "PIAO"),
    ('盖', "GE"),
    ('乐', "YUE"),
    ('员', "YUN"),
    ('翟', "ZHAI"),
    ('尉', "YU"),
];

/// Characters of the longest name of which every reading counts: a surname of two and a given name of two, or one of
/// another people of China.
const LONGEST: usize = 6;
/// Letters in which such a name is written.
const LETTERS: usize = 6 * LONGEST;
/// Readings of one name that are combined; beyond them each character is varied alone.
const COMBINED: usize = 64;

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
        if let Some(reading) = read_aloud(c) {
            if han < 2 {
                tokens.push(String::new());
            }
            han += 1;
            open = false;
            if let Some(last) = tokens.last_mut() {
                last.push_str(&reading.replace('Ü', "U"));
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

/// The ways a folded name may be read aloud, each as a number.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pronunciations {
    /// The sorted tokens of [`sound`]; what stands there in order, so that a name in one word is the name in two; and
    /// the last word first.
    usual: Vec<u64>,
    /// A Chinese name by every reading of its characters.
    chinese: Vec<u64>,
    /// A name in other letters, begun at each of them: wherever the surname stands, and whatever is glued.
    foreign: Vec<u64>,
}

impl Pronunciations {
    /// Reads a folded name in every way that counts.
    ///
    /// A Chinese character has 1.4 readings on average, of which a name in Chinese does not say which is meant. So they
    /// count against names in other letters alone: of two Chinese names the characters tell more. They count in names
    /// of at most six characters; up to 64 readings of a name are combined, of a name with more each character is
    /// varied alone.
    pub(super) fn new(folded: &str) -> Self {
        let chinese = combined(folded).iter().flat_map(|syllables| written(&syllables.concat())).collect();
        Self { usual: usual(folded), chinese: numbers(chinese), foreign: numbers(begun_anywhere(folded)) }
    }

    /// Whether both may be read alike.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let meet = |a: &[u64], b: &[u64]| a.iter().any(|one| b.contains(one));
        meet(&self.usual, &other.usual) || meet(&self.chinese, &other.foreign) || meet(&self.foreign, &other.chinese)
    }

    /// What an index keeps of a name: the letters of one that is not Chinese are kept as they stand.
    pub(super) fn kept(&self) -> impl Iterator<Item = u64> {
        self.usual.iter().chain(&self.chinese).copied()
    }

    /// What an index is asked for: what it may have kept of any name that meets this one.
    pub(super) fn sought(&self, folded: &str) -> Vec<u64> {
        let turned = |syllables: Vec<String>| {
            let turns = (1..syllables.len().min(3)).map(move |at| {
                let (surname, given) = syllables.split_at(at);
                [given.concat(), surname.concat()].concat()
            });
            turns.collect::<Vec<_>>()
        };
        let turned = combined(folded).into_iter().flat_map(turned).flat_map(|aloud| written(&aloud));
        let turned = numbers(turned.collect());
        [self.usual.as_slice(), &self.chinese, &self.foreign, &turned].concat()
    }
}

/// The usual readings of a name of any script.
fn usual(folded: &str) -> Vec<u64> {
    let of = |first: Option<&str>| {
        let aloud = folded.chars().zip(0..).filter(|(c, _)| *c != ' ').map(|(c, at)| match read_aloud(c) {
            Some(reading) => first.filter(|_| at == 0).map_or(reading, str::to_owned),
            None => c.to_string(),
        });
        aloud.collect::<String>()
    };
    let surname = folded.chars().next().and_then(|first| SURNAMES.iter().find(|(surname, _)| *surname == first));
    let aloud = std::iter::once(of(None)).chain(surname.map(|(_, reading)| of(Some(reading))));
    let mut found: Vec<String> = aloud.flat_map(|aloud| written(&aloud)).collect();
    found.push(sound(folded));
    if let Some((rest, last)) = folded.rsplit_once(' ').filter(|_| !folded.contains(is_han)) {
        found.push(format!("{last}{}", rest.replace(' ', "")));
    }
    numbers(found)
}

/// The syllables of a short Chinese name, by every reading of each character; nothing for other names.
fn combined(folded: &str) -> Vec<Vec<String>> {
    let characters: Vec<char> = folded.chars().collect();
    if !(2..=LONGEST).contains(&characters.len()) || !characters.iter().all(|c| is_han(*c)) {
        return Vec::new();
    }
    let each: Vec<Vec<String>> = characters.iter().map(|c| every_reading(*c)).collect();
    let first: Vec<String> = each.iter().filter_map(|readings| readings.first().cloned()).collect();
    if first.len() < each.len() {
        return Vec::new();
    }
    if each.iter().map(Vec::len).product::<usize>() > COMBINED {
        let alone = each.iter().enumerate().flat_map(|(at, readings)| readings.iter().map(move |other| (at, other)));
        let varied = |(at, other): (usize, &String)| {
            first.iter().enumerate().map(|(i, own)| if i == at { other } else { own }.clone()).collect()
        };
        return alone.map(varied).collect();
    }
    each.iter().fold(vec![Vec::new()], |begun, readings| {
        let longer = begun.iter().flat_map(|begun: &Vec<String>| {
            readings.iter().map(move |reading| begun.iter().chain([reading]).cloned().collect())
        });
        longer.collect()
    })
}

/// The readings of a character without their tones, the usual one first; none of a character that nobody reads.
fn every_reading(c: char) -> Vec<String> {
    let of_character = c.to_pinyin_multi().into_iter().flatten().map(|reading| reading.plain().to_uppercase());
    let of_surname = SURNAMES.iter().filter(|(surname, _)| *surname == c).map(|(_, reading)| (*reading).to_owned());
    of_character.chain(of_surname).fold(Vec::new(), |mut found, reading| {
        if !found.contains(&reading) {
            found.push(reading);
        }
        found
    })
}

/// A reading in every way that ü is written.
fn written(aloud: &str) -> Vec<String> {
    let ways = if aloud.contains('Ü') { UMLAUT.as_slice() } else { &[""] };
    ways.iter().map(|umlaut| aloud.replace('Ü', umlaut)).collect()
}

/// The letters of a name of which none is Chinese, begun at each of them; figures are left out, they are tones.
fn begun_anywhere(folded: &str) -> Vec<String> {
    let letters: String = folded.chars().filter(char::is_ascii_alphabetic).collect();
    if folded.contains(is_han) || letters.len() > LETTERS {
        return Vec::new();
    }
    let begun = |at| Some([letters.get(at..)?, letters.get(..at)?].concat());
    (0..letters.len()).filter_map(begun).collect()
}

/// Texts as numbers, in order, each once.
fn numbers(texts: Vec<String>) -> Vec<u64> {
    let mut numbers: Vec<u64> = texts.iter().map(|text| fingerprint(text.bytes())).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::name::folded;
    use super::*;

    fn meets(a: &str, b: &str) -> bool {
        let aloud = |name: &str| Pronunciations::new(&folded(name));
        assert_eq!(aloud(a).meets(&aloud(b)), aloud(b).meets(&aloud(a)), "{a} {b}");
        aloud(a).meets(&aloud(b))
    }

    #[test]
    fn homophones_sound_alike() {
        assert_eq!(sound("张伟"), sound("章玮"));
        assert_ne!(sound("张伟"), sound("李伟"));
        assert_eq!(sound("吕"), "LU");
    }

    #[test]
    fn a_name_in_one_word_or_in_another_order_reads_alike() {
        for written in ["Zhang Wei", "Wei ZHANG", "Zhangwei", "ZHANG-WEI", "weizhang", "Zhang1 Wei3"] {
            assert!(meets("张伟", written), "{written}");
        }
        for written in ["Ouyang Jianguo", "Jian Guo Ouyang", "Jian-Guo Ou Yang", "OUYANGJIANGUO", "jianguoouyang"] {
            assert!(meets("欧阳建国", written), "{written}");
        }
        assert!(!meets("张伟", "Wei Zhao") && !meets("张伟", "Zhang") && !meets("Ann Lee", "Eean Nl"));
        for written in ["Lu Lihua", "Lü Lihua", "LV LIHUA", "Lihua Lyu", "LVLIHUA", "lihua LV"] {
            assert!(meets("吕力华", written), "{written}");
        }
    }

    #[test]
    fn every_reading_counts_against_other_letters_and_only_there() {
        for (name, readings) in [
            ("单小明", ["Shan Xiaoming", "Dan Xiaoming"]),
            ("曾伟", ["Zeng Wei", "Ceng Wei"]),
            ("张乐", ["Zhang Le", "Yue ZHANG"]),
            ("李重行", ["Li Chongxing", "ZHONGHANG LI"]),
            ("王娜", ["Wang Na", "Nuo Wang"]),
            ("万俟盛", ["Moqi Sheng", "chengmoqi"]),
        ] {
            assert!(readings.iter().all(|reading| meets(name, reading)), "{name} {readings:?}");
        }
        assert!(meets("张乐", "章乐") && !meets("张乐", "张月"), "characters tell more than rare readings");
    }

    #[test]
    fn what_meets_a_name_is_found_by_it() {
        let names = ["张乐", "欧阳建国", "Yue Zhang", "jianguoouyang", "Anna Berg", "吕盛", "lvcheng", "Cheng Lyu"];
        for a in names {
            for b in names.iter().filter(|b| meets(a, b)) {
                let kept: Vec<u64> = Pronunciations::new(&folded(b)).kept().collect();
                let sought = Pronunciations::new(&folded(a)).sought(&folded(a));
                assert!(sought.iter().any(|one| kept.contains(one)), "{a} {b}");
            }
        }
    }

    #[test]
    fn many_readings_are_varied_one_by_one() {
        let many = "伯平行和奇广";
        let found = combined(many);
        let product: usize = many.chars().map(|c| every_reading(c).len()).product();
        let alone: usize = many.chars().map(|c| every_reading(c).len()).sum();
        assert!(product > COMBINED && found.len() == alone, "{product} {}", found.len());
        assert!(combined("张").is_empty() && combined("无锡东方科技有限公司").is_empty());
        assert_eq!(combined("张乐"), [["ZHANG", "LE"], ["ZHANG", "YUE"]]);
    }
}
