//! What is answered, and the line about it.

use std::sync::Arc;

use tokio::time::timeout;
use wherewithal::domain::Day;
use wherewithal::screening::{Application, Change, Screener, ScreeningAnswer, screen};

use super::{Admitted, Service, of_edition, standing};
use crate::chain::Entry;
use crate::partners::Partner;
use crate::question::{self, Question};
use crate::reply::Reply;
use crate::routes::{DESCRIPTION, Route};
use crate::settings::seconds;

impl Service {
    /// Answers, and writes a line about it before.
    pub(crate) async fn answer(&self, admitted: &Admitted, body: &[u8]) -> Reply {
        match (admitted.route, &admitted.partner) {
            (Route::Screen, Some(partner)) => self.screened(partner, body).await,
            (Route::Change, Some(partner)) => self.changed(partner, body).await,
            (Route::Edition, Some(_)) => Reply::json(200, self.screener.current().list().edition()),
            (Route::Description, _) => Reply::text(200, "application/json", DESCRIPTION),
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
        let path = Some("/changes");
        let now = Entry { path, ..of_edition(self.screener.current().list().edition()) };
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
        let now = Entry { path, ..standing(&editions) };
        let made = tokio::task::block_in_place(|| editions.next(day, changes));
        let next = match made {
            Ok(Ok(next)) => next,
            Ok(Err(misfit)) => return self.audited(partner, now, Reply::because(409, &misfit.to_string())).await,
            Err(fault) => {
                eprintln!("an edition could not be kept: {fault}");
                return self.audited(partner, now, Reply::refused(500)).await;
            }
        };
        let made = next.screener.list().edition();
        let entry = Entry { path, list: now.list.clone(), ..of_edition(made) };
        let reply = self.audited(partner, entry, Reply::json(200, made)).await;
        if reply.status != 200 {
            return reply;
        }
        if let Err(fault) = editions.stand(next) {
            eprintln!("an edition could not be kept: {fault}");
            return self.audited(partner, now, Reply::refused(500)).await;
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
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::audit::Audit;
    use crate::request;
    use crate::routes::Side;
    use crate::secret::KeyHasher;
    use crate::settings::Settings;

    #[test]
    fn who_waits_too_long_is_told_so_and_it_is_written_down() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            std::fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(0o600)).unwrap();
        };
        let secret = "a secret of this test";
        write("secret", secret);
        write("list", "iname,caseCode,publishDate\n张三,（2024）苏0213执123号,2025-01-10\n");
        let hash = KeyHasher::new(secret.as_bytes()).hash("key");
        let settings = format!(
            "listen = '127.0.0.1:0'\nmetrics = '127.0.0.1:0'\naudit = 'audit'\neditions = 'editions'\n\
             pepper = {{ file = 'secret' }}\nlimits = {{ answers_at_once = 1, answer_seconds = 1 }}\n\
             list = {{ file = 'list', day = '2026-01-05', key = {{ file = 'secret' }} }}\n[[partners]]\nname = 'bank'\n\
             key_hash = '{hash}'\nactivities = ['loan']\nper_second = 9\nat_once = 9\n"
        );
        write("settings", &settings);
        let settings = Settings::read(&folder.path().join("settings")).unwrap();
        let (audit, _, checked) = Audit::open(&settings.audit).unwrap();
        let (service, _) = Service::new(&settings, (audit, checked.stood)).unwrap();
        let body = r#"{"application_id":"1","name":"张三","activity":"loan","on":"2026-01-06"}"#.as_bytes();
        let head = format!(
            "POST /screen HTTP/1.1\r\nhost: a\r\nauthorization: Bearer key\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        let (head, _) = request::parse(head.as_bytes()).unwrap().unwrap();
        let admitted = service.admit(Side::Public, &head).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let held = Arc::clone(&service.answering).acquire_owned().await.unwrap();
            assert_eq!(service.answer(&admitted, body).await.status, 503);
            drop(held);
            assert_eq!(service.answer(&admitted, body).await.status, 200);
        });
        assert!(std::fs::read_to_string(&settings.audit).unwrap().contains("\"status\":503"));
    }
}
