//! The power goes at a random moment: of what was not synced, any part may be on the disk, torn between its blocks. What
//! was shown as saved is there, and no file is in halves.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use pairloom::domain::{Notice, Plan};
use pairloom::session::{Command, Session};
use pairloom::store;

use crate::faults::{FILE, IMPORT, Work, first_version, rows, state, template};
use crate::support::disk::{Disk, acknowledge};
use crate::support::{Random, options, run, wait};

/// What a disk writes whole.
const BLOCK: usize = 512;

/// The process whose writes are noted; does nothing when it is not asked for.
#[test]
fn child() {
    let Some(disk) = Disk::of_child() else { return };
    let session = Session::create(&disk.folder.join(FILE), "断电", &Plan::default(), options()).unwrap();
    let work = Work { session: &session, disk: &disk };
    work.say(&session.snapshot());
    session.send(Command::Import { path: disk.folder.join("rows.json"), format: None });
    let imported =
        wait(&session, |now| now.notices.iter().any(|(_, notice)| matches!(notice, Notice::Imported { .. })));
    work.say(&imported);
    work.all();
    acknowledge("all\n");
    session.close();
    // Once more, over a file and a log that are there.
    let session = Session::open(&disk.folder.join(FILE), options()).unwrap();
    let work = Work { session: &session, disk: &disk };
    work.say(&session.snapshot());
    for _ in 0..4 {
        work.say(&run(&session, Command::Undo));
    }
    session.close();
}

/// One thing that the child did.
enum Done {
    Wrote { inode: u64, at: usize, bytes: Vec<u8> },
    Cut { inode: u64, length: usize },
    Synced { inode: u64 },
    SyncedFolder(PathBuf),
    Made { inode: u64, path: PathBuf },
    Renamed { from: PathBuf, to: PathBuf },
    Removed(PathBuf),
    Acknowledged(String),
}

fn read_log(log: &Path) -> Vec<Done> {
    let bytes = fs::read(log).unwrap();
    let mut rest = bytes.as_slice();
    let mut all = Vec::new();
    while !rest.is_empty() {
        let number = |at: usize| u64::from_ne_bytes(rest[at..at + 8].try_into().unwrap());
        let (kind, inode, at, length) = (rest[0], number(1), number(9) as usize, number(17) as usize);
        let bytes = rest[25..25 + length].to_vec();
        rest = &rest[25 + length..];
        let text = || String::from_utf8(bytes.clone()).unwrap();
        all.push(match kind {
            b'W' => Done::Wrote { inode, at, bytes },
            b'T' => Done::Cut { inode, length: at },
            b'S' => Done::Synced { inode },
            b'D' => Done::SyncedFolder(text().into()),
            b'C' => Done::Made { inode, path: text().into() },
            b'R' => {
                let (from, to) = text().split_once('\n').map(|(from, to)| (from.into(), to.into())).unwrap();
                Done::Renamed { from, to }
            }
            b'U' => Done::Removed(text().into()),
            b'A' => Done::Acknowledged(text()),
            other => panic!("{other}"),
        });
    }
    all
}

/// What a file holds for certain, and what may have come to the disk since.
#[derive(Clone, Default)]
struct OnDisk {
    certain: Vec<u8>,
    open: Vec<(usize, Option<Vec<u8>>)>,
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

impl OnDisk {
    /// The file with each open write as `keep` decides.
    fn with(&self, mut keep: impl FnMut() -> bool) -> Vec<u8> {
        let mut file = self.certain.clone();
        for (at, bytes) in &self.open {
            let Some(bytes) = bytes else {
                if keep() {
                    file.resize(*at, 0);
                }
                continue;
            };
            let mut start = 0;
            while start < bytes.len() {
                let end = (start + BLOCK - (at + start) % BLOCK).min(bytes.len());
                if keep() {
                    put(&mut file, at + start, &bytes[start..end]);
                }
                start = end;
            }
        }
        file
    }
}

/// The folder as the log makes it.
#[derive(Clone, Default)]
struct Folder {
    files: Vec<OnDisk>,
    of_inode: HashMap<u64, usize>,
    /// Names that are certain, and changes of names that are not yet, in order.
    names: BTreeMap<PathBuf, usize>,
    open: Vec<(PathBuf, Name)>,
}

#[derive(Clone)]
enum Name {
    Is(usize),
    From(PathBuf),
    Gone,
}

impl Folder {
    fn name(names: &mut BTreeMap<PathBuf, usize>, path: &Path, name: &Name) {
        match name {
            Name::Is(file) => drop(names.insert(path.to_owned(), *file)),
            Name::From(old) => {
                if let Some(file) = names.remove(old) {
                    names.insert(path.to_owned(), file);
                }
            }
            Name::Gone => drop(names.remove(path)),
        }
    }

