//! Files of 145,669 groups into a session and out of it, beside bare SQLite inserts of the same rows in the same run.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pairloom::domain::{Label, Notice, PairPolicy, Plan, Tiers, Verdict};
use pairloom::formats::{Format, IncomingGroup, read_groups};
use pairloom::session::{Command, Session, Snapshot};
use pairloom::store::Store;
use rusqlite::{Connection, params};

use crate::content::{self, FEW, MANY, annotator, options};
use crate::table::{Bar, Table};

/// Imports and exports that are measured.
const RUNS: usize = 3;
const LONG: Duration = Duration::from_secs(600);
/// Between two labels of a person who hurries.
const BETWEEN: Duration = Duration::from_millis(20);

pub(crate) fn bench(table: &mut Table, folder: &Path, imports: bool, exports: bool) {
    let file = content::large_file(folder);
    let megabytes = fs::metadata(&file).unwrap().len() as f64 / 1e6;
    println!("{MANY} groups, {megabytes:.0} MB");
    let session = folder.join("large.pairloom");
    if imports {
        import(table, &file, &session, megabytes);
        label_meanwhile(table, folder, &file);
    } else {
        timed_import(&create(&session), &file);
    }
    if exports {
        export(table, folder, &session);
    }
}

fn create(path: &Path) -> Session {
    if path.exists() {
        fs::remove_file(path).unwrap();
    }
    Session::create(path, "Large", &Plan::default(), options()).unwrap()
}

/// Turn by turn, since the disk of a shared machine is not the same from one minute to the next.
fn import(table: &mut Table, file: &Path, path: &Path, megabytes: f64) {
    let rows = rows_of(file);
    let (mut rates, mut ratios, mut bares, mut undos) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let bare = bare(&path.with_extension("sqlite"), &rows).as_secs_f64();
        let session = create(path);
        let ours = timed_import(&session, file).as_secs_f64();
        rates.push(megabytes / ours);
        bares.push(megabytes / bare);
        ratios.push(bare / ours);
        for (command, total) in [(Command::Undo, 0), (Command::Redo, MANY as u64)] {
            let began = Instant::now();
            let number = session.send(command);
            let done = session.wait(LONG, |snapshot| snapshot.handled >= number);
            undos.push(began.elapsed());
            assert_eq!(done.map(|snapshot| snapshot.counts.total).ok(), Some(total));
        }
    }
    table.add(format!("import of {MANY} groups"), "MB/s", rates, Some(Bar::MedianAtLeast(50.0)));
    table.add("  bare SQLite inserts of these rows, one transaction, no index", "MB/s", bares, None);
    table.add("  import : bare inserts", "x", ratios, Some(Bar::MedianAtLeast(0.5)));
    table.times("  undo and redo of the import, sent to shown", &undos, None);
}

/// From the command to the message.
fn timed_import(session: &Session, file: &Path) -> Duration {
    let began = Instant::now();
    session.send(Command::Import { path: file.to_owned(), format: None });
    let done = session.wait(LONG, |snapshot| imported(snapshot).is_some());
    let took = began.elapsed();
    let done = done.unwrap_or_else(|last| panic!("not imported: {:?}", last.notices));
    assert_eq!(imported(&done), Some(MANY as u64));
    took
}

fn imported(snapshot: &Snapshot) -> Option<u64> {
    snapshot.notices.iter().find_map(|(_, notice)| match notice {
        Notice::Imported { groups, .. } => Some(*groups),
        _ => None,
    })
}

fn rows_of(file: &Path) -> Vec<IncomingGroup> {
    let mut rows = Vec::with_capacity(MANY);
    let read = read_groups(&file.into(), None, &mut |row| {
        rows.extend(row);
        ControlFlow::Continue(())
    });
    assert_eq!((read, rows.len()), (Ok(Format::Seed000), MANY));
    rows
}

