//! One label against one scorer.

use super::checked::{CheckedReply, decided};
use super::{Checked, credit, side};

/// Pairs of a label that a scorer puts the same way, less those that it puts the other way.
pub fn net(replies: &[CheckedReply]) -> i64 {
    let checked = Checked { replies: replies.to_vec(), ..Checked::default() };
    decided(&checked.both()).map(|(better, worse)| i64::from(side(better.score, worse.score))).sum()
}

/// Decided pairs of scored replies: how many a scorer puts the same way, its ties counting half, and how many there are.
pub fn right_pairs(replies: &[CheckedReply]) -> [f64; 2] {
    let checked = Checked { replies: replies.to_vec(), ..Checked::default() };
    decided(&checked.both())
        .fold([0.0, 0.0], |[right, of], (better, worse)| [right + credit(side(better.score, worse.score)), of + 1.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_weighed_by_the_pairs_that_it_decides() {
        let replies = |tiers: [u32; 3]| -> Vec<CheckedReply> {
            let scores = [3.0, 2.0, 1.0];
            tiers
                .into_iter()
                .zip(scores)
                .map(|(tier, score)| CheckedReply { tier: Some(tier), score: Some(score), length: 0 })
                .collect()
        };
        assert_eq!([net(&replies([0, 1, 1])), net(&replies([1, 1, 0])), net(&replies([0, 0, 0]))], [2, -2, 0]);
    }
}
