//! The reference values of the rules.

use crate::capacity::*;
use crate::domain::{Day, Money, PartyKind};

fn day(offset: i32) -> Day {
    Day::new(2022, 6, 1).unwrap().plus_days(offset)
}

fn yuan(amount: i64) -> Money {
    Money::from_fen(amount * 100)
}

#[test]
fn fees_of_the_reference_table() {
    let rules = CapacityRules::standard().unwrap();
    let fee = rules.bands("execution_fee", day(0)).unwrap();
    let table = [
        (10_000, 50),
        (100_000, 1_400),
        (500_000, 7_400),
        (1_000_000, 12_400),
        (5_000_000, 52_400),
        (10_000_000, 77_400),
        (50_000_000, 117_400),
    ];
    for (amount, due) in table {
        assert_eq!(fee.due_on(yuan(amount)), yuan(due), "{amount}");
    }
    let preservation = rules.bands("preservation_fee", day(0)).unwrap();
    for (amount, due) in [(1_000, 30), (100_000, 1_020), (896_000, 5_000), (9_000_000, 5_000)] {
        assert_eq!(preservation.due_on(yuan(amount)), yuan(due), "{amount}");
    }
}

#[test]
fn reserves_of_the_reference_path() {
    let rules = CapacityRules::standard().unwrap();
    let reserves = |path, class| -> Vec<i64> {
        let rounds = rules.rounds(path, class, day(0));
        rounds.iter().map(|round| round.reserve.applied_to(yuan(1_000_000)).fen() / 100).collect()
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
    let parameters = "name,scope,low,value,high,unit,instrument,article,\
        in_force_from,in_force_to,region,verified,note\n\
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
