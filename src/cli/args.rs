//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::domain::{JudgeLanguage, JudgeMethod, KeySource, PairPolicy, Pairing, StepRule};
use crate::formats::Format;
use crate::sample::Fault;

/// Turn model replies into preference data. Without a subcommand it opens the window.
#[derive(Debug, Parser)]
#[command(name = "pairloom", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A session file to open in the window.
    pub file: Option<PathBuf>,
}

impl Args {
    /// The command line of this process; a mistake in it ends the process with code 2.
    pub fn read() -> Self {
        Self::parse()
    }

    /// The script that makes a shell complete this command line.
    pub(super) fn completions(shell: clap_complete::Shell) -> String {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut <Self as clap::CommandFactory>::command(), "pairloom", &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a session.
    New(New),
    /// Ask a server for the replies that are missing; running it again goes on.
    Generate(Box<Generate>),
    /// Read prompts, replies, another tool's session or an archive into a session.
    Import(Import),
    /// Write preference pairs, or the whole session as an archive.
    Export(Export),
    /// Let an LLM judge or a reward model score replies: those of a session, or those of a file into another file. Running
    /// it again goes on.
    Score(Box<Score>),
    /// Tell what is in a session or a file of replies or pairs: counts, lengths, days, and how far people and scorers agree.
    Stats(Stats),
    /// Check a session file, and save what can be saved of a damaged one.
    Check(Check),
    /// Find the servers of this machine, or look at those named: what each is and what it can do. Sends each a few small
    /// requests.
    Endpoints(Endpoints),
    /// Print completions for a shell.
    Completions(Completions),
    /// Run the sample server: OpenAI-compatible, with a sample judge and a sample reward model, loopback only, no model
    /// behind it.
    SampleServer(SampleServer),
}

/// `pairloom new`.
#[derive(Debug, clap::Args)]
pub struct New {
    /// The session file to make.
    pub file: PathBuf,
    /// Its title; without it the file's name.
    #[arg(long)]
    pub title: Option<String>,
    /// What it is made from.
    #[arg(long)]
    pub plan: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom generate`.
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// The session file; made if it is missing.
    pub file: PathBuf,
    /// A plan file: endpoints, sampling, prompts, guidelines. Options given beside it come first.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Base address of an OpenAI-compatible server, or `sample`. May be given again: each gets its share of the replies.
    #[arg(long, value_name = "URL")]
    pub endpoint: Vec<String>,
    /// The model; without it the first one that the server lists. Once for all endpoints, or once for each.
    #[arg(long)]
    pub model: Vec<String>,
    /// The endpoint's share of the replies, as a weight. Once for each endpoint.
    #[arg(long)]
    pub share: Vec<u32>,
    /// Where the endpoint's key is kept: `$NAME` for an environment variable, or `none`. Once for all, or once for each.
    #[arg(long, value_name = "$NAME", value_parser = key_source)]
    pub key: Vec<KeySource>,
    /// Replies for each prompt, 2 to 20.
    #[arg(long)]
    pub replies: Option<u32>,
    /// A system prompt, or `@file` with a list of them. May be given again.
    #[arg(long, value_name = "TEXT|@FILE")]
    pub system: Vec<String>,
    /// A file of user prompts: text, CSV, JSON or JSON lines. May be given again.
    #[arg(long, value_name = "FILE")]
    pub prompts: Vec<PathBuf>,
    /// How system prompts and user prompts meet.
    #[arg(long, value_parser = pairing, value_name = "cross|rows")]
    pub pairing: Option<Pairing>,
    /// Sampling temperature.
    #[arg(long)]
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    #[arg(long)]
    pub top_p: Option<f64>,
    /// Longest reply in tokens.
    #[arg(long)]
    pub max_tokens: Option<u32>,
    /// The seed that all seeds are derived from.
    #[arg(long)]
    pub seed: Option<u64>,
    /// A text at which replies end. May be given again.
    #[arg(long)]
    pub stop: Vec<String>,
    /// Requests at the same time. Once for all endpoints, or once for each.
    #[arg(long)]
    pub concurrency: Vec<u32>,
    /// More fields for the request, as a JSON object.
    #[arg(long, value_name = "JSON")]
    pub extra: Option<String>,
    /// Ask again for replies that failed before.
    #[arg(long)]
    pub retry: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The session file; made if it is missing.
    pub file: PathBuf,
    /// Files to read.
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// The format, where it should not be found from the content.
    #[arg(long, value_parser = format)]
    pub format: Option<Format>,
    /// Where to save the rows that stay out.
    #[arg(long, value_name = "FILE")]
    pub refused: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The session file.
    pub file: PathBuf,
    /// The format to write.
    #[arg(long, value_parser = format, default_value = "ms-swift")]
    pub format: Format,
    /// The file to write.
    #[arg(long)]
    pub out: PathBuf,
    /// Which pairs an order gives; all of people's labels, best-worst of scores.
    #[arg(long, value_parser = policy, value_name = "all|best-worst|adjacent")]
    pub pairs: Option<PairPolicy>,
    /// Whose order makes the pairs: people's labels, a scorer's scores, or those of the first judge where the first
    /// reward model agrees.
    #[arg(long, default_value = "human", value_name = "human|scorer:NAME|agreement")]
    pub order: String,
    /// The least margin of a pair of scores, in standard deviations within groups; 0 takes every difference that is the
    /// same in both orders. Without it: 1 standard error of a judge, 0.5 standard deviations of a reward model, both for
    /// agreement.
    #[arg(long, value_name = "SD", value_parser = margin)]
    pub min_margin: Option<f64>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom score`.
#[derive(Debug, clap::Args)]
pub struct Score {
    /// A session file, or a file of replies or pairs.
    #[arg(value_name = "FILE|INPUT")]
    pub file: PathBuf,
    /// Where the rows with scores go, for an input that is no session. What was asked is kept beside it.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// The format of that file; seed000 for a judge, seed004 for a reward model unless named.
    #[arg(long, value_parser = format)]
    pub format: Option<Format>,
    /// The format of the input, where it should not be found from the content.
    #[arg(long, value_parser = format)]
    pub input_format: Option<Format>,
    /// Which pairs go out, where the format has pairs.
    #[arg(long, value_parser = policy, default_value = "best-worst", value_name = "all|best-worst|adjacent")]
    pub pairs: PairPolicy,
    /// The base address of a chat model's server: an LLM judge.
    #[arg(long, value_name = "URL", required_unless_present = "reward", conflicts_with = "reward")]
    pub judge: Option<String>,
    /// The base address of a reward model's server.
    #[arg(long, value_name = "URL")]
    pub reward: Option<String>,
    /// The model; without it the first one that the server lists.
    #[arg(long)]
    pub model: Option<String>,
    /// What the scorer is called in the session.
    #[arg(long)]
    pub name: Option<String>,
    /// Where the key is kept: `$NAME` for an environment variable, or `none`.
    #[arg(long, value_name = "$NAME", value_parser = key_source, default_value = "standard")]
    pub key: KeySource,
    /// What one request shows a judge: one reply, all of them, all and then pairs in both orders, or two at a time.
    #[arg(long, value_parser = method, value_name = "pointwise|listwise|quality|pairs")]
    pub method: Option<JudgeMethod>,
    /// Balanced orders of a list: 2, 4, 6 or 8.
    #[arg(long)]
    pub orders: Option<u32>,
    /// By what a judge judges; `@file` is a TOML file with `name` and `[[criteria]]`.
    #[arg(long, default_value = "general", value_name = "general|safety|strict|@FILE")]
    pub rubric: String,
    /// The language of its instructions.
    #[arg(long, value_parser = judge_language, value_name = "auto|zh|en")]
    pub language: Option<JudgeLanguage>,
    /// It thinks before it answers.
    #[arg(long)]
    pub thinking: bool,
    /// Its longest answer in tokens, thinking included.
    #[arg(long)]
    pub max_tokens: Option<u32>,
    /// The system message before prompts without one, for a reward model; `none` for none.
    #[arg(long, value_name = "TEXT|none")]
    pub system: Option<String>,
    /// Who makes one text of prompt and reply for a reward model; `@file` is a Jinja template or a tokenizer_config.json.
    #[arg(long, default_value = "server", value_name = "server|chatml|llama3|plain|@FILE")]
    pub template: String,
    /// How a reward server is asked, where a look at it should not decide: tei, infinity, openrlhf, llama-factory,
    /// lmdeploy, nim, sglang.
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Which row counts where a reward model gives one for each step.
    #[arg(long, value_parser = steps, value_name = "minimum|last|mean")]
    pub steps: Option<StepRule>,
    /// Which number counts where a reward model gives several: its label, or its place from 0.
    #[arg(long)]
    pub label: Option<String>,
    /// Replies in one request, where the server takes several.
    #[arg(long)]
    pub batch: Option<u32>,
    /// Requests at the same time.
    #[arg(long)]
    pub concurrency: Option<u32>,
    /// Ask again where there was no score.
    #[arg(long)]
    pub retry: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom stats`.
#[derive(Debug, clap::Args)]
pub struct Stats {
    /// A session file, or a file of replies or pairs.
    #[arg(value_name = "FILE|INPUT")]
    pub file: PathBuf,
    /// Whose labels are compared with scores; without it whoever runs this, or labeled most.
    #[arg(long, value_name = "NAME")]
    pub annotator: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The session file.
    pub file: PathBuf,
    /// Save what can be read into this new session file.
    #[arg(long, value_name = "OUT")]
    pub repair: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom endpoints`.
#[derive(Debug, clap::Args)]
pub struct Endpoints {
    /// Base addresses; without any, the usual ports of this machine are looked at.
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,
    /// Where the key is kept: `$NAME` for an environment variable, or `none`.
    #[arg(long, value_name = "$NAME", value_parser = key_source, default_value = "standard")]
    pub key: KeySource,
    /// Print one JSON list.
    #[arg(long)]
    pub json: bool,
}

/// `pairloom completions`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// `pairloom sample-server`.
#[derive(Debug, clap::Args)]
pub struct SampleServer {
    /// The loopback port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// A fault to play: delay:MILLIS, 429[:TIMES], 500[:TIMES], 401, cut[:TIMES], garbage[:TIMES], empty[:TIMES],
    /// html[:TIMES], ignore-n, redirect, drip, comments, no-done, nul, large, endless, bomb, too-long,
    /// judge-prose|refuses|loop|obeys|cut[:TIMES], reward-nan|one|tokens|hidden|long, kind:NAME. May be given again.
    #[arg(long)]
    pub fault: Vec<Fault>,
    /// Milliseconds before each piece of a stream.
    #[arg(long, default_value_t = 0)]
    pub pace: u64,
}

fn format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("no such format; there are {}", names.join(", "))
    })
}

