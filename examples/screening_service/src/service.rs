//! What requests share, and which of them are heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Semaphore, watch};
use wherewithal::screening::{Edition, Screener, Shared};

use crate::Fault;
use crate::audit::Audit;
use crate::chain::{Entry, Stood};
use crate::editions::Editions;
use crate::metrics::Metrics;
use crate::partners::{Partner, Partners};
use crate::reply::Reply;
use crate::request::Head;
use crate::routes::{Route, Side};
use crate::secret::KeyHasher;
use crate::settings::{Limits, Settings};

mod answers;

/// All that requests share.
pub(crate) struct Service {
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Requests that are being answered.
    pub(crate) under_way: AtomicUsize,
    /// Whether it stops: no request begins any more.
    stopping: watch::Sender<bool>,
    audit: Audit,
    partners: Shared<Partners>,
    screener: Shared<Arc<Screener>>,
    /// Held while an edition is made, so that no change is lost; questions never touch it.
    editions: Mutex<Editions>,
    answering: Arc<Semaphore>,
}

/// A request that may be read on: its route, and who asks.
pub(crate) struct Admitted {
    pub(crate) route: Route,
    partner: Option<Arc<Partner>>,
    /// The most bytes of its body.
    pub(crate) most: usize,
    /// Whether its partner may ask this at all: who may not is told so, and its body is not read.
    pub(crate) is_allowed: bool,
}

impl Service {
    /// Puts together what the settings name. Also says what a person should know of it.
    ///
    /// # Errors
    ///
    /// When something named cannot be used.
    pub(crate) fn new(settings: &Settings, (audit, stood): (Audit, Stood)) -> Result<(Self, String), Fault> {
        let (editions, said) = Editions::open(settings, stood)?;
        let partners = partners(settings, &editions.current)?;
        let service = Self {
            limits: settings.limits.clone(),
            metrics: Metrics::new()?,
            under_way: AtomicUsize::new(0),
            stopping: watch::Sender::new(false),
            audit,
            partners: Shared::new(partners),
            screener: Shared::new(Arc::clone(&editions.current)),
            editions: Mutex::new(editions),
            answering: Arc::new(Semaphore::new(settings.limits.answers_at_once)),
        };
        service.show_edition();
        Ok((service, said))
    }

    /// Reads list and partners again; while it does, questions are answered from what there was.
    ///
    /// # Errors
    ///
    /// When something cannot be used: everything stays as it was.
    pub(crate) async fn reload(&self, settings: &Settings) -> Result<String, Fault> {
        let mut editions = self.editions.lock().await;
        let (fresh, said) = Editions::open(settings, editions.stood())?;
        let partners = partners(settings, &fresh.current)?;
        self.own("reload", standing(&fresh)).await?;
        self.screener.replace(Arc::clone(&fresh.current));
        self.partners.replace(partners);
        *editions = fresh;
        self.show_edition();
        Ok(said)
    }

    /// Writes down what the service does of its own.
    ///
    /// # Errors
    ///
    /// When no line can be written.
    pub(crate) async fn note(&self, what: &'static str) -> Result<(), Fault> {
        // At a stop somebody may hold the editions for good.
        let entry = match self.editions.try_lock() {
            Ok(editions) => standing(&editions),
            Err(_) => of_edition(self.screener.current().list().edition()),
        };
        self.own(what, entry).await
    }

    async fn own(&self, what: &'static str, entry: Entry) -> Result<(), Fault> {
        let entry = Entry { what, ..entry };
        let mark = self.audit.write(entry).await.ok_or("no line of the audit can be written")?;
        self.metrics.audit_lines.set(i64::try_from(mark.line).unwrap_or(i64::MAX));
        Ok(())
    }

    fn show_edition(&self) {
        let screener = self.screener.current();
        self.metrics.edition.set(i64::from(screener.list().edition().number));
        self.metrics.entries.set(i64::try_from(screener.list().len()).unwrap_or(i64::MAX));
    }

    /// Looks at a head: is there such a thing, who asks, and may they?
    ///
    /// # Errors
    ///
    /// The refusal, for which no body was read.
    pub(crate) fn admit(&self, side: Side, head: &Head) -> Result<Admitted, Reply> {
        let route = Route::find(side, &head.method, &head.path)?;
        let (mut partner, mut most) = (None, 0);
        if route.wants_key() {
            let known = head.key.as_ref().and_then(|key| self.partners.current().find(key));
            let known = known.ok_or_else(|| Reply::refused(401))?;
            known.count().map_err(|wait| {
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Reply::refused(429).with("retry-after", whole.max(1).to_string())
            })?;
            partner = Some(known);
        }
        let is_allowed = route != Route::Change || partner.as_ref().is_some_and(|partner| partner.owns_list);
        if !is_allowed {
            return Ok(Admitted { route, partner, most: 0, is_allowed });
        }
        if route.takes_body() {
            if !head.is_json {
                return Err(Reply::refused(415));
            }
            most = if route == Route::Change { self.limits.change_bytes } else { self.limits.body_bytes };
        }
        if head.length > most {
            return Err(Reply::refused(413));
        }
        Ok(Admitted { route, partner, most, is_allowed })
    }

    /// Counts a request as under way as long as this is held; nothing at a stop.
    pub(crate) fn begin(&self) -> Option<UnderWay<'_>> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let under_way = UnderWay(&self.under_way);
        (!self.is_stopping()).then_some(under_way)
    }

    /// From here on no request begins.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits for the stop.
    pub(crate) async fn stopped(&self) {
        // The sender is this service's own.
        let _ = self.stopping.subscribe().wait_for(|stops| *stops).await;
    }
}

/// A request that is being answered.
pub(crate) struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn partners(settings: &Settings, screener: &Screener) -> Result<Partners, Fault> {
    Partners::new(KeyHasher::new(&settings.pepper.read()?), &settings.partners, screener.activities())
}

/// The edition that stands, as edition of its list.
fn standing(editions: &Editions) -> Entry {
    Entry { list: Some(editions.list.clone()), ..of_edition(editions.current.list().edition()) }
}

fn of_edition(edition: &Edition) -> Entry {
    Entry { edition: edition.number, edition_digest: edition.digest.clone(), ..Entry::default() }
}
