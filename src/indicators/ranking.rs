//! Ranks courts by one indicator, with funnel limits and adjusted for case mix.
//!
//! Courts have different cases: one has many small loans, another many wages. Indirect standardisation asks
//! what share a court would have had if each kind of its cases had gone as in all courts together; what it
//! has beyond that is its own. Ranks come with the range of places that chance leaves open.

use serde::{Deserialize, Serialize};

use super::chance::{Call, OUTER, called, funnel, wilson};
use super::definition::{Better, Measure};
use super::measured::{Measured, Selection};
use crate::error::{Error, Result};
use crate::sentence::says;

/// One court in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The court.
    pub court: String,
    /// Numerator and denominator.
    pub counts: (u64, u64),
    /// The share, and between which values it lies at 95 %.
    pub share: f64,
    /// See `share`.
    pub interval: (f64, f64),
    /// The share that a court with cases like these would have by the rates of all courts.
    pub expected: f64,
    /// The share adjusted for case mix: what it has over what was expected, times the rate of all.
    pub adjusted: f64,
    /// The place by the adjusted share, 1 the best.
    pub rank: usize,
    /// Between which places it lies: courts whose intervals lie wholly beside its own stand before or behind.
    pub ranks: (usize, usize),
    /// How the share stands to what chance makes of the rate of all.
    pub raw_call: Call,
    /// How it stands to what chance makes of the rate expected of such cases.
    pub call: Call,
}

/// Courts by one indicator, with what chance alone would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// The indicator.
    pub indicator: String,
    /// The rate of all courts together.
    pub rate: f64,
    /// The courts, best first; courts without a row are not among them.
    pub courts: Vec<Ranked>,
    /// Courts without a row.
    pub without: usize,
    /// The share of courts whose true rate is that of all and which are called either way all the same, at most.
    pub outside: f64,
}

impl Ranking {
    /// The limits of the funnel for so many cases, at 95 % and at 99.8 %.
    ///
    /// Shares from 0 to 1, the lower one first; they are what a funnel plot draws.
    pub fn limits(&self, cases: u64) -> [(f64, f64); 2] {
        [funnel(cases, self.rate, 0.05), funnel(cases, self.rate, OUTER)]
    }

