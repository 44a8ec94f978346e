//! Conditions on one column that a row must meet to count.

use serde::{Deserialize, Serialize};

/// A test that a row must pass to count for a feature.
///
/// On an unknown value `is`, `below` and `at least` do not hold, `not` and `open` do: an account
/// whose state nobody told is not known to be closed.
///
/// ```
/// use wherewithal::features::Condition;
///
/// let active: Condition = toml::from_str(r#"column = "state"
/// not = ["closed", "frozen"]"#)?;
/// assert_eq!(active, Condition::not("state", ["closed", "frozen"]));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Condition {
    /// The column of the source table.
    pub column: String,
    /// What its value must be.
    pub test: Test,
}

/// What a value must be.
///
/// | written in a file | an unknown value |
/// |---|---|
/// | `is = "closed"`, `in = ["closed", "frozen"]` | fails |
/// | `not = ["closed"]` | passes |
/// | `below = 100`, `at_least = 100` | fails |
/// | `open = true` | passes: an empty day has not come |
/// | `open = false` | fails |
/// | `known = true`, `known = false` | is what is asked |
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of these.
    Is(Vec<Value>),
    /// None of these, or unknown.
    Not(Vec<Value>),
    /// Smaller than this.
    Below(Value),
    /// This or larger.
    AtLeast(Value),
    /// `true`: a day that is empty or after the day of the sample; `false`: a day that has come.
    Open(bool),
    /// Whether there is a value.
    Known(bool),
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Of a flag.
    Flag(bool),
    /// Of money in fen or a whole number.
    Integer(i64),
    /// Of a decimal number or share.
    Number(f64),
    /// Of a code or text.
    Text(String),
}

impl Condition {
    /// The value is one of `values`.
    pub fn is<V: Into<Value>>(column: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self { column: column.into(), test: Test::Is(values.into_iter().map(Into::into).collect()) }
    }

    /// The value is none of `values`, or unknown.
    pub fn not<V: Into<Value>>(column: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self { column: column.into(), test: Test::Not(values.into_iter().map(Into::into).collect()) }
    }

    /// The value is smaller than `limit`.
    pub fn below(column: &str, limit: impl Into<Value>) -> Self {
        Self { column: column.into(), test: Test::Below(limit.into()) }
    }

    /// The value is `limit` or larger.
    pub fn at_least(column: &str, limit: impl Into<Value>) -> Self {
        Self { column: column.into(), test: Test::AtLeast(limit.into()) }
    }

    /// The day is empty or after the day of the sample.
    pub fn open(column: &str) -> Self {
        Self { column: column.into(), test: Test::Open(true) }
    }

    /// The day has come.
    pub fn ended(column: &str) -> Self {
        Self { column: column.into(), test: Test::Open(false) }
    }

    /// There is a value.
    pub fn known(column: &str) -> Self {
        Self { column: column.into(), test: Test::Known(true) }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

/// A condition as it stands in a file: exactly one test.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<Several>,
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    within: Option<Several>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Several>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Several {
    One(Value),
    Many(Vec<Value>),
}

impl From<Several> for Vec<Value> {
    fn from(values: Several) -> Self {
        match values {
            Several::One(value) => vec![value],
            Several::Many(values) => values,
        }
    }
}

impl TryFrom<Written> for Condition {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let tests = [
            written.is.map(|values| Test::Is(values.into())),
            written.within.map(|values| Test::Is(values.into())),
            written.not.map(|values| Test::Not(values.into())),
            written.below.map(Test::Below),
            written.at_least.map(Test::AtLeast),
            written.open.map(Test::Open),
            written.known.map(Test::Known),
        ];
        let mut tests = tests.into_iter().flatten();
        match (tests.next(), tests.next()) {
            (Some(test), None) => Ok(Self { column: written.column, test }),
            _ => Err(format!(
                "condition on {}: expected exactly one of is, in, not, below, at_least, open, known",
                written.column
            )),
        }
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        let mut written = Self { column: condition.column, ..Self::default() };
        match condition.test {
            Test::Is(values) => written.within = Some(Several::Many(values)),
            Test::Not(values) => written.not = Some(Several::Many(values)),
            Test::Below(limit) => written.below = Some(limit),
            Test::AtLeast(limit) => written.at_least = Some(limit),
            Test::Open(open) => written.open = Some(open),
            Test::Known(known) => written.known = Some(known),
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_one_test() {
        let read = |text: &str| toml::from_str::<Condition>(text);
        assert_eq!(read("column = 'kind'\nis = 'cash'").unwrap(), Condition::is("kind", ["cash"]));
        assert_eq!(read("column = 'share'\nbelow = 0.5").unwrap(), Condition::below("share", 0.5));
        assert_eq!(read("column = 'until_on'\nopen = false").unwrap(), Condition::ended("until_on"));
        assert!(read("column = 'kind'").unwrap_err().to_string().contains("exactly one"));
        assert!(read("column = 'kind'\nis = 'cash'\nknown = true").is_err());
        assert!(read("column = 'kind'\nlike = 'cash'").is_err());
    }

    #[test]
    fn survives_a_round_trip() {
        for condition in [
            Condition::is("is_ours", [true]),
            Condition::not("kind", ["a", "b"]),
            Condition::at_least("amount_fen", 5),
            Condition::open("until_on"),
            Condition::known("asset"),
        ] {
            let text = serde_json::to_string(&condition).unwrap();
            assert_eq!(serde_json::from_str::<Condition>(&text).unwrap(), condition);
        }
    }
}
