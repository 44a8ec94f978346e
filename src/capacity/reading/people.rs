//! Reads what concerns the debtor as a person: kind of party, household, marriage, incomes, tax
//! arrears, sources that did not answer.
//!
//! Incomes count where they were seen within the last twelve months. A month that two sources tell counts
//! once. A holder that was asked and did not answer becomes a finding of the statement, since nothing found
//! there does not mean that nothing is there.

use std::collections::BTreeMap;

use super::super::{Asset, AssetClass, Estate, Income, OtherClaim, Valuation};
use super::rows::SampleRows;
use crate::domain::{Day, Money, PartyKind};
use crate::error::Result;
use crate::schema::{ANSWERS, EVENT_ON, KNOWN_AT};
use crate::snapshot::Snapshot;

/// Kind, place and household.
pub(super) fn parties(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let rows = SampleRows::last(snapshot, "parties", &["kind", "region"])?;
    for ((sample, kind), region) in rows.samples().iter().zip(rows.texts("kind")?).zip(rows.texts("region")?) {
        if let (Some(estate), Some(kind)) = (estates.get_mut(*sample), PartyKind::from_code(kind)) {
            estate.party = kind;
            region.clone_into(&mut estate.region);
        }
    }
    // The household is told by another source than the rest: its last observation counts, not the last of all.
    let rows = SampleRows::all(snapshot, "parties", &["household_persons", KNOWN_AT])?;
    let mut latest: BTreeMap<usize, (Option<Day>, Option<i64>)> = BTreeMap::new();
    for ((sample, persons), known) in
        rows.samples().iter().zip(rows.numbers("household_persons")?).zip(rows.days(KNOWN_AT)?)
    {
        if persons.is_some() {
            let slot = latest.entry(*sample).or_default();
            *slot = (*slot).max((known, persons));
        }
    }
    for (sample, (_, persons)) in latest {
        if let Some(estate) = estates.get_mut(sample) {
            estate.household_persons = persons.and_then(|persons| u32::try_from(persons).ok());
        }
    }
    Ok(())
}

/// Since when the debtor is married, while it lasts.
pub(super) fn marriages(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let rows = SampleRows::last(snapshot, "relations", &["kind", EVENT_ON, "until_on"])?;
    let spans = rows.days(EVENT_ON)?.zip(rows.days("until_on")?);
    for ((sample, kind), (since, until)) in rows.samples().iter().zip(rows.texts("kind")?).zip(spans) {
        let Some(estate) = estates.get_mut(*sample).filter(|_| kind == "spouse") else { continue };
        if until.is_none_or(|until| until > estate.as_of) {
            estate.married_since = estate.married_since.max(since);
        }
    }
    Ok(())
}

/// Months within which an income must have been seen to count.
const SEEN_WITHIN_MONTHS: i32 = 12;

/// One month of one income; the same month told twice counts once, as told last.
type Months = BTreeMap<(usize, usize, Option<i64>, Day), (Day, Money, i64, i64)>;

