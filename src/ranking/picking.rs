//! Which groups people look at to check machines: strata, random samples, disagreements, large gaps.
//!
//! A random sample is Poisson sampling with permanent random numbers (Ohlsson, "Coordination of samples using permanent
//! random numbers", in Cox et al., Business Survey Methods, 1995): every group has a fixed number in `[0, 1)`, and a stratum
//! is drawn in the order of these numbers. Its fraction is the smallest number that is not in the sample: what lies below is
//! in it with that probability, and weighs its inverse (of uniform numbers, the mean of one over the (k+1)th smallest of n is
//! n / k). Where groups come to a stratum later, the fraction falls below some that were drawn before: those keep their
//! labels and weigh nothing until the sample has reached them again.

use std::collections::BTreeMap;

use super::prompts::Tongue;
use crate::domain::{Design, Draw, GroupId, JudgeLanguage, Prompt, SplitMix64, Stratum};

/// Groups that each stratum is to have in the long run, however small it is.
const LEAST_IN_STRATUM: f64 = 10.0;
/// The share of groups, by margin, that an audit draws from.
const AUDITED: f64 = 0.1;
/// Of so many groups one comes again.
const REPEATED: f64 = 0.05;
/// Labels between a label and its repeat, at least, so that it is not remembered.
pub const LABELS_BETWEEN: usize = 50;

/// A group that may be picked.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The group.
    pub group: GroupId,
    /// Its stratum: the one that it had when it was drawn first, or the one that it has now.
    pub stratum: Stratum,
    /// No verdict yet, and one can be given now.
    pub is_open: bool,
    /// Was drawn for the random sample before.
    pub is_sampled: bool,
    /// Was drawn for an audit before.
    pub is_audited: bool,
    /// Was picked before, for whatever reason.
    pub was_picked: bool,
    /// Sum, over pairs that two scorers put opposite ways, of the smaller of the two margins, in their units.
    pub contradiction: f64,
    /// Pairs that a judge put differently in both orders.
    pub inconsistent: u32,
    /// Standard errors between the scorer's first and second; margins in units where it gives no errors.
    pub sureness: Option<f64>,
    /// The scorer's best score less its worst, in its units.
    pub reach: Option<f64>,
}

/// Groups that were picked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picks {
    /// To be labeled now, with the probability of an audit.
    pub fresh: Vec<(usize, Draw, Option<f64>)>,
    /// In the random sample or an audit, and labeled, or picked for another reason, before they were drawn for it.
    pub also: Vec<(usize, Draw, Option<f64>)>,
}

/// Which numbers a pick is made of: of `count` groups half by chance, 35 % for disagreement, the rest for audit.
pub fn mix(count: usize) -> [(Draw, usize); 3] {
    let random = count.div_ceil(2);
    let disagreement = (count * 35 + 50) / 100;
    let disagreement = disagreement.min(count - random);
    [(Draw::Random, random), (Draw::Disagreement, disagreement), (Draw::Audit, count - random - disagreement)]
}

/// A group's own number for a use of chance: uniform in `[0, 1)`, the same each time.
pub fn own_number(seed: u64, group: GroupId) -> f64 {
    let word = |bytes: &[u8]| bytes.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
    let bytes = group.to_bytes();
    let (high, low) = bytes.split_at(8);
    let mut random = SplitMix64::new(seed ^ word(high).rotate_left(29));
    let mut random = SplitMix64::new(random.next_u64() ^ word(low));
    random.unit()
}

/// Where the thirds of sureness begin; `None` of fewer than 30 groups.
pub fn thirds(sureness: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = sureness.filter(|value| value.is_finite()).collect();
    if values.len() < 30 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    Some((values[values.len() / 3], values[values.len() * 2 / 3]))
}

/// The part of a stratum that follows from sureness: see [`Stratum`].
pub fn third(sureness: Option<f64>, thirds: Option<(f64, f64)>) -> u8 {
    match (sureness, thirds) {
        (Some(value), Some((second, _))) if value < second => 0,
        (Some(value), Some((_, third))) if value < third => 1,
        (Some(_), Some(_)) => 2,
        _ => 3,
    }
}

