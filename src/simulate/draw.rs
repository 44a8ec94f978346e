//! Random numbers in named streams, the same on every machine.
//!
//! A stream is the extendable output of BLAKE3 keyed with the seed, over a topic and two numbers. So a
//! debtor's home does not depend on how many accounts another debtor has, new streams change nothing of old
//! ones, and the same seed gives the same bits everywhere: no platform's `exp` or `ln` is called.

/// The source of all chance in one simulated world.
///
/// Every stream is named by a topic and two numbers, so what one debtor draws depends on nothing that another drew, and
/// a chunk of debtors can be made anywhere, in any order.
#[derive(Debug, Clone)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn new(seed: u64) -> Self {
        Self(blake3::derive_key("wherewithal 2026 simulated district", &seed.to_le_bytes()))
    }

    /// The stream called `topic` of the debtor group `group`, part `part`.
    pub(super) fn draw(&self, topic: &str, group: u64, part: u64) -> Draw {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(topic.as_bytes()).update(&[0]).update(&group.to_le_bytes()).update(&part.to_le_bytes());
        Draw { reader: hasher.finalize_xof(), words: [0; WORDS], next: WORDS }
    }
}

const WORDS: usize = 32;

/// One stream of chance. Only integer and plain IEEE arithmetic, and `libm`'s portable `exp`, so that the same stream
/// gives the same bits on every machine.
#[derive(Debug)]
pub(super) struct Draw {
    reader: blake3::OutputReader,
    words: [u64; WORDS],
    next: usize,
}

impl Draw {
    fn word(&mut self) -> u64 {
        if self.next >= WORDS {
            let mut bytes = [0u8; WORDS * 8];
            self.reader.fill(&mut bytes);
            for (word, chunk) in self.words.iter_mut().zip(bytes.as_chunks::<8>().0) {
                *word = u64::from_le_bytes(*chunk);
            }
            self.next = 0;
        }
        let word = self.words.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        word
    }

    /// Uniform on [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform on [low, high).
    pub(super) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from 0 to `n` − 1; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        u64::try_from((u128::from(self.word()) * u128::from(n)) >> 64).unwrap_or_default()
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u64::from(high.saturating_sub(low).max(0).unsigned_abs()) + 1;
        low + i32::try_from(self.below(width)).unwrap_or_default()
    }

    /// Close to standard normal: twelve uniforms less six, so never beyond ±6.
    pub(super) fn normal(&mut self) -> f64 {
        let mut sum = 0i64;
        for _ in 0..3 {
            let word = self.word();
            for shift in [0, 16, 32, 48] {
                sum += i64::try_from((word >> shift) & 0xffff).unwrap_or_default();
            }
        }
        (sum as f64 + 6.0) / 65536.0 - 6.0
    }

    /// Log-normal with this median and spread of the logarithm.
    pub(super) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * libm::exp(spread * self.normal())
    }

    pub(super) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = usize::try_from(self.below(items.len() as u64)).unwrap_or_default();
        items.get(at).copied().unwrap_or_default()
    }

    /// One of `items` by weight.
    pub(super) fn weighted<T: Copy + Default>(&mut self, items: &[(T, u32)]) -> T {
        let total: u32 = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(u64::from(total));
        for (item, weight) in items {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return *item,
            }
        }
        T::default()
    }
}

/// Yuan to fen, rounded to the fen.
#[allow(clippy::cast_possible_truncation, reason = "clamped to what an i64 holds")]
pub(super) fn fen(yuan: f64) -> i64 {
    libm::round((yuan * 100.0).clamp(-9e15, 9e15)) as i64
}

/// A share of an amount, rounded to the fen.
pub(super) fn part(fen_whole: i64, share: f64) -> i64 {
    fen(fen_whole as f64 * share / 100.0)
}

/// A number of days or months from a real number.
#[allow(clippy::cast_possible_truncation, reason = "clamped to what an i32 holds")]
pub(super) fn days(number: f64) -> i32 {
    libm::round(number.clamp(-1e6, 1e6)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named_not_ordered() {
        let key = Key::new(7);
        let mut a = key.draw("estate", 3, 0);
        let first: Vec<u64> = (0..100).map(|_| a.word()).collect();
        key.draw("estate", 4, 0).word();
        let mut again = key.draw("estate", 3, 0);
        assert_eq!(first, (0..100).map(|_| again.word()).collect::<Vec<_>>());
        assert_ne!(first.first(), Some(&key.draw("estate", 3, 1).word()));
        assert_ne!(first.first(), Some(&Key::new(8).draw("estate", 3, 0).word()));
    }

    #[test]
    fn moments_are_those_asked_for() {
        let mut draw = Key::new(1).draw("moments", 0, 0);
        let n = 20_000;
        let normals: Vec<f64> = (0..n).map(|_| draw.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let ones = (0..n).filter(|_| draw.weighted(&[("a", 1), ("b", 3)]) == "a").count();
        assert!((4_700..5_300).contains(&ones), "{ones}");
        assert!((0..1000).all(|_| (3..=5).contains(&draw.between(3, 5))));
    }
}
