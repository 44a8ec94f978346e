//! Holds two models against each other on one cohort of a store.
//!
//! Samples are those that neither model may have learnt from, with an outcome known by the day. Whose
//! answer would change with the model is told of the debtors of the day; nothing switches by itself.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::batch::snapshot_of;
use super::score::Scores;
use super::threads::for_each_on_threads;
use super::{Event, PerformanceModel};
use crate::capacity::CapacityRules;
use crate::cohort::{self, CohortParams, Outcome, Received};
use crate::domain::{Day, masked_file};
use crate::error::{Error, Result};
use crate::monitoring::{AnswerChange, AnswerMove, Challenge, EventChallenge, MoneyChallenge, Paired, Sides};
use crate::progress::Progress;
use crate::schema::ENTITY_ID;
use crate::score::ScoreState;
use crate::sentence::says;
use crate::snapshot::{self, Snapshot};
use crate::store::Store;
use crate::tables::{Partition, Partitions};

/// The two models of files, and what they are held against each other on.
pub(super) struct Challenged {
    models: Sides<PerformanceModel>,
    cohort: CohortParams,
    as_of: Day,
}

/// What one model says of one debtor on one day.
#[derive(Debug, Clone, Default)]
struct Said {
    answer: &'static str,
    /// The probability of each event; none without an answer.
    chances: Option<[f64; Event::ALL.len()]>,
    /// What is expected to come in, in fen, where the model foretells amounts.
    amount: Option<f64>,
}

/// One sample, judged by both.
struct Judged {
    key: (i64, i32),
    chances: Sides<[f64; Event::ALL.len()]>,
    amounts: Sides<Option<f64>>,
    outcome: Outcome,
    money: Option<Received>,
}

/// What the partitions read so far have brought, in any order.
#[derive(Default)]
struct Gathered {
    judged: Vec<Judged>,
    learnt: u64,
    immature: u64,
    insufficient: Sides<u64>,
    answers: BTreeMap<(&'static str, &'static str), u64>,
    changes: Vec<AnswerChange>,
}

impl Challenged {
    /// Reads both.
    ///
    /// # Errors
    ///
    /// As [`PerformanceModel::read`] and [`PerformanceModel::with_rules`]; [`Error::Setting`] for models whose samples
    /// or outcomes differ: they foretell different events.
    pub(super) fn read(files: &Sides<PathBuf>, (rules, as_of): (&CapacityRules, Day)) -> Result<Self> {
        let read = |file: &PathBuf| PerformanceModel::read(file)?.with_rules(rules.clone());
        let models = Sides { champion: read(&files.champion)?, challenger: read(&files.challenger)? };
        let bare = models.map(|model| model.cohort().clone().observed_until(None));
        if bare.champion != bare.challenger {
            return Err(Error::setting(
                says!("challenger {}", [files.challenger.display()]),
                "samples or outcomes of other settings than the champion's",
                "a model of the same offset, window and settings of the cohort",
            ));
        }
        Ok(Self { models, cohort: bare.champion.observed_until(as_of), as_of })
    }

