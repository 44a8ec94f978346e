use std::collections::HashMap;

use crate::linkage::{PreparedName, folded, sound};

/// Finds names that may be alike: an inverted index over what they sound like, in groups of three letters.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    names: Vec<PreparedName>,
    owners: Vec<u32>,
    grams: HashMap<u64, Vec<u32>>,
}

/// Postings read for one question; the rarest groups are read first.
const READ: usize = 40_000;
/// A candidate shares at least this part of the groups that were read.
const SHARED: f64 = 0.3;
/// Up to this many names have a counter each.
const DENSE: usize = 250_000;
/// Candidates compared in full.
const COMPARED: usize = 64;

impl NameIndex {
    /// Indexes names, each with the number of its owner; an owner may have several.
    pub fn new<'a>(names: impl IntoIterator<Item = (u32, &'a str)>) -> Self {
        let mut index = Self::default();
        for (owner, name) in names {
            let at = u32::try_from(index.names.len()).unwrap_or(u32::MAX);
            for gram in grams(name) {
                index.grams.entry(gram).or_default().push(at);
            }
            index.names.push(PreparedName::new(name));
            index.owners.push(owner);
        }
        index
    }

    /// Both indexes in one, the owners of the second counted up by `shift`.
    pub(super) fn joined(&self, later: &Self, shift: u32) -> Self {
        let at = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let mut index = self.clone();
        index.names.extend_from_slice(&later.names);
        index.owners.extend(later.owners.iter().map(|owner| owner + shift));
        for (gram, places) in &later.grams {
            index.grams.entry(*gram).or_default().extend(places.iter().map(|place| place + at));
        }
        index
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The owners whose name is alike from `floor` on, best first, ties in the order of owners, each once.
    pub fn alike(&self, name: &str, floor: f64) -> Vec<(u32, crate::linkage::NameSimilarity)> {
        let asked = PreparedName::new(name);
        let mut best: Vec<(u32, crate::linkage::NameSimilarity)> = self
            .candidates(name)
            .into_iter()
            .filter_map(|at| Some((*self.owners.get(at)?, asked.similarity(self.names.get(at)?))))
            .filter(|(_, similarity)| similarity.score >= floor)
            .collect();
        best.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.score.total_cmp(&a.1.score)));
        best.dedup_by_key(|(owner, _)| *owner);
        best.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        best
    }

    fn candidates(&self, name: &str) -> Vec<usize> {
        let mut lists: Vec<&Vec<u32>> = grams(name).iter().filter_map(|gram| self.grams.get(gram)).collect();
        lists.sort_by_key(|list| list.len());
        let (mut read, mut used) = (0, 0u16);
        lists.retain(|list| {
            let fits = read == 0 || read + list.len() <= READ;
            read += list.len();
            used += u16::from(fits);
            fits
        });
        let mut counted = if self.names.len() <= DENSE { self.counted(&lists) } else { sorted(&lists) };
        counted.retain(|(shared, _)| f64::from(*shared) >= SHARED * f64::from(used));
        counted.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        counted.truncate(COMPARED);
        counted.into_iter().map(|(_, at)| at as usize).collect()
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

/// Groups of three letters of every word's sound, its edges marked, and the whole sound as one group; sorted, each once.
fn grams(name: &str) -> Vec<u64> {
    let folded = folded(name);
    let mut found = vec![hash(sound(&folded).bytes()) | 1 << 63];
    for word in folded.split(' ') {
        let word = format!("^{}$", sound(word));
        found.extend(word.as_bytes().windows(3).map(|three| hash(three.iter().copied()) >> 1));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_agree() {
        let index = NameIndex::new((0u32..).zip(["Anna Berg", "Anne Berg", "Bo Dahl", "张伟", "章玮"]));
        for name in ["Anna Berg", "张伟", "Hannah Bergmann"] {
            let lists: Vec<&Vec<u32>> = grams(name).iter().filter_map(|gram| index.grams.get(gram)).collect();
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
        assert_eq!(first("Angela Kassner"), Some(9));
        assert_eq!(index.alike("Angela Merkel", 0.3).iter().filter(|(owner, _)| *owner == 9).count(), 1);
        assert_eq!(first("Octavian Schulze"), None);
    }
}
