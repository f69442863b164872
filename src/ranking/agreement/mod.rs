//! How far people and machines agree, in figures (JUDGING.md sections 5 and 7). What goes in was said blind; all figures come
//! from the same draws of groups, so that the same labels give the same intervals.
//!
//! | file | what it gives |
//! |---|---|
//! | `checked` | what goes in: one labeled group as one scorer scored it |
//! | `sums` | what one group adds to accuracy, top, tau, kappa and length |
//! | `person` | one scorer against a person, all of it |
//! | `margins` | agreement by margin: bins, slope, steps |
//! | `spread` | scores of chosen and of left-out replies |
//! | `itself` | a person against themselves |
//! | `between` | a judge against a reward model |
//! | `change` | one label against one scorer: what a changed one moved towards |

mod between;
mod change;
mod checked;
mod itself;
mod margins;
mod person;
mod spread;
mod sums;

pub use between::between;
pub use change::{net, right_pairs};
pub use checked::{Checked, CheckedReply, group_seed};
pub use itself::{Again, ceiling, itself};
pub use person::person;

use super::statistics::{Interval, bca, wilson};
use crate::domain::{ENOUGH_GROUPS, Measured};

/// The seed of all draws of groups.
pub const SEED: u64 = 2_306_056_850;
/// Scores nearer to one another than this are a scorer's tie.
const TIE: f64 = 1e-9;

/// The share that groups of hits and totals give together, with its interval; groups that add nothing are left out. The
/// outer `None`: it was halted. The inner one: nothing was added.
pub(in crate::ranking) fn share(
    groups: impl Iterator<Item = [f64; 2]>,
    halted: &dyn Fn() -> bool,
) -> Option<Option<Measured>> {
    let rows: Vec<[f64; 2]> = groups.filter(|[_, total]| *total > 0.0).collect();
    let totals = rows.iter().fold([0.0, 0.0], |sums, row| [sums[0] + row[0], sums[1] + row[1]]);
    if rows.is_empty() {
        return Some(None);
    }
    let value = totals[0] / totals[1];
    let groups = rows.len() as u64;
    let mut interval = None;
    if groups >= ENOUGH_GROUPS {
        let [drawn] = bca(&rows, SEED, |sums| [(sums[1] > 0.0).then(|| sums[0] / sums[1])], halted)?;
        interval = drawn.or_else(|| one_sided(value, groups as f64));
    }
    Some(Some(Measured { value, interval: interval.map(ends), groups, cases: totals[1].round() as u64 }))
}

/// Wilson's interval over groups of a share that is the same in all of them, none or all.
fn one_sided(share: f64, groups: f64) -> Option<Interval> {
    let whole = share.round();
    ((share - whole).abs() < 1e-12).then(|| wilson(whole * groups, groups))?
}

fn ends(interval: Interval) -> (f64, f64) {
    (interval.low, interval.high)
}

/// Which way a scorer puts two scores: 1 for the first, -1 for the second, 0 for a tie.
pub(in crate::ranking) fn side(one: f64, other: f64) -> i8 {
    let gap = one - other;
    i8::from(gap > TIE) - i8::from(gap < -TIE)
}

/// What a scorer's side is worth where the side 1 is right: 1, a half for a tie, or 0.
pub(in crate::ranking) fn credit(side: i8) -> f64 {
    f64::midpoint(f64::from(side), 1.0)
}
