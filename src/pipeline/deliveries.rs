//! What a store keeps of its deliveries: by kind of file, rows read and refused, and files not read.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::ingest::{FileReport, IngestReport};
use crate::monitoring::Delivery;
use crate::store::Store;

/// The deliveries of a store in their order, and how many parts keep no report.
///
/// # Errors
///
/// As a report that cannot be read.
pub(super) fn deliveries(store: &Store) -> Result<(Vec<Delivery>, u64)> {
    let (mut all, mut unreported) = (Vec::new(), 0);
    for (part, report) in store.reports()? {
        match report {
            Some(report) => all.extend(of_report(&part, &report)),
            None => unreported += 1,
        }
    }
    Ok((all, unreported))
}

fn of_report(part: &str, report: &IngestReport) -> Vec<Delivery> {
    let delivery = |file: &FileReport| {
        let mut reasons = BTreeMap::new();
        for count in &file.refusals {
            *reasons.entry(count.reason.name().to_owned()).or_default() += count.rows;
        }
        let mut delivery = Delivery::new(part, &kind_of(&file.file)).rows(file.rows_read, reasons);
        delivery.unread = u64::from(file.damage.is_some());
        delivery.tables = file.rows_by_table.keys().cloned().collect();
        delivery
    };
    report.files.iter().map(delivery).collect()
}

/// A file's name without what changes from night to night: each run of figures, with what stands between them, is `#`.
fn kind_of(file: &str) -> String {
    let mut kind = String::with_capacity(file.len());
    let mut between = String::new();
    for letter in file.chars() {
        if letter.is_ascii_digit() {
            if !kind.ends_with('#') {
                kind.push_str(&std::mem::take(&mut between));
                kind.push('#');
            }
            between.clear();
        } else if kind.ends_with('#') && between.is_empty() && "-_. :".contains(letter) {
            between.push(letter);
        } else {
            kind.push_str(&std::mem::take(&mut between));
            kind.push(letter);
        }
    }
    kind + &between
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_could_not_be_read_is_counted_as_that() {
        let file = |damage: Option<&str>| FileReport {
            file: "payments.csv".to_owned(),
            damage: damage.map(Into::into),
            ..FileReport::default()
        };
        let report = IngestReport { files: vec![file(None), file(Some("no header"))], ..IngestReport::default() };
        assert_eq!(of_report("part-0001", &report).iter().map(|one| one.unread).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn files_of_every_night_are_of_one_kind() {
        for (file, kind) in [
            ("payments.csv", "payments.csv"),
            ("deposits_2018-06-30.csv", "deposits_#.csv"),
            ("20180630/bank 3.csv.gz", "#/bank #.csv.gz"),
            ("2018.06.30-1", "#"),
            ("a1b22c", "a#b#c"),
            ("queries_2018-06-30_.csv", "queries_#_.csv"),
        ] {
            assert_eq!(kind_of(file), kind);
        }
    }
}
