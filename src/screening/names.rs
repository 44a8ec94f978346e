//! An inverted index that finds names which sound alike.
//!
//! Comparing an applicant with every listed name costs too much; the index finds those that can be alike at
//! all. Names that read the same aloud, or hold the same characters in another order, are always among
//! them.

use std::collections::HashMap;
use std::fmt;

use crate::linkage::{NameSimilarity, PreparedName, fingerprint, is_han, sound};

/// Finds names that may be alike: an inverted index over what they sound like, in groups of three letters.
///
/// A name that many bear is compared once. Names with the same reading are always found; of the
/// others those are compared that share enough groups, and none of these is left out.
///
/// # Examples
///
/// ```
/// use wherewithal::screening::NameIndex;
///
/// let index = NameIndex::new([(0, "王小明"), (1, "李建国"), (2, "王晓明")]);
/// let alike = index.alike("王小明", 0.9);
/// assert_eq!(alike.first().map(|(owner, _)| *owner), Some(0)); // the very name stands first
/// assert!(alike.iter().all(|(owner, _)| *owner != 1));
/// ```
#[derive(Clone, Default)]
pub struct NameIndex {
    names: Vec<PreparedName>,
    owners: Vec<Vec<u32>>,
    /// The place of a standard form.
    places: HashMap<String, u32>,
    /// Names by every way to read them aloud, and by their characters in whatever order they stand.
    ways: HashMap<u64, Vec<u32>>,
    grams: HashMap<u64, Vec<u32>>,
}

impl fmt::Debug for NameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameIndex({} names)", self.names.len())
    }
}

/// Places read for one question; the rarest groups are read first.
const READ: usize = 40_000;
/// A candidate shares at least this part of the groups that were read.
const SHARED: f64 = 0.3;
/// Up to this many names have a counter each.
const DENSE: usize = 250_000;

/// A name to be looked for, prepared once for many indexes.
#[derive(Debug)]
pub(super) struct NameQuery {
    pub(super) name: PreparedName,
    grams: Vec<u64>,
}

/// Names that are alike, each with those who bear it.
#[derive(Debug)]
pub(super) struct AlikeNames<'a> {
    pub(super) names: Vec<(&'a [u32], NameSimilarity)>,
    /// Groups of letters that too many names share and that were not read.
    pub(super) unread: usize,
}

impl NameQuery {
    pub(super) fn new(name: &str) -> Self {
        let name = PreparedName::new(name);
        Self { grams: grams(&name), name }
    }
}

/// How alike the most alike are of the names asked for and those that stand in a cell.
pub(super) fn most_alike<'q>(
    queries: impl Iterator<Item = &'q NameQuery> + Clone,
    cell: &str,
) -> Option<NameSimilarity> {
    let names: Vec<PreparedName> =
        std::iter::once(cell.to_owned()).chain(further_names(cell)).map(|name| PreparedName::new(&name)).collect();
    let each = names.iter().flat_map(|name| queries.clone().map(|query| query.name.similarity(name)));
    // The first of equal ones: the cell as it stands.
    each.reduce(|best, other| if other.score > best.score { other } else { best })
}

/// Whether one of the names asked for is of the script of one that stands in a cell: of others the letters tell
/// nothing.
pub(super) fn share_script<'q>(queries: impl Iterator<Item = &'q NameQuery>, cell: &str) -> bool {
    let names = || std::iter::once(cell.to_owned()).chain(further_names(cell));
    let mut scripts = queries.map(|query| query.name.is_chinese());
    scripts.any(|is_chinese| names().any(|name| name.contains(is_han) == is_chinese))
}

/// Whether a cell holds a name as short as a person's.
pub(super) fn has_short_name(cell: &str) -> bool {
    let is_short = |name: &str| name.chars().count() <= PERSON;
    is_short(cell) || further_names(cell).iter().any(|name| is_short(name))
}