/// The part of a stratum that follows from the number of replies: see [`Stratum`].
pub fn size(replies: usize) -> u8 {
    match replies {
        0..=2 => 0,
        3 | 4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

/// The part of a stratum that follows from the prompt's language: see [`Stratum`].
pub fn script(prompt: &Prompt) -> u8 {
    u8::from(Tongue::of(JudgeLanguage::Auto, prompt) != Tongue::Chinese)
}

/// Pick so many groups of each kind. What one kind lacks, chance fills; a group is picked for one reason only. `design`
/// follows the random sample: its fractions rise with what is drawn, and fall where groups came to a stratum.
pub fn pick(candidates: &[Candidate], design: &mut Design, wanted: &[(Draw, usize)]) -> Picks {
    let mut picks = Picks::default();
    let mut taken = vec![false; candidates.len()];
    let mut sampled: Vec<bool> = candidates.iter().map(|one| one.is_sampled).collect();
    let count = |draw: Draw| wanted.iter().filter(|(of, _)| *of == draw).map(|(_, count)| *count).sum::<usize>();
    let (random, audit, disagreement) = (count(Draw::Random), count(Draw::Audit), count(Draw::Disagreement));
    // Disagreements come last, so that nothing that chance drew lacks the groups over which scorers are at odds.
    take_random(candidates, design, random, &mut taken, &mut sampled, &mut picks);
    let before = picks.fresh.len();
    take_audit(candidates, design.seed, audit, &mut taken, &mut picks);
    take_disagreements(candidates, disagreement, &mut taken, &mut picks);
    let lacking = audit + disagreement - (picks.fresh.len() - before);
    // A mix that lacks some is filled by chance; who asked for one kind gets that kind alone.
    if random > 0 {
        take_random(candidates, design, lacking, &mut taken, &mut sampled, &mut picks);
    }
    picks
}

/// A stratum's groups in the order of their own numbers.
#[derive(Default)]
struct Members {
    order: Vec<(f64, usize)>,
    /// So many of the first are in the sample, and the next one is not.
    inside: usize,
    /// Groups that can be drawn and labeled now.
    open: usize,
}

impl Members {
    /// Put the next one into the sample.
    fn draw(&mut self, sampled: &mut [bool]) -> Option<usize> {
        let (_, index) = *self.order.get(self.inside)?;
        sampled[index] = true;
        self.pass(sampled);
        Some(index)
    }

    fn pass(&mut self, sampled: &[bool]) {
        while self.order.get(self.inside).is_some_and(|(_, index)| sampled[*index]) {
            self.inside += 1;
        }
    }

    fn fraction(&self) -> f64 {
        self.order.get(self.inside).map_or(1.0, |(own, _)| *own)
    }
}

fn take_random(
    candidates: &[Candidate],
    design: &mut Design,
    count: usize,
    taken: &mut [bool],
    sampled: &mut [bool],
    picks: &mut Picks,
) {
    if count == 0 {
        return;
    }
    let mut strata: BTreeMap<Stratum, Members> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let members = strata.entry(candidate.stratum).or_default();
        members.order.push((own_number(design.seed, candidate.group), index));
        members.open += usize::from(candidate.is_open && !sampled[index] && !taken[index]);
    }
    for members in strata.values_mut() {
        members.order.sort_by(|a, b| a.0.total_cmp(&b.0));
        members.pass(sampled);
    }
    let floor = LEAST_IN_STRATUM * strata.len() as f64;
    // How much a stratum has of what it should have: small ones first, until each has ten or all that it has.
    let filled = |members: &Members| {
        let size = members.order.len() as f64;
        let share = (size / candidates.len() as f64).max(LEAST_IN_STRATUM.min(size) / floor);
        members.inside as f64 / share
    };
    let mut left = count;
    while left > 0 && strata.values().any(|members| members.open > 0) {
        let unfilled = strata.values_mut().filter(|members| members.inside < members.order.len());
        let Some(members) = unfilled.min_by(|a, b| filled(a).total_cmp(&filled(b))) else { break };
        // Where nothing is left to label, what is labeled stands for its stratum, in its turn.
        let has_open = members.open > 0;
        while let Some(index) = members.draw(sampled) {
            if candidates[index].is_open && !std::mem::replace(&mut taken[index], true) {
                picks.fresh.push((index, Draw::Random, None));
                members.open -= 1;
                left -= 1;
                break;
            }
            picks.also.push((index, Draw::Random, None));
            if !has_open {
                break;
            }
        }
    }
    for (stratum, members) in &strata {
        if members.inside > 0 || design.chance(*stratum).is_some() {
            set_fraction(design, *stratum, members.fraction());
        }
    }
}

fn set_fraction(design: &mut Design, stratum: Stratum, fraction: f64) {
    match design.fractions.iter_mut().find(|(of, _)| *of == stratum) {
        Some((_, known)) => *known = fraction,
        None => design.fractions.push((stratum, fraction)),
    }
}

fn take_disagreements(candidates: &[Candidate], count: usize, taken: &mut [bool], picks: &mut Picks) {
    let mut order: Vec<usize> = (0..candidates.len())
        .filter(|&index| {
            let one = &candidates[index];
            let tells = one.contradiction > 0.0 || one.inconsistent > 0 || one.sureness.is_some();
            one.is_open && !one.was_picked && !taken[index] && tells
        })
        .collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&candidates[a], &candidates[b]);
        let sureness = |one: &Candidate| one.sureness.unwrap_or(f64::INFINITY);
        b.contradiction
            .total_cmp(&a.contradiction)
            .then(b.inconsistent.min(1).cmp(&a.inconsistent.min(1)))
            .then(sureness(a).total_cmp(&sureness(b)))
    });
    for index in order.into_iter().take(count) {
        taken[index] = true;
        picks.fresh.push((index, Draw::Disagreement, None));
    }
}

