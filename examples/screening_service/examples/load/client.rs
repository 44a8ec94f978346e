//! A client that keeps its connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::Fault;

/// One connection with a partner's key.
pub(crate) struct Client {
    reader: BufReader<TcpStream>,
    key: String,
}

impl Client {
    pub(crate) fn new(to: SocketAddr, key: &str) -> Result<Self, Fault> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream), key: key.to_owned() })
    }

    /// Sends a document and returns the one that comes back with 200.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) -> Result<Vec<u8>, Fault> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.reader.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let (mut line, mut length, mut is_well) = (String::new(), 0, false);
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                return Err("the service closed the connection".into());
            }
            is_well |= line.starts_with("HTTP/1.1 200 ");
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse()?,
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        if is_well { Ok(body) } else { Err(String::from_utf8_lossy(&body).into()) }
    }
}
