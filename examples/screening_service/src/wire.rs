//! One connection: requests read within their time and size, replies written.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Duration, timeout};

use crate::clock;
use crate::reply::Reply;
use crate::request::{self, Head};
use crate::routes::Side;
use crate::service::{Admitted, Service};
use crate::settings::{Limits, seconds};

/// A connection and what has been read of it ahead.
struct Wire<'a, S> {
    stream: S,
    ahead: Vec<u8>,
    limits: &'a Limits,
}

/// Bytes read at once.
const PIECE: usize = 4096;
/// What is read and thrown away behind a refusal, so that it arrives.
const REST: u64 = 64 << 10;

/// Answers one request after another until the connection ends.
pub(crate) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(stream: S, service: &Service, side: Side) {
    let mut wire = Wire { stream, ahead: Vec::new(), limits: &service.limits };
    let (mut first, mut is_answered) = (seconds(service.limits.head_seconds), false);
    loop {
        let head = match unless_stopped(service, wire.head(first)).await {
            None => return,
            Some(Ok(Some(head))) => head,
            Some(Ok(None)) if is_answered => return,
            Some(Ok(None)) => return service.metrics.turned_away("silent"),
            Some(Err(status)) => {
                service.metrics.reply("", status, clock::begin());
                return wire.part(&Reply::refused(status)).await;
            }
        };
        first = seconds(service.limits.idle_seconds);
        let (Some(_under_way), begun) = (service.begin(), clock::begin()) else { return };
        let (path, mut reply, is_read) = one(&mut wire, service, (side, &head)).await;
        if head.method == "HEAD" {
            reply = reply.bare();
        }
        service.metrics.reply(path, reply.status, begun);
        is_answered = true;
        if !(is_read && head.stays) || service.is_stopping() {
            return wire.part(&reply).await;
        }
        if wire.send(&reply, true).await.is_err() {
            return service.metrics.turned_away("deaf");
        }
    }
}

/// What something comes to; nothing when the stop comes first.
async fn unless_stopped<T>(service: &Service, what: impl Future<Output = T>) -> Option<T> {
    let (mut what, mut stop) = (pin!(what), pin!(service.stopped()));
    poll_fn(|context| match stop.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => what.as_mut().poll(context).map(Some),
    })
    .await
}

/// The path and the reply to one request, and whether all of the request was read.
async fn one<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<'_, S>,
    service: &Service,
    (side, head): (Side, &Head),
) -> (&'static str, Reply, bool) {
    let admitted = match service.admit(side, head) {
        Ok(admitted) => admitted,
        Err(refusal) => return ("", refusal, head.length == 0),
    };
    let path = admitted.route.path();
    if !admitted.is_allowed {
        return (path, service.answer(&admitted, &[]).await, head.length == 0);
    }
    match wire.body(head, &admitted).await {
        Ok(body) => (path, service.answer(&admitted, &body).await, true),
        Err(status) => (path, Reply::refused(status), false),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<'_, S> {
    /// The next head; nothing when the other side has gone or says nothing.
    async fn head(&mut self, first: Duration) -> Result<Option<Head>, u16> {
        if self.ahead.is_empty() && !matches!(timeout(first, self.more()).await, Ok(Ok(1..))) {
            return Ok(None);
        }
        timeout(seconds(self.limits.head_seconds), self.whole_head()).await.unwrap_or(Err(408))
    }

    async fn whole_head(&mut self) -> Result<Option<Head>, u16> {
        loop {
            if let Some((head, took)) = request::parse(&self.ahead)? {
                self.ahead.drain(..took);
                return Ok(Some(head));
            }
            if self.ahead.len() >= self.limits.head_bytes {
                return Err(431);
            }
            if !matches!(self.more().await, Ok(1..)) {
                return Ok(None);
            }
        }
    }

    /// The body, all of it.
    async fn body(&mut self, head: &Head, admitted: &Admitted) -> Result<Vec<u8>, u16> {
        if head.length > admitted.most {
            return Err(413);
        }
        let longest = seconds(self.limits.body_seconds);
        let all = async {
            if head.waits && self.ahead.is_empty() && head.length > 0 {
                self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.map_err(|_| 400u16)?;
            }
            while self.ahead.len() < head.length {
                if !matches!(self.more().await, Ok(1..)) {
                    return Err(400);
                }
            }
            let rest = self.ahead.split_off(head.length);
            Ok(std::mem::replace(&mut self.ahead, rest))
        };
        timeout(longest, all).await.unwrap_or(Err(408))
    }

    async fn more(&mut self) -> io::Result<usize> {
        let mut piece = [0; PIECE];
        let read = self.stream.read(&mut piece).await?;
        self.ahead.extend_from_slice(piece.get(..read).unwrap_or_default());
        Ok(read)
    }

    async fn send(&mut self, reply: &Reply, stays: bool) -> io::Result<()> {
        let (bytes, longest) = (reply.bytes(stays), seconds(self.limits.write_seconds));
        let all = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        timeout(longest, all).await.unwrap_or(Err(io::ErrorKind::TimedOut.into()))
    }

    /// The last reply: what still comes is thrown away for a moment, or the reply would be lost with the connection.
    async fn part(mut self, reply: &Reply) {
        if self.send(reply, false).await.is_ok() {
            let rest = async {
                self.stream.shutdown().await?;
                tokio::io::copy(&mut (&mut self.stream).take(REST), &mut tokio::io::sink()).await
            };
            let _ = timeout(Duration::from_secs(1), rest).await;
        }
    }
}