    fn follow(&mut self, done: &Done) {
        match done {
            Done::Made { inode, path } => {
                self.files.push(OnDisk::default());
                self.of_inode.insert(*inode, self.files.len() - 1);
                self.open.push((path.clone(), Name::Is(self.files.len() - 1)));
            }
            Done::Wrote { inode, at, bytes } => self.file(*inode).open.push((*at, Some(bytes.clone()))),
            Done::Cut { inode, length } => self.file(*inode).open.push((*length, None)),
            Done::Synced { inode } => {
                let file = self.file(*inode);
                file.certain = file.with(|| true);
                file.open.clear();
            }
            Done::SyncedFolder(folder) => {
                let open = std::mem::take(&mut self.open);
                for (path, name) in open {
                    if path.parent() == Some(folder) {
                        Self::name(&mut self.names, &path, &name);
                    } else {
                        self.open.push((path, name));
                    }
                }
            }
            Done::Renamed { from, to } => self.open.push((to.clone(), Name::From(from.clone()))),
            Done::Removed(path) => self.open.push((path.clone(), Name::Gone)),
            Done::Acknowledged(_) => {}
        }
    }

    /// What was there before the log began.
    fn holding(folder: &Path) -> Self {
        let mut held = Self::default();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            held.files.push(OnDisk { certain: fs::read(&path).unwrap(), open: Vec::new() });
            held.of_inode.insert(fs::metadata(&path).unwrap().ino(), held.files.len() - 1);
            held.names.insert(path, held.files.len() - 1);
        }
        held
    }

    fn file(&mut self, inode: u64) -> &mut OnDisk {
        let index = *self.of_inode.entry(inode).or_insert_with(|| {
            self.files.push(OnDisk::default());
            self.files.len() - 1
        });
        &mut self.files[index]
    }

    /// Build the folder under `to`; of what is open, `share` of 4 parts are kept.
    fn build(&self, from: &Path, to: &Path, random: &mut Random, share: u32) {
        let mut names = self.names.clone();
        let kept = if share >= 4 { self.open.len() } else { random.below(self.open.len() + 1) };
        // The name of a file that is renamed in its own folder is certain as soon as it was made there.
        for (path, name) in &self.open[..kept] {
            Self::name(&mut names, path, name);
        }
        for (path, file) in names {
            let path = to.join(path.strip_prefix(from).unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, self.files[file].with(|| share >= 4 || random.below(4) < share as usize)).unwrap();
        }
    }
}

