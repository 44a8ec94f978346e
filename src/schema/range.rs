//! The least and the largest value that a column may hold.

use super::ColumnKind;

/// The least and the most that a column's numbers may be, in the column's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueRange {
    /// Nothing is less.
    pub least: i64,
    /// Nothing is more.
    pub most: i64,
}

/// No amount reaches a trillion yuan, in fen: a number of fifteen digits or more is an identifier or an account that
/// slipped into another column. Sums of ninety thousand such amounts fit an integer of 64 bits.
const MOST_FEN: i64 = 99_999_999_999_999;

impl ValueRange {
    const ANY: Self = Self { least: i64::MIN, most: i64::MAX };

    /// What numbers of a kind may be where the column says nothing else.
    pub(super) const fn default_for(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Money => Self { least: -MOST_FEN, most: MOST_FEN },
            _ => Self::ANY,
        }
    }

    /// Whether a whole number lies within it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::schema;
    /// let deposits = schema::table("deposits").ok_or("no such table")?;
    /// let balance = deposits.column("balance_fen").ok_or("no such column")?;
    /// assert!(balance.range.holds(12_345));
    /// assert!(!balance.range.holds(320_106_198_706_150_217)); // an identifier in the wrong column
    /// # Ok::<(), &str>(())
    /// ```
    pub const fn holds(self, number: i64) -> bool {
        self.least <= number && number <= self.most
    }

    /// Whether a decimal number lies within it.
    #[expect(clippy::cast_precision_loss, reason = "limits are round numbers")]
    pub(crate) fn holds_decimal(self, number: f64) -> bool {
        self.least as f64 <= number && number <= self.most as f64
    }

    /// The range in words; empty where there is none.
    pub fn in_words(self, kind: ColumnKind) -> String {
        let unit = if kind == ColumnKind::Money { " fen" } else { "" };
        match (self.least, self.most) {
            (i64::MIN, i64::MAX) => String::new(),
            (i64::MIN, most) => format!("at most {most}{unit}"),
            (least, i64::MAX) => format!("at least {least}{unit}"),
            (least, most) => format!("{least} to {most}{unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TABLES;

    #[test]
    fn an_identifier_is_no_amount() {
        let money = ValueRange::default_for(ColumnKind::Money);
        for number in [320_106_870_615_021, 320_106_198_706_150_217, i64::MAX, i64::MIN] {
            assert!(!money.holds(number), "{number}");
        }
        assert!(money.holds(-9_000_000) && ValueRange::default_for(ColumnKind::Record).holds(i64::MAX));
    }

    #[test]
    fn every_whole_number_and_amount_has_limits() {
        for column in TABLES.iter().flat_map(|table| table.columns()) {
            let ValueRange { least, most } = column.range;
            assert!(least <= most, "{}", column.name);
            if matches!(column.kind, ColumnKind::Integer | ColumnKind::Number | ColumnKind::Money) {
                assert!(least > i64::MIN && most < i64::MAX, "{}", column.name);
            } else {
                assert_eq!(column.range, ValueRange::ANY, "{}", column.name);
            }
        }
    }
}
