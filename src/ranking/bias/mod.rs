//! How a judge errs, told from its own verdicts: by the place of a reply, by its length, in circles. Nothing here says whether
//! a judge is right: a judge can be steady and wrong.

mod circles;
mod places;
mod swaps;

pub use circles::{Circles, Consistency, kendall};
pub use places::{ListBias, PlaceBias};
pub use swaps::{PairBias, Swaps};

use super::statistics::{Ratio, RatioSums};

/// What a judge said of one group, replies by index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// How long each reply is, in characters. There are as many replies as lengths; verdicts on others are not counted.
    pub lengths: Vec<usize>,
    /// Lists that it sorted.
    pub lists: Vec<HeardList>,
    /// Pairs that it compared.
    pub pairs: Vec<HeardPair>,
}

/// One list as it was shown and as it came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeardList {
    /// In the order shown.
    pub shown: Vec<usize>,
    /// Best first; equals share a tier. May lack replies.
    pub tiers: Vec<Vec<usize>>,
}

/// One pair as it was shown, and what won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeardPair {
    /// Shown first.
    pub first: usize,
    /// Shown second.
    pub second: usize,
    /// The better one; `None` for a tie.
    pub winner: Option<usize>,
}

/// Figures of a judge. Each is `None` or empty where there is nothing to count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bias {
    /// How many groups had verdicts.
    pub groups: u64,
    /// What pairs shown in both orders tell. Near pairs drive these figures: compare judges on pairs that are equally near.
    pub pairs: PairBias,
    /// What lists tell, by their length, the shortest first.
    pub lists: Vec<ListBias>,
    /// Pairs of replies that share a tier, of all pairs in lists.
    pub list_ties: Option<Ratio>,
    /// Circles among pairs: A over B over C over A. A judge that draws lots makes them of a quarter of all triples.
    pub pair_circles: Option<Circles>,
    /// The same where several lists are put together; one list has none, and lists drawn by lot make fewer than pairs.
    pub list_circles: Option<Circles>,
    /// How often the longer reply is the better one, of all pairs of replies of different length with a net preference. To be
    /// read beside people's: they too prefer the longer one.
    pub longer_wins: Option<Ratio>,
}

/// Counts verdicts group by group, and keeps sums only.
#[derive(Clone, Debug, Default)]
pub struct BiasTally {
    groups: u64,
    swaps: swaps::SwapTally,
    places: places::PlaceTally,
    list_ties: RatioSums,
    pair_circles: circles::CircleTally,
    list_circles: circles::CircleTally,
    longer_wins: RatioSums,
}

impl BiasTally {
    /// One group.
    pub fn add(&mut self, heard: &Heard) {
        let count = heard.lengths.len();
        let lists: Vec<&HeardList> = heard.lists.iter().filter(|list| list.is_of(count)).collect();
        let pairs: Vec<HeardPair> = heard.pairs.iter().copied().filter(|pair| pair.is_of(count)).collect();
        if lists.is_empty() && pairs.is_empty() {
            return;
        }
        self.groups += 1;
        self.swaps.add(&pairs);
        self.places.add(&lists);
        self.add_ties(&lists);
        let mut by_pairs = Net::new(count);
        for pair in &pairs {
            by_pairs.add_pair(*pair);
        }
        let mut by_lists = Net::new(count);
        for list in &lists {
            by_lists.add_list(list);
        }
        self.pair_circles.add(&by_pairs);
        self.list_circles.add(&by_lists);
        by_lists.add(&by_pairs);
        let (mut longer, mut decided) = (0.0, 0.0);
        for (winner, loser) in by_lists.decided() {
            if heard.lengths[winner] != heard.lengths[loser] {
                decided += 1.0;
                longer += f64::from(u8::from(heard.lengths[winner] > heard.lengths[loser]));
            }
        }
        self.longer_wins.add(longer, decided, 1.0);
    }

    fn add_ties(&mut self, lists: &[&HeardList]) {
        let pairs_of = |count: usize| (count * count.saturating_sub(1) / 2) as f64;
        let tied = lists.iter().flat_map(|list| &list.tiers).map(|tier| pairs_of(tier.len())).sum();
        let all = lists.iter().map(|list| pairs_of(list.tiers.iter().map(Vec::len).sum())).sum();
        self.list_ties.add(tied, all, 1.0);
    }

