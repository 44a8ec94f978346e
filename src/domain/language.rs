//! The two languages that people read, and phrases in both.

use serde::{Deserialize, Serialize};

/// The language a person reads.
///
/// What a person reads exists in both; tables, codes and the names of columns are the same in either.
///
/// ```
/// # use wherewithal::domain::Language;
/// assert_eq!(Language::default(), Language::Zh);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese (中文).
    #[default]
    Zh,
    /// English.
    En,
}

/// A phrase in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// A phrase from its two wordings.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The wording in `language`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::{Label, Language};
    /// let label = Label::new("执行费", "execution fee");
    /// assert_eq!((label.text(Language::Zh), label.text(Language::En)), ("执行费", "execution fee"));
    /// ```
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}
