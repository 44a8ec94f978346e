//! The pages in a real browser, when there is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wherewithal::advice::{AdviceRules, advise};
use wherewithal::capacity::CapacityRules;
use wherewithal::domain::{Day, Label, Language, Money, Points, cite};
use wherewithal::indicators::{IndicatorCatalog, measure};
use wherewithal::profile::{
    Batch, CardBin, CardFeature, CardMoney, CardValidation, DebtorProfile, EventCard, ImpactAssessment, ImpactLine,
    ImpactSection, Measured, ModelCard, MoneyOrder,
};
use wherewithal::report::{CentrePages, CentreView, Links, Pages};
use wherewithal::tasks::{TaskList, TaskRules};

use crate::archetypes::archetypes;

const CHROMIUM: &str = "/usr/bin/chromium";

fn chromium(folder: &Path, args: &[&str], page: &Path) -> (String, String) {
    let profile = format!("--user-data-dir={}", folder.join("browser").display());
    let output = Command::new(CHROMIUM)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr"])
        .args(["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", &profile])
        .args(args)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let rules = AdviceRules::standard().unwrap();
    let mut written = Vec::new();
    let mut save = |name: String, page: String| {
        let path = folder.join(name);
        fs::write(&path, page).unwrap();
        written.push(path);
    };
    for (language, code) in [(Language::Zh, "zh"), (Language::En, "en")] {
        let pages = Pages::new(language).unwrap();
        let all = archetypes();
        for (name, profile) in &all {
            let page = pages.portrait(profile, &advise(profile, &rules).unwrap(), &Links::default()).unwrap();
            save(format!("{name}_{code}.html"), page);
        }
        let profiles: Vec<DebtorProfile> = all.into_iter().map(|(_, profile)| profile).collect();
        save(format!("model_{code}.html"), pages.model(&model(), &Links::default()).unwrap());
        save(format!("impact_{code}.html"), pages.impact(&impact(), &Links::default()).unwrap());
        save(
            format!("batch_{code}.html"),
            pages.batch(&Batch::from_profiles(&profiles), &profiles, 100, &Links::default()).unwrap(),
        );
        save(format!("monitor_{code}.html"), crate::watched::page(&crate::watched::watched(), language));
        let (measured, list, rules) = centre();
        let view = CentreView { measured: &measured, tasks: &list, rules: &rules };
        CentrePages::new(language)
            .unwrap()
            .each(view, &mut |page| {
                if ["index.html", "wall.html", "court-001.html", "court-001-01.html"].contains(&page.file.as_str()) {
                    save(format!("centre-{}_{code}.html", page.file.trim_end_matches(".html")), page.html);
                }
                Ok(())
            })
            .unwrap();
    }
    written
}

/// The bundled district's courts, and what they have to do.
fn centre() -> (wherewithal::indicators::Measured, TaskList, TaskRules) {
    let (tables, rules) = (crate::register::tables(), TaskRules::standard().unwrap());
    let measured = measure(&tables, &IndicatorCatalog::standard().unwrap(), crate::register::year()).unwrap();
    let capacity = CapacityRules::standard().unwrap();
    let list = rules.list(&tables, &capacity, crate::register::year().until()).unwrap();
    (measured, list, rules)
}

/// A model's card with everything that its page shows.
fn model() -> ModelCard {
    let measured = |value| Measured { value, error: 0.011 };
    let validation = CardValidation {
        held_out: "cross_validation".to_owned(),
        rows: 1_200,
        events: 700,
        auc: measured(0.845),
        ks: measured(0.58),
        brier: measured(0.155),
        ece: 0.03,
        calibration: (1..=10).map(|tenth| (f64::from(tenth) / 10.0 - 0.05, f64::from(tenth) / 11.0, 120)).collect(),
        folds: [0.83, 0.85, 0.86].map(measured).to_vec(),
    };
    let bin = |above, up_to, points| CardBin {
        above,
        up_to,
        other: None,
        rows: 600.0,
        events: 350.0,
        points: Points(points),
    };
    let feature = |nth: u32| CardFeature {
        feature: format!("deposits_{nth}"),
        label: Label::new(
            "存款余额占全部申请执行本金的比例（近十二个月平均）",
            "balance of deposits to the principal of all claims",
        ),
        unit: "ratio".to_owned(),
        range: 90 - nth,
        information: 0.4,
        bins: vec![bin(None, Some(0.5), -20), bin(Some(0.5), None, 40)],
    };
    let event = |event: &str| EventCard {
        event: event.to_owned(),
        digest: "0f3a9c".to_owned(),
        rows: 1_200,
        events: 700,
        base: Points(520),
        validation: Some(validation.clone()),
        features: (0..12).map(feature).collect(),
    };
    ModelCard {
        window_days: 365,
        trained_as_of: None,
        min_known_share: 0.5,
        grades: [0.8, 0.6, 0.4, 0.2],
        events: vec![event("any"), event("full")],
        money: Some(money()),
    }
}

