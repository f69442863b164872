//! Which endpoint is asked for which reply.

use super::Endpoint;

/// The turns of several endpoints: each has its share of the replies, spread evenly, so that the replies of one group
/// come from several models. The same shares always give the same turns, so a run that goes on asks as the one before
/// it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns(Vec<usize>);

impl Turns {
    /// The largest share; more turns would make no finer split that a person could see.
    pub const MOST: u32 = 100;

    /// One cycle of turns by smooth weighted round robin (as nginx spreads requests over servers).
    pub fn new(endpoints: &[Endpoint]) -> Self {
        let shares: Vec<i64> = endpoints.iter().map(|endpoint| i64::from(endpoint.share.min(Self::MOST))).collect();
        let total: i64 = shares.iter().sum();
        let mut credit = vec![0; shares.len()];
        let turns = (0..total).filter_map(|_| {
            credit.iter_mut().zip(&shares).for_each(|(credit, share)| *credit += share);
            // The first of those with the most credit.
            let next = (0..credit.len()).rev().max_by_key(|at| credit[*at])?;
            credit[next] -= total;
            Some(next)
        });
        Self(turns.collect())
    }

    /// The endpoint to ask for the reply in place `slot` (from 0) of group `number` (from 1), which wants `wanted`
    /// replies; `None` when there is none.
    pub fn endpoint(&self, number: u64, wanted: u32, slot: u32) -> Option<usize> {
        let turn = number.saturating_sub(1).wrapping_mul(u64::from(wanted)).wrapping_add(u64::from(slot));
        let turn = turn.checked_rem(self.0.len() as u64)?;
        self.0.get(turn as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(shares: &[u32]) -> Turns {
        let endpoint = |share: &u32| Endpoint { share: *share, ..Endpoint::at("http://h".into()) };
        Turns::new(&shares.iter().map(endpoint).collect::<Vec<_>>())
    }

    #[test]
    fn shares_are_kept_and_spread() {
        let of = |shares: &[u32], groups: u64, wanted: u32| {
            let turns = turns(shares);
            let mut counts = vec![0; shares.len()];
            for number in 1..=groups {
                (0..wanted).for_each(|slot| counts[turns.endpoint(number, wanted, slot).unwrap()] += 1);
            }
            counts
        };
        assert_eq!(of(&[1], 3, 4), [12]);
        assert_eq!(of(&[1, 1], 3, 4), [6, 6]);
        assert_eq!(of(&[1, 1], 1, 4), [2, 2], "each group has replies of both");
        assert_eq!(of(&[3, 1], 1, 4), [3, 1]);
        assert_eq!(of(&[3, 0, 1], 100, 4), [300, 0, 100]);
        assert_eq!(of(&[2, 5], 7, 3), [6, 15]);
        assert_eq!(turns(&[0, 0]).endpoint(1, 4, 0), None);
        assert_eq!(turns(&[]).endpoint(1, 4, 0), None);
    }
}
