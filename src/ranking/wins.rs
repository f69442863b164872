//! Who won over whom, and how often.

/// No single comparison counts more, so that sums stay finite.
const MOST_WEIGHT: f64 = 1e6;

/// Weighted wins among the replies of a group, by index.
#[derive(Clone, Debug, PartialEq)]
pub struct Wins {
    count: usize,
    /// Row i, column j: wins of i over j.
    won: Vec<f64>,
}

impl Wins {
    /// None yet, among `count` replies.
    pub fn new(count: usize) -> Self {
        Self { count, won: vec![0.0; count * count] }
    }

    /// How many replies there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// One win. A reply against itself, an index that is not there, and a weight that is no number over 0 change nothing.
    pub fn add(&mut self, winner: usize, loser: usize, weight: f64) {
        if winner != loser && winner < self.count && loser < self.count && weight > 0.0 {
            self.won[winner * self.count + loser] += weight.min(MOST_WEIGHT);
        }
    }

    /// A tie: half a win each.
    pub fn tie(&mut self, one: usize, other: usize, weight: f64) {
        self.add(one, other, weight / 2.0);
        self.add(other, one, weight / 2.0);
    }

    /// All pairs of a list, `tiers` best first, each with `weight`; replies of one tier tie. See [`list_weight`].
    pub fn add_list(&mut self, tiers: &[Vec<usize>], weight: f64) {
        for (place, tier) in tiers.iter().enumerate() {
            for (index, &reply) in tier.iter().enumerate() {
                for &equal in &tier[index + 1..] {
                    self.tie(reply, equal, weight);
                }
                for &worse in tiers[place + 1..].iter().flatten() {
                    self.add(reply, worse, weight);
                }
            }
        }
    }

    /// The weight of wins of one over the other.
    pub fn of(&self, winner: usize, loser: usize) -> f64 {
        self.won[winner * self.count + loser]
    }

    /// It was compared with another one.
    pub fn is_compared(&self, reply: usize) -> bool {
        (0..self.count).any(|other| self.of(reply, other) + self.of(other, reply) > 0.0)
    }
}

/// What each pair of one list of `count` replies counts: the n(n-1)/2 pairs are not independent. With 3/(n+1) the ranks'
/// variance, (n+1)/12 (nI - 11') for equal replies, is that which the fit reports. 1 for a pair.
pub fn list_weight(count: usize) -> f64 {
    3.0 / (count as f64 + 1.0)
}