fn take_audit(candidates: &[Candidate], seed: u64, count: usize, taken: &mut [bool], picks: &mut Picks) {
    let mut tenth: Vec<usize> = (0..candidates.len()).filter(|&index| candidates[index].reach.is_some()).collect();
    tenth.sort_by(|&a, &b| candidates[b].reach.unwrap_or(0.0).total_cmp(&candidates[a].reach.unwrap_or(0.0)));
    tenth.truncate((tenth.len() as f64 * AUDITED).ceil() as usize);
    // A number of its own, so that it does not follow from that of the random sample.
    let mut order: Vec<(f64, usize)> =
        tenth.iter().map(|&index| (own_number(!seed, candidates[index].group), index)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_free =
        |index: usize, taken: &[bool]| candidates[index].is_open && !candidates[index].is_audited && !taken[index];
    let free = order.iter().enumerate().filter(|(_, (_, index))| is_free(*index, taken)).map(|(place, _)| place);
    let Some(last) = free.take(count).last() else { return };
    let chance = order.get(last + 1).map(|(next, _)| *next).or(Some(1.0));
    // All of the tenth up to there, whatever else they were picked for: to leave out what scorers are at odds over would
    // make them look better.
    for &(_, index) in order[..=last].iter().filter(|(_, index)| !candidates[*index].is_audited) {
        if is_free(index, taken) {
            taken[index] = true;
            picks.fresh.push((index, Draw::Audit, chance));
        } else {
            picks.also.push((index, Draw::Audit, chance));
        }
    }
}

/// Which of the labeled groups come again: one of twenty picked ones, by chance, of those that `may_come` and whose label is
/// at least [`LABELS_BETWEEN`] labels ago. `labeled` stands in the order of labeling.
pub fn repeats(
    labeled: &[GroupId],
    may_come: impl Fn(GroupId) -> bool,
    picked: usize,
    random: &mut SplitMix64,
) -> Vec<GroupId> {
    let old = labeled.len().saturating_sub(LABELS_BETWEEN);
    let wish = picked as f64 * REPEATED;
    let count = wish.floor() as usize + usize::from(random.unit() < wish.fract());
    let mut old: Vec<GroupId> = labeled[..old].iter().copied().filter(|group| may_come(*group)).collect();
    random.shuffle(&mut old);
    old.truncate(count);
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(count: usize) -> Vec<Candidate> {
        let mut random = SplitMix64::new(7);
        (0..count)
            .map(|at| Candidate {
                group: GroupId::from_bytes(
                    [random.next_u64().to_be_bytes(), random.next_u64().to_be_bytes()].concat().try_into().unwrap(),
                ),
                stratum: Stratum { replies: u8::from(at % 10 == 0), sureness: (at % 3) as u8, script: 0 },
                is_open: at % 5 != 0,
                is_sampled: false,
                is_audited: false,
                was_picked: false,
                contradiction: if at % 4 == 0 { at as f64 } else { 0.0 },
                inconsistent: u32::from(at % 7 == 0),
                sureness: Some(at as f64),
                reach: Some((at * 37 % count) as f64),
            })
            .collect()
    }

    #[test]
    fn fifty_are_mixed_as_they_should_be() {
        assert_eq!(mix(50), [(Draw::Random, 25), (Draw::Disagreement, 18), (Draw::Audit, 7)]);
        assert_eq!(mix(1), [(Draw::Random, 1), (Draw::Disagreement, 0), (Draw::Audit, 0)]);
        let groups = candidates(400);
        let mut design = Design { seed: 3, ..Design::default() };
        let picks = pick(&groups, &mut design, &mix(50));
        let count = |draw| picks.fresh.iter().filter(|(_, of, _)| *of == draw).count();
        assert_eq!((count(Draw::Random), count(Draw::Disagreement), count(Draw::Audit)), (25, 18, 7));
        let mut once: Vec<usize> = picks.fresh.iter().map(|(index, ..)| *index).collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 50, "no group is picked for two reasons");
        assert!(picks.fresh.iter().all(|(index, ..)| groups[*index].is_open));
    }

    #[test]
    fn the_sample_is_exactly_what_lies_below_the_fractions() {
        let mut groups = candidates(300);
        let mut design = Design { seed: 11, ..Design::default() };
        let mut sampled = std::collections::BTreeSet::new();
        for _ in 0..6 {
            let picks = pick(&groups, &mut design, &[(Draw::Random, 20)]);
            assert_eq!(picks.fresh.len(), 20);
            for index in picks.fresh.iter().chain(&picks.also).map(|(index, ..)| *index) {
                assert!(sampled.insert(index), "drawn once");
                groups[index].is_sampled = true;
            }
            let below: Vec<usize> = (0..groups.len())
                .filter(|index| {
                    let group = &groups[*index];
                    design.chance(group.stratum).is_some_and(|chance| own_number(11, group.group) < chance)
                })
                .collect();
            assert_eq!(below, sampled.iter().copied().collect::<Vec<_>>());
        }
        let least = design
            .fractions
            .iter()
            .map(|(stratum, _)| sampled.iter().filter(|index| groups[**index].stratum == *stratum).count());
        assert!(least.min() >= Some(9), "small strata are not forgotten");
    }

    #[test]
    fn the_sample_is_as_likely_to_take_one_group_as_another_of_its_stratum() {
        // Over many seeds the weighted sum of a figure is its true sum: probabilities are what they say.
        let groups = candidates(200);
        let truth: f64 = groups.iter().filter_map(|group| group.reach).sum();
        let mut sum = 0.0;
        for seed in 0..400 {
            let mut design = Design { seed, ..Design::default() };
            let picks = pick(&groups, &mut design, &[(Draw::Random, 40)]);
            for index in picks.fresh.iter().chain(&picks.also).map(|(index, ..)| *index) {
                sum += groups[index].reach.unwrap() / design.chance(groups[index].stratum).unwrap();
            }
        }
        let ratio = sum / 400.0 / truth;
        assert!((0.97..1.03).contains(&ratio), "{ratio}");
    }

    #[test]
    fn disagreements_come_strongest_first_and_audits_from_the_largest_gaps() {
        let groups = candidates(100);
        let mut design = Design::default();
        let picks = pick(&groups, &mut design, &[(Draw::Disagreement, 3)]);
        let places: Vec<usize> = picks.fresh.iter().map(|(index, ..)| *index).collect();
        assert_eq!(places, [96, 92, 88]);
        let picks = pick(&groups, &mut design, &[(Draw::Audit, 5)]);
        assert!(picks.fresh.iter().all(|(index, _, chance)| groups[*index].reach >= Some(90.0) && chance.is_some()));
        assert!(design.fractions.is_empty(), "only the random sample moves the design");
    }

    #[test]
    fn one_in_twenty_comes_again_and_never_one_that_was_just_labeled() {
        let labeled: Vec<GroupId> = (0..120).map(|_| GroupId::new()).collect();
        let mut random = SplitMix64::new(5);
        let again: Vec<usize> = (0..200).map(|_| repeats(&labeled, |_| true, 50, &mut random).len()).collect();
        assert!(again.iter().all(|count| (2..=3).contains(count)));
        assert!(repeats(&labeled, |_| true, 50, &mut random).iter().all(|group| labeled[..70].contains(group)));
        assert!(repeats(&labeled[..50], |_| true, 50, &mut random).is_empty());
    }

    #[test]
    fn where_groups_come_between_picks_the_weighted_sum_stays_right() {
        let groups = candidates(1200);
        let truth: f64 = groups.iter().filter_map(|group| group.reach).sum();
        let (mut sum, mut weight) = (0.0, 0.0);
        for seed in 0..300 {
            let mut design = Design { seed, ..Design::default() };
            let mut drawn = std::collections::BTreeSet::new();
            // A fifth is scored when the first are picked.
            for scored in [240, 1200, 1200] {
                let mut there = groups[..scored].to_vec();
                for index in &drawn {
                    let one: &mut Candidate = &mut there[*index];
                    (one.is_sampled, one.is_open) = (true, false);
                }
                let picks = pick(&there, &mut design, &[(Draw::Random, 40)]);
                drawn.extend(picks.fresh.iter().chain(&picks.also).map(|(index, ..)| *index));
            }
            for one in drawn.iter().map(|index| &groups[*index]) {
                let chance = design.chance(one.stratum).unwrap();
                if own_number(seed, one.group) < chance {
                    sum += one.reach.unwrap() / chance;
                    weight += 1.0 / chance;
                }
            }
        }
        let (ratio, groups) = (sum / 300.0 / truth, weight / 300.0 / 1200.0);
        assert!((0.97..1.03).contains(&ratio) && (0.97..1.03).contains(&groups), "{ratio} {groups}");
    }

    #[test]
    fn where_nothing_is_left_to_label_nothing_is_picked() {
        let mut groups = candidates(500);
        let mut design = Design { seed: 4, ..Design::default() };
        for one in &mut groups {
            one.is_open = one.stratum.sureness == 0 && one.is_open;
        }
        let picks = pick(&groups, &mut design, &[(Draw::Random, 20)]);
        assert_eq!(picks.fresh.len(), 20);
        assert!((40..150).contains(&picks.also.len()), "labeled strata stand for themselves in their turn: {picks:?}");
        for one in &mut groups {
            one.is_open = false;
        }
        assert_eq!(pick(&groups, &mut design, &mix(50)), Picks::default());
    }

    #[test]
    fn an_audit_leaves_out_nothing_that_scorers_are_at_odds_over() {
        let mut groups = candidates(400);
        let mut design = Design { seed: 9, ..Design::default() };
        // What was labeled as a disagreement, or is drawn by chance at the same time, is in the audit as well.
        for one in groups.iter_mut().filter(|one| one.reach >= Some(380.0)) {
            (one.is_open, one.was_picked) = (false, true);
        }
        let picks = pick(&groups, &mut design, &[(Draw::Random, 60), (Draw::Audit, 10), (Draw::Disagreement, 20)]);
        let audited = || picks.fresh.iter().chain(&picks.also).filter(|(_, draw, _)| *draw == Draw::Audit);
        assert_eq!(picks.fresh.iter().filter(|(_, draw, _)| *draw == Draw::Audit).count(), 10);
        let chance = audited().next().unwrap().2.unwrap();
        let below = (0..groups.len())
            .filter(|index| groups[*index].reach >= Some(360.0) && own_number(!9, groups[*index].group) < chance);
        let mut found: Vec<usize> = audited().map(|(index, ..)| *index).collect();
        found.sort_unstable();
        assert_eq!(found, below.collect::<Vec<_>>());
        assert!(found.iter().any(|index| groups[*index].was_picked));
    }
}
