//! Where connections come in.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Duration, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use wherewithal::screening::Shared;

use crate::crowd::{Crowd, Guest};
use crate::routes::Side;
use crate::secret::read_private;
use crate::service::Service;
use crate::settings::{Tls, seconds};
use crate::{Fault, wire};

/// A door of one side; behind it TLS, where there is a certificate.
pub(crate) struct Door {
    pub(crate) side: Side,
    pub(crate) tls: Option<Shared<TlsAcceptor>>,
    pub(crate) service: Arc<Service>,
}

/// Certificate and key, ready for handshakes of TLS 1.2 and 1.3.
///
/// # Errors
///
/// When a file cannot be read, others may read the key, or the two do not belong together.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Fault> {
    let named = |path: &std::path::Path, fault: &dyn std::fmt::Display| format!("{}: {fault}", path.display());
    let chain = CertificateDer::pem_file_iter(&tls.certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|fault| named(&tls.certificate, &fault))?;
    // What is wrong with a private key is not repeated.
    let key = PrivateKeyDer::from_pem_slice(&read_private(&tls.key)?);
    let key = key.map_err(|_| named(&tls.key, &"no private key in PEM"))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|fault| named(&tls.certificate, &fault))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Door {
    /// Lets connections in until the task is ended.
    pub(crate) async fn keep(self: Arc<Self>, listener: TcpListener) {
        let limits = &self.service.limits;
        let crowd = Arc::new(Crowd::new(limits.connections, limits.connections_per_address));
        loop {
            let Ok((stream, from)) = listener.accept().await else {
                // No more files: those who are in must go first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            match crowd.enter(from.ip()) {
                Ok(guest) => drop(tokio::spawn(Arc::clone(&self).receive(stream, guest))),
                Err(why) => self.service.metrics.turned_away(why),
            }
        }
    }

    async fn receive(self: Arc<Self>, stream: TcpStream, _guest: Guest) {
        let connections = self.service.metrics.connections.with_label_values(&[self.side.name()]);
        connections.inc();
        self.answer(stream).await;
        connections.dec();
    }

    async fn answer(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return wire::answer(stream, &self.service, self.side).await };
        let handshake = tls.current().accept(stream);
        match timeout(seconds(self.service.limits.head_seconds), handshake).await {
            Ok(Ok(stream)) => wire::answer(stream, &self.service, self.side).await,
            Ok(Err(_)) => self.service.metrics.turned_away("no handshake"),
            Err(_) => self.service.metrics.turned_away("slow handshake"),
        }
    }
}

/// Listens, and says where: the system chooses where the port is 0.
///
/// # Errors
///
/// When the address is taken or not ours.
pub(crate) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Fault> {
    let listener = TcpListener::bind(address).await.map_err(|fault| format!("{address}: {fault}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
