//! Days as they fold for comparison, so that spellings of one day are equal.
//!
//! `1988-01-01`, `1988年1月1日`, `1988/1/1 0:00` and `19880101` are one day. What two orders fit (`02/06/1975`) and
//! what may be a spreadsheet's count of days (`32143`) is no evidence for and none against: nobody knows which day it
//! is. Neither is another spelling (`01-Jan-1988`, `88-01-01`, `一九八八年一月一日`) or a month that is none. A slip of
//! digits stays what it is, since two slips can be compared.

/// A folded text (of [`folded`](super::folded)) as a day, digits alone: `YYYYMMDD`, or less where less is told.
///
/// Nothing where it may be several days.
pub(super) fn day_form(folded: &str) -> Option<String> {
    let runs: Vec<&str> = folded.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let number = |run: &str| run.parse::<u32>().unwrap_or_default();
    match runs.as_slice() {
        [year, month, day, ..] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            let may_be = (1..=12).contains(&number(month)) && (1..=31).contains(&number(day));
            may_be.then(|| format!("{year}{month:0>2}{day:0>2}"))
        }
        [year, month] if year.len() == 4 && month.len() <= 2 => Some(format!("{year}{month:0>2}")),
        [one, two, year, ..] if year.len() == 4 && one.len() <= 2 && two.len() <= 2 => {
            match (number(one), number(two)) {
                (a, b) if a == b || a > 12 => Some(format!("{year}{two:0>2}{one:0>2}")),
                (_, b) if b > 12 => Some(format!("{year}{one:0>2}{two:0>2}")),
                _ => None,
            }
        }
        // A day and a time behind it, with or without marks.
        [day, ..] if matches!(day.len(), 8 | 14) => day.get(..8).map(str::to_owned),
        [count] if count.len() == 5 && count.len() == folded.len() => None,
        // A slip of digits is still a slip of a day; of other words nobody knows the day.
        [run] if run.len() == folded.len() => Some((*run).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::folded;
    use super::*;

    #[test]
    fn spellings_of_a_day_are_one() {
        for text in [
            "1988-01-01",
            "1988/1/1",
            "1988.1.1",
            "1988年1月1日",
            "１９８８年０１月０１日",
            "19880101",
            "1988-01-01 00:00:00",
            "1988-01-01T08:30:00+08:00",
            "19880101083000",
            "1/1/1988",
        ] {
            assert_eq!(day_form(&folded(text)).as_deref(), Some("19880101"), "{text}");
        }
        assert_eq!(day_form(&folded("13/06/1975")).as_deref(), Some("19750613"));
        assert_eq!(day_form(&folded("06/13/1975")).as_deref(), Some("19750613"));
        assert_eq!(day_form(&folded("1988年1月")).as_deref(), Some("198801"));
    }

    #[test]
    fn what_may_be_several_days_is_none_and_slips_stay() {
        let spelt = ["01-Jan-1988", "88-01-01", "1/1/88", "一九八八年一月一日", "不详", "1988-13-45", "1988-02-32"];
        for text in ["02/06/1975", "6-2-1975", "32143"].into_iter().chain(spelt) {
            assert_eq!(day_form(&folded(text)), None, "{text}");
        }
        for text in ["19751331", "1975", "197512", "9751230"] {
            assert_eq!(day_form(&folded(text)).as_deref(), Some(text));
        }
    }
}
