use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use super::score::Scores;
use super::{Event, PerformanceModel};
use crate::domain::{Day, Label, Money, PartyKind, Points, Probability, Share};
use crate::error::Result;
use crate::explain::{self, Contribution, Explanation};
use crate::features::{self, EvidenceParams, EvidenceTable, FeatureColumn};
use crate::profile::{
    CaseLine, DebtorProfile, Dimension, EventScore, ModelStamp, Reason, RecordRef, SourceCoverage, Standing,
};
use crate::progress::Progress;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT};
use crate::snapshot::Snapshot;

/// Reasons in a profile.
const MOST_REASONS: usize = 8;
/// Records cited for one reason.
const MOST_RECORDS: usize = 5;
/// A record's number is its file's ordinal × 2⁴⁰ + its line.
const LINE_BITS: u32 = 40;

/// The names of the source files by their ordinal; see [`crate::schema::RECORD_ID`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileNames(BTreeMap<i64, String>);

impl FromIterator<(i64, String)> for FileNames {
    fn from_iter<I: IntoIterator<Item = (i64, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl FileNames {
    fn cite(&self, record: &features::Record) -> RecordRef {
        self.row(&record.table, record.record_id)
    }

    /// The file and line of a row.
    pub(super) fn row(&self, table: &str, record_id: i64) -> RecordRef {
        let file = self.0.get(&(record_id >> LINE_BITS)).cloned();
        let line = (record_id & ((1 << LINE_BITS) - 1)).unsigned_abs();
        RecordRef { table: table.to_owned(), file: file.unwrap_or_else(|| table.to_owned()), line }
    }
}

/// What is said of each debtor beside the score.
struct Facts {
    parties: HashMap<i64, (Option<PartyKind>, Option<String>, Option<String>)>,
    cases: HashMap<i64, Vec<CaseLine>>,
    coverage: HashMap<i64, BTreeMap<String, SourceCoverage>>,
}

pub(super) fn portray(
    snapshot: &Snapshot,
    (scores, model, files): (&Scores, &PerformanceModel, &FileNames),
    progress: &dyn Progress,
) -> Result<Vec<DebtorProfile>> {
    let card = model.card(Event::Any);
    let features: Vec<&str> = card.features().iter().map(|feature| feature.name()).collect();
    let narrow = scores.table.select(features.iter().copied())?;
    let evidence = features::evidence(
        snapshot,
        model.catalog(),
        &EvidenceParams::default().features(features).most(MOST_RECORDS),
    )?;
    let mut facts = Facts::read(snapshot)?;
    let ids = narrow.entity_ids().unwrap_or_default();
    let days = narrow.as_of().unwrap_or_default();
    progress.begin("portray", u64::try_from(ids.len()).ok(), "debtors");
    let mut profiles = Vec::with_capacity(ids.len());
    for (row, (entity_id, as_of)) in ids.into_iter().zip(days).enumerate() {
        let explanation = explain::explain(card, &narrow, row)?;
        let portrait = Portrait { scores, model, files, evidence: &evidence, sample: (entity_id, as_of, row) };
        profiles.push(portrait.assemble(&explanation, &mut facts)?);
        progress.advance(1);
    }
    progress.end();
    super::enrich::enrich(&mut profiles, snapshot, (scores, model, files))?;
    profiles.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.entity.cmp(&b.entity)));
    Ok(profiles)
}

fn rank(profile: &DebtorProfile) -> f64 {
    match &profile.standing {
        Standing::Scored { any, .. } => any.probability.value(),
        Standing::Insufficient { .. } => -1.0,
    }
}

struct Portrait<'a> {
    scores: &'a Scores,
    model: &'a PerformanceModel,
    files: &'a FileNames,
    evidence: &'a EvidenceTable,
    sample: (i64, Day, usize),
}

