//! Fills the HTML templates of portraits, batches and models.
//!
//! Templates and styles are compiled into the program. A hole that no value fills is an error
//! (`UndefinedBehavior::Strict`), every value is escaped, and a page refers to nothing outside itself.

use std::collections::BTreeMap;

use super::batch_view::BatchView;
use super::chart;
use super::model_view;
use super::phrasebook::Phrasebook;
use super::text;
use crate::advice::Advice;
use crate::domain::{Language, LegalBasis, Money, article};
use crate::error::{Error, Result};
use crate::profile::{Batch, DebtorProfile, ImpactAssessment, ModelCard};
use minijinja::{AutoEscape, Environment, Error as TemplateError, ErrorKind, State, UndefinedBehavior, Value, context};

/// The HTML pages, ready to fill: templates compiled, phrases read, once for all debtors.
///
/// Every page is one self-contained file: styles and charts inside, no network, no script needed to read it; it prints
/// on A4 and reads from 390 px up.
///
/// # Examples
///
/// ```
/// use wherewithal::advice::{AdviceRules, advise};
/// use wherewithal::domain::Language;
/// use wherewithal::profile::DebtorProfile;
/// use wherewithal::report::{Links, Pages};
///
/// let pages = Pages::new(Language::Zh)?; // once; then any number of debtors
/// let links = Links { is_key_public: true, ..Links::default() };
/// let profile = DebtorProfile::default();
/// let advice = advise(&profile, &AdviceRules::standard()?)?;
/// let page = pages.portrait(&profile, &advice, &links)?;
/// assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"));
/// assert!(!page.contains("<script"));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug)]
pub struct Pages {
    templates: Environment<'static>,
    phrases: Phrasebook,
}

/// Where the other pages lie, relative to the page that links to them.
///
/// A link that is `None` is not shown: a page that was made alone has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The page of all debtors.
    pub batch: Option<String>,
    /// The model's page.
    pub model: Option<String>,
    /// The page of the model's impact on personal information.
    pub impact: Option<String>,
    /// The page of each debtor, by pseudonym.
    pub debtors: BTreeMap<String, String>,
    /// Whether the pseudonyms were made with the public key: every page says so, since they hide nobody then.
    pub is_key_public: bool,
}

const TEMPLATES: [(&str, &str); 7] = [
    ("base.html", include_str!("templates/base.html")),
    ("portrait.html", include_str!("templates/portrait.html")),
    ("batch.html", include_str!("templates/batch.html")),
    ("model.html", include_str!("templates/model.html")),
    ("impact.html", include_str!("templates/impact.html")),
    ("centre.html", include_str!("templates/centre.html")),
    ("monitor.html", include_str!("templates/monitor.html")),
];
const STYLE: &str = include_str!("templates/style.css");
const LAYERS: [&str; 9] =
    ["gross", "haircut", "paid_since", "costs", "secured", "co_owners", "exempt", "priority", "available"];

/// The layers of a statement that a page shows: that of money paid since where there is any.
fn layers(profile: &DebtorProfile) -> Vec<&'static str> {
    let paid = profile.means.as_ref().map(|means| means.total.paid_since);
    let is_paid =
        paid.is_some_and(|paid| [paid.low, paid.expected, paid.high].iter().any(|amount| *amount > Money::ZERO));
    LAYERS.into_iter().filter(|layer| is_paid || *layer != "paid_since").collect()
}

