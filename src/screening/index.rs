use super::tag::Tag;
use crate::domain::Day;
use crate::error::{Error, Result};

/// The version of an index file.
pub const INDEX_FORMAT_VERSION: u32 = 1;

/// Who a tag belongs to, seen from the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The listed party itself (失信被执行人).
    Listed,
    /// Its legal representative (法定代表人) or main person in charge (主要负责人).
    Representative,
    /// A person directly responsible for performance (影响债务履行的直接责任人员).
    Responsible,
    /// Its actual controller (实际控制人).
    Controller,
}

/// What an index knows of one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    /// The identifier's tag.
    pub tag: Tag,
    /// The keyed mark of the party's name.
    pub name_mark: u32,
    /// The entry's number within its list.
    pub entry: u32,
    /// Who the tag belongs to.
    pub role: Role,
    /// The first day on the list.
    pub from: Day,
    /// The first day no longer on the list, when it is known.
    pub until: Option<Day>,
}

impl Posting {
    /// Whether the entry is in force on a day, for a partner who holds nothing but an index.
    pub fn is_in_force(&self, on: Day) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }
}

const MAGIC: [u8; 8] = *b"WWLISTIX";
const HEADER: usize = 32;
const TAG: usize = 12;
const REST: usize = 12;
const OPEN: u16 = u16::MAX;
/// Tags looked up together.
const TOGETHER: usize = 64;
const ENTRIES: u32 = 1 << 30;

/// Sorted tags under a directory of their first bits, in one piece of bytes.
///
/// It reads from any bytes: a `Vec`, an `Arc<[u8]>`, or a file that the caller has mapped into memory. This crate forbids
/// `unsafe`, and mapping a file is `unsafe` because another program may change it underneath; so the mapping is the
/// caller's to make, and every read here is checked.
///
/// # Units
///
/// 22 bytes an entry from a quarter of a million entries on, and about one for the directory; days are kept as days since
/// 2000-01-01.
#[derive(Debug, Clone)]
pub struct ExactIndex<B> {
    bytes: B,
    bits: u32,
    skipped: usize,
    count: usize,
}

impl ExactIndex<Vec<u8>> {
    /// Sorts postings into an index.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when an entry's number or a day is beyond what the file can say.
    pub fn build(mut postings: Vec<Posting>) -> Result<Self> {
        postings.sort_unstable();
        let count = postings.len();
        let bits = (count / 4).max(1).ilog2().min(24);
        let skipped = usize::from(bits >= 8) + usize::from(bits >= 16);
        let buckets = 1usize << bits;
        let mut bytes = Vec::with_capacity(HEADER + 4 * (buckets + 1) + count * (TAG - skipped + REST));
        bytes.extend(MAGIC);
        bytes.extend(INDEX_FORMAT_VERSION.to_le_bytes());
        bytes.extend(bits.to_le_bytes());
        bytes.extend(u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
        bytes.resize(HEADER, 0);
        let mut at = 0u32;
        let mut rest = postings.iter().peekable();
        for bucket in 0..=buckets {
            while rest.next_if(|posting| bucket_of(posting.tag, bits) < bucket).is_some() {
                at = at.checked_add(1).ok_or_else(|| Error::table("index", count, "fewer than 4294967296 tags"))?;
            }
            bytes.extend(at.to_le_bytes());
        }
        for posting in &postings {
            write(posting, skipped, &mut bytes)?;
        }
        Self::open(bytes)
    }
}

fn write(posting: &Posting, skipped: usize, bytes: &mut Vec<u8>) -> Result<()> {
    if posting.entry >= ENTRIES {
        return Err(Error::table("index", posting.entry, "an entry number below 1073741824"));
    }
    bytes.extend(posting.tag.0.iter().skip(skipped));
    bytes.extend(posting.name_mark.to_le_bytes());
    bytes.extend((posting.entry << 2 | role_code(posting.role)).to_le_bytes());
    bytes.extend(short_day(posting.from)?.to_le_bytes());
    bytes.extend(posting.until.map_or(Ok(OPEN), short_day)?.to_le_bytes());
    Ok(())
}

impl<B: AsRef<[u8]>> ExactIndex<B> {
    /// Reads an index from bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the bytes are no index or are cut short; [`Error::Version`] when the format is unknown.
    pub fn open(bytes: B) -> Result<Self> {
        let all = bytes.as_ref();
        if all.get(..8) != Some(&MAGIC) {
            return Err(Error::table("index", "other bytes", "an index of tags"));
        }
        let version = number(all, 8).unwrap_or(0);
        if version != INDEX_FORMAT_VERSION {
            let (oldest, newest) = (INDEX_FORMAT_VERSION, INDEX_FORMAT_VERSION);
            return Err(Error::Version { artifact: "index of tags".to_owned(), found: version, oldest, newest });
        }
        let bits = number(all, 12).filter(|bits| *bits <= 24).unwrap_or(0);
        let count = place(number(all, 16).unwrap_or(0));
        let skipped = usize::from(bits >= 8) + usize::from(bits >= 16);
        let index = Self { bits, skipped, count, bytes };
        let (found, expected) = (index.bytes.as_ref().len(), index.rows_at() + count * index.width());
        if found != expected || number(index.bytes.as_ref(), 20) != Some(0) {
            return Err(Error::table("index", format!("{found} bytes"), format!("{expected} bytes")));
        }
        Ok(index)
    }

