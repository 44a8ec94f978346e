//! What is sent back.

use serde::Serialize;

/// A reply; the words of a refusal tell nothing that the status does not.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    kind: &'static str,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

const JSON: &str = "application/json";

impl Reply {
    /// A JSON document.
    pub(crate) fn json(status: u16, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(body) => Self { status, kind: JSON, fields: Vec::new(), body },
            Err(_) => Self::refused(500),
        }
    }

    /// Text of some kind, as it stands.
    pub(crate) fn text(status: u16, kind: &'static str, text: impl Into<Vec<u8>>) -> Self {
        Self { status, kind, fields: Vec::new(), body: text.into() }
    }

    /// A refusal in the words of its status.
    pub(crate) fn refused(status: u16) -> Self {
        Self::because(status, words(status).1)
    }

    /// A refusal with a reason, which repeats nothing of what came.
    pub(crate) fn because(status: u16, reason: &str) -> Self {
        let reply = Self::json(status, &std::collections::BTreeMap::from([("error", reason)]));
        if status == 401 { reply.with("www-authenticate", "Bearer") } else { reply }
    }

    /// With one more field.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Without a body, which nobody waits for behind the reply to a HEAD.
    pub(crate) fn bare(self) -> Self {
        Self { body: Vec::new(), ..self }
    }

    /// The bytes that are sent.
    pub(crate) fn bytes(&self, stays: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, words(self.status).0);
        let own = [("content-type", self.kind), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")];
        let closing = (!stays).then_some(("connection", "close"));
        let further = self.fields.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in own.into_iter().chain(closing).chain(further) {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

/// The name of a status, and what a refusal with it says.
fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        200 => ("OK", ""),
        400 => ("Bad Request", "not a request that can be read"),
        401 => ("Unauthorized", "not allowed"),
        403 => ("Forbidden", "not allowed"),
        404 => ("Not Found", "nothing here"),
        405 => ("Method Not Allowed", "not in this way"),
        408 => ("Request Timeout", "too slow"),
        409 => ("Conflict", "it does not fit the current edition"),
        413 => ("Content Too Large", "too large"),
        415 => ("Unsupported Media Type", "expected application/json"),
        422 => ("Unprocessable Content", "not a question that can be answered"),
        429 => ("Too Many Requests", "too many requests"),
        431 => ("Request Header Fields Too Large", "too large"),
        501 => ("Not Implemented", "expected a body with content-length"),
        503 => ("Service Unavailable", "not now"),
        505 => ("HTTP Version Not Supported", "expected HTTP/1.1"),
        _ => ("Internal Server Error", "it failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_says_how_long_it_is_and_whether_the_line_stays() {
        let text = String::from_utf8(Reply::refused(401).bytes(false)).unwrap();
        assert!(text.starts_with("HTTP/1.1 401 Unauthorized\r\n") && text.ends_with("{\"error\":\"not allowed\"}"));
        assert!(text.contains("content-length: 23\r\n\r\n") && text.contains("connection: close\r\n"));
        assert!(text.contains("www-authenticate: Bearer\r\n"));
        assert!(!String::from_utf8(Reply::refused(403).bytes(true)).unwrap().contains("connection:"));
    }

    #[test]
    fn who_is_refused_does_not_learn_whether_the_key_was_known() {
        assert_eq!(Reply::refused(401).body, Reply::refused(403).body);
    }
}
