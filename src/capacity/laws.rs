//! Laws 3, 4 and 6 of the house over random estates, and the reference values of the rules.

use proptest::prelude::*;

use super::*;
use crate::domain::{Day, Money, PartyKind};

fn day(offset: i32) -> Day {
    Day::new(2022, 6, 1).unwrap().plus_days(offset)
}

fn yuan(amount: i64) -> Money {
    Money::from_fen(amount * 100)
}

fn rules() -> CapacityRules {
    let living = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note\n\
                  1000,500,test,,2000-01-01,,,false,\n";
    CapacityRules::standard().unwrap().with_living_costs(living).unwrap()
}

fn classes() -> impl Strategy<Value = AssetClass> {
    use AssetClass::*;
    prop::sample::select(vec![
        Deposit,
        NetworkFunds,
        Cash,
        TaxRefund,
        FinancialAsset,
        Insurance,
        HousingFund,
        Receivable,
        Vehicle,
        Other,
        Home,
        Commercial,
        Parking,
        Land,
        Equity,
    ])
}

fn money() -> impl Strategy<Value = Money> {
    prop_oneof![0i64..200, 0i64..1_000_000, 0i64..500_000_000].prop_map(Money::from_fen)
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![
        6 => money().prop_map(Amount::Known),
        1 => money().prop_map(Amount::AtMost),
        2 => Just(Amount::Unknown),
    ]
}

fn burdens(ours: std::ops::Range<i64>) -> impl Strategy<Value = Burden> {
    use BurdenKind::*;
    let kinds = vec![
        Homebuyer,
        ConstructionPrice,
        Retention,
        Mortgage,
        Mortgage,
        Pledge,
        Tax,
        Seizure,
        Seizure,
        WaitingSeizure,
        AdvanceSeizure,
        Lease,
        Objection,
    ];
    let term = proptest::option::of(-200i32..900);
    let own = proptest::option::weighted(0.3, ours);
    let holder = proptest::option::of(0u8..3);
    (prop::sample::select(kinds), 1u32..3, amounts(), -1500i32..0, term, own, holder, any::<i64>()).prop_map(
        |(kind, rank, amount, since, until, our_case, holder, record)| Burden {
            record,
            kind,
            rank,
            amount,
            since: day(since),
            until: until.map(day),
            holder: holder.map(|n| format!("holder {n}")),
            our_case,
        },
    )
}

fn assets(ours: std::ops::Range<i64>) -> impl Strategy<Value = Asset> {
    let only_home = prop::sample::select(vec![None, Some(true), Some(false)]);
    let ownership = prop::sample::select(vec![Ownership::Sole, Ownership::Joint, Ownership::ByShare]);
    let days = (proptest::option::of(-2000i32..0), proptest::option::of(-5000i32..0));
    let doubts = (any::<bool>(), any::<bool>(), proptest::option::of(any::<bool>()));
    let share = proptest::option::of((0i64..=1_000_000).prop_map(Rate::from_millionths));
    let value = proptest::option::weighted(0.9, money());
    let rent = proptest::option::of((0i64..8_000).prop_map(yuan));
    let state = (only_home, ownership, days, doubts, share, rent);
    (classes(), value, prop::collection::vec(burdens(ours), 0..4), state, any::<i64>()).prop_map(
        |(
            class,
            value,
            burdens,
            (is_only_home, ownership, (valued, acquired), doubts, share, monthly_rent),
            record,
        )| Asset {
            value,
            valued_on: valued.map(day),
            acquired_on: acquired.map(day),
            share,
            ownership,
            is_only_home,
            monthly_rent,
            is_protected: class == AssetClass::Deposit && doubts.0,
            is_notice: class == AssetClass::Home && doubts.1,
            is_in_hand: doubts.2,
            burdens,
            ..Asset::new(record, class, Money::ZERO)
        },
    )
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let claim = (money(), money(), -900i32..0, proptest::option::of(-900i32..60), money(), -800i32..0);
    prop::collection::vec(claim, 1..4).prop_map(|claims| {
        let numbered = claims.into_iter().zip(1i64..);
        numbered
            .map(|((principal, interest, filed, delayed, paid, paid_on), case)| Claim {
                interest,
                delayed_from: delayed.map(day),
                payments: vec![Paid { record: case, on: day(paid_on), amount: paid, from_ready_money: case != 2 }],
                ..Claim::new(case, principal, day(filed))
            })
            .collect()
    })
}

