//! Joins the identifiers of one party, as far as registers state it or a credit code contains it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::Result;
use crate::linkage::{LinkageParams, Records, link};
use crate::progress::Silent;
use crate::schema::{ENTITY_ID, KNOWN_AT, SAME_PARTY};
use crate::snapshot::Known;
use crate::tables::{Names, SourceTables};

/// What linking parties found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LinkedParties {
    /// Identifiers under which rows stood, and which now stand under another of the same party.
    pub identifiers: usize,
    /// Statements that joined nothing because they contradict each other or what a party can be.
    pub contested: u64,
}

impl LinkedParties {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Two identifiers that a register states to be one party's.
struct Statement {
    ids: [i64; 2],
    kinds: [Kind; 2],
}

/// What an identifier is; a party is named by the first kind it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Person,
    Unit,
    Document,
}

/// Brings everything known of one party under one identifier: passport and resident number,
/// organisation code and credit code. (The older 15 digits and the 18 of a resident number are one
/// identifier since they were read.)
///
/// What says so is a row of `relations` of the kind `same_party`, known on the day and not ended by
/// then, or the credit code itself, which contains the organisation code. A store is linked from
/// the statements it holds.
///
/// # Properties
///
/// Neither the order of rows nor their numbers matter (law 8), and a statement known after the day
/// does not exist (law 1). A document stated for two persons or two units joins neither; no
/// statement joins two different persons' numbers, two credit codes, a person and a unit, or
/// identifiers of unknown kind. Without a statement about an identifier in use, the tables come
/// back as they are. Samples of earlier days, on which a model is trained, see parties as they are
/// known on this day.
///
/// # Errors
///
/// [`crate::Error::Frame`] when a table operation fails.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{LinkedParties, link_parties};
/// use wherewithal::tables::SourceTables;
///
/// let (tables, linked) = link_parties(&SourceTables::new(), Day::EPOCH)?;
/// assert_eq!(linked, LinkedParties::default()); // no register states anything
/// assert_eq!(tables.frame("parties")?.height(), 0);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn link_parties(tables: &SourceTables, as_of: Day) -> Result<(SourceTables, LinkedParties)> {
    let (names, contested) = names(tables, as_of)?;
    let used = tables.parties_among(&names.iter().map(|(from, _)| from).collect())?;
    let names: Vec<(i64, i64)> = names.iter().filter(|(from, _)| used.contains(from)).collect();
    let linked = LinkedParties { identifiers: names.len(), contested };
    Ok((tables.with_parties_named(&Arc::new(Names::new(&names))), linked))
}

/// The names of parties by what `relations` and `parties` say, as far as known on a day, and how many statements joined
/// nothing.
///
/// # Errors
///
/// As [`link_parties`].
pub(super) fn names(tables: &SourceTables, as_of: Day) -> Result<(Names, u64)> {
    let (mut statements, mut contested) = stated(tables, as_of)?;
    let stated: HashSet<i64> = statements.iter().flat_map(|statement| statement.ids).collect();
    let (alone, others) = contained(tables, as_of)?.into_iter().partition::<Vec<_>, _>(|pair| pair.is_alone(&stated));
    statements.extend(others.into_iter().map(|pair| pair.statement));
    // An organisation code that only one credit code contains belongs to that unit: nothing
    // contradicts it.
    let mut names: Vec<(i64, i64)> =
        alone.iter().map(|pair| pair.statement.ids).map(|[unit, code]| (code, unit)).collect();
    if !statements.is_empty() {
        let (joined, refused) = joined(statements)?;
        names.extend(joined);
        contested += refused;
    }
    Ok((Names::new(&names), contested))
}

/// The names that linkage gives to statements which may contradict each other.
fn joined(statements: Vec<Statement>) -> Result<(Vec<(i64, i64)>, u64)> {
    let params = LinkageParams::from_toml(include_str!("../../data/linkage/statements.toml"))?;
    let mut records = Records::new(params.columns().iter().copied());
    let (mut kept, mut contested) = (Vec::new(), 0);
    for statement in statements {
        match statement.cells() {
            Some(cells) => {
                let text = |column: &&str| cells.get(*column).map_or("", String::as_str);
                records.push("", params.columns().iter().map(text))?;
                kept.push(statement);
            }
            None => contested += 1,
        }
    }
    let map = link(&records, &params, &Silent)?;
    Ok((renamed(&kept, map.parties()), contested + map.counts().contested_documents))
}

impl Statement {
    /// The statement as a record of `linkage`; `None` when one party cannot have both identifiers.
    fn cells(&self) -> Option<BTreeMap<&'static str, String>> {
        let mut cells = BTreeMap::new();
        for (id, kind) in self.ids.iter().zip(self.kinds) {
            let (column, of) = match kind {
                Kind::Person => ("person", Some("person")),
                Kind::Unit => ("unit", Some("unit")),
                Kind::Document if cells.contains_key("document") => ("other_document", None),
                Kind::Document => ("document", None),
            };
            // The letters keep a pseudonym from being read as a number that somebody has.
            let named = [(column, format!("id{id}"))];
            for (column, value) in of.map(|of| ("kind", of.to_owned())).into_iter().chain(named) {
                if cells.insert(column, value.clone()).is_some_and(|before| before != value) {
                    return None;
                }
            }
        }
        Some(cells)
    }
}

