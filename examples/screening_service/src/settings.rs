//! What the service is told by its one file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use wherewithal::domain::Day;

use crate::Fault;
use crate::secret::Secret;

/// The file. Secrets are not in it: it names files or variables that hold them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where strangers are heard; without `tls` on loopback alone.
    pub(crate) listen: SocketAddr,
    /// Where health and metrics are asked for, on loopback.
    pub(crate) metrics: SocketAddr,
    /// A line for every answer.
    pub(crate) audit: PathBuf,
    /// A folder for the changes that made an edition.
    pub(crate) editions: PathBuf,
    /// The secret under which partners' keys are hashed.
    pub(crate) pepper: Secret,
    pub(crate) tls: Option<Tls>,
    pub(crate) list: List,
    #[serde(default)]
    pub(crate) limits: Limits,
    pub(crate) partners: Vec<PartnerSettings>,
}

/// Certificate chain and private key, PEM.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// The list before any change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    /// Public records, one JSON object a line or a table.
    pub(crate) file: PathBuf,
    /// How a list is written that is not the public one.
    pub(crate) form: Option<PathBuf>,
    /// The day it is of.
    pub(crate) day: Day,
    /// The secret shared with the list's owner.
    pub(crate) key: Secret,
}

/// Somebody who may ask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartnerSettings {
    /// How the audit names it.
    pub(crate) name: String,
    /// What `screening-service key` printed when its key was made.
    pub(crate) key_hash: String,
    /// The activities it may ask about.
    #[serde(default)]
    pub(crate) activities: Vec<String>,
    /// Whether it owns the list and so may change it.
    #[serde(default)]
    pub(crate) owns_list: bool,
    /// Requests a second, in the long run.
    pub(crate) per_second: std::num::NonZeroU32,
    /// Requests at once.
    pub(crate) at_once: std::num::NonZeroU32,
}

/// Bounds on everything that comes from outside.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) head_bytes: usize,
    pub(crate) body_bytes: usize,
    pub(crate) change_bytes: usize,
    pub(crate) text_characters: usize,
    pub(crate) identifiers: usize,
    pub(crate) head_seconds: u32,
    pub(crate) body_seconds: u32,
    pub(crate) idle_seconds: u32,
    pub(crate) write_seconds: u32,
    pub(crate) answer_seconds: u32,
    pub(crate) stop_seconds: u32,
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    pub(crate) answers_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 8 << 10,
            body_bytes: 32 << 10,
            change_bytes: 4 << 20,
            text_characters: 256,
            identifiers: 16,
            head_seconds: 5,
            body_seconds: 10,
            idle_seconds: 60,
            write_seconds: 10,
            answer_seconds: 5,
            stop_seconds: 10,
            connections: 1024,
            connections_per_address: 64,
            answers_at_once: 32,
        }
    }
}

impl Limits {
    /// Every limit by its name; none may be zero.
    fn zero(&self) -> Option<&'static str> {
        let sizes = [
            ("head_bytes", self.head_bytes),
            ("body_bytes", self.body_bytes),
            ("change_bytes", self.change_bytes),
            ("text_characters", self.text_characters),
            ("identifiers", self.identifiers),
            ("connections", self.connections),
            ("connections_per_address", self.connections_per_address),
            ("answers_at_once", self.answers_at_once),
        ];
        let times = [
            ("head_seconds", self.head_seconds),
            ("body_seconds", self.body_seconds),
            ("idle_seconds", self.idle_seconds),
            ("write_seconds", self.write_seconds),
            ("answer_seconds", self.answer_seconds),
            ("stop_seconds", self.stop_seconds),
        ];
        let size = sizes.into_iter().find(|(_, value)| *value == 0).map(|(name, _)| name);
        size.or_else(|| times.into_iter().find(|(_, value)| *value == 0).map(|(name, _)| name))
    }
}

/// A limit in seconds.
pub(crate) fn seconds(limit: u32) -> Duration {
    Duration::from_secs(u64::from(limit))
}

