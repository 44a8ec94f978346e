//! Writes a card as one SQL query.
//!
//! One query without user functions: any analyst can read it, and it can be held against the card row by
//! row.

use std::fmt::Write;

use super::names::beside;
use super::table::{BLANKS, DeployedTable, ReadLevel, column_of};
use crate::model::binning::BinMap;
use crate::model::{AmountCard, Calibrator, Scorecard, ScorecardFeature, ScorecardPair};

impl Scorecard {
    /// The card as one SQL query over a table or view: all its columns, the points of each feature and pair, `score`
    /// and `probability`.
    ///
    /// For `DuckDB`, PostgreSQL and SQLite. Features are columns of the same names, unknown is `NULL` and so is an
    /// infinite number, numbers are compared as double precision: such a column must be of a number type. SQLite lets
    /// texts stand there, as tables that its shell imports have them: to the query they are unknown. A column that is
    /// not there is an error. The score is whole-number arithmetic and equals the card's exactly.
    ///
    /// It is not for databases that read a backslash within a text as an escape (`MySQL`, `BigQuery`, Snowflake), or a
    /// name between double quotes as a text (`MySQL`, `BigQuery`), nor for Oracle and SQL Server, whose `TRIM` and
    /// `SELECT *, …` are others.
    ///
    /// Outputs are called what [`Scorecard::output_names`] says; a table with further columns of such names, or with
    /// cells as people write them, wants [`Scorecard::to_sql_of`].
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
    /// assert!(card.to_sql("applicants").contains(r#"CASE WHEN r."income" IS NULL"#));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn to_sql(&self, table: &str) -> String {
        self.to_sql_beside(table, &[])
    }

    /// [`Scorecard::to_sql`] over a table that has `others` as further columns: no output is called as one of them.
    pub fn to_sql_beside(&self, table: &str, others: &[&str]) -> String {
        self.to_sql_of(&DeployedTable::new(table).beside(others.iter().copied()))
    }

    /// [`Scorecard::to_sql`] over a table of which more is known.
    ///
    /// Where cells are as written, the levels that were read of them stand in further columns (`level_` and the
    /// feature's name), and the query has `TRIM` with the characters to take away.
    pub fn to_sql_of(&self, table: &DeployedTable) -> String {
        let (names, mut free) = self.outputs(&table.others());
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
            levels: table.levels(self, &mut free),
        };
        query.over(table.name())
    }
}

impl AmountCard {
    /// The card as one SQL query over a table or view: all its columns, the whole units that each feature and pair
    /// adds, their sum `units`, and `amount`, which equals the card's own to the last bit.
    ///
    /// For the databases of [`Scorecard::to_sql`]; outputs are called what [`AmountCard::output_names`] says.
    pub fn to_sql(&self, table: &str) -> String {
        self.to_sql_beside(table, &[])
    }

    /// [`AmountCard::to_sql`] over a table that has `others` as further columns: no output is called as one of them.
    pub fn to_sql_beside(&self, table: &str, others: &[&str]) -> String {
        self.to_sql_of(&DeployedTable::new(table).beside(others.iter().copied()))
    }

    /// [`AmountCard::to_sql`] over a table of which more is known, as [`Scorecard::to_sql_of`].
    pub fn to_sql_of(&self, table: &DeployedTable) -> String {
        let (names, mut free) = self.outputs(&table.others());
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
            levels: table.levels(card, &mut free),
        };
        query.over(table.name())
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
    levels: Vec<ReadLevel<'a>>,
}

