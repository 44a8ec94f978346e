//! Laws 3, 4, 6 and 9 of the house over random estates, under the carried rules and under random ones.

use proptest::prelude::*;

use super::*;
use crate::domain::Money;

mod random;

use random::{RULE_SETS, assets, burdens, estates, furnished, money, rule_sets, rules};

/// The laws are checked on the figures; the search for turning points would only cost time.
fn stated(estate: &Estate, rules: usize) -> CapacityStatement {
    thread_local!(static RULES: Vec<CapacityRules> = rule_sets());
    let params = CapacityParams::default().turning_points(false);
    RULES.with(|sets| assess_estate(estate, &sets[rules], &params).unwrap())
}

/// One of the sets of rules; half of the time the carried one.
fn any_rules() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 1..RULE_SETS]
}

/// Whether everyone gets at least as much, to the fen: all claims together, each claim, and each creditor of a claim.
fn is_no_less(after: &CapacityStatement, before: &CapacityStatement) -> bool {
    let no_less = |(after, before): (&Scenarios<Money>, &Scenarios<Money>)| {
        after.iter().zip(before.iter()).all(|(after, before)| after >= before)
    };
    let creditors = |statement: &CapacityStatement| -> Vec<Scenarios<Money>> {
        statement.claims.iter().flat_map(|claim| [claim.recovered].into_iter().chain(claim.creditors.clone())).collect()
    };
    after.owed == before.owed
        && no_less((&after.recovered, &before.recovered))
        && creditors(after).iter().zip(&creditors(before)).all(no_less)
}

/// At least 10,000 cases of each law; `PROPTEST_CASES` may ask for more.
fn at_least_10_000() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(10_000), failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(at_least_10_000())]

    #[test]
    fn law_3_money_is_conserved_and_bounds_are_in_order(estate in estates(), rules in any_rules()) {
        let statement = stated(&estate, rules);
        prop_assert!(statement.is_conserved(), "{statement:#?}");
        let Scenarios { low, expected, high } = statement.recovered;
        prop_assert!(Money::ZERO <= low && low <= expected && expected <= high && high <= statement.owed);
        for claim in &statement.claims {
            let Scenarios { low, expected, high } = claim.recovered;
            prop_assert!(low <= expected && expected <= high && high <= claim.owed.total());
            for (settled, recovered) in claim.settled.iter().zip(claim.recovered.iter()) {
                prop_assert_eq!(settled.total(), *recovered);
            }
        }
    }

    #[test]
    fn law_4_a_free_asset_never_lowers_coverage(
        estate in estates(), mut asset in assets(1..4), place in any::<prop::sample::Index>(), rules in any_rules(),
    ) {
        asset.burdens.clear();
        asset.is_only_home = asset.is_only_home.map(|_| false);
        let mut richer = estate.clone();
        richer.assets.insert(place.index(estate.assets.len() + 1), asset);
        prop_assert!(is_no_less(&stated(&richer, rules), &stated(&estate, rules)));
    }

    #[test]
    fn law_4_a_more_valuable_asset_never_lowers_coverage(
        (estate, place) in furnished(), more in money(), rules in any_rules(),
    ) {
        let mut richer = estate.clone();
        let asset = &mut richer.assets[place];
        // A value instead of none is no more: the range stated for want of one may lie above it.
        asset.value = asset.value.map(|value| value + more);
        prop_assert!(is_no_less(&stated(&richer, rules), &stated(&estate, rules)));
    }

    #[test]
    fn law_4_an_income_never_lowers_coverage(
        estate in estates(), (monthly, more) in (money(), money()), rules in any_rules(),
    ) {
        let income = |monthly| Income { record: 9, kind: "wage".to_owned(), monthly, earlier_attachments: 0 };
        let mut richer = estate.clone();
        richer.incomes.push(income(monthly));
        let earning = stated(&richer, rules);
        prop_assert!(is_no_less(&earning, &stated(&estate, rules)));
        richer.incomes.pop();
        richer.incomes.push(income(monthly + more));
        prop_assert!(is_no_less(&stated(&richer, rules), &earning));
    }

    #[test]
    fn law_4_a_new_prior_claim_never_raises_coverage(
        (estate, place) in furnished(), burden in burdens(1..2), rules in any_rules(),
    ) {
        let mut poorer = estate.clone();
        poorer.assets[place].burdens.push(Burden { our_case: None, ..burden });
        prop_assert!(is_no_less(&stated(&estate, rules), &stated(&poorer, rules)));
    }

    #[test]
    fn law_4_a_new_claim_elsewhere_never_raises_coverage(
        estate in estates(), amount in money(), holder in 0u8..4, rules in any_rules(),
    ) {
        let before = stated(&estate, rules);
        let mut poorer = estate.clone();
        poorer.other_claims.push(OtherClaim { record: 3, holder: Some(format!("holder {holder}")), amount });
        let claimed = stated(&poorer, rules);
        prop_assert!(is_no_less(&before, &claimed));
        poorer.tax_arrears.push(OtherClaim { record: 5, holder: None, amount });
        prop_assert!(is_no_less(&claimed, &stated(&poorer, rules)));
    }

    #[test]
    fn law_9_a_statement_survives_json(estate in estates()) {
        let statement = stated(&estate, 0);
        let text = serde_json::to_string(&statement).unwrap();
        prop_assert_eq!(CapacityStatement::from_json(&text).unwrap(), statement);
        let text = serde_json::to_string(&estate).unwrap();
        prop_assert_eq!(serde_json::from_str::<Estate>(&text).unwrap(), estate);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn law_6_threads_and_order_change_nothing(estates in prop::collection::vec(estates(), 1..40)) {
        let rules = rules();
        let params = CapacityParams::default();
        let alone: Vec<_> = estates.iter().map(|estate| assess_estate(estate, &rules, &params).unwrap()).collect();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let table = pool.install(|| assess_estates(&estates, &rules, &params)).unwrap();
            prop_assert_eq!(table.statements(), &alone[..]);
        }
        let back: Vec<_> = estates.iter().rev().cloned().collect();
        let table = assess_estates(&back, &rules, &params).unwrap();
        prop_assert!(table.statements().iter().rev().eq(&alone));
    }
}
