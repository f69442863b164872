//! How far people and machines agree: figures with what they rest on, and picking groups to look at next.

use super::Text;
use crate::domain::{Basis, Between, ENOUGH_GROUPS, Longer, MarginBin, Measured, ScorerAgreement, SelfAgreement};

sentences! {
    agreement_title: "Agreement with you" | "与你的一致程度";
    metric_accuracy: "Pair accuracy" | "配对准确率";
    metric_top: "Best reply matches" | "选中最好的回复";
    metric_tau: "Rank order (tau-b)" | "排序（tau-b）";
    metric_kappa: "Beyond chance (kappa)" | "超出随机（kappa）";
    metric_accuracy_note: "Of the pairs that you decided, the share that it puts the same way; its ties count half. Of pairs with both replies scored." | "在你分出高下、且两条都有分数的回复对里，它排得与你一样的占比；它的平局算一半。";
    metric_top_note: "How much of its best set is in your best set, mean over groups." | "它的最佳回复有多少也在你的最佳里，按组平均。";
    metric_tau_note: "Kendall's tau-b of its order and yours, from −1 to 1, mean over groups in which it is defined." | "它与你的排序的 Kendall tau-b，从 −1 到 1，按有定义的组平均。";
    metric_kappa_note: "Cohen's kappa of left, right or tie, sides drawn by lot: 0 is chance, 1 is always the same." | "左胜、右胜、平局三类的 Cohen kappa，左右随机分配：0 等于随机，1 为完全一致。";
    metric_accuracy_unit: "pairs" | "对";
    metric_groups_unit: "groups" | "组";
    chance: "chance" | "随机";
    you_again: "you, asked again" | "你重标一次";
    more_scorers(count: usize): "and {count} more" | "另有 {count} 个";
    measuring: "Computing the figures…" | "正在计算…";
    not_measured: "It has scored none of the groups that you labeled." | "它还没有评过你标的分组。";
    figure_none: "not yet" | "还没有";

    spread_judge: "Scores of chosen and left-out replies" | "选中与未选回复的分数";
    spread_reward: "Reward of chosen and left-out replies" | "选中与未选回复的奖励分";
    spread_note: "each less the mean of its group, share of its kind" | "各减去组内均值，纵向为各自占比";
    spread_chosen(count: u64): "chosen, {count}" | "选中 {count} 条";
    spread_left_out(count: u64): "left out, {count}" | "未选 {count} 条";
    spread_median(words: &str, median: &str): "{words}, median {median}" | "{words}，中位数 {median}";
    spread_none: "The distributions show once you have labeled groups that it has scored." | "标了它评过的分组之后，这里显示分布。";
    margins_title: "Agreement by margin" | "按差距看一致程度";
    margins_note(unit: &str): "share of pairs you put the same way; 1 unit is {unit} of its scale" | "与你一致的占比；1 单位等于它的 {unit} 分";
    margins_note_plain: "share of pairs that you put the same way" | "与你一致的占比";
    margins_slope(slope: &str, error: &str): "P(you agree) = σ(b × margin), b {slope} ± {error}" | "P（你同意）= σ（b × 差距），b = {slope} ± {error}";
    margins_loss(loss: &str): "log loss {loss}, a coin 0.69" | "对数损失 {loss}，抛硬币 0.69";
    margins_curve_note: "The curve is fitted without a constant, so that a margin of 0 is a coin. The log loss, in nats, is that of groups that the curve was not fitted to, in five parts." | "曲线不含常数项，差距为 0 即抛硬币。对数损失（奈特）来自没有参与拟合的分组，分五份轮流。";
    margins_few: "No curve yet: it takes 100 pairs in 60 groups picked by chance." | "还没有曲线：需要随机抽取的 60 组里的 100 对。";
    margins_none: "Shows once you have labeled groups that it has scored." | "标了它评过的分组之后显示。";
    margin_half: "0.5: below it a reward is a coin" | "0.5：低于它等于抛硬币";
    plot_scores: "Scores" | "分数";
    plot_margins: "By margin" | "按差距";
    plot_agreement: "Agreement" | "一致程度";
    plot_table: "Groups" | "分组";
    act_next_plot: "Next plot" | "下一幅图";
    act_next_filter: "Next filter of the table" | "表格的下一个筛选";

    figures_judge: "The judge on itself" | "裁判自身";
    figures_reward: "About this reward model" | "这个奖励模型";
    figures_you: "You" | "你";
    figures_note(orders: u32): "{orders} orders cancel the first-place bias; it is shown so that you can see it." | "{orders} 种顺序会抵消首位偏好；列出来是为了让你看到。";
    figure_coverage: "Pairs with both scored" | "两条都有分数的对";
    figure_coverage_note: "Of the pairs that you decided, those in which both replies have a score." | "在你分出高下的回复对里，两条都有分数的占比。";
    figure_unit: "One unit of margin" | "差距 1 单位";
    figure_unit_note: "The standard deviation of its scores within their groups, pooled over all groups that it scored. Margins are counted in it, so that scorers can be compared." | "它的分数在组内的标准差，按它评过的所有组合并。差距用它作单位，不同评分器才能比较。";
    figure_longer: "Longer wins: you, it" | "长的胜出：你、它";
    figure_longer_more(points: &str): "It prefers longer replies by {points} points more than you do. Look at a few before its scores are used." | "它比你多偏爱长回复 {points} 个百分点。用它的分数之前先看几组。";
    figure_itself: "You, asked again" | "你重标一次";
    figure_ceiling: "Most that can show" | "看得到的上限";
    figure_ceiling_note: "If errors are independent, one label of yours is right that often, so no scorer can be seen to agree more. Above it look for a leak." | "若错误相互独立，你的一次标注有这么大的把握，所以看不到更高的一致。超过它就要查是否泄漏。";
    figure_changes: "Changed after a look" | "看过分数后改标";
    figure_changes_note(revealed: u64, changed: u64, toward: u64): "Of {revealed} labeled groups whose scores you saw, you changed {changed}; {toward} of those agree more with the first scorer than before. Agreement counts the label from before the look." | "看过分数的 {revealed} 组里改了 {changed} 组，其中 {toward} 组改后更接近第一个评分器。一致程度按看之前的标注计算。";
    figure_audit: "Largest gaps alone" | "只看差距最大的";
    figure_audit_note: "Pair accuracy in the tenth of groups with the largest gaps, drawn by chance from that tenth. It tells of these groups alone." | "差距最大的十分之一里随机抽取的组，配对准确率，只说明这些组。";
    of_count(some: u64, all: u64): "{some} of {all}" | "{some} / {all}";

    differ_judge: "Where you and the judge differ" | "你和裁判意见不同的";
    differ_reward: "Where you and the reward model differ" | "你和奖励模型意见不同的";
    shown_of(shown: usize, all: usize): "{shown} of {all}" | "{shown} / {all}";
    rows_disagree: "Disagree" | "意见不同";
    rows_random: "Random" | "随机";
    rows_gap: "Large gap" | "差距大";
    rows_missing: "No score" | "缺分数";
    rows_marked: "Marked" | "有备注";
    rows_all: "All" | "全部";
    rows_disagree_note: "You and it put some pair the other way round" | "至少有一对，你和它排得相反";
    rows_random_note: "Picked by chance: these are what the figures are estimated from" | "随机抽取的：指标由它们估计";
    rows_gap_note: "The tenth with the largest gap from best to worst, and those that were picked for it" | "最高与最低分差距最大的十分之一，以及因此抽取的";
    rows_missing_note: "A reply has no score" | "有回复没有分数";
    rows_marked_note: "It turned with the order, or a reply speaks to the judge" | "随顺序改口，或有回复对裁判说话";
    rows_all_note: "Every labeled group that it has scored" | "它评过的所有已标分组";
    review_these(count: usize): "Review these {count}" | "查看这 {count} 组";
    review_one: "Review this one" | "查看这一组";
    act_review: "Review the rows shown" | "查看表中各组";
    column_first_judge: "Judge puts first" | "裁判排第一";
    column_first_reward: "It puts first" | "它排第一";
    column_gap_judge: "Judge gap" | "裁判差距";
    column_gap_reward: "Reward gap" | "奖励差距";
    column_judge_is: "The judge is" | "裁判的把握";
    other_gap_note: "What the first scorer of the other kind says of the same two replies: below 0 it would put them the other way round." | "另一类的第一个评分器对同样两条回复的差距：小于 0 表示它的顺序相反。";
    row_above(left_out: u32, chosen: u32): "{left_out} above {chosen}" | "{left_out} 在 {chosen} 之上";
    row_first(places: &str): "it puts {places} first" | "它把 {places} 排第一";
    row_other_gap(gap: &str): "the other scorer's gap {gap}" | "另一个评分器的差距 {gap}";
    gaps_title: "Missing scores" | "缺的分数";
    gaps_open(count: u64): "Why {count} groups miss scores" | "{count} 组缺分数的原因";
    gaps_open_one: "Why 1 group misses scores" | "1 组缺分数的原因";
    gaps_back: "Back to the groups" | "回到分组";
    gaps_unlabeled: "Groups that you have not labeled are counted above and not listed." | "你还没标的分组只计数，不列出。";

    spot_title: "How far do you and it agree?" | "你和它有多一致？";
    spot_note: "Label some groups without seeing its scores. Then this shows how often you agree, with intervals, and where you differ." | "先不看分数，标一些分组。之后这里会显示一致程度、区间，以及分歧在哪里。";
    spot_score_first: "It has scored nothing yet. Start the run first; you can label meanwhile." | "它还没有评过分。先开始评分，同时就可以标注。";
    spot_next(count: u32): "Label the next {count}" | "标注接下来的 {count} 组";
    spot_go_on: "Go on labeling" | "继续标注";
    spot_progress(labeled: u64, groups: u64): "{labeled} of {groups} labeled" | "已标 {labeled} / {groups}";
    spot_menu: "Which groups to pick" | "抽取哪些分组";
    spot_mixed(count: u32): "{count} mixed" | "混合 {count} 组";
    spot_mixed_note: "Half by chance, 35 % where scorers contradict one another or are unsure, 15 % with large gaps. Which is which is not shown." | "一半随机，35 % 是评分器互相矛盾或没把握的，15 % 是差距大的。标注时不显示来源。";
    spot_random(count: u32): "{count} by chance" | "随机 {count} 组";
    spot_random_note: "The only picks that the figures are estimated from" | "只有随机抽取的才用来估计指标";
    spot_disagreement(count: u32): "{count} where scorers disagree" | "评分器有分歧的 {count} 组";
    spot_disagreement_note: "For training and export; they never count for the figures" | "用于训练和导出，不计入指标";
    spot_audit(count: u32): "{count} with large gaps" | "差距大的 {count} 组";
    spot_audit_note: "By chance among the tenth where it is most certain: shows whether it is right there" | "从它最有把握的十分之一里随机抽：看它在那里对不对";
    act_spot: "Label the next 50, or go on with them" | "标注接下来的 50 组，或继续";
    act_spot_mixed: "Pick 50, mixed" | "抽 50 组，混合";
    act_spot_random: "Pick 50 by chance" | "随机抽 50 组";
    act_spot_disagreement: "Pick 50 where scorers disagree" | "抽评分器有分歧的 50 组";
    act_spot_audit: "Pick 50 with large gaps" | "抽差距大的 50 组";
    scorer_menu(name: &str): "More for {name}" | "{name} 的更多操作";
    act_run_choices: "Which groups to score" | "评哪些分组";
}

