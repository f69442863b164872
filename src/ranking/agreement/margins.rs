//! How often people agree with a margin of some size.

use super::checked::{Both, decided};
use super::side;
use crate::domain::{MarginBin, Margins};
use crate::ranking::sigmoid;
use crate::ranking::statistics::{isotonic, slope};

/// Where bins begin, in units of the scorer; the last one has no end.
const BINS: [f64; 5] = [0.0, 0.25, 0.5, 1.0, 2.0];
/// What a slope is worth telling from.
const SLOPE_PAIRS: usize = 100;
const SLOPE_GROUPS: usize = 60;
/// What steps are worth telling from.
const STEP_PAIRS: usize = 1000;
/// Parts of the groups; each is foretold from the others.
const PARTS: u64 = 5;

/// A decided pair that the scorer does not tie.
#[derive(Clone, Copy)]
struct Told {
    /// In units of the scorer, over 0.
    margin: f64,
    /// 1 where the person agrees, 0 where not.
    agrees: f64,
    group: usize,
    part: u64,
}

/// Groups by their seed and replies. A curve is fitted only where groups are a random sample. `None` without a pair.
pub(super) fn margins<'g>(
    groups: impl Iterator<Item = (u64, &'g [Both])>,
    unit: f64,
    is_random: bool,
) -> Option<Margins> {
    let told: Vec<Told> = groups
        .enumerate()
        .flat_map(|(group, (seed, replies))| {
            decided(replies).filter_map(move |(better, worse)| {
                let margin = (better.score - worse.score).abs() / unit;
                let agrees = match side(better.score, worse.score) {
                    0 => return None,
                    side => f64::from(u8::from(side > 0)),
                };
                Some(Told { margin, agrees, group, part: seed % PARTS })
            })
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let mut margins = Margins { bins: bins(&told), slope: None, steps: Vec::new(), log_loss: None };
    let groups = 1 + told.windows(2).filter(|two| two[0].group != two[1].group).count();
    if is_random && told.len() >= SLOPE_PAIRS && groups >= SLOPE_GROUPS {
        margins.slope = fitted(&told);
        margins.log_loss = margins.slope.and_then(|_| log_loss(&told));
    }
    if is_random && told.len() >= STEP_PAIRS {
        margins.steps = steps(&told);
    }
    Some(margins)
}

fn bins(told: &[Told]) -> Vec<MarginBin> {
    let bin = |(place, &from): (usize, &f64)| {
        let to = BINS.get(place + 1).copied().unwrap_or(f64::INFINITY);
        let inside = || told.iter().filter(|told| (from..to).contains(&told.margin));
        let agree = inside().filter(|told| told.agrees > 0.5).count() as u64;
        MarginBin { from, to, pairs: inside().count() as u64, agree }
    };
    BINS.iter().enumerate().map(bin).filter(|bin| bin.pairs > 0).collect()
}

/// The slope, and its standard error with pairs of one group hanging together.
fn fitted(told: &[Told]) -> Option<(f64, f64)> {
    let found = slope(&points(told, |_| true))?;
    let (mut bend, mut rises, mut rise) = (0.0, 0.0, 0.0);
    let mut groups = 0.0;
    for (place, pair) in told.iter().enumerate() {
        let chance = sigmoid(found.value * pair.margin);
        bend += pair.margin * pair.margin * chance * (1.0 - chance);
        rise += pair.margin * (pair.agrees - chance);
        if told.get(place + 1).is_none_or(|next| next.group != pair.group) {
            rises += rise * rise;
            rise = 0.0;
            groups += 1.0;
        }
    }
    (groups > 1.0 && bend > 0.0).then(|| (found.value, (groups / (groups - 1.0) * rises).sqrt() / bend))
}

fn points(told: &[Told], takes: impl Fn(&Told) -> bool) -> Vec<(f64, f64)> {
    told.iter().filter(|told| takes(told)).map(|told| (told.margin, told.agrees)).collect()
}

/// How well margins of groups are foretold from other groups.
fn log_loss(told: &[Told]) -> Option<f64> {
    let mut sum = 0.0;
    for part in 0..PARTS {
        let inside = || told.iter().filter(|told| told.part == part);
        if inside().next().is_none() {
            continue;
        }
        let fitted = slope(&points(told, |told| told.part != part))?;
        sum -= inside().map(|told| sigmoid(fitted.value * told.margin * (2.0 * told.agrees - 1.0)).ln()).sum::<f64>();
    }
    Some(sum / told.len() as f64)
}

/// The corners of the curve that never falls.
fn steps(told: &[Told]) -> Vec<(f64, f64)> {
    let Some(steps) = isotonic(&points(told, |_| true), 0.5) else { return Vec::new() };
    let heights = &steps.heights;
    let is_corner = |place: &usize| {
        *place == 0
            || *place + 1 == heights.len()
            || heights[place - 1] != heights[*place]
            || heights[*place] != heights[place + 1]
    };
    (0..heights.len()).filter(is_corner).map(|place| (steps.places[place], heights[place])).collect()
}
