use std::path::Path;

use super::assign::misfit;
use super::draft;
use super::facts::{Facts, shapes};
use super::feed::{Fed, feeds};
use super::held::{Held, HeldTable};
use super::inspection::{ColumnFinding, Feed, Guess, Inspection, TableFinding};
use super::keys::{party_of, shared};
use super::params::InspectParams;
use super::plan::Planned;
use super::rules::{per_cent, unit_name};
use super::scene::{Scene, Seen};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::ingest::{Mapping, look, shape, told};
use crate::progress::Progress;
use crate::schema;
use crate::sentence::{Sentence, says};

/// Values that are shown by their shape.
const SHAPES: usize = 3;

/// Looks at a file, or at the files of a folder: what they hold, which tables of the schema they could feed, and a draft
/// of a mapping that reads them.
///
/// Nothing is written but what archives unpack to, which is removed again. The draft refuses or leaves out what can be read
/// in two ways, such as `03/04/2017`, and says both.
///
/// # Errors
///
/// When the folder cannot be listed; a file that cannot be read is named in [`Inspection::passed`].
///
/// # Examples
///
/// ```
/// use wherewithal::inspect::{InspectParams, inspect};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(
///     folder.join("执行款到账.csv"),
///     "案号,到账日期,到账金额（万元）,方式\n（2017）苏0205执1号,2017/7/3,1.25,扣划\n（2017）苏0205执2号,2017/7/4,8,拍卖\n",
/// )?;
/// let inspection = inspect(folder, &InspectParams::default(), &Silent)?;
///
/// let payments = &inspection.mapping().source[0].table[0];
/// assert_eq!(payments.name, "payments");
/// assert_eq!(payments.columns["amount_fen"].from, ["到账金额（万元）"]);
/// assert!(inspection.draft().to_string().contains(r#"unit = "wan_yuan""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn inspect(path: impl AsRef<Path>, params: &InspectParams, progress: &dyn Progress) -> Result<Inspection> {
    let mut scene = Scene { received: params.received, ..Scene::default() };
    progress.begin("inspect", None, "tables");
    let passed = look(path.as_ref(), (&params.read, params.rows), &mut |raw| {
        scene.tables.push(Seen::of(HeldTable::of(raw)));
        progress.advance(1);
        Ok(())
    })?;
    progress.end();
    let fed = feeds(&scene);
    let mapping = draft::mapping(&scene, &fed, &passed);
    let draft = draft::text((&scene, &passed), &fed, &mapping)?;
    let mapping = Mapping::parse(&draft.to_string())?;
    let tables = scene.tables.iter().zip(&fed).map(|(seen, fed)| table(seen, fed)).collect();
    let format_version = Inspection::FORMAT_VERSION;
    Ok(Inspection { format_version, tables, keys: shared(&scene), passed, mapping, draft })
}

fn table(seen: &Seen, fed: &Fed) -> TableFinding {
    let (held, raw) = (&seen.held, &seen.held.raw);
    let columns = held.columns.iter().zip(&seen.facts);
    TableFinding {
        file: raw.file.clone(),
        sheet: raw.sheet.clone(),
        format: raw.format.clone(),
        encoding: raw.encoding.clone(),
        delimiter: raw.delimiter,
        lines_above: held.above,
        has_header: held.has_header,
        rows: held.rows,
        is_whole: raw.is_whole,
        odd_rows: held.odd + raw.broken,
        damage: raw.damage.clone(),
        notes: raw.notes.iter().chain(&fed.remarks).cloned().collect(),
        columns: columns.map(|(held, facts)| column((seen, fed), (held, facts))).collect(),
        feeds: fed.plans.iter().map(of_plan).collect(),
        could_feed: fed.could.clone(),
    }
}

