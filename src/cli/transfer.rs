//! `import` and `export`.

use serde_json::json;

use super::args::{Export, Import};
use super::report::Report;
use super::{Context, Done, Stop, open, open_or_create, wait_for};
use crate::domain::{Notice, Problem};
use crate::formats;
use crate::session::{Command, Snapshot};

pub(super) fn import(args: &Import, context: &Context) -> Done {
    let session = open_or_create(&args.file, context)?;
    let mut lines = Vec::new();
    let mut files = Vec::new();
    let mut refused_rows = Vec::new();
    let mut refused_total = 0;
    for input in &args.inputs {
        let first = newest(&session.snapshot());
        let number = session.send(Command::Import { path: input.clone(), format: args.format });
        let snapshot = wait_for(&session, number, |snapshot| imported(snapshot, first).is_some())?;
        if let Some(Notice::Imported { file, groups, replies, duplicates, refused }) = imported(&snapshot, first) {
            lines.push(context.text.cli_imported(&file, groups, replies, duplicates));
            if refused > 0 {
                lines.push(context.text.rows_refused(refused));
                for row in snapshot.refused.iter().take(5) {
                    lines.push(format!("  {}", context.text.refused_row(row.line, &row.fault)));
                }
            }
            refused_total += refused;
            refused_rows.extend(snapshot.refused.iter().cloned());
            files.push(json!({
                "file": file, "groups": groups, "replies": replies, "duplicates": duplicates, "refused": refused,
            }));
        }
    }
    session.close();
    if let Some(path) = &args.refused {
        let written = formats::write_whole(path, |out| {
            for row in &refused_rows {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        });
        written.map_err(|fault| Stop::Problem(Problem::File { path: path.clone(), fault }))?;
    }
    Ok(Report {
        lines,
        json: args.json.then(|| json!({"files": files, "refused": refused_total})),
        incomplete: refused_total > 0,
    })
}

pub(super) fn export(args: &Export, context: &Context) -> Done {
    if !args.format.writes() {
        return Err(Stop::Usage(context.text.cli_cannot_write(args.format.name())));
    }
    let session = open(&args.file, context)?;
    let first = newest(&session.snapshot());
    let number = session.send(Command::Export { path: args.out.clone(), format: args.format, policy: args.pairs });
    let snapshot = wait_for(&session, number, |snapshot| exported(snapshot, first).is_some())?;
    session.close();
    let Some((pairs, groups)) = exported(&snapshot, first) else {
        return Err(Stop::Usage(String::new()));
    };
    let path = args.out.display().to_string();
    let mut lines = vec![context.text.cli_exported(&path, pairs, groups)];
    lines.extend(formats::load_line(args.format, &args.out));
    Ok(Report {
        lines,
        json: args.json.then(|| json!({"file": path, "pairs": pairs, "groups": groups})),
        incomplete: false,
    })
}

fn newest(snapshot: &Snapshot) -> u64 {
    snapshot.notices.last().map_or(0, |(id, _)| *id)
}

fn imported(snapshot: &Snapshot, after: u64) -> Option<Notice> {
    let mut new = snapshot.notices.iter().filter(|(id, _)| *id > after);
    new.find(|(_, notice)| matches!(notice, Notice::Imported { .. })).map(|(_, notice)| notice.clone())
}

fn exported(snapshot: &Snapshot, after: u64) -> Option<(u64, u64)> {
    snapshot.notices.iter().filter(|(id, _)| *id > after).find_map(|(_, notice)| match notice {
        Notice::Exported { pairs, groups, .. } => Some((*pairs, *groups)),
        _ => None,
    })
}
