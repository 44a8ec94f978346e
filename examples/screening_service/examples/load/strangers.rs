//! Those who do not mean well: each from an address of loopback that no client has.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// How many connections there were of each kind.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) slow: AtomicU64,
    pub(crate) malformed: AtomicU64,
    pub(crate) is_over: AtomicBool,
}

async fn connect(last: u8, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0))).ok()?;
    socket.connect(to).await.ok()
}

/// Says a byte of a head every second, for ever and on ever new connections.
pub(crate) async fn slow(counts: Arc<Counts>, to: SocketAddr) {
    while !counts.is_over.load(Ordering::Relaxed) {
        let Some(mut stream) = connect(2, to).await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        counts.slow.fetch_add(1, Ordering::Relaxed);
        for byte in b"POST /screen HTTP/1.1\r\nhost: here\r\nx: ".iter().cycle() {
            let heard = stream.write_all(&[*byte]).await.is_ok()
                && timeout(Duration::from_secs(1), stream.read(&mut [0; 256])).await.is_err();
            if !heard {
                break;
            }
        }
    }
}

const MALFORMED: [&[u8]; 8] = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"POST /screen HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET",
    b"POST /screen HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
    b"\0\0\0\0\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nhost: a\r\n\r\n",
    b"POST /screen HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x\r\ncontent-length: 4\r\n\r\n{{{{",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /screen HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n{",
];

/// Sends what is no request, hears what comes, and comes again after five seconds.
pub(crate) async fn malformed(counts: Arc<Counts>, to: SocketAddr, number: usize) {
    let mut round = number;
    while !counts.is_over.load(Ordering::Relaxed) {
        if let Some(mut stream) = connect(3, to).await {
            counts.malformed.fetch_add(1, Ordering::Relaxed);
            let _ = stream.write_all(MALFORMED.get(round % MALFORMED.len()).copied().unwrap_or_default()).await;
            let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut Vec::new())).await;
        }
        round += 1;
        sleep(Duration::from_secs(5)).await;
    }
}
