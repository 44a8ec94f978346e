//! How likely is the event at a score?
//!
//! A score's log-odds are biased wherever bins are smoothed and features say the same twice. A
//! [`Calibrator`], fitted on rows that the score was not learnt from, maps them to probabilities;
//! [`CalibrationMethod`] says with which family of curves. None of them ever falls, so the ranking
//! of rows stays as it is.
//!
//! linfa-linear's isotonic regression is not what stands behind [`CalibrationMethod::Isotonic`]: it
//! keeps one end of each pool only, reads weights as `f32`, takes a pool's place from the order of
//! the rows, and turns round in silence when the correlation is below zero. Pooling adjacent
//! violators is [`pooled`](pool::pooled), a dozen lines.

mod pool;

mod likelihood;

mod beta;
mod curve;
mod isotonic;
mod platt;

mod calibrator;

pub use calibrator::{CalibrationMethod, Calibrator};
