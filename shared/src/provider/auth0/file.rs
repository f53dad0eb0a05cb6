//! The file of an export: unpacked and read as it comes, and whole or not.
//!
//! Each step takes a small slice and gives at most 32 KiB more than it took, so that no file can fill the memory.

use std::io::Write;

use flate2::write::MultiGzDecoder;

use super::batch::Batch;
use super::lines::Lines;
use crate::clock::Timestamp;
use crate::provider::users::Page;

/// What is wrong with a file, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault(pub(super) &'static str);

const DAMAGED: Fault = Fault("its file is damaged; run again");
const CUT_OFF: Fault = Fault("its file is cut off; run again");
const UNPROVEN: Fault = Fault("nothing proves that its file is whole; run again");

/// How much one step takes.
const STEP: usize = 16 * 1024;

/// A file of which some bytes came.
pub(super) struct File {
    shape: Option<Shape>,
    lines: Lines,
    batch: Batch,
}

/// Auth0 documents lines of JSON, and sends them packed.
enum Shape {
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Shape {
    /// By the first byte: gzip's is no beginning of a JSON text, and its second one is the decoder's to check.
    fn of(first: u8) -> Result<Self, Fault> {
        match first {
            0x1f => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
            b'<' => Err(Fault("its link leads to a web page and not to the file; run again")),
            _ => Ok(Self::Plain),
        }
    }
}

impl File {
    /// A file of which nothing came; its users are told as of this time.
    pub(super) fn new(as_of: Timestamp) -> Self {
        Self { shape: None, lines: Lines::default(), batch: Batch::new(as_of) }
    }

    /// Takes some of these bytes, one at least, and tells how many.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let Some(first) = bytes.first() else { return Ok(0) };
        let bytes = bytes.get(..STEP).unwrap_or(bytes);
        let shape = match self.shape.take() {
            None => Shape::of(*first)?,
            Some(shape) => shape,
        };
        match self.shape.insert(shape) {
            Shape::Plain => {
                self.lines.take(bytes, |line| self.batch.take(line))?;
                Ok(bytes.len())
            }
            Shape::Gzip(decoder) => {
                let taken = decoder.write(bytes).map_err(|_| DAMAGED)?;
                let unpacked = decoder.get_mut();
                self.lines.take(unpacked, |line| self.batch.take(line))?;
                unpacked.clear();
                // A decoder that takes nothing of something never will.
                if taken == 0 { Err(DAMAGED) } else { Ok(taken) }
            }
        }
    }

    /// The pages that are full.
    pub(super) fn full(&mut self) -> Vec<Page> {
        self.batch.full()
    }

    /// The last pages, if the file is whole; `is_framed` says whether its end was told by more than a closed connection.
    ///
    /// A packed file proves itself by the trailer of each member.
    pub(super) fn end(mut self, is_framed: bool) -> Result<Vec<Page>, Fault> {
        match self.shape {
            None => return Err(UNPROVEN),
            Some(Shape::Plain) if !is_framed || self.batch.named() == 0 && self.lines.is_ended() => {
                return Err(UNPROVEN);
            }
            Some(Shape::Plain) => {}
            Some(Shape::Gzip(decoder)) => {
                let rest = decoder.finish().map_err(|_| CUT_OFF)?;
                self.lines.take(&rest, |line| self.batch.take(line))?;
            }
        }
        if self.lines.is_ended() { Ok(self.batch.last()) } else { Err(CUT_OFF) }
    }
}

#[cfg(test)]
mod tests;