    /// The figures so far.
    pub fn bias(&self) -> Bias {
        Bias {
            groups: self.groups,
            pairs: self.swaps.bias(),
            lists: self.places.bias(),
            list_ties: self.list_ties.mean(),
            pair_circles: self.pair_circles.circles(),
            list_circles: self.list_circles.circles(),
            longer_wins: self.longer_wins.mean(),
        }
    }
}

impl HeardList {
    /// It names replies that are there, and none twice.
    fn is_of(&self, count: usize) -> bool {
        are_different(&self.shown, count) && are_different(self.tiers.iter().flatten(), count)
    }

    /// It sorts exactly what was shown.
    fn is_complete(&self) -> bool {
        let sorted = self.tiers.iter().map(Vec::len).sum::<usize>();
        sorted == self.shown.len() && self.tiers.iter().flatten().all(|reply| self.shown.contains(reply))
    }
}

/// All are under `count`, and none comes twice.
fn are_different<'reply>(replies: impl IntoIterator<Item = &'reply usize>, count: usize) -> bool {
    let mut seen = vec![false; count];
    replies.into_iter().all(|&reply| seen.get_mut(reply).is_some_and(|seen| !std::mem::replace(seen, true)))
}

impl HeardPair {
    fn is_of(self, count: usize) -> bool {
        let named = self.winner.is_none_or(|winner| winner == self.first || winner == self.second);
        self.first != self.second && self.first < count && self.second < count && named
    }
}

/// Who won more often than the other, for each two replies.
#[derive(Clone, Debug)]
struct Net {
    count: usize,
    /// Row i, column j: wins of i less wins of j; ties change nothing.
    wins: Vec<i32>,
}

impl Net {
    fn new(count: usize) -> Self {
        Self { count, wins: vec![0; count * count] }
    }

    fn of(&self, one: usize, other: usize) -> i32 {
        self.wins[one * self.count + other]
    }

    fn win(&mut self, winner: usize, loser: usize) {
        self.wins[winner * self.count + loser] += 1;
        self.wins[loser * self.count + winner] -= 1;
    }

    fn add_pair(&mut self, pair: HeardPair) {
        if let Some(winner) = pair.winner {
            self.win(winner, if winner == pair.first { pair.second } else { pair.first });
        }
    }

    fn add_list(&mut self, list: &HeardList) {
        for (place, tier) in list.tiers.iter().enumerate() {
            for &better in tier {
                for &worse in list.tiers[place + 1..].iter().flatten() {
                    self.win(better, worse);
                }
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.wins.iter_mut().zip(&other.wins).for_each(|(sum, more)| *sum += more);
    }

    /// Winner and loser of each pair with a net preference.
    fn decided(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.wins.len()).filter(|&cell| self.wins[cell] > 0).map(|cell| (cell / self.count, cell % self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_replies_that_win_are_counted_once_for_each_two_replies() {
        let mut tally = BiasTally::default();
        let win = |first, second, winner| HeardPair { first, second, winner: Some(winner) };
        tally.add(&Heard {
            lengths: vec![10, 20, 20],
            lists: vec![HeardList { shown: vec![0, 1, 2], tiers: vec![vec![2], vec![0, 1]] }],
            pairs: vec![win(0, 1, 1), win(1, 0, 1), win(0, 2, 0), win(2, 0, 0), win(1, 2, 1)],
        });
        let bias = tally.bias();
        let longer = bias.longer_wins.unwrap();
        // 1 over 0 twice; 0 over 2 twice and 2 over 0 once; 1 and 2 are as long.
        assert_eq!((longer.value, longer.cases, longer.groups), (0.5, 2.0, 1));
        assert!((bias.list_ties.unwrap().value - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(bias.groups, 1);
    }

    #[test]
    fn verdicts_on_replies_that_are_not_there_are_not_counted() {
        let mut tally = BiasTally::default();
        tally.add(&Heard {
            lengths: vec![1, 2],
            lists: vec![
                HeardList { shown: vec![0, 2], tiers: vec![vec![0], vec![2]] },
                HeardList { shown: vec![0, 1], tiers: vec![vec![0], vec![0, 1]] },
            ],
            pairs: vec![
                HeardPair { first: 0, second: 0, winner: None },
                HeardPair { first: 0, second: 5, winner: Some(0) },
                HeardPair { first: 0, second: 1, winner: Some(3) },
            ],
        });
        assert_eq!(tally.bias(), Bias::default());
    }
}