fn estates() -> impl Strategy<Value = Estate> {
    let party = prop::sample::select(vec![PartyKind::Person, PartyKind::Company, PartyKind::Organisation]);
    let household = proptest::option::of(1u32..6);
    let married = proptest::option::of((-4000i32..0).prop_map(day));
    let incomes = prop::collection::vec((0i64..30_000).prop_map(yuan), 0..3);
    let others = (prop::collection::vec(money(), 0..3), prop::collection::vec(money(), 0..2));
    let assets = prop::collection::vec(assets(1..4), 0..6);
    (party, household, married, incomes, others, assets, claims()).prop_map(
        |(party, household_persons, married_since, incomes, others, assets, claims)| Estate {
            household_persons,
            married_since,
            assets,
            incomes: incomes
                .into_iter()
                .map(|monthly| Income { record: 1, kind: "wage".to_owned(), monthly, earlier_attachments: 0 })
                .collect(),
            other_claims: others.0.into_iter().map(|amount| OtherClaim { record: 2, holder: None, amount }).collect(),
            tax_arrears: others.1.into_iter().map(|amount| OtherClaim { record: 4, holder: None, amount }).collect(),
            claims,
            ..Estate::new(1, day(0), party)
        },
    )
}

/// An estate with at least one asset, and the position of one.
fn furnished() -> impl Strategy<Value = (Estate, usize)> {
    (estates(), assets(1..4), any::<prop::sample::Index>()).prop_map(|(mut estate, asset, place)| {
        estate.assets.push(asset);
        let place = place.index(estate.assets.len());
        (estate, place)
    })
}

/// The laws are checked on the figures; the search for turning points would only cost time.
fn stated(estate: &Estate) -> CapacityStatement {
    thread_local!(static RULES: CapacityRules = rules());
    let params = CapacityParams::default().turning_points(false);
    RULES.with(|rules| assess_estate(estate, rules, &params).unwrap())
}

/// To the fen that rounding may move: each layer of an asset is a share rounded once, and so is an unknown claim.
fn not_below(after: &CapacityStatement, before: &CapacityStatement, rounded: i64) -> bool {
    let slack = Money::from_fen(rounded);
    after.recovered.iter().zip(before.recovered.iter()).all(|(after, before)| *after + slack >= *before)
}

