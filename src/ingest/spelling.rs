//! How a source spells the names that are asked for.
//!
//! Exports of the same system write `CASE_ID` one year and `case_id` the next. A name is found in other
//! letters as long as only one column has it; where two have, neither is taken.

/// The name as it is asked for, else the one that has the same letters, large or small; nothing where several have.
pub(super) fn spelt<'n>(names: &'n [String], asked: &str) -> Option<&'n String> {
    let mut alike = names.iter().filter(|name| is_alike(name, asked));
    let same = names.iter().find(|name| *name == asked);
    same.or_else(|| alike.next().filter(|_| alike.next().is_none()))
}

fn is_alike(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || !one.is_ascii() && one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_very_name_goes_before_one_in_other_letters() {
        let names: Vec<String> =
            ["Cases", "cases", "DEPOSITS", "ＡＢ编号", "Parties", "PARTIES"].map(Into::into).into();
        let found = |asked: &str| spelt(&names, asked).map(String::as_str);
        assert_eq!(
            (found("cases"), found("deposits"), found("ａｂ编号")),
            (Some("cases"), Some("DEPOSITS"), Some("ＡＢ编号"))
        );
        assert_eq!((found("CASES"), found("parties"), found("nothing")), (None, None, None), "nobody knows which");
    }
}
