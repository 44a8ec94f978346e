//! What is wrong with bytes that the reader of workbooks does not take, in words of our own, which can be
//! told in Chinese too; those of the other crate follow as a detail.

use calamine::{OdsError, XlsError, XlsxError};

use crate::ingest::guard::Broken;
use crate::sentence::{Sentence, says};

impl Broken for XlsxError {
    fn kind(&self) -> Sentence {
        match self {
            Self::Password => says!("an encrypted workbook"),
            Self::Zip(error) => error.kind(),
            Self::FileNotFound(_) | Self::RelationshipNotFound => says!("an archive that is no workbook"),
            _ => says!("a damaged workbook"),
        }
    }
}

impl Broken for XlsError {
    fn kind(&self) -> Sentence {
        match self {
            Self::Password => says!("an encrypted workbook"),
            Self::Cfb(_) => says!("a document of Office that is no workbook, or a damaged one"),
            _ => says!("a damaged workbook"),
        }
    }
}

impl Broken for OdsError {
    fn kind(&self) -> Sentence {
        match self {
            Self::Password => says!("an encrypted workbook"),
            Self::Zip(error) => error.kind(),
            Self::FileNotFound(_) | Self::InvalidMime(_) => says!("an archive that is no workbook"),
            _ => says!("a damaged workbook"),
        }
    }
}
