//! The exact index of tagged identifiers, and its file.

use std::ops::Range;

use super::tag::Tag;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::sentence::says;

/// The version of an index file.
pub const INDEX_FORMAT_VERSION: u32 = 2;

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
/// Bytes of a tag that stand in the file once the directory says the first two.
const SHORT: usize = TAG - 2;
const REST: usize = 12;
const OPEN: u16 = u16::MAX;
/// Tags looked up together.
const TOGETHER: usize = 64;
/// From so many tags on, and in a list of so many, it pays to put them in order first.
const MANY: usize = 1 << 16;
/// As many as are put in order at a time.
const MOST: usize = 1 << 20;
/// Rows compared at once; nineteen buckets in twenty hold no more.
const WINDOW: usize = 8;
const ENTRIES: u32 = 1 << 30;
const DIRECTORY_BITS: u32 = 24;

/// Sorted tags under a directory of their first bits, in one piece of bytes.
///
/// It reads from any bytes: a `Vec`, an `Arc<[u8]>`, or a file that the caller has mapped into
/// memory. This crate forbids `unsafe`, and mapping a file is `unsafe` because another program may
/// change it underneath; so the mapping is the caller's to make, and every read here is checked.
///
/// # Units
///
/// The file is a head of 32 bytes, the directory, the tags, and then 12 bytes a tag with what is
/// known of it. From 131,072 tags on an entry takes 22 bytes and at most two for its share of the
/// directory; days are kept as days since 2000-01-01.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::{Day, Identifier};
/// use wherewithal::screening::{ExactIndex, ListKey, Posting, Role};
///
/// let key = ListKey::from_secret(b"shared");
/// let tag = key.tag(&Identifier::parse("11010519491231002X")?);
/// let from = Day::parse("2025-01-10")?;
/// let posting = Posting { tag, name_mark: key.name_mark("张三"), entry: 0, role: Role::Listed, from, until: None };
/// let index = ExactIndex::build(vec![posting])?;
/// let again = ExactIndex::open(index.as_bytes())?; // from the bytes of a file
/// assert!(again.contains(tag) && again.find(tag).next() == Some(posting));
/// assert!(ExactIndex::open(&b"no index"[..]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExactIndex<B> {
    bytes: B,
    bits: u32,
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
        let bits = (count / 2).max(1).ilog2().min(DIRECTORY_BITS);
        let buckets = 1usize << bits;
        let width = width(bits);
        let mut bytes = Vec::with_capacity(HEADER + 4 * (buckets + 1) + count * (width + REST));
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
        postings.iter().for_each(|posting| bytes.extend(posting.tag.0.iter().skip(TAG - width)));
        postings.iter().try_for_each(|posting| write(posting, &mut bytes))?;
        Self::open(bytes)
    }
}

fn write(posting: &Posting, bytes: &mut Vec<u8>) -> Result<()> {
    if posting.entry >= ENTRIES {
        return Err(Error::table("index", posting.entry, "an entry number below 1073741824"));
    }
    bytes.extend(posting.name_mark.to_le_bytes());
    bytes.extend((posting.entry << 2 | role_code(posting.role)).to_le_bytes());
    bytes.extend(short_day(posting.from)?.to_le_bytes());
    bytes.extend(posting.until.map_or(Ok(OPEN), short_day)?.to_le_bytes());
    Ok(())
}

