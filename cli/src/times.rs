//! Where the time went.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use wherewithal::domain::Language;

use crate::words::{called, padded, told};

/// Adds up the time of stages, and of the kinds of work within a stage over all threads.
#[derive(Default)]
pub(crate) struct Times(Mutex<Watch>);

#[derive(Default)]
struct Watch {
    stage: Option<(String, Instant)>,
    stages: Vec<(String, Duration)>,
    turned: BTreeMap<String, (String, Instant)>,
    works: BTreeMap<String, Duration>,
}

impl Times {
    pub(crate) fn begin(&self, stage: &str) {
        self.end();
        if let Ok(mut watch) = self.0.lock() {
            watch.stage = Some((stage.to_owned(), Instant::now()));
        }
    }

    pub(crate) fn end(&self) {
        if let Ok(mut watch) = self.0.lock()
            && let Some((stage, since)) = watch.stage.take()
        {
            watch.stages.push((stage, since.elapsed()));
        }
    }

    pub(crate) fn turn_to(&self, thread: ThreadId, work: &str) {
        if let Ok(mut watch) = self.0.lock() {
            let now = Instant::now();
            if let Some((before, since)) = watch.turned.insert(format!("{thread:?}"), (work.to_owned(), now))
                && !before.is_empty()
            {
                *watch.works.entry(before).or_default() += now - since;
            }
        }
    }

    /// The table: stages by the clock on the wall, kinds of work in seconds of threads.
    pub(crate) fn table(&self, language: Language) -> String {
        let Ok(watch) = self.0.lock() else { return String::new() };
        let line = |name: &str, time: &Duration| {
            format!("  {} {:>9.3} s\n", padded(&called(name, language), 28), time.as_secs_f64())
        };
        let stages: String = watch.stages.iter().map(|(name, time)| line(name, time)).collect();
        let mut works: Vec<_> = watch.works.iter().collect();
        works.sort_by(|a, b| b.1.cmp(a.1));
        let works: String = works.into_iter().map(|(name, time)| line(name, time)).collect();
        let headings = ["where the time went, by stage:", "within the assessment, over all threads:"];
        let [by_stage, within] = headings.map(|heading| told(heading, language));
        let within = if works.is_empty() { String::new() } else { format!("{within}\n{works}") };
        format!("{by_stage}\n{stages}{within}").trim_end().to_owned()
    }
}