    /// Ranks courts that have so many of so many, each with what would be expected of its cases.
    ///
    /// A contest that ranks noise is worse than none: who is called better or worse is told by the
    /// funnel, not by the place.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a numerator beyond its denominator.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::indicators::{Better, Call, Ranking};
    ///
    /// let counts = [("A", (900, 1_000)), ("B", (2, 3)), ("C", (98, 997))];
    /// let counts = counts.map(|(court, counts)| (court.to_owned(), counts, 0.5)); // half is expected of each
    /// let ranking = Ranking::new("closing_rate", Better::High, &counts)?;
    /// assert_eq!((ranking.courts[0].court.as_str(), ranking.courts[0].call), ("A", Call::Above));
    /// // Two of three is a high share and tells nothing.
    /// let small = ranking.courts.iter().find(|court| court.court == "B").ok_or("no such court")?;
    /// assert!(matches!(small.call, Call::TooFew | Call::Within));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(indicator: &str, better: Better, counts: &[(String, (u64, u64), f64)]) -> Result<Self> {
        if let Some((court, (of, all), _)) = counts.iter().find(|(_, (of, all), _)| of > all) {
            return Err(Error::setting(
                says!("ranking of {court}", court),
                says!("{of} of {all}", of, all),
                "a part of the whole",
            ));
        }
        let sums = counts.iter().fold((0, 0), |sums, (_, (of, all), _)| (sums.0 + of, sums.1 + all));
        #[expect(clippy::cast_precision_loss, reason = "counts of cases")]
        let rate = if sums.1 == 0 { 0.0 } else { sums.0 as f64 / sums.1 as f64 };
        let mut courts: Vec<Ranked> = counts.iter().filter_map(|court| ranked(court, rate)).collect();
        let sign = if better == Better::Low { 1.0 } else { -1.0 };
        courts.sort_by(|a, b| (sign * a.adjusted).total_cmp(&(sign * b.adjusted)).then_with(|| a.court.cmp(&b.court)));
        let spans: Vec<(f64, f64)> = courts
            .iter()
            .map(|court| {
                let (low, high) = court.interval;
                let scale = if court.expected > 0.0 { rate / court.expected } else { 1.0 };
                let (low, high) = (sign * low * scale, sign * high * scale);
                (low.min(high), low.max(high))
            })
            .collect();
        for (at, court) in courts.iter_mut().enumerate() {
            let Some((low, high)) = spans.get(at).copied() else { continue };
            let before = spans.iter().filter(|span| span.1 < low).count();
            let behind = spans.iter().filter(|span| span.0 > high).count();
            court.rank = at + 1;
            court.ranks = (before + 1, spans.len() - behind);
        }
        let without = counts.len() - courts.len();
        Ok(Self { indicator: indicator.to_owned(), rate, courts, without, outside: OUTER })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases")]
fn ranked((court, counts, expected): &(String, (u64, u64), f64), rate: f64) -> Option<Ranked> {
    let (of, all) = *counts;
    let interval = wilson(of, all)?;
    let share = of as f64 / all as f64;
    let adjusted = if *expected > 0.0 { share / expected * rate } else { share };
    Some(Ranked {
        court: court.clone(),
        counts: *counts,
        share,
        interval,
        expected: *expected,
        adjusted,
        rank: 0,
        ranks: (0, 0),
        raw_call: called(*counts, rate),
        // Cases that differ spread less than as many alike, so that this errs on the side of calling nobody.
        call: called(*counts, *expected),
    })
}

impl Measured {
    /// Ranks the courts by an indicator that is a share of cases, as it is and adjusted for case
    /// mix: by cause, kind and size of the claim (indirect standardisation).
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there is no such indicator or it is no share of things counted.
    pub fn ranking(&self, code: &str) -> Result<Ranking> {
        let definition = self.catalog.needed(code)?;
        let is_count = definition.of.as_ref().is_some_and(|term| term.value.is_none());
        if definition.measure != Measure::Share || !is_count {
            let found = format!("{:?}", definition.measure);
            return Err(Error::setting(
                says!("ranking by {code}", code),
                found,
                "an indicator that is a share of things counted",
            ));
        }
        let places = self.sides.get(code).and_then(|sides| Some((sides.top.first()?.0, sides.bottom.first()?.0)));
        let Some((top, bottom)) = places else { return Ranking::new(code, definition.better, &[]) };
        let expected = self.expected((top, bottom));
        let mut counts = Vec::new();
        for court in self.courts().into_iter().filter(|court| !court.name.is_empty()) {
            let figure = self.figure(code, &Selection::all().court(&court.name))?;
            let whole = |count: i64| u64::try_from(count).unwrap_or(0);
            let of_mix = expected.get(court.name.as_str()).copied().unwrap_or(0.0);
            counts.push((court.name, (whole(figure.top), whole(figure.bottom)), of_mix));
        }
        Ranking::new(code, definition.better, &counts)
    }

    /// The share that each court would have by the rates of all courts for cases like its own.
    #[expect(clippy::cast_precision_loss, reason = "counts of cases")]
    fn expected(&self, (top, bottom): (usize, usize)) -> std::collections::BTreeMap<&str, f64> {
        let count = |sums: &[i64], at: usize| {
            let slot = self.mixed.get(at).copied().flatten();
            slot.and_then(|slot| sums.get(slot)).copied().unwrap_or(0) as f64
        };
        let mut all: std::collections::BTreeMap<u32, (f64, f64)> = Default::default();
        for ((_, stratum), sums) in &self.tally.strata {
            let held = all.entry(*stratum).or_default();
            *held = (held.0 + count(sums, top), held.1 + count(sums, bottom));
        }
        let mut of: std::collections::BTreeMap<&str, (f64, f64)> = Default::default();
        for ((court, stratum), sums) in &self.tally.strata {
            let cases = count(sums, bottom);
            let rate = all.get(stratum).filter(|(_, cases)| *cases > 0.0).map_or(0.0, |(met, cases)| met / cases);
            let held = of.entry(court).or_default();
            *held = (held.0 + rate * cases, held.1 + cases);
        }
        of.into_iter()
            .filter(|(_, (_, cases))| *cases > 0.0)
            .map(|(court, (met, cases))| (court, met / cases))
            .collect()
    }
}
