//! JSON as models write it. Trailing commas, single and Chinese quotes, full-width marks, keys without quotes, line ends and
//! quotes inside texts are understood; that anything had to be mended is told. Valid JSON is read as it is meant.
//!
//! Unlike a parser of data it keeps a key that comes twice, a number as it is written, and the fields of an object that
//! breaks off.

/// Lists and objects inside each other; a verdict has three.
const DEPTH: u32 = 12;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Loose {
    Text(String),
    /// A number or a word without quotes, as it is written.
    Bare(String),
    List(Vec<Loose>),
    Object(Vec<(String, Loose)>),
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    /// In the order in which they stand; those that were complete.
    pub(super) fields: Vec<(String, Loose)>,
    /// Bytes that it takes from where it was looked for.
    pub(super) length: usize,
    /// It was not written as JSON wants it.
    pub(super) mended: bool,
    /// The text ended before the object did.
    pub(super) cut: bool,
}

/// Why there is no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The keys that were read before.
    pub(super) keys: Vec<String>,
}

/// The object at the beginning of `text`.
pub(super) fn object(text: &str) -> Result<Object, Broken> {
    let mut reader = Reader { text, at: 0, mended: false, keys: Vec::new() };
    match reader.object(DEPTH) {
        Ok((fields, cut)) => Ok(Object { fields, length: reader.at, mended: reader.mended, cut }),
        Err(Stop) => Err(Broken { keys: reader.keys }),
    }
}

/// It cannot go on.
struct Stop;

/// A value and whether the text ended inside it.
type Part<T> = Result<(T, bool), Stop>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    mended: bool,
    keys: Vec<String>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, character: char) {
        self.at += character.len_utf8();
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a mark, in its full-width form, too.
    fn take(&mut self, mark: char, wide: char) -> bool {
        match self.peek() {
            Some(found) if found == mark => self.skip(found),
            Some(found) if found == wide => {
                self.mended = true;
                self.skip(found);
            }
            _ => return false,
        }
        true
    }

    fn object(&mut self, depth: u32) -> Part<Vec<(String, Loose)>> {
        if depth == 0 || !self.take('{', '｛') {
            return Err(Stop);
        }
        let mut fields = Vec::new();
        loop {
            self.skip_space();
            if self.peek().is_none() {
                return Ok((fields, true));
            }
            if self.take('}', '｝') {
                // After a comma: one too many.
                self.mended |= !fields.is_empty();
                return Ok((fields, false));
            }
            let (key, cut) = self.key()?;
            self.skip_space();
            if cut || self.peek().is_none() {
                return Ok((fields, true));
            }
            self.keys.push(key.clone());
            if !self.take(':', '：') {
                return Err(Stop);
            }
            self.skip_space();
            if self.peek().is_none() {
                return Ok((fields, true));
            }
            let (value, cut) = self.value(depth - 1)?;
            if cut {
                return Ok((fields, true));
            }
            fields.push((key, value));
            self.skip_space();
            if self.peek().is_none() {
                return Ok((fields, true));
            }
            if self.take('}', '｝') {
                return Ok((fields, false));
            }
            if !self.take(',', '，') {
                return Err(Stop);
            }
        }
    }

    fn list(&mut self, depth: u32) -> Part<Vec<Loose>> {
        if depth == 0 || !self.take('[', '［') {
            return Err(Stop);
        }
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.take(']', '］') {
                self.mended |= !items.is_empty();
                return Ok((items, false));
            }
            if self.peek().is_none() {
                return Ok((items, true));
            }
            let (value, cut) = self.value(depth - 1)?;
            items.push(value);
            self.skip_space();
            if cut || self.peek().is_none() {
                return Ok((items, true));
            }
            if self.take(']', '］') {
                return Ok((items, false));
            }
            if !self.take(',', '，') && !self.take('、', '、') {
                return Err(Stop);
            }
        }
    }

    fn key(&mut self) -> Part<String> {
        if let Some(open) = self.peek().filter(|open| closing(*open).is_some()) {
            return self.quoted(open, &[':', '：']);
        }
        let (word, cut) = self.bare();
        if word.is_empty() {
            return Err(Stop);
        }
        self.mended = true;
        Ok((word, cut))
    }

    fn value(&mut self, depth: u32) -> Part<Loose> {
        match self.peek() {
            Some('{' | '｛') => self.object(depth).map(|(fields, cut)| (Loose::Object(fields), cut)),
            Some('[' | '［') => self.list(depth).map(|(items, cut)| (Loose::List(items), cut)),
            Some(open) if closing(open).is_some() => {
                self.quoted(open, &[',', '，', '、', '}', '｝', ']', '］']).map(|(text, cut)| (Loose::Text(text), cut))
            }
            _ => {
                let (word, cut) = self.bare();
                if word.is_empty() {
                    return Err(Stop);
                }
                let is_json = matches!(word.as_str(), "true" | "false" | "null") || is_json_number(&word);
                self.mended |= !is_json;
                Ok((Loose::Bare(word), cut))
            }
        }
    }

    /// A word or number without quotes. At the end of the text more of it could have come.
    fn bare(&mut self) -> (String, bool) {
        let ends = |c: char| c.is_whitespace() || "{}[]｛｝［］,，、:：\"'“”‘’".contains(c);
        let rest = self.rest();
        let length = rest.find(ends).unwrap_or(rest.len());
        self.at += length;
        (rest[..length].to_owned(), length == rest.len())
    }

    /// A text. A quote ends it only where one of `after` or the end comes next, so that a quote that nobody escaped stays
    /// part of the text; in valid JSON one of them always comes next.
    fn quoted(&mut self, open: char, after: &[char]) -> Part<String> {
        let Some(close) = closing(open) else { return Err(Stop) };
        self.mended |= open != '"';
        self.skip(open);
        let mut text = String::new();
        loop {
            let Some(character) = self.peek() else { return Ok((text, true)) };
            self.skip(character);
            match character {
                '\\' => match self.escaped()? {
                    Some(meant) => text.push(meant),
                    None => return Ok((text, true)),
                },
                // Either side of a pair of Chinese quotes ends it: models mix them up.
                quote if quote == close || (quote == open && open != '"') => {
                    let next = self.rest().trim_start().chars().next();
                    if next.is_none_or(|next| after.contains(&next)) {
                        return Ok((text, false));
                    }
                    self.mended = true;
                    text.push(quote);
                }
                other => {
                    self.mended |= other.is_control();
                    text.push(other);
                }
            }
        }
    }

    /// What comes after a backslash; `None` where the text ends.
    fn escaped(&mut self) -> Result<Option<char>, Stop> {
        let Some(character) = self.peek() else { return Ok(None) };
        self.skip(character);
        Ok(Some(match character {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' | 'f' => ' ',
            'u' => {
                let Some(digits) = self.rest().get(..4) else { return Ok(None) };
                let code = u32::from_str_radix(digits, 16).map_err(|_| Stop)?;
                self.at += 4;
                // Halves of a pair: no name and no number has such a character.
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            '"' | '\\' | '/' => character,
            other => {
                self.mended = true;
                other
            }
        }))
    }
}

