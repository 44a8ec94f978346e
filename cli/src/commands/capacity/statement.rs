//! Statements of means as a person reads them.

use std::collections::BTreeMap;

use wherewithal::capacity::{
    Ability, ArticleId, CapacityStatement, CapacityTable, Factor, Finding, Layer, Outturn, Scenarios, Sharing,
    Waterfall,
};
use wherewithal::domain::Money;
use wherewithal::ingest::IngestReport;
use wherewithal::schema::CASE_ID;
use wherewithal::sentence::Sentence;
use wherewithal::snapshot::Snapshot;

use crate::console::{Console, say};
use crate::words::{aligned, says, spoken};

/// The names of the source files and the numbers of the cases, to say where a record stands and what a claim is.
pub(super) struct Names {
    files: Vec<(i64, String)>,
    cases: BTreeMap<i64, String>,
}

impl Names {
    pub(super) fn new(report: &IngestReport, known: &Snapshot) -> wherewithal::Result<Self> {
        let named =
            |file: &wherewithal::ingest::FileReport| Some((i64::try_from(file.ordinal).ok()?, file.file.clone()));
        let rows = known.open_case_rows(&[CASE_ID, "case_no"])?;
        let cases = rows.numbers(CASE_ID)?.zip(rows.texts("case_no")?);
        let cases = cases.filter_map(|(id, number)| Some((id?, number?.to_owned()))).collect();
        Ok(Self { files: report.files.iter().filter_map(named).collect(), cases })
    }

    /// A case by its number, or by its pseudonym where the number is not on record.
    fn case(&self, id: i64) -> String {
        self.cases.get(&id).cloned().unwrap_or_else(|| format!("{id:016x}"))
    }

    fn place(&self, record: Option<i64>) -> String {
        let Some(record) = record else { return String::new() };
        let name = self.files.iter().find(|(ordinal, _)| *ordinal == record >> 40).map(|(_, name)| name.as_str());
        format!("{}:{}", name.unwrap_or("record"), record & ((1 << 40) - 1))
    }
}

/// The debtors with the highest expected coverage.
pub(super) fn ranking(table: &CapacityTable, top: usize, console: &Console<'_>) {
    let mut order: Vec<&CapacityStatement> = table.statements().iter().collect();
    let expected = |statement: &CapacityStatement| statement.coverage().expected.value().unwrap_or(1.0);
    order.sort_by(|a, b| expected(b).total_cmp(&expected(a)).then(a.entity_id.cmp(&b.entity_id)));
    say!(console, "{} debtors; the {} with the highest expected coverage:\n", [order.len(), top.min(order.len())]);
    let [debtor, party] = [("debtor", 16), ("party", 12)].map(|(name, width)| console.padded(name, width));
    let heads = [("owed (yuan)", 16), ("low", 7), ("expected", 8), ("high", 6)];
    let [owed, low, expected_head, high] = heads.map(|(name, width)| aligned(console.word(name), width));
    say!(
        console,
        "{debtor}  {party} {owed} {low} {expected_head} {high}  {}",
        [console.word("finding")],
        debtor,
        party,
        owed,
        low,
        expected_head,
        high
    );
    for statement in order.iter().take(top) {
        let [low, expected, high] = in_percent(statement);
        let (id, party) = (statement.entity_id, console.padded(statement.party.code(), 12));
        say!(
            console,
            "{id:016x}  {party} {:>16}  {low:>6} {expected:>8} {high:>6}  {}",
            [format!("{:>16}", statement.owed), finding(statement)],
            id = format!("{:016x}", id),
            party,
            low = format!("{:>6}", low),
            expected = format!("{:>8}", expected),
            high = format!("{:>6}", high)
        );
    }
    let count = |ability| table.statements().iter().filter(|s| s.ability.expected == ability).count();
    let [none, part, all] = [Ability::None, Ability::Part, Ability::All].map(count);
    say!(console, "\nexpected finding: {none} able to perform nothing, {part} a part, {all} all", none, part, all);
}

fn in_percent(statement: &CapacityStatement) -> [String; 3] {
    let shown = |ratio: &wherewithal::capacity::CoverageRatio| {
        ratio.value().map_or_else(|| "–".to_owned(), |ratio| format!("{:.0} %", ratio * 100.0))
    };
    let coverage = statement.coverage();
    [shown(&coverage.low), shown(&coverage.expected), shown(&coverage.high)]
}

fn finding(statement: &CapacityStatement) -> Sentence {
    let Scenarios { low, expected, high } = statement.ability.map(|ability| says!(word(*ability)));
    if low == high { expected } else { says!("{expected} ({low} to {high})", expected, low, high) }
}

