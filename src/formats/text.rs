//! Files as UTF-8 text, whatever they were written in.

use std::fs::File;
use std::io::{BufRead, Cursor, Read, Seek as _, SeekFrom};
use std::path::Path;

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8};

use super::fault::from_io;
use super::source::Source;
use crate::domain::FileFault;

/// How much is looked at to find the encoding.
const HEAD: usize = 1 << 20;
/// The largest file that is decoded in memory; UTF-8 files are streamed and have no limit.
const DECODED: u64 = 512 << 20;

/// The largest file that is taken as one text, such as a chat template.
const SHORT: u64 = 4 << 20;

/// The longest line that is read, in bytes: no reply is a hundredth of it.
pub(super) const LONGEST_LINE: u64 = 64 << 20;

/// The next line with its end, in place of the last one; `None` at the end of the file. Of a line that is too long the
/// beginning is kept and the rest is passed over; then `false`.
pub(super) fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    if reader.take(LONGEST_LINE).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") || (line.len() as u64) < LONGEST_LINE {
        return Ok(Some(true));
    }
    line.truncate(HEAD);
    reader.skip_until(b'\n')?;
    Ok(Some(false))
}

/// A file's text: UTF-8 as a stream without its BOM, not buffered; UTF-16, GBK and the like decoded.
pub(super) fn open(source: &Source) -> Result<Box<dyn Read>, FileFault> {
    let mut file = File::open(&source.path).map_err(|error| from_io(&error))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(FileFault::IsFolder);
    }
    let head = head_of(&mut file)?;
    let (encoding, bom) = encoding_of(&head)?;
    file.seek(SeekFrom::Start(bom as u64)).map_err(|error| from_io(&error))?;
    let file = source.metered(file);
    if encoding == UTF_8 {
        return Ok(Box::new(file));
    }
    let mut bytes = Vec::new();
    file.take(DECODED + 1).read_to_end(&mut bytes).map_err(|error| from_io(&error))?;
    if bytes.len() as u64 > DECODED {
        let said = format!("{} text of more than {} MiB; save it as UTF-8", encoding.name(), DECODED >> 20);
        return Err(FileFault::Other { said });
    }
    let (text, broken) = encoding.decode_without_bom_handling(&bytes);
    if broken {
        return Err(FileFault::NotText { line: first_bad_line(&text) });
    }
    Ok(Box::new(Cursor::new(text.into_owned().into_bytes())))
}

/// The first bytes of a file as text, for finding its format. Never fails on a character cut at the end.
pub(super) fn head(path: &Path) -> Result<String, FileFault> {
    let mut bytes = Vec::new();
    open(&path.into())?.take(HEAD as u64).read_to_end(&mut bytes).map_err(|error| from_io(&error))?;
    let valid = match std::str::from_utf8(&bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    bytes.truncate(valid);
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// All of a short file's text, such as a chat template.
pub fn short_text(path: &Path) -> Result<String, FileFault> {
    let source: Source = path.into();
    let mut bytes = Vec::new();
    open(&source)?.take(SHORT + 1).read_to_end(&mut bytes).map_err(|error| from_io(&error))?;
    if bytes.len() as u64 > SHORT {
        return Err(FileFault::Other { said: format!("more than {} MiB", SHORT >> 20) });
    }
    whole(&source)
}

/// All of a file's text.
pub(super) fn whole(source: &Source) -> Result<String, FileFault> {
    let mut bytes = Vec::new();
    open(source)?.take(DECODED + 1).read_to_end(&mut bytes).map_err(|error| from_io(&error))?;
    if bytes.len() as u64 > DECODED {
        return Err(FileFault::Other { said: format!("more than {} MiB of plain text", DECODED >> 20) });
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        FileFault::NotText { line: before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1 }
    })
}

fn head_of(file: &mut File) -> Result<Vec<u8>, FileFault> {
    let mut head = Vec::new();
    file.take(HEAD as u64).read_to_end(&mut head).map_err(|error| from_io(&error))?;
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(FileFault::Empty);
    }
    Ok(head)
}

fn encoding_of(head: &[u8]) -> Result<(&'static Encoding, usize), FileFault> {
    if let Some(found) = Encoding::for_bom(head) {
        return Ok(found);
    }
    if let Some(at) = head.iter().position(|byte| *byte == 0) {
        let line = head[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        return Err(FileFault::NotText { line });
    }
    match std::str::from_utf8(head) {
        Ok(_) => Ok((UTF_8, 0)),
        // A character that the end of the head cuts.
        Err(error) if error.error_len().is_none() => Ok((UTF_8, 0)),
        // One stray byte in a file that is UTF-8 for the rest is damage, not another encoding.
        Err(error) if error.valid_up_to() > 4096 && !head[..error.valid_up_to()].is_ascii() => {
            let line = head[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            Err(FileFault::NotText { line })
        }
        Err(_) => {
            let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
            detector.feed(head, true);
            Ok((detector.guess(None, chardetng::Utf8Detection::Deny), 0))
        }
    }
}

fn first_bad_line(text: &str) -> u64 {
    let before = text.split('\u{fffd}').next().unwrap_or_default();
    before.matches('\n').count() as u64 + 1
}