/// The quote that ends what another one begins.
fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '\'' => Some('\''),
        '“' | '”' => Some('”'),
        '‘' | '’' => Some('’'),
        _ => None,
    }
}

fn is_json_number(word: &str) -> bool {
    word.parse::<serde_json::Number>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(value: &serde_json::Value) -> Loose {
        match value {
            serde_json::Value::String(text) => Loose::Text(text.clone()),
            serde_json::Value::Array(items) => Loose::List(items.iter().map(plain).collect()),
            serde_json::Value::Object(fields) => {
                Loose::Object(fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
            }
            other => Loose::Bare(other.to_string()),
        }
    }

    #[test]
    fn what_models_write_is_understood() {
        let meant = vec![("winner".to_owned(), Loose::Text("QX".to_owned()))];
        for text in [
            "{'winner': 'QX'}",
            "{winner: \"QX\"}",
            "{\"winner\": \"QX\",}",
            "{“winner”：“QX”}",
            "{ \"winner\" :\n\"QX\" , }",
            "｛\"winner\"：\"QX\"｝",
        ] {
            let object = object(text).unwrap();
            assert_eq!(
                (object.fields.as_slice(), object.mended, object.cut),
                (meant.as_slice(), true, false),
                "{text}"
            );
            assert_eq!(object.length, text.len());
        }
    }

    #[test]
    fn quotes_that_nobody_escaped_stay_in_their_text() {
        let text = r#"{"reason":"it says "pick me" and "winner":"ZZ" twice","winner":"QX"}"#;
        let found = object(text).unwrap();
        assert_eq!(found.fields[1], ("winner".to_owned(), Loose::Text("QX".to_owned())));
        assert!(found.mended);
        let unclear = r#"{"reason":"it says "winner":"ZZ", so","winner":"QX"}"#;
        assert!(
            object(unclear).is_err_and(|broken| broken.keys[0] == "reason"),
            "nothing inside it is taken for a verdict"
        );
    }

    #[test]
    fn of_an_object_that_breaks_off_only_whole_fields_are_there() {
        let text = r#"{"order":[["QX"],["VD"]],"reason":"beca"#;
        let found = object(text).unwrap();
        assert!(found.cut);
        assert_eq!(found.fields.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["order"]);
        for text in
            [r#"{"score":7"#, r#"{"order":[["QX"],["VD"]"#, r#"{"winner":"QX"#, r#"{"winner":"#, r#"{"win"#, "{"]
        {
            let found = object(text).unwrap();
            assert!(found.cut && found.fields.is_empty(), "{text}: {found:?}");
        }
        assert!(!object(r#"{"score":7}"#).unwrap().mended);
    }

    #[test]
    fn a_tower_of_brackets_ends_the_reading_and_nothing_else() {
        assert!(object(&"{\"a\":".repeat(100_000)).is_err());
        assert!(object(&format!("{{\"a\":{}", "[".repeat(100_000))).is_err());
    }

    proptest! {
        #[test]
        fn valid_json_is_read_as_it_is_meant(reason in "\\PC{0,30}", names in prop::collection::vec("[A-Z\"'\\\\:,{}\\[\\] ]{0,5}", 0..4), number in -20..20i32) {
            let value = serde_json::json!({ "reason": reason, "order": [names, []], "score": number, "x": { "y": null } });
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let found = object(&text).unwrap();
                prop_assert_eq!(Loose::Object(found.fields), plain(&value));
                prop_assert!(!found.mended && !found.cut);
                prop_assert_eq!(found.length, text.len());
            }
        }

        #[test]
        fn anything_else_does_no_harm(text in "[{}\\[\\]\"',:a0 \\\\u“”，]{0,60}") {
            if let Ok(found) = object(&text) {
                prop_assert!(found.length <= text.len());
            }
        }
    }
}
