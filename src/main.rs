//! The binary: a window without a subcommand, the command line with one.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pairloom::settings::{Folders, Settings};
use pairloom::text::{Language, Text};
use pairloom::{cli, sample, ui};

/// How the app's own sample server paces its streams, so that replies arrive as from a model.
const SAMPLE_PACE: Duration = Duration::from_millis(6);

fn main() -> ExitCode {
    let quiet = "pairloom=warn".into();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("PAIRLOOM_LOG").unwrap_or(quiet))
        .with_writer(std::io::stderr)
        .init();
    let args = cli::Args::read();
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
    if let Some(command) = args.command {
        let known = settings.annotator.is_some();
        let annotator = settings.annotator_or_user();
        if !known && let Err(error) = settings.save(&folders) {
            tracing::warn!(%error, "the annotator made for this run is not remembered");
        }
        return cli::run(command, &cli::Context { text, annotator, runtime });
    }
    let handle = runtime.handle().clone();
    let server = OnceLock::new();
    let sample = move || match server.get() {
        Some(address) => Ok(*address),
        None => {
            let behaviour = sample::Behaviour { pace: SAMPLE_PACE, ..sample::Behaviour::default() };
            let address = sample::start(&handle, behaviour)?;
            Ok(*server.get_or_init(|| address))
        }
    };
    let boot = ui::Boot {
        settings,
        folders,
        system_language: system,
        runtime: runtime.handle().clone(),
        sample: Arc::new(sample),
        open: args.file,
        broken,
    };
    match ui::run(boot, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&error.said, &error.detail);
            ExitCode::from(2)
        }
    }
}