/// The amounts of an estate that are rounded: seven layers of each asset, and each burden whose amount nobody told.
fn rounded(estate: &Estate) -> i64 {
    let burdens = estate.assets.iter().flat_map(|asset| &asset.burdens);
    let unknown = burdens.filter(|burden| burden.amount == Amount::Unknown).count();
    i64::try_from(7 * (estate.assets.len() + estate.incomes.len()) + unknown).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn law_3_money_is_conserved_and_bounds_are_in_order(estate in estates()) {
        let statement = stated(&estate);
        prop_assert!(statement.is_conserved(), "{statement:#?}");
        let Scenarios { low, expected, high } = statement.recovered;
        prop_assert!(Money::ZERO <= low && low <= expected && expected <= high && high <= statement.owed);
        for claim in &statement.claims {
            for (settled, recovered) in claim.settled.iter().zip(claim.recovered.iter()) {
                prop_assert_eq!(settled.total(), *recovered);
            }
        }
    }

    #[test]
    fn law_4_a_free_asset_never_lowers_coverage(
        estate in estates(), mut asset in assets(1..4), place in any::<prop::sample::Index>(),
    ) {
        let before = stated(&estate);
        asset.burdens.clear();
        asset.is_only_home = asset.is_only_home.map(|_| false);
        let mut richer = estate.clone();
        richer.assets.insert(place.index(estate.assets.len() + 1), asset);
        prop_assert!(not_below(&stated(&richer), &before, rounded(&richer)));
    }

    #[test]
    fn law_4_a_more_valuable_asset_never_lowers_coverage(
        (estate, place) in furnished(), more in money(),
    ) {
        let before = stated(&estate);
        let mut richer = estate.clone();
        let asset = &mut richer.assets[place];
        // A value instead of none is no more: the range stated for want of one may lie above it.
        asset.value = asset.value.map(|value| value + more);
        prop_assert!(not_below(&stated(&richer), &before, rounded(&richer)));
    }

    #[test]
    fn law_4_a_new_prior_claim_never_raises_coverage(
        (estate, place) in furnished(), burden in burdens(1..2),
    ) {
        let before = stated(&estate);
        let mut poorer = estate.clone();
        poorer.assets[place].burdens.push(Burden { our_case: None, ..burden });
        prop_assert!(not_below(&before, &stated(&poorer), rounded(&poorer)));
    }

    #[test]
    fn law_4_a_new_claim_elsewhere_never_raises_coverage(estate in estates(), amount in money()) {
        let before = stated(&estate);
        let mut poorer = estate.clone();
        poorer.other_claims.push(OtherClaim { record: 3, holder: Some("another".to_owned()), amount });
        prop_assert!(not_below(&before, &stated(&poorer), rounded(&poorer)));
        poorer.tax_arrears.push(OtherClaim { record: 5, holder: None, amount });
        prop_assert!(not_below(&before, &stated(&poorer), rounded(&poorer)));
    }

    #[test]
    fn law_9_a_statement_survives_json(estate in estates()) {
        let statement = stated(&estate);
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

#[test]
fn fees_of_the_reference_table() {
    let fee = rules();
    let fee = fee.bands("execution_fee", day(0)).unwrap();
    let table = [
        (10_000, 50),
        (100_000, 1_400),
        (500_000, 7_400),
        (1_000_000, 12_400),
        (5_000_000, 52_400),
        (1_000_0000, 77_400),
        (50_000_000, 117_400),
    ];
    for (amount, due) in table {
        assert_eq!(fee.due_on(yuan(amount)), yuan(due), "{amount}");
    }
    let rules = rules();
    let preservation = rules.bands("preservation_fee", day(0)).unwrap();
    for (amount, due) in [(1_000, 30), (100_000, 1_020), (896_000, 5_000), (9_000_000, 5_000)] {
        assert_eq!(preservation.due_on(yuan(amount)), yuan(due), "{amount}");
    }
}

#[test]
fn reserves_of_the_reference_path() {
    let rules = rules();
    let reserves = |path, class| -> Vec<i64> {
        let rounds = rules.rounds(path, class, day(0));
        rounds.iter().map(|round| round.reserve.of(yuan(1_000_000)).fen() / 100).collect()
    };
    assert_eq!(reserves(SalePath::Online, AssetClass::Home), [700_000, 560_000, 560_000]);
    assert_eq!(reserves(SalePath::Offline, AssetClass::Home), [1_000_000, 800_000, 640_000, 640_000]);
    assert_eq!(reserves(SalePath::Offline, AssetClass::Vehicle), [1_000_000, 800_000, 500_000]);
    assert!(rules.rounds(SalePath::Online, AssetClass::Home, Day::new(2016, 12, 31).unwrap()).is_empty());
}

/// Attachment of earnings for council tax, by the monthly table of 2007: another folder, the same code.
#[test]
fn another_jurisdiction_is_another_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/capacity/en-gb");
    let rules = CapacityRules::load(folder).unwrap();
    let params = CapacityParams::default().horizon_months(1);
    let attached = |pounds: i64, earlier_attachments| {
        let mut estate = Estate::new(1, day(0), PartyKind::Person);
        let income = Income { record: 1, kind: "wage".to_owned(), monthly: yuan(pounds), earlier_attachments };
        estate.incomes.push(income);
        let statement = assess_estate(&estate, &rules, &params).unwrap();
        assert!(statement.is_conserved());
        statement.layer(Layer::Available).high.fen()
    };
    let table = [
        (300, 0),
        (301, 903),
        (550, 1_650),
        (740, 3_700),
        (900, 6_300),
        (1_420, 17_040),
        (2_020, 34_340),
        (3_000, 34_340 + 49_000),
    ];
    for (earnings, pence) in table {
        assert_eq!(attached(earnings, 0), pence, "{earnings}");
    }
    // After one earlier order of 170.40, 1,249.60 remain, of which 12 % may be taken; a third order gets nothing.
    assert_eq!(attached(1_420, 1), 14_995);
    assert_eq!(attached(1_420, 2), 0);
}

#[test]
fn every_problem_of_a_folder_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let parameters = "name,scope,low,value,high,unit,instrument,article,in_force_from,in_force_to,region,verified,note\n\
        price_share,home,0.9,0.8,1.0,share,x,,2000-01-01,,,false,\n\
        price_share,home,0.7,0.8,1.0,share,x,,2001-01-01,,,false,\n\
        prise_share,home,,0.8,,share,x,,2000-01-01,,,false,\n\
        sale_cost,,,a,,share,x,,2000-13-01,,,perhaps,\n";
    std::fs::write(folder.path().join("parameters.csv"), parameters).unwrap();
    std::fs::write(folder.path().join("order.csv"), "kind,step\nmortgage,1\n").unwrap();
    let message = CapacityRules::load(folder.path()).unwrap_err().to_string();
    for part in [
        "parameters.csv line 2, column low: found '0.9'",
        "price_share home: the rows in force from 2000-01-01 and from 2001-01-01 overlap",
        "line 4, column name: found 'prise_share'",
        "line 5, column value: found 'a'",
        "line 5, column in_force_from: found '2000-13-01'",
        "order.csv line 1: found columns kind,step",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(CapacityRules::load(folder.path().join("nowhere")).is_err());
}
