//! Who asked what, and what is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use wherewithal::domain::Day;
use wherewithal::screening::{Application, Change, Edition, Screener, ScreeningAnswer, Shared, screen};

use crate::Fault;
use crate::audit::{Audit, Entry};
use crate::editions::Editions;
use crate::metrics::Metrics;
use crate::partners::{Partner, Partners};
use crate::question::{self, Question};
use crate::reply::Reply;
use crate::request::Head;
use crate::routes::{Route, Side};
use crate::secret::KeyHasher;
use crate::settings::{Limits, Settings, seconds};

/// All that requests share.
pub(crate) struct Service {
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Requests that are being answered.
    pub(crate) under_way: AtomicUsize,
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
}

impl Service {
    /// Puts together what the settings name. Also says what a person should know of it.
    ///
    /// # Errors
    ///
    /// When something named cannot be used.
    pub(crate) fn new(settings: &Settings, audit: Audit) -> Result<(Self, String), Fault> {
        let (editions, said) = Editions::open(settings)?;
        let partners = partners(settings, &editions.current)?;
        let service = Self {
            limits: settings.limits.clone(),
            metrics: Metrics::new()?,
            under_way: AtomicUsize::new(0),
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
        let (fresh, said) = Editions::open(settings)?;
        let partners = partners(settings, &fresh.current)?;
        self.own("reload", fresh.current.list().edition()).await?;
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
        let screener = self.screener.current();
        self.own(what, screener.list().edition()).await
    }

    async fn own(&self, what: &'static str, edition: &Edition) -> Result<(), Fault> {
        let entry = Entry { what, ..of_edition(edition) };
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
            let known = head.key.as_ref().and_then(|key| self.partners.current().of(key));
            let known = known.ok_or_else(|| Reply::refused(401))?;
            known.count().map_err(|wait| {
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Reply::refused(429).with("retry-after", whole.max(1).to_string())
            })?;
            partner = Some(known);
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
        Ok(Admitted { route, partner, most })
    }

    /// Answers, and writes a line about it before.
    pub(crate) async fn answer(&self, admitted: &Admitted, body: &[u8]) -> Reply {
        match (admitted.route, &admitted.partner) {
            (Route::Screen, Some(partner)) => self.screened(partner, body).await,
            (Route::Change, Some(partner)) => self.changed(partner, body).await,
            (Route::Edition, Some(_)) => Reply::json(200, self.screener.current().list().edition()),
            (Route::Description, _) => Reply::text(200, "application/json", crate::routes::DESCRIPTION),
            (Route::Health, _) => self.health(),
            (Route::Metrics, _) => match self.metrics.text() {
                Ok(text) => Reply::text(200, "text/plain; version=0.0.4; charset=utf-8", text),
                Err(_) => Reply::refused(500),
            },
            (_, None) => Reply::refused(401),
        }
    }

    fn health(&self) -> Reply {
        let document = |status: &str| {
            let screener = self.screener.current();
            serde_json::json!({ "status": status, "edition": screener.list().edition().number })
        };
        if self.audit.is_well() { Reply::json(200, &document("well")) } else { Reply::json(503, &document("no audit")) }
    }

    async fn screened(&self, partner: &Partner, body: &[u8]) -> Reply {
        let screener = Arc::clone(&self.screener.current());
        let mut entry = Entry { path: Some("/screen"), ..of_edition(screener.list().edition()) };
        let reply = match self.compared(partner, &screener, body).await {
            Ok((answer, activity)) => {
                let outcome = serde_json::to_value(answer.outcome).unwrap_or_default();
                self.metrics.outcome(outcome.as_str().unwrap_or_default());
                entry.outcome = Some(outcome);
                entry.activity = activity;
                entry.on = Some(answer.receipt.on.to_string());
                entry.rules = answer.restrictions.iter().map(|restriction| restriction.rule.clone()).collect();
                entry.rules.sort_unstable();
                entry.rules.dedup();
                entry.question_digest = Some(answer.receipt.application.clone());
                entry.answer_digest = Some(answer.receipt.answer.clone());
                Reply::json(200, &answer)
            }
            Err(reply) => reply,
        };
        self.audited(partner, entry, reply).await
    }

    /// Compares, unless the question is not to be asked.
    async fn compared(
        &self,
        partner: &Partner,
        screener: &Arc<Screener>,
        body: &[u8],
    ) -> Result<(ScreeningAnswer, Option<String>), Reply> {
        let refused = |(status, reason): (u16, String)| Reply::because(status, &reason);
        let question: Question = question::read(body).map_err(refused)?;
        if !partner.may_ask(&question.activity) {
            return Err(Reply::refused(403));
        }
        question.check(&self.limits).map_err(refused)?;
        let application = Application::from(question);
        let longest = seconds(self.limits.answer_seconds);
        let permit = timeout(longest, Arc::clone(&self.answering).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(Reply::refused(503)) };
        let screener = Arc::clone(screener);
        // Away from the threads that read and write. The permit goes along: whoever is given up on still counts.
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let answer = screen(&screener, &application);
            (answer, application.activity)
        });
        match timeout(longest, work).await {
            Ok(Ok((Ok(answer), activity))) => Ok((answer, activity)),
            Ok(Ok((Err(fault), _))) => Err(Reply::because(422, &fault.to_string())),
            Ok(Err(_)) => Err(Reply::refused(500)),
            Err(_) => Err(Reply::refused(503)),
        }
    }

    async fn changed(&self, partner: &Partner, body: &[u8]) -> Reply {
        let of = |screener: &Screener| Entry { path: Some("/changes"), ..of_edition(screener.list().edition()) };
        let now = of(&self.screener.current());
        if !partner.owns_list {
            return self.audited(partner, now, Reply::refused(403)).await;
        }
        let read = question::read::<(Day, Vec<Change>)>(body).and_then(|(day, changes)| {
            question::check_changes(&changes, &self.limits)?;
            Ok((day, changes))
        });
        let (day, changes) = match read {
            Ok(read) => read,
            Err((status, reason)) => return self.audited(partner, now, Reply::because(status, &reason)).await,
        };
        let mut editions = self.editions.lock().await;
        let made = tokio::task::block_in_place(|| editions.next(day, changes));
        let next = match made {
            Ok(Ok(next)) => next,
            Ok(Err(misfit)) => return self.audited(partner, now, Reply::because(409, &misfit.to_string())).await,
            Err(fault) => {
                eprintln!("an edition could not be kept: {fault}");
                return self.audited(partner, now, Reply::refused(500)).await;
            }
        };
        let reply = Reply::json(200, next.screener.list().edition());
        let (reply, entry) = (self.audited(partner, of(&next.screener), reply).await, of(&next.screener));
        if reply.status != 200 {
            return reply;
        }
        if let Err(fault) = editions.stand(next) {
            eprintln!("an edition could not be kept: {fault}");
            return self.audited(partner, entry, Reply::refused(500)).await;
        }
        self.screener.replace(Arc::clone(&editions.current));
        self.show_edition();
        reply
    }

    /// The reply, once a line about it is on disk; without the line no reply.
    async fn audited(&self, partner: &Partner, entry: Entry, reply: Reply) -> Reply {
        let partner = Some(partner.name.clone());
        let entry = Entry { what: "answer", partner, status: Some(reply.status), ..entry };
        match self.audit.write(entry).await {
            Some(mark) => {
                self.metrics.audit_lines.set(i64::try_from(mark.line).unwrap_or(i64::MAX));
                reply.with("audit-line", mark.to_string())
            }
            None => {
                self.metrics.unaudited.inc();
                Reply::refused(503)
            }
        }
    }

    /// Counts a request as under way as long as this is held.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(&self.under_way)
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

fn of_edition(edition: &Edition) -> Entry {
    Entry { edition: edition.number, edition_digest: edition.digest.clone(), ..Entry::default() }
}
