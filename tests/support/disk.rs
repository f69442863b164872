//! A disk that fails when a test says so: `faults.c`, built once and preloaded into child processes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// The numbers of the control file, in its order.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "the order of the file counts")]
pub(crate) enum Number {
    /// The operation that fails, counted from 1; 0 for none.
    FailAt,
    /// Operations so far.
    Count,
    /// How it fails: one of the constants below.
    Mode,
    /// Operations that failed.
    Fired,
    /// Seconds by which the wall clock is ahead.
    Clock,
}

/// One operation fails with an I/O error.
pub(crate) const ONE: i64 = 1;
/// From one operation on the disk is full.
pub(crate) const FULL: i64 = 2;
/// Nothing can be made or opened for writing.
pub(crate) const READ_ONLY: i64 = 3;

const CONTROL: &str = "FAULTS_CONTROL";
const FOLDER: &str = "FAULTS_FOLDER";
const ACK: &str = "FAULTS_ACK";

/// The library, where it can be built: preloading is a matter of Linux.
static LIBRARY: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    if !cfg!(target_os = "linux") {
        eprintln!("SKIPPED: faults of the disk are only played on Linux");
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/faults.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
    let built = Process::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .status()
        .expect("the C compiler that builds SQLite");
    assert!(built.success(), "faults.c does not compile");
    Some(library)
});

/// A folder on a disk that fails when it is told to, and what stands beside it.
pub(crate) struct Disk {
    /// Where faults happen.
    pub(crate) folder: PathBuf,
    pub(crate) log: PathBuf,
    control: File,
    beside: Option<TempDir>,
}

impl Disk {
    /// `None` where faults cannot be played.
    pub(crate) fn new() -> Option<Self> {
        LIBRARY.as_ref()?;
        let beside = tempfile::tempdir().unwrap();
        // A path as people have them.
        let folder = beside.path().join("我的 会话");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(beside.path().join("control"), [0; 64]).unwrap();
        let control = OpenOptions::new().read(true).write(true).open(beside.path().join("control")).unwrap();
        Some(Self { folder, log: beside.path().join("log"), control, beside: Some(beside) })
    }

    /// The disk that this process was started on; `None` in the process of the test.
    pub(crate) fn of_child() -> Option<Self> {
        let control = std::env::var_os(CONTROL)?;
        let folder = PathBuf::from(std::env::var_os(FOLDER)?);
        let control = OpenOptions::new().read(true).write(true).open(control).unwrap();
        Some(Self { log: folder.clone(), folder, control, beside: None })
    }

    pub(crate) fn set(&self, number: Number, value: i64) {
        self.control.write_all_at(&value.to_ne_bytes(), number as u64 * 8).unwrap();
    }

    pub(crate) fn get(&self, number: Number) -> i64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, number as u64 * 8).unwrap();
        i64::from_ne_bytes(bytes)
    }

    /// Let the operation `at` from now on fail.
    pub(crate) fn arm(&self, mode: i64, at: i64) {
        for (number, value) in [(Number::FailAt, 0), (Number::Count, 0), (Number::Fired, 0), (Number::Mode, mode)] {
            self.set(number, value);
        }
        self.set(Number::FailAt, at);
    }

    /// The disk is as it should be again.
    pub(crate) fn mend(&self) {
        self.set(Number::FailAt, 0);
        self.set(Number::Mode, 0);
    }

    /// Whether something failed since it was armed.
    pub(crate) fn fired(&self) -> bool {
        self.get(Number::Fired) > 0
    }

    /// Something beside the folder, where the disk never fails.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.beside.as_ref().map_or_else(|| self.folder.join(name), |beside| beside.path().join(name))
    }

    /// This test binary as a child on the disk, running one test.
    pub(crate) fn child(&self, test: &str) -> Process {
        let mut process = Process::new(std::env::current_exe().unwrap());
        process.args(["--exact", test, "--nocapture"]);
        self.on_it(&mut process);
        process
    }

    /// Let a process run on the disk.
    pub(crate) fn on_it(&self, process: &mut Process) {
        process
            .env("LD_PRELOAD", LIBRARY.as_ref().unwrap())
            .env(CONTROL, self.beside("control"))
            .env(FOLDER, &self.folder)
            .env(ACK, self.beside("ack"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Run a child to its end: the lines that it said with this word before them.
    #[track_caller]
    pub(crate) fn run(&self, process: &mut Process, word: &str) -> Vec<String> {
        let mut child = process.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said: Vec<String> = out
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.split_once(word).map(|(_, rest)| rest.to_owned()))
            .collect();
        let ended = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "the child failed after {said:?}: {errors}");
        said
    }
}

/// Where a child on a disk says what it takes for saved.
pub(crate) fn acknowledge(words: &str) {
    if let Some(path) = std::env::var_os(ACK) {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, words.as_bytes()).unwrap();
    }
}
