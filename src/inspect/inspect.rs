//! The entry point: looks at files and puts findings and draft together.
//!
//! ```text
//! files ─► look ─► DictionaryTable ─► ColumnFacts ─┬─► keys shared by files ─┐
//!                                      └─► assign ─► plan ─► feed ┴─► rules ─► draft
//! ```

use std::path::Path;

use super::dictionary::{DictionaryColumn, DictionaryTable};
use super::draft;
use super::facts::ColumnFacts;
use super::feed::{Fed, feeds};
use super::inspection::{ColumnFinding, Feed, Guess, Inspection, TableFinding};
use super::keys::shared;
use super::looks::{looks_like, may_be_money};
use super::params::InspectParams;
use super::plan::Planned;
use super::rules::read_by;
use super::tables::{InspectedTable, InspectedTables};
use super::uses::Uses;
use crate::error::Result;
use crate::ingest::{Mapping, shape, told};
use crate::progress::Progress;
use crate::sentence::{Sentence, says};

/// Values that are shown by their shape.
const SHAPES: usize = 3;

/// Looks at a file, or at the files of a folder: what they hold, which tables of the schema they could feed, and a
/// draft of a mapping that reads them.
///
/// Nothing is written but what archives unpack to, which is removed again. The draft refuses or leaves out what can be
/// read in two ways, such as `03/04/2017`, and says both.
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
    let mut inspected = InspectedTables { received: params.received, ..InspectedTables::default() };
    progress.begin("inspect", None, "tables");
    let passed = params.read.look(path.as_ref(), params.rows, &mut |raw| {
        inspected.tables.push(InspectedTable::new(DictionaryTable::from_raw(raw)));
        progress.advance(1);
        Ok(())
    })?;
    progress.end();
    let fed = feeds(&inspected);
    let mapping = draft::mapping(&inspected, &fed, &passed);
    let draft = draft::text((&inspected, &passed), &fed, &mapping)?;
    let mapping = Mapping::parse(&draft.to_string())?;
    let tables = inspected.tables.iter().zip(&fed).map(|(seen, fed)| table(seen, fed)).collect();
    let format_version = Inspection::FORMAT_VERSION;
    Ok(Inspection { format_version, tables, keys: shared(&inspected), passed, mapping, draft })
}

fn table(seen: &InspectedTable, fed: &Fed) -> TableFinding {
    let (held, raw) = (&seen.held, &seen.held.raw);
    let columns = held.columns.iter().zip(&seen.facts).enumerate();
    let uses = Uses::new(seen, fed);
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
        columns: columns.map(|(at, (held, facts))| column((seen, uses.of_column(at)), (held, facts))).collect(),
        feeds: fed.plans.iter().map(of_plan).collect(),
        could_feed: fed.could.clone(),
    }
}

fn of_plan(plan: &Planned) -> Feed {
    let guess = |(name, ruled): (&&str, &super::rules::Ruled)| Guess {
        column: (*name).to_owned(),
        from: read_by(&ruled.rule).cloned().collect(),
        certainty: ruled.certainty,
        seen: ruled.seen.clone(),
        check: ruled.check.clone(),
    };
    Feed { table: plan.table.name.to_owned(), guesses: plan.columns.iter().map(guess).collect() }
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn column(
    (seen, used): (&InspectedTable, Result<Sentence, Sentence>),
    (held, facts): (&DictionaryColumn, &ColumnFacts),
) -> ColumnFinding {
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
        use_in_draft: used.unwrap_or_else(|why| says!("left out: {why}", why = why)),
    }
}