fn of_plan(plan: &Planned) -> Feed {
    let guess = |(name, ruled): (&&str, &super::rules::Ruled)| Guess {
        column: (*name).to_owned(),
        from: draft::read_by(&ruled.rule).cloned().collect(),
        certainty: ruled.certainty,
        seen: ruled.seen.clone(),
        check: ruled.check.clone(),
    };
    Feed { table: plan.table.name.to_owned(), guesses: plan.columns.iter().map(guess).collect() }
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn column((seen, fed): (&Seen, &Fed), (held, facts): (&Held, &Facts)) -> ColumnFinding {
    let rows = seen.held.rows.max(1) as f64;
    ColumnFinding {
        name: told(&held.name).into_owned(),
        looks_like: looks_like(facts),
        empty: 1.0 - facts.filled as f64 / rows,
        distinct: facts.distinct,
        nulls: held.nulls.iter().map(|(word, _)| word.clone()).collect(),
        days: facts.days.clone(),
        money: facts.money.filter(|_| may_be_money(facts)),
        shapes: held.texts.iter().take(SHAPES).map(|text| shape(text)).collect(),
        use_in_draft: used(held, fed).unwrap_or_else(|| says!("left out: {why}", why = why(seen, (held, facts), fed))),
    }
}

/// Whether amounts are as good a guess as numbers.
fn may_be_money(facts: &Facts) -> bool {
    facts.persons < 0.3 && facts.long_numbers < 0.5 && !facts.days.is_day()
}

/// What the draft does with a column.
fn used(held: &Held, fed: &Fed) -> Option<Sentence> {
    let mut uses: Vec<Sentence> = Vec::new();
    for plan in &fed.plans {
        for (name, ruled) in &plan.columns {
            if draft::read_by(&ruled.rule).any(|from| *from == held.name) {
                let place = Sentence::name(format!("{}.{name} (", plan.table.name));
                uses.push(place.and(says!(ruled.certainty.word())).and(")"));
            }
        }
        if plan.when.contains_key(&held.name) || plan.unless.contains_key(&held.name) {
            uses.push(says!("which rows {table} takes", table = plan.table.name));
        }
    }
    let is_computed = fed.computed.values().any(|rule| format!("{:?}", rule.of).contains(&format!("{:?}", held.name)));
    uses.extend(is_computed.then(|| says!("a computed column")));
    // A statement feeds its table twice, with what came in and what went out.
    let each = |(at, one): (usize, &Sentence)| (!uses.iter().take(at).any(|before| before == one)).then(|| one.clone());
    let uses: Vec<_> = uses.iter().enumerate().filter_map(each).collect();
    (!uses.is_empty()).then(|| Sentence::list(uses, ", "))
}

/// Columns that the draft does not read, and why.
pub(super) fn unused(seen: &Seen, fed: &Fed) -> Vec<(String, Sentence)> {
    let columns = seen.held.columns.iter().zip(&seen.facts).filter(|(held, _)| used(held, fed).is_none());
    columns.map(|(held, facts)| (told(&held.name).into_owned(), why(seen, (held, facts), fed))).collect()
}

fn why(seen: &Seen, (held, facts): (&Held, &Facts), fed: &Fed) -> Sentence {
    let at = seen.held.columns.iter().position(|other| std::ptr::eq(other, held));
    let known = fed.plans.iter().flat_map(|plan| &plan.left_out).find(|(source, _)| Some(*source) == at);
    if let Some((_, why)) = known {
        return why.clone();
    }
    if let Some(word) = schema::forbidden_word(&held.name) {
        return says!("{word} may not enter a score", word = word);
    }
    if !held.is_nameable {
        return says!("it has no name of its own");
    }
    if facts.filled == 0 {
        return says!("it is empty");
    }
    if Vocabulary::standard().numbers_rows(&held.words) {
        return says!("it numbers rows");
    }
    let mut fed_by = fed.plans.iter().flat_map(|plan| plan.table.columns().map(move |column| (plan.table, column)));
    let meant = fed_by.find(|target| misfit(seen, *target).is_some_and(|other| std::ptr::eq(other, held)));
    if let Some((table, column)) = meant {
        let place = format!("{}.{}", table.name, column.name);
        return says!(
            "it is called like {column}, but its values are written as {shape}",
            column = place,
            shape = shapes(held)
        );
    }
    let looks = looks_like(facts).into_iter().next().unwrap_or_else(|| says!("text"));
    let unknown = says!("no column of the schema is called so ({looks})", looks = looks);
    let party = (party_of(seen) == at).then(|| says!("it names a party to whom other files lead"));
    Sentence::list(std::iter::once(unknown).chain(party), "; ")
}

/// What values look like, in words, the likeliest first.
fn looks_like(facts: &Facts) -> Vec<Sentence> {
    use super::days::DaySeen;
    let days = match &facts.days {
        DaySeen::None => None,
        DaySeen::YearFirst => Some(says!("days, years first")),
        DaySeen::Pattern(pattern) => Some(says!("days as {pattern}", pattern = pattern)),
        DaySeen::Serial => Some(says!("day numbers of a spreadsheet")),
        DaySeen::Month(pattern) => Some(says!("months as {pattern}", pattern = pattern)),
        DaySeen::Ambiguous(patterns) => {
            Some(says!("days, ambiguous: {patterns}", patterns = super::rules::quoted(patterns)))
        }
    };
    let share = |share: f64, what: &'static str| {
        (share >= 0.05).then(|| says!("{what} ({share} %)", what = says!(what), share = per_cent(share)))
    };
    let money = facts.money.filter(|_| may_be_money(facts)).map(|money| match money.unit {
        Some(unit) => says!("amounts in {unit}", unit = says!(unit_name(unit))),
        None => says!("amounts, no unit named"),
    });
    let numbers = if facts.decimals > 0.0 { "numbers with decimals" } else { "whole numbers" };
    let found = [
        days,
        share(facts.persons, "numbers of persons"),
        share(facts.credit_codes, "credit codes"),
        share(facts.case_numbers, "case numbers"),
        share(facts.plates, "plates"),
        share(facts.phones, "telephones"),
        share(facts.unit_codes, "units of real estate"),
        share(facts.long_numbers, "accounts or other long numbers"),
        money,
        share(facts.numbers, numbers),
        share(facts.percents, "per cent"),
        share(facts.fractions, "fractions"),
        share(facts.firms, "names of firms"),
        share(facts.masked, "masked names"),
        share(facts.short_names, "short words or names"),
        facts.is_unique.then(|| says!("no value twice")),
    ];
    found.into_iter().flatten().collect()
}