/// The name of each identifier that is not its party's own name: a person's number or a credit code
/// before documents, the smaller pseudonym among equals. An identifier that stands in two parties
/// keeps its own.
fn renamed(statements: &[Statement], parties: &[u32]) -> Vec<(i64, i64)> {
    let mut members: BTreeMap<u32, BTreeSet<(Kind, i64)>> = BTreeMap::new();
    let mut found_in: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for (statement, party) in statements.iter().zip(parties) {
        for (id, kind) in statement.ids.iter().zip(statement.kinds) {
            members.entry(*party).or_default().insert((kind, *id));
            found_in.entry(*id).or_default().insert(*party);
        }
    }
    let is_one = |id: &i64| found_in.get(id).is_some_and(|parties| parties.len() == 1);
    let mut names = Vec::new();
    for members in members.into_values() {
        let mut ids = members.into_iter().map(|(_, id)| id).filter(is_one);
        let Some(name) = ids.next() else { continue };
        names.extend(ids.filter(|id| *id != name).map(|id| (id, name)));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// What was said of a pair: known when, ended or not, and of which kinds the identifiers are.
type Said = (i32, bool, [Option<Kind>; 2]);

/// What registers state, and how many statements about identifiers of unknown kind there are; the
/// last statement known about a pair holds.
fn stated(tables: &SourceTables, as_of: Day) -> Result<(Vec<Statement>, u64)> {
    let columns = [ENTITY_ID, "other_id", KNOWN_AT, "until_on", "kind", "number_kind", "other_number_kind"];
    let frame = Known::on(tables, as_of).columns("relations", &columns)?;
    let is_same: BooleanChunked =
        frame.column("kind")?.str()?.iter().map(|kind| Some(kind == Some(SAME_PARTY))).collect();
    let frame = frame.filter(&is_same)?;
    let (ids, others) = (frame.column(ENTITY_ID)?.i64()?, frame.column("other_id")?.i64()?);
    let (known_at, until_on) = (&frame.column(KNOWN_AT)?.date()?.phys, &frame.column("until_on")?.date()?.phys);
    let (kinds, other_kinds) = (frame.column("number_kind")?.str()?, frame.column("other_number_kind")?.str()?);
    let mut last: BTreeMap<[i64; 2], Said> = BTreeMap::new();
    for row in 0..frame.height() {
        let (Some(a), Some(b)) = (ids.get(row), others.get(row)) else { continue };
        let kinds = [kind(kinds.get(row)), kind(other_kinds.get(row))];
        let (ids, kinds) = if a <= b { ([a, b], kinds) } else { ([b, a], [kinds[1], kinds[0]]) };
        let is_ended = until_on.get(row).is_some_and(|day| day <= as_of.number());
        let seen = (known_at.get(row).unwrap_or(i32::MIN), is_ended, kinds);
        last.entry(ids).and_modify(|other| *other = (*other).max(seen)).or_insert(seen);
    }
    let (mut statements, mut unknown) = (Vec::new(), 0);
    for (ids, (_, is_ended, kinds)) in last {
        match kinds {
            _ if is_ended || ids[0] == ids[1] => {}
            [Some(a), Some(b)] => statements.push(Statement { ids, kinds: [a, b] }),
            _ => unknown += 1,
        }
    }
    Ok((statements, unknown))
}

/// An organisation code that a credit code contains.
struct Contained {
    statement: Statement,
    /// Whether no other unit has the code, nor the unit another.
    is_only: bool,
}

impl Contained {
    fn is_alone(&self, stated: &HashSet<i64>) -> bool {
        self.is_only && !self.statement.ids.iter().any(|id| stated.contains(id))
    }
}

/// What credit codes contain.
fn contained(tables: &SourceTables, as_of: Day) -> Result<Vec<Contained>> {
    let frame = Known::on(tables, as_of).columns("parties", &[ENTITY_ID, "organisation_id"])?;
    let pairs = frame.column(ENTITY_ID)?.i64()?.iter().zip(frame.column("organisation_id")?.i64()?.iter());
    let pairs: BTreeSet<[i64; 2]> = pairs.filter_map(|(unit, code)| Some([unit?, code?])).collect();
    let mut counts: HashMap<i64, u32> = HashMap::new();
    for id in pairs.iter().flatten() {
        *counts.entry(*id).or_default() += 1;
    }
    let is_only = |ids: &[i64; 2]| ids.iter().all(|id| counts.get(id) == Some(&1));
    let contained = pairs.iter().map(|ids| Contained {
        statement: Statement { ids: *ids, kinds: [Kind::Unit, Kind::Document] },
        is_only: is_only(ids),
    });
    Ok(contained.collect())
}

fn kind(code: Option<&str>) -> Option<Kind> {
    match code? {
        "person" => Some(Kind::Person),
        "unit" => Some(Kind::Unit),
        _ => Some(Kind::Document),
    }
}
