//! Preferences that go in circles.

use crate::ranking::statistics::{Ratio, RatioSums};

use super::Net;

/// Circles among a judge's net preferences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circles {
    /// Circular triples, of all triples in which all three preferences are decided.
    pub share: Ratio,
    /// The mean of Kendall's zeta over groups of 3 or more replies in which every pair is decided: 1 without circles, 0 where
    /// there are as many as there can be. `None` without such a group.
    pub zeta: Option<f64>,
    /// How many groups such are.
    pub full: u64,
}

/// Circles of one full tournament.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consistency {
    /// Circular triples.
    pub circles: u64,
    /// 1 - circles / (as many as there can be), 0 to 1 (Kendall and Babington Smith 1940).
    pub zeta: f64,
}

/// The circles of a full tournament of `wins.len()` players, from how often each one won. `None` of fewer than three, or where
/// the wins are not those of a full tournament.
pub fn kendall(wins: &[u64]) -> Option<Consistency> {
    let count = wins.len() as u64;
    if count < 3 || wins.iter().sum::<u64>() != count * (count - 1) / 2 {
        return None;
    }
    let straight: u64 = wins.iter().map(|won| won * won.saturating_sub(1) / 2).sum();
    let circles = (count * (count - 1) * (count - 2) / 6).checked_sub(straight)?;
    let cube = count * count * count;
    let most = if count % 2 == 1 { (cube - count) / 24 } else { (cube - 4 * count) / 24 };
    Some(Consistency { circles, zeta: 1.0 - circles as f64 / most as f64 })
}

#[derive(Clone, Debug, Default)]
pub(super) struct CircleTally {
    share: RatioSums,
    zeta: f64,
    full: u64,
}

impl CircleTally {
    /// The preferences of one group.
    pub(super) fn add(&mut self, net: &Net) {
        let (mut circular, mut triples) = (0u32, 0u32);
        for first in 0..net.count {
            for second in 0..first {
                for third in 0..second {
                    let around = [net.of(first, second), net.of(second, third), net.of(third, first)].map(i32::signum);
                    if !around.contains(&0) {
                        triples += 1;
                        circular += u32::from(around.iter().sum::<i32>().abs() == 3);
                    }
                }
            }
        }
        self.share.add(f64::from(circular), f64::from(triples), 1.0);
        let mut wins = vec![0; net.count];
        for (winner, _) in net.decided() {
            wins[winner] += 1;
        }
        if let Some(consistency) = kendall(&wins) {
            self.full += 1;
            self.zeta += consistency.zeta;
        }
    }

    pub(super) fn circles(&self) -> Option<Circles> {
        let zeta = (self.full > 0).then(|| self.zeta / self.full as f64);
        Some(Circles { share: self.share.mean()?, zeta, full: self.full })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(count: usize, won: &[(usize, usize)]) -> Net {
        let mut net = Net::new(count);
        for &(winner, loser) in won {
            net.win(winner, loser);
        }
        net
    }

    fn circles(net: &Net) -> Option<Circles> {
        let mut tally = CircleTally::default();
        tally.add(net);
        tally.circles()
    }

    /// JUDGING.md section 10.
    #[test]
    fn as_many_circles_as_there_can_be_are_no_consistency() {
        let worked = net(4, &[(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 0)]);
        let wins = [2, 2, 1, 1];
        assert_eq!(kendall(&wins), Some(Consistency { circles: 2, zeta: 0.0 }));
        let found = circles(&worked).unwrap();
        assert_eq!((found.share.value, found.share.cases, found.zeta, found.full), (0.5, 4.0, Some(0.0), 1));
        assert_eq!(kendall(&[3, 2, 1, 0]), Some(Consistency { circles: 0, zeta: 1.0 }));
        assert_eq!(kendall(&[2, 2, 2, 2, 2]), Some(Consistency { circles: 5, zeta: 0.0 }));
    }

    #[test]
    fn what_is_not_decided_makes_no_circle() {
        let open = net(4, &[(0, 1), (1, 2), (2, 0), (0, 3)]);
        let found = circles(&open).unwrap();
        assert_eq!((found.share.value, found.share.cases, found.zeta, found.full), (1.0, 1.0, None, 0));
        assert_eq!(circles(&net(4, &[(0, 1), (1, 0), (1, 2)])), None);
        assert_eq!(circles(&net(0, &[])), None);
        assert_eq!(kendall(&[1, 0]), None);
        assert_eq!(kendall(&[3, 3, 3]), None);
    }
}
