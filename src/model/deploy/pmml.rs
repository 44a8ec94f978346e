//! Writes a card as PMML 4.4.
//!
//! A decision engine reads the card as a standard document: characteristics with attributes, a baseline,
//! reason codes and the calibration as derived fields.

use super::table::{BLANKS, DeployedTable, ReadLevel, column_of};
use super::xml::Element;
use crate::error::{Error, Result};
use crate::model::binning::BinMap;
use crate::model::{AmountCard, Calibrator, OutputNames, Scorecard, ScorecardFeature, ScorecardPair};

impl Scorecard {
    /// The card as a PMML 4.4 `Scorecard`.
    ///
    /// Output fields are `score`, `log_odds` (before calibration), `probability`, and `reason_code_1` to
    /// `reason_code_3`: the features whose points are furthest below what is typical, by name. An unknown value is a
    /// missing field; a level that the fit never met counts as in the card. Where a feature has one of these names,
    /// [`Scorecard::output_names`] says what the output is called.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a name or a level has a control character, which XML cannot carry.
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, TableRoles};
    /// # use wherewithal::model::{self, ScorecardParams, Target};
    /// # let income: Vec<f64> = (0..400).map(|i| f64::from(i % 40)).collect();
    /// # let paid: Vec<bool> = (0..400).map(|i| i % 40 > (i * 7) % 57).collect();
    /// # let frame = DataFrame::new(400, vec![Column::new("income".into(), income)])?;
    /// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// let card = model::fit(&table, &Target::new(paid)?, &ScorecardParams::default())?;
    /// assert!(card.to_pmml()?.contains(r#"<Characteristic name="income""#));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// Data Mining Group, *PMML 4.4*, Scorecard.
    pub fn to_pmml(&self) -> Result<String> {
        self.to_pmml_of(&DeployedTable::new(""))
    }

    /// [`Scorecard::to_pmml`] of a card that scores a table whose cells are as people write them: a derived field,
    /// `level_` and the feature's name, is what was read of each category. The table's name and its other columns do
    /// not matter.
    ///
    /// # Errors
    ///
    /// As [`Scorecard::to_pmml`].
    pub fn to_pmml_of(&self, table: &DeployedTable) -> Result<String> {
        let (names, mut free) = self.outputs(&[]);
        let levels = table.levels(self, &mut free);
        let output = self.output(&names);
        let points = Points { card: self, base: i64::from(self.base_points().0), output, levels };
        points.document(("scorecard", self.digest()))
    }

    fn output(&self, names: &OutputNames) -> Element {
        let scale = self.scale();
        let above = apply("-", [field_ref(&names.score), constant(scale.base_points)]);
        let log_odds = apply("+", [apply("/", [above, constant(scale.factor())]), constant(scale.base_odds.ln())]);
        Element::new("Output")
            .child(number(&names.score, "predictedValue"))
            .child(number(&names.log_odds, "transformedValue").child(log_odds))
            .children(
                calibrated(self.calibrator(), names).map(|(name, value)| number(name, "transformedValue").child(value)),
            )
            .children((1..).zip(&names.reason_codes).map(reason))
    }
}

impl AmountCard {
    /// The card as a PMML 4.4 `Scorecard`, as [`Scorecard::to_pmml`] writes one; output fields are `units`, `amount`
    /// and `reason_code_1` to `reason_code_3`, called what [`AmountCard::output_names`] says.
    ///
    /// # Errors
    ///
    /// As [`Scorecard::to_pmml`].
    pub fn to_pmml(&self) -> Result<String> {
        self.to_pmml_of(&DeployedTable::new(""))
    }

    /// [`AmountCard::to_pmml`] of a card that scores a table whose cells are as people write them, as
    /// [`Scorecard::to_pmml_of`].
    ///
    /// # Errors
    ///
    /// As [`Scorecard::to_pmml`].
    pub fn to_pmml_of(&self, table: &DeployedTable) -> Result<String> {
        let (card, unit, (least, most)) = (self.table(), self.unit(), self.bounds());
        let (names, mut free) = self.outputs(&[]);
        let levels = table.levels(card, &mut free);
        let amount = apply(unit.operator(), [field_ref(&names.units), constant(unit.power())]);
        let amount = apply("max", [apply("min", [amount, constant(most)]), constant(least)]);
        let output = Element::new("Output")
            .child(number(&names.units, "predictedValue"))
            .child(number(&names.amount, "transformedValue").child(amount))
            .children((1..).zip(&names.reason_codes).map(reason));
        let points = Points { card, base: unit.offset() + i64::from(card.base_points().0), output, levels };
        points.document(("amount card", self.digest()))
    }
}

