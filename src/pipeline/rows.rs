use crate::features::FeatureTable;
use crate::model::CodedTable;

/// The features of the samples.
pub(super) enum Rows {
    Numbers(FeatureTable),
    Codes(CodedTable),
}

impl Rows {
    /// The number of samples.
    pub(super) fn height(&self) -> usize {
        match self {
            Self::Numbers(table) => table.height(),
            Self::Codes(table) => table.height(),
        }
    }

    /// The number of features.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Numbers(table) => table.width(),
            Self::Codes(table) => table.width(),
        }
    }
}
