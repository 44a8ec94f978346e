//! Prints statements of means.

use wherewithal::capacity::{
    Ability, ArticleId, CapacityStatement, CapacityTable, Factor, Layer, Outturn, Scenarios, Sharing, Waterfall,
};
use wherewithal::domain::Money;
use wherewithal::ingest::IngestReport;

/// The names of the source files, to say where a record stands.
pub(crate) struct Files(Vec<(i64, String)>);

impl Files {
    pub(crate) fn of(report: &IngestReport) -> Self {
        let named =
            |file: &wherewithal::ingest::FileReport| Some((i64::try_from(file.ordinal).ok()?, file.file.clone()));
        Self(report.files.iter().filter_map(named).collect())
    }

    fn place(&self, record: Option<i64>) -> String {
        let Some(record) = record else { return String::new() };
        let name = self.0.iter().find(|(ordinal, _)| *ordinal == record >> 40).map(|(_, name)| name.as_str());
        format!("{}:{}", name.unwrap_or("record"), record & ((1 << 40) - 1))
    }
}

/// The debtors with the highest expected coverage.
pub(crate) fn print_ranking(table: &CapacityTable, top: usize) {
    let mut order: Vec<&CapacityStatement> = table.statements().iter().collect();
    let expected = |statement: &CapacityStatement| statement.coverage().expected.value().unwrap_or(1.0);
    order.sort_by(|a, b| expected(b).total_cmp(&expected(a)).then(a.entity_id.cmp(&b.entity_id)));
    println!("{} debtors; the {} with the highest expected coverage:\n", order.len(), top.min(order.len()));
    println!(
        "{:16}  {:12} {:>16}  {:>6} {:>8} {:>6}  finding",
        "debtor", "party", "owed (yuan)", "low", "expected", "high"
    );
    for statement in order.iter().take(top) {
        let [low, expected, high] = in_percent(statement);
        let (id, party) = (statement.entity_id, statement.party.code());
        println!(
            "{id:016x}  {party:12} {:>16}  {low:>6} {expected:>8} {high:>6}  {}",
            statement.owed,
            finding(statement)
        );
    }
    let count = |ability| table.statements().iter().filter(|s| s.ability.expected == ability).count();
    let [none, part, all] = [Ability::None, Ability::Part, Ability::All].map(count);
    println!("\nexpected finding: {none} able to perform nothing, {part} a part, {all} all");
}

fn in_percent(statement: &CapacityStatement) -> [String; 3] {
    let shown = |ratio: &wherewithal::capacity::CoverageRatio| {
        ratio.value().map_or_else(|| "–".to_owned(), |ratio| format!("{:.0} %", ratio * 100.0))
    };
    let coverage = statement.coverage();
    [shown(&coverage.low), shown(&coverage.expected), shown(&coverage.high)]
}

fn finding(statement: &CapacityStatement) -> String {
    let Scenarios { low, expected, high } = statement.ability;
    if low == high {
        word(expected).to_owned()
    } else {
        format!("{} ({} to {})", word(expected), word(low), word(high))
    }
}

fn word(ability: Ability) -> &'static str {
    match ability {
        Ability::None => "none",
        Ability::Part => "part",
        Ability::All => "all",
    }
}

