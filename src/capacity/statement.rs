//! The statement of means: the result type, and the function that makes one from an estate.

use serde::{Deserialize, Serialize};

use super::estate_context::EstateContext;
use super::evaluate::{Figures, ability, evaluate};
use super::flow::{Flow, FlowLine};
use super::rules::{ArticleId, CapacityRules, Citation, Law, Sharing};
use super::scenario_choice::ScenarioChoice;
use super::{
    Ability, Asset, AssetClass, CapacityParams, ClaimStatement, CoverageRatio, Estate, Finding, Layer, Parameter,
    Parts, Rate, Scenarios, TurningPoint, Waterfall, WaterfallLine, findings, participate, sensitivity,
};
use crate::disk;
use crate::domain::{AsOf, Money, PartyKind};
use crate::error::{Error, Result};

/// What could be recovered from a debtor, in the order of the law, between which bounds.
///
/// # Properties
///
/// Every waterfall and the distribution conserve money to the fen ([`CapacityStatement::is_conserved`]); what is
/// recovered under `low` is at most that under `expected`, and that at most that under `high`.
///
/// Each line cites the record that shows it and the article that orders it, so that a statement can be
/// checked by hand. It is a document: [`CapacityStatement::from_json`] reads what `serde_json` wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityStatement {
    /// The version of this form.
    pub format_version: u32,
    /// The debtor, as a keyed pseudonym.
    pub entity_id: i64,
    /// The day whose knowledge it states.
    pub as_of: AsOf,
    /// What kind of party the debtor is.
    pub party: PartyKind,
    /// The jurisdiction, as its folder of rules is named.
    pub rules: String,
    /// The digest of the rules.
    pub rules_digest: String,
    /// Months of income that count.
    pub horizon_months: u32,
    /// One per asset, then one for the incomes if there are any.
    pub assets: Vec<Waterfall>,
    /// How ordinary creditors share.
    pub sharing: Sharing,
    /// The article of that.
    pub sharing_article: Option<ArticleId>,
    /// What others claim beside this court, where creditors share in proportion.
    pub claimed_elsewhere: Scenarios<Money>,
    /// What others get of what is available.
    pub to_others: Scenarios<Money>,
    /// What is left over.
    pub surplus: Scenarios<Money>,
    /// This court's claims, in the order of the estate.
    pub claims: Vec<ClaimStatement>,
    /// How often the bounds are meant to hold the yield of what was found, where the rules say so.
    /// What a holder did not show lies above them, so they are no bounds on all that the debtor
    /// has.
    pub level: Option<Rate>,
    /// What this court's claims get in all.
    pub recovered: Scenarios<Money>,
    /// What this court's claims amount to in all.
    pub owed: Money,
    /// The finding.
    pub ability: Scenarios<Ability>,
    /// The article of the finding.
    pub ability_article: Option<ArticleId>,
    /// What, alone, would change the expected finding.
    pub turns_on: Vec<TurningPoint>,
    /// What a reader must know.
    pub findings: Vec<Finding>,
    /// What the lines cite.
    pub articles: Vec<Citation>,
}

impl CapacityStatement {
    /// The version of the form that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 1;

    /// What is recovered over what is owed.
    ///
    /// ```
    /// use wherewithal::capacity::{CapacityParams, CapacityRules, Claim, Estate, assess_estate};
    /// use wherewithal::domain::{Day, Money, PartyKind};
    ///
    /// let day = Day::new(2023, 4, 1).ok_or("no day")?;
    /// let mut estate = Estate::new(42, day, PartyKind::Person);
    /// estate.claims.push(Claim::new(7, Money::from_fen(10_000_000), day));
    /// let statement = assess_estate(&estate, &CapacityRules::standard()?, &CapacityParams::default())?;
    /// assert_eq!(statement.coverage().expected.value(), Some(0.0)); // nothing was found …
    /// assert!(!statement.findings.is_empty()); // … and what was not asked or not known is said
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn coverage(&self) -> Scenarios<CoverageRatio> {
        self.recovered.map(|recovered| CoverageRatio { recovered: *recovered, owed: self.owed })
    }

    /// All lines of one layer of all assets together.
    pub fn layer(&self, layer: Layer) -> Scenarios<Money> {
        self.assets.iter().map(|asset| asset.layer(layer)).sum()
    }