impl Portrait<'_> {
    fn assemble(&self, explanation: &Explanation, facts: &mut Facts) -> Result<DebtorProfile> {
        let (entity_id, as_of, _) = self.sample;
        let (kind, masked_name, masked_number) = facts.parties.remove(&entity_id).unwrap_or_default();
        let scored = self.standing()?;
        let is_scored = matches!(scored, Standing::Scored { .. });
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
            standing: scored,
            cases: facts.cases.remove(&entity_id).unwrap_or_default(),
            // Points without a score would be read as one.
            dimensions: if is_scored { self.dimensions(explanation) } else { Vec::new() },
            reasons: if is_scored { self.reasons(explanation) } else { Vec::new() },
            coverage: facts.coverage.remove(&entity_id).unwrap_or_default().into_values().collect(),
            ..DebtorProfile::default()
        })
    }

    fn standing(&self) -> Result<Standing> {
        let row = self.sample.2;
        let known = Share::new(self.scores.known(row))?;
        let event = |event, scores: &crate::score::ScoreTable| -> Option<EventScore> {
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

    fn dimensions(&self, explanation: &Explanation) -> Vec<Dimension> {
        let catalog = self.model.catalog();
        let family_of = |part: &Contribution| catalog.feature(&part.feature).map(|spec| spec.family.as_str());
        let of_family = |family: &features::Family| {
            let parts: Vec<&Contribution> =
                explanation.contributions.iter().filter(|part| family_of(part) == Some(family.name.as_str())).collect();
            (!parts.is_empty()).then(|| Dimension {
                family: family.name.clone(),
                label: family.label.clone(),
                points: Points(parts.iter().map(|part| part.points.0).sum()),
                typical: parts.iter().map(|part| f64::from(part.typical_points.0)).sum(),
                known: parts.iter().filter(|part| part.known).count(),
                features: parts.len(),
            })
        };
        catalog.families().iter().filter_map(of_family).collect()
    }

    fn reasons(&self, explanation: &Explanation) -> Vec<Reason> {
        let (entity_id, as_of, _) = self.sample;
        let reason = |code: explain::ReasonCode| {
            let spec = self.model.catalog().feature(&code.feature)?;
            let part = explanation.contributions.iter().find(|part| part.feature == code.feature)?;
            let behind = self.evidence.of(&code.feature, entity_id, as_of);
            Some(Reason {
                feature: code.feature,
                label: Label::clone(&spec.label),
                unit: spec.unit.name().to_owned(),
                value: self.value(&part.feature),
                points: part.points,
                typical: f64::from(part.typical_points.0),
                records: behind.records.iter().map(|record| self.files.cite(record)).collect(),
                records_total: usize::try_from(behind.n).unwrap_or(usize::MAX),
            })
        };
        explanation.reasons(MOST_REASONS).into_iter().filter_map(reason).collect()
    }

    fn value(&self, feature: &str) -> Option<f64> {
        match self.scores.table.column(feature)? {
            FeatureColumn::Numeric(values) => values.get(self.sample.2).copied().filter(|value| !value.is_nan()),
            FeatureColumn::Text(_) => None,
        }
    }
}

impl Facts {
    fn read(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self { parties: parties(snapshot)?, cases: cases(snapshot)?, coverage: coverage(snapshot)? })
    }
}

fn parties(snapshot: &Snapshot) -> Result<HashMap<i64, (Option<PartyKind>, Option<String>, Option<String>)>> {
    let frame = snapshot.latest("parties")?.collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let text = |name: &str| -> Result<Vec<Option<String>>> {
        Ok(frame.column(name)?.str()?.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let kinds = text("kind")?.into_iter().map(|code| code.and_then(|code| PartyKind::from_code(&code)));
    let shown = kinds.zip(text("masked_name")?).zip(text("masked_number")?);
    Ok(ids.iter().flatten().zip(shown.map(|((kind, name), number)| (kind, name, number))).collect())
}

fn cases(snapshot: &Snapshot) -> Result<HashMap<i64, Vec<CaseLine>>> {
    let order = [ENTITY_ID, EVENT_ON, CASE_ID];
    let frame = snapshot.latest("cases")?.sort(order, SortMultipleOptions::default()).collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let filed = &frame.column(EVENT_ON)?.date()?.phys;
    let claims = frame.column("claim_fen")?.i64()?;
    let (numbers, courts) = (frame.column("case_no")?.str()?, frame.column("court")?.str()?);
    let mut of: HashMap<i64, Vec<CaseLine>> = HashMap::new();
    for ((id, filed), (claim, (number, court))) in
        ids.iter().zip(filed.iter()).zip(claims.iter().zip(numbers.iter().zip(courts.iter())))
    {
        if let (Some(id), Some(filed_on)) = (id, filed.and_then(Day::from_number)) {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let claim = claim.map(Money::from_fen);
            let line = CaseLine { case_no: text(number), court: text(court), filed_on, claim };
            of.entry(id).or_default().push(line);
        }
    }
    Ok(of)
}

fn coverage(snapshot: &Snapshot) -> Result<HashMap<i64, BTreeMap<String, SourceCoverage>>> {
    let frame = snapshot.scan("queries")?.select([ENTITY_ID, "source", "answer", KNOWN_AT].map(col)).collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let (sources, answers) = (frame.column("source")?.str()?, frame.column("answer")?.str()?);
    let known = &frame.column(KNOWN_AT)?.date()?.phys;
    let mut of: HashMap<i64, BTreeMap<String, SourceCoverage>> = HashMap::new();
    for ((id, source), (answer, known)) in ids.iter().zip(sources.iter()).zip(answers.iter().zip(known.iter())) {
        let (Some(id), Some(source)) = (id, source) else { continue };
        let line = of.entry(id).or_default().entry(source.to_owned()).or_insert_with(|| SourceCoverage {
            source: source.to_owned(),
            asked: 0,
            found: 0,
            nothing: 0,
            unanswered: 0,
            answered_on: None,
        });
        line.asked += 1;
        match answer {
            Some("found") => line.found += 1,
            Some("nothing_found") => line.nothing += 1,
            _ => {
                line.unanswered += 1;
                continue;
            }
        }
        line.answered_on = line.answered_on.max(known.and_then(Day::from_number));
    }
    Ok(of)
}
