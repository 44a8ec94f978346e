//! The rows behind one figure, so that a reader can open it.
//!
//! A figure that nobody can open is believed or not; one that can be opened is checked. The rows are found
//! by the same terms that counted the figure, so their sum is the figure.

use rayon::prelude::*;

use super::catalog::IndicatorCatalog;
use super::columns::NONE;
use super::docket::Docket;
use super::listings::Listings;
use super::measured::{Selection, compiled};
use super::names::Names;
use super::period::Period;
use super::rows::Reading;
use super::tally::is_meant;
use super::terms::{Bound, fields};
use crate::error::Result;
use crate::tables::{Partition, Partitions};

/// Numerator or denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The numerator.
    Top,
    /// The denominator.
    Bottom,
}

/// A row behind a figure.
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::domain::Day;
/// use wherewithal::indicators::{IndicatorCatalog, Period, Selection, Side};
/// use wherewithal::tables::SourceTables;
///
/// let filed = Day::parse("2017-03-01")?.number();
/// let day = |name: &str| Column::new(name.into(), [filed]).cast(&DataType::Date);
/// let cases = DataFrame::new(1, vec![
///     Column::new("case_id".into(), [1i64]),
///     day("event_on")?,
///     day("known_at")?,
///     Column::new("court".into(), ["A"]),
///     Column::new("kind".into(), ["first"]),
/// ])?;
/// let tables = SourceTables::new().with_frame("cases", cases)?;
/// let year = Period::new(Day::parse("2017-01-01")?, Day::parse("2017-12-31")?)?;
/// let rows = IndicatorCatalog::standard()?.behind(&tables, "closing_rate", year, &Selection::all())?;
/// // One case was filed and none was closed: it stands on the side of the denominator alone.
/// assert_eq!((rows.len(), rows[0].side, rows[0].key, rows[0].adds), (1, Side::Bottom, 1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Behind {
    /// Which side it counts on.
    pub side: Side,
    /// The case, or where a party was asked about or punished the party.
    pub key: i64,
    /// The number, as it is written, of the case whose court it counts for.
    pub case_no: Option<String>,
    /// The court and the team.
    pub court: String,
    /// See `court`.
    pub team: String,
    /// The place of the month in the period from 0; none for months before.
    pub month: Option<usize>,
    /// What it adds: 1, fen or days.
    pub adds: i64,
}

impl IndicatorCatalog {
    /// The rows behind a figure, sorted: those of the months selected that the figure sums.
    ///
    /// Terms that are taken off add less than nothing. For `Parts`, ask for the parts.
    ///
    /// # Errors
    ///
    /// As [`measure`](super::measure); [`Error::Setting`](crate::Error::Setting) when there is no such indicator.
    pub fn behind(
        &self,
        partitions: &dyn Partitions,
        code: &str,
        period: Period,
        of: &Selection,
    ) -> Result<Vec<Behind>> {
        self.needed(code)?;
        let one = |number: u32| found(&partitions.partition(number)?, (self, code), (period, of));
        let numbers: Vec<u32> = (0..partitions.partitions()).collect();
        let mut all: Vec<Behind> = Vec::new();
        for wave in numbers.chunks(rayon::current_num_threads().max(1)) {
            let waves = wave.par_iter().with_max_len(1).map(|number| one(*number)).collect::<Result<Vec<_>>>()?;
            all.extend(waves.into_iter().flatten());
        }
        all.sort_unstable();
        Ok(all)
    }
}

fn found(
    partition: &Partition,
    (catalog, code): (&IndicatorCatalog, &str),
    (period, of): (Period, &Selection),
) -> Result<Vec<Behind>> {
    let (counted, sides) = compiled(catalog);
    let Some(sides) = sides.get(code) else { return Ok(Vec::new()) };
    let mut names = Names::new();
    let day = period.until();
    let docket = Docket::read(partition, (&mut names, catalog.terms()), day)?;
    let listings = Listings::read(partition, &docket, day)?;
    let months = period.places();
    let reading = Reading { partition, docket: &docket, listings: &listings, day };
    let mut rows_behind = Vec::new();
    let terms =
        sides.top.iter().map(|term| (Side::Top, term)).chain(sides.bottom.iter().map(|term| (Side::Bottom, term)));
    for (side, (at, over, minus)) in terms {
        let Some(one) = counted.get(*at) else { continue };
        let rows = reading.rows(&one.term.of, &fields(&one.term))?;
        let bound = Bound::new(&one.term, &rows, day);
        let (first, last) = of.months.map_or((1, period.months()), |(first, last)| (first + 1, last + 1));
        bound.each(0..rows.len(), |row, on, adds| {
            let Some((month, key)) = on.and_then(|on| months.month_index(on)).zip(rows.keys.get(row)) else { return };
            let at = rows.assignments.get(row).copied().flatten();
            let assignment = at.and_then(|at| docket.assignments.get(at));
            let kind = assignment.map_or(NONE, |assignment| assignment.kind);
            let court = assignment.map(|assignment| names.court_name(assignment.court)).unwrap_or_default();
            let team = assignment.map(|assignment| names.team_name(assignment.team)).unwrap_or_default();
            let is_meant = is_meant(one.scope, kind)
                && of.scope.is_none_or(|scope| is_meant(scope, kind))
                && (of.courts.is_empty() || of.courts.contains(&court))
                && of.team.as_ref().is_none_or(|wanted| *wanted == team);
            let is_timely = match over {
                super::Over::Period => (first..=last).contains(&month),
                super::Over::UntilEnd => month <= last,
                super::Over::Before => month < first,
            };
            if is_meant && is_timely {
                let case_no = at.and_then(|at| docket.case_no(at)).map(str::to_owned);
                let adds = if *minus { -adds } else { adds };
                let month = month.checked_sub(1);
                rows_behind.push(Behind { side, key: *key, case_no, court, team, month, adds });
            }
        });
    }
    Ok(rows_behind)
}
