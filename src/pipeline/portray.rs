//! Assembles a profile for every scored debtor.
//!
//! Everything found about the day (scores, evidence, means, signals) is computed for all debtors at once
//! and then told debtor by debtor. At most eight reasons are told, each with at most five records; how many
//! records there are stands beside them.

use std::collections::HashMap;

use super::facts::{Facts, Party};
use super::score::Scores;
use super::{Event, FileNames, PerformanceModel};
use crate::capacity::{CapacityStatement, CapacityTable};
use crate::conduct::{self, ConductParams, ConductSignal};
use crate::domain::{Day, Label, Points, Probability, Share};
use crate::error::Result;
use crate::explain::{self, Contribution, Counterfactual, CounterfactualParams, Explanation, WhatIf};
use crate::features::{self, EvidenceParams, EvidenceTable, FeatureTable, FeatureValue};
use crate::model::ScorecardPair;
use crate::profile::{
    DebtorProfile, Dimension, EventScore, Means, ModelStamp, Reason, SignalLine, SourceCoverage, Standing, Way,
    WayStep, Worth, gathered,
};
use crate::progress::Progress;
use crate::score::{ScoreTable, Scorer};
use crate::snapshot::Snapshot;

/// Reasons in a profile.
const MOST_REASONS: usize = 8;
/// Records cited for one reason.
const MOST_RECORDS: usize = 5;
/// The family of the statement's ratios.
const CAPACITY: &str = "capacity";

pub(super) fn portray(
    snapshot: &Snapshot,
    (scores, model, files): (&Scores, &PerformanceModel, &FileNames),
    progress: &dyn Progress,
) -> Result<Vec<DebtorProfile>> {
    let card = model.card(Event::Any);
    let names: Vec<&str> = card.features().iter().map(|feature| feature.name()).collect();
    let narrow = scores.table.select(names.iter().copied())?;
    let cited = names.into_iter().filter(|name| model.catalog().feature(name).is_some());
    let evidence = EvidenceParams::default().features(cited).most(MOST_RECORDS);
    let mut facts = Facts::read(snapshot)?;
    let conduct = ConductParams::default();
    let mut signals: HashMap<i64, Vec<ConductSignal>> = HashMap::new();
    for signal in conduct::examine(snapshot, &conduct)? {
        signals.entry(signal.entity_id).or_default().push(signal);
    }
    let context = Context {
        scores,
        model,
        files,
        scorer: Scorer::with(card, *model.scorer())?,
        evidence: features::evidence(snapshot, model.catalog(), &evidence)?,
        table: narrow,
        means: scores.capacity.statements().iter().map(|statement| (statement.entity_id, statement)).collect(),
        conduct,
        signals,
    };
    let ids = context.table.entity_ids().unwrap_or_default();
    let days = context.table.as_of().unwrap_or_default();
    progress.begin("portray", u64::try_from(ids.len()).ok(), "debtors");
    let mut profiles = Vec::with_capacity(ids.len());
    for (row, (entity_id, as_of)) in ids.into_iter().zip(days).enumerate() {
        profiles.push(context.assemble((entity_id, as_of, row), &mut facts)?);
        progress.advance(1);
    }
    progress.end();
    profiles.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.entity.cmp(&b.entity)));
    Ok(profiles)
}

fn rank(profile: &DebtorProfile) -> f64 {
    match &profile.standing {
        Standing::Scored { any, .. } => any.probability.value(),
        Standing::Insufficient { .. } => -1.0,
    }
}

/// Everything found about the debtors of a day, before it is told debtor by debtor.
struct Context<'a> {
    scores: &'a Scores,
    model: &'a PerformanceModel,
    files: &'a FileNames,
    scorer: Scorer,
    evidence: EvidenceTable,
    table: FeatureTable,
    means: HashMap<i64, &'a CapacityStatement>,
    conduct: ConductParams,
    signals: HashMap<i64, Vec<ConductSignal>>,
}

type Sample = (i64, Day, usize);

