//! Where scores of chosen and of left-out replies lie.

use super::checked::Checked;
use crate::domain::Spread;

/// Bins, and how wide each is, in units of the scorer: six units around the middle.
const BINS: usize = 24;
const WIDTH: f64 = 0.25;

/// Scores less their group's mean over all that have one. Chosen are the replies of the best tier, left out those of the
/// others. `None` where no reply is both named and scored.
pub(super) fn spread(groups: &[Checked], unit: f64) -> Option<Spread> {
    let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
    for group in groups {
        let scores: Vec<f64> = group.replies.iter().filter_map(|reply| reply.score).collect();
        let best = group.replies.iter().filter_map(|reply| reply.tier).min();
        let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
        for reply in &group.replies {
            if let (Some(tier), Some(score)) = (reply.tier, reply.score) {
                let apart = score - mean;
                if Some(tier) == best { chosen.push(apart) } else { left_out.push(apart) }
            }
        }
    }
    if chosen.is_empty() && left_out.is_empty() {
        return None;
    }
    let width = WIDTH * unit;
    let from = -width * (BINS / 2) as f64;
    Some(Spread {
        from,
        width,
        chosen: counts(&chosen, from, width),
        left_out: counts(&left_out, from, width),
        median_chosen: median(&mut chosen),
        median_left_out: median(&mut left_out),
    })
}

fn counts(values: &[f64], from: f64, width: f64) -> Vec<u64> {
    let mut counts = vec![0; BINS];
    for value in values {
        let bin = ((value - from) / width).floor().clamp(0.0, (BINS - 1) as f64);
        counts[bin as usize] += 1;
    }
    counts
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    (count > 0).then(|| f64::midpoint(values[(count - 1) / 2], values[count / 2]))
}