/// One statement with every line, its record and its article.
pub(crate) fn print_statement(statement: &CapacityStatement, files: &Files) {
    let [low, expected, high] = in_percent(statement);
    let (id, party, as_of) = (statement.entity_id, statement.party.code(), statement.as_of);
    println!(
        "statement of means of {id:016x} ({party}) on {as_of}, rules {} {}",
        statement.rules, statement.rules_digest
    );
    println!("{:44} {:>15} {:>15} {:>15}", "yuan", "low", "expected", "high");
    for (position, asset) in statement.assets.iter().enumerate() {
        print_asset((position, asset), statement, files);
    }
    println!("\ndistribution: {}", cite(statement, statement.sharing_article));
    if statement.sharing == Sharing::ProRata {
        row("claimed elsewhere", statement.claimed_elsewhere, "");
    }
    row("to others", statement.to_others, "");
    row("left over", statement.surplus, "");
    row("to this court's claims", statement.recovered, "");
    for claim in &statement.claims {
        println!("\nclaim {} ({})", claim.case_id, files.place(Some(claim.record)));
        let part = |name: &str, amount: Money, source: &str| println!("  {name:42} {amount:>15}  {source}");
        part("principal", claim.claimed.principal, "");
        part("general interest", claim.claimed.interest, "");
        part("litigation costs", claim.claimed.costs - claim.execution_fee, "");
        part("execution fee", claim.execution_fee, &cite(statement, claim.fee_article));
        let days = format!("doubled delay interest, {} days", claim.delay_days);
        part(&days, claim.claimed.delay, &cite(statement, claim.delay_article));
        part("paid", -claim.paid.total(), &format!("{} payments", claim.payments.len()));
        part("owed", claim.owed.total(), "");
        row("recovered", claim.recovered, &cite(statement, claim.set_off_article));
    }
    println!("\ncoverage {low} – {expected} – {high} of {} yuan; finding: {}", statement.owed, finding(statement));
    for point in &statement.turns_on {
        println!("  {}, if {}", word(point.ability), turn(point.factor, point.outcome, statement));
    }
    for finding in &statement.findings {
        println!("  note: {}", serde_json::to_string(finding).unwrap_or_default());
    }
}

fn print_asset((position, asset): (usize, &Waterfall), statement: &CapacityStatement, files: &Files) {
    let valued = asset.valued_on.map(|day| format!(" of {day}")).unwrap_or_default();
    println!(
        "\n{}. {} ({}), {}{valued}",
        position + 1,
        asset.class.code(),
        files.place(Some(asset.record)),
        asset.valued_by.code()
    );
    row("gross value", asset.gross, &cite(statement, asset.valuation_article));
    for line in &asset.lines {
        let name = match line.layer {
            Layer::Haircut => "− haircut",
            Layer::Costs => "− costs and taxes",
            Layer::Secured => "− secured claim",
            Layer::OwnSecurity => "= secures this court's claim",
            Layer::CoOwners => "− co-owners",
            Layer::Exempt => "− exempt",
            Layer::Priority => "− earlier seizure or tax",
            Layer::Available => "= available",
        };
        let record = line.record.filter(|record| *record != asset.record);
        let source = [cite(statement, line.article), files.place(record)].join(" ");
        row(name, line.amount, source.trim());
    }
}

fn row(name: &str, amounts: Scenarios<Money>, source: &str) {
    let Scenarios { low, expected, high } = amounts;
    println!("  {name:42} {low:>15} {expected:>15} {high:>15}  {source}");
}

fn cite(statement: &CapacityStatement, article: Option<ArticleId>) -> String {
    let Some(citation) = article.and_then(|id| statement.article(id)) else { return String::new() };
    let doubt = if citation.verified { "" } else { " (not verified)" };
    format!("{} {}{doubt}", citation.instrument, citation.article)
}

fn turn(factor: Factor, outcome: Outturn, statement: &CapacityStatement) -> String {
    let asset = |position: usize| {
        let class = statement.assets.get(position).map_or("asset", |asset| asset.class.code());
        format!("{class} {}", position + 1)
    };
    let what = match factor {
        Factor::Value(position) => format!("the value of {}", asset(position)),
        Factor::Price(position) => match outcome {
            Outturn::SoldInRound(round) => return format!("{} sells in round {round}", asset(position)),
            Outturn::Unsold => return format!("{} stays unsold", asset(position)),
            Outturn::As(_) => format!("the yield of {}", asset(position)),
        },
        Factor::Title(position) => format!("the title to {}", asset(position)),
        Factor::Burdens(position) => format!("what lies on {}", asset(position)),
        Factor::Home(position) => format!("what must be left of {}", asset(position)),
        Factor::Living => "what must be left to live on".to_owned(),
        Factor::Others => "what others claim".to_owned(),
    };
    match outcome {
        Outturn::As(scenario) => format!("{what} is at its {scenario} end"),
        _ => what,
    }
}
