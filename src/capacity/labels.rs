//! Labels in both languages of the ratios that join the feature table.

use super::CapacityTable;
use crate::domain::Label;

/// What each ratio says, in the order of [`CapacityTable::RATIOS`].
const LABELS: [(&str, &str); CapacityTable::RATIOS.len()] = [
    ("可受偿比例（下限）", "part of the claim covered, lower bound"),
    ("可受偿比例（预期）", "part of the claim covered, expected"),
    ("可受偿比例（上限）", "part of the claim covered, upper bound"),
    ("可受偿比例的不确定幅度", "width between the bounds of coverage"),
    ("财产总值中可供执行的比例", "share of gross value available"),
    ("财产总值中变现折扣的比例", "share of gross value lost in realisation"),
    ("财产总值中担保债权的比例", "share of gross value secured to others"),
    ("财产总值中豁免的比例", "share of gross value exempt"),
    ("财产总值中在先查封的比例", "share of gross value under earlier claims"),
    ("可供执行财产中分配给其他法院的比例", "share of what is available that goes to other courts"),
    ("可供执行财产中收入的比例", "share of what is available that is income"),
    ("可供执行财产中现成资金的比例", "share of what is available that is ready money"),
];

impl CapacityTable {
    /// What a ratio of [`CapacityTable::RATIOS`] says, in both languages.
    ///
    /// ```
    /// use wherewithal::capacity::CapacityTable;
    ///
    /// assert!(CapacityTable::RATIOS.iter().all(|ratio| CapacityTable::label(ratio).is_some()));
    /// assert_eq!(CapacityTable::label("no_such_ratio"), None);
    /// ```
    pub fn label(ratio: &str) -> Option<Label> {
        let place = Self::RATIOS.iter().position(|name| *name == ratio)?;
        LABELS.get(place).map(|(zh, en)| Label::new(*zh, *en))
    }

    /// The family of the ratios, in both languages.
    pub fn family() -> Label {
        Label::new("履行能力测算", "statement of means")
    }
}
