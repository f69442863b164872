//! The order in which replies are shown: shuffled, so that no place is always the same model's, and the same each
//! time the group is looked at, so that the annotator finds a reply where it was.

use super::{GroupId, SplitMix64};

/// For each card of a group, the slot that it shows: a permutation of `0..count` fixed by group and round.
pub fn shown_order(group: GroupId, round: u32, count: u32) -> Vec<u32> {
    let bytes = group.to_bytes();
    let (high, low) = bytes.split_at(8);
    let word = |half: &[u8]| half.iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
    let seed = word(high) ^ word(low).rotate_left(17) ^ (u64::from(round) << 32 | u64::from(round));
    let mut order: Vec<u32> = (0..count).collect();
    SplitMix64::new(seed).shuffle(&mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_shown_once_and_stays_where_it_was() {
        let group = GroupId::new();
        let order = shown_order(group, 0, 20);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
        assert_eq!(order, shown_order(group, 0, 20));
    }

    #[test]
    fn no_slot_is_always_first() {
        let firsts: std::collections::HashSet<u32> = (0..200).map(|_| shown_order(GroupId::new(), 0, 4)[0]).collect();
        assert_eq!(firsts.len(), 4);
    }
}
