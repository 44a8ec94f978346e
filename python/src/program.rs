//! The program `wherewithal`, the same that Cargo installs.

use std::io::{self, Write};

use pyo3::prelude::*;

/// Runs the program with these arguments, its own name first, and returns its exit code.
#[pyfunction]
pub(crate) fn run(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
    py.allow_threads(|| {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let code = wherewithal_cli::run(arguments, &mut out, &mut err);
        // What a closed pipe did not take is nobody's loss; the program has said every other fault.
        let _ = out.flush();
        code
    })
}
