//! What a stranger sends, as far as it can be told before anything is believed.
//!
//! The head of a request is read by `httparse`. What a body is, is said by one `content-length` alone: no request can be
//! taken for two, or two for one.

use zeroize::Zeroizing;

/// The head of a request.
pub(crate) struct Head {
    pub(crate) method: String,
    /// Without the query, which nothing here reads.
    pub(crate) path: String,
    /// The key it brings, if it brings one.
    pub(crate) key: Option<Zeroizing<String>>,
    pub(crate) length: usize,
    pub(crate) is_json: bool,
    /// Whether the sender waits to be asked for the body.
    pub(crate) waits: bool,
    /// Whether the sender will send more.
    pub(crate) stays: bool,
}

/// So many fields a head may have.
const FIELDS: usize = 32;

/// Reads a head from the bytes that came so far, and how many of them it took; nothing while it is not whole.
///
/// # Errors
///
/// The status that says what is wrong.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, u16> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let took = match request.parse(bytes) {
        Ok(httparse::Status::Complete(took)) => took,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(httparse::Error::Version) => return Err(505),
        Err(_) => return Err(400),
    };
    let is_latest = request.version == Some(1);
    let target = request.path.filter(|target| target.starts_with('/')).ok_or(400u16)?;
    let mut head = Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        key: None,
        length: 0,
        is_json: false,
        waits: false,
        stays: is_latest,
    };
    let mut met = Vec::new();
    for field in request.headers.iter() {
        let name = field.name.to_ascii_lowercase();
        let value = || std::str::from_utf8(field.value).map(str::trim).map_err(|_| 400u16);
        match name.as_str() {
            "transfer-encoding" => return Err(501),
            "content-length" => head.length = length(value()?)?,
            "content-type" => head.is_json = is_json(value()?),
            "authorization" => head.key = key(value()?),
            "expect" => head.waits = value()?.eq_ignore_ascii_case("100-continue"),
            "connection" => head.stays &= !value()?.to_ascii_lowercase().contains("close"),
            "host" => {}
            _ => continue,
        }
        if name != "connection" && met.contains(&name) {
            return Err(400);
        }
        met.push(name);
    }
    if is_latest && !met.iter().any(|name| name == "host") {
        return Err(400);
    }
    Ok(Some((head, took)))
}

/// Digits alone: no sign, no list, no blank.
fn length(text: &str) -> Result<usize, u16> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(400);
    }
    text.parse().map_err(|_| 413)
}

fn is_json(text: &str) -> bool {
    text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn key(text: &str) -> Option<Zeroizing<String>> {
    let (scheme, key) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Zeroizing::new(key.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<(Head, usize)>, u16> {
        parse(text.as_bytes())
    }

    fn status(text: &str) -> u16 {
        parsed(text).err().unwrap_or_default()
    }

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let text = "POST /screen?x=1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\nContent-Type: application/json; \
                    charset=utf-8\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n";
        for end in 0..text.len() {
            assert!(parsed(&text[..end]).unwrap().is_none(), "{end}");
        }
        let (head, took) = parsed(&format!("{text}rest")).unwrap().unwrap();
        assert_eq!((head.method.as_str(), head.path.as_str(), head.length, took), ("POST", "/screen", 12, text.len()));
        assert!(head.is_json && head.waits && head.stays && head.key.is_some_and(|key| *key == "k"));
    }

    #[test]
    fn a_connection_stays_as_its_version_and_its_field_say() {
        let stays = |text: &str| parsed(text).unwrap().unwrap().0.stays;
        assert!(stays("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert!(!stays("GET / HTTP/1.1\r\nhost: a\r\nconnection: Close\r\n\r\n"));
        assert!(!stays("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nconnection: keep-alive\r\n\r\n"));
        assert!(!stays("GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let with = |fields: &str| status(&format!("POST /screen HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n"));
        assert_eq!(with("transfer-encoding: chunked"), 501);
        assert_eq!(with("content-length: 3\r\ntransfer-encoding: chunked"), 501);
        for twice in ["content-length: 3\r\ncontent-length: 3", "host: b", "authorization: a\r\nauthorization: b"] {
            assert_eq!(with(twice), 400, "{twice}");
        }
        for length in ["+3", "-3", "3, 3", "3 3", "0x3", "", "３"] {
            assert_eq!(with(&format!("content-length: {length}")), 400, "{length}");
        }
        assert_eq!(with("content-length: 99999999999999999999999"), 413);
        assert_eq!(with("content-length : 3"), 400);
        assert_eq!(with("x: 1\r\n y: 2"), 400, "folded");
        assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), 400, "no host");
        assert_eq!(status("GET http://a/ HTTP/1.1\r\nhost: a\r\n\r\n"), 400);
        assert_eq!(status("GET / HTTP/2.0\r\nhost: a\r\n\r\n"), 505);
        assert_eq!(with(&vec!["x: 1"; 32].join("\r\n")), 431);
    }

    /// Bytes of no meaning: never a panic, and what is taken is never more than what came.
    #[test]
    fn hostile_bytes_are_refused_or_waited_for() {
        let seed = b"POST /screen HTTP/1.1\r\nhost: a\r\ncontent-length: 12\r\nauthorization: Bearer k\r\n\r\n";
        let mut state = 0x9e37_79b9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        let mut refused = 0;
        for _ in 0..20_000 {
            let mut bytes = seed.to_vec();
            for _ in 0..=next() % 6 {
                let at = next() as usize % bytes.len();
                bytes[at] = next().to_le_bytes()[0];
            }
            match parse(&bytes) {
                Ok(Some((head, took))) => assert!(took <= bytes.len() && head.path.starts_with('/')),
                Ok(None) => {}
                Err(status) => refused += u32::from((400..600).contains(&status)),
            }
        }
        assert!(refused > 10_000, "{refused}");
    }
}