impl Settings {
    /// Reads the file; paths in it are taken from its folder.
    ///
    /// # Errors
    ///
    /// With line and column for a setting that is unknown, missing or of another form; with its name for one that is out of
    /// range.
    pub(crate) fn read(path: &Path) -> Result<Self, Fault> {
        let text = std::fs::read_to_string(path).map_err(|fault| format!("{}: {fault}", path.display()))?;
        let mut settings = Self::parse(&text).map_err(|fault| format!("{}: {fault}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let rest = |path: &mut PathBuf| *path = folder.join(&*path);
        rest(&mut settings.audit);
        rest(&mut settings.editions);
        rest(&mut settings.list.file);
        settings.list.form.iter_mut().for_each(rest);
        if let Some(tls) = &mut settings.tls {
            rest(&mut tls.certificate);
            rest(&mut tls.key);
        }
        for secret in [&mut settings.pepper, &mut settings.list.key] {
            if let Secret::File(path) = secret {
                rest(path);
            }
        }
        Ok(settings)
    }

    /// Which settings differ that only a restart brings in.
    pub(crate) fn left_for_restart(&self, fresh: &Self) -> Vec<&'static str> {
        let differ = [
            ("listen", self.listen != fresh.listen),
            ("metrics", self.metrics != fresh.metrics),
            ("audit", self.audit != fresh.audit),
            ("tls", self.tls.is_some() != fresh.tls.is_some()),
            ("limits", self.limits != fresh.limits),
        ];
        differ.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        // Not what the parser prints, which repeats the line.
        let settings: Self = toml::from_str(text).map_err(|fault| {
            let (line, column) = place(text, fault.span().map_or(0, |span| span.start));
            format!("line {line}, column {column}: {}", fault.message())
        })?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            return Err(format!(
                "listen: {} is no loopback address, which plain HTTP is kept to; see [tls]",
                self.listen
            )
            .into());
        }
        if !self.metrics.ip().is_loopback() {
            return Err(format!("metrics: {} is no loopback address", self.metrics).into());
        }
        if let Some(name) = self.limits.zero() {
            return Err(format!("limits.{name}: 0, expected more").into());
        }
        if self.partners.is_empty() {
            return Err("partners: none, so nobody could ask".into());
        }
        Ok(())
    }
}

/// Line and column of a byte, counted from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
listen = "127.0.0.1:0"
metrics = "127.0.0.1:0"
audit = "audit"
editions = "editions"
pepper = { file = "pepper" }

[list]
file = "list"
day = "2026-01-05"
key = { env = "LIST_KEY" }

[[partners]]
name = "bank"
key_hash = "00"
per_second = 1
at_once = 1
"#;

    fn fault(from: &str, to: &str) -> String {
        assert!(LEAST.contains(from), "{from}");
        Settings::parse(&LEAST.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn the_least_will_do_and_has_limits() {
        let settings = Settings::parse(LEAST).unwrap();
        assert_eq!((settings.limits.body_bytes, settings.limits.connections_per_address), (32_768, 64));
        assert!(settings.tls.is_none() && !settings.partners[0].owns_list);
    }

    #[test]
    fn what_only_a_restart_brings_in_is_named() {
        let started = Settings::parse(LEAST).unwrap();
        assert!(started.left_for_restart(&Settings::parse(LEAST).unwrap()).is_empty());
        let fresh = LEAST.replace("127.0.0.1:0", "127.0.0.1:1").replace("\"audit\"", "\"other\"");
        let fresh =
            fresh.replace("[list]", "[limits]\nbody_bytes = 5\n[tls]\ncertificate = \"a\"\nkey = \"b\"\n[list]");
        let left = started.left_for_restart(&Settings::parse(&fresh).unwrap());
        assert_eq!(left, ["listen", "metrics", "audit", "tls", "limits"]);
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_place() {
        let found = fault("day =", "dya =");
        assert!(found.starts_with("line 10, column 1: unknown field `dya`"), "{found}");
        assert!(fault("[list]", "[limits]\nbody = 5\n[list]").starts_with("line 9, column 1: unknown field `body`"));
        assert!(
            fault("file = \"pepper\"", "value = \"hunter2\"").starts_with("line 6, column 12: unknown variant `value`")
        );
        assert!(!fault("file = \"pepper\"", "value = \"hunter2\"").contains("hunter2"));
        assert!(fault("per_second = 1", "per_second = 0").starts_with("line 16, column 14"));
    }

    #[test]
    fn plain_http_stays_at_home() {
        assert!(fault("listen = \"127.0.0.1:0\"", "listen = \"0.0.0.0:80\"").contains("no loopback address"));
        assert!(fault("metrics = \"127.0.0.1:0\"", "metrics = \"[::]:80\"").contains("no loopback address"));
        let with_tls = LEAST.replace("127.0.0.1:0\"\nmetrics", "0.0.0.0:443\"\nmetrics");
        Settings::parse(&with_tls.replace("[list]", "[tls]\ncertificate = \"c\"\nkey = \"k\"\n[list]")).unwrap();
    }

    #[test]
    fn no_limit_is_zero() {
        assert_eq!(fault("[list]", "[limits]\nbody_seconds = 0\n[list]"), "limits.body_seconds: 0, expected more");
    }
}
