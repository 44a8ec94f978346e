//! The features of the samples, either as numbers or as codes of one byte.
//!
//! A few ten thousand samples are kept as numbers. Of millions each feature is kept as the number of its
//! bin among 256, which is an eighth of the memory and what the cards look at anyway.

use crate::features::FeatureTable;
use crate::model::CodedTable;

/// The features of the samples.
pub(super) enum SampleFeatures {
    Numbers(FeatureTable),
    Codes(CodedTable),
}

impl SampleFeatures {
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
