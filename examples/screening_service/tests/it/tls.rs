//! Behind a certificate.

use std::io::Write;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls_pki_types::ServerName;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{ask, connect, hear, request, say};
use crate::site::{NAME, NUMBER, Running, Site, application};

const TLS: &str = "tls = { certificate = \"tls.pem\", key = \"tls.key\" }";

/// Writes a certificate, and says what a client trusts.
fn certify(site: &Site) -> RootCertStore {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["service.test".to_owned()]).unwrap();
    site.write("tls.pem", &cert.pem(), 0o644);
    site.write("tls.key", &signing_key.serialize_pem(), 0o600);
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    roots
}

fn edition(site: &Site, service: &Running, roots: RootCertStore) -> Result<u16, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("service.test").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, connect(service.public));
    let body = application(NAME, NUMBER, "loan");
    let asked = stream.write_all(request("POST", "/screen", Some(&site.bank), &body).as_bytes());
    asked.map_err(|fault| fault.to_string())?;
    Ok(hear(stream).unwrap().status)
}

#[test]
fn a_handshake_comes_before_everything() {
    let site = Site::with(TLS, "head_seconds = 1");
    let roots = certify(&site);
    let service = site.start();
    assert_eq!(edition(&site, &service, roots.clone()), Ok(200));
    assert!(edition(&site, &service, RootCertStore::empty()).is_err(), "a client that trusts nobody");
    let plain = request("GET", "/edition", Some(&site.bank), "");
    assert!(say(service.public, plain.as_bytes()).is_none(), "plain HTTP is not answered");
    assert!(say(service.public, b"\x16\x03\x01").is_none(), "half a handshake is cut off");
    let metrics = service.metrics();
    assert!(metrics.contains(r#"why="no handshake""#) && metrics.contains(r#"why="slow handshake"} 1"#), "{metrics}");

    let renewed = certify(&site);
    service.signal("HUP");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while edition(&site, &service, renewed.clone()).is_err() {
        assert!(std::time::Instant::now() < until, "a renewed certificate is used after SIGHUP");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(edition(&site, &service, roots).is_err());
    assert_eq!(
        ask(service.admin, "GET", "/health", None, "").status,
        200,
        "the admin address stays plain, on loopback"
    );
}

#[test]
fn a_key_that_others_may_read_is_no_key() {
    let site = Site::with(TLS, "");
    certify(&site);
    site.write("tls.key", &site.read("tls.key"), 0o644);
    assert!(site.refusal().contains("tls.key: its mode is 0644, expected 0600"), "{}", site.refusal());
    let (one, other) = (site.read("tls.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    site.write("tls.key", other, 0o600);
    let said = site.refusal();
    assert!(said.contains("tls.") && !said.contains("AAAA") && !said.contains(&one[30..60]), "{said}");
}
