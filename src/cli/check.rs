//! `check`: is a session file sound, what is in it, what can be saved of it.

use serde_json::json;

use super::args::Check;
use super::report::Report;
use super::{Context, Done};
use crate::domain::Problem;
use crate::store;

pub(super) fn check(args: &Check, context: &Context) -> Done {
    let report = store::check(&args.file, args.repair.as_deref())
        .map_err(|error| Problem::Store { path: args.file.clone(), fault: error.into() })?;
    let text = context.text;
    let mut lines = vec![text.cli_checked(report.format_version, report.groups, report.replies, report.labels)];
    if report.problems.is_empty() {
        lines.push(text.cli_sound().to_owned());
    } else {
        lines.push(text.cli_damaged(report.problems.len() as u64));
        lines.extend(report.problems.iter().take(10).map(|said| format!("  {said}")));
    }
    if let (Some(out), Some(saved)) = (&args.repair, &report.saved) {
        lines.push(text.cli_repaired(&out.display().to_string(), saved.groups, saved.replies, saved.labels));
    }
    Ok(Report {
        lines,
        json: args.json.then(|| {
            json!({
                "format_version": report.format_version, "groups": report.groups, "replies": report.replies,
                "labels": report.labels, "problems": report.problems,
            })
        }),
        incomplete: !report.problems.is_empty(),
    })
}