/// Incomes of persons, fund balances, tax due back and tax owed.
pub(super) fn incomes(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["kind", "payer_id", EVENT_ON, KNOWN_AT, "amount_fen", "balance_fen", "months"];
    let rows = SampleRows::all(snapshot, "income", &columns)?;
    let (codes, payers, days) = (rows.codes("kind")?, rows.numbers("payer_id")?, rows.days(EVENT_ON)?);
    let kinds = codes.range(0..rows.records.len());
    let fund = codes.texts().iter().position(|kind| kind == "housing_fund");
    let wage = codes.texts().iter().position(|kind| kind == "wage");
    let (known, amounts, balances) = (rows.days(KNOWN_AT)?, rows.money("amount_fen")?, rows.money("balance_fen")?);
    let columns = kinds.zip(payers).zip(days).zip(known).zip(amounts).zip(balances).zip(rows.numbers("months")?);
    let mut seen: Months = BTreeMap::new();
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let ((((((kind, payer), day), known), amount), balance), months) = row;
        let (Some(kind), Some(day), Some(known)) = (kind, day, known) else { continue };
        let Some(as_of) = estates.get(*sample).map(|estate| estate.as_of) else { continue };
        if day < as_of.plus_months(-SEEN_WITHIN_MONTHS) {
            continue;
        }
        let amount = if Some(kind) == fund { balance } else { amount }.unwrap_or_default();
        let told = (known, amount, months.unwrap_or(1).max(1), *record);
        let slot = seen.entry((*sample, kind, payer, day)).or_insert(told);
        *slot = (*slot).max(told);
    }
    let mut streams: BTreeMap<(usize, usize), Stream> = BTreeMap::new();
    for ((sample, kind, _, day), (_, amount, months, record)) in seen {
        streams.entry((sample, kind)).or_default().add((day, record), amount, months);
    }
    for ((sample, kind), stream) in &streams {
        let has_wage = wage.is_some_and(|wage| streams.contains_key(&(*sample, wage)));
        if let Some((estate, kind)) = estates.get_mut(*sample).zip(codes.texts().get(*kind)) {
            add_stream(estate, kind, stream, has_wage);
        }
    }
    Ok(())
}

/// What was seen of one kind of income.
#[derive(Default)]
struct Stream {
    last: Option<(Day, i64)>,
    last_amount: Money,
    total: Money,
    months: BTreeMap<Day, i64>,
}

impl Stream {
    fn add(&mut self, seen: (Day, i64), amount: Money, months: i64) {
        self.total += amount;
        let covered = self.months.entry(seen.0).or_default();
        *covered = (*covered).max(months);
        if self.last.is_none_or(|last| last < seen) {
            (self.last, self.last_amount) = (Some(seen), amount);
        }
    }

    fn monthly(&self) -> Money {
        // No sum of months wraps: rows come from callers too, who check nothing.
        self.total.times(1, self.months.values().fold(0, |sum: i64, months| sum.saturating_add(*months)))
    }
}

fn add_stream(estate: &mut Estate, kind: &str, stream: &Stream, has_wage: bool) {
    let Some((day, record)) = stream.last else { return };
    let person = estate.party == PartyKind::Person;
    let fund = |class, value| Asset { valued_on: Some(day), item: 0, ..Asset::new(record, class, value) };
    match kind {
        "housing_fund" => estate.assets.push(fund(AssetClass::HousingFund, stream.last_amount)),
        "tax_refund" => estate.assets.push(fund(AssetClass::TaxRefund, stream.total)),
        "tax_arrears" => estate.tax_arrears.push(OtherClaim { record, holder: None, amount: stream.last_amount }),
        // The base of contributions stands for the wage only where the wage itself is not told.
        "social_insurance" if has_wage || !person => {}
        "rent" | "wage" | "labour" | "business" | "pension" | "social_insurance" if person || kind == "rent" => {
            let monthly = stream.monthly();
            estate.incomes.push(Income { record, kind: kind.to_owned(), monthly, earlier_attachments: 0 });
        }
        _ => {}
    }
}

/// Property that only the debtor's own report shows: cash, claims against others, other things.
pub(super) fn declared(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let rows = SampleRows::all(snapshot, "property_reports", &["item_kind", "declared_fen", EVENT_ON])?;
    let days: Vec<Option<Day>> = rows.days(EVENT_ON)?.collect();
    let mut last: BTreeMap<usize, Day> = BTreeMap::new();
    for (sample, day) in rows.samples().iter().zip(&days).filter_map(|(sample, day)| Some((*sample, (*day)?))) {
        last.entry(sample).and_modify(|last| *last = (*last).max(day)).or_insert(day);
    }
    let columns = rows.texts("item_kind")?.zip(rows.money("declared_fen")?).zip(days);
    for ((sample, record), ((kind, value), day)) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let class = match kind {
            "cash" => AssetClass::Cash,
            "receivable" => AssetClass::Receivable,
            "other" => AssetClass::Other,
            _ => continue,
        };
        let current = last.get(sample).copied() == day;
        if let Some(estate) = estates.get_mut(*sample).filter(|_| current) {
            let declared = Asset::new(*record, class, Money::ZERO);
            estate.assets.push(Asset { value, valued_by: Valuation::Declared, valued_on: day, ..declared });
        }
    }
    Ok(())
}

