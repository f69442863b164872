//! Tiers to pairs, for any tiers.

use std::collections::HashSet;

use pairloom::domain::{PairPolicy, ReplyId, Tiers, Verdict, pairs};
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_pair_goes_from_a_better_tier_to_a_worse_one_once(
        places in prop::collection::vec(0usize..4, 1..20),
        texts in prop::collection::vec("[ab]{0,2}", 20),
    ) {
        let replies: Vec<ReplyId> = places.iter().map(|_| ReplyId::new()).collect();
        let mut tiers = vec![Vec::new(); 4];
        for (reply, place) in replies.iter().zip(&places) {
            tiers[*place].push(*reply);
        }
        tiers.retain(|tier| !tier.is_empty());
        let rank = |id: ReplyId| tiers.iter().position(|tier| tier.contains(&id)).unwrap();
        let text = |id: ReplyId| replies.iter().position(|reply| *reply == id).map(|index| texts[index].as_str());
        let verdict = Verdict::Ranked(Tiers::new(tiers.clone()).unwrap());
        for policy in [PairPolicy::All, PairPolicy::BestWorst, PairPolicy::Adjacent] {
            let found = pairs(&verdict, policy, text);
            let mut seen = HashSet::new();
            for pair in &found {
                prop_assert!(rank(pair.chosen) < rank(pair.rejected));
                prop_assert_ne!(text(pair.chosen), text(pair.rejected));
                prop_assert!(!text(pair.chosen).unwrap().is_empty() && !text(pair.rejected).unwrap().is_empty());
                prop_assert!(seen.insert((text(pair.chosen), text(pair.rejected))));
            }
        }
        // With texts of their own every better reply meets every worse one.
        let names: Vec<String> = replies.iter().map(ToString::to_string).collect();
        let own = |id: ReplyId| replies.iter().position(|reply| *reply == id).map(|index| names[index].as_str());
        let expected: usize = (0..tiers.len())
            .flat_map(|a| (a + 1..tiers.len()).map(move |b| (a, b)))
            .map(|(a, b)| tiers[a].len() * tiers[b].len())
            .sum();
        prop_assert_eq!(pairs(&verdict, PairPolicy::All, own).len(), expected);
    }
}
