//! One text out of a conversation, as chat templates make it.
//!
//! Jinja templates are rendered as `apply_chat_template` of transformers 5.23 does: blocks are trimmed, no generation
//! prompt is added, there are no tools and no documents. One thing is left out on purpose: `strftime_now`, so that
//! today's scores can be compared with yesterday's; templates that ask whether it is there use their fixed date.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value};
use minijinja_contrib::pycompat::unknown_method_callback;
use serde_json::Value as Json;

use super::body::Message;
use crate::domain::{ChatTemplate, RewardFault};

/// Steps of a template before it is taken for one that never ends; long conversations take some thousands.
const FUEL: u64 = 5_000_000;
/// What people paste here is at most a `tokenizer_config.json`, some of which hold thousands of added tokens.
const LARGEST: usize = 16 << 20;
const LLAMA3_BEGIN: &str = "<|begin_of_text|>";

/// A template that makes texts.
#[derive(Debug)]
pub(super) struct Template {
    kind: Kind,
    /// The model's begin mark (BOS); empty where it has none or none is known.
    begin: String,
}

#[derive(Debug)]
enum Kind {
    ChatMl,
    Llama3,
    Plain,
    Jinja { environment: Environment<'static>, marks: Vec<(String, String)> },
}

impl Template {
    /// `None` where the server makes the text.
    pub(super) fn new(template: &ChatTemplate) -> Result<Option<Self>, RewardFault> {
        let made = |kind, begin: &str| Ok(Some(Self { kind, begin: begin.to_owned() }));
        match template {
            ChatTemplate::Server => Ok(None),
            ChatTemplate::ChatMl => made(Kind::ChatMl, ""),
            ChatTemplate::Llama3 => made(Kind::Llama3, LLAMA3_BEGIN),
            ChatTemplate::Plain => made(Kind::Plain, ""),
            ChatTemplate::Jinja(written) => jinja(written).map(Some),
        }
    }

    /// The text that a model reads. `adds_begin_mark`: the server puts that mark before it, so it is left out here.
    pub(super) fn render(&self, messages: &[Message<'_>], adds_begin_mark: bool) -> Result<String, RewardFault> {
        let mut text = match &self.kind {
            Kind::ChatMl => {
                let turn =
                    |message: &Message<'_>| format!("<|im_start|>{}\n{}<|im_end|>\n", message.role, message.text);
                messages.iter().map(turn).collect()
            }
            Kind::Llama3 => {
                let turn = |message: &Message<'_>| {
                    let (role, text) = (message.role, message.text.trim());
                    format!("<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>")
                };
                std::iter::once(LLAMA3_BEGIN.to_owned()).chain(messages.iter().map(turn)).collect()
            }
            Kind::Plain => plain(messages),
            Kind::Jinja { environment, marks } => {
                let mut known = vec![
                    ("messages".to_owned(), messages.iter().map(turn_of).collect()),
                    ("add_generation_prompt".to_owned(), Value::from(false)),
                    ("tools".to_owned(), Value::from(())),
                    ("documents".to_owned(), Value::from(())),
                ];
                known.extend(marks.iter().map(|(name, mark)| (name.clone(), Value::from(mark.as_str()))));
                let template = environment.get_template(NAME).map_err(|error| bad(&error))?;
                template.render(Value::from_pairs(known)).map_err(|error| bad(&error))?
            }
        };
        if adds_begin_mark && !self.begin.is_empty() && text.starts_with(&self.begin) {
            text.drain(..self.begin.len());
        }
        Ok(text)
    }

