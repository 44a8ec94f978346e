//! Tiles of the map: one per city with a court.
//!
//! Each city is a square at a column and a row, so that a page needs no map and small cities are as
//! readable as large ones. Where the cities lie is data (`data/indicators/jiangsu.toml`).

use std::sync::LazyLock;

use minijinja::{Value, context};
use serde::Deserialize;

use crate::domain::{Label, Language};
use crate::error::Result;
use crate::indicators::{Court, Measured, Selection};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct City {
    code: String,
    zh: String,
    en: String,
    column: u32,
    row: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    city: Vec<City>,
}

/// Broken data gives no tiles; a test reads the real ones.
static CITIES: LazyLock<Vec<City>> = LazyLock::new(|| {
    let book = toml::from_str::<Book>(include_str!("../../../data/indicators/jiangsu.toml"));
    book.map(|book| book.city).unwrap_or_default()
});

/// One tile per city that has a court here: its courts' cases, and how many of them closed.
pub(super) fn tiles(measured: &Measured, courts: &[(Court, String)], language: Language) -> Result<Vec<Value>> {
    let mut tiles = Vec::new();
    for city in CITIES.iter() {
        let of_city = |court: &&(Court, String)| court.0.code.as_ref().is_some_and(|code| code.starts_with(&city.code));
        let own: Vec<&(Court, String)> = courts.iter().filter(of_city).collect();
        if own.is_empty() {
            continue;
        }
        let of = own.iter().fold(Selection::all(), |of, court| of.court(&court.0.name));
        let figure = measured.figure("closing_rate", &of)?;
        tiles.push(context! {
            name => Label::new(&city.zh, &city.en).text(language),
            column => city.column,
            row => city.row,
            rate => figure.value,
            received => figure.bottom,
            courts => own.len(),
            // Darker where more of what came in was closed; the number stands beside it in any case.
            tone => figure.value.map_or(0, |rate| 1 + [0.5, 0.75, 0.9].iter().filter(|least| rate >= **least).count()),
        });
    }
    Ok(tiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_cities_have_a_place_each() {
        let mut places: Vec<(u32, u32)> = CITIES.iter().map(|city| (city.column, city.row)).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!((CITIES.len(), places.len()), (13, 13));
    }
}