fn cut_and_look(cuts: usize) {
    let Some(disk) = Disk::new() else { return };
    fs::write(disk.folder.join("rows.json"), rows()).unwrap();
    fs::write(disk.folder.join("in.json"), IMPORT).unwrap();
    let mut process = disk.child("power_cut::child");
    disk.run(process.env("FAULTS_LOG", &disk.log), "saved ");
    let log = read_log(&disk.log);
    let states: Vec<&String> =
        log.iter().filter_map(|done| if let Done::Acknowledged(said) = done { Some(said) } else { None }).collect();
    let whole = fs::read_to_string(disk.folder.join("out.jsonl")).unwrap();
    let mut random = Random(1);
    let mut opened = 0;
    for cut in 0..cuts {
        let at = random.below(log.len() + 1);
        // Nothing, some, most or all of what was not synced; all is what a killed process leaves.
        let share = [0, 2, 3, 4][cut % 4];
        let case = format!("cut {cut} at {at} of {}, {share}/4 kept", log.len());
        let mut folder = Folder::default();
        for done in &log[..at] {
            folder.follow(done);
        }
        let said = log[..at].iter().filter(|done| matches!(done, Done::Acknowledged(_))).count();
        let there = tempfile::tempdir().unwrap();
        folder.build(&disk.folder, there.path(), &mut random, share);
        let path = there.path().join(FILE);
        if said == 0 {
            // Nothing was said yet: it opens or it does not, and says why.
            drop(Session::open(&path, options()));
            continue;
        }
        let report = store::check(&path, None).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(report.problems, Vec::<String>::new(), "{case}");
        let session = Session::open(&path, options()).unwrap_or_else(|problem| panic!("{case}: {problem:?}"));
        let found = state(&session.snapshot());
        session.close();
        opened += 1;
        // What was said last, or the step that was under way.
        let before = states[..said].iter().rev().find(|said| said.trim_end() != "all").unwrap();
        let after = states[said..].iter().find(|said| said.trim_end() != "all").unwrap_or(before);
        assert!(
            [before.trim_end(), after.trim_end()].contains(&found.as_str()),
            "{case}: {found}\nnot {before}nor {after}"
        );
        let finished = states[..said].iter().any(|said| said.trim_end() == "all");
        match fs::read_to_string(there.path().join("out.jsonl")) {
            Ok(exported) => assert_eq!(exported, whole, "{case}: half an export"),
            Err(_) => assert!(!finished, "{case}: an export that was told is gone"),
        }
        let backups =
            fs::read_dir(there.path().join("backups")).into_iter().flatten().map(|entry| entry.unwrap().path());
        for copy in backups.chain([there.path().join("copy.pairloom")]).filter(|path| path.is_file()) {
            let report =
                store::check(&copy, None).unwrap_or_else(|error| panic!("{case}: {}: {error}", copy.display()));
            assert_eq!((report.problems, report.groups > 0), (Vec::new(), true), "{case}: {}", copy.display());
        }
        assert!(!finished || there.path().join("copy.pairloom").exists(), "{case}: a copy that was told is gone");
    }
    println!("{opened} of {cuts} states opened, {} operations", log.len());
    assert!(opened * 2 > cuts);
}

#[test]
fn a_power_cut_costs_nothing_that_was_saved() {
    cut_and_look(160);
}

#[test]
#[ignore = "takes minutes"]
fn five_thousand_power_cuts_cost_nothing_that_was_saved() {
    cut_and_look(5000);
}

/// The process that brings a file of the first version up to date.
#[test]
fn migrating() {
    let Some(disk) = Disk::of_child() else { return };
    let session = Session::open(&disk.folder.join(FILE), options()).unwrap();
    println!("\nsaved {}", state(&session.snapshot()));
    session.close();
}

#[test]
fn a_power_cut_in_a_migration_costs_nothing() {
    let Some(disk) = Disk::new() else { return };
    let template = template();
    first_version(&template.path().join(FILE));
    fs::copy(template.path().join(FILE), disk.folder.join(FILE)).unwrap();
    let before = Folder::holding(&disk.folder);
    let mut process = disk.child("power_cut::migrating");
    let said = disk.run(process.env("FAULTS_LOG", &disk.log), "saved ");
    let log = read_log(&disk.log);
    let mut random = Random(2);
    let mut old = 0;
    for cut in 0..60 {
        // The migration is among the first writes.
        let at = random.below(log.len().min(if cut % 2 == 0 { 60 } else { usize::MAX }) + 1);
        let mut folder = before.clone();
        for done in &log[..at] {
            folder.follow(done);
        }
        let there = tempfile::tempdir().unwrap();
        folder.build(&disk.folder, there.path(), &mut random, [0, 2, 3, 4][cut % 4]);
        let path = there.path().join(FILE);
        let case = format!("cut {cut} at {at} of {}", log.len());
        let report = store::check(&path, None).unwrap();
        assert_eq!(report.problems, Vec::<String>::new(), "{case}");
        // The header has the version only when the log was moved into the file; SQLite looks into both.
        let file = rusqlite::Connection::open(&path).unwrap();
        let version: u32 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        file.close().unwrap();
        old += u32::from(version == 1);
        let session = Session::open(&path, options()).unwrap_or_else(|problem| panic!("{case}: {problem:?}"));
        assert_eq!(state(&session.snapshot()), said[0], "{case}");
        session.close();
    }
    assert!(old > 0 && old < 60, "cut before and after: {old}");
}
