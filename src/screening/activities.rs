//! Rules of law about which activities a listing restricts.
//!
//! The rows are data with an article and two days each, `data/screening/activities.toml`: a new rule is a
//! new row, and an answer for a day of the past is given under the rules of that day.

use serde::{Deserialize, Serialize};

use super::index::Role;
use crate::domain::{Day, Label, PartyKind};
use crate::error::{Error, Result};
use crate::sentence::says;

/// As whom a party meets a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A listed natural person.
    ListedPerson,
    /// A listed unit.
    ListedUnit,
    /// The representative or main person in charge of a listed unit.
    Representative,
    /// A person directly responsible in a listed unit.
    Responsible,
    /// The actual controller of a listed unit.
    Controller,
}

impl Subject {
    /// The subject that a role in an entry of this kind makes.
    ///
    /// ```
    /// use wherewithal::domain::PartyKind;
    /// use wherewithal::screening::{Role, Subject};
    ///
    /// assert_eq!(Subject::from_role(Role::Listed, PartyKind::Company), Subject::ListedUnit);
    /// assert_eq!(Subject::from_role(Role::Controller, PartyKind::Company), Subject::Controller);
    /// ```
    pub fn from_role(role: Role, kind: PartyKind) -> Self {
        match role {
            Role::Listed if kind == PartyKind::Person => Self::ListedPerson,
            Role::Listed => Self::ListedUnit,
            Role::Representative => Self::Representative,
            Role::Responsible => Self::Responsible,
            Role::Controller => Self::Controller,
        }
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It forbids the activity.
    Forbidden,
    /// It tells the institution to take the listing into account under its own rules.
    Considered,
    /// It says that a unit's listing does not reach this person.
    NotExtended,
}

/// One rule of law about activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityRule {
    /// Its name in answers and receipts.
    pub id: String,
    /// The activities it speaks of.
    pub activities: Vec<String>,
    /// Whom it speaks of.
    pub subjects: Vec<Subject>,
    /// What it does.
    pub effect: Effect,
    /// Whether the enforcing court may allow the activity on application.
    #[serde(default)]
    pub on_application: bool,
    /// The instrument with its number.
    pub instrument: String,
    /// The article.
    pub article: String,
    /// First day in force.
    pub in_force_from: Day,
    /// Last day in force, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force_to: Option<Day>,
    /// How well the row was checked, as the head of the file explains.
    pub confidence: String,
}

/// An activity that an application may be for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Its name in applications.
    pub id: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Activities and the dated rules about them, as data.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::screening::{Activities, Effect, Subject};
///
/// let activities = Activities::standard()?;
/// let rules = activities.rules("g_train", Subject::Controller, Day::parse("2026-03-01")?);
/// assert!(rules.iter().any(|rule| rule.effect == Effect::Forbidden));
/// assert!(activities.rules("g_train", Subject::Controller, Day::parse("2014-03-01")?).is_empty()); // before the rule
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activities {
    activities: Vec<Activity>,
    rules: Vec<ActivityRule>,
}

impl Activities {
    /// The activities and rules of `data/screening/activities.toml`.
    ///
    /// # Errors
    ///
    /// None; the embedded file is held to [`Activities::from_toml`] by a test.
    pub fn standard() -> Result<Self> {
        Self::from_toml(include_str!("../../data/screening/activities.toml"))
    }

    /// Reads activities and rules and checks that they fit together.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text has another form, or a rule names an unknown activity or no day in force.
    pub fn from_toml(text: &str) -> Result<Self> {
        let read: Self = toml::from_str(text)
            .map_err(|fault| Error::setting("activities", fault, "activities and rules as in data/screening"))?;
        for rule in &read.rules {
            let unknown = rule.activities.iter().find(|name| read.label(name).is_none());
            if let Some(name) = unknown {
                return Err(Error::setting(says!("rule {}", [rule.id]), name, "an activity of the same file"));
            }
            if rule.in_force_to.is_some_and(|to| to < rule.in_force_from) {
                return Err(Error::setting(
                    says!("rule {}", [rule.id]),
                    rule.in_force_from,
                    "a first day before the last",
                ));
            }
        }
        Ok(read)
    }

