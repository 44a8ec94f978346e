//! The list of tasks, valued and sorted.
//!
//! What has lapsed stands first, because others may seize before this court does; then what brings most for
//! an hour of work. A matter whose stake is unknown is not worth nothing: it is sorted by its day.

use std::cmp::Reverse;

use polars::prelude::*;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, PartitionContext};
use super::rule::TaskRules;
use super::{due, idle, night, stakes};
use crate::capacity::CapacityRules;
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::indicators::{Docket, IndicatorCatalog, Names};
use crate::schema::KNOWN_AT;
use crate::tables::{Partition, Partitions};

/// One matter to look at.
///
/// `hourly_fen` is `stake` divided by `hours`, in fen; 0 where the stake is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its rule.
    pub code: String,
    /// The court and the team; empty where nobody told them.
    pub court: String,
    /// See `court`.
    pub team: String,
    /// The case, as a keyed pseudonym.
    pub case_id: i64,
    /// The case number as it is written.
    pub case_no: Option<String>,
    /// The debtor, as a keyed pseudonym.
    pub entity_id: Option<i64>,
    /// The last day of its term.
    pub due_on: Option<Day>,
    /// Days until then; less than none when it is past.
    pub days_left: Option<i32>,
    /// What can be recovered, as expected; unknown where the debtor's means were not stated.
    pub stake: Option<Money>,
    /// Hours of work.
    pub hours: f64,
    /// What an hour brings, in fen.
    pub hourly_fen: i64,
    /// How many rows stand behind it: things that lapse, conditions that are not met.
    pub records: u64,
}

/// What needs doing: what has lapsed and must be seized again first, then by what an hour brings,
/// then by the day it is due.
///
/// ```
/// use wherewithal::capacity::CapacityRules;
/// use wherewithal::domain::Day;
/// use wherewithal::tables::SourceTables;
/// use wherewithal::tasks::TaskRules;
///
/// let (rules, law) = (TaskRules::standard()?, CapacityRules::standard()?);
/// let list = rules.list(&SourceTables::new(), &law, Day::parse("2018-06-30")?)?;
/// assert!(list.tasks.is_empty());
/// // Nothing was delivered, so an empty list does not mean that nothing is due.
/// assert!(!list.not_delivered.is_empty());
/// assert_eq!(list.frame()?.height(), 0);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TaskList {
    /// The matters.
    pub tasks: Vec<Task>,
    /// The rules of whose tables there is no row: nobody delivered them, and no matter does not
    /// mean that nothing is due.
    pub not_delivered: Vec<String>,
    /// Debtors of open cases in which nothing was done and nothing was found: not listed.
    pub without_means: u64,
    /// Lapsed preservations in cases in which a seizure holds: not listed.
    #[serde(default)]
    pub succeeded: u64,
}

/// Below this nobody would act for property that was found, in fen: the least gain for which a closed case is resumed.
fn least() -> Money {
    crate::watch::RecheckRule::on(Day::EPOCH.plus_months(12 * 47)).map_or(Money::ZERO, |rule| rule.least_gain())
}

impl TaskRules {
    /// Lists what needs doing on a day, partition by partition.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`] and [`capacity::assess`](crate::capacity::assess).
    pub fn list(&self, partitions: &dyn Partitions, capacity: &CapacityRules, day: Day) -> Result<TaskList> {
        let catalog = IndicatorCatalog::standard()?;
        let numbers: Vec<u32> = (0..partitions.partitions()).collect();
        let not_delivered = self.rules().iter().map(|rule| rule.code.clone()).collect();
        let mut list = TaskList { not_delivered, ..TaskList::default() };
        for wave in numbers.chunks(rayon::current_num_threads().max(1)) {
            let one = |number: &u32| of_partition(&partitions.partition(*number)?, (self, capacity, &catalog), day);
            for part in wave.par_iter().with_max_len(1).map(one).collect::<Result<Vec<TaskList>>>()? {
                list.tasks.extend(part.tasks);
                list.without_means += part.without_means;
                list.succeeded += part.succeeded;
                list.not_delivered.retain(|code| part.not_delivered.contains(code));
            }
        }
        list.tasks.sort_by(|a, b| {
            let key = |task: &Task| {
                let order = (!task.is_lapsed(), Reverse(task.hourly_fen), task.due_on.unwrap_or(day));
                (order, task.case_id, task.entity_id)
            };
            key(a).cmp(&key(b)).then_with(|| a.code.cmp(&b.code))
        });
        Ok(list)
    }
}

