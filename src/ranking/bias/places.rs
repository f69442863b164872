//! What the place in a list does to a reply.

use std::collections::BTreeMap;

use crate::ranking::statistics::{Ratio, RatioSums};

use super::HeardList;

/// What lists of one length tell of a judge.
#[derive(Clone, Debug, PartialEq)]
pub struct ListBias {
    /// How many replies each list had.
    pub length: usize,
    /// How many lists; only those that sort exactly what was shown.
    pub lists: u64,
    /// The places, the first shown first.
    pub places: Vec<PlaceBias>,
}

/// What one place of a list does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceBias {
    /// The rank from 1 that replies get when shown here, less the mean rank of the same reply over all its lists of the same
    /// replies. 0 without bias, under 0 where the place helps. In balanced orders a reply stands in at most four places, so a
    /// place is compared with those three only. `None` where no list was shown in another order too.
    pub shift: Option<Ratio>,
    /// How often the reply shown here comes out best; a tie on top counts by its share. 1/length without bias.
    pub first: Ratio,
}

#[derive(Clone, Debug, Default)]
pub(super) struct PlaceTally {
    lengths: BTreeMap<usize, LengthTally>,
}

#[derive(Clone, Debug, Default)]
struct LengthTally {
    lists: u64,
    shifts: Vec<RatioSums>,
    firsts: Vec<RatioSums>,
}

impl PlaceTally {
    pub(super) fn add(&mut self, lists: &[&HeardList]) {
        // Lists of the same replies belong together.
        let mut sets: BTreeMap<Vec<usize>, Vec<&HeardList>> = BTreeMap::new();
        for &list in lists.iter().filter(|list| list.shown.len() > 1 && list.is_complete()) {
            let mut set = list.shown.clone();
            set.sort_unstable();
            sets.entry(set).or_default().push(list);
        }
        // The group as a whole adds once for each length and place: its lists hang together.
        let mut sums: BTreeMap<usize, GroupSums> = BTreeMap::new();
        for (set, lists) in sets {
            sums.entry(set.len()).or_insert_with(|| GroupSums::new(set.len())).add(&set, &lists);
        }
        for (length, sums) in sums {
            self.lengths.entry(length).or_default().add(&sums);
        }
    }

    pub(super) fn bias(&self) -> Vec<ListBias> {
        let of_length = |(&length, tally): (&usize, &LengthTally)| ListBias {
            length,
            lists: tally.lists,
            places: tally
                .shifts
                .iter()
                .zip(&tally.firsts)
                .filter_map(|(shift, first)| Some(PlaceBias { shift: shift.mean(), first: first.mean()? }))
                .collect(),
        };
        self.lengths.iter().map(of_length).collect()
    }
}

impl LengthTally {
    fn add(&mut self, sums: &GroupSums) {
        self.lists += sums.lists;
        self.shifts.resize(sums.shifts.len(), RatioSums::default());
        self.firsts.resize(sums.firsts.len(), RatioSums::default());
        for place in 0..sums.shifts.len() {
            self.shifts[place].add(sums.shifts[place], sums.repeated as f64, 1.0);
            self.firsts[place].add(sums.firsts[place], sums.lists as f64, 1.0);
        }
    }
}

/// Sums over the lists of one group that have the same length, by place.
struct GroupSums {
    lists: u64,
    /// Lists whose replies were shown in more than one list.
    repeated: u64,
    shifts: Vec<f64>,
    firsts: Vec<f64>,
}

impl GroupSums {
    fn new(length: usize) -> Self {
        Self { lists: 0, repeated: 0, shifts: vec![0.0; length], firsts: vec![0.0; length] }
    }

    fn add(&mut self, set: &[usize], lists: &[&HeardList]) {
        self.lists += lists.len() as u64;
        for list in lists {
            let Some(top) = list.tiers.iter().find(|tier| !tier.is_empty()) else { continue };
            for (place, reply) in list.shown.iter().enumerate() {
                if top.contains(reply) {
                    self.firsts[place] += 1.0 / top.len() as f64;
                }
            }
        }
        if lists.len() < 2 {
            return;
        }
        self.repeated += lists.len() as u64;
        let ranks: Vec<Vec<f64>> = lists.iter().map(|list| ranks(set, list)).collect();
        for (place_in_set, reply) in set.iter().enumerate() {
            let mean = ranks.iter().map(|ranks| ranks[place_in_set]).sum::<f64>() / lists.len() as f64;
            for (list, ranks) in lists.iter().zip(&ranks) {
                if let Some(place) = list.shown.iter().position(|shown| shown == reply) {
                    self.shifts[place] += ranks[place_in_set] - mean;
                }
            }
        }
    }
}

/// The rank of each reply of `set` from 1; equals share the mean of their ranks.
fn ranks(set: &[usize], list: &HeardList) -> Vec<f64> {
    let mut ranks = vec![0.0; set.len()];
    let mut before = 0.0;
    for tier in &list.tiers {
        let rank = before + f64::midpoint(1.0, tier.len() as f64);
        for reply in tier {
            if let Ok(place) = set.binary_search(reply) {
                ranks[place] = rank;
            }
        }
        before += tier.len() as f64;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::balanced_orders;

    fn tally(lists: &[HeardList]) -> Vec<ListBias> {
        let mut tally = PlaceTally::default();
        tally.add(&lists.iter().collect::<Vec<_>>());
        tally.bias()
    }

    fn shifts(bias: &ListBias) -> Vec<f64> {
        bias.places.iter().map(|place| place.shift.unwrap().value).collect()
    }

    #[test]
    fn a_judge_that_reads_the_replies_has_no_shift() {
        let lists = balanced_orders(4, 4, 5)
            .into_iter()
            .map(|shown| HeardList { shown, tiers: vec![vec![2], vec![0, 3], vec![1]] })
            .collect::<Vec<_>>();
        let [bias] = tally(&lists).try_into().unwrap();
        assert_eq!((bias.length, bias.lists), (4, 4));
        assert_eq!(shifts(&bias), [0.0; 4]);
        assert_eq!(bias.places.iter().map(|place| place.first.value).collect::<Vec<_>>(), [0.25; 4]);
    }

    #[test]
    fn a_judge_that_repeats_the_order_shown_shifts_by_the_place() {
        let lists = balanced_orders(4, 4, 5)
            .into_iter()
            .map(|shown| HeardList { tiers: shown.iter().map(|&reply| vec![reply]).collect(), shown })
            .collect::<Vec<_>>();
        let [bias] = tally(&lists).try_into().unwrap();
        assert_eq!(shifts(&bias), [-1.5, -0.5, 0.5, 1.5]);
        assert_eq!(bias.places.iter().map(|place| place.first.value).collect::<Vec<_>>(), [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn lists_that_lack_replies_or_stand_alone_tell_nothing_of_places() {
        let alone = HeardList { shown: vec![0, 1, 2], tiers: vec![vec![1, 2], vec![0]] };
        let lacking = HeardList { shown: vec![2, 1, 0], tiers: vec![vec![1], vec![0]] };
        let [bias] = tally(&[alone, lacking]).try_into().unwrap();
        assert_eq!(bias.lists, 1);
        assert!(bias.places.iter().all(|place| place.shift.is_none()));
        assert_eq!(bias.places.iter().map(|place| place.first.value).collect::<Vec<_>>(), [0.0, 0.5, 0.5]);
        assert_eq!(tally(&[]), []);
    }
}