/// What each order finds at the same work.
fn money() -> CardMoney {
    let order = |order: &str, value: f64| MoneyOrder {
        order: order.to_owned(),
        share: Measured { value, error: 0.02 },
        money: Money::from_fen(12_345_678_900),
    };
    CardMoney {
        rows: 301,
        received: Money::from_fen(98_765_432_100),
        orders: vec![order("model", 0.41), order("clerk", 0.33), order("claim", 0.3), order("best", 0.6)],
        ahead: Some(Measured { value: 0.08, error: 0.03 }),
        ahead_money: Money::from_fen(7_901_234_500),
        facts: vec![Label::new("查得银行存款", "a deposit was found"); 3],
        source: Label::new("本库约定", "a rule of this crate"),
        unknown: 12,
    }
}

/// An assessment with a line of each kind.
fn impact() -> ImpactAssessment {
    let line = |is_open: bool| ImpactLine {
        text: Label::new(
            "去标识化：当事人以本院密钥生成的假名出现",
            "Parties appear under pseudonyms made with the court's own key",
        ),
        basis: cite(&["pipl2021 51", "pipl2021 73"], Day::new(2023, 1, 1).unwrap()).unwrap(),
        is_open,
    };
    let section = |code: &str| ImpactSection {
        code: code.to_owned(),
        title: Label::new("保护措施是否合法、有效", "Are the safeguards lawful and effective?"),
        lines: vec![line(false), line(true)],
    };
    ImpactAssessment {
        as_of: Day::new(2018, 6, 30).unwrap(),
        model: ["0f3a9c".repeat(6), "9c0f3a".repeat(6)],
        facts: std::collections::BTreeMap::new(),
        sections: vec![section("purpose"), section("safeguards")],
    }
}

/// Adds a script to a copy of the page that writes what it finds into the document.
fn probed(page: &Path, script: &str) -> PathBuf {
    let text = fs::read_to_string(page).unwrap();
    let (head, tail) = text.split_once("<meta http-equiv").unwrap();
    let tail = tail.split_once('>').unwrap().1;
    let copy = page.with_extension("probed.html");
    fs::write(&copy, format!("{head}{tail}<script>{script}</script>")).unwrap();
    copy
}

/// The script itself is in the document too: the answer is in the last element.
fn found(dom: &str) -> &str {
    let dom = dom.rsplit("<pre>").next().unwrap_or_default();
    dom.split("FOUND[").nth(1).and_then(|rest| rest.split("]FOUND").next()).unwrap_or("no answer")
}

/// Whether the page is wider than its window, it or a table wider than a telephone's 390 px (in a frame, since a headless
/// window is never narrower than 500 px), and which resources it asked for.
const LAYOUT: &str = "addEventListener('load',function(){\
var found=performance.getEntriesByType('resource').map(function(e){return e.name});\
if(document.documentElement.scrollWidth>innerWidth+1)found.push('page '+document.documentElement.scrollWidth+'>'+innerWidth);\
var copy=document.documentElement.cloneNode(true);copy.querySelectorAll('script').forEach(function(s){s.remove()});\
var frame=document.createElement('iframe');frame.style.cssText='width:390px;height:800px;border:0';\
frame.onload=function(){var wide=frame.contentDocument.documentElement.scrollWidth;\
if(frame.contentWindow.innerWidth!==390||wide>390)found.push('frame '+wide);\
frame.contentDocument.querySelectorAll('.scroll').forEach(function(s){\
if(s.scrollWidth>s.clientWidth+1)found.push('table '+s.getAttribute('aria-label')+' '+s.scrollWidth)});\
var p=document.createElement('pre');p.textContent='FOUND['+found.join(' ')+']FOUND';document.body.appendChild(p)};\
frame.srcdoc='<!DOCTYPE html>'+copy.outerHTML;document.body.appendChild(frame)});";

