//! What the draft does with each column of a file, or why it leaves it out.
//!
//! Every column of every file gets an answer: silence would look like a column that nobody noticed.

use super::assign::misfit;
use super::dictionary::DictionaryColumn;
use super::facts::{ColumnFacts, value_shapes};
use super::feed::Fed;
use super::keys::party_of;
use super::looks::looks_like;
use super::rules::read_by;
use super::tables::InspectedTable;
use super::vocabulary::Vocabulary;
use crate::ingest::told;
use crate::schema;
use crate::sentence::{Sentence, says};

/// The columns of a file, and what the draft makes of them.
pub(super) struct Uses<'s> {
    seen: &'s InspectedTable,
    fed: &'s Fed,
    /// Columns that are called like one of a table that is fed, and whose values are none for it.
    misfits: Vec<(&'s DictionaryColumn, String)>,
    /// The column that names a party.
    party: Option<usize>,
}

impl<'s> Uses<'s> {
    pub(super) fn new(seen: &'s InspectedTable, fed: &'s Fed) -> Self {
        let targets = fed.plans.iter().flat_map(|plan| plan.table.columns().map(move |column| (plan.table, column)));
        let misfits = targets.filter_map(|(table, column)| {
            Some((misfit(seen, (table, column))?, format!("{}.{}", table.name, column.name)))
        });
        Self { seen, fed, misfits: misfits.collect(), party: party_of(seen) }
    }

    /// What the draft does with the column in this place, or why it leaves it out.
    pub(super) fn of_column(&self, at: usize) -> Result<Sentence, Sentence> {
        let (held, facts) = (self.seen.held.columns.get(at), self.seen.facts.get(at));
        let Some((held, facts)) = held.zip(facts) else { return Err(Sentence::default()) };
        used(held, self.fed).ok_or_else(|| self.why(at, (held, facts)))
    }

    /// Columns that the draft does not read, and why.
    pub(super) fn unused(&self) -> Vec<(String, Sentence)> {
        let columns = self.seen.held.columns.iter().enumerate();
        columns.filter_map(|(at, held)| Some((told(&held.name).into_owned(), self.of_column(at).err()?))).collect()
    }

    fn why(&self, at: usize, (held, facts): (&DictionaryColumn, &ColumnFacts)) -> Sentence {
        let known = self.fed.plans.iter().flat_map(|plan| &plan.left_out).find(|(source, _)| *source == at);
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
        if let Some((_, column)) = self.misfits.iter().find(|(other, _)| std::ptr::eq(*other, held)) {
            return says!(
                "it is called like {column}, but its values are written as {shape}",
                column = column,
                shape = value_shapes(held)
            );
        }
        let looks = looks_like(facts).into_iter().next().unwrap_or_else(|| says!("text"));
        let unknown = says!("no column of the schema is called so ({looks})", looks = looks);
        let party = (self.party == Some(at)).then(|| says!("it names a party to whom other files lead"));
        Sentence::list(std::iter::once(unknown).chain(party), "; ")
    }
}

/// What the draft does with a column.
fn used(held: &DictionaryColumn, fed: &Fed) -> Option<Sentence> {
    let mut uses: Vec<Sentence> = Vec::new();
    for plan in &fed.plans {
        for (name, ruled) in &plan.columns {
            if read_by(&ruled.rule).any(|from| *from == held.name) {
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
