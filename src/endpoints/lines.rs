//! Lines out of pieces of bytes, however they are cut. Every byte is looked at once and copied at most once; what is
//! held is bounded.

use memchr::memchr2;

/// Takes bytes in pieces and gives lines. Lines end in `\n`, `\r\n` or `\r`.
#[derive(Default)]
pub(super) struct Lines {
    /// The start of a line whose end has not come.
    held: Vec<u8>,
    /// The last piece ended in `\r`: a `\n` that begins the next one belongs to it.
    after_return: bool,
    /// Bytes that were copied.
    #[cfg(test)]
    copied: usize,
}

/// A line is longer than what may be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overlong;

impl Lines {
    /// Give each whole line to `take`, without its end. A line has at most `most` bytes.
    pub(super) fn feed<E: From<Overlong>>(
        &mut self,
        piece: &[u8],
        most: usize,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        if self.after_return && !piece.is_empty() {
            self.after_return = false;
            at = usize::from(piece[0] == b'\n');
        }
        while let Some(step) = memchr2(b'\n', b'\r', &piece[at..]) {
            let end = at + step;
            let line = &piece[at..end];
            if self.held.is_empty() {
                if line.len() > most {
                    return Err(Overlong.into());
                }
                take(line)?;
            } else {
                self.hold(line, most)?;
                take(&self.held)?;
                self.held.clear();
            }
            at = end + 1;
            if piece[end] == b'\r' {
                match piece.get(at) {
                    Some(b'\n') => at += 1,
                    Some(_) => {}
                    None => self.after_return = true,
                }
            }
        }
        self.hold(&piece[at..], most)?;
        Ok(())
    }

    /// The line that no line end closed.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn hold(&mut self, piece: &[u8], most: usize) -> Result<(), Overlong> {
        if self.held.len() + piece.len() > most {
            self.held = Vec::new();
            return Err(Overlong);
        }
        #[cfg(test)]
        {
            self.copied += piece.len();
        }
        self.held.extend_from_slice(piece);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for piece in pieces {
            let taken: Result<(), Overlong> = lines.feed(piece, 1 << 10, |line| {
                found.push(String::from_utf8_lossy(line).into_owned());
                Ok(())
            });
            taken.unwrap();
        }
        found
    }

    #[test]
    fn all_line_ends_are_ends_and_only_once() {
        assert_eq!(lines(&[b"a\nb\r\nc\rd\r\n\r\n\r\re"]), ["a", "b", "c", "d", "", "", ""]);
        assert_eq!(lines(&[b"a\r", b"\nb\r", b"c\n", b"\n"]), ["a", "b", "c", ""]);
        assert_eq!(lines(&[b"a\r", b"", b"\nb\n"]), ["a", "b"]);
    }

    #[test]
    fn a_line_in_a_hundred_thousand_pieces_is_copied_once() {
        let (mut lines, mut length) = (Lines::default(), 0);
        for piece in std::iter::repeat_n(&b"abc"[..], 100_000).chain([&b"\n"[..]]) {
            let taken: Result<(), Overlong> = lines.feed(piece, 1 << 20, |line| {
                length = line.len();
                Ok(())
            });
            taken.unwrap();
        }
        assert_eq!((length, lines.copied), (300_000, 300_000));
    }

    #[test]
    fn a_line_without_end_is_given_up_and_let_go() {
        let mut lines = Lines::default();
        let fed = (0..100).map(|_| lines.feed(&[b'x'; 1000], 50_000, |_| Ok::<(), Overlong>(()))).find(Result::is_err);
        assert_eq!((fed, lines.held.capacity()), (Some(Err(Overlong)), 0));
    }
}
