//! What is counted, for Prometheus. Labels are words of ours alone.

use std::time::Instant;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::Fault;

/// The counts.
pub(crate) struct Metrics {
    registry: Registry,
    replies: IntCounterVec,
    outcomes: IntCounterVec,
    delays: HistogramVec,
    turned_away: IntCounterVec,
    pub(crate) connections: IntGaugeVec,
    pub(crate) edition: IntGauge,
    pub(crate) entries: IntGauge,
    pub(crate) audit_lines: IntGauge,
    pub(crate) unaudited: IntGauge,
}

/// Upper ends of the delays, in seconds.
const DELAYS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Metrics {
    pub(crate) fn new() -> Result<Self, Fault> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| IntCounterVec::new(Opts::new(name, help), labels);
        let gauge = |name: &str, help: &str| IntGauge::new(name, help);
        let delays = HistogramOpts::new("screening_delay_seconds", "From the whole head of a request to its reply.");
        let metrics = Self {
            replies: counter("screening_replies_total", "Replies sent.", &["path", "status"])?,
            outcomes: counter("screening_outcomes_total", "What questions came to.", &["outcome"])?,
            delays: HistogramVec::new(delays.buckets(DELAYS.to_vec()), &["path"])?,
            turned_away: counter("screening_turned_away_total", "Connections ended without a reply.", &["why"])?,
            connections: IntGaugeVec::new(Opts::new("screening_connections", "Connections now."), &["listener"])?,
            edition: gauge("screening_edition", "The number of the current edition.")?,
            entries: gauge("screening_entries", "Entries of the current edition.")?,
            audit_lines: gauge("screening_audit_lines", "Lines of the audit.")?,
            unaudited: gauge("screening_unaudited", "Answers not given since no line could be written for them.")?,
            registry,
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), Fault> {
        for counter in [&self.replies, &self.outcomes, &self.turned_away] {
            self.registry.register(Box::new(counter.clone()))?;
        }
        for gauge in [&self.edition, &self.entries, &self.audit_lines, &self.unaudited] {
            self.registry.register(Box::new(gauge.clone()))?;
        }
        self.registry.register(Box::new(self.connections.clone()))?;
        self.registry.register(Box::new(self.delays.clone()))?;
        Ok(())
    }

    /// Counts a reply.
    pub(crate) fn reply(&self, path: &str, status: u16, begun: Instant) {
        self.replies.with_label_values(&[path, &status.to_string()]).inc();
        self.delays.with_label_values(&[path]).observe(begun.elapsed().as_secs_f64());
    }

    /// Counts what a question came to.
    pub(crate) fn outcome(&self, outcome: &str) {
        self.outcomes.with_label_values(&[outcome]).inc();
    }

    /// Counts a connection that ended without a reply.
    pub(crate) fn turned_away(&self, why: &str) {
        self.turned_away.with_label_values(&[why]).inc();
    }

    /// All counts as text.
    pub(crate) fn text(&self) -> Result<String, Fault> {
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}