    /// The gross value of all assets and incomes together.
    pub fn gross(&self) -> Scenarios<Money> {
        self.assets.iter().map(|asset| asset.gross).sum()
    }

    /// Whether money is conserved to the fen: in every waterfall, and from what is available to who gets it.
    pub fn is_conserved(&self) -> bool {
        let available: Scenarios<Money> = self.assets.iter().map(Waterfall::available).sum();
        let recovered: Scenarios<Money> = self.claims.iter().map(|claim| claim.recovered).sum();
        self.assets.iter().all(Waterfall::is_conserved)
            && recovered == self.recovered
            && available == self.recovered + self.to_others + self.surplus
    }

    /// The statement, if no sum in it stopped where 64 bits end: [`Money`] goes no further, and such a sum is none.
    pub(super) fn bounded(self) -> Result<Self> {
        let sums = [self.recovered, self.claimed_elsewhere, self.to_others, self.surplus, self.gross()];
        let is_at_an_end = |amount: &Money| [i64::MIN, -i64::MAX, i64::MAX].contains(&amount.fen());
        let mut amounts = sums.iter().flat_map(|sums| [sums.low, sums.expected, sums.high]).chain([self.owed]);
        match amounts.any(|amount| is_at_an_end(&amount)) {
            false => Ok(self),
            true => {
                let found = format!("amounts of debtor {:016x} that add up to more than 64 bits hold", self.entity_id);
                Err(Error::table("capacity", found, "amounts within the ranges of the schema"))
            }
        }
    }

    /// What a line cites.
    pub fn article(&self, id: ArticleId) -> Option<&Citation> {
        self.articles.iter().find(|citation| citation.id == id)
    }

    /// Reads a statement from JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] when the text is no statement; [`Error::Version`] when it is of another version.
    ///
    /// ```
    /// use wherewithal::capacity::CapacityStatement;
    ///
    /// let newer = CapacityStatement::from_json(r#"{"format_version": 99}"#);
    /// assert!(matches!(newer, Err(wherewithal::Error::Version { found: 99, .. })));
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        disk::document_of(text, ("capacity statement", Self::FORMAT_VERSION))
    }
}

/// States the means of one debtor.
///
/// # Errors
///
/// [`Error::Setting`] when a parameter is out of range; [`Error::Table`] when amounts add up to more than 64 bits hold.
///
/// # Examples
///
/// The head of [the room](super) works one out in figures.
pub fn assess_estate(estate: &Estate, rules: &CapacityRules, params: &CapacityParams) -> Result<CapacityStatement> {
    params.checked()?;
    stated(estate, (rules, &Law::new(rules, estate.as_of, &estate.region)), params).bounded()
}