impl Pages {
    /// Pages in one language.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a bundled template or phrase is broken, which the tests would have found.
    pub fn new(language: Language) -> Result<Self> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_trim_blocks(true);
        filters(&mut templates);
        for (name, source) in TEMPLATES {
            templates.add_template(name, source).map_err(|error| broken(&error))?;
        }
        Ok(Self { templates, phrases: Phrasebook::new(language)? })
    }

    /// One debtor's portrait with its advice.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the profile holds a code that no phrase names.
    pub fn portrait(&self, profile: &DebtorProfile, advice: &Advice, links: &Links) -> Result<String> {
        let charts = context! {
            waterfall => chart::waterfall(profile, &self.phrases)?,
            dimensions => chart::dimensions(profile, &self.phrases)?,
            timeline => chart::timeline(profile, &self.phrases)?,
        };
        let sections =
            ["result", "means", "conduct", "why", "outlook", "advice", "timeline", "coverage", "docket", "limits"];
        let page = context! {
            profile => profile,
            advice => advice,
            charts => charts,
            bounds => ["low", "expected", "high"],
            layers => layers(profile),
            contents => self.contents(&sections),
            back => links.batch,
        };
        self.filled("portrait.html", links, page)
    }

    /// The page of all debtors of a run: distribution of grades, where the money is, what to look at first.
    ///
    /// The list names at most `most` debtors, in the order given.
    ///
    /// # Errors
    ///
    /// As [`Pages::portrait`].
    ///
    /// ```
    /// use wherewithal::domain::Language;
    /// use wherewithal::profile::{Batch, DebtorProfile};
    /// use wherewithal::report::{Links, Pages};
    ///
    /// let profiles = vec![DebtorProfile::default(); 3];
    /// let batch = Batch::from_profiles(&profiles);
    /// let page = Pages::new(Language::En)?.batch(&batch, &profiles, 2, &Links::default())?;
    /// assert!(page.contains("</html>"));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn batch(&self, batch: &Batch, profiles: &[DebtorProfile], most: usize, links: &Links) -> Result<String> {
        let view = BatchView::new((batch, profiles), most, links);
        let charts = context! {
            grades => chart::grades(batch, &self.phrases)?,
            classes => chart::classes(batch, &self.phrases)?,
        };
        let heads = [
            ("page", "name", false),
            ("batch", "grade", false),
            ("batch", "any", true),
            ("batch", "full", true),
            ("docket", "claim", true),
            ("means", "recovered", true),
            ("batch", "coverage", true),
            ("batch", "signal", false),
            ("batch", "reason", false),
        ];
        let heads = heads.map(|(section, key, num)| context! { text => self.phrases.word(section, key), num => num });
        let list = |key: &str, amount: (&str, &str), rows: &[super::batch_view::FirstRow]| {
            let (title, amount) = (self.phrases.word("batch", key), self.phrases.word(amount.0, amount.1));
            context! { title => title, amount => amount, rows => rows }
        };
        let first = [
            list("most_money", ("means", "recovered"), &view.most_money),
            list("most_hidden", ("conduct", "amount"), &view.most_hidden),
            list("most_unknown", ("docket", "claim"), &view.most_unknown),
        ];
        let titles = ["first", "grades", "money", "signals", "list"].map(|id| (id, self.phrases.word("batch", id)));
        let page = context! {
            batch => batch,
            rows => view.rows,
            heads => heads,
            first => first,
            charts => charts,
            contents => titles,
            model_link => links.model,
        };
        self.filled("batch.html", links, page)
    }

    /// The model's card with its validation.
    ///
    /// # Errors
    ///
    /// As [`Pages::portrait`].
    pub fn model(&self, card: &ModelCard, links: &Links) -> Result<String> {
        let parts = model_view::parts(card, &self.phrases)?;
        let page = context! { card => card, parts => parts, back => links.batch, impact_link => links.impact };
        self.filled("model.html", links, page)
    }

    /// The assessment of a model's impact on personal information, with room for what the court fills in.
    ///
    /// # Errors
    ///
    /// As [`Pages::portrait`].
    pub fn impact(&self, impact: &ImpactAssessment, links: &Links) -> Result<String> {
        let page = context! { impact => impact, back => links.batch, model_link => links.model };
        self.filled("impact.html", links, page)
    }

    fn contents(&self, sections: &[&'static str]) -> Vec<(&'static str, String)> {
        sections.iter().map(|section| (*section, self.phrases.word(section, "title"))).collect()
    }

    pub(super) fn phrases(&self) -> &Phrasebook {
        &self.phrases
    }

    pub(super) fn filled(&self, template: &str, links: &Links, page: Value) -> Result<String> {
        let lang = match self.phrases.language() {
            Language::Zh => "zh",
            Language::En => "en",
        };
        let template = self.templates.get_template(template).map_err(|error| broken(&error))?;
        let page = context! { is_key_public => links.is_key_public, ..page };
        let all = context! { t => self.phrases.words(), lang => lang, style => STYLE, ..page };
        template.render(all).map_err(|error| broken(&error))
    }
}

