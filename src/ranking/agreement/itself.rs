//! A person against themselves.

use super::share;
use crate::domain::SelfAgreement;

/// A group that came again: for each reply the tier of the blind label and that of the repeat, `None` where it is not named.
pub type Again = Vec<(Option<u32>, Option<u32>)>;

/// Of the pairs that both labels decide, how many are decided the same way. The outer `None`: it was halted; the inner one:
/// no pair was decided both times.
pub fn itself(groups: &[Again], halted: &dyn Fn() -> bool) -> Option<Option<SelfAgreement>> {
    let found = share(groups.iter().map(row), halted)?;
    Some(found.map(|accuracy| SelfAgreement { accuracy, ceiling: ceiling(accuracy.value) }))
}

/// How often one label is right at best, of two that agree with this probability, if their errors are independent: q with
/// q^2 + (1 - q)^2 = a. `None` where they agree no more than by chance.
pub fn ceiling(agreement: f64) -> Option<f64> {
    (agreement > 0.5).then(|| f64::midpoint(1.0, (2.0 * agreement - 1.0).sqrt()))
}

fn row(group: &Again) -> [f64; 2] {
    let (mut same, mut decided) = (0.0, 0.0);
    let named: Vec<(u32, u32)> = group.iter().filter_map(|(first, second)| first.zip(*second)).collect();
    for (place, one) in named.iter().enumerate() {
        for other in &named[place + 1..] {
            let (before, after) = (one.0.cmp(&other.0), one.1.cmp(&other.1));
            if before.is_ne() && after.is_ne() {
                decided += 1.0;
                same += f64::from(u8::from(before == after));
            }
        }
    }
    [same, decided]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_agree_with_themselves_where_both_labels_decide() {
        let both = |tiers: &[(u32, u32)]| tiers.iter().map(|(one, two)| (Some(*one), Some(*two))).collect::<Again>();
        // 0 > 1 = 2 and then 0 = 1 > 2: one pair is decided both times, the same way. Then one that was turned round.
        let mut unnamed = both(&[(0, 1), (1, 0)]);
        unnamed.push((Some(2), None));
        let found = itself(&[both(&[(0, 0), (1, 0), (1, 1)]), unnamed], &|| false).unwrap().unwrap();
        assert_eq!((found.accuracy.value, found.accuracy.cases, found.accuracy.groups), (0.5, 2, 2));
        assert_eq!(found.ceiling, None, "no better than chance");
        assert_eq!(itself(&[both(&[(0, 0), (0, 1)])], &|| false), Some(None));
    }

    #[test]
    fn nobody_is_seen_to_agree_more_than_people_repeat_themselves() {
        assert!((ceiling(0.75).unwrap() - 0.853_553).abs() < 1e-6);
        assert_eq!((ceiling(1.0), ceiling(0.5), ceiling(0.2)), (Some(1.0), None, None));
    }
}
