//! The binary: a window without a subcommand, the command line with one.

use std::process::ExitCode;

use clap::Parser as _;
use pairloom::cli;
use pairloom::settings::{Folders, Settings};
use pairloom::text::{Language, Text};

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("PAIRLOOM_LOG").unwrap_or_else(|_| "pairloom=warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let args = cli::Args::parse();
    let folders = Folders::find();
    let (mut settings, broken) = Settings::load(&folders);
    if let Some(error) = &broken {
        tracing::warn!(%error, "the settings could not be read");
    }
    let system = sys_locale::get_locale().map(|locale| Language::from_locale(&locale)).unwrap_or_default();
    let text = Text::new(settings.language.unwrap_or(system));
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the system gives no threads");
            return ExitCode::from(2);
        }
    };
    let Some(command) = args.command else {
        return ExitCode::SUCCESS;
    };
    let known = settings.annotator.is_some();
    let annotator = settings.annotator_or_user();
    if !known && let Err(error) = settings.save(&folders) {
        tracing::warn!(%error, "the annotator made for this run is not remembered");
    }
    cli::run(command, &cli::Context { text, annotator, runtime })
}
