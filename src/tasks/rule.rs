//! Rules of task lists as data (`data/indicators/tasks.toml`): what is listed, how long before its term,
//! which measure of advice tells the hours of work, and which tables must be there for an answer.

use serde::{Deserialize, Serialize};

use crate::advice::AdviceRules;
use crate::domain::{Day, Label};
use crate::error::{Error, Result};
use crate::indicators::{IndicatorCatalog, TermRule};

/// What a list holds, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRule {
    /// Its name in data.
    pub code: String,
    /// What must be done, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The function of the command centre that it belongs to.
    pub group: String,
    /// The measure of advice whose hours count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// Hours of work, where no measure tells them.
    #[serde(default)]
    pub hours: f64,
    /// The term of procedure that it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The tables whose rows tell of it; where a store has no row of any, nobody can say that nothing is due.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Days before the end of the term from which on it is listed.
    pub lead_days: i32,
}

impl TaskRule {
    /// What must be done.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    task: Vec<TaskRule>,
}

/// What lists hold, with hours and terms filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRules {
    rules: Vec<TaskRule>,
    terms: Vec<TermRule>,
}

impl TaskRules {
    /// The rules of `data/indicators/tasks.toml`.
    ///
    /// # Errors
    ///
    /// None but for broken data, which the tests would have found.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/indicators/tasks.toml"))
    }

    /// Reads rules from TOML; hours come from the bundled measures of advice.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text is no list of rules, or one names an unknown measure, an unknown term,
    /// an unknown table, or has no hours.
    ///
    /// ```
    /// use wherewithal::tasks::TaskRules;
    ///
    /// assert!(TaskRules::from_toml("task = 'none'").is_err());
    /// let rules = TaskRules::standard()?;
    /// assert!(rules.rules().iter().all(|rule| rule.hours > 0.0));
    /// assert_eq!(rules.rule("no_such_task"), None);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        let book: Book = toml::from_str(text).map_err(|error| Error::setting("tasks", error, "a list of tasks"))?;
        let (advice, terms) = (AdviceRules::standard()?, IndicatorCatalog::standard()?.terms().to_vec());
        let mut rules = book.task;
        for rule in &mut rules {
            let name = format!("task {}", rule.code);
            if let Some(code) = &rule.measure {
                let measure = advice.rules().iter().find(|measure| measure.code == *code);
                rule.hours = measure.ok_or_else(|| Error::setting(&name, code, "a measure of advice"))?.effort_hours;
            }
            if let Some(term) = rule.term.as_ref().filter(|term| !terms.iter().any(|known| known.code == **term)) {
                return Err(Error::setting(name, term, "a term of terms.toml"));
            }
            if let Some(table) = rule.tables.iter().find(|table| crate::schema::table(table).is_none()) {
                return Err(Error::setting(name, table, "a table of the dictionary"));
            }
            if rule.hours.is_nan() || rule.hours <= 0.0 {
                return Err(Error::setting(name, rule.hours, "hours of work, or a measure that has them"));
            }
        }
        Ok(Self { rules, terms })
    }

    /// The rules.
    pub fn rules(&self) -> &[TaskRule] {
        &self.rules
    }

    /// The rule of a name.
    pub fn rule(&self, code: &str) -> Option<&TaskRule> {
        self.rules.iter().find(|rule| rule.code == code)
    }

    /// The term of a rule that holds on a day.
    pub fn term(&self, code: &str, day: Day) -> Option<&TermRule> {
        TermRule::on(&self.terms, self.rule(code)?.term.as_ref()?, day)
    }

    /// The last day of a rule's term that begins on a day.
    pub(super) fn end(&self, code: &str, begun: Day) -> Option<Day> {
        Some(self.term(code, begun)?.end(begun))
    }

    /// Whether a matter due on a day is listed on another.
    pub(super) fn is_listed(&self, code: &str, due: Day, today: Day) -> bool {
        self.rule(code).is_some_and(|rule| due <= today.plus_days(rule.lead_days))
    }
}
