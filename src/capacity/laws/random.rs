//! Random estates, and rules whose shares are random too.

use proptest::prelude::*;

use crate::capacity::*;
use crate::domain::{Day, Money, PartyKind};

pub(super) fn day(offset: i32) -> Day {
    Day::new(2022, 6, 1).unwrap().plus_days(offset)
}

pub(super) fn yuan(amount: i64) -> Money {
    Money::from_fen(amount * 100)
}

/// Sets of rules that the laws are tried on.
pub(super) const RULE_SETS: usize = 32;

/// The carried rules, with living costs.
pub(super) fn rules() -> CapacityRules {
    with_living_costs(CapacityRules::standard().unwrap())
}

/// The carried rules and others of the same form, whose every share is drawn at random.
pub(super) fn rule_sets() -> Vec<CapacityRules> {
    let others = (1..RULE_SETS).map(|seed| with_living_costs(drawn(u64::try_from(seed).unwrap())));
    std::iter::once(rules()).chain(others).collect()
}

fn with_living_costs(rules: CapacityRules) -> CapacityRules {
    let living = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note\n\
                  1000,500,test,,2000-01-01,,,false,\n";
    rules.with_living_costs(living).unwrap()
}

fn drawn(seed: u64) -> CapacityRules {
    let carried = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/capacity/cn");
    let folder = tempfile::tempdir().unwrap();
    for file in ["bands.csv", "rounds.csv", "order.csv", "sharing.csv", "principles.csv"] {
        std::fs::copy(carried.join(file), folder.path().join(file)).unwrap();
    }
    let mut state = seed;
    let mut reader = csv::Reader::from_path(carried.join("parameters.csv")).unwrap();
    let mut writer = csv::Writer::from_path(folder.path().join("parameters.csv")).unwrap();
    writer.write_record(reader.headers().unwrap()).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let mut fields: Vec<String> = record.iter().map(str::to_owned).collect();
        // Name, scope, low, value, high, unit: a range keeps its direction, a point stays one.
        if &record[5] == "share" && &record[0] != "range_level" {
            let number = |text: &str| Rate::parse(text).unwrap().millionths();
            let (is_range, hurts) =
                (!record[2].is_empty(), !record[2].is_empty() && number(&record[2]) > number(&record[4]));
            let mut shares = [0; 3].map(|_| share(&mut state));
            shares.sort_by_key(|share| if hurts { -share } else { *share });
            for (field, share) in fields[2..5].iter_mut().zip(shares) {
                if is_range || !field.is_empty() {
                    *field = Rate::from_millionths(share).to_string();
                }
            }
        }
        writer.write_record(&fields).unwrap();
    }
    writer.flush().unwrap();
    CapacityRules::load(folder.path()).unwrap()
}

/// A share of any size, often nothing, the whole or a little more (SplitMix64).
fn share(state: &mut u64) -> i64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let mixed = mixed ^ (mixed >> 31);
    match mixed % 8 {
        0 => 0,
        1 => 1_000_000,
        2 => i64::try_from(mixed / 8 % 1_200_000).unwrap(),
        _ => i64::try_from(mixed / 8 % 1_000_000).unwrap(),
    }
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

pub(super) fn money() -> impl Strategy<Value = Money> {
    prop_oneof![0i64..200, 0i64..1_000_000, 0i64..500_000_000].prop_map(Money::from_fen)
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![
        6 => money().prop_map(Amount::Known),
        1 => money().prop_map(Amount::AtMost),
        2 => Just(Amount::Unknown),
    ]
}

pub(super) fn burdens(ours: std::ops::Range<i64>) -> impl Strategy<Value = Burden> {
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

pub(super) fn assets(ours: std::ops::Range<i64>) -> impl Strategy<Value = Asset> {
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
    let creditors = prop::collection::vec(money(), 0..3);
    let claim = (money(), money(), -900i32..0, proptest::option::of(-900i32..60), money(), -800i32..0, creditors);
    prop::collection::vec(claim, 1..4).prop_map(|claims| {
        let numbered = claims.into_iter().zip(1i64..);
        numbered
            .map(|((principal, interest, filed, delayed, paid, paid_on, creditors), case)| Claim {
                interest,
                creditors: creditors.into_iter().map(|amount| Creditor { entity_id: 1, amount }).collect(),
                delayed_from: delayed.map(day),
                payments: vec![Paid { record: case, on: day(paid_on), amount: paid, from_ready_money: case != 2 }],
                ..Claim::new(case, principal, day(filed))
            })
            .collect()
    })
}

pub(super) fn estates() -> impl Strategy<Value = Estate> {
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
pub(super) fn furnished() -> impl Strategy<Value = (Estate, usize)> {
    (estates(), assets(1..4), any::<prop::sample::Index>()).prop_map(|(mut estate, asset, place)| {
        estate.assets.push(asset);
        let place = place.index(estate.assets.len());
        (estate, place)
    })
}
