//! A judge against a reward model.

use super::{credit, share, side};
use crate::domain::{Between, ScorerId};

/// How often a reward model puts a judge's pairs the same way; ties of the judge are no pairs, ties of the reward model
/// count half. Each group: the judge's and the reward model's scores of the same replies. The outer `None`: it was halted;
/// the inner one: there is no such pair.
pub fn between<'g>(
    judge: ScorerId,
    reward: ScorerId,
    groups: impl Iterator<Item = (&'g [Option<f64>], &'g [Option<f64>])>,
    halted: &dyn Fn() -> bool,
) -> Option<Option<Between>> {
    let found = share(groups.map(|(judge, reward)| row(judge, reward)), halted)?;
    Some(found.map(|accuracy| Between { judge, reward, accuracy }))
}

fn row(judge: &[Option<f64>], reward: &[Option<f64>]) -> [f64; 2] {
    let both: Vec<(f64, f64)> = judge.iter().zip(reward).filter_map(|(judge, reward)| judge.zip(*reward)).collect();
    let (mut right, mut decided) = (0.0, 0.0);
    for (place, one) in both.iter().enumerate() {
        for other in &both[place + 1..] {
            let judged = side(one.0, other.0);
            if judged != 0 {
                decided += 1.0;
                right += credit(side(one.1, other.1) * judged);
            }
        }
    }
    [right, decided]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judges_pairs_are_looked_up_with_the_reward_model() {
        let judged = [Some(2.0), Some(1.0), Some(1.0), None];
        let rewarded = [Some(0.5), Some(0.1), Some(0.5), Some(9.0)];
        let (judge, reward) = (ScorerId::from_bytes([1; 16]), ScorerId::from_bytes([2; 16]));
        let found = between(judge, reward, [(&judged[..], &rewarded[..])].into_iter(), &|| false).unwrap().unwrap();
        // 0 > 1 the same, 0 > 2 tied by the reward model, 1 and 2 tied by the judge, 3 not judged.
        assert_eq!((found.accuracy.value, found.accuracy.cases, found.accuracy.groups), (0.75, 2, 1));
        assert_eq!(between(judge, reward, [(&[][..], &[][..])].into_iter(), &|| false), Some(None));
    }
}