    /// How many tags there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The bytes, to be written to a file.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// The postings of a tag.
    pub fn find(&self, tag: Tag) -> impl Iterator<Item = Posting> {
        let rest: [u8; TAG] = tag.0;
        let skipped = self.skipped;
        self.bucket(tag)
            .chunks_exact(self.width())
            .filter(move |row| row.get(..TAG - skipped) == rest.get(skipped..))
            .filter_map(move |row| read(tag, row.get(TAG - skipped..)?))
    }

    /// Whether a tag is there on any day.
    pub fn contains(&self, tag: Tag) -> bool {
        let wanted = tag.0.get(self.skipped..).unwrap_or_default();
        self.bucket(tag).chunks_exact(self.width()).any(|row| row.starts_with(wanted))
    }

    /// Whether each of many tags is there on any day.
    ///
    /// Faster than asking one by one in a list that is larger than the processor's caches: all places of a few dozen tags
    /// are fetched before the first is compared, so that their waiting overlaps.
    pub fn contains_each(&self, tags: &[Tag]) -> Vec<bool> {
        let all = self.bytes.as_ref();
        let (width, mut found) = (self.width(), Vec::with_capacity(tags.len()));
        let mut ranges: [std::ops::Range<usize>; TOGETHER] = std::array::from_fn(|_| 0..0);
        for some in tags.chunks(TOGETHER) {
            for (range, tag) in ranges.iter_mut().zip(some) {
                *range = self.range(bucket_of(*tag, self.bits));
            }
            let edge = |at: usize| all.get(at).copied().map_or(0, u32::from);
            let touched: u32 = ranges.iter().take(some.len()).map(|range| edge(range.start) + edge(range.end)).sum();
            std::hint::black_box(touched);
            found.extend(ranges.iter().zip(some).map(|(range, tag)| {
                let wanted = tag.0.get(self.skipped..).unwrap_or_default();
                let rows = all.get(range.clone()).unwrap_or_default();
                rows.chunks_exact(width).any(|row| row.starts_with(wanted))
            }));
        }
        found
    }

    /// Every posting, in the order of tags.
    pub fn postings(&self) -> impl Iterator<Item = Posting> {
        let (bits, skipped, width) = (self.bits, self.skipped, self.width());
        let all = self.bytes.as_ref();
        (0..1usize << bits).flat_map(move |bucket| {
            let rows = all.get(self.range(bucket)).unwrap_or_default();
            rows.chunks_exact(width).filter_map(move |row| {
                let mut tag = [0; TAG];
                let prefix = u32::try_from(bucket).unwrap_or(0) << (32 - bits).min(31);
                let prefix = if bits == 0 { [0; 4] } else { prefix.to_be_bytes() };
                tag.iter_mut().zip(prefix).for_each(|(to, from)| *to = from);
                tag.iter_mut().skip(skipped).zip(row).for_each(|(to, from)| *to = *from);
                read(Tag(tag), row.get(TAG - skipped..)?)
            })
        })
    }

    fn bucket(&self, tag: Tag) -> &[u8] {
        self.bytes.as_ref().get(self.range(bucket_of(tag, self.bits))).unwrap_or_default()
    }

    fn range(&self, bucket: usize) -> std::ops::Range<usize> {
        let all = self.bytes.as_ref();
        let edge = |at: usize| place(number(all, HEADER + 4 * at).unwrap_or(0)) * self.width() + self.rows_at();
        edge(bucket)..edge(bucket + 1)
    }

