//! A card's bins and contributions as frames.

use polars::prelude::{Column, DataFrame};
use wherewithal::Result;
use wherewithal::explain::{Explanation, explain};
use wherewithal::features::FeatureTable;
use wherewithal::model::Scorecard;

/// A row per bin, in the order of the card.
#[expect(clippy::cast_possible_wrap, reason = "counts of rows stay far below 2^63")]
pub(crate) fn bins(card: &Scorecard) -> Result<DataFrame> {
    let all = || card.features().iter().flat_map(|feature| (0..feature.map().bins.len()).map(move |at| (feature, at)));
    let bin = || all().filter_map(|(feature, at)| feature.map().bins.get(at));
    let names: Vec<&str> = all().map(|(feature, _)| feature.name()).collect();
    let columns = vec![
        Column::new("feature".into(), &names),
        Column::new("bin".into(), bin().map(|bin| bin.range.to_string()).collect::<Vec<_>>()),
        Column::new("rows".into(), bin().map(|bin| bin.counts.rows as i64).collect::<Vec<_>>()),
        Column::new("events".into(), bin().map(|bin| bin.counts.events as i64).collect::<Vec<_>>()),
        Column::new("event_rate".into(), bin().map(|bin| bin.counts.rate()).collect::<Vec<_>>()),
        Column::new("woe".into(), bin().map(|bin| bin.woe).collect::<Vec<_>>()),
        Column::new("information_value".into(), bin().map(|bin| bin.information).collect::<Vec<_>>()),
        Column::new("coefficient".into(), all().map(|(of, _)| of.coefficient().value).collect::<Vec<_>>()),
        Column::new("standard_error".into(), all().map(|(of, _)| of.coefficient().standard_error).collect::<Vec<_>>()),
        Column::new("p_value".into(), all().map(|(of, _)| of.coefficient().p_value).collect::<Vec<_>>()),
        Column::new("log_odds".into(), all().map(|(of, at)| of.log_odds().get(at).copied()).collect::<Vec<_>>()),
        Column::new("points".into(), all().map(|(of, at)| of.points_of(Some(at)).0).collect::<Vec<_>>()),
    ];
    Ok(DataFrame::new(names.len(), columns)?)
}

/// A row per cell of each pair, in the order of the card.
#[expect(clippy::cast_possible_wrap, reason = "counts of rows stay far below 2^63")]
pub(crate) fn pairs(card: &Scorecard) -> Result<DataFrame> {
    let (mut texts, mut rows, mut events): ([Vec<String>; 4], _, _) = (Default::default(), Vec::new(), Vec::new());
    let (mut log_odds, mut points) = (Vec::new(), Vec::new());
    for pair in card.pairs() {
        let width = pair.shape()[1].max(1);
        let line = |along: usize, name: &str, line: usize| {
            card.feature(name).map_or_else(String::new, |feature| pair.line_text(along, line, feature.map()))
        };
        let [first, second] = pair.features();
        let cells = pair.counts().iter().zip(pair.log_odds()).zip(pair.points());
        for (at, ((counts, odds), worth)) in cells.enumerate() {
            let cell = [first.to_owned(), line(0, first, at / width), second.to_owned(), line(1, second, at % width)];
            texts.iter_mut().zip(cell).for_each(|(column, text)| column.push(text));
            rows.push(counts.rows as i64);
            events.push(counts.events as i64);
            log_odds.push(*odds);
            points.push(*worth);
        }
    }
    let names = ["first", "first_values", "second", "second_values"];
    let mut columns: Vec<Column> = names.iter().zip(&texts).map(|(name, of)| Column::new((*name).into(), of)).collect();
    let height = rows.len();
    columns.extend([
        Column::new("rows".into(), rows),
        Column::new("events".into(), events),
        Column::new("log_odds".into(), log_odds),
        Column::new("points".into(), points),
    ]);
    Ok(DataFrame::new(height, columns)?)
}

/// A row per row of the table and feature, or pair of features, of the card: what it gave.
pub(crate) fn contributions(card: &Scorecard, table: &FeatureTable) -> Result<DataFrame> {
    let explained: Vec<Explanation> =
        (0..table.height()).map(|row| explain(card, table, row)).collect::<Result<_>>()?;
    let all = || explained.iter().zip(0_i64..).flat_map(|(why, row)| why.contributions.iter().map(move |of| (row, of)));
    let bin = |feature: &str, bin: Option<usize>| {
        let range = card.feature(feature)?.map().bins.get(bin?)?.range.to_string();
        Some(range)
    };
    let columns = vec![
        Column::new("row".into(), all().map(|(row, _)| row).collect::<Vec<_>>()),
        Column::new("feature".into(), all().map(|(_, of)| of.feature.as_str()).collect::<Vec<_>>()),
        Column::new("bin".into(), all().map(|(_, of)| bin(&of.feature, of.bin)).collect::<Vec<_>>()),
        Column::new("known".into(), all().map(|(_, of)| of.known).collect::<Vec<_>>()),
        Column::new("points".into(), all().map(|(_, of)| of.points.0).collect::<Vec<_>>()),
        Column::new("typical_points".into(), all().map(|(_, of)| of.typical_points.0).collect::<Vec<_>>()),
    ];
    Ok(DataFrame::new(all().count(), columns)?)
}