impl NameIndex {
    /// Indexes names, each with the number of its owner; an owner may have several.
    pub fn new<'a>(names: impl IntoIterator<Item = (u32, &'a str)>) -> Self {
        let mut index = Self::default();
        for (owner, name) in names {
            index.insert(PreparedName::new(name), &[owner]);
        }
        index
    }

    fn insert(&mut self, name: PreparedName, owners: &[u32]) {
        if let Some(known) = self.places.get(name.standard()).and_then(|at| self.owners.get_mut(*at as usize)) {
            known.extend_from_slice(owners);
            return;
        }
        let at = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.places.insert(name.standard().to_owned(), at);
        let ways = name.kept_readings().chain([in_any_order(&name)]);
        ways.for_each(|way| self.ways.entry(way).or_default().push(at));
        grams(&name).into_iter().for_each(|gram| self.grams.entry(gram).or_default().push(at));
        self.owners.push(owners.to_vec());
        self.names.push(name);
    }

    /// Both indexes in one, the owners of the second counted up by `shift`.
    pub(super) fn joined(&self, later: &Self, shift: u32) -> Self {
        let mut index = self.clone();
        for (name, owners) in later.names.iter().zip(&later.owners) {
            let owners: Vec<u32> = owners.iter().map(|owner| owner + shift).collect();
            index.insert(name.clone(), &owners);
        }
        index
    }

    /// How many different names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The owners whose name is alike from `floor` on, best first, ties in the order of owners, each once.
    pub fn alike(&self, name: &str, floor: f64) -> Vec<(u32, NameSimilarity)> {
        let found = self.search(&NameQuery::new(name), floor);
        let each = |(owners, alike): &(&[u32], NameSimilarity)| {
            let alike = *alike;
            owners.iter().map(move |owner| (*owner, alike)).collect::<Vec<_>>()
        };
        let mut best: Vec<(u32, NameSimilarity)> = found.names.iter().flat_map(each).collect();
        best.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.score.total_cmp(&a.1.score)));
        best.dedup_by_key(|(owner, _)| *owner);
        best.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        best
    }

    /// Every name that is alike from `floor` on among those that sound alike in part.
    pub(super) fn search(&self, query: &NameQuery, floor: f64) -> AlikeNames<'_> {
        let (candidates, unread) = self.candidates(query);
        let compared = |at: u32| {
            let name = self.names.get(at as usize).filter(|name| query.name.may_reach(name, floor))?;
            let similarity = query.name.similarity(name);
            (similarity.score >= floor).then_some((self.owners.get(at as usize)?.as_slice(), similarity))
        };
        AlikeNames { names: candidates.into_iter().filter_map(compared).collect(), unread }
    }

    /// Those who bear the very name.
    pub(super) fn bearers(&self, query: &NameQuery) -> &[u32] {
        let at = self.places.get(query.name.standard());
        at.and_then(|at| self.owners.get(*at as usize)).map_or(&[], Vec::as_slice)
    }

    fn candidates(&self, query: &NameQuery) -> (Vec<u32>, usize) {
        let mut lists: Vec<&Vec<u32>> = query.grams.iter().filter_map(|gram| self.grams.get(gram)).collect();
        lists.sort_by_key(|list| list.len());
        let (mut read, all) = (0, lists.len());
        lists.retain(|list| {
            read += list.len();
            read == list.len() || read <= READ
        });
        let mut counted = if self.names.len() <= DENSE { self.counted(&lists) } else { sorted(&lists) };
        let least = SHARED * f64::from(u32::try_from(lists.len()).unwrap_or(u32::MAX));
        counted.retain(|(shared, _)| f64::from(*shared) >= least);
        let mut found: Vec<u32> = counted.into_iter().map(|(_, at)| at).collect();
        let ways = query.name.sought_readings().into_iter().chain([in_any_order(&query.name)]);
        found.extend(ways.filter_map(|way| self.ways.get(&way)).flatten());
        found.sort_unstable();
        found.dedup();
        (found, all - lists.len())
    }

    /// How many of the groups each name shares, by a counter for every name.
    fn counted(&self, lists: &[&Vec<u32>]) -> Vec<(u16, u32)> {
        let mut counts = vec![0u16; self.names.len()];
        for at in lists.iter().copied().flatten() {
            if let Some(count) = counts.get_mut(*at as usize) {
                *count = count.saturating_add(1);
            }
        }
        counts.into_iter().zip(0..).filter(|(count, _)| *count > 0).collect()
    }
}

/// The same by sorting, where a counter for every name would cost more than what is read.
fn sorted(lists: &[&Vec<u32>]) -> Vec<(u16, u32)> {
    let mut found: Vec<u32> = lists.iter().copied().flatten().copied().collect();
    found.sort_unstable();
    let runs = found.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some((u16::try_from(run.len()).unwrap_or(u16::MAX), *run.first()?))).collect()
}

/// Words before another name of the same party.
const FORMERLY: [&str; 8] = ["曾用名", "又名", "别名", "化名", "原名称", "原名", "曾名", "原"];
/// Words before a name or a number that are no part of it.
const LABELS: [&str; 7] = ["被执行人", "法定代表人", "负责人", "姓名", "名称", "身份证号", "身份证"];
/// Names of persons are no longer.
const PERSON: usize = 4;

