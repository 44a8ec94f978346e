//! Texts read as the indices that a page's dictionary gives them.
//!
//! A column of codes has a handful of different texts in millions of rows. Reading the indices and each
//! text once spares an allocation a row; rooms that compare codes compare small numbers.

use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, DTYPE_CATEGORICAL_NEW, Field, IntegerType, Metadata};

use super::row_selection::RowSelection;
use crate::error::Result;
use crate::tables::Codes;

/// The different texts met so far, and for each row the index of its text.
#[derive(Default)]
pub(super) struct DictionaryBuilder {
    indices: PlHashMap<String, u32>,
    texts: Vec<String>,
    codes: Vec<u32>,
}

impl DictionaryBuilder {
    /// Beyond so many different texts, codes cost more than the texts themselves.
    const MOST: usize = 1 << 12;

    /// Adds the rows of a column; false when a group's pages do not name its texts by their indices in a dictionary, or
    /// there are too many.
    pub(super) fn add(&mut self, piece: &RowSelection, name: &str) -> Result<bool> {
        let Some(field) = piece.fields.get(name).filter(|field| field.dtype == ArrowDataType::Utf8View) else {
            return Ok(false);
        };
        // What tells the decoder to leave texts in the dictionary.
        let mark = Metadata::from_iter([(DTYPE_CATEGORICAL_NEW.into(), "".into())]);
        let kind = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(ArrowDataType::Utf8View), false);
        let field = Field::new(field.name.clone(), kind, field.is_nullable).with_metadata(mark);
        let mut file = piece.file.open()?;
        for group in piece.groups().0 {
            let Some(arrays) = piece.arrays(&mut file, &field, &group, true).ok().flatten() else { return Ok(false) };
            for array in arrays {
                let Some(array) = array.as_any().downcast_ref::<DictionaryArray<u32>>() else { return Ok(false) };
                let Some(texts) = array.values().as_any().downcast_ref::<Utf8ViewArray>() else { return Ok(false) };
                self.extend(array, texts);
                if self.texts.len() > Self::MOST {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Only texts that a row has count: the dictionary is that of the whole group.
    fn extend(&mut self, array: &DictionaryArray<u32>, texts: &Utf8ViewArray) {
        let mut indices = vec![Codes::NONE; texts.len()];
        let mut codes = std::mem::take(&mut self.codes);
        codes.reserve(array.len());
        let mut index = |key: &u32| {
            let Some(slot) = indices.get_mut(*key as usize) else { return Codes::NONE };
            if *slot == Codes::NONE {
                *slot = self.index_of(texts.value(*key as usize));
            }
            *slot
        };
        match array.keys().null_count() {
            0 => codes.extend(array.keys().values().iter().map(index)),
            _ => codes.extend(array.keys().iter().map(|key| key.map_or(Codes::NONE, &mut index))),
        }
        self.codes = codes;
    }

    fn index_of(&mut self, text: &str) -> u32 {
        if let Some(index) = self.indices.get(text) {
            return *index;
        }
        let index = u32::try_from(self.texts.len()).unwrap_or(Codes::NONE);
        self.indices.insert(text.to_owned(), index);
        self.texts.push(text.to_owned());
        index
    }

    pub(super) fn codes(self) -> Codes {
        Codes::new(self.codes, self.texts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::super::rows::{Source, StoredRows, Wanted};
    use super::super::seal::{Sealed, Seals};
    use super::*;
    use crate::domain::mixed;
    use crate::schema;
    use crate::tables::TableReader;

    fn source(file: &Sealed, ranges: &[std::ops::Range<usize>]) -> Source {
        let wanted = Wanted::Ranges(ranges.to_vec(), 3000);
        Source { file: file.clone(), bucket: Seals::default().into(), wanted }
    }

    /// Groups with other words each, empty cells, a column without any, and one of too many words, in two files.
    #[test]
    fn codes_are_the_texts_of_the_rows_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for (file, words) in
            [("one", ["in", "out", "other"]), ("two", ["other", "a word of more than twelve bytes", ""])]
        {
            let kind = |row: u64| words.get(usize::try_from(mixed(row) % 3).unwrap()).copied();
            let kind = |row: u64| {
                kind(row).filter(|_| row < 1000 || !row.is_multiple_of(5)).filter(|word| row < 2000 || *word != "in")
            };
            let rows = 0..3000u64;
            let columns = vec![
                Column::new("kind".into(), rows.clone().map(kind).collect::<Vec<_>>()),
                Column::new("direction".into(), rows.clone().map(|_| "in").collect::<Vec<_>>()),
                Column::new("channel".into(), rows.clone().map(|_| None::<&str>).collect::<Vec<_>>()),
                Column::new("summary".into(), rows.map(|row| format!("{row:>100}")).collect::<Vec<_>>()),
            ];
            let path = folder.path().join(format!("{file}.parquet"));
            let seal = files::write(&path, &mut DataFrame::new(3000, columns).unwrap(), 1000).unwrap();
            sources.push(Sealed::new(path, seal));
        }
        let table = schema::table("bank_transactions").unwrap();
        let everything: &[std::ops::Range<usize>] = &[0..1500, 1500..3000];
        for ranges in [everything, &[5..6, 990..1010, 2100..2900], &[0..0, 2000..2300]] {
            let source = |file: &Sealed| source(file, ranges);
            let reader = StoredRows::new(table, sources.iter().map(source).collect());
            for name in ["kind", "direction", "channel"] {
                let codes = reader.codes(name).unwrap().unwrap();
                let read = reader.columns(&[name]).unwrap();
                let texts = read.column(name).unwrap().str().unwrap();
                assert!((0..codes.len()).map(|row| codes.text(row)).eq(texts.iter()), "{name} {ranges:?}");
                let mut different: Vec<&str> = texts.iter().flatten().collect();
                different.sort_unstable();
                different.dedup();
                assert_eq!(codes.texts(), different, "{name} {ranges:?}");
            }
        }
        let reader = StoredRows::new(table, vec![source(&sources[0], everything)]);
        assert!(reader.codes("summary").unwrap().is_none());
        assert!(reader.codes("amount_fen").unwrap().is_none());
    }
}