/// How a figure is written: shares in percent, coefficients with two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A share from 0 to 1.
    Share,
    /// A coefficient from -1 to 1.
    Coefficient,
}

impl Written {
    /// The figure alone, without a unit.
    fn bare(self, value: f64) -> String {
        match self {
            Self::Share => format!("{:.0}", value * 100.0),
            Self::Coefficient => {
                let shown = format!("{:.2}", value.abs());
                let is_less = value < 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
                if is_less { format!("−{shown}") } else { shown }
            }
        }
    }

    /// The figure with its unit.
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Share => format!("{} %", self.bare(value)),
            Self::Coefficient => self.bare(value),
        }
    }
}

impl Text {
    /// A figure with its interval where there is one, as short as it goes: `81 %, 74–87`.
    pub fn measured(self, figure: &Measured, written: Written) -> String {
        let value = written.shown(figure.value);
        match figure.interval {
            Some((low, high)) => {
                let (low, high) = (written.bare(low), written.bare(high));
                self.pick(format!("{value}, {low}–{high}"), format!("{value}，{low}–{high}"))
            }
            None => value,
        }
    }

    /// The same in words, with what it rests on; `cases` names what was counted.
    pub fn measured_in_words(self, figure: &Measured, written: Written, cases: &str) -> String {
        let (value, groups, count) = (written.shown(figure.value), figure.groups, figure.cases);
        let counted = if count == groups {
            self.pick(format!("{groups} groups"), format!("{groups} 组"))
        } else {
            self.pick(format!("{count} {cases} in {groups} groups"), format!("{groups} 组里的 {count} {cases}"))
        };
        match figure.interval {
            Some((low, high)) => {
                let (low, high) = (written.shown(low), written.shown(high));
                self.pick(
                    format!("{value}, 95 % interval {low} to {high}, from {counted}"),
                    format!("{value}，95 % 区间 {low} 到 {high}，来自 {counted}"),
                )
            }
            None => {
                let few = self.too_few(groups);
                self.pick(format!("{value} from {counted}; {few}"), format!("{value}，来自 {counted}；{few}"))
            }
        }
    }

