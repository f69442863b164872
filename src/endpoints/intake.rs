//! The bytes of an answer, in whatever form they come: events, one JSON value, or a page. What it is is decided by its
//! first byte, not by its content type: servers send events as `text/plain`, plain JSON as `text/event-stream`
//! (LM Studio on a wrong path, DeepSeek after blank lines), and pages as anything.

use serde_json::error::Category;

use super::fault::{self, ChatError};
use super::lines::{Lines, Overlong};
use super::stream::Assembly;
use super::wire::Chunk;
use crate::domain::RequestFault;

/// Bytes of one line, or of an answer in one piece.
const LONGEST: usize = 32 << 20;
/// Bytes that may come without any text among them: comments, events that say nothing.
const IDLE_BYTES: usize = 64 << 20;
/// Bytes of a page, or of words that are no events, that are kept.
const WORDS: usize = 64 << 10;

/// Takes an answer under HTTP 200 piece by piece.
#[derive(Default)]
pub(super) struct Intake {
    form: Form,
    /// How much of a byte order mark came.
    mark: usize,
    lines: Lines,
    events: Events,
    /// An answer in one piece, or a page.
    whole: Vec<u8>,
    /// Bytes since the last text.
    idle: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Unknown,
    Events,
    Json,
    Page,
}

#[derive(Default)]
struct Events {
    assembly: Assembly,
    /// The data of the event so far.
    data: Vec<u8>,
    /// The event's name is `error`.
    is_error: bool,
    /// Lines that are no part of an event: somebody's words.
    stray: String,
    characters: usize,
}

impl From<Overlong> for ChatError {
    fn from(_: Overlong) -> Self {
        too_large(LONGEST)
    }
}

fn too_large(bytes: usize) -> ChatError {
    ChatError::never(RequestFault::TooLarge { mebibytes: (bytes >> 20) as u32 })
}

impl Intake {
    /// Take a piece; how many characters of text it brought.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<usize, ChatError> {
        let piece = if self.form == Form::Unknown { self.begin(piece) } else { piece };
        self.events.characters = 0;
        match self.form {
            Form::Unknown => {}
            Form::Events => {
                let events = &mut self.events;
                self.lines.feed(piece, LONGEST, |line| events.take(line))?;
            }
            Form::Json if self.whole.len() + piece.len() > LONGEST => return Err(too_large(LONGEST)),
            Form::Json => self.whole.extend_from_slice(piece),
            Form::Page => {
                self.whole.extend_from_slice(piece);
                if self.whole.len() > WORDS {
                    return Err(self.page());
                }
            }
        }
        let characters = self.events.characters;
        self.idle = if characters > 0 { 0 } else { self.idle + piece.len() };
        if self.idle > IDLE_BYTES { Err(too_large(IDLE_BYTES)) } else { Ok(characters) }
    }

    /// Look for the byte that decides.
    fn begin<'a>(&mut self, piece: &'a [u8]) -> &'a [u8] {
        const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
        for (at, byte) in piece.iter().enumerate() {
            if MARK.get(self.mark) == Some(byte) {
                self.mark += 1;
            } else if !byte.is_ascii_whitespace() {
                self.form = match byte {
                    b'{' | b'[' => Form::Json,
                    b'<' => Form::Page,
                    _ => Form::Events,
                };
                return &piece[at..];
            }
        }
        self.idle += piece.len();
        &[]
    }

    /// The end of the stream was said.
    pub(super) fn is_done(&self) -> bool {
        self.events.assembly.done
    }

    /// The bytes have ended; what came of them. The second is what is wrong with them, if anything.
    pub(super) fn end(mut self) -> (Assembly, Option<ChatError>) {
        let wrong = match self.form {
            Form::Page => Some(self.page()),
            Form::Json => self.events.whole(&self.whole).err(),
            Form::Unknown | Form::Events => {
                let rest = self.lines.rest();
                let last = if rest.is_empty() || self.is_done() { Ok(()) } else { self.events.take(&rest) };
                let last = last.and_then(|()| self.events.dispatch());
                // Half an event at the end is a cut, which the replies that lack their end show.
                last.err().filter(|error| !matches!(error.fault, RequestFault::Garbled { .. })).or_else(|| {
                    let nothing = self.events.assembly.seen() == 0 && !self.events.assembly.done;
                    let stray = std::mem::take(&mut self.events.stray);
                    let said = stray.trim().to_owned();
                    (nothing && !said.is_empty()).then(|| ChatError::later(RequestFault::Garbled { said }))
                })
            }
        };
        (self.events.assembly, wrong)
    }

    /// The replies that had ended when the answer failed.
    pub(super) fn into_assembly(self) -> Assembly {
        self.events.assembly
    }

    fn page(&self) -> ChatError {
        let page = String::from_utf8_lossy(&self.whole);
        ChatError::never(RequestFault::NotAnApi { status: 200, said: fault::title(&page) })
    }
}

