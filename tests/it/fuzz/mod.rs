//! Bytes from outside, mutated: no parser panics, none takes longer than ten seconds, and what was read is read again
//! alike.
//!
//! Every target starts from small seeds, edits them with words of its language, and runs over the same inputs in every
//! test, or for as many seconds as `WHEREWITHAL_FUZZ_SECONDS` says; `WHEREWITHAL_FUZZ_SEED` begins elsewhere. It prints
//! how often it ran. An input that failed becomes a file of `tests/fuzz/TARGET/`, and all files there are run first.

mod documents;
mod files;
mod lists;
mod values;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The longest that one input may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Inputs where no time is given.
const FEW: u64 = 64;

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

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs a target on the kept inputs and then on edited seeds: on the same in every test, or until its time is over.
fn fuzz(name: &str, corpus: &Corpus, target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let seconds = setting("WHEREWITHAL_FUZZ_SECONDS", 0);
    let until = Instant::now() + Duration::from_secs(seconds);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name);
    for entry in fs::read_dir(kept).into_iter().flatten() {
        target(&fs::read(entry.unwrap().path()).unwrap());
    }
    let executions = Cell::new(0u64);
    let mut batch = setting("WHEREWITHAL_FUZZ_SEED", 0);
    while Instant::now() < until || seconds == 0 && executions.get() < FEW {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&batch.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
        let inputs = (any::<u16>(), vec(edit(), 0..8));
        let ran = TestRunner::new_with_rng(config, rng).run(&inputs, |input| {
            let bytes = corpus.edited(&input);
            let begun = Instant::now();
            target(&bytes);
            executions.set(executions.get() + 1);
            prop_assert!(begun.elapsed() < LONGEST, "{:?} for {} bytes", begun.elapsed(), bytes.len());
            Ok(())
        });
        if let Err(proptest::test_runner::TestError::Fail(reason, input)) = &ran {
            let bytes = corpus.edited(input);
            panic!("{name}, batch {batch}: {reason}: {:?}", String::from_utf8_lossy(&bytes));
        }
        ran.unwrap();
        batch += 1;
    }
    println!("{name}: {} executions", executions.get());
    assert!(executions.get() > 0, "{name} never ran");
}

/// Runs a target of texts; bytes that are no UTF-8 reach it with their marks.
fn fuzz_text(name: &str, corpus: &Corpus, target: impl Fn(&str) + std::panic::RefUnwindSafe) {
    fuzz(name, corpus, |bytes| target(&String::from_utf8_lossy(bytes)));
}