/// Kinds of holders whose answers may show means; those in one line stand for each other.
const ASKED_FOR_MEANS: [&[&str]; 9] = [
    &["bank"],
    &["network_funds"],
    &["securities"],
    &["insurance"],
    &["real_estate"],
    &["vehicles"],
    &["registry"],
    &["tax", "social_insurance"],
    &["housing_fund"],
];

/// Who answered, and who did not: of several holders of one kind, each that was asked must have answered once.
pub(super) fn answers(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    // No record of these is named, so that none is read.
    let rows = snapshot.rows("queries", &["source", "holder", "answer"])?;
    let (sources, holders, answers) = (rows.codes("source")?, rows.codes("holder")?, rows.codes("answer")?);
    let (source_names, n_holders) = (sources.texts(), holders.texts().len());
    let counts: Vec<bool> = answers.texts().iter().map(|name| ANSWERS.contains(&name.as_str())).collect();
    // Source, holder and whether it answered, as one number, so that rows sort fast. No source, no holder come last.
    let width = n_holders + 1;
    let mut asked: Vec<Vec<usize>> = vec![Vec::new(); estates.len()];
    let mut met: Vec<Option<usize>> = vec![None; (source_names.len() + 1) * width * 2];
    let all = 0..rows.len();
    let codes = sources.range(all.clone()).zip(holders.range(all.clone())).zip(answers.range(all));
    for (sample, ((source, holder), answer)) in rows.samples().iter().zip(codes) {
        let answered = answer.is_some_and(|answer| counts.get(answer) == Some(&true));
        let pair = source.unwrap_or(source_names.len()) * width + holder.unwrap_or(n_holders);
        let told = pair * 2 + usize::from(answered);
        // Rows of one sample mostly stand together, and most say what another said.
        let Some(last) = met.get_mut(told).filter(|last| **last != Some(*sample)) else { continue };
        *last = Some(*sample);
        asked.get_mut(*sample).into_iter().for_each(|of| of.push(told));
    }
    for (estate, mut asked) in estates.iter_mut().zip(asked) {
        asked.sort_unstable();
        // Of each source, whether all of its holders answered: the last row of each tells.
        let mut all: Vec<(&str, bool)> = Vec::new();
        for of_source in asked.chunk_by(|a, b| a / 2 / width == b / 2 / width) {
            let source = of_source.first().map_or(usize::MAX, |row| row / 2 / width);
            let mut of_holder = of_source.chunk_by(|a, b| a / 2 == b / 2);
            let answered = of_holder.all(|of| of.last().is_some_and(|row| row % 2 == 1));
            all.push((source_names.get(source).map_or("", String::as_str), answered));
        }
        let has = |source: &str| all.iter().find(|(name, _)| *name == source).map(|(_, all)| *all);
        let person = estate.party == PartyKind::Person;
        let open = ASKED_FOR_MEANS.iter().filter(|kinds| person || !kinds.contains(&"housing_fund"));
        let open = open.filter(|kinds| !kinds.iter().any(|source| has(source) == Some(true)));
        estate.unanswered = open.filter_map(|kinds| kinds.first()).map(|source| (*source).to_owned()).collect();
        let silent = !ASKED_FOR_MEANS.iter().any(|kinds| kinds.iter().any(|source| has(source) == Some(true)));
        estate.is_unasked = silent && estate.assets.is_empty() && estate.incomes.is_empty();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_months_never_wraps() {
        let mut stream = Stream::default();
        for day in 1..=3 {
            let day = Day::new(2018, 1, day).unwrap();
            stream.add((day, 1), Money::from_fen(500_000), i64::MAX);
        }
        assert_eq!(stream.monthly(), Money::ZERO);
    }
}