fn word(ability: Ability) -> &'static str {
    match ability {
        Ability::None => "none",
        Ability::Part => "part",
        Ability::All => "all",
    }
}

/// What stands for an instrument where no law says how much.
const ASSUMPTION: &str = "stated assumption";

/// One statement with every line, its record and its article.
pub(super) fn statement(statement: &CapacityStatement, (names, console): (&Names, &Console<'_>)) {
    Printed { statement, names, console }.print();
}

/// A statement on its way to the console.
struct Printed<'a, 'w> {
    statement: &'a CapacityStatement,
    names: &'a Names,
    console: &'a Console<'w>,
}

impl Printed<'_, '_> {
    fn print(&self) {
        let Self { statement, names, console } = *self;
        let [low, expected, high] = in_percent(statement);
        let (id, party, as_of) = (statement.entity_id, console.word(statement.party.code()), statement.as_of);
        say!(
            console,
            "statement of means of {id:016x} ({party}) on {as_of}, rules {} {}",
            [statement.rules, statement.rules_digest],
            id = format!("{:016x}", id),
            party,
            as_of
        );
        let [low_head, expected_head, high_head] =
            ["low", "expected", "high"].map(|name| aligned(console.word(name), 15));
        say!(
            console,
            "{} {low_head} {expected_head} {high_head}",
            [console.padded("yuan", 44)],
            low_head,
            expected_head,
            high_head
        );
        for (position, asset) in statement.assets.iter().enumerate() {
            self.asset(position, asset);
        }
        say!(console, "\ndistribution: {}", [self.cite(statement.sharing_article)]);
        if statement.sharing == Sharing::ProRata {
            self.row("claimed elsewhere", statement.claimed_elsewhere, "");
        }
        self.row("to others", statement.to_others, "");
        self.row("left over", statement.surplus, "");
        self.row("to this court's claims", statement.recovered, "");
        for claim in &statement.claims {
            say!(console, "\nclaim {} ({})", [names.case(claim.case_id), names.place(Some(claim.record))]);
            let part = |name: &str, amount: Money, source: &str| {
                say!(
                    console,
                    "  {} {amount:>15}  {source}",
                    [console.padded(name, 42)],
                    amount = format!("{:>15}", amount),
                    source
                );
            };
            part("principal", claim.claimed.principal, "");
            part("general interest", claim.claimed.interest, "");
            part("litigation costs", claim.claimed.costs - claim.execution_fee, "");
            part("execution fee", claim.execution_fee, &self.cite(claim.fee_article));
            let said = |sentence: Sentence| spoken(&sentence, console.language());
            let days = said(says!("doubled delay interest, {} days", [claim.delay_days]));
            part(&days, claim.claimed.delay, &self.cite(claim.delay_article));
            part("paid", -claim.paid.total(), &said(says!("{} payments", [claim.payments.len()])));
            part("owed", claim.owed.total(), "");
            self.row("recovered", claim.recovered, &self.cite(claim.set_off_article));
        }
        say!(
            console,
            "\ncoverage {low} – {expected} – {high} of {} yuan; finding: {}",
            [statement.owed, finding(statement)],
            low,
            expected,
            high
        );
        for point in &statement.turns_on {
            say!(console, "  {}, if {}", [console.word(word(point.ability)), self.turn(point.factor, point.outcome)]);
        }
        for finding in &statement.findings {
            say!(console, "  note: {}", [self.note(finding)]);
        }
        if statement.articles.iter().any(|citation| citation.instrument == ASSUMPTION) {
            say!(
                console,
                "  stated assumption: no law sets it; it stands in parameters.csv of the rules, and --rules FOLDER \
                 brings a court's own"
            );
        }
    }

    fn asset(&self, position: usize, asset: &Waterfall) {
        let Self { names, console, .. } = *self;
        let valued = asset.valued_on.map(|day| format!(", {day}")).unwrap_or_default();
        say!(
            console,
            "\n{}. {} ({}), {}{valued}",
            [
                position + 1,
                console.word(asset.class.code()),
                names.place(Some(asset.record)),
                console.word(asset.valued_by.code())
            ],
            valued
        );
        self.row("gross value", asset.gross, &self.cite(asset.valuation_article));
        for line in &asset.lines {
            let name = match line.layer {
                Layer::Haircut => "− haircut",
                Layer::PaidSince => "− paid since",
                Layer::Costs => "− costs and taxes",
                Layer::Secured => "− secured claim",
                Layer::OwnSecurity => "= secures this court's claim",
                Layer::CoOwners => "− co-owners",
                Layer::Exempt => "− exempt",
                Layer::Priority => "− earlier seizure or tax",
                Layer::Available => "= available",
            };
            let record = line.record.filter(|record| *record != asset.record);
            let source = [self.cite(line.article), names.place(record)].join(" ");
            self.row(name, line.amount, source.trim());
        }
    }

    fn row(&self, name: &str, amounts: Scenarios<Money>, source: &str) {
        let Scenarios { low, expected, high } = amounts;
        say!(
            self.console,
            "  {} {low:>15} {expected:>15} {high:>15}  {source}",
            [self.console.padded(name, 42)],
            low = format!("{:>15}", low),
            expected = format!("{:>15}", expected),
            high = format!("{:>15}", high),
            source
        );
    }

    fn cite(&self, article: Option<ArticleId>) -> String {
        let Some(citation) = article.and_then(|id| self.statement.article(id)) else { return String::new() };
        let doubt = if citation.verified || citation.instrument == ASSUMPTION { "" } else { " (not verified)" };
        let [instrument, article] = [&citation.instrument, &citation.article].map(|text| self.console.word(text));
        let cited = format!("{instrument} {article}");
        format!("{}{}", cited.trim_end(), spoken(&says!(doubt), self.console.language()))
    }

    /// An asset as the statement numbers it.
    fn named(&self, position: usize) -> String {
        let class = self.statement.assets.get(position).map_or("asset", |asset| asset.class.code());
        format!("{} {}", self.console.word(class), position + 1)
    }

    /// A code in words.
    fn words(&self, code: &str) -> String {
        self.console.word(code).replace('_', " ")
    }

    /// What a reader of the statement must know.
    fn note(&self, finding: &Finding) -> Sentence {
        let asset = |position: &usize| self.named(*position);
        match finding {
            Finding::LivingCostsNotSupplied => {
                says!("no living costs were supplied: income is only bounded, and ready money is not reduced")
            }
            Finding::HouseholdUnknown => says!("the size of the household is not known"),
            Finding::ValueUnknown { asset: at } => says!("no value of {} is on record", [asset(at)]),
            Finding::ValuationStale { asset: at } => says!("the valuation of {} has run out", [asset(at)]),
            Finding::AmountUnknown { asset: at, .. } => says!("a burden on {} has no amount on record", [asset(at)]),
            Finding::NoSurplus { asset: at, .. } => {
                says!("a sale of {} may leave nothing after costs and earlier claims", [asset(at)])
            }
            Finding::OwnSeizureLapsed { asset: at, .. } => says!("this court's seizure of {} has run out", [asset(at)]),
            Finding::OnlyHomePresumed { asset: at } => {
                says!("{} is the one home found and is taken for the only home", [asset(at)])
            }
            Finding::DelayStartAssumed { case_id } => {
                says!(
                    "doubled delay interest of claim {case_id} is counted from the filing: the end of the period of \
                     performance is not on record",
                    case_id = self.names.case(*case_id)
                )
            }
            Finding::NoRule { rule } => {
                says!("no rule is in force for {}; its neutral value is used", [self.words(rule)])
            }
            Finding::OrderAssumed { kind } => {
                says!(
                    "no place in the order is stated for {}; it is put before ordinary claims",
                    [self.words(kind.code())]
                )
            }
            Finding::Unanswered { source } => {
                says!(
                    "{} was not asked or did not answer, which does not mean that nothing is there",
                    [self.words(source)]
                )
            }
            Finding::NothingAsked => {
                says!("no source gave any answer: the figures say nothing about the debtor's means")
            }
            Finding::NoClaim => says!("no claim of this court is open"),
        }
    }

    fn turn(&self, factor: Factor, outcome: Outturn) -> Sentence {
        let asset = |position: usize| self.named(position);
        let what = match factor {
            Factor::Value(position) => says!("the value of {}", [asset(position)]),
            Factor::Price(position) => match outcome {
                Outturn::SoldInRound(round) => return says!("{} sells in round {round}", [asset(position)], round),
                Outturn::Unsold => return says!("{} stays unsold", [asset(position)]),
                Outturn::As(_) => says!("the yield of {}", [asset(position)]),
            },
            Factor::Title(position) => says!("the title to {}", [asset(position)]),
            Factor::Burdens(position) => says!("what lies on {}", [asset(position)]),
            Factor::Home(position) => says!("what must be left of {}", [asset(position)]),
            Factor::Living => says!("what must be left to live on"),
            Factor::Others => says!("what others claim"),
        };
        match outcome {
            Outturn::As(scenario) => {
                let scenario = scenario.to_string();
                says!("{what} is at its {} end", [self.console.word(&scenario)], what)
            }
            _ => what,
        }
    }
}
