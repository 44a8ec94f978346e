//! What no source tells: the truth about each debtor and each planted act.

use super::district::District;
use super::group::{Case, Group, class};
use super::sheet::Sheet;
use crate::schema::{ColumnKind, ENTITY_ID, EVENT_ON};

pub(super) fn debtors() -> Sheet {
    use ColumnKind::{Code, Integer, Money, Number, Party};
    Sheet::new(
        "truth",
        [
            (ENTITY_ID, Party),
            ("kind", Code(&["person", "company", "organisation"])),
            ("will", Code(&["willing", "reluctant", "hiding"])),
            ("class", Code(&["none", "partial", "full"])),
            ("means_fen", Money),
            ("visible_fen", Money),
            ("hidden_fen", Money),
            ("cash_fen", Money),
            ("surplus_monthly_fen", Money),
            ("owed_fen", Money),
            ("coverage", Number),
            ("n_cases", Integer),
            ("n_acts", Integer),
        ],
    )
}

pub(super) fn acts() -> Sheet {
    use ColumnKind::{Code, Day, Integer, Item, Money, Party, Text};
    Sheet::new(
        "truth_acts",
        [
            (ENTITY_ID, Party),
            ("kind", Code(&[])),
            (EVENT_ON, Day),
            ("amount_fen", Money),
            ("item", Item),
            ("table", Text),
            (ROW, Integer),
        ],
    )
}

/// The column of the row that shows an act.
pub(super) const ROW: &str = "row";

/// Writes down the truth about a group; `row` counts within the part that is being made, from 1.
pub(super) fn tell(district: &mut District, group: &Group) {
    let (debtors, acts) = district.truth_mut();
    for (nth, member) in group.members.iter().enumerate() {
        let own = group.cases.iter().filter(|case| nth == 0 || case.co_role.is_some());
        let (n_cases, owed_fen) = own.fold((0i64, 0), |(n, sum), case: &Case| (n + 1, sum + case.owed_fen()));
        let means_fen = member.means_fen();
        let coverage = (means_fen as f64 / owed_fen.max(1) as f64 * 10_000.0).round() / 10_000.0;
        debtors.push(
            &[(ENTITY_ID, (&member.id).into()), ("kind", member.kind.into()), ("will", member.will.code().into())],
            &[
                ("class", class(means_fen, owed_fen).into()),
                ("means_fen", means_fen.into()),
                ("visible_fen", member.estate.visible_fen().into()),
                ("hidden_fen", member.hidden_fen.into()),
                ("cash_fen", member.estate.cash_fen.into()),
                ("surplus_monthly_fen", member.estate.surplus_fen.into()),
                ("owed_fen", owed_fen.into()),
                ("coverage", coverage.into()),
                ("n_cases", n_cases.into()),
                ("n_acts", i64::try_from(member.acts.len()).unwrap_or_default().into()),
            ],
        );
        for act in &member.acts {
            let row = act.record.and_then(|(_, row)| i64::try_from(row + 1).ok());
            acts.push(
                &[(ENTITY_ID, (&member.id).into()), ("kind", act.kind.into()), (EVENT_ON, act.on.into())],
                &[
                    ("amount_fen", act.amount_fen.into()),
                    ("item", (!act.item.is_empty()).then_some(act.item.as_str()).into()),
                    ("table", act.record.map(|(table, _)| table).into()),
                    (ROW, row.into()),
                ],
            );
        }
    }
}
