//! The program `wherewithal`.

use std::io;
use std::process::ExitCode;

/// Many threads that ask for much memory for a short time wait for each other with most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(wherewithal_cli::run(std::env::args_os(), &mut io::stdout(), &mut io::stderr()))
}