fn broken(error: &TemplateError) -> Error {
    let mut found = format!("{error}");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        found = format!("{found}: {inner}");
        cause = inner.source();
    }
    Error::setting("report", found, "codes and phrases that the templates know")
}

/// How values are written; the language comes from the page.
fn filters(templates: &mut Environment<'static>) {
    templates
        .add_filter("money", |state: &State<'_, '_>, fen: i64| text::amount(Money::from_fen(fen), language(state)));
    templates.add_filter("percent", |share: f64| text::percent(share));
    templates.add_filter("fine", |number: f64| format!("{number:.4}"));
    templates.add_filter("plain", |number: f64| text::plain(number));
    templates.add_filter("signed", |number: f64| format!("{number:+.0}"));
    templates.add_filter("quantity", |state: &State<'_, '_>, value: Option<f64>, unit: &str| {
        text::quantity(value, unit, language(state))
    });
    templates.add_filter("tr", |state: &State<'_, '_>, label: Value| -> Result<String, TemplateError> {
        let key = if language(state) == Language::Zh { "zh" } else { "en" };
        Ok(label.get_attr(key)?.to_string())
    });
    templates.add_filter("article", |state: &State<'_, '_>, basis: Value| -> Result<String, TemplateError> {
        let refused = |error: serde_json::Error| TemplateError::new(ErrorKind::InvalidOperation, error.to_string());
        let stored = serde_json::to_value(&basis).map_err(refused)?;
        let basis: LegalBasis = serde_json::from_value(stored).map_err(refused)?;
        Ok(basis.text(language(state)))
    });
    templates.add_filter("article_no", |state: &State<'_, '_>, number: &str| article(number, language(state)));
    templates.add_filter("rule", |state: &State<'_, '_>, rule: &str| {
        let phrases = state.lookup("t").unwrap_or_default();
        let word =
            |section: &str, key: &str| Some(phrases.get_attr(section).ok()?.get_attr(key).ok()?.as_str()?.to_owned());
        let named = |key: &str| ["rule", "class", "kind"].into_iter().find_map(|section| word(section, key));
        let words: Vec<String> = rule.split(' ').map(|key| named(key).unwrap_or_else(|| key.to_owned())).collect();
        words.join(" ")
    });
    templates.add_filter("tojson", |text: &str| -> Result<Value, TemplateError> {
        let refused = |error: serde_json::Error| TemplateError::new(ErrorKind::InvalidOperation, error.to_string());
        // Within a script element `<` must not open a tag.
        let json = serde_json::to_string(text).map_err(refused)?.replace('<', "\\u003c");
        Ok(Value::from_safe_string(json))
    });
}

fn language(state: &State<'_, '_>) -> Language {
    match state.lookup("lang").as_ref().and_then(Value::as_str) {
        Some("en") => Language::En,
        _ => Language::Zh,
    }
}

/// One debtor's portrait as a self-contained HTML file.
///
/// # Errors
///
/// As [`Pages::portrait`].
///
/// Without links to other pages. Whoever makes many calls [`Pages::new`] once.
pub fn document(profile: &DebtorProfile, advice: &Advice, language: Language) -> Result<String> {
    Pages::new(language)?.portrait(profile, advice, &Links::default())
}