    /// Compares them on a store.
    pub(super) fn on(&self, store: &Store, threads: usize, progress: &dyn Progress) -> Result<Challenge> {
        let (gathered, partitions) = (Mutex::new(Gathered::default()), store.partitions());
        progress.begin("champion and challenger", Some(u64::from(partitions)), "partitions");
        for_each_on_threads(threads.max(1), partitions as usize, |number| {
            let partition = store.partition(u32::try_from(number).unwrap_or(u32::MAX))?;
            self.judge(&partition, &gathered)?;
            self.answer(&partition, &gathered)?;
            progress.advance(1);
            Ok(())
        })?;
        progress.end();
        self.told(gathered.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Judges the samples of a partition that neither may have learnt from.
    fn judge(&self, partition: &Partition, gathered: &Mutex<Gathered>) -> Result<()> {
        let all = cohort::sample_of(partition, &self.cohort)?;
        let may_teach =
            |day: Day| self.models.champion.cohort().may_teach(day) || self.models.challenger.cohort().may_teach(day);
        let samples = all.of_days(|day| !may_teach(day))?;
        let mut judged = Vec::new();
        let mut insufficient = Sides::<u64>::default();
        if samples.height() > 0 {
            let snapshot = snapshot::as_of_each(partition.tables(), samples.samples())?;
            let (said, keys) = self.said(&snapshot)?;
            let places: HashMap<(i64, i32), usize> = keys.into_iter().zip(0..).collect();
            let known = samples.keys().into_iter().zip(samples.outcomes()).zip(samples.received());
            for ((key, outcome), money) in known {
                // A sample of which nothing is said has no answer by either.
                let place = places.get(&key);
                let of = |said: &Vec<Said>| place.and_then(|place| said.get(*place)).cloned().unwrap_or_default();
                let (champion, challenger) = (of(&said.champion), of(&said.challenger));
                insufficient.champion += u64::from(champion.chances.is_none());
                insufficient.challenger += u64::from(challenger.chances.is_none());
                let (Some(one), Some(other)) = (champion.chances, challenger.chances) else { continue };
                let amounts = Sides { champion: champion.amount, challenger: challenger.amount };
                let chances = Sides { champion: one, challenger: other };
                judged.push(Judged { key, chances, amounts, outcome, money });
            }
        }
        let mut all_of = gathered.lock().unwrap_or_else(PoisonError::into_inner);
        all_of.judged.extend(judged);
        all_of.learnt += (all.height() - samples.height()) as u64;
        all_of.immature += all.immature() as u64;
        all_of.insufficient.champion += insufficient.champion;
        all_of.insufficient.challenger += insufficient.challenger;
        Ok(())
    }

    /// Tells the debtors of the day apart by what each model answers.
    fn answer(&self, partition: &Partition, gathered: &Mutex<Gathered>) -> Result<()> {
        let (said, keys) = self.said(&snapshot_of(partition, self.as_of)?)?;
        let mut all_of = gathered.lock().unwrap_or_else(PoisonError::into_inner);
        for ((entity, _), (one, other)) in keys.into_iter().zip(said.champion.iter().zip(&said.challenger)) {
            *all_of.answers.entry((one.answer, other.answer)).or_default() += 1;
            if one.answer != other.answer {
                let both = Sides { champion: one, challenger: other };
                let any = both.map(|said| said.chances.map(|[any, _]| any));
                all_of.changes.push(AnswerChange::new(entity, both.map(|said| said.answer.to_owned()), any));
            }
        }
        Ok(())
    }

    /// What both say of the rows of a snapshot, and whose each row is.
    fn said(&self, snapshot: &Snapshot) -> Result<(Sides<Vec<Said>>, Vec<(i64, i32)>)> {
        let scores = |model: &PerformanceModel| Scores::new(snapshot, model, model.rules());
        let scores = Sides { champion: scores(&self.models.champion)?, challenger: scores(&self.models.challenger)? };
        let table = &scores.champion.table;
        let days = table.as_of().unwrap_or_default().into_iter().map(Day::number);
        let keys = table.entity_ids().unwrap_or_default().into_iter().zip(days);
        let said = |scores: &Scores| (0..scores.table.height()).map(|row| said_of(scores, row)).collect();
        Ok((scores.map(said), keys.collect()))
    }

    /// All of it, whatever partition came first.
    fn told(&self, mut all: Gathered) -> Result<Challenge> {
        all.judged.sort_by_key(|judged| judged.key);
        all.changes.sort_by_key(|change| change.entity_id.cast_unsigned());
        let models = self.models.map(|model| model.card(Event::Any).digest().to_owned());
        let learnt_until = self.models.map(|model| model.cohort().observed_until);
        let mut told = Challenge::new(models, learnt_until);
        let rules = self.models.champion.rules();
        told.rules = Some((masked_file(rules.name()).into_owned(), rules.digest().to_owned()));
        for (at, event) in Event::ALL.into_iter().enumerate() {
            let of = |side: fn(&Judged) -> &[f64; Event::ALL.len()]| -> Vec<f64> {
                all.judged.iter().filter_map(|judged| side(judged).get(at).copied()).collect()
            };
            let chances = Sides {
                champion: of(|judged| &judged.chances.champion),
                challenger: of(|judged| &judged.chances.challenger),
            };
            let happened = all.judged.iter().map(|judged| event.has(judged.outcome)).collect();
            told.events.push(EventChallenge::new(event.name(), &Paired::new(chances, happened)?)?);
        }
        told.money = self.money(&all.judged)?;
        told.samples = all.judged.len() as u64;
        (told.learnt, told.immature, told.insufficient) = (all.learnt, all.immature, all.insufficient);
        told.debtors = all.answers.values().sum();
        told.changed = all.changes.len() as u64;
        told.changes = all.changes;
        let answers = all.answers.into_iter().map(|((champion, challenger), debtors)| {
            let sides = Sides { champion: champion.to_owned(), challenger: challenger.to_owned() };
            AnswerMove::new(sides, debtors)
        });
        told.answers = answers.collect();
        Ok(told)
    }

    #[expect(clippy::cast_precision_loss, reason = "amounts below 2^53 fen")]
    fn money(&self, judged: &[Judged]) -> Result<Option<MoneyChallenge>> {
        let by_amount = self.models.champion.share().is_some() && self.models.challenger.share().is_some();
        let (mut orders, mut received) = (Sides::<Vec<f64>>::default(), Vec::new());
        for one in judged {
            let Some(money) = one.money else { continue };
            let open = money.open.fen() as f64;
            let order = |amount: Option<f64>, [any, _]: [f64; Event::ALL.len()]| match by_amount {
                true => amount,
                false => Some(any * open),
            };
            let champion = order(one.amounts.champion, one.chances.champion);
            let challenger = order(one.amounts.challenger, one.chances.challenger);
            // An amount that one model does not foretell is not zero: the sample tells nothing of either.
            let (Some(champion), Some(challenger)) = (champion, challenger) else { continue };
            orders.champion.push(champion);
            orders.challenger.push(challenger);
            received.push(money.received.fen() as f64);
        }
        let unknown = (judged.len() - received.len()) as u64;
        let money = MoneyChallenge::new(&orders, received)?;
        Ok(money.map(|money| MoneyChallenge { unknown, by_amount, ..money }))
    }
}

#[expect(clippy::cast_precision_loss, reason = "amounts below 2^53 fen")]
fn said_of(scores: &Scores, row: usize) -> Said {
    let chances = Event::ALL.map(|event| scores.probability(event, row).filter(|_| scores.is_scored(row)));
    let chances = match chances {
        [Some(any), Some(full)] => Some([any, full]),
        _ => None,
    };
    let grade = scores.any.grade(row).filter(|_| chances.is_some()).map(|grade| grade.letter());
    let amount = scores.expected(row).map(|expected| expected.amount.fen() as f64);
    Said { answer: grade.unwrap_or(ScoreState::Insufficient.code()), chances, amount }
}

/// The file of those whose answer would change: a line each, pseudonyms as pages show them.
pub(super) fn changes_csv(challenge: &Challenge) -> String {
    let mut text = format!("{ENTITY_ID},champion,challenger,champion_any_prob,challenger_any_prob\n");
    for change in &challenge.changes {
        let chance = change.any.map(|any| any.map(|any| any.to_string()).unwrap_or_default());
        let Sides { champion, challenger } = &change.answers;
        let line = [champion, challenger, &chance.champion, &chance.challenger].map(String::as_str).join(",");
        text.push_str(&format!("{:016x},{line}\n", change.entity_id));
    }
    text
}
