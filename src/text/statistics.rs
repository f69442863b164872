//! What `pairloom stats` says.

use crate::domain::{Basis, MarginBin, Measured};

use super::Text;

sentences! {
    stats_unit: "Lengths are characters, prompts with their system prompt and earlier turns, one row for each pair." | "长度按字符计，提示包括系统提示和前面几轮，每对算一行。";
    stats_no_pairs: "No label gives a pair yet." | "还没有标注能构成偏好对。";
    stats_session(groups: u64, replies: u64): "{groups} groups, {replies} replies" | "{groups} 组，{replies} 条回复";
    stats_labels(ranked: u64, none: u64, imported: u64): "{ranked} labels with an order, {none} none acceptable; {imported} of them came with files" | "{ranked} 个有顺序的标注，{none} 个都不合格；其中 {imported} 个来自文件";
    stats_pairs(pairs: u64, per_label: &str): "{pairs} pairs, {per_label} for each label that gives some" | "{pairs} 对，能构成偏好对的标注平均每个 {per_label} 对";
    stats_longer(percent: &str, of: u64): "The longer reply is the better one in {percent} % of {of} pairs of different length" | "长短不同的 {of} 对里，{percent} % 是长的更好";
    stats_day(date: &str, labels: u64, seconds: &str, pairs: u64): "{date}: {labels} labels, median {seconds} s; {pairs} pairs so far" | "{date}：{labels} 个标注，中位数 {seconds} 秒；累计 {pairs} 对";
    stats_day_agreement(date: &str, name: &str, percent: &str, pairs: u64): "{date}: {name} agrees in {percent} % of {pairs} pairs so far" | "{date}：{name} 累计 {pairs} 对，一致 {percent} %";
    stats_annotator(name: &str): "Agreement with {name}, by what they said before they saw any score; 95 % intervals, groups drawn again 2,000 times" | "与 {name} 的一致程度，只看见到分数之前的标注；95 % 区间，按组重抽 2,000 次";
    stats_no_labels: "No scorer has scored a labeled group yet." | "还没有评分器给标注过的组评分。";
    stats_accuracy: "Pair accuracy" | "配对准确率";
    stats_coverage(percent: &str): "Both replies scored in {percent} % of the decided pairs" | "分出高下的对里，{percent} % 两条都有分数";
    stats_top: "Best reply found" | "选中最好的回复";
    stats_chance(percent: &str): "by chance {percent} %" | "随机为 {percent} %";
    stats_tau: "Kendall's tau-b" | "Kendall tau-b";
    stats_undefined(groups: u64): "undefined in {groups} groups" | "{groups} 组无定义";
    stats_kappa: "Cohen's kappa" | "Cohen kappa";
    stats_audit: "Pair accuracy of the audit" | "大分差审查组的配对准确率";
    stats_longer_person: "Longer reply wins, person" | "长的胜出（人）";
    stats_longer_scorer: "Longer reply wins, scorer" | "长的胜出（评分器）";
    stats_margin_unit(unit: &str): "Margins are in units of {unit}, the standard deviation within groups" | "分差以组内标准差 {unit} 为单位";
    stats_slope(slope: &str, error: &str): "P(person agrees) = 1 / (1 + exp(−{slope} margin)), slope ± {error}" | "P(人同意) = 1 / (1 + exp(−{slope} × 分差))，斜率 ± {error}";
    stats_log_loss(loss: &str): "Log loss on groups left out {loss} (a coin: 0.693)" | "对未参与拟合的组，对数损失 {loss}（抛硬币为 0.693）";
    stats_medians(chosen: &str, left_out: &str): "Median score around the group's mean: chosen {chosen}, left out {left_out}" | "相对组均值的分数中位数：选中 {chosen}，未选 {left_out}";
    stats_itself: "The annotator with themselves" | "标注者与自己";
    stats_ceiling(percent: &str): "one label is right {percent} % of the time at best" | "单个标注至多 {percent} % 正确";
    stats_between(judge: &str, reward: &str): "{reward} agrees with {judge}" | "{reward} 与 {judge} 一致";
    stats_changes(revealed: u64, changed: u64, toward: u64): "Scores seen in {revealed} labeled groups; {changed} labels changed after that, {toward} of them towards the scorer" | "{revealed} 个标注过的组看过分数；之后改了 {changed} 个标注，其中 {toward} 个改向评分器";
    stats_no_annotator(name: &str, there: &str): "Nobody called {name} has labeled here; there are: {there}" | "这里没有名为 {name} 的标注者；有：{there}";
}

impl Text {
    /// What figures are estimated from.
    pub fn stats_basis(self, basis: Basis) -> String {
        match basis {
            Basis::Random { effective } => self.pick(
                format!("from random picks, weighted; they tell of all groups, as {effective:.0} equally weighted ones would"),
                format!("按随机抽取的组加权估计，代表全部组，相当于 {effective:.0} 个等权的组"),
            ),
            Basis::Labeled => self.pick(
                "from every labeled group; too few random picks to tell of the others".to_owned(),
                "按全部标注过的组计算；随机抽取的组太少，不能代表其余的组".to_owned(),
            ),
        }
    }

    /// A share in percent, with its interval and what it rests on.
    pub fn stats_share(self, name: &str, measured: &Measured) -> String {
        self.figure(name, measured, |value| format!("{:.1}", value * 100.0), " %")
    }

    /// A coefficient, with its interval and what it rests on.
    pub fn stats_coefficient(self, name: &str, measured: &Measured) -> String {
        self.figure(name, measured, |value| format!("{value:.3}"), "")
    }

    fn figure(self, name: &str, measured: &Measured, shown: impl Fn(f64) -> String, unit: &str) -> String {
        let Measured { value, interval, groups, cases } = measured;
        let shown = |value: f64| shown(value).replace('-', "−");
        let value = shown(*value);
        let range = match interval {
            Some((low, high)) => {
                let (low, high) = (shown(*low), shown(*high));
                self.pick(format!(" ({low} to {high})"), format!("（{low} 到 {high}）"))
            }
            None => String::new(),
        };
        let of = if groups == cases {
            self.pick(format!(", {groups} groups"), format!("，{groups} 组"))
        } else {
            self.pick(format!(", {cases} pairs of {groups} groups"), format!("，{groups} 组的 {cases} 对"))
        };
        format!("{name} {value}{unit}{range}{of}")
    }

    /// How often people agree with margins of some size.
    pub fn stats_bin(self, bin: &MarginBin) -> String {
        let MarginBin { from, to, pairs, agree } = bin;
        let percent = *agree as f64 * 100.0 / *pairs as f64;
        let range = if to.is_finite() {
            self.pick(format!("{from} to {to}"), format!("{from} 到 {to}"))
        } else {
            self.pick(format!("{from} and more"), format!("{from} 以上"))
        };
        self.pick(
            format!("Margin {range}: the person agrees in {agree} of {pairs} pairs ({percent:.0} %)"),
            format!("分差 {range}：{pairs} 对里人同意 {agree} 对（{percent:.0} %）"),
        )
    }
}