    /// Whether its texts hold the marks that the model wants at begin and end, so that a server is to add none.
    pub(super) fn holds_marks(&self) -> bool {
        !matches!(self.kind, Kind::Plain)
    }
}

/// A message as templates read it.
fn turn_of(message: &Message<'_>) -> Value {
    Value::from_pairs([("role", message.role), ("content", message.text)])
}

/// The texts of all turns with empty lines between them.
pub(super) fn plain(messages: &[Message<'_>]) -> String {
    messages.iter().map(|message| message.text).collect::<Vec<_>>().join("\n\n")
}

/// The name under which the one template of an environment is kept; a person sees it in its errors.
const NAME: &str = "chat_template";

fn jinja(written: &str) -> Result<Template, RewardFault> {
    let wrong = |said: &str| RewardFault::BadTemplate { said: said.to_owned() };
    if written.len() > LARGEST {
        return Err(wrong("it is larger than 16 MiB"));
    }
    let (source, marks) = match serde_json::from_str::<Json>(written) {
        Ok(Json::Object(config)) => {
            let source = config.get("chat_template").and_then(chosen);
            let source = source.ok_or_else(|| wrong("this tokenizer_config.json has no chat_template"))?;
            (source, marks_of(&config))
        }
        // The template as a JSON text, with its quotes, as it stands in that file.
        Ok(Json::String(source)) => (source, Vec::new()),
        _ => (written.to_owned(), Vec::new()),
    };
    if source.trim().is_empty() {
        return Err(wrong("it is empty"));
    }
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|error| bad(&error))?);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_unknown_method_callback(unknown_method_callback);
    environment.add_function("raise_exception", |said: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, said))
    });
    environment.add_filter("tojson", tojson);
    environment.add_template_owned(NAME, without_generation_marks(&source)).map_err(|error| bad(&error))?;
    let begin = marks.iter().find(|(name, _)| name == "bos_token").map(|(_, mark)| mark.clone()).unwrap_or_default();
    Ok(Template { kind: Kind::Jinja { environment, marks }, begin })
}

/// A template, or the one named `default` of several.
fn chosen(value: &Json) -> Option<String> {
    match value {
        Json::String(source) => Some(source.clone()),
        Json::Array(several) => {
            let default = several.iter().find(|one| one["name"] == "default").or_else(|| several.first())?;
            default["template"].as_str().map(str::to_owned)
        }
        _ => None,
    }
}

/// The special tokens that the file names, each as a text or as an object with its content.
fn marks_of(config: &serde_json::Map<String, Json>) -> Vec<(String, String)> {
    let named = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"];
    let mark = |name: &str| {
        let value = config.get(name)?;
        let text = value.as_str().or_else(|| value.get("content")?.as_str())?;
        Some((name.to_owned(), text.to_owned()))
    };
    named.into_iter().filter_map(mark).collect()
}

/// `{% generation %}` marks what a model is trained on; what stands inside is rendered like all else.
fn without_generation_marks(source: &str) -> String {
    let mut clean = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("{%") {
        let Some(length) = rest[at..].find("%}") else { break };
        let tag = &rest[at..at + length + 2];
        let inside = tag.trim_start_matches("{%").trim_end_matches("%}");
        let word = inside.trim_matches(['-', '+']).trim();
        clean.push_str(&rest[..at]);
        match word {
            "generation" => clean.push_str(&tag.replacen("generation", "if true", 1)),
            "endgeneration" => clean.push_str(&tag.replacen("endgeneration", "endif", 1)),
            _ => clean.push_str(tag),
        }
        rest = &rest[at + length + 2..];
    }
    clean.push_str(rest);
    clean
}

/// As transformers has it: no letters are escaped for HTML, none for ASCII; `indent` as Python's.
fn tojson(value: Value, options: minijinja::value::Kwargs) -> Result<String, Error> {
    let indent = options.get::<Option<usize>>("indent")?;
    let failed = |error: serde_json::Error| Error::new(ErrorKind::BadSerialization, error.to_string());
    let Some(indent) = indent else {
        let mut line = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut line, Spaced);
        serde::Serialize::serialize(&value, &mut writer).map_err(failed)?;
        return Ok(String::from_utf8_lossy(&line).into_owned());
    };
    let (mut lines, space) = (Vec::new(), " ".repeat(indent.min(16)));
    let pretty = serde_json::ser::PrettyFormatter::with_indent(space.as_bytes());
    let mut writer = serde_json::Serializer::with_formatter(&mut lines, pretty);
    serde::Serialize::serialize(&value, &mut writer).map_err(failed)?;
    Ok(String::from_utf8_lossy(&lines).into_owned())
}

/// JSON on one line with a space after each `,` and `:`, as Python writes it.
struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

fn bad(error: &Error) -> RewardFault {
    let line = error.line().map_or_else(String::new, |line| format!(" (line {line})"));
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    RewardFault::BadTemplate { said: super::super::fault::clip(&format!("{}{detail}{line}", error.kind())) }
}