/// A table of points, what a sum starts from, and what is made of it.
struct Points<'a> {
    card: &'a Scorecard,
    base: i64,
    output: Element,
    levels: Vec<ReadLevel<'a>>,
}

impl Points<'_> {
    fn document(self, (kind, digest): (&str, &str)) -> Result<String> {
        let application =
            Element::new("Application").with("name", "wherewithal").with("version", env!("CARGO_PKG_VERSION"));
        let of_digest = Element::new("Extension").with("name", "digest").with("value", digest);
        let document = Element::new("PMML")
            .with("xmlns", "http://www.dmg.org/PMML-4_4")
            .with("version", "4.4")
            .child(Element::new("Header").child(of_digest).child(application))
            .child(Element::new("DataDictionary").children(self.card.features().iter().map(field)))
            .child(self.element(&format!("{kind} {digest}")));
        match document.unwritable() {
            None => Ok(document.to_string()),
            Some(text) => {
                Err(Error::setting("pmml", format!("{text:?}"), "names and levels without control characters"))
            }
        }
    }

    fn element(self, name: &str) -> Element {
        let used = |feature: &ScorecardFeature| {
            Element::new("MiningField").with("name", feature.name()).with("invalidValueTreatment", "asIs")
        };
        let (features, pairs) = (self.card.features(), self.card.pairs());
        let derived = (!self.levels.is_empty())
            .then(|| Element::new("LocalTransformations").children(self.levels.iter().map(derived)));
        Element::new("Scorecard")
            .with("modelName", name)
            .with("functionName", "regression")
            .with("initialScore", self.base)
            .with("useReasonCodes", true)
            .with("reasonCodeAlgorithm", "pointsBelow")
            .with("baselineMethod", "mean")
            .child(Element::new("MiningSchema").children(features.iter().map(used)))
            .child(self.output)
            .children(derived)
            .child(
                Element::new("Characteristics")
                    .children(features.iter().map(|feature| characteristic(feature, &self.levels)))
                    .children(pairs.iter().filter_map(|pair| together((self.card, pair), &self.levels))),
            )
    }
}

fn number(name: &str, feature: &str) -> Element {
    let field = Element::new("OutputField").with("name", name).with("optype", "continuous");
    field.with("dataType", "double").with("feature", feature)
}

fn reason((rank, name): (usize, &String)) -> Element {
    let field = Element::new("OutputField").with("name", name);
    let field = field.with("optype", "categorical").with("dataType", "string");
    field.with("feature", "reasonCode").with("rank", rank)
}

/// The fields from log-odds to `probability`.
fn calibrated<'n>(calibrator: &Calibrator, names: &'n OutputNames) -> impl Iterator<Item = (&'n str, Element)> {
    let x = || field_ref(&names.log_odds);
    let probability = names.probability.as_str();
    let of_log_odds = match calibrator {
        Calibrator::Isotonic { knots } => {
            let lines = straight(&names.log_odds, &level_beyond(knots), "asExtremeValues");
            return vec![(probability, lines)].into_iter();
        }
        Calibrator::Identity => x(),
        Calibrator::Platt { slope, intercept } => {
            apply("+", [apply("*", [constant(*slope), x()]), constant(*intercept)])
        }
        Calibrator::Beta { a, b, c } => {
            let zero_minus = |value: Element| apply("-", [constant(0.0), value]);
            let ends = apply(
                "-",
                [apply("*", [constant(*b), softplus(x())]), apply("*", [constant(*a), softplus(zero_minus(x()))])],
            );
            apply("+", [constant(*c), ends])
        }
        Calibrator::Curve { knots, slope } => straight(&names.log_odds, &sloped_beyond(knots, *slope), "asIs"),
    };
    let calibrated = || field_ref(&names.calibrated_log_odds);
    let odds = apply("exp", [apply("-", [constant(0.0), calibrated()])]);
    let of_odds = apply("/", [constant(1.0), apply("+", [constant(1.0), odds])]);
    vec![(names.calibrated_log_odds.as_str(), of_log_odds), (probability, of_odds)].into_iter()
}

/// `ln(1 + eˣ)` without overflow.
fn softplus(x: Element) -> Element {
    let small = apply("exp", [apply("-", [constant(0.0), apply("abs", [x.clone()])])]);
    apply("+", [apply("max", [x, constant(0.0)]), apply("ln", [apply("+", [constant(1.0), small])])])
}