fn of_partition(
    partition: &Partition,
    (rules, capacity, catalog): (&TaskRules, &CapacityRules, &IndicatorCatalog),
    day: Day,
) -> Result<TaskList> {
    let mut names = Names::new();
    let docket = Docket::read(partition, (&mut names, catalog.terms()), day)?;
    let context = PartitionContext::new((partition, &docket), rules, day);
    let (mut found, succeeded) = due::due(&context)?;
    found.extend(idle::unmet(&context));
    let finds = night::finds(&context)?;
    found.extend(idle::untouched(&context, &finds)?);
    found.extend(idle::unclosed(&context, &finds));
    found.extend(night::found(&context, &finds));
    let means = stakes::means(&context, &found, capacity)?;
    found.extend(stakes::watched(&context, capacity)?);
    let mut list = TaskList { not_delivered: not_delivered(partition, rules)?, succeeded, ..TaskList::default() };
    for task in found {
        let of_debtor = task.entity_id.and_then(|party| means.get(&party));
        if task.code == "idle" && of_debtor.is_none_or(|means| means.available < least()) {
            list.without_means += 1;
            continue;
        }
        let stake = task.stake.or_else(|| of_debtor?.stake(&context, task.assignment));
        list.tasks.extend(shown(&context, (&names, &task), stake));
    }
    Ok(list)
}

/// The rules of whose tables a partition has no row.
fn not_delivered(partition: &Partition, rules: &TaskRules) -> Result<Vec<String>> {
    let tables = partition.tables();
    let is_empty = |table: &String| -> Result<bool> {
        Ok(!tables.has(table) || tables.columns(table, &[KNOWN_AT])?.height() == 0)
    };
    let mut codes = Vec::new();
    for rule in rules.rules().iter().filter(|rule| !rule.tables.is_empty()) {
        if rule.tables.iter().map(is_empty).collect::<Result<Vec<bool>>>()?.into_iter().all(|is_empty| is_empty) {
            codes.push(rule.code.clone());
        }
    }
    Ok(codes)
}

fn shown(context: &PartitionContext<'_>, (names, task): (&Names, &Candidate), stake: Option<Money>) -> Option<Task> {
    let (assignment, rule) = (context.docket.assignments.get(task.assignment)?, context.rules.rule(task.code)?);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an order among amounts")]
    let hourly_fen = stake.map_or(0, |stake| (stake.fen() as f64 / rule.hours) as i64);
    Some(Task {
        code: task.code.to_owned(),
        court: names.court_name(assignment.court),
        team: names.team_name(assignment.team),
        case_id: assignment.case_id,
        case_no: context.docket.case_no(task.assignment).map(str::to_owned),
        entity_id: task.entity_id,
        due_on: task.due_on,
        days_left: task.due_on.map(|due| due.days_since(context.today)),
        stake,
        hours: rule.hours,
        hourly_fen,
        records: task.records,
    })
}

impl Task {
    /// Whether it is about a seizure or a preservation that has lapsed already: others may seize before it.
    ///
    /// On its last day a seizure still holds; it has lapsed on the day after.
    pub fn is_lapsed(&self) -> bool {
        self.code == "renew_seizure" && self.days_left.is_some_and(|left| left < 0)
    }
}

impl TaskList {
    /// One row per matter, columns named like the fields of [`Task`], `stake_fen` in fen.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when the columns cannot be joined into a frame.
    pub fn frame(&self) -> Result<DataFrame> {
        let texts = |name: &str, of: fn(&Task) -> &str| {
            Column::new(name.into(), self.tasks.iter().map(of).collect::<Vec<&str>>())
        };
        let days: Vec<Option<i32>> = self.tasks.iter().map(|task| task.due_on.map(Day::number)).collect();
        let stakes: Vec<Option<i64>> = self.tasks.iter().map(|task| task.stake.map(Money::fen)).collect();
        let columns = vec![
            texts("code", |task| &task.code),
            texts("court", |task| &task.court),
            texts("team", |task| &task.team),
            Column::new("case_id".into(), self.tasks.iter().map(|task| task.case_id).collect::<Vec<_>>()),
            Column::new("case_no".into(), self.tasks.iter().map(|task| task.case_no.as_deref()).collect::<Vec<_>>()),
            Column::new("entity_id".into(), self.tasks.iter().map(|task| task.entity_id).collect::<Vec<_>>()),
            Column::new("due_on".into(), days).cast(&DataType::Date)?,
            Column::new("days_left".into(), self.tasks.iter().map(|task| task.days_left).collect::<Vec<_>>()),
            Column::new("stake_fen".into(), stakes),
            Column::new("hours".into(), self.tasks.iter().map(|task| task.hours).collect::<Vec<_>>()),
            Column::new("hourly_fen".into(), self.tasks.iter().map(|task| task.hourly_fen).collect::<Vec<_>>()),
            Column::new("records".into(), self.tasks.iter().map(|task| task.records).collect::<Vec<_>>()),
        ];
        Ok(DataFrame::new(self.tasks.len(), columns)?)
    }
}
