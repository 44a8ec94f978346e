//! Bytes from outside, mutated: no parser panics, none takes longer than ten seconds, and what was read is read again
//! alike.
//!
//! Every target starts from small seeds, edits them with words of its language, and runs over the same inputs in every
//! test, for as many seconds as `WHEREWITHAL_FUZZ_SECONDS` says, or over as many inputs as `WHEREWITHAL_FUZZ_INPUTS`
//! says; `WHEREWITHAL_FUZZ_SEED` begins elsewhere. It prints how often it ran. The smallest input that fails is written
//! to a temporary file; moved to `tests/fuzz/TARGET/`, it is run first from then on, as all files there.

mod documents;
mod files;
mod lists;
mod values;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The longest that one input may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Inputs of a batch, and of a test where neither time nor number is given.
const BATCH: usize = 64;

/// What mutated inputs are made of.
struct Corpus {
    seeds: Vec<Vec<u8>>,
    words: Vec<&'static str>,
}

/// One change to an input; places are shares of its length, so that they mean something in any input.
#[derive(Debug, Clone)]
enum Edit {
    Flip(u16, u8),
    Put(u16, u8),
    Word(u16, u16),
    Remove(u16, u8),
    Repeat(u16, u8, u8),
    Cut(u16),
    Splice(u16, u16),
}

fn edit() -> impl Strategy<Value = Edit> {
    // Long inputs are rare, for they are slow.
    let times = prop_oneof![15 => 0u8..8, 1 => any::<u8>()];
    prop_oneof![
        1 => (any::<u16>(), 0u8..8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        3 => (any::<u16>(), any::<u16>()).prop_map(|(at, word)| Edit::Word(at, word)),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, length)| Edit::Remove(at, length)),
        1 => (any::<u16>(), 1u8..40, times).prop_map(|(at, length, times)| Edit::Repeat(at, length, times)),
        1 => any::<u16>().prop_map(Edit::Cut),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(at, other)| Edit::Splice(at, other)),
    ]
}

impl Corpus {
    fn new(seeds: &[&[u8]], words: &[&'static str]) -> Self {
        Self { seeds: seeds.iter().map(|seed| seed.to_vec()).collect(), words: words.to_vec() }
    }

    fn edited(&self, (seed, edits): &(u16, Vec<Edit>)) -> Vec<u8> {
        let mut bytes = self.seeds[usize::from(*seed) % self.seeds.len()].clone();
        for edit in edits {
            self.apply(edit, &mut bytes);
        }
        bytes
    }

    fn apply(&self, edit: &Edit, bytes: &mut Vec<u8>) {
        let at = |place: u16, bytes: &[u8]| usize::from(place) * bytes.len() / (usize::from(u16::MAX) + 1);
        match *edit {
            Edit::Flip(place, bit) => {
                let at = at(place, bytes);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Edit::Put(place, byte) => bytes.insert(at(place, bytes), byte),
            Edit::Word(place, word) if !self.words.is_empty() => {
                let at = at(place, bytes);
                bytes.splice(at..at, self.words[usize::from(word) % self.words.len()].bytes());
            }
            Edit::Word(..) => {}
            Edit::Remove(place, length) => {
                let at = at(place, bytes);
                bytes.drain(at..(at + usize::from(length)).min(bytes.len()));
            }
            Edit::Repeat(place, length, times) => {
                let at = at(place, bytes);
                let part = bytes[at..(at + usize::from(length)).min(bytes.len())].repeat(usize::from(times));
                bytes.splice(at..at, part);
            }
            Edit::Cut(place) => bytes.truncate(at(place, bytes)),
            Edit::Splice(place, other) => {
                let other = &self.seeds[usize::from(other) % self.seeds.len()];
                bytes.truncate(at(place, bytes));
                bytes.extend_from_slice(&other[at(place, other)..]);
            }
        }
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text:?} is no whole number")))
}

/// How long a target runs.
struct Extent {
    inputs: u64,
    until: Option<Instant>,
}

impl Extent {
    fn asked() -> Self {
        let seconds = setting("WHEREWITHAL_FUZZ_SECONDS");
        let all = if seconds.is_some() { u64::MAX } else { BATCH as u64 };
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        Self { inputs: setting("WHEREWITHAL_FUZZ_INPUTS").unwrap_or(all), until }
    }

    fn is_over(&self, ran: u64) -> bool {
        ran >= self.inputs || ran > 0 && self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// The smallest value that fails, beginning with one that does.
fn shrunk<T: ValueTree>(mut tree: T, fails: impl Fn(&T::Value) -> bool) -> T::Value {
    let mut smallest = tree.current();
    let mut is_other = tree.simplify();
    while is_other {
        let value = tree.current();
        let failed = fails(&value);
        is_other = if failed { tree.simplify() } else { tree.complicate() };
        if failed {
            smallest = value;
        }
    }
    smallest
}

/// Runs a target on the kept inputs and then on edited seeds, many at a time: what a batch costs beside its inputs is
/// spread over all of them.
fn fuzz_batches(name: &str, corpus: &Corpus, target: impl Fn(&[Vec<u8>])) {
    let passes = |inputs: &[Vec<u8>]| {
        let begun = Instant::now();
        catch_unwind(AssertUnwindSafe(|| target(inputs))).is_ok() && begun.elapsed() < LONGEST
    };
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name);
    for entry in fs::read_dir(kept).into_iter().flatten() {
        target(&[fs::read(entry.unwrap().path()).unwrap()]);
    }
    let edits = (any::<u16>(), vec(edit(), 0..8));
    let (extent, mut ran) = (Extent::asked(), 0);
    let mut batch = setting("WHEREWITHAL_FUZZ_SEED").unwrap_or(0);
    while !extent.is_over(ran) {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&batch.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let trees: Vec<_> = (0..BATCH).map(|_| edits.new_tree(&mut runner).unwrap()).collect();
        let inputs: Vec<_> = trees.iter().map(|tree| corpus.edited(&tree.current())).collect();
        if !passes(&inputs) {
            let fails = |edits: &(u16, Vec<Edit>)| !passes(&[corpus.edited(edits)]);
            // A batch that is slow as a whole, as on a busy machine, has no input at fault.
            if let Some(tree) = trees.into_iter().find(|tree| fails(&tree.current())) {
                let found = corpus.edited(&shrunk(tree, fails));
                let (file, shown) = (std::env::temp_dir().join(name), String::from_utf8_lossy(&found));
                fs::write(&file, &found).unwrap();
                panic!("{name}, batch {batch}: panics, or takes {LONGEST:?}: {} has {shown:?}", file.display());
            }
            assert!(passes(&inputs[..1]), "{name}, batch {batch}: no input fails by itself, all of them together do");
        }
        ran += BATCH as u64;
        batch += 1;
    }
    println!("{name}: {ran} executions, batches before {batch}");
    assert!(ran > 0, "{name} never ran");
}

/// Runs a target that takes one input at a time.
fn fuzz(name: &str, corpus: &Corpus, target: impl Fn(&[u8])) {
    fuzz_batches(name, corpus, |inputs| inputs.iter().for_each(|bytes| target(bytes)));
}

/// Runs a target of texts; bytes that are no UTF-8 reach it with their marks.
fn fuzz_text(name: &str, corpus: &Corpus, target: impl Fn(&str)) {
    fuzz(name, corpus, |bytes| target(&String::from_utf8_lossy(bytes)));
}