impl Context<'_> {
    fn assemble(&self, sample: Sample, facts: &mut Facts) -> Result<DebtorProfile> {
        let (entity_id, as_of, row) = sample;
        let Party { kind, masked_name, masked_number } = facts.parties.remove(&entity_id).unwrap_or_default();
        let explanation = explain::explain(self.scorer.card(), &self.table, row)?;
        let standing = self.standing(row)?;
        let is_scored = matches!(standing, Standing::Scored { .. });
        let cite = |table: &str, record: i64| self.files.cite(table, record);
        let coverage: Vec<SourceCoverage> =
            facts.coverage.remove(&entity_id).unwrap_or_default().into_values().collect();
        // Who has answered every question is not asked again for what he does not have.
        let is_open = |worth: &Worth| {
            !coverage.iter().any(|line| line.source == worth.source && line.asked > 0 && line.unanswered == 0)
        };
        let worth = self.worth(row)?.into_iter().filter(is_open).collect();
        Ok(DebtorProfile {
            entity: format!("{entity_id:016x}"),
            masked_name,
            masked_number,
            kind,
            as_of: Some(as_of),
            model: ModelStamp {
                any: self.model.card(Event::Any).digest().to_owned(),
                full: self.model.card(Event::Full).digest().to_owned(),
                window_days: self.model.cohort().window_days,
            },
            standing,
            cases: facts.cases.remove(&entity_id).unwrap_or_default(),
            // Points without a score would be read as one.
            dimensions: if is_scored { self.dimensions(&explanation) } else { Vec::new() },
            reasons: if is_scored { self.reasons(sample, &explanation) } else { Vec::new() },
            coverage,
            expected: self.scores.expected(row),
            means: self.means.get(&entity_id).map(|statement| Means::from_statement(statement, cite)),
            signals: Some(self.signals(entity_id)?),
            docket: Some(facts.dockets.remove(&entity_id).unwrap_or_default()),
            timeline: gathered(&facts.timelines.remove(&entity_id).unwrap_or_default(), as_of),
            ways: if is_scored { self.ways(row)? } else { Vec::new() },
            worth,
            ..DebtorProfile::default()
        })
    }

    fn standing(&self, row: usize) -> Result<Standing> {
        let known = Share::new(self.scores.known(row))?;
        let event = |event, scores: &ScoreTable| -> Option<EventScore> {
            let probability = Probability::new(self.scores.probability(event, row)?).ok()?;
            Some(EventScore { base: scores.card().base_points(), points: scores.score(row)?, probability })
        };
        let parts =
            (self.scores.any.grade(row), event(Event::Any, &self.scores.any), event(Event::Full, &self.scores.full));
        Ok(match parts {
            (Some(grade), Some(any), Some(full)) => Standing::Scored { grade, any, full, known },
            _ => Standing::Insufficient { known, needed: self.model.scorer().min_known_share },
        })
    }

    /// What a feature is called, its unit and its family; a pair has both names, and the family of its first feature.
    fn describe(&self, feature: &str) -> Option<(Label, &'static str, &str)> {
        if let Some(pair) = self.pair(feature) {
            let [first, second] = pair.features().map(|name| self.describe(name));
            let ((first, _, family), (second, ..)) = (first?, second?);
            let label = Label::new(format!("{} × {}", first.zh, second.zh), format!("{} × {}", first.en, second.en));
            return Some((label, "", family));
        }
        match self.model.catalog().feature(feature) {
            Some(spec) => Some((spec.label.clone(), spec.unit.name(), spec.family.as_str())),
            None => CapacityTable::label(feature).map(|label| (label, "ratio", CAPACITY)),
        }
    }

    /// The pair of this name.
    fn pair(&self, name: &str) -> Option<&ScorecardPair> {
        self.scorer.card().pairs().iter().find(|pair| pair.name() == name)
    }

    fn dimensions(&self, explanation: &Explanation) -> Vec<Dimension> {
        let mut families: Vec<(String, Label)> =
            self.model.catalog().families().iter().map(|family| (family.name.clone(), family.label.clone())).collect();
        families.push((CAPACITY.to_owned(), CapacityTable::family()));
        let of_family = |(family, label): (String, Label)| {
            let is_of = |part: &&Contribution| self.describe(&part.feature).is_some_and(|(_, _, name)| name == family);
            let parts: Vec<&Contribution> = explanation.contributions.iter().filter(is_of).collect();
            (!parts.is_empty()).then(|| Dimension {
                points: Points(parts.iter().map(|part| part.points.0).sum()),
                typical: parts.iter().map(|part| f64::from(part.typical_points.0)).sum(),
                known: parts.iter().filter(|part| part.known && self.pair(&part.feature).is_none()).count(),
                features: parts.iter().filter(|part| self.pair(&part.feature).is_none()).count(),
                family,
                label,
            })
        };
        families.into_iter().filter_map(of_family).collect()
    }

    fn reasons(&self, (entity_id, as_of, row): Sample, explanation: &Explanation) -> Vec<Reason> {
        let reason = |code: explain::ReasonCode| {
            let (label, unit, _) = self.describe(&code.feature)?;
            let part = explanation.contributions.iter().find(|part| part.feature == code.feature)?;
            let behind = self.evidence.rows_behind(&code.feature, entity_id, as_of);
            Some(Reason {
                feature: code.feature,
                label,
                unit: unit.to_owned(),
                value: self.value(&part.feature, row),
                category: self.category(&part.feature, row),
                points: part.points,
                typical: f64::from(part.typical_points.0),
                records: behind.records.iter().map(|row| self.files.cite(&row.table, row.record_id)).collect(),
                records_total: usize::try_from(behind.n).unwrap_or(usize::MAX),
            })
        };
        explanation.reasons(MOST_REASONS).into_iter().filter_map(reason).collect()
    }

    fn value(&self, feature: &str, row: usize) -> Option<f64> {
        match self.table.value(feature, row)? {
            FeatureValue::Number(value) => Some(value).filter(|value| !value.is_nan()),
            FeatureValue::Text(_) => None,
        }
    }

    /// A category's value; of a pair both values, where they are known.
    fn category(&self, feature: &str, row: usize) -> Option<String> {
        if let Some(pair) = self.pair(feature) {
            let value = |name: &str| self.value(name, row).map(|value| value.to_string());
            let sides = pair.features().map(|name| value(name).or_else(|| self.category(name, row)));
            return sides.into_iter().collect::<Option<Vec<String>>>().map(|sides| sides.join(" × "));
        }
        match self.table.value(feature, row)? {
            FeatureValue::Number(_) => None,
            FeatureValue::Text(text) => text.map(str::to_owned),
        }
    }

    fn signals(&self, entity_id: i64) -> Result<Vec<SignalLine>> {
        let found = self.signals.get(&entity_id).map(Vec::as_slice).unwrap_or_default();
        let known = found.iter().filter_map(|signal| Some((signal, self.conduct.pattern(&signal.pattern)?)));
        known
            .map(|(signal, pattern)| SignalLine::from_signal(signal, pattern, |t, record| self.files.cite(t, record)))
            .collect()
    }

    fn ways(&self, row: usize) -> Result<Vec<Way>> {
        let params = CounterfactualParams::default();
        let found = WhatIf::new(&self.scorer, self.model.catalog()).counterfactuals(&self.table, row, &params)?;
        Ok(found.into_iter().map(|way| self.way(way)).collect())
    }

    fn way(&self, way: Counterfactual) -> Way {
        let step = |change: explain::Change| {
            let (label, unit, _) = self.describe(&change.feature)?;
            let (from, to, points) = (change.from, change.to, change.points);
            Some(WayStep { feature: change.feature, label, unit: unit.to_owned(), from, to, points })
        };
        let steps = way.changes.into_iter().filter_map(step).collect();
        Way { to: way.to, points: way.score, probability: way.probability, steps }
    }

    fn worth(&self, row: usize) -> Result<Vec<Worth>> {
        let found = WhatIf::new(&self.scorer, self.model.catalog()).worth_asking(&self.table, row)?;
        let worth = |answer: explain::AnswerWorth| Worth {
            source: answer.source,
            features: answer.features,
            share: answer.share,
            most_up: answer.most_up,
            most_down: answer.most_down,
            suffices: answer.suffices,
        };
        Ok(found.into_iter().map(worth).collect())
    }
}
