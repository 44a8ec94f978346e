//! A client of few words.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) fn connect(to: SocketAddr) -> TcpStream {
    open(to).unwrap()
}

fn open(to: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

/// The bytes of a request.
pub(crate) fn request(way: &str, path: &str, key: Option<&str>, body: &str) -> String {
    let key = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    format!("{way} {path} HTTP/1.1\r\nhost: here\r\n{key}{kind}content-length: {}\r\n\r\n{body}", body.len())
}

/// Reads one reply; nothing when the other side has gone.
pub(crate) fn hear(from: impl Read) -> Option<Heard> {
    let mut reader = BufReader::new(from);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut fields = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        fields.insert(name.to_owned(), value.to_owned());
    }
    let mut body = vec![0; fields.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Heard { status, fields, body: String::from_utf8(body).unwrap() })
}

/// Sends bytes on a connection of their own and hears the reply.
pub(crate) fn say(to: SocketAddr, bytes: &[u8]) -> Option<Heard> {
    let mut stream = open(to).ok()?;
    stream.write_all(bytes).ok()?;
    hear(&stream)
}

pub(crate) fn ask(to: SocketAddr, way: &str, path: &str, key: Option<&str>, body: &str) -> Heard {
    say(to, request(way, path, key, body).as_bytes()).unwrap()
}
