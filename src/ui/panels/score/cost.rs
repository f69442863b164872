//! How many requests a judge takes for a group.

use crate::domain::{Judge, JudgeMethod};
use crate::ranking::{LONGEST_LIST, ROUND_ROBIN, swiss_rounds};

/// Requests for one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Requests {
    /// So many, or at most so many.
    pub(super) count: u32,
    /// Fewer may do.
    pub(super) is_most: bool,
}

/// What a judge is asked for a group of `replies`, answers that have to be asked for again not counted.
pub(super) fn requests(judge: &Judge, replies: u32) -> Requests {
    let lists = match replies {
        0 | 1 => 0,
        // As many as there are orders of so few.
        2 => 2,
        3 => judge.orders.get().min(6),
        few if few as usize <= LONGEST_LIST => judge.orders.get(),
        // Two partitions into blocks, each block in half of the orders; then the best of all once more.
        many => {
            let each = 2 * judge.orders.get().div_ceil(4);
            (2 * (many as usize).div_ceil(LONGEST_LIST) as u32 + 1) * each
        }
    };
    match judge.method {
        JudgeMethod::Pointwise => Requests { count: replies, is_most: false },
        JudgeMethod::Listwise => Requests { count: lists, is_most: false },
        JudgeMethod::Quality if replies <= 2 => Requests { count: lists, is_most: false },
        // At most as many pairs as replies, each both ways round.
        JudgeMethod::Quality => Requests { count: lists + 2 * replies, is_most: true },
        JudgeMethod::Pairs if replies as usize <= ROUND_ROBIN => {
            Requests { count: replies * replies.saturating_sub(1), is_most: false }
        }
        // Where nobody is left to meet, somebody sits out.
        JudgeMethod::Pairs => {
            let pairs = swiss_rounds(replies as usize) as u32 * (replies / 2);
            Requests { count: 2 * pairs, is_most: true }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JUDGING.md section 2.
    #[test]
    fn requests_are_those_of_the_methods_table() {
        for (method, expected) in [
            (JudgeMethod::Pointwise, [2, 4, 8, 20]),
            (JudgeMethod::Listwise, [2, 4, 4, 14]),
            (JudgeMethod::Quality, [2, 12, 20, 54]),
            (JudgeMethod::Pairs, [2, 12, 40, 140]),
        ] {
            let judge = Judge { method, ..Judge::default() };
            assert_eq!([2, 4, 8, 20].map(|replies| requests(&judge, replies).count), expected, "{method:?}");
        }
    }
}
