//! In which order a judge sees the replies: balanced, so that no place in a list favours anybody, and the same each time.

use std::collections::HashSet;

use crate::domain::{GroupId, ScorerId, SplitMix64};

/// The longest list that one request shows; in longer ones the middle is read badly.
pub const LONGEST_LIST: usize = 8;

/// The seed of what one scorer sees of one round of a group: another one for each of them, the same on every machine.
pub fn seed_of(scorer: ScorerId, group: GroupId, round: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&scorer.to_bytes()).update(&group.to_bytes()).update(&round.to_le_bytes());
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}

/// Orders of `0..count` in which each place is as often anybody's, as far as `orders` allows: pairs of an order and its
/// mirror, so that each pair of replies stands as often one way round as the other and each reply's mean place is the
/// middle. No order comes twice; where there are fewer than `orders` (2 for two replies, 6 for three), all of them.
/// An odd number leaves out the last mirror.
pub fn balanced_orders(count: usize, orders: u32, seed: u64) -> Vec<Vec<usize>> {
    if count == 0 {
        return Vec::new();
    }
    let mut random = SplitMix64::new(seed);
    let wanted = different_orders(count).min(orders as usize);
    let mut found: Vec<Vec<usize>> = Vec::with_capacity(wanted + 3);
    let mut known = HashSet::new();
    while found.len() < wanted {
        let mut base: Vec<usize> = (0..count).collect();
        random.shuffle(&mut base);
        while known.contains(&base) {
            advance(&mut base);
        }
        for order in four_orders(&base) {
            if known.insert(order.clone()) {
                found.push(order);
            }
        }
    }
    found.truncate(wanted);
    found
}

/// The four orders of one base: itself, its mirror, itself turned by half its length, the mirror of that.
pub fn four_orders(base: &[usize]) -> [Vec<usize>; 4] {
    let mut turned = base.to_vec();
    turned.rotate_left(base.len() / 2);
    let last = mirrored(&turned);
    [base.to_vec(), mirrored(base), turned, last]
}

/// The order from its end.
pub fn mirrored(order: &[usize]) -> Vec<usize> {
    order.iter().rev().copied().collect()
}

/// More than [`LONGEST_LIST`] replies in lists that a judge can read: two partitions of `0..count` into
/// `m = ceil(count / 8)` blocks whose sizes differ by at most one, the first partition's blocks first. Each block of the
/// second has its replies evenly from all blocks of the first, so that all replies are compared with all, directly or
/// through others. Up to 8 replies are one block.
pub fn blocks(count: usize, seed: u64) -> Vec<Vec<usize>> {
    if count == 0 {
        return Vec::new();
    }
    let mut random = SplitMix64::new(seed);
    let mut order: Vec<usize> = (0..count).collect();
    random.shuffle(&mut order);
    let many = count.div_ceil(LONGEST_LIST);
    if many == 1 {
        return vec![order];
    }
    let mut found = Vec::with_capacity(2 * many);
    let (size, longer) = (count / many, count % many);
    let mut rest = order.as_slice();
    for block in 0..many {
        let (head, tail) = rest.split_at(size + usize::from(block < longer));
        found.push(head.to_vec());
        rest = tail;
    }
    // Dealt like cards, the first partition's blocks one after the other.
    for block in 0..many {
        let mut dealt: Vec<usize> = order.iter().skip(block).step_by(many).copied().collect();
        random.shuffle(&mut dealt);
        found.push(dealt);
    }
    found
}

/// count!, or more than anybody asks for.
fn different_orders(count: usize) -> usize {
    (1..=count).try_fold(1usize, |product, factor| product.checked_mul(factor)).unwrap_or(usize::MAX)
}