/// The same rows, and nothing that finds them again.
fn bare(path: &Path, rows: &[IncomingGroup]) -> Duration {
    let began = Instant::now();
    let mut connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    let sql =
        "CREATE TABLE groups (id BLOB, number INTEGER PRIMARY KEY, system TEXT, history TEXT, user TEXT, title TEXT,
            wanted INTEGER, round INTEGER, fingerprint BLOB, batch BLOB);
        CREATE TABLE replies (id BLOB, group_id BLOB, round INTEGER, slot INTEGER, text TEXT, reasoning TEXT,
            origin TEXT, created_at TEXT, hidden INTEGER)";
    connection.execute_batch(sql).unwrap();
    let transaction = connection.transaction().unwrap();
    {
        let mut group =
            transaction.prepare("INSERT INTO groups VALUES (?1, ?2, NULL, '[]', ?3, ?4, ?5, 0, ?1, ?1)").unwrap();
        let mut reply = transaction.prepare("INSERT INTO replies VALUES (?1, ?2, 0, ?3, ?4, NULL, ?5, ?6, 0)").unwrap();
        let (origin, at) = (r#"{"imported":{"source":"large.json","model":null}}"#, "2026-01-01T00:00:00.000000000Z");
        for (index, row) in rows.iter().enumerate() {
            let id = (index as u128).to_be_bytes();
            let user = &row.prompt.user;
            group.execute(params![id, index as i64, user, row.prompt.title(80), row.replies.len() as i64]).unwrap();
            for (slot, incoming) in row.replies.iter().enumerate() {
                let own = ((slot as u128) << 64 | index as u128).to_be_bytes();
                reply.execute(params![own, id, slot as i64, incoming.text, origin, at]).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
    connection.close().unwrap();
    let took = began.elapsed();
    fs::remove_file(path).unwrap();
    took
}

/// Labels that are given while a file comes in.
fn label_meanwhile(table: &mut Table, folder: &Path, file: &Path) {
    let path = content::short(folder, "labeled", FEW);
    let session = Session::open(&path, options()).unwrap();
    session.send(Command::Import { path: file.to_owned(), format: None });
    let mut waits = Vec::new();
    let mut snapshot = session.snapshot();
    while imported(&snapshot).is_none() && waits.len() < FEW {
        let open = snapshot.current.clone().unwrap();
        let (group, reply) = (open.group.id, open.replies().next().unwrap().id);
        session.send(Command::Check { group, reply, checked: true });
        let began = Instant::now();
        let number = session.send(Command::Confirm { group, seconds: 5.0 });
        let shown = session.wait(LONG, |snapshot| snapshot.handled >= number);
        waits.push(began.elapsed());
        assert!(shown.is_ok(), "a label was not given");
        std::thread::sleep(BETWEEN);
        snapshot = session.snapshot();
    }
    table.times("  check and confirm while it runs, sent to shown", &waits, None);
    // What is not needed any more is taken out again.
    let began = Instant::now();
    session.send(Command::CancelImport);
    session.close();
    println!("closed in {:?}", began.elapsed());
    fs::remove_file(path).unwrap();
}

fn export(table: &mut Table, folder: &Path, path: &Path) {
    label_all(path);
    let session = Session::open(path, options()).unwrap();
    let checked = |snapshot: &Snapshot| snapshot.integrity != pairloom::session::Integrity::Checking;
    assert!(session.wait(LONG, checked).is_ok(), "the session file was not checked");
    let memory = Path::new("/dev/shm");
    let memory = memory.is_dir().then(|| tempfile::tempdir_in(memory).unwrap());
    for (format, name, bar) in
        [(Format::MsSwift, "pairs", Some(Bar::MedianAtLeast(200.0))), (Format::Archive, "archive", None)]
    {
        // A disk has its own pace; in memory the work is left.
        if let Some(memory) = &memory {
            let out = memory.path().join(format!("{name}.jsonl"));
            let rates = (0..RUNS).map(|_| exported(&session, &out, format)).collect();
            table.add(format!("export of {MANY} groups: {name}, file in memory"), "MB/s", rates, bar);
            fs::remove_file(out).unwrap();
        }
        let out: PathBuf = folder.join(format!("{name}.jsonl"));
        let (mut rates, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            rates.push(exported(&session, &out, format));
            bare.push(written_bare(&out));
        }
        println!("{name}: {} MB", fs::metadata(&out).unwrap().len() / 1_000_000);
        table.add(format!("export of {MANY} groups: {name}, file on disk"), "MB/s", rates, bar);
        table.add("  the same bytes written and brought to disk, nothing else", "MB/s", bare, None);
        fs::remove_file(out).unwrap();
    }
}

/// Megabytes a second of an export.
fn exported(session: &Session, out: &Path, format: Format) -> f64 {
    let before = session.snapshot().notices.len();
    let began = Instant::now();
    session.send(Command::Export {
        path: out.to_owned(),
        format,
        policy: PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    let done = session.wait(LONG, |snapshot| snapshot.notices.len() > before);
    let took = began.elapsed();
    let told = done.unwrap().notices.last().map(|(_, notice)| notice.clone());
    assert!(matches!(told, Some(Notice::Exported { groups, .. }) if groups == MANY as u64), "{told:?}");
    fs::metadata(out).unwrap().len() as f64 / 1e6 / took.as_secs_f64()
}

/// Megabytes a second of writing the same file again.
fn written_bare(file: &Path) -> f64 {
    let bytes = fs::read(file).unwrap();
    let again = file.with_extension("again");
    let began = Instant::now();
    let mut out = fs::File::create(&again).unwrap();
    std::io::Write::write_all(&mut out, &bytes).unwrap();
    out.sync_all().unwrap();
    let took = began.elapsed();
    fs::remove_file(again).unwrap();
    bytes.len() as f64 / 1e6 / took.as_secs_f64()
}

/// A label for every group, the first reply over the second.
fn label_all(path: &Path) {
    let mut store = Store::open(path).unwrap().store;
    let mut groups = Vec::with_capacity(MANY);
    let collected = store.read(|read| {
        read.for_each_group(|group| {
            groups.push(group.id);
            Ok(())
        })
    });
    collected.unwrap();
    store
        .write(|write| {
            for group in groups {
                let replies = write.shown_replies(group, 0)?;
                let tiers = Tiers::new(replies.iter().map(|reply| vec![reply.id]).collect()).unwrap();
                write.set_label(&Label {
                    group,
                    annotator: annotator().id,
                    round: 0,
                    verdict: Verdict::Ranked(tiers),
                    guidelines: None,
                    seconds: 5.0,
                    labeled_at: jiff::Timestamp::now(),
                })?;
            }
            Ok(())
        })
        .unwrap();
    store.close().unwrap();
}