    /// Every activity.
    pub fn all(&self) -> &[Activity] {
        &self.activities
    }

    /// What an activity is called, if there is one of this name.
    ///
    /// ```
    /// use wherewithal::screening::Activities;
    ///
    /// let activities = Activities::standard()?;
    /// assert!(activities.label("flight").is_some() && activities.label("no such activity").is_none());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn label(&self, activity: &str) -> Option<Label> {
        let found = self.activities.iter().find(|known| known.id == activity)?;
        Some(Label::new(found.zh.clone(), found.en.clone()))
    }

    /// The rules in force on a day about an activity and a subject.
    pub fn rules(&self, activity: &str, subject: Subject, on: Day) -> Vec<&ActivityRule> {
        let applies = |rule: &&ActivityRule| {
            rule.in_force_from <= on
                && rule.in_force_to.is_none_or(|to| on <= to)
                && rule.subjects.contains(&subject)
                && rule.activities.iter().any(|name| name == activity)
        };
        self.rules.iter().filter(applies).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"
        [[activities]]
        id = "flight"
        zh = "乘坐飞机"
        en = "air travel"

        [[rules]]
        id = "r"
        activities = ["flight"]
        subjects = ["listed_person"]
        effect = "forbidden"
        instrument = "法释〔2015〕17号"
        article = "3"
        in_force_from = "2015-07-22"
        in_force_to = "2020-12-31"
        confidence = "P"
    "#;

    #[test]
    fn a_rule_holds_for_its_subjects_from_its_first_day_to_its_last() {
        let activities = Activities::from_toml(RULE).unwrap();
        let rules = |activity: &str, subject: Subject, day: &str| {
            activities.rules(activity, subject, Day::parse(day).unwrap()).len()
        };
        for (day, n) in [("2015-07-21", 0), ("2015-07-22", 1), ("2020-12-31", 1), ("2021-01-01", 0)] {
            assert_eq!(rules("flight", Subject::ListedPerson, day), n, "{day}");
        }
        assert_eq!(rules("flight", Subject::ListedUnit, "2018-01-01"), 0);
        assert_eq!(rules("hotel", Subject::ListedPerson, "2018-01-01"), 0);
        assert_eq!(activities.label("flight"), Some(Label::new("乘坐飞机", "air travel")));
        assert_eq!((activities.label("hotel"), activities.all().len()), (None, 1));
    }

    #[test]
    fn a_rule_names_its_own_activities_and_ends_after_it_begins() {
        let refused = |from: &str, to: &str| {
            let text = RULE.replace(from, to);
            assert_ne!(text, RULE);
            Activities::from_toml(&text).unwrap_err().to_string()
        };
        assert!(refused("[\"flight\"]", "[\"hotel\"]").contains("hotel"));
        assert!(refused("2020-12-31", "2015-07-21").contains("a first day before the last"));
        assert!(refused("effect =", "efect =").starts_with("activities: "));
        assert!(Activities::from_toml(&RULE.replace("2020-12-31", "2015-07-22")).is_ok(), "one day is enough");
    }

    #[test]
    fn who_is_restricted_follows_the_role() {
        for (role, kind, subject) in [
            (Role::Listed, PartyKind::Person, Subject::ListedPerson),
            (Role::Listed, PartyKind::Company, Subject::ListedUnit),
            (Role::Listed, PartyKind::Organisation, Subject::ListedUnit),
            (Role::Representative, PartyKind::Company, Subject::Representative),
            (Role::Responsible, PartyKind::Person, Subject::Responsible),
            (Role::Controller, PartyKind::Company, Subject::Controller),
        ] {
            assert_eq!(Subject::from_role(role, kind), subject, "{role:?} {kind:?}");
        }
    }
}
