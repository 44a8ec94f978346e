//! Statements of means, by debtors: without and with the search for what the finding turns on.
#![allow(
    missing_docs,
    clippy::print_stdout,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that fails may fail loudly"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wherewithal::capacity::{
    Amount, Asset, AssetClass, Burden, BurdenKind, CapacityParams, CapacityRules, Claim, Estate, Income, assess_estates,
};
use wherewithal::domain::{Day, Money, PartyKind};

fn yuan(amount: i64) -> Money {
    Money::from_fen(amount * 100)
}

/// Estates of a district: most with little, some with a mortgaged home, a car and wages.
fn estates(n: i64) -> Vec<Estate> {
    let day = Day::parse("2018-06-30").unwrap();
    let estate = |id: i64| {
        let party = if id % 10 < 3 { PartyKind::Company } else { PartyKind::Person };
        let mut estate = Estate { household_persons: Some(3), ..Estate::new(id, day, party) };
        estate
            .claims
            .push(Claim { delayed_from: Some(day.plus_days(-300)), ..Claim::new(id, yuan(80_000 + id % 977), day) });
        estate.assets.push(Asset::new(1, AssetClass::Deposit, yuan(id % 5_003)));
        if id % 10 >= 4 {
            let mut home = Asset::new(2, AssetClass::Home, yuan(600_000 + id % 100_003));
            let burden = |record, kind, amount| {
                let (rank, since, until, holder, our_case) = (1, day.plus_days(-700), None, None, None);
                Burden { record, kind, rank, amount, since, until, holder, our_case }
            };
            home.burdens.push(burden(3, BurdenKind::Mortgage, Amount::Unknown));
            home.burdens.push(burden(4, BurdenKind::Seizure, Amount::Known(yuan(30_000))));
            estate.assets.push(home);
            estate.assets.push(Asset::new(5, AssetClass::Vehicle, yuan(40_000)));
            let income = Income { record: 6, kind: "wage".to_owned(), monthly: yuan(5_000), earlier_attachments: 0 };
            estate.incomes.push(income);
        }
        estate
    };
    (0..n).map(estate).collect()
}

fn capacity(c: &mut Criterion) {
    let rules = CapacityRules::standard().unwrap();
    let mut group = c.benchmark_group("capacity");
    group.sample_size(10);
    for debtors in [10_000, 100_000] {
        let estates = estates(debtors);
        group.throughput(Throughput::Elements(debtors.unsigned_abs()));
        for (name, search) in [("statements", false), ("turning_points", true)] {
            let params = CapacityParams::default().turning_points(search);
            group.bench_function(BenchmarkId::new(name, debtors), |b| {
                b.iter(|| {
                    let table = assess_estates(&estates, &rules, &params).unwrap();
                    assert_eq!(table.statements().len(), estates.len());
                    assert!(table.statements().iter().all(wherewithal::capacity::CapacityStatement::is_conserved));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, capacity);
criterion_main!(benches);