impl Query<'_> {
    fn over(&self, table: &str) -> String {
        let Self { head, card, score, base, last, levels, .. } = self;
        let (of_levels, of_points, of_scores) =
            (beside("levels", table), beside("points", table), beside("scores", table));
        let columns: Vec<String> = self.points.iter().map(|name| quoted(name)).collect();
        let of_pairs =
            card.pairs().iter().map(|pair| pair_points((card, pair), levels).unwrap_or_else(|| "0".to_owned()));
        let of_features = card.features().iter().map(|feature| points(feature, levels));
        let cases: Vec<String> = of_features.chain(of_pairs).collect();
        let (mut sql, mut from) = (format!("-- {head}\n-- {FOR}\nWITH "), quoted(table));
        if !levels.is_empty() {
            let _ = write!(sql, "{of_levels} AS (\n  SELECT *");
            levels.iter().for_each(|level| {
                let _ = write!(sql, ",\n    {} AS {}", read(level), quoted(&level.name));
            });
            let _ = write!(sql, "\n  FROM {from} AS {OF}\n), ");
            from = of_levels;
        }
        let _ = write!(sql, "{of_points} AS (\n  SELECT *");
        for (case, column) in cases.iter().zip(&columns) {
            let _ = write!(sql, ",\n    {case} AS {column}");
        }
        let _ = write!(sql, "\n  FROM {from} AS {OF}\n), {of_scores} AS (\n  SELECT *, {base}");
        columns.iter().for_each(|column| {
            let _ = write!(sql, " + {column}");
        });
        let _ = write!(sql, " AS {score}\n  FROM {of_points}\n)\nSELECT *, {last}");
        let _ = writeln!(sql, "\nFROM {of_scores}");
        sql
    }
}

/// The level in a cell as it is written; `NULL` where it is unknown.
fn read(level: &ReadLevel<'_>) -> String {
    let bare = format!("TRIM(CAST({} AS VARCHAR), {})", column(level.feature), text(BLANKS));
    let list = |texts: &[String]| texts.iter().map(|word| text(word)).collect::<Vec<_>>().join(", ");
    let capitals = Some(level.capitals()).filter(|words| !words.is_empty());
    let capitals = capitals.map(|words| format!("UPPER({bare}) NOT IN ({})", list(&words)));
    let exact = Some(level.exact()).filter(|words| !words.is_empty());
    let exact = exact.map(|words| format!("{bare} NOT IN ({})", list(words)));
    let conditions: Vec<String> = capitals.into_iter().chain(exact).collect();
    if conditions.is_empty() { bare } else { format!("CASE WHEN {} THEN {bare} END", conditions.join(" AND ")) }
}

/// The points of one feature as a `CASE`.
fn points(feature: &ScorecardFeature, levels: &[ReadLevel<'_>]) -> String {
    case((feature.map(), levels), |bin| feature.points_of(bin).0.to_string())
}

/// The points of a pair as a `CASE` in a `CASE`; the inner one is written once for each line.
fn pair_points((card, pair): (&Scorecard, &ScorecardPair), levels: &[ReadLevel<'_>]) -> Option<String> {
    let [first, second] = pair.features().map(|name| card.feature(name));
    let (first, second) = (first?, second?);
    Some(case((first.map(), levels), |bin| match bin {
        Some(_) => case((second.map(), levels), |other| pair.points_of([bin, other]).0.to_string()),
        None => "0".to_owned(),
    }))
}

/// What `worth` says of a feature's bin, as a `CASE`. Neighbouring bins of equal worth are one line.
fn case((map, levels): (&BinMap, &[ReadLevel<'_>]), worth: impl Fn(Option<usize>) -> String) -> String {
    let name = column(column_of(levels, &map.feature));
    // Beyond the largest number are the infinite ones and, to most databases, what is none; to SQLite every text,
    // once the sign before it makes it no text of a column of texts.
    let unknown = match map.is_category() {
        true => String::new(),
        false => format!(" OR NOT +{name} BETWEEN {:e} AND {:e}", f64::MIN, f64::MAX),
    };
    let mut case = format!("CASE WHEN {name} IS NULL{unknown} THEN {}", worth(map.missing.or(map.unseen)));
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
            let softplus = |y: &str| format!("(CASE WHEN {y} > 0e0 THEN {y} ELSE 0e0 END + LN(1e0 + EXP(-ABS({y}))))");
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

/// Where the query runs; whoever gets the file alone has no other place to read it.
const FOR: &str = "for DuckDB, PostgreSQL and SQLite; columns of numbers must be of a number type";

/// What the rows of the table are called within the query.
const OF: &str = "r";

/// A column of the table: SQLite takes the quoted name of a column that is not there for a text.
fn column(name: &str) -> String {
    format!("{OF}.{}", quoted(name))
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
