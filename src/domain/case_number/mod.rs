//! Case numbers (案号): reads their spellings and brings them into one form.
//!
//! A number in force since 2016 has five parts: `（2017）苏0205执1234号` is year of filing 2017, court `苏0205`,
//! type 执, serial 1234. The older `（2015）锡执字第123号` names the court by a short name. Sources dress both in
//! many ways; equal numbers become equal texts here, or joins would lose cases.

mod kind;
mod number;
mod read;

pub use kind::CaseKind;
pub use number::{CaseFault, CaseNumber};