impl<B: AsRef<[u8]>> ExactIndex<B> {
    /// Reads an index from bytes. It looks at the head and the directory and at no tag, so that a
    /// mapped file is open at once.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the bytes are no index, are cut short, or their directory does not
    /// rise to the number of tags; [`Error::Version`] when the format is unknown.
    pub fn open(bytes: B) -> Result<Self> {
        let all = bytes.as_ref();
        if all.get(..8) != Some(&MAGIC) {
            return Err(Error::table("index", "other bytes", "an index of tags"));
        }
        let version = number(all, 8).unwrap_or(0);
        if version != INDEX_FORMAT_VERSION {
            let (oldest, newest) = (INDEX_FORMAT_VERSION, INDEX_FORMAT_VERSION);
            return Err(Error::Version { artifact: "index of tags".into(), found: version, oldest, newest });
        }
        let bits = number(all, 12).filter(|bits| *bits <= DIRECTORY_BITS).unwrap_or(0);
        let count = index_of(number(all, 16).unwrap_or(0));
        let index = Self { bits, count, bytes };
        let (found, expected) = (index.bytes.as_ref().len(), index.rests_at() + count * REST);
        if found != expected || number(index.bytes.as_ref(), 20) != Some(0) {
            return Err(Error::table("index", says!("{found} bytes", found), says!("{expected} bytes", expected)));
        }
        if !index.edges().is_sorted() || index.edges().next_back() != Some(count) || index.edges().next() != Some(0) {
            return Err(Error::table("index", "a damaged directory", says!("one that rises from 0 to {count}", count)));
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
        let width = width(self.bits);
        let rows = self.rows(bucket_of(tag, self.bits));
        let tags = self.tags().get(rows.start * width..rows.end * width).unwrap_or_default();
        let is_same = move |row: &[u8]| tag.0.get(TAG - width..) == Some(row);
        rows.zip(tags.chunks_exact(width))
            .filter(move |(_, row)| is_same(row))
            .filter_map(move |(at, _)| self.read(tag, at))
    }

    /// Whether a tag is there on any day.
    pub fn contains(&self, tag: Tag) -> bool {
        let bucket = self.rows(bucket_of(tag, self.bits));
        if width(self.bits) == SHORT {
            is_among::<SHORT>(self.tags().as_chunks().0, &bucket, &tag)
        } else {
            is_among::<TAG>(self.tags().as_chunks().0, &bucket, &tag)
        }
    }

    /// Whether each of many tags is there on any day.
    ///
    /// Much faster than asking one by one in a list that is larger than the processor's caches. The
    /// places of a few dozen tags are all fetched before the first is compared, so that their
    /// waiting overlaps; and of many tags those come together that stand near each other in the
    /// list, so that a part of it is read at a time.
    pub fn contains_each(&self, tags: &[Tag]) -> Vec<bool> {
        if width(self.bits) == SHORT { self.each::<SHORT>(tags) } else { self.each::<TAG>(tags) }
    }

    fn each<const N: usize>(&self, tags: &[Tag]) -> Vec<bool> {
        if tags.len() < MANY || self.count < MANY {
            let mut found = Vec::with_capacity(tags.len());
            self.in_turn::<N>(tags, |is_there| found.push(is_there));
            return found;
        }
        let mut found = vec![false; tags.len()];
        for (some, found) in tags.chunks(MOST).zip(found.chunks_mut(MOST)) {
            let (sorted, places) = by_first_byte(some);
            let mut places = places.into_iter();
            self.in_turn::<N>(&sorted, |is_there| {
                let slot = places.next().and_then(|at| found.get_mut(index_of(at)));
                slot.into_iter().for_each(|slot| *slot = is_there);
            });
        }
        found
    }

    fn in_turn<const N: usize>(&self, tags: &[Tag], mut answer: impl FnMut(bool)) {
        let (rows, _) = self.tags().as_chunks::<N>();
        let mut buckets: [Range<usize>; TOGETHER] = std::array::from_fn(|_| 0..0);
        for some in tags.chunks(TOGETHER) {
            for (bucket, tag) in buckets.iter_mut().zip(some) {
                *bucket = self.rows(bucket_of(*tag, self.bits));
            }
            let first = |at: usize| rows.get(at).and_then(|row| row.first()).copied().unwrap_or_default();
            let touch = |sum: u8, bucket: &Range<usize>| sum ^ first(bucket.start) ^ first(bucket.end);
            std::hint::black_box(buckets.iter().take(some.len()).fold(0, touch));
            buckets.iter().zip(some).for_each(|(bucket, tag)| answer(is_among(rows, bucket, tag)));
        }
    }

    /// Every posting, in the order of tags.
    pub fn postings(&self) -> impl Iterator<Item = Posting> {
        let (bits, width) = (self.bits, width(self.bits));
        (0..1usize << bits).flat_map(move |bucket| {
            let prefix = u32::try_from(bucket).unwrap_or(0).checked_shl(32 - bits).unwrap_or(0).to_be_bytes();
            self.rows(bucket).filter_map(move |at| {
                let mut tag = [0; TAG];
                tag.iter_mut().zip(prefix).for_each(|(to, from)| *to = from);
                let row = self.tags().get(at * width..(at + 1) * width)?;
                tag.iter_mut().skip(TAG - width).zip(row).for_each(|(to, from)| *to = *from);
                self.read(Tag(tag), at)
            })
        })
    }

    /// The rows of a bucket.
    fn rows(&self, bucket: usize) -> Range<usize> {
        let all = self.bytes.as_ref();
        let edge = |at: usize| index_of(number(all, HEADER + 4 * at).unwrap_or(0));
        edge(bucket)..edge(bucket + 1)
    }

    fn edges(&self) -> impl DoubleEndedIterator<Item = usize> {
        let directory = self.bytes.as_ref().get(HEADER..self.tags_at()).unwrap_or_default();
        directory.as_chunks::<4>().0.iter().map(|edge| index_of(u32::from_le_bytes(*edge)))
    }

    fn tags(&self) -> &[u8] {
        self.bytes.as_ref().get(self.tags_at()..self.rests_at()).unwrap_or_default()
    }

    fn tags_at(&self) -> usize {
        HEADER + 4 * ((1usize << self.bits) + 1)
    }

    fn rests_at(&self) -> usize {
        self.tags_at() + self.count * width(self.bits)
    }

    fn read(&self, tag: Tag, at: usize) -> Option<Posting> {
        let rest = self.bytes.as_ref().get(self.rests_at() + at * REST..)?;
        let (name_mark, entry) = (number(rest, 0)?, number(rest, 4)?);
        let day = |at: usize| rest.get(at..)?.first_chunk().copied().map(u16::from_le_bytes);
        let (from, until) = (day(8)?, day(10)?);
        let from = Day::from_number(EPOCH + i32::from(from))?;
        let role = [Role::Listed, Role::Representative, Role::Responsible, Role::Controller];
        let role = role.get(index_of(entry & 3)).copied()?;
        let until = if until == OPEN { None } else { Day::from_number(EPOCH + i32::from(until)) };
        Some(Posting { tag, name_mark, entry: entry >> 2, role, from, until })
    }
}

/// Whether a tag is among the rows of its bucket. A window of fixed size is compared without a branch, because how many
/// rows a bucket has cannot be foreseen.
fn is_among<const N: usize>(rows: &[[u8; N]], bucket: &Range<usize>, tag: &Tag) -> bool {
    let Some(wanted) = tag.0.last_chunk::<N>() else { return false };
    let held = bucket.len();
    match rows.get(bucket.start..).and_then(|rest| rest.first_chunk::<WINDOW>()) {
        Some(window) if held <= WINDOW => {
            window.iter().enumerate().fold(false, |found, (i, row)| found | ((i < held) & (row == wanted)))
        }
        _ => rows.get(bucket.clone()).unwrap_or_default().contains(wanted),
    }
}

/// Tags by their first byte, and where each of them stood.
fn by_first_byte(tags: &[Tag]) -> (Vec<Tag>, Vec<u32>) {
    let mut begins = [0usize; 256];
    let part = |tag: &Tag| {
        let [first, ..] = tag.0;
        usize::from(first)
    };
    for tag in tags {
        begins.get_mut(part(tag)).into_iter().for_each(|count| *count += 1);
    }
    let mut sum = 0;
    begins.iter_mut().for_each(|count| sum += std::mem::replace(count, sum));
    let (mut sorted, mut places) = (vec![Tag([0; TAG]); tags.len()], vec![0u32; tags.len()]);
    for (at, tag) in (0u32..).zip(tags) {
        let Some(next) = begins.get_mut(part(tag)) else { continue };
        if let (Some(slot), Some(place)) = (sorted.get_mut(*next), places.get_mut(*next)) {
            (*slot, *place) = (*tag, at);
        }
        *next += 1;
    }
    (sorted, places)
}

/// Bytes of a tag in the file: the directory of a large list says the first two.
const fn width(bits: u32) -> usize {
    if bits >= 16 { SHORT } else { TAG }
}

fn bucket_of(tag: Tag, bits: u32) -> usize {
    let head = tag.0.first_chunk().copied().map_or(0, u32::from_be_bytes);
    index_of(head.checked_shr(32 - bits).unwrap_or(0))
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

const fn index_of(number: u32) -> usize {
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
        assert_eq!(width(index.bits), SHORT);
        assert!((0..300_000).all(|i| index.find(Tag(tag(i))).any(|found| found.entry == i)));
        let asked: Vec<Tag> = (0..600_000).map(|i| Tag(tag(i))).collect();
        let found = index.contains_each(&asked);
        assert!(found.iter().zip(0..).all(|(found, i)| *found == (i < 300_000)), "asked in order of their places");
        assert!(index.as_bytes().len() <= 24 * 300_000);
        assert_eq!(index.postings().count(), 300_000);
    }

    #[test]
    fn refuses_other_bytes_and_short_ones() {
        let index = ExactIndex::build(vec![posting([1; 12], 3)]).unwrap();
        let bytes = index.as_bytes();
        assert!(ExactIndex::open(&bytes[..bytes.len() - 1]).is_err());
        assert!(ExactIndex::open(&b"something else"[..]).is_err());
        let mut torn = bytes.to_vec();
        torn[HEADER] = 9;
        assert!(ExactIndex::open(torn).is_err());
        let mut newer = bytes.to_vec();
        newer[8] = 9;
        assert!(matches!(ExactIndex::open(newer), Err(Error::Version { found: 9, .. })));
    }
}
