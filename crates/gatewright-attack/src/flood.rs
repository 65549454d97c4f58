//! Bodies that are too long to be made first and sent then.

use std::io::{self, BufReader, Write};

use crate::client::{Client, Request, Response, read_response};

/// How the end of a body is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Framing {
    /// By its length in bytes, which is told first.
    Length(u64),
    /// Chunk by chunk, and no last one: so many bytes and then silence.
    EndlessChunks(u64),
}

impl Client {
    /// Sends `request` with a body that begins with `opening` and goes on with `x`, until it ends or
    /// the server has had enough, and reads the answer.
    ///
    /// # Errors
    ///
    /// No answer: the server closed the connection, or did not answer within the deadline.
    pub(crate) fn flood(
        &self,
        request: &Request,
        framing: Framing,
        opening: &str,
    ) -> io::Result<Response> {
        self.count();
        let mut stream = self.connect()?;
        let mut request = request.clone();
        request.body = None;
        let (length, chunked) = match framing {
            Framing::Length(length) => {
                request = request.header("Content-Length", &length.to_string());
                (length, false)
            }
            Framing::EndlessChunks(length) => {
                request = request.header("Transfer-Encoding", "chunked");
                (length, true)
            }
        };
        let mut piece = opening.as_bytes().to_vec();
        piece.resize(64 << 10, b'x');
        let rest = vec![b'x'; 64 << 10];
        let mut written = stream.write_all(&request.to_bytes());
        let mut sent = 0;
        while written.is_ok() && sent < length {
            let body = if sent == 0 { &piece } else { &rest };
            let size = body
                .len()
                .min(usize::try_from(length - sent).unwrap_or(usize::MAX));
            let body = body.get(..size).unwrap_or_default();
            written = match chunked {
                true => write!(stream, "{size:x}\r\n")
                    .and_then(|()| stream.write_all(body))
                    .and_then(|()| stream.write_all(b"\r\n")),
                false => stream.write_all(body),
            };
            sent += size as u64;
        }
        // A server that has had enough answers and closes: its answer counts.
        read_response(&mut BufReader::new(stream), false)
    }
}
