//! Whether the best one is the same.

/// How far a judge's best replies are a person's best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Top {
    /// The share of the judge's best set that the person put on top, 0 to 1.
    pub hit: f64,
    /// The same for a judge that draws one at random.
    pub chance: f64,
}

/// `judge` holds the judge's best replies (several where they tie), `human` the person's top tier, among `count` replies,
/// all by index and without repeats. `None` where either is empty.
pub fn top(judge: &[usize], human: &[usize], count: usize) -> Option<Top> {
    if judge.is_empty() || human.is_empty() || count < human.len() {
        return None;
    }
    let both = judge.iter().filter(|reply| human.contains(reply)).count();
    Some(Top { hit: both as f64 / judge.len() as f64, chance: human.len() as f64 / count as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_on_top_counts_by_its_share() {
        assert_eq!(top(&[0, 1], &[0], 4), Some(Top { hit: 0.5, chance: 0.25 }));
        assert_eq!(top(&[0], &[0, 1], 4), Some(Top { hit: 1.0, chance: 0.5 }));
        assert_eq!(top(&[2], &[0, 1], 4), Some(Top { hit: 0.0, chance: 0.5 }));
        assert_eq!(top(&[], &[0], 4), None);
        assert_eq!(top(&[0], &[], 4), None);
    }
}
