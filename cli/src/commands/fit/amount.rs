//! A card of amounts on a table of one's own.

use std::time::Instant;

use wherewithal::domain::Share;
use wherewithal::explain::explain_amount;
use wherewithal::model::{
    AdditiveParams, AmountCard, AmountHeldOut, AmountReport, AmountTarget, Splits, cross_validate_amount, fit_amount,
};
use wherewithal::score::{AmountScorer, AmountScores, ScorerParams};
use wherewithal::sentence::{Sentence, digits};

use super::deployed::{Deployed, renamed};
use super::outputs::cells_of;
use super::{Lesson, account};
use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;
use crate::words::says;

/// What was learnt of amounts.
pub(super) struct Learnt<'a> {
    lesson: &'a Lesson<'a>,
    card: AmountCard,
    held_out: AmountHeldOut,
    report: AmountReport,
    fit_seconds: f64,
}

impl<'a> Learnt<'a> {
    pub(super) fn new(
        lesson: &'a Lesson<'a>,
        target: &AmountTarget,
        (splits, params): (&Splits, &AdditiveParams),
    ) -> Result<Self, Failure> {
        let started = Instant::now();
        let card = fit_amount(&lesson.table, target, params)?;
        let fit_seconds = started.elapsed().as_secs_f64();
        let held_out = cross_validate_amount(&lesson.table, target, splits, params)?;
        let report = held_out.report(target)?;
        Ok(Self { lesson, card, held_out, report, fit_seconds })
    }

    /// Writes everything, and says what was found in the table, then what was learnt.
    pub(super) fn write(&self, said: &mut Vec<Sentence>, console: &Console<'_>) -> Result<(), Failure> {
        let (options, card) = (self.lesson.options, &self.card);
        said.extend(account::left_out(card.table()));
        let out = &options.out;
        files::make(out)?;
        let write = |name: &str, text: String| {
            let path = out.join(name);
            files::write(&path, text)
        };
        write("model.json", card.to_json()?)?;
        let deployed = Deployed::new(card.table(), (options, self.lesson.written));
        write("model.sql", deployed.commented(&card.to_sql_of(&deployed.table)))?;
        write("model.pmml", card.to_pmml_of(&deployed.table)?)?;
        let names: Vec<&str> = self.lesson.written.names().collect();
        said.extend(renamed(&card.output_names(&names).renamed(), &card.output_names(&[]).renamed()));
        said.extend(deployed.notes);
        write("bins.csv", bins(card)?)?;
        if card.pairs().next().is_some() {
            write("pairs.csv", pairs(card)?)?;
        }
        write("columns.csv", self.lesson.account.csv(card.table())?)?;
        let params = ScorerParams::default().min_known_share(Share::new(0.0)?);
        let scores = AmountScorer::new(card, params)?.predict(&self.lesson.own.table)?;
        write("scores.csv", self.scores(&scores)?)?;
        write("reasons.csv", self.reasons(said)?)?;
        write("validation.json", serde_json::to_string_pretty(&self.report)?)?;
        said.iter().for_each(|line| console.say(line));
        self.say(console);
        say!(console, "written to {}", [out.display()]);
        console.result(&serde_json::json!({
            "learner": "additive", "r2": self.report.r2.value, "r2_se": self.report.r2.standard_error,
            "mae": self.report.mae.value, "rmse": self.report.rmse.value, "spearman": self.report.spearman.value,
            "predicted": self.report.predicted, "received": self.report.received,
            "n_features": card.features().count(), "n_pairs": card.pairs().count(), "fit_seconds": self.fit_seconds,
        }))
    }

    /// Every row's amount by the card, and by the card that was fitted without it.
    fn scores(&self, scores: &AmountScores) -> Result<String, Failure> {
        let mut apart = vec![None; scores.height()];
        for (place, amount) in self.held_out.rows.iter().zip(&self.held_out.amounts) {
            let row = self.lesson.own.decided.get(*place);
            if let Some(slot) = row.and_then(|row| apart.get_mut(*row)) {
                *slot = Some(*amount);
            }
        }
        let id = self.lesson.options.id.as_ref().map(|name| self.lesson.written.column(name)).transpose()?;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let head = id.is_some().then_some("id");
        csv.write_record(["row"].into_iter().chain(head).chain(["units", "amount", "held_out_amount"]))?;
        for (row, apart) in apart.iter().enumerate() {
            let text = |amount: Option<f64>| amount.map(digits).unwrap_or_default();
            let units = scores.units(row).map(|units| units.to_string()).unwrap_or_default();
            let numbers = [units, text(scores.amount(row)), text(*apart)];
            let id = id.map(|column| column.text(row).to_owned());
            csv.write_record([(row + 1).to_string()].into_iter().chain(id).chain(numbers))?;
        }
        Ok(String::from_utf8(csv.into_inner()?)?)
    }