fn key_source(text: &str) -> Result<KeySource, String> {
    KeySource::try_from(text.to_owned()).map_err(|error| error.to_string())
}

fn method(name: &str) -> Result<JudgeMethod, String> {
    match name {
        "pointwise" => Ok(JudgeMethod::Pointwise),
        "listwise" => Ok(JudgeMethod::Listwise),
        "quality" => Ok(JudgeMethod::Quality),
        "pairs" => Ok(JudgeMethod::Pairs),
        _ => Err("pointwise, listwise, quality or pairs".to_owned()),
    }
}

fn judge_language(name: &str) -> Result<JudgeLanguage, String> {
    match name {
        "auto" => Ok(JudgeLanguage::Auto),
        "zh" => Ok(JudgeLanguage::Zh),
        "en" => Ok(JudgeLanguage::En),
        _ => Err("auto, zh or en".to_owned()),
    }
}

fn steps(name: &str) -> Result<StepRule, String> {
    match name {
        "minimum" => Ok(StepRule::Minimum),
        "last" => Ok(StepRule::Last),
        "mean" => Ok(StepRule::Mean),
        _ => Err("minimum, last or mean".to_owned()),
    }
}

fn pairing(name: &str) -> Result<Pairing, String> {
    match name {
        "cross" => Ok(Pairing::Cross),
        "rows" => Ok(Pairing::Rows),
        _ => Err("cross or rows".to_owned()),
    }
}

fn margin(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(margin) if margin.is_finite() && margin >= 0.0 => Ok(margin),
        _ => Err("a number of 0 or more, in standard deviations".to_owned()),
    }
}

fn policy(name: &str) -> Result<PairPolicy, String> {
    match name {
        "all" => Ok(PairPolicy::All),
        "best-worst" => Ok(PairPolicy::BestWorst),
        "adjacent" => Ok(PairPolicy::Adjacent),
        _ => Err("all, best-worst or adjacent".to_owned()),
    }
}
