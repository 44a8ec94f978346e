//! Which records are the same party.

use polars::prelude::{Column, DataFrame};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wherewithal::linkage::{self, EntityMap, LinkageParams, Records};
use wherewithal::progress::Silent;
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::frames;

/// Joins records, whose columns are text: the party of each record, the pairs that were weighed, both as frames, and
/// counts as JSON. Columns that the settings name are used; `record_id` names a record, its row does where there is
/// none.
#[pyfunction]
pub(crate) fn link<'py>(
    py: Python<'py>,
    records: &[u8],
    settings: Option<&str>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, String)> {
    let (parties, pairs, counts) = work(py, || {
        let params = settings.map(LinkageParams::from_toml).transpose()?.unwrap_or_default();
        let records = records_of(&frames::read(records)?, &params)?;
        let map = linkage::link(&records, &params, &Silent)?;
        let counts = serde_json::to_string(map.counts())?;
        Ok((frames::write(&map.to_frame()?)?, frames::write(&pairs(&map)?)?, counts))
    })?;
    Ok((PyBytes::new(py, &parties), PyBytes::new(py, &pairs), counts))
}

fn records_of(frame: &DataFrame, params: &LinkageParams) -> Result<Records> {
    let names = params.columns();
    let text = |name: &&str| frame.column(name).ok().map(Column::str).transpose();
    let columns: Vec<_> = names.iter().map(text).collect::<polars::prelude::PolarsResult<_>>()?;
    if columns.iter().all(Option::is_none) {
        return Err(Error::table("records", "none of the columns", names.join(", ")));
    }
    let ids = frame.column("record_id").ok().map(Column::str).transpose()?;
    let mut records = Records::new(names.clone());
    for row in 0..frame.height() {
        let id = ids.and_then(|ids| ids.get(row)).map_or_else(|| row.to_string(), str::to_owned);
        records.push(id, columns.iter().map(|column| column.and_then(|column| column.get(row)).unwrap_or_default()))?;
    }
    Ok(records)
}

fn pairs(map: &EntityMap) -> Result<DataFrame> {
    let links = map.links();
    let id = |row: u32| usize::try_from(row).ok().and_then(|row| map.ids().get(row)).map(String::as_str);
    // A decision's name is what the stored form calls it.
    let decision = |link: &linkage::Link| serde_json::to_value(link.decision).map(|of| of.as_str().map(str::to_owned));
    let columns = vec![
        Column::new("left".into(), links.iter().map(|link| id(link.left)).collect::<Vec<_>>()),
        Column::new("right".into(), links.iter().map(|link| id(link.right)).collect::<Vec<_>>()),
        Column::new("bits".into(), links.iter().map(|link| link.bits).collect::<Vec<_>>()),
        Column::new("probability".into(), links.iter().map(|link| link.probability).collect::<Vec<_>>()),
        Column::new("decision".into(), links.iter().map(decision).collect::<serde_json::Result<Vec<_>>>()?),
    ];
    Ok(DataFrame::new(links.len(), columns)?)
}