    /// There are too few groups for an interval.
    pub fn too_few(self, groups: u64) -> String {
        self.pick(
            format!("too few groups for an interval: {groups} of {ENOUGH_GROUPS}"),
            format!("组数太少，没有区间：{groups} / {ENOUGH_GROUPS}"),
        )
    }

    /// How many groups the figures rest on, for the head of the plot.
    pub fn agreement_groups(self, figure: &Measured) -> String {
        let groups = figure.groups;
        if figure.interval.is_some() {
            return self.pick(format!("{groups} groups, 95 % intervals"), format!("{groups} 组，95 % 区间"));
        }
        self.too_few(groups)
    }

    /// What the figures are estimated from.
    pub fn agreement_basis(self, basis: Basis) -> String {
        match basis {
            Basis::Random { effective } => self.pick(
                format!("Random picks, weighted: tells of all groups (effective n {effective:.0})"),
                format!("随机抽取并加权：代表全部分组（有效 n = {effective:.0}）"),
            ),
            Basis::Labeled => {
                self.pick("The groups you labeled, not a random sample", "你标过的分组，不是随机样本").to_owned()
            }
        }
    }

    /// Where chance would put a figure.
    pub fn by_chance(self, value: f64, written: Written) -> String {
        let value = written.shown(value);
        self.pick(format!("chance {value}"), format!("随机为 {value}"))
    }

