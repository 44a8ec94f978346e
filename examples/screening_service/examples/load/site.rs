//! A service of its own with a simulated list.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::people::{person, record};
use crate::{Args, Fault};

/// The service while it runs, and its folder.
pub(crate) struct Site {
    child: Child,
    program: PathBuf,
    folder: PathBuf,
    pub(crate) public: SocketAddr,
    pub(crate) bank: String,
    pub(crate) court: String,
}

impl Site {
    /// Makes a folder of files and starts the service on them.
    pub(crate) fn start(args: &Args) -> Result<Self, Fault> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = std::env::temp_dir().join(format!("screening-load-{}", std::process::id()));
        let program = args.program.canonicalize().map_err(|fault| format!("{}: {fault}", args.program.display()))?;
        let mut make = Command::new("bash");
        make.arg(here.join("site.sh")).arg(&folder).env("PROGRAM", &program).stdout(Stdio::null());
        let made = make.envs([("PUBLIC_PORT", "0"), ("ADMIN_PORT", "0"), ("RATE", "1000000")]).status()?;
        if !made.success() {
            return Err("site.sh failed".into());
        }
        let mut list = String::new();
        for i in 0..args.entries {
            list += &serde_json::to_string(&record(&i.to_string(), person(2 * i)?))?;
            list.push('\n');
        }
        std::fs::write(folder.join("list.ndjson"), list)?;
        let settings = folder.join("service.toml");
        let (most, all) = (args.slow + args.malformed + 100, 2 * (args.slow + args.malformed) + 200);
        let limits = format!("[limits]\nconnections = {all}\nconnections_per_address = {most}");
        std::fs::write(&settings, std::fs::read_to_string(&settings)?.replace("[limits]", &limits))?;
        let mut child = Command::new(&program).arg("serve").arg(&settings).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let public = line.split("://").nth(1).and_then(|rest| rest.split(',').next()).ok_or("it does not start")?;
        let key = |name: &str| std::fs::read_to_string(folder.join(name)).map(|key| key.trim_end().to_owned());
        let (bank, court) = (key("bank.key")?, key("court.key")?);
        Ok(Self { public: public.parse()?, child, program, bank, court, folder })
    }

    /// Its resident memory in MB.
    pub(crate) fn memory(&self) -> Result<f64, Fault> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no memory is told")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1000.0)
    }

    /// Stops it and follows the chain of its audit, which it says.
    pub(crate) fn stop(mut self) -> Result<String, Fault> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let ended = self.child.wait()?;
        let checked =
            Command::new(&self.program).args(["audit", "check"]).arg(self.folder.join("audit.log")).output()?;
        if !ended.success() || !checked.status.success() {
            return Err(format!("{ended}; {}", String::from_utf8_lossy(&checked.stderr)).into());
        }
        Ok(String::from_utf8(checked.stdout)?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
