use std::fmt::Write;

use super::names::beside;
use crate::model::binning::BinMap;
use crate::model::{AmountCard, Calibrator, Scorecard, ScorecardFeature, ScorecardPair};

impl Scorecard {
    /// The card as one SQL query over a table or view: all its columns, the points of each feature and pair, `score` and
    /// `probability`.
    ///
    /// Standard SQL (`CASE`, `IN`, `EXP`); features are columns of the same names, unknown is `NULL`, numbers are
    /// compared as double precision. The score is whole-number arithmetic and equals the card's exactly. Outputs are
    /// called what [`Scorecard::output_names`] says; a table with further columns of such names wants
    /// [`Scorecard::to_sql_beside`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, TableRoles};
    /// # use wherewithal::model::{self, ScorecardParams, Target};
    /// # let income: Vec<f64> = (0..400).map(|i| f64::from(i % 40)).collect();
    /// # let paid: Vec<bool> = (0..400).map(|i| i % 40 > (i * 7) % 57).collect();
    /// # let frame = DataFrame::new(400, vec![Column::new("income".into(), income)])?;
    /// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// let card = model::fit(&table, &Target::new(paid)?, &ScorecardParams::default())?;
    /// assert!(card.to_sql("applicants").contains(r#"CASE WHEN "income" IS NULL"#));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn to_sql(&self, table: &str) -> String {
        self.to_sql_beside(table, &[])
    }

    /// [`Scorecard::to_sql`] over a table that has `others` as further columns: no output is called as one of them.
    pub fn to_sql_beside(&self, table: &str, others: &[&str]) -> String {
        let names = self.output_names(others);
        let scale = self.scale();
        let score = &names.score;
        let log_odds =
            format!("(({score} - {:e}) / {:e} + {:e})", scale.base_points, scale.factor(), scale.base_odds.ln());
        let query = Query {
            head: format!("scorecard {}, {} rows, {} features", self.digest(), self.rows(), self.features().len()),
            card: self,
            points: &names.points,
            score,
            base: i64::from(self.base_points().0),
            last: format!("{} AS {}", probability(self.calibrator(), &log_odds), names.probability),
        };
        query.over(table)
    }
}

impl AmountCard {
    /// The card as one SQL query over a table or view: all its columns, the whole units that each feature and pair adds, their
    /// sum `units`, and `amount`, which equals the card's own to the last bit.
    ///
    /// Standard SQL as that of [`Scorecard::to_sql`]; outputs are called what [`AmountCard::output_names`] says.
    pub fn to_sql(&self, table: &str) -> String {
        self.to_sql_beside(table, &[])
    }

    /// [`AmountCard::to_sql`] over a table that has `others` as further columns: no output is called as one of them.
    pub fn to_sql_beside(&self, table: &str, others: &[&str]) -> String {
        let names = self.output_names(others);
        let (card, unit, (least, most)) = (self.table(), self.unit(), self.bounds());
        let amount = format!("{} {} {:e}", names.units, unit.operator(), unit.power());
        let query = Query {
            head: format!("amount card {}, {} rows, {} features", self.digest(), self.rows(), card.features().len()),
            card,
            points: &names.parts,
            score: &names.units,
            base: unit.offset() + i64::from(card.base_points().0),
            last: format!(
                "CASE WHEN {amount} < {least:e} THEN {least:e} WHEN {amount} > {most:e} THEN {most:e} \
                 ELSE {amount} END AS {}",
                names.amount
            ),
        };
        query.over(table)
    }
}

/// A card as a query: a sum of points, and what is made of it.
struct Query<'a> {
    head: String,
    card: &'a Scorecard,
    points: &'a [String],
    score: &'a str,
    base: i64,
    last: String,
}

impl Query<'_> {
    fn over(&self, table: &str) -> String {
        let Self { head, card, score, base, last, .. } = self;
        let (of_points, of_scores) = (beside("points", table), beside("scores", table));
        let columns: Vec<String> = self.points.iter().map(|name| quoted(name)).collect();
        let of_pairs = card.pairs().iter().map(|pair| pair_points(card, pair).unwrap_or_else(|| "0".to_owned()));
        let cases: Vec<String> = card.features().iter().map(points).chain(of_pairs).collect();
        let mut sql = format!("-- {head}\nWITH {of_points} AS (\n  SELECT *");
        for (case, column) in cases.iter().zip(&columns) {
            let _ = write!(sql, ",\n    {case} AS {column}");
        }
        let _ = write!(sql, "\n  FROM {}\n), {of_scores} AS (\n  SELECT *, {base}", quoted(table));
        columns.iter().for_each(|column| {
            let _ = write!(sql, " + {column}");
        });
        let _ = write!(sql, " AS {score}\n  FROM {of_points}\n)\nSELECT *, {last}");
        let _ = writeln!(sql, "\nFROM {of_scores}");
        sql
    }
}