    /// What base and every feature and pair add for each row; they add up to the sum.
    fn reasons(&self, said: &mut Vec<Sentence>) -> Result<String, Failure> {
        let table = &self.lesson.own.table;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let names = self.card.features().map(|feature| feature.feature().name().to_owned());
        let names = names.chain(self.card.pairs().map(|pair| pair.pair().name()));
        let names: Vec<String> = names.collect();
        let own = ["row", "base", "sum", "amount"].map(|usual| (usual, beside(usual, &names)));
        said.extend(own.iter().filter(|(usual, name)| usual != name).map(|(usual, name)| {
            says!("reasons.csv: a feature is called {usual}, so the card's own column is called {name}", usual, name)
        }));
        let [row, base, sum, amount] = own.map(|(_, name)| name);
        csv.write_record([&row, &base].into_iter().chain(&names).chain([&sum, &amount]))?;
        for row in 0..table.height() {
            let why = explain_amount(&self.card, table, row)?;
            let parts = why.parts.iter().map(|part| part.amount);
            let numbers = [why.base].into_iter().chain(parts).chain([why.sum, why.amount]);
            csv.write_record([(row + 1).to_string()].into_iter().chain(numbers.map(digits)))?;
        }
        Ok(String::from_utf8(csv.into_inner()?)?)
    }

    fn say(&self, console: &Console<'_>) {
        let (card, report) = (&self.card, &self.report);
        let (all, judged) = (self.lesson.own.table.height(), self.held_out.rows.len());
        say!(
            console,
            "{all} rows scored, {} learnt from, {judged} judged by cards fitted without them",
            [card.rows()],
            all,
            judged
        );
        say!(
            console,
            "{} features of the card; every row starts from {}, and one unit is {}:",
            [card.features().count(), short(card.base()), card.unit().size()]
        );
        for feature in card.features() {
            let adds = feature
                .amounts()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), adds| (least.min(adds), most.max(adds)));
            say!(
                console,
                "  {:32} {:2} bins  adds {} to {}",
                [
                    format!("{:32}", feature.feature().name()),
                    format!("{:2}", feature.feature().map().bins.len()),
                    short(adds.0),
                    short(adds.1)
                ]
            );
        }
        said_of(report).iter().for_each(|line| console.say(line));
        let (least, most) = card.bounds();
        let AmountHeldOut { below, above, .. } = &self.held_out;
        say!(
            console,
            "a sum below the least amount learnt from ({}) or above the most ({}) counts as that: {below} and \
             {above} of the \
             {judged} rows judged",
            [short(least), short(most)],
            below,
            above,
            judged
        );
    }
}

/// A name that no feature has, as `model.sql` makes them: features keep theirs.
fn beside(usual: &str, features: &[String]) -> String {
    let mut name = usual.to_owned();
    while features.iter().any(|feature| feature.eq_ignore_ascii_case(&name)) {
        name = format!("card_{name}");
    }
    name
}

/// How good predicted amounts are, in sentences.
pub(super) fn said_of(report: &AmountReport) -> Vec<Sentence> {
    let mut said = vec![says!(
        "held out: R² {:.4}, rank correlation {:.4}, mean absolute error {}, root of the mean squared error {}",
        [
            format!("{:.4}", report.r2),
            format!("{:.4}", report.spearman),
            short(report.mae.value),
            short(report.rmse.value)
        ]
    )];
    if report.r2.value < 0.0 {
        said.push(says!("warning: on rows held out the card predicts worse than the mean of all amounts does"));
    }
    said.push(says!(
        "predicted {} against {} received in all; by tenths of the rows, the largest predictions first:",
        [short(report.predicted), short(report.received)]
    ));
    for (at, tenth) in (1..).zip(&report.deciles) {
        let at: i32 = at;
        let ratio = tenth.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.3}"));
        said.push(says!(
            "  {:2}  {:6} rows  predicted {:>12}  received {:>12}  ratio {}",
            [
                format!("{at:2}"),
                format!("{:6}", tenth.rows),
                format!("{:>12}", short(tenth.predicted)),
                format!("{:>12}", short(tenth.received.value)),
                ratio
            ]
        ));
    }
    if let (Some(found), Some(best)) = (report.top_tenth, report.top_tenth_at_best) {
        said.push(says!(
            "the tenth of the rows with the largest predictions holds {} % of all amounts, where the true order \
             would find {} %",
            [format!("{:.1}", 100.0 * found.value), format!("{:.1}", 100.0 * best)]
        ));
    }
    said
}

/// A number with six digits that count.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1e16 || size > 0.0 && size < 1e-5 {
        return digits(format!("{value:.5e}").parse().unwrap_or(value));
    }
    let decimals = [1e1, 1e2, 1e3, 1e4, 1e5].iter().filter(|limit| size < **limit).count();
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// One line per bin.
fn bins(card: &AmountCard) -> Result<String, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["feature", "bin", "rows", "mean_amount", "adds", "standard_error", "units"])?;
    for part in card.features() {
        let feature = part.feature();
        let errors: Vec<f64> = part.standard_errors().collect();
        let bins = feature.map().bins.iter().zip(feature.points()).zip(part.amounts()).zip(part.means());
        for (at, (((bin, units), adds), mean)) in bins.enumerate() {
            csv.write_record([
                feature.name().to_owned(),
                bin.range.to_string(),
                bin.counts.rows.to_string(),
                digits(*mean),
                digits(adds),
                errors.get(at).copied().map(digits).unwrap_or_default(),
                units.to_string(),
            ])?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

/// One line per cell of each pair.
fn pairs(card: &AmountCard) -> Result<String, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["first", "first_values", "second", "second_values", "rows", "adds", "standard_error"])?;
    for part in card.pairs() {
        let cells = part.pair().counts().iter().zip(part.amounts()).zip(part.standard_errors());
        for (whose, ((counts, adds), error)) in cells_of((card.table(), part.pair())).zip(cells) {
            let numbers = [counts.rows.to_string(), digits(adds), digits(error)];
            csv.write_record(whose.into_iter().chain(numbers))?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}
