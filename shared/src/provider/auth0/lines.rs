//! Bytes as they come, cut into lines.

use super::file::Fault;

/// No line of an export may be longer: the largest profile that Auth0 ever took, four times over.
const LONGEST: usize = 4 * 1024 * 1024;

/// What is left of the bytes so far: a line without its end.
#[derive(Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// Takes bytes, and hands on each line that they end, without its newline.
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        mut line: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        while let Some((end, rest)) = bytes.iter().position(|byte| *byte == b'\n').and_then(|at| {
            let (end, rest) = bytes.split_at_checked(at)?;
            Some((end, rest.split_first()?.1))
        }) {
            if self.begun.is_empty() {
                line(end)?;
            } else {
                self.begin(end)?;
                line(&self.begun)?;
                self.begun.clear();
            }
            bytes = rest;
        }
        self.begin(bytes)
    }

    /// Whether the last line had its newline.
    pub(super) fn is_ended(&self) -> bool {
        self.begun.is_empty()
    }

    fn begin(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.begun.len() + bytes.len() > LONGEST {
            return Err(Fault("a line of its file is longer than 4 MiB; run again"));
        }
        self.begun.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn lines(pieces: &[&[u8]]) -> (Vec<String>, bool) {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines
                .take(piece, |line| {
                    found.push(String::from_utf8(line.to_vec()).unwrap());
                    Ok(())
                })
                .unwrap();
        }
        (found, lines.is_ended())
    }

    #[test]
    fn lines_are_the_same_however_their_bytes_come() {
        let text = b"one\n\ntwo and more\nthree\n";
        for size in 1..=text.len() {
            let pieces: Vec<&[u8]> = text.chunks(size).collect();
            assert_eq!(lines(&pieces), (["one", "", "two and more", "three"].map(str::to_owned).to_vec(), true));
        }
    }

    #[test]
    fn a_line_without_its_end_is_none() {
        assert_eq!(lines(&[b"one\ntw", b"o"]), (vec!["one".to_owned()], false));
    }

    #[test]
    fn a_line_without_an_end_in_sight_is_not_collected_for_ever() {
        let (mut lines, piece) = (Lines::default(), vec![b' '; 1024 * 1024]);
        for _ in 0..4 {
            assert!(lines.take(&piece, |_| Ok(())).is_ok());
        }
        assert!(lines.take(b"x\n", |_| Ok(())).is_err());
        assert_eq!(lines.begun.len(), LONGEST);
    }
}