/// Further names that stand in one cell: `张伟（曾用名张卫）`, `张伟、李娜`, `张伟等3人`, `LI Na (李娜)`.
pub(super) fn further_names(cell: &str) -> Vec<String> {
    let is_mark = |c: char| "()（）[]【】〔〕、,，;；:：/／|".contains(c);
    let (mut found, mut are_persons, mut is_former) = (Vec::new(), true, false);
    for (at, part) in cell.split(is_mark).map(str::trim).filter(|part| !part.is_empty()).enumerate() {
        let former = FORMERLY.iter().find_map(|word| part.strip_prefix(word)).filter(|_| at > 0);
        is_former |= former.is_some();
        let name = former.or_else(|| LABELS.iter().find_map(|word| part.strip_prefix(word))).unwrap_or(part);
        let name = name.split_once('等').filter(|(_, rest)| rest.ends_with('人')).map_or(name, |(first, _)| first);
        let (chinese, foreign) = by_script(name);
        are_persons &= chinese.iter().all(|name| name.contains('·') || name.chars().count() <= PERSON);
        found.extend(chinese);
        found.extend(foreign);
        // 原 is a surname, too.
        let is_bearer = former.is_some() && part.starts_with('原') && part.chars().count() <= PERSON;
        found.extend(is_bearer.then(|| part.to_owned()));
    }
    // A bracket within a firm's name is a part of it, unless it says that it is another one; a
    // comma within a foreign name parts its words.
    let is_cell = |name: &String| cell.split_whitespace().eq(name.split_whitespace());
    if !are_persons && !is_former {
        found = listed_names(cell);
    }
    found.retain(|name| name.chars().count() > 1 && !is_cell(name));
    if cell.contains(is_han) { found } else { Vec::new() }
}

/// How names of firms and other units end.
const UNITS: [&str; 16] =
    ["公司", "集团", "厂", "店", "社", "中心", "商行", "银行", "支行", "部", "院", "所", "企业", "合伙", "学校", "馆"];

/// The names of a list in which a unit stands beside a person or another unit: `无锡甲有限公司、张伟`; nothing of any other text.
fn listed_names(cell: &str) -> Vec<String> {
    let is_unit = |name: &str| UNITS.iter().any(|ending| name.ends_with(ending));
    let parts =
        || cell.split(['、', ',', '，', ';', '；', '/', '／', '|']).map(str::trim).filter(|part| !part.is_empty());
    // What stands in brackets behind a name is a name, or says where it is.
    let bare = |part: &str| match part.split_once(['(', '（']) {
        Some((name, inner)) if inner.ends_with([')', '）']) => {
            vec![name.trim().to_owned(), inner.trim_end_matches([')', '）']).trim().to_owned()]
        }
        _ => vec![LABELS.iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part).to_owned()],
    };
    let names: Vec<String> = parts().flat_map(bare).collect();
    let are_names = names.iter().all(|name| {
        let plain = name.chars().all(|c| is_han(c) || matches!(c, '·' | '(' | ')' | '（' | '）'));
        is_unit(name) || plain && (2..=PERSON).contains(&name.chars().count()) || name.contains('·')
    });
    if names.len() > 1 && are_names && names.iter().any(|name| is_unit(name)) { names } else { Vec::new() }
}

/// The Chinese names in a text, and what is written in other letters; nothing of a text with figures.
fn by_script(text: &str) -> (Vec<String>, Option<String>) {
    if text.contains(|c: char| c.is_numeric()) {
        return (Vec::new(), None);
    }
    let is_chinese = |c: &char| is_han(*c) || matches!(c, '·' | ' ');
    let chinese: String = text.chars().filter(is_chinese).collect();
    let foreign: String = text.chars().filter(|c| !is_han(*c)).collect();
    let words: Vec<&str> = chinese.split_whitespace().collect();
    // One character is a part of a name: 张 伟.
    let are_names = words.iter().all(|word| word.chars().count() > 1);
    let names = if are_names { words.into_iter().map(str::to_owned).collect() } else { vec![words.concat()] };
    let foreign = foreign.trim().to_owned();
    (names, Some(foreign).filter(|foreign| foreign.contains(|c: char| c.is_ascii_alphabetic())))
}

/// The characters of a name in whatever order they stand, as a number.
fn in_any_order(name: &PreparedName) -> u64 {
    let mut letters: Vec<char> = name.folded().chars().filter(|c| *c != ' ').collect();
    letters.sort_unstable();
    fingerprint(letters.into_iter().chain(['*']).collect::<String>().bytes())
}