/// The next order in the sequence of all of them; the first one after the last one.
fn advance(order: &mut [usize]) {
    let Some(pivot) = order.windows(2).rposition(|two| two[0] < two[1]) else {
        order.reverse();
        return;
    };
    if let Some(next) = order.iter().rposition(|&item| item > order[pivot]) {
        order.swap(pivot, next);
    }
    order[pivot + 1..].reverse();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// JUDGING.md section 10.
    #[test]
    fn four_orders_are_a_base_its_turn_and_their_mirrors() {
        for (base, expected) in [
            ("0123", "0123 3210 2301 1032"),
            ("01234", "01234 43210 23401 10432"),
            ("01234567", "01234567 76543210 45670123 32107654"),
        ] {
            let base: Vec<usize> = base.bytes().map(|digit| usize::from(digit - b'0')).collect();
            let orders = four_orders(&base);
            let written: Vec<String> =
                orders.iter().map(|order| order.iter().map(usize::to_string).collect()).collect();
            assert_eq!(written.join(" "), expected);
        }
    }

    #[test]
    fn few_replies_have_no_more_orders_than_there_are() {
        for (count, most) in [(0, 0), (1, 1), (2, 2), (3, 6), (4, 8)] {
            let orders = balanced_orders(count, 8, 11);
            assert_eq!(orders.len(), most, "{count}");
            assert_eq!(orders.iter().collect::<HashSet<_>>().len(), most, "{count}");
        }
        let mut two = balanced_orders(2, 4, 3);
        two.sort_unstable();
        assert_eq!(two, [[0, 1], [1, 0]]);
        assert_eq!(balanced_orders(4, 24, 5).len(), 24);
    }

    /// A session that moves to another machine asks its judge the same again, and pays for nothing twice.
    #[test]
    fn orders_and_seeds_stay_what_they_were() {
        let scorer = ScorerId::from_bytes([1; 16]);
        let group = GroupId::from_bytes([2; 16]);
        assert_eq!(seed_of(scorer, group, 0), 8_930_530_593_540_751_423);
        assert_eq!(balanced_orders(4, 2, 1), [[2, 0, 3, 1], [1, 3, 0, 2]]);
        assert_ne!(seed_of(scorer, group, 0), seed_of(scorer, group, 1));
        assert_ne!(seed_of(scorer, group, 0), seed_of(ScorerId::from_bytes([2; 16]), group, 0));
    }

    /// Place by place, from how often each reply stood there.
    fn mean_places(orders: &[Vec<usize>], count: usize) -> Vec<f64> {
        let mut sums = vec![0usize; count];
        for order in orders {
            order.iter().enumerate().for_each(|(place, &reply)| sums[reply] += place);
        }
        sums.into_iter().map(|sum| sum as f64 / orders.len() as f64).collect()
    }

    proptest! {
        /// A judge that favours early replies favours nobody.
        #[test]
        fn each_pair_stands_as_often_either_way_round(count in 2usize..=8, half in 1u32..=4, seed in any::<u64>()) {
            let orders = balanced_orders(count, 2 * half, seed);
            for one in 0..count {
                for other in 0..one {
                    let earlier = orders.iter().filter(|order| {
                        order.iter().position(|&reply| reply == one) < order.iter().position(|&reply| reply == other)
                    });
                    prop_assert_eq!(earlier.count() * 2, orders.len());
                }
            }
            let middle = (count as f64 - 1.0) / 2.0;
            prop_assert!(mean_places(&orders, count).iter().all(|place| *place == middle));
            prop_assert_eq!(orders.iter().collect::<HashSet<_>>().len(), orders.len());
            prop_assert_eq!(&orders, &balanced_orders(count, 2 * half, seed));
        }

        /// All replies of a large group end up on one scale.
        #[test]
        fn blocks_overlap_and_connect_everybody(count in 9usize..=64, seed in any::<u64>()) {
            let blocks = blocks(count, seed);
            let many = count.div_ceil(8);
            prop_assert_eq!(blocks.len(), 2 * many);
            for partition in blocks.chunks(many) {
                let mut all = partition.concat();
                all.sort_unstable();
                prop_assert_eq!(all, (0..count).collect::<Vec<_>>());
                let sizes = partition.iter().map(Vec::len);
                prop_assert!(sizes.clone().max().unwrap() <= 8);
                prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
            }
            let (old, new) = blocks.split_at(many);
            for dealt in new {
                let shared = old.iter().map(|block| block.iter().filter(|reply| dealt.contains(reply)).count());
                prop_assert!(shared.clone().max().unwrap() - shared.clone().min().unwrap() <= 1);
                prop_assert!(count > 49 || shared.min().unwrap() >= 1, "a new block has somebody of every old one");
            }
            let mut reached: HashSet<usize> = HashSet::from([0]);
            for _ in 0..count {
                let touching = blocks.iter().filter(|block| block.iter().any(|reply| reached.contains(reply)));
                let more: Vec<usize> = touching.flatten().copied().collect();
                reached.extend(more);
            }
            prop_assert_eq!(reached.len(), count);
        }
    }

    #[test]
    fn a_short_list_is_one_block() {
        for count in 0..=8 {
            let blocks = blocks(count, 1);
            assert_eq!(blocks.len(), usize::from(count > 0));
            assert_eq!(blocks.concat().len(), count);
        }
    }
}