/// States the means of one debtor under the law of his day and place.
pub(super) fn stated(
    estate: &Estate,
    (rules, law): (&CapacityRules, &Law<'_>),
    params: &CapacityParams,
) -> CapacityStatement {
    let context = EstateContext::new(estate, law, params);
    let figures = Scenarios::from_fn(|scenario| evaluate(&context, &ScenarioChoice::all(scenario)));
    let recovered = figures.map(Figures::recovered);
    let ability = recovered.map(|recovered| ability(&context, *recovered));
    let turns_on = if params.turning_points && ability.low != ability.high {
        sensitivity::turning_points(&context, ability.expected)
    } else {
        Vec::new()
    };
    let assets = waterfalls(&context, &figures);
    let claims = claims(&context, &figures);
    let mut statement = CapacityStatement {
        format_version: CapacityStatement::FORMAT_VERSION,
        entity_id: estate.entity_id,
        as_of: estate.as_of,
        party: estate.party,
        rules: rules.name().to_owned(),
        rules_digest: rules.digest().to_owned(),
        horizon_months: params.horizon_months,
        assets,
        sharing: context.sharing,
        sharing_article: context.sharing_article,
        claimed_elsewhere: figures.map(|figures| figures.claimed_elsewhere),
        to_others: figures.map(|figures| figures.shares.others),
        surplus: figures.map(|figures| figures.shares.surplus),
        owed: claims.iter().map(|claim| claim.owed.total()).sum(),
        claims,
        level: law.row(Parameter::RangeLevel, "").map(|row| Rate::from_millionths(row.value)),
        recovered,
        ability,
        ability_article: law.principle("ability"),
        turns_on,
        findings: findings::findings(&context, &figures.expected),
        articles: Vec::new(),
    };
    if params.articles {
        statement.articles = cited(&statement, rules);
    }
    statement
}

/// One waterfall per flow.
fn waterfalls(context: &EstateContext<'_>, figures: &Scenarios<Figures>) -> Vec<Waterfall> {
    let triples = figures.low.flows.iter().zip(&figures.expected.flows).zip(&figures.high.flows);
    let flows = triples.map(|((low, expected), high)| Scenarios { low, expected, high });
    flows.enumerate().map(|(position, flows)| waterfall(context, position, flows)).collect()
}

fn waterfall(context: &EstateContext<'_>, position: usize, flows: Scenarios<&Flow>) -> Waterfall {
    let asset = context.estate.assets.get(position);
    let record = asset.map(|asset| asset.record).or(context.estate.incomes.first().map(|income| income.record));
    Waterfall {
        record: record.unwrap_or_default(),
        item: asset.map(|asset| asset.item).unwrap_or_default(),
        class: asset.map_or(AssetClass::Income, |asset| asset.class),
        value: asset.map_or(Some(flows.expected.gross), |asset| asset.value),
        valued_by: asset.map(|asset| asset.valued_by).unwrap_or_default(),
        valued_on: asset.and_then(|asset| asset.valued_on),
        valuation_article: asset.and_then(|asset| valuation_article(context, asset)),
        gross: flows.map(|flow| flow.gross),
        round: flows.map(|flow| flow.round),
        lines: lines(flows),
    }
}

/// The lines of one asset: its steps are the same under every scenario, the amounts are not.
fn lines(flows: Scenarios<&Flow>) -> Vec<WaterfallLine> {
    let steps = flows.low.lines.iter().zip(&flows.expected.lines).zip(&flows.high.lines);
    let line = |((low, expected), high): ((&FlowLine, &FlowLine), &FlowLine)| WaterfallLine {
        layer: low.layer,
        amount: Scenarios { low: low.amount, expected: expected.amount, high: high.amount },
        record: low.record,
        article: expected.article.or(low.article),
    };
    steps.map(line).filter(|line| !line.amount.is_zero()).collect()
}

fn valuation_article(context: &EstateContext<'_>, asset: &Asset) -> Option<ArticleId> {
    let row = match asset.value {
        Some(_) => context.law.row(Parameter::ValuationFactor, asset.valued_by.code()),
        None => context.law.row(Parameter::UnknownValue, asset.class.code()),
    };
    row.map(super::rules::ParameterRow::article)
}

/// The claims with what the estate brings to each.
fn claims(context: &EstateContext<'_>, figures: &Scenarios<Figures>) -> Vec<ClaimStatement> {
    let mut claims = context.claims.clone();
    for (position, claim) in claims.iter_mut().enumerate() {
        let got = |figures: &Figures| figures.shares.ours.get(position).copied().unwrap_or_default();
        claim.recovered = figures.map(got);
        claim.settled = claim.recovered.map(|recovered: &Money| Parts::settled_by(&claim.owed, *recovered));
        let Some(creditors) = context.estate.claims.get(position).map(|claim| &claim.creditors) else { continue };
        let amounts: Vec<Money> = creditors.iter().map(|creditor| creditor.amount).collect();
        let shares = claim.recovered.map(|recovered| participate(*recovered, &amounts));
        let share = |n: usize| shares.map(|shares: &Vec<Money>| shares.get(n).copied().unwrap_or_default());
        claim.creditors = (0..amounts.len()).map(share).collect();
    }
    claims
}

/// The sources of every line of a statement.
fn cited(statement: &CapacityStatement, rules: &CapacityRules) -> Vec<Citation> {
    let lines = statement
        .assets
        .iter()
        .flat_map(|asset| asset.lines.iter().map(|line| line.article).chain([asset.valuation_article]));
    let claims =
        statement.claims.iter().flat_map(|claim| [claim.fee_article, claim.delay_article, claim.set_off_article]);
    let own = [statement.sharing_article, statement.ability_article];
    let mut ids: Vec<ArticleId> = lines.chain(claims).chain(own).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| rules.article(id).cloned()).collect()
}