/// The points of one feature as a `CASE`.
fn points(feature: &ScorecardFeature) -> String {
    case(feature.map(), |bin| feature.points_of(bin).0.to_string())
}

/// The points of a pair as a `CASE` in a `CASE`; the inner one is written once for each line.
fn pair_points(card: &Scorecard, pair: &ScorecardPair) -> Option<String> {
    let [first, second] = pair.features().map(|name| card.feature(name));
    let (first, second) = (first?, second?);
    Some(case(first.map(), |bin| match bin {
        Some(_) => case(second.map(), |other| pair.points_of([bin, other]).0.to_string()),
        None => "0".to_owned(),
    }))
}

/// What `worth` says of a feature's bin, as a `CASE`. Neighbouring bins of equal worth are one line.
fn case(map: &BinMap, worth: impl Fn(Option<usize>) -> String) -> String {
    let name = quoted(&map.feature);
    let mut case = format!("CASE WHEN {name} IS NULL THEN {}", worth(map.missing.or(map.unseen)));
    for (code, bin) in &map.special {
        let _ = write!(case, " WHEN {name} = {code:e} THEN {}", worth(Some(*bin)));
    }
    if map.is_category() {
        for bin in 0..map.bins.len() {
            let levels: Vec<String> = levels_of(map, bin).map(text).collect();
            if !levels.is_empty() {
                let _ = write!(case, " WHEN {name} IN ({}) THEN {}", levels.join(", "), worth(Some(bin)));
            }
        }
        let _ = write!(case, " ELSE {} END", worth(map.unseen));
    } else {
        let last = worth(map.last_interval());
        let steps: Vec<(f64, String)> =
            map.cuts.iter().enumerate().map(|(bin, cut)| (*cut, worth(Some(bin)))).collect();
        for (bin, (cut, here)) in steps.iter().enumerate() {
            let next = steps.get(bin + 1).map_or(&last, |(_, next)| next);
            if next != here {
                let _ = write!(case, " WHEN {name} <= {cut:e} THEN {here}");
            }
        }
        let _ = write!(case, " ELSE {last} END");
    }
    case
}

fn levels_of(map: &BinMap, bin: usize) -> impl Iterator<Item = &str> {
    map.levels.iter().filter(move |(_, of)| *of == bin).map(|(level, _)| level.as_str())
}

/// The calibrated probability of log-odds `x`.
fn probability(calibrator: &Calibrator, x: &str) -> String {
    let of_log_odds = |calibrated: String| format!("1e0 / (1e0 + EXP(-({calibrated})))");
    match calibrator {
        Calibrator::Identity => of_log_odds(x.to_owned()),
        Calibrator::Platt { slope, intercept } => of_log_odds(format!("{slope:e} * {x} + {intercept:e}")),
        Calibrator::Beta { a, b, c } => {
            // ln(1 + e^y), which no score makes overflow.
            let softplus = |y: &str| format!("(GREATEST({y}, 0e0) + LN(1e0 + EXP(-ABS({y}))))");
            of_log_odds(format!("{c:e} - {a:e} * {} + {b:e} * {}", softplus(&format!("(-{x})")), softplus(x)))
        }
        Calibrator::Curve { knots, slope } => of_log_odds(straight(knots, *slope, x)),
        Calibrator::Isotonic { knots } => straight(knots, 0.0, x),
    }
}

/// Straight lines between knots, and of one slope beyond them.
fn straight(knots: &[(f64, f64)], slope: f64, x: &str) -> String {
    let (Some(first), Some(last)) = (knots.first(), knots.last()) else { return x.to_owned() };
    let line = |(x0, y0): (f64, f64), slope: f64| format!("{y0:e} + {slope:e} * ({x} - {x0:e})");
    let mut case = format!("CASE WHEN {x} < {:e} THEN {}", first.0, line(*first, slope));
    for (low, high) in knots.iter().zip(knots.iter().skip(1)) {
        let rise = (high.1 - low.1) / (high.0 - low.0);
        let _ = write!(case, " WHEN {x} < {:e} THEN {}", high.0, line(*low, rise));
    }
    let _ = write!(case, " ELSE {} END", line(*last, slope));
    case
}

/// A name of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text of SQL.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_end_neither_names_nor_texts() {
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
        assert_eq!(text("o'clock"), "'o''clock'");
    }

    #[test]
    fn a_curve_is_a_case_of_straight_lines() {
        let sql = straight(&[(-1.0, -2.0), (1.0, 2.0)], 0.5, "x");
        assert_eq!(
            sql,
            "CASE WHEN x < -1e0 THEN -2e0 + 5e-1 * (x - -1e0) WHEN x < 1e0 THEN -2e0 + 2e0 * (x - -1e0) \
             ELSE 2e0 + 5e-1 * (x - 1e0) END"
        );
    }
}
