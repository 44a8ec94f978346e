//! The hidden truth about each debtor and each planted act, which no source file holds.
//!
//! | sheet | a row for | written to |
//! |---|---|---|
//! | `truth` | each debtor: means, what is hidden, will, class, coverage | `truth/truth` |
//! | `truth_acts` | each planted act: kind, day, amount, the row that shows it | `truth/truth_acts` |
//! | things | each thing of worth: what it would truly yield | no file |
//!
//! It exists to be compared with: scores with `class`, statements of means with `visible_fen`, signals with
//! acts. Nothing that is scored may read it; a test holds that no feature names one of its columns.

use super::district::District;
use super::estate::{Estate, HORIZON_MONTHS, Paper};
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

pub(super) fn things() -> Sheet {
    use ColumnKind::{Item, Money, Party, Text};
    Sheet::new("truth_things", [(ENTITY_ID, Party), ("table", Text), ("item", Item), ("net_fen", Money)])
}

/// The column of the row that shows an act.
pub(super) const ROW: &str = "row";

/// Writes down the truth about a group; `row` counts within the part that is being made, from 1.
pub(super) fn tell(district: &mut District, group: &Group) {
    let [debtors, acts, things] = district.truth_mut();
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
        for (table, item, net_fen) in yields(&member.estate) {
            let values = [("table", table.into()), ("item", item.into()), ("net_fen", net_fen.into())];
            things.push(&[(ENTITY_ID, (&member.id).into())], &values);
        }
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

/// What each thing still there would yield, by the table and the number that sources know it by;
/// income over the horizon last, without a number.
fn yields(estate: &Estate) -> Vec<(&'static str, Option<&str>, i64)> {
    fn held<'a>(
        table: &'static str,
        papers: &'a [Paper],
    ) -> impl Iterator<Item = (&'static str, Option<&'a str>, i64)> {
        let there = papers.iter().filter(|paper| paper.disposal.is_none());
        there.map(move |paper| (table, Some(paper.item.as_str()), paper.net_fen))
    }
    let accounts = estate.accounts.iter().map(|a| ("deposits", Some(a.number.as_str()), a.balance_fen));
    let homes = estate.homes.iter().filter(|home| home.disposal.is_none());
    let vehicles = estate.vehicles.iter().filter(|vehicle| vehicle.disposal.is_none());
    let holdings = estate.holdings.iter().filter(|holding| holding.disposal.is_none());
    accounts
        .chain(held("network_funds", &estate.wallets))
        .chain(held("financial_assets", &estate.papers))
        .chain(held("insurance_policies", &estate.policies))
        .chain(homes.map(|home| ("real_estate", Some(home.unit.as_str()), home.net_fen)))
        .chain(vehicles.map(|vehicle| ("vehicles", Some(vehicle.plate.as_str()), vehicle.net_fen)))
        .chain(holdings.map(|holding| ("equity", Some(holding.company_id.as_str()), holding.net_fen)))
        .chain([("income", None, estate.surplus_fen * HORIZON_MONTHS)])
        .filter(|(_, _, net_fen)| *net_fen != 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::simulate::{SimulateParams, generate};

    #[test]
    fn things_add_up_to_what_is_visible() {
        let district = generate(&SimulateParams::district().cases(200)).unwrap();
        let (things, truth) = (district.things().frame().unwrap(), district.truth().frame().unwrap());
        let mut sums: HashMap<&str, i64> = HashMap::new();
        let owners = things.column("entity_id").unwrap().str().unwrap();
        for (owner, net) in owners.iter().zip(things.column("net_fen").unwrap().i64().unwrap().iter()) {
            *sums.entry(owner.unwrap()).or_default() += net.unwrap();
        }
        let debtors = truth.column("entity_id").unwrap().str().unwrap();
        let visible = truth.column("visible_fen").unwrap().i64().unwrap();
        assert!(visible.iter().flatten().any(|fen| fen > 0));
        for (debtor, visible) in debtors.iter().zip(visible.iter()) {
            assert_eq!(sums.get(debtor.unwrap()).copied().unwrap_or_default(), visible.unwrap());
        }
    }
}