    fn width(&self) -> usize {
        TAG - self.skipped + REST
    }

    fn rows_at(&self) -> usize {
        HEADER + 4 * ((1usize << self.bits) + 1)
    }
}

fn bucket_of(tag: Tag, bits: u32) -> usize {
    let head = tag.0.first_chunk().copied().map_or(0, u32::from_be_bytes);
    if bits == 0 { 0 } else { place(head >> (32 - bits)) }
}

fn read(tag: Tag, rest: &[u8]) -> Option<Posting> {
    let (name_mark, entry) = (number(rest, 0)?, number(rest, 4)?);
    let day = |at: usize| rest.get(at..)?.first_chunk().copied().map(u16::from_le_bytes);
    let (from, until) = (day(8)?, day(10)?);
    let from = Day::from_number(EPOCH + i32::from(from))?;
    let role = [Role::Listed, Role::Representative, Role::Responsible, Role::Controller];
    let role = role.get(place(entry & 3)).copied()?;
    let until = if until == OPEN { None } else { Day::from_number(EPOCH + i32::from(until)) };
    Some(Posting { tag, name_mark, entry: entry >> 2, role, from, until })
}

const fn role_code(role: Role) -> u32 {
    match role {
        Role::Listed => 0,
        Role::Representative => 1,
        Role::Responsible => 2,
        Role::Controller => 3,
    }
}

/// 2000-01-01 as a number of days.
const EPOCH: i32 = 10_957;

fn short_day(day: Day) -> Result<u16> {
    let days = u16::try_from(day.number() - EPOCH).ok().filter(|days| *days != OPEN);
    days.ok_or_else(|| Error::table("index", day, "a day from 2000-01-01 to 2179-06-05"))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

const fn place(number: u32) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn posting(tag: [u8; 12], entry: u32) -> Posting {
        let from = Day::new(2017, 9, 28).unwrap();
        Posting {
            tag: Tag(tag),
            name_mark: entry ^ 77,
            entry,
            role: Role::Controller,
            from,
            until: Some(from.plus_days(730)),
        }
    }

    proptest! {
        #[test]
        fn finds_every_tag_and_no_other(tags in prop::collection::vec(any::<[u8; 12]>(), 0..600), other in any::<[u8; 12]>()) {
            let postings: Vec<Posting> = tags.iter().zip(0..).map(|(tag, entry)| posting(*tag, entry)).collect();
            let index = ExactIndex::build(postings.clone()).unwrap();
            for one in &postings {
                prop_assert!(index.find(one.tag).any(|found| found == *one));
                prop_assert!(index.contains(one.tag));
            }
            prop_assert_eq!(index.contains(Tag(other)), tags.contains(&other));
            let asked: Vec<Tag> = tags.iter().copied().chain([other]).map(Tag).collect();
            let one_by_one: Vec<bool> = asked.iter().map(|tag| index.contains(*tag)).collect();
            prop_assert_eq!(index.contains_each(&asked), one_by_one);
            let mut sorted = postings;
            sorted.sort_unstable();
            prop_assert_eq!(index.postings().collect::<Vec<_>>(), sorted);
        }
    }

    #[test]
    fn large_directories_skip_bytes_of_the_tag() {
        let tag = |i: u32| {
            let mut tag = [7; 12];
            tag[..4].copy_from_slice(&i.wrapping_mul(2_654_435_761).to_be_bytes());
            tag
        };
        let index = ExactIndex::build((0..300_000).map(|i| posting(tag(i), i)).collect()).unwrap();
        assert_eq!(index.skipped, 2);
        assert!((0..300_000).all(|i| index.find(Tag(tag(i))).any(|found| found.entry == i)));
        assert!(index.as_bytes().len() <= 24 * 300_000);
        assert_eq!(index.postings().count(), 300_000);
    }

    #[test]
    fn refuses_other_bytes_and_short_ones() {
        let index = ExactIndex::build(vec![posting([1; 12], 3)]).unwrap();
        let bytes = index.as_bytes();
        assert!(ExactIndex::open(&bytes[..bytes.len() - 1]).is_err());
        assert!(ExactIndex::open(&b"something else"[..]).is_err());
        let mut newer = bytes.to_vec();
        newer[8] = 9;
        assert!(matches!(ExactIndex::open(newer), Err(Error::Version { found: 9, .. })));
    }
}
