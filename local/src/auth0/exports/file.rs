//! The file of a finished job: compressed and sent while it is written, in as much memory as a few users need.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::unfold;

use super::Auth0StandIn;
use super::lines::Lines;
use super::link::LinkRefused;

/// What a download is answered with: the file, or a proxy's page.
pub(in crate::auth0) enum Fetched {
    File(Body),
    Html,
}

/// The file that a link names.
pub(in crate::auth0) fn body(auth0: &Auth0StandIn, job: &str, query: &str, now: i64) -> Result<Fetched, LinkRefused> {
    let (job, ended_at, download) = auth0.it.exports.download(job, query, now)?;
    if download.html {
        return Ok(Fetched::Html);
    }
    let sending = Sending {
        lines: Lines::of(auth0, &job, ended_at, &download),
        zip: (!download.plain).then(|| GzEncoder::new(Vec::new(), Compression::fast())),
        left: download.cut_after,
        breaks: download.breaks,
        ended: false,
    };
    Ok(Fetched::File(Body::from_stream(unfold(sending, Sending::part))))
}

struct Sending {
    lines: Lines,
    /// Nothing, where the file is plain, or finished.
    zip: Option<GzEncoder<Vec<u8>>>,
    /// Bytes until the file is cut.
    left: Option<u64>,
    breaks: bool,
    ended: bool,
}

impl Sending {
    /// The next bytes; `None` ends the answer as if all were said, an error breaks the connection.
    async fn part(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self.left == Some(0) && self.breaks {
            // What was sent before has to leave this process first, and it does when there is nothing more at once.
            tokio::task::yield_now().await;
            self.breaks = false;
            return Some((Err(io::ErrorKind::ConnectionReset.into()), self));
        }
        if self.left == Some(0) {
            return None;
        }
        let mut bytes = Vec::new();
        while bytes.is_empty() && !self.ended {
            bytes = match self.step() {
                Ok(bytes) => bytes,
                Err(error) => return Some((Err(error), self)),
            };
        }
        if let Some(left) = &mut self.left {
            bytes.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= bytes.len() as u64;
        }
        if bytes.is_empty() { None } else { Some((Ok(bytes.into()), self)) }
    }

    /// Some users more, or the end of the file.
    fn step(&mut self) -> io::Result<Vec<u8>> {
        let lines = self.lines.next();
        self.ended = lines.is_empty();
        match (&mut self.zip, self.ended) {
            (None, _) => Ok(lines),
            (Some(zip), false) => {
                zip.write_all(&lines)?;
                Ok(std::mem::take(zip.get_mut()))
            }
            (Some(_), true) => self.zip.take().map_or(Ok(Vec::new()), GzEncoder::finish),
        }
    }
}