    /// How the annotator agrees with themselves.
    pub fn self_agreement(self, of: &SelfAgreement) -> String {
        let words = self.measured_in_words(&of.accuracy, Written::Share, self.metric_accuracy_unit());
        self.pick(
            format!("You put {words}, the same way when they came again unseen."),
            format!("分组不提示地再次出现时，你排得一样的对：{words}。"),
        )
    }

    /// How a judge and a reward model agree.
    pub fn between(self, judge: &str, reward: &str, of: &Between) -> String {
        let figure = self.measured(&of.accuracy, Written::Share);
        self.pick(
            format!("{reward} puts pairs as {judge} does: {figure}"),
            format!("{reward} 与 {judge} 排得一样：{figure}"),
        )
    }

    /// The shares of decided pairs in which the longer reply won.
    pub fn longer_in_words(self, longer: &Longer) -> String {
        let words = |figure: &Measured| self.measured_in_words(figure, Written::Share, self.metric_accuracy_unit());
        let (person, scorer) = (words(&longer.person), words(&longer.scorer));
        self.pick(
            format!("Of pairs of different length the longer reply won for you in {person}; for it in {scorer}."),
            format!("长短不同的回复对里，长的胜出：你 {person}；它 {scorer}。"),
        )
    }

    /// One bin of margins.
    pub fn margin_bin(self, bin: &MarginBin) -> String {
        let (agree, pairs) = (bin.agree, bin.pairs);
        let share = Written::Share.shown(agree as f64 / pairs.max(1) as f64);
        let from = format!("{:.2}", bin.from);
        let range = if bin.to.is_finite() {
            let to = format!("{:.2}", bin.to);
            self.pick(format!("{from} to {to}"), format!("{from} 到 {to}"))
        } else {
            self.pick(format!("{from} and more"), format!("{from} 以上"))
        };
        self.pick(
            format!("margin {range}: you agree in {share}, {agree} of {pairs} pairs"),
            format!("差距 {range}：你同意 {share}，{pairs} 对里的 {agree} 对"),
        )
    }

    /// Why one of a scorer's figures is missing, in a word or two, with what can be said of tau.
    pub fn tau_undefined(self, of: &ScorerAgreement) -> Option<String> {
        let count = of.tau_undefined;
        (count > 0).then(|| {
            self.pick(
                format!("not defined in {count} groups, which are left out"),
                format!("有 {count} 组没有定义，不计入"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Text};
    use super::*;

    #[test]
    fn a_figure_says_what_it_rests_on_and_claims_no_interval_of_few_groups() {
        let (english, chinese) = (Text::new(Language::English), Text::new(Language::Chinese));
        let sure = Measured { value: 0.812, interval: Some((0.741, 0.868)), groups: 58, cases: 223 };
        assert_eq!(english.measured(&sure, Written::Share), "81 %, 74–87");
        assert_eq!(
            english.measured_in_words(&sure, Written::Share, "pairs"),
            "81 %, 95 % interval 74 % to 87 %, from 223 pairs in 58 groups"
        );
        assert_eq!(english.agreement_groups(&sure), "58 groups, 95 % intervals");
        let few = Measured { value: -0.004, interval: None, groups: 10, cases: 10 };
        assert_eq!(english.measured(&few, Written::Coefficient), "0.00");
        assert_eq!(english.agreement_groups(&few), "too few groups for an interval: 10 of 30");
        assert_eq!(chinese.agreement_groups(&few), "组数太少，没有区间：10 / 30");
        assert!(chinese.measured_in_words(&few, Written::Coefficient, "组").contains("10 / 30"));
    }
}
