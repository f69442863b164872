//! What a judge's own verdicts tell of it.

use super::Text;
use crate::domain::{JudgeFigure, JudgeTrait};

impl Text {
    /// A figure with its interval, on one short line.
    pub fn judge_figure(self, figure: &JudgeFigure) -> String {
        let (name, value) = (self.judge_trait(figure.what), self.judge_value(figure));
        let value = match self.judge_interval(figure) {
            Some(range) => self.pick(format!("{value} ({range})"), format!("{value}（{range}）")),
            None => value,
        };
        let line = self.pick(format!("{name}: {value}"), format!("{name}：{value}"));
        match figure.what {
            JudgeTrait::FirstPlace { replies } => {
                let chance = percent(1.0 / f64::from(replies.max(1)));
                self.pick(format!("{line}, by chance {chance} %"), format!("{line}，随机为 {chance} %"))
            }
            _ => line,
        }
    }

    /// What a figure tells of.
    pub fn judge_trait(self, what: JudgeTrait) -> &'static str {
        match what {
            JudgeTrait::FirstPlace { .. } => self.pick("Shown first, ranked first", "排在首位就评第一"),
            JudgeTrait::Flips => self.pick("Turns with the order", "换序就改判"),
            JudgeTrait::Primacy => self.pick("Leans to what is shown first", "偏向先出现的"),
            JudgeTrait::Ties => self.pick("Ties", "平局"),
            JudgeTrait::Circles => self.pick("Contradicts itself (A>B>C>A)", "自相矛盾（A>B>C>A）"),
            JudgeTrait::LongerWins => self.pick("Longer reply wins", "长的胜出"),
        }
    }

    /// A figure without its name and its interval.
    pub fn judge_value(self, figure: &JudgeFigure) -> String {
        format!("{} %", shown(figure.what, figure.value))
    }

    fn judge_interval(self, figure: &JudgeFigure) -> Option<String> {
        let (low, high) = figure.interval?;
        let (low, high) = (shown(figure.what, low), shown(figure.what, high));
        Some(self.pick(format!("{low} to {high}"), format!("{low} 到 {high}")))
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

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

fn shown(what: JudgeTrait, share: f64) -> String {
    match what {
        JudgeTrait::Primacy => format!("{:+.1}", share * 100.0).replace('-', "−"),
        _ => percent(share),
    }
}
