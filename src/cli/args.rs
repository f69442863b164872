//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::domain::{KeySource, PairPolicy, Pairing};
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
    /// Which pairs an order gives.
    #[arg(long, value_parser = policy, default_value = "all", value_name = "all|best-worst|adjacent")]
    pub pairs: PairPolicy,
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

fn pairing(name: &str) -> Result<Pairing, String> {
    match name {
        "cross" => Ok(Pairing::Cross),
        "rows" => Ok(Pairing::Rows),
        _ => Err("cross or rows".to_owned()),
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