impl Events {
    /// Take a line.
    fn take(&mut self, line: &[u8]) -> Result<(), ChatError> {
        if self.assembly.done {
            return Ok(());
        }
        if line.is_empty() {
            return self.dispatch();
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            return self.data(data.trim_ascii());
        }
        if let Some(name) = line.strip_prefix(b"event:") {
            self.is_error = name.trim_ascii() == b"error";
        } else if line[0] == b'{' {
            // A server that leaves `data:` away.
            return self.data(line.trim_ascii());
        } else if line[0] != b':' && !line.starts_with(b"id:") && !line.starts_with(b"retry:") && line != b"data" {
            let room = WORDS.saturating_sub(self.stray.len());
            self.stray.extend(String::from_utf8_lossy(&line[..line.len().min(room)]).chars().chain(['\n']));
        }
        Ok(())
    }

    /// A line of data: nearly always a whole value, else a part of one.
    fn data(&mut self, data: &[u8]) -> Result<(), ChatError> {
        if data == b"[DONE]" {
            self.dispatch()?;
            self.assembly.done = true;
            return Ok(());
        }
        // Some servers forget the blank line between events.
        if self.data.ends_with(b"}") && data.starts_with(b"{") {
            self.dispatch()?;
        }
        if !self.data.is_empty() {
            if self.data.len() + data.len() >= LONGEST {
                return Err(too_large(LONGEST));
            }
            self.data.push(b'\n');
            self.data.extend_from_slice(data);
            return Ok(());
        }
        if data.is_empty() || self.value(data)? {
            return Ok(());
        }
        self.data.extend_from_slice(data);
        Ok(())
    }

    /// The event is whole.
    fn dispatch(&mut self) -> Result<(), ChatError> {
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() && !self.value(&data)? {
            return Err(garbled("an event that ends in the middle"));
        }
        self.is_error = false;
        Ok(())
    }

    /// Take a value; `false` when it is only the start of one.
    fn value(&mut self, data: &[u8]) -> Result<bool, ChatError> {
        let chunk: Chunk<'_> = match serde_json::from_slice(data) {
            Ok(chunk) => chunk,
            Err(error) if error.classify() == Category::Eof => return Ok(false),
            // `data: "words"`, or an event named `error` with words only.
            Err(_) if self.is_error => return Err(fault::from_error(&String::from_utf8_lossy(data))),
            Err(error) => return Err(garbled(&error.to_string())),
        };
        if chunk.is_error() || (self.is_error && chunk.error.is_none() && chunk.choices.is_none()) {
            return Err(fault::from_error(&String::from_utf8_lossy(data)));
        }
        self.characters += self.assembly.add(chunk)?;
        Ok(true)
    }

    /// Take an answer in one piece, or one value a line.
    fn whole(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Chunk<'_>>() {
            let chunk = match value {
                Ok(chunk) => chunk,
                Err(error) if error.classify() == Category::Eof => {
                    return Err(ChatError::later(RequestFault::CutStream));
                }
                Err(error) => return Err(garbled(&error.to_string())),
            };
            if chunk.is_error() {
                return Err(fault::from_error(&String::from_utf8_lossy(bytes)));
            }
            self.characters += self.assembly.add(chunk)?;
        }
        if self.assembly.seen() == 0 {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(WORDS)]);
            return Err(garbled(&fault::words(&text)));
        }
        self.assembly.done = true;
        Ok(())
    }
}

fn garbled(said: &str) -> ChatError {
    ChatError::later(RequestFault::Garbled { said: said.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All that comes of an answer that arrives in these pieces.
    fn taken<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut intake = Intake::default();
        let mut characters = 0;
        for piece in pieces {
            match intake.feed(piece) {
                Ok(more) => characters += more,
                Err(error) => return format!("{:?}", intake.into_assembly().rescue(error)),
            }
        }
        let (assembly, wrong) = intake.end();
        let result = match wrong {
            None => assembly.finish(),
            Some(error) => assembly.rescue(error),
        };
        format!("{characters} {result:?}")
    }

    fn words() -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![
            4 => prop::sample::select(vec![
                "data: ", "data:", "\n\n", "\n", "\r\n", "\r", ": ping\n", "[DONE]", "event: error\n", "\u{feff}", "{", "}", " ",
                "[", "<html>", "{\"error\":{\"message\":\"x\",\"code\":\"400\"}}", "{\"choices\":[]}", "null", "\0", "<think>",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"你好</think>\"}}]}",
                "{\"choices\":[{\"index\":1,\"delta\":{\"reasoning\":\"é\"},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"finish_reason\":\"stop\",\"delta\":{\"content\":[{\"text\":\"a\"},\"b\"]}}]}",
                "{\"choices\":[{\"index\":4294967296}]}", "{\"usage\":{\"prompt_tokens\":1e99}}", "{\"detail\":[{\"msg\":1}]}",
            ])
            .prop_map(|word| word.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in words(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let whole = taken([&bytes[..]]);
            prop_assert_eq!(&taken(cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]])), &whole);
            prop_assert_eq!(&taken(bytes.chunks(1)), &whole);
        }

        #[test]
        fn no_error_body_is_too_much(body in words(), status in 300_u16..600, kind in "(text/html|application/json|)") {
            let body = String::from_utf8_lossy(&body);
            let fault = fault::from_answer(status, &kind, &body, None, "m").fault;
            let told = format!("{fault:?}");
            prop_assert!(told.len() < 10 * body.len() + 200);
        }
    }
}
