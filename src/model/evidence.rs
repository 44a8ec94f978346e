use super::binning::BinMap;

/// The log-odds of each bin, those of a feature that reach further than its own evidence drawn together around their
/// mean.
pub(super) fn within_evidence(maps: &[BinMap], worth: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    maps.iter().zip(worth).map(|(map, worth)| drawn_together(map, worth)).collect()
}

fn drawn_together(map: &BinMap, worth: Vec<f64>) -> Vec<f64> {
    let (reach, own) = (range(&worth), own_range(map));
    if reach <= own {
        return worth;
    }
    let weighted = map.bins.iter().zip(&worth).map(|(bin, worth)| (bin.counts.weight, bin.counts.weight * worth));
    let (weight, sum) = weighted.fold((0.0, 0.0), |sums, (weight, part)| (sums.0 + weight, sums.1 + part));
    let mean = if weight > 0.0 { sum / weight } else { 0.0 };
    worth.into_iter().map(|worth| mean + (worth - mean) * own / reach).collect()
}

/// By how much the bins of a feature differ in their own, smoothed weights of evidence.
pub(super) fn own_range(map: &BinMap) -> f64 {
    range(&evidence(map))
}

fn evidence(map: &BinMap) -> Vec<f64> {
    map.bins.iter().map(|bin| bin.woe).collect()
}

fn range(values: &[f64]) -> f64 {
    let ends = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| (least.min(*v), most.max(*v)));
    (ends.1 - ends.0).max(0.0)
}
