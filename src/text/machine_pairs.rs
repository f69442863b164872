//! Pairs from machines' orders: what they give, what people say of them.

use crate::domain::{PairOrder, PairYield};

use super::Text;

/// A reward model that is right so much less often than the judge takes more away than it adds.
const MUCH_WORSE: f64 = 0.10;

sentences! {
    order_title: "Whose order" | "按谁的排序";
    order_human: "People's labels" | "人工标注";
    order_agreement(judge: &str, reward: &str): "{judge} where {reward} agrees" | "{judge}，且 {reward} 同意";
    order_scorer(name: &str): "Scores of {name}" | "{name} 的分数";
    least_margin: "Least margin, in SD within groups" | "最小分差（组内标准差）";
    margin_usual: "usual" | "默认";
    margin_usual_note: "One standard error of a judge, half a standard deviation of a reward model, both for agreement" | "裁判取 1 个标准误，奖励模型取半个标准差，取一致时两者都要";
    yield_line(name: &str, pairs: u64, giving: u64, groups: u64): "{name}: {pairs} pairs, from {giving} of {groups} groups" | "{name}：{pairs} 对，来自 {groups} 组中的 {giving} 组";
    yield_right(share: &str, checked: u64): "; of {checked} that blind labels decide {share} % are the same way" | "；盲标能判定的 {checked} 对里有 {share} % 一致";
    yield_right_between(share: &str, low: &str, high: &str, checked: u64): "; of {checked} that blind labels decide {share} % are the same way ({low} to {high})" | "；盲标能判定的 {checked} 对里有 {share} % 一致（{low} 到 {high}）";
    yield_unchecked: "; no blind label decides one of them" | "；没有盲标能判定其中任何一对";
    advice_judge: "The reward model is over 10 points worse than the judge: the judge alone gives more pairs that are as good." | "奖励模型比裁判差 10 个百分点以上：只用裁判能得到更多同样好的偏好对。";
    advice_both: "Agreement costs pairs and gives better ones." | "取一致会少一些对，但更准。";
    advice_unknown: "Whether agreement pays is not known yet: label at least 30 random picks blind." | "还不知道取一致是否值得：请先盲标至少 30 组随机抽查。";
    yield_no_sample: " (of the groups you labeled, not a random sample)" | "（只说明你标过的组，不是随机样本）";
}

impl Text {
    /// What an order of machines gives, in a sentence.
    pub fn pair_yield(self, name: &str, found: &PairYield) -> String {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let told = self.yield_line(name, found.pairs, found.giving, found.groups);
        told + &match found.right {
            Some((share, Some((low, high)))) => {
                self.yield_right_between(&percent(share), &percent(low), &percent(high), found.checked)
            }
            Some((share, None)) => self.yield_right(&percent(share), found.checked) + self.yield_no_sample(),
            None => self.yield_unchecked().to_owned(),
        }
    }

    /// Whether agreement pays, from what agreement, the judge and the reward model give; `None` of any other order.
    pub fn agreement_advice(self, yields: &[PairYield]) -> Option<&'static str> {
        let [both, judge, reward] = yields else { return None };
        if !matches!(both.order, PairOrder::Agreement { .. }) {
            return None;
        }
        // Without an interval there are too few labels to tell.
        let share = |one: &PairYield| one.right.filter(|(_, interval)| interval.is_some()).map(|(share, _)| share);
        Some(match (share(judge), share(reward)) {
            (Some(judge), Some(reward)) if judge - reward > MUCH_WORSE => self.advice_judge(),
            (Some(_), Some(_)) => self.advice_both(),
            _ => self.advice_unknown(),
        })
    }
}
