//! What a judge's own verdicts tell of it.

use super::Text;
use crate::domain::{JudgeFigure, JudgeTrait};

impl Text {
    /// A figure with its interval, on one short line.
    pub fn judge_figure(self, figure: &JudgeFigure) -> String {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let shown = |share: f64| match figure.what {
            JudgeTrait::Primacy => format!("{:+.1}", share * 100.0).replace('-', "−"),
            _ => percent(share),
        };
        let value = match figure.interval {
            Some((low, high)) => {
                let (low, high) = (shown(low), shown(high));
                let range = self.pick(format!(" ({low} to {high})"), format!("（{low} 到 {high}）"));
                format!("{} %{range}", shown(figure.value))
            }
            None => format!("{} %", shown(figure.value)),
        };
        match figure.what {
            JudgeTrait::FirstPlace { replies } => {
                let chance = percent(1.0 / f64::from(replies.max(1)));
                self.pick(
                    format!("Shown first, ranked first: {value}, by chance {chance} %"),
                    format!("排在首位就评第一：{value}，随机为 {chance} %"),
                )
            }
            JudgeTrait::Flips => self.pick(format!("Turns with the order: {value}"), format!("换序就改判：{value}")),
            JudgeTrait::Primacy => {
                self.pick(format!("Leans to what is shown first: {value}"), format!("偏向先出现的：{value}"))
            }
            JudgeTrait::Ties => self.pick(format!("Ties: {value}"), format!("平局：{value}")),
            JudgeTrait::Circles => {
                self.pick(format!("Contradicts itself (A>B>C>A): {value}"), format!("自相矛盾（A>B>C>A）：{value}"))
            }
            JudgeTrait::LongerWins => self.pick(format!("Longer reply wins: {value}"), format!("长的胜出：{value}")),
        }
    }

    /// What a figure is counted from, and what it does not tell.
    pub fn judge_figure_note(self, figure: &JudgeFigure) -> String {
        let cases = figure.cases;
        let what = match figure.what {
            JudgeTrait::FirstPlace { .. } => self.pick("lists", "个列表"),
            JudgeTrait::Flips | JudgeTrait::Primacy => self.pick("pairs in both orders", "对正反都比过的回复"),
            JudgeTrait::Ties | JudgeTrait::LongerWins => self.pick("pairs", "对回复"),
            JudgeTrait::Circles => self.pick("triples", "个三元组"),
        };
        self.pick(
            format!("From {cases} {what} of its own verdicts, 95 % interval by group. It tells how steady the judge is, not whether it is right."),
            format!("来自它自己对 {cases} {what}的判断，按组计算 95 % 区间。说明裁判稳不稳，不说明对不对。"),
        )
    }
}