/// Straight lines between knots; the ends are extended as `outliers` says.
fn straight(field: &str, knots: &[(f64, f64)], outliers: &str) -> Element {
    let norm = |(orig, norm): &(f64, f64)| {
        Element::new("LinearNorm").with("orig", format!("{orig:e}")).with("norm", format!("{norm:e}"))
    };
    Element::new("NormContinuous").with("field", field).with("outliers", outliers).children(knots.iter().map(norm))
}

/// At least two knots, as PMML wants them.
fn level_beyond(knots: &[(f64, f64)]) -> Vec<(f64, f64)> {
    match knots {
        [(x, height)] => vec![(*x, *height), (x + 1.0, *height)],
        _ => knots.to_vec(),
    }
}

/// One more knot at each end, so that the line through the last two goes on with the slope beyond them.
fn sloped_beyond(knots: &[(f64, f64)], slope: f64) -> Vec<(f64, f64)> {
    let before = knots.first().map(|(x, height)| (x - 1.0, height - slope));
    let after = knots.last().map(|(x, height)| (x + 1.0, height + slope));
    before.into_iter().chain(knots.iter().copied()).chain(after).collect()
}

fn apply<const N: usize>(function: &str, arguments: [Element; N]) -> Element {
    Element::new("Apply").with("function", function).children(arguments)
}

fn field_ref(name: &str) -> Element {
    Element::new("FieldRef").with("field", name)
}

fn constant(value: f64) -> Element {
    Element::new("Constant").with("dataType", "double").text(format!("{value:e}"))
}

fn field(feature: &ScorecardFeature) -> Element {
    let (kind, data) = if feature.map().is_category() { ("categorical", "string") } else { ("continuous", "double") };
    Element::new("DataField").with("name", feature.name()).with("optype", kind).with("dataType", data)
}

