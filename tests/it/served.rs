//! A PostgreSQL server of the tests' own, where its programs are installed.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use wherewithal::ingest::DatabaseUrl;

/// No part of a message may hold it.
pub(crate) const PASSWORD: &str = "correct-horse-7";

/// A server that ends with its last user.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    child: Child,
}

impl Server {
    /// The server that the tests of this run share; none, and a word about it, where PostgreSQL is not installed.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let Some(programs) = programs() else {
            println!("skipped: no initdb and postgres are installed");
            return None;
        };
        let server = Arc::new(Self::start(&programs));
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    fn start(programs: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, secret) = (folder.path().join("data"), folder.path().join("secret"));
        fs::write(&secret, PASSWORD).unwrap();
        // The server refuses to run as root.
        let owner = (user("-u", "root") == user("-u", "")).then(|| unprivileged().unwrap());
        for path in owner.iter().flat_map(|_| [folder.path(), secret.as_path()]) {
            chown(path, owner.map(|owner| owner.0), owner.map(|owner| owner.1)).unwrap();
        }
        let run = |name: &str| {
            let mut command = Command::new(programs.join(name));
            command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let made = run("initdb")
            .arg("-D")
            .arg(&data)
            .args(["-U", "court", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"])
            .arg("--pwfile")
            .arg(&secret)
            .status();
        assert!(made.unwrap().success(), "initdb failed");
        let child = run("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-F", "-c", "listen_addresses="])
            .spawn()
            .unwrap();
        let server = Self { folder, child };
        let patience = Instant::now() + Duration::from_secs(60);
        while let Err(error) = Client::connect(&server.text("postgres", PASSWORD), NoTls) {
            assert!(Instant::now() < patience, "the server does not answer: {error}");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// A connection string.
    pub(crate) fn text(&self, database: &str, password: &str) -> String {
        format!("host={} user=court password={password} dbname={database}", self.folder.path().display())
    }

    pub(crate) fn url(&self, database: &str) -> DatabaseUrl {
        DatabaseUrl::new(self.text(database, PASSWORD))
    }

    /// An empty database of this name.
    pub(crate) fn database(&self, name: &str) -> Client {
        let mut client = Client::connect(&self.text("postgres", PASSWORD), NoTls).unwrap();
        client.batch_execute(&format!("create database {name}")).unwrap();
        Client::connect(&self.text(name, PASSWORD), NoTls).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At once: the tests are over.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The folder with `initdb` and `postgres`.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let mut folders = folders.into_iter().rev().chain(std::env::split_paths(&path));
    folders.find(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).exists()))
}

fn unprivileged() -> Option<(u32, u32)> {
    ["postgres", "nobody"].iter().find_map(|name| Some((user("-u", name)?, user("-g", name)?)))
}

/// A number of a user, or of the one who runs the tests.
fn user(which: &str, name: &str) -> Option<u32> {
    let mut command = Command::new("id");
    command.arg(which).args(Some(name).filter(|name| !name.is_empty())).stderr(Stdio::null());
    String::from_utf8(command.output().ok()?.stdout).ok()?.trim().parse().ok()
}