#[test]
fn pages_read_at_every_width_ask_for_nothing_and_say_nothing_to_the_console() {
    if !Path::new(CHROMIUM).exists() {
        println!("skipped: no {CHROMIUM} (Debian: apt-get install chromium fonts-noto-cjk)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for page in pages(folder.path()) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let args = ["--window-size=1280,900", "--dump-dom", "--virtual-time-budget=10000"];
        let (dom, log) = chromium(folder.path(), &args, &probed(&page, LAYOUT));
        assert_eq!(found(&dom), "", "{name}");
        let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(console.is_empty(), "{name}: {console:?}");
    }
    let page = folder.path().join("able_and_hiding_zh.html");
    let pdf = folder.path().join("page.pdf");
    chromium(folder.path(), &[&format!("--print-to-pdf={}", pdf.display())], &page);
    assert!(fs::metadata(&pdf).unwrap().len() > 20_000);
}

/// Clicks the heading of the claims twice and tells their order each time.
const SORT: &str = "addEventListener('load',function(){\
var table=document.getElementById('all'),head=table.tHead.rows[0].cells[4],told=[];\
for(var n=0;n<2;n++){head.querySelector('button').click();\
told.push([].map.call(table.tBodies[0].rows,function(row){return row.cells[4].getAttribute('data-v')}).join(' '))}\
told.push(head.getAttribute('aria-sort'));\
var p=document.createElement('pre');p.textContent='FOUND['+told.join('|')+']FOUND';document.body.appendChild(p)});";

#[test]
fn the_list_of_all_debtors_sorts_by_a_heading() {
    if !Path::new(CHROMIUM).exists() {
        println!("skipped: no {CHROMIUM}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    pages(folder.path());
    let page = probed(&folder.path().join("batch_zh.html"), SORT);
    let (dom, _) = chromium(folder.path(), &["--dump-dom", "--virtual-time-budget=10000"], &page);
    let told: Vec<&str> = found(&dom).split('|').collect();
    let fen = |text: &str| -> Vec<i64> { text.split(' ').map(|fen| fen.parse().unwrap()).collect() };
    let (falling, rising) = (fen(told[0]), fen(told[1]));
    assert!(falling.len() == 6 && falling.is_sorted_by(|a, b| a >= b) && rising.is_sorted(), "{told:?}");
    assert_eq!(told[2], "ascending");
}

#[test]
fn axe_finds_no_serious_fault() {
    let axe = std::env::var("AXE_CORE").unwrap_or_default();
    let Ok(axe) = fs::read_to_string(&axe) else {
        println!("skipped: AXE_CORE names no axe.min.js (.ci/axe fetches it)");
        return;
    };
    if !Path::new(CHROMIUM).exists() {
        println!("skipped: no {CHROMIUM}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = "axe.run(document,{resultTypes:['violations']}).then(function(r){\
var bad=r.violations.filter(function(v){return v.impact==='serious'||v.impact==='critical'||v.impact==='moderate'})\
.map(function(v){return v.id+': '+v.nodes.map(function(n){return n.target.join(' ')}).slice(0,3).join(', ')});\
var p=document.createElement('pre');p.textContent='FOUND['+bad.join(' | ')+']FOUND';document.body.appendChild(p)});";
    for page in pages(folder.path()) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let probed = probed(&page, &format!("{axe};{run}"));
        let (dom, _) = chromium(folder.path(), &["--dump-dom", "--virtual-time-budget=20000"], &probed);
        assert_eq!(found(&dom), "", "{name}");
    }
}
