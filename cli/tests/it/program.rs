//! The built program, and a district that it assessed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program, in English whatever the locale.
pub(crate) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wherewithal"));
    program.args(["--lang", "en"]);
    program
}

/// What a run ended with and said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) errors: String,
}

/// Runs the program with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    let run = program().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: run.status.code(), said: text(&run.stdout), errors: text(&run.stderr) }
}

/// What a good run says.
pub(crate) fn good(arguments: &[&str]) -> String {
    let ran = run(arguments);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.errors);
    ran.said
}

/// The bundled data.
pub(crate) fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data").join(name);
    path.canonicalize().unwrap().to_str().unwrap().to_owned()
}

pub(crate) const DAY: &str = "2018-06-30";

/// What signs the model of [`trained`].
pub(crate) const SECRET: &str = "a secret of the tests\n";

/// The folder of a run that trained on the bundled district, and signed what it learnt.
pub(crate) fn trained() -> &'static Path {
    static RUN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, out) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run");
        let (sources, secret) = (data("district"), folder.path().join("secret"));
        std::fs::write(&secret, SECRET).unwrap();
        let (secret, to) = (secret.to_str().unwrap(), out.to_str().unwrap());
        good(&["assess", "--sources", &sources, "--train", "--sign-with", secret, "--as-of", DAY, "--out", to]);
        (folder, out)
    });
    out
}
