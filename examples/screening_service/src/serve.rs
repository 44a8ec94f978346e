//! The service from start to stop.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use wherewithal::screening::Shared;

use crate::Fault;
use crate::audit::{Audit, STOP};
use crate::door::{Door, acceptor, listen};
use crate::routes::Side;
use crate::service::Service;
use crate::settings::{Settings, seconds};

/// Serves until a signal ends it.
///
/// # Errors
///
/// When it cannot start, or the stop cannot be written down.
pub(crate) fn serve(config: &Path) -> Result<(), Fault> {
    // From here on, so that none is lost.
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let settings = Settings::read(config)?;
    let (audit, writer, checked) = Audit::open(&settings.audit)?;
    let torn = checked.torn;
    if torn > 0 {
        eprintln!("{}: {torn} bytes of a line that was never answered are cut off", settings.audit.display());
    }
    let (service, said) = Service::new(&settings, (audit, checked.stood))?;
    eprintln!("{said}");
    let service = Arc::new(service);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (public, doors) = runtime.block_on(open(&settings, &service))?;
    for signal in signals.forever() {
        if signal != SIGHUP {
            break;
        }
        match runtime.block_on(reload((config, &settings), (&service, &public))) {
            Ok(said) => eprintln!("read again: {said}"),
            Err(fault) => eprintln!("all stays as it was: {fault}"),
        }
    }
    doors.iter().for_each(JoinHandle::abort);
    stop(&runtime, &service)?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    drop((public, doors));
    drop(service);
    // Ends with the last sender; whoever still holds one would be given no reply anyway.
    drop(writer);
    Ok(())
}

/// Opens both listeners and says where they are.
async fn open(settings: &Settings, service: &Arc<Service>) -> Result<(Arc<Door>, Vec<JoinHandle<()>>), Fault> {
    let tls = settings.tls.as_ref().map(acceptor).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let door = |side, tls| Arc::new(Door { side, tls, service: Arc::clone(service) });
    let (public, admin) = (door(Side::Public, tls.map(Shared::new)), door(Side::Admin, None));
    let (outside, address) = listen(settings.listen).await?;
    let (inside, metrics) = listen(settings.metrics).await?;
    service.note("start").await?;
    println!("listening on {scheme}://{address}, metrics on http://{metrics}");
    let doors = vec![tokio::spawn(Arc::clone(&public).keep(outside)), tokio::spawn(admin.keep(inside))];
    Ok((public, doors))
}

/// Reads list, partners and certificate again, and says what else was changed: addresses, limits and the audit stay.
async fn reload((config, started): (&Path, &Settings), (service, public): (&Service, &Door)) -> Result<String, Fault> {
    let settings = Settings::read(config)?;
    let fresh = settings.tls.as_ref().map(acceptor).transpose()?;
    let said = service.reload(&settings).await?;
    if let (Some(tls), Some(fresh)) = (&public.tls, fresh) {
        tls.replace(fresh);
    }
    let left = started.left_for_restart(&settings);
    Ok(if left.is_empty() { said } else { format!("{said}; changed, but not before a restart: {}", left.join(", ")) })
}

/// Waits for the requests that are under way, and writes down that it stops.
fn stop(runtime: &Runtime, service: &Service) -> Result<(), Fault> {
    service.stop();
    runtime.block_on(async {
        let ended = async {
            while service.under_way.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let limit = seconds(service.limits.stop_seconds);
        if tokio::time::timeout(limit, ended).await.is_err() {
            eprintln!("{} requests were cut off", service.under_way.load(Ordering::SeqCst));
        }
        service.note(STOP).await
    })
}
