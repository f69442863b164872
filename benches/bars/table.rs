//! The table that is printed.

use std::fmt;
use std::fs;
use std::time::Duration;

/// Measured cases.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    case: String,
    unit: &'static str,
    /// Sorted.
    samples: Vec<f64>,
    bar: Option<Bar>,
}

/// What the design asks for.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    /// The 99th percentile is at most so much.
    AtMost(f64),
    /// The median is at most so much.
    MedianAtMost(f64),
    /// The median is at least so much.
    MedianAtLeast(f64),
}

impl Table {
    /// Times in milliseconds; the bar is for their 99th percentile.
    pub(crate) fn times(&mut self, case: impl Into<String>, times: &[Duration], bar: Option<f64>) {
        self.add(case, "ms", times.iter().map(|time| time.as_secs_f64() * 1000.0).collect(), bar.map(Bar::AtMost));
    }

    pub(crate) fn add(&mut self, case: impl Into<String>, unit: &'static str, mut samples: Vec<f64>, bar: Option<Bar>) {
        assert!(!samples.is_empty(), "a case without a figure");
        samples.sort_by(f64::total_cmp);
        let row = Row { case: case.into(), unit, samples, bar };
        println!("{row}");
        self.0.push(row);
    }
}

impl Row {
    fn percentile(&self, percent: usize) -> f64 {
        self.samples[((self.samples.len() * percent).div_ceil(100)).clamp(1, self.samples.len()) - 1]
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.unit == "ms" || self.unit == "x" { 3 } else { 0 };
        let [p50, p99, max] =
            [self.percentile(50), self.percentile(99), self.percentile(100)].map(|figure| format!("{figure:.digits$}"));
        let (bar, kept) = match self.bar {
            None => (String::new(), None),
            Some(Bar::AtMost(bar)) => (format!("<= {bar}"), Some(self.percentile(99) <= bar)),
            Some(Bar::MedianAtMost(bar)) => (format!("<= {bar}"), Some(self.percentile(50) <= bar)),
            Some(Bar::MedianAtLeast(bar)) => (format!(">= {bar}"), Some(self.percentile(50) >= bar)),
        };
        let kept = match kept {
            None => "",
            Some(true) => "kept",
            Some(false) => "MISSED",
        };
        let (case, unit, count) = (&self.case, self.unit, self.samples.len());
        write!(f, "| {case:<62} | {count:>4} | {p50:>9} | {p99:>9} | {max:>9} | {unit:<6} | {bar:>7} | {kept:<6} |")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [case, count, p50, p99, max] = ["case", "n", "p50", "p99", "max"];
        let [unit, bar, kept] = ["unit", "bar", ""];
        writeln!(f, "| {case:<62} | {count:>4} | {p50:>9} | {p99:>9} | {max:>9} | {unit:<6} | {bar:>7} | {kept:<6} |")?;
        writeln!(
            f,
            "|{:-<64}|{:->6}|{:->11}|{:->11}|{:->11}|{:-<8}|{:->9}|{:-<8}|",
            "", ":", ":", ":", ":", "", ":", ""
        )?;
        self.0.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// The machine, what else it does, and how this was built.
pub(crate) fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or(std::env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let profile = if cfg!(debug_assertions) { "debug assertions: not for comparing" } else { "bench profile" };
    format!("{name}, {cores} cores, {}, {profile}, load {load}", std::env::consts::OS)
}
