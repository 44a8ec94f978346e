//! Courts and teams by small numbers, so that rows carry no names.

use std::collections::BTreeMap;

/// The courts and teams that a partition names, each with a small number.
#[derive(Debug, Default)]
pub(crate) struct Names {
    courts: BTreeMap<String, u32>,
    teams: BTreeMap<String, u32>,
    /// The code of each court in case numbers: the least, where they tell several.
    codes: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut names = Self::default();
        names.team("");
        names
    }

    pub(super) fn court(&mut self, name: &str) -> u32 {
        if let Some(number) = self.courts.get(name) {
            return *number;
        }
        let next = u32::try_from(self.courts.len()).unwrap_or(u32::MAX);
        self.courts.insert(name.to_owned(), next);
        next
    }

    pub(super) fn code(&mut self, court: &str, code: &str) {
        let held = self.codes.entry(court.to_owned()).or_insert_with(|| code.to_owned());
        if code < held.as_str() {
            code.clone_into(held);
        }
    }

    /// The courts by their numbers.
    pub(super) fn courts(&self) -> Vec<String> {
        by_number(&self.courts)
    }

    /// The teams by their numbers.
    pub(super) fn teams(&self) -> Vec<String> {
        by_number(&self.teams)
    }

    pub(super) fn codes(&self) -> &BTreeMap<String, String> {
        &self.codes
    }

    pub(crate) fn court_name(&self, at: u32) -> String {
        let found = self.courts.iter().find(|(_, number)| **number == at);
        found.map(|(court, _)| court.clone()).unwrap_or_default()
    }

    pub(crate) fn team_name(&self, at: u32) -> String {
        let found = self.teams.iter().find(|(_, number)| **number == at);
        found.map(|(team, _)| team.clone()).unwrap_or_default()
    }

    pub(super) fn team(&mut self, name: &str) -> u32 {
        if let Some(number) = self.teams.get(name) {
            return *number;
        }
        let next = u32::try_from(self.teams.len()).unwrap_or(u32::MAX);
        self.teams.insert(name.to_owned(), next);
        next
    }
}

fn by_number(names: &BTreeMap<String, u32>) -> Vec<String> {
    let mut sorted: Vec<(u32, &String)> = names.iter().map(|(name, at)| (*at, name)).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, name)| name.clone()).collect()
}