/// Groups of three letters of every word's sound, its edges marked; sorted, each once.
fn grams(name: &PreparedName) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    for word in name.folded().split(' ') {
        let word = format!("^{}$", sound(word));
        found.extend(word.as_bytes().windows(3).map(|three| fingerprint(three.iter().copied())));
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_agree() {
        let index = NameIndex::new((0u32..).zip(["Anna Berg", "Anne Berg", "Bo Dahl", "张伟", "章玮"]));
        for name in ["Anna Berg", "张伟", "Hannah Bergmann"] {
            let query = NameQuery::new(name);
            let lists: Vec<&Vec<u32>> = query.grams.iter().filter_map(|gram| index.grams.get(gram)).collect();
            assert_eq!(index.counted(&lists), sorted(&lists));
        }
    }

    #[test]
    fn finds_slips_reorderings_and_other_scripts() {
        let index = NameIndex::new([(7, "Vladimir PUTIN"), (8, "王小明"), (9, "Angela Merkel"), (9, "Angela Kasner")]);
        let first = |name: &str| index.alike(name, 0.7).first().map(|(owner, _)| *owner);
        assert_eq!(first("Putin, Vladmir"), Some(7));
        assert_eq!(first("Владимир Путин"), Some(7));
        assert_eq!(first("Wang Xiaoming"), Some(8));
        assert_eq!(first("Wangxiaoming"), Some(8));
        assert_eq!(first("Angela Kassner"), Some(9));
        assert_eq!(index.alike("Angela Merkel", 0.3).iter().filter(|(owner, _)| *owner == 9).count(), 1);
        assert_eq!(first("Octavian Schulze"), None);
    }

    #[test]
    fn a_form_of_address_and_the_order_of_characters_hide_nobody() {
        let index = NameIndex::new([(0, "马伟"), (1, "李一"), (2, "无锡鸣渤物流有限公司"), (3, "吴宇一")]);
        for (name, owner) in
            [("马伟先生", 0), ("马伟 女士", 0), ("一李", 1), ("无锡渤鸣物流有限公司", 2), ("吴一宇", 3)]
        {
            assert!(index.alike(name, 0.8).iter().any(|(found, _)| *found == owner), "{name}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_names() {
        for (cell, names) in [
            ("张伟（曾用名张卫）", "张伟 张卫"),
            ("张伟(又名：张卫)", "张伟 张卫"),
            ("张伟、李娜", "张伟 李娜"),
            ("张伟、原野", "张伟 原野"),
            ("张伟等3人", "张伟"),
            ("无锡甲商贸有限公司（原无锡乙厂）", "无锡甲商贸有限公司 无锡乙厂"),
            ("上海某某（集团）股份有限公司", ""),
            ("无锡甲商贸有限公司、张伟", "无锡甲商贸有限公司 张伟"),
            ("张伟；无锡甲（集团）商贸有限公司", "张伟 无锡甲（集团）商贸有限公司"),
            ("无锡甲商贸有限公司，无锡乙厂", "无锡甲商贸有限公司 无锡乙厂"),
            ("无锡甲商贸有限公司（张伟）", "无锡甲商贸有限公司 张伟"),
            ("无锡甲商贸有限公司/法定代表人张伟", "无锡甲商贸有限公司 张伟"),
            ("某市某区人民政府、其下属单位", ""),
            ("阿卜杜拉·买买提", ""),
            ("张伟", ""),
            ("张 伟", "张伟"),
            ("张伟 李娜", "张伟 李娜"),
            ("被执行人：张伟", "张伟"),
            ("法定代表人张伟", "张伟"),
            ("张 伟(身份证320205197005050058)", "张伟"),
            ("LI Na (李娜)", "LI Na 李娜"),
            ("李娜 LI Na", "李娜 LI Na"),
            ("无锡ABB电机有限公司", ""),
            ("DRAGUNOV, Viktor", ""),
        ] {
            assert_eq!(further_names(cell).join(" "), names, "{cell}");
        }
    }

    #[test]
    fn nobody_of_an_equal_name_or_sound_is_left_out() {
        let sounds = ["张伟", "章玮", "张玮", "章伟"];
        let index = NameIndex::new((0u32..4_000).map(|owner| (owner, sounds[owner as usize % 4])));
        assert_eq!((index.len(), index.alike("张伟", 0.8).len()), (4, 4_000));
        assert_eq!(index.alike("张伟", 0.95).len(), 1_000);
    }
}