/// The points of one feature: the first attribute that holds counts.
fn characteristic(feature: &ScorecardFeature, levels: &[ReadLevel<'_>]) -> Element {
    let map = feature.map();
    let field = column_of(levels, feature.name());
    let attribute = |bin: Option<usize>, predicate: Element| {
        Element::new("Attribute").with("partialScore", feature.points_of(bin).0).child(predicate)
    };
    let test = |operator: &str, value: Option<String>| {
        let predicate = Element::new("SimplePredicate").with("field", field).with("operator", operator);
        match value {
            Some(value) => predicate.with("value", value),
            None => predicate,
        }
    };
    let missing = attribute(map.missing.or(map.unseen), unknown(map, field));
    let special = map.special.iter().map(|(code, bin)| attribute(Some(*bin), test("equal", Some(format!("{code:e}")))));
    let regular: Vec<Element> = if map.is_category() {
        map.levels.iter().map(|(level, bin)| attribute(Some(*bin), test("equal", Some(level.clone())))).collect()
    } else {
        let upper = |(bin, cut): (usize, &f64)| attribute(Some(bin), test("lessOrEqual", Some(format!("{cut:e}"))));
        map.cuts.iter().enumerate().map(upper).collect()
    };
    let rest = attribute(rest_of(map), Element::new("True"));
    Element::new("Characteristic")
        .with("name", feature.name())
        .with("reasonCode", feature.name())
        .with("baselineScore", feature.typical_points().0)
        .child(missing)
        .children(special)
        .children(regular)
        .child(rest)
}

/// The points of a pair: one attribute for each cell that is worth any.
///
/// A row is in a cell when it is in a bin of its line on both sides; the first attribute that holds counts, the last
/// gives 0.
fn together((card, pair): (&Scorecard, &ScorecardPair), levels: &[ReadLevel<'_>]) -> Option<Element> {
    let [first, second] = pair.features().map(|name| card.feature(name));
    let maps = [first?.map(), second?.map()];
    let lines = pair.lines();
    let [height, width] = pair.shape();
    let line = |along: usize, line: usize| {
        let (map, lines) = (maps.get(along)?, lines.get(along)?);
        let field = column_of(levels, &map.feature);
        let bins = lines.iter().enumerate().filter(|(_, of)| usize::from(**of) == line).map(|(bin, _)| bin);
        Some(any(bins.flat_map(|bin| predicates((map, field), bin)).collect()))
    };
    let cell = |(at, points): (usize, &i32)| {
        let both = compound("and", vec![line(0, at / width)?, line(1, at % width)?]);
        (*points != 0).then(|| Element::new("Attribute").with("partialScore", *points).child(both))
    };
    let rest = Element::new("Attribute").with("partialScore", 0).child(Element::new("True"));
    Some(
        Element::new("Characteristic")
            .with("name", pair.name())
            .with("reasonCode", pair.name())
            .with("baselineScore", pair.typical_points().0)
            .children(pair.points().iter().enumerate().take(height * width).filter_map(cell))
            .child(rest),
    )
}

fn compound(operator: &str, predicates: Vec<Element>) -> Element {
    Element::new("CompoundPredicate").with("booleanOperator", operator).children(predicates)
}

/// One predicate of which one must hold.
fn any(mut predicates: Vec<Element>) -> Element {
    match (predicates.len(), predicates.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            predicates.push(last);
            compound("or", predicates)
        }
        (_, None) => Element::new("False"),
    }
}

/// Predicates of which one holds for a value of a bin.
fn predicates((map, field): (&BinMap, &str), bin: usize) -> Vec<Element> {
    let test = |operator: &str, value: Option<String>| {
        let predicate = Element::new("SimplePredicate").with("field", field).with("operator", operator);
        match value {
            Some(value) => predicate.with("value", value),
            None => predicate,
        }
    };
    let equal = |value: String| test("equal", Some(value));
    let mut found: Vec<Element> = Vec::new();
    if map.missing.or(map.unseen) == Some(bin) {
        found.push(unknown(map, field));
    }
    found.extend(map.special.iter().filter(|(_, of)| *of == bin).map(|(code, _)| equal(format!("{code:e}"))));
    found.extend(map.levels.iter().filter(|(_, of)| *of == bin).map(|(level, _)| equal(level.clone())));
    if map.is_category() && map.unseen == Some(bin) {
        // Any level that was never met.
        let others = map.levels.iter().map(|(level, _)| test("notEqual", Some(level.clone())));
        found.push(compound("and", others.chain([test("isNotMissing", None)]).collect()));
    }
    if !map.is_category() && map.interval(bin) == Some(bin) && bin <= map.cuts.len() {
        let above = bin.checked_sub(1).and_then(|below| map.cuts.get(below));
        let least = test("greaterOrEqual", Some(format!("{:e}", f64::MIN)));
        let above = above.map_or(least, |cut| test("greaterThan", Some(format!("{cut:e}"))));
        let up_to = test("lessOrEqual", Some(format!("{:e}", map.cuts.get(bin).unwrap_or(&f64::MAX))));
        let codes = map.special.iter().map(|(code, _)| test("notEqual", Some(format!("{code:e}"))));
        let all = [above, up_to].into_iter().chain(codes).chain([test("isNotMissing", None)]);
        found.push(compound("and", all.collect()));
    }
    found
}

/// What holds for a value that is unknown: a missing one, or an infinite number.
fn unknown(map: &BinMap, field: &str) -> Element {
    let test = |operator: &str| Element::new("SimplePredicate").with("field", field).with("operator", operator);
    let missing = test("isMissing");
    if map.is_category() {
        return missing;
    }
    let infinite = [("greaterThan", f64::MAX), ("lessThan", f64::MIN)];
    let infinite = infinite.map(|(operator, end)| test(operator).with("value", format!("{end:e}")));
    compound("or", std::iter::once(missing).chain(infinite).collect())
}

/// What is read of a category's cell: its text without blanks around it; missing where that is unknown.
fn derived(level: &ReadLevel<'_>) -> Element {
    let constant = |text: &str| Element::new("Constant").with("dataType", "string").text(text.to_owned());
    let blanks: String = BLANKS.chars().map(|blank| format!("\\x{{{:x}}}", u32::from(blank))).collect();
    let ends = constant(&format!("^[{blanks}]+|[{blanks}]+$"));
    let bare = apply("replace", [field_ref(level.feature), ends, constant("")]);
    let is_none_of = |value: Element, texts: &[String]| {
        let texts = texts.iter().map(|text| constant(text));
        Element::new("Apply").with("function", "isNotIn").child(value).children(texts)
    };
    let (capitals, exact) = (level.capitals(), level.exact());
    let capitals = (!capitals.is_empty()).then(|| is_none_of(apply("uppercase", [bare.clone()]), &capitals));
    let exact = (!exact.is_empty()).then(|| is_none_of(bare.clone(), exact));
    let known = match (capitals, exact) {
        (Some(one), Some(other)) => Some(apply("and", [one, other])),
        (one, other) => one.or(other),
    };
    let read = known.map_or(bare.clone(), |known| apply("if", [known, bare]));
    let field = Element::new("DerivedField").with("name", &level.name).with("optype", "categorical");
    field.with("dataType", "string").child(read)
}

/// The bin of whatever no attribute before names.
fn rest_of(map: &BinMap) -> Option<usize> {
    if map.is_category() { map.unseen } else { map.last_interval() }
}
