//! Calibration runs: whether a judge is worth a full run, in words with their reasons.

use crate::domain::{Calibrated, Calibration, Choice, Flaw, Grade, JobPhase, JudgeMethod, Measured, Worth};

use super::Text;

sentences! {
    act_calibrate: "Calibrate the judge" | "校准裁判";
    calibrate_title(name: &str): "Calibration of {name}" | "校准 {name}";
    calibrate_note: "50 groups, sorted in lists and compared in pairs, three times each, in other orders each time. Set beside your labels, this says whether a full run is worth it, and how to ask. The groups that you have labeled come first; nothing that the judge says of a group shows before you label it." | "取 50 组，用列表和两两比较各评三遍，每遍顺序不同。对照你的标注，就知道值不值得全部评一遍，以及用哪种方法。优先取你已标注的组；你没标注的组，裁判怎么说不会显示。";
    calibrate_cost(groups: u64, requests: &str): "{groups} groups, about {requests} requests" | "{groups} 组，约 {requests} 次请求";
    calibrate_few(groups: u64): "There are {groups} groups; it takes 30 labeled ones to say anything." | "只有 {groups} 组；要有 30 组标注才能下结论。";
    calibrate_none: "No group has all of its replies yet." | "还没有回复齐全的组。";
    calibrate_begin: "Calibrate" | "开始校准";
    calibrate_go_on: "Go on" | "继续";
    calibrate_again: "Ask again where scores are missing" | "重新请求缺的分数";
    calibrate_anew: "Calibrate again" | "再校准一次";
    calibrate_pause: "Pause" | "暂停";
    calibrate_run(groups: u64): "Score {groups} groups" | "评 {groups} 组";
    calibrate_add(name: &str): "Add {name}" | "添加 {name}";
    calibrate_add_note: "The same judge with the method that is advised; this one stays as it is." | "同一个裁判，换成建议的方法；现在这个保持不变。";
    calibrate_cancel: "Cancel" | "取消";
    calibrate_label(count: u64): "Label {count} of its groups" | "标注其中 {count} 组";
    calibrate_progress(done: u64, all: u64): "{done} of {all} judged" | "已评 {done}/{all}";
    calibrate_labeled(labeled: u64, groups: u64): "{labeled} of its {groups} groups labeled by you" | "{groups} 组中你已标注 {labeled} 组";
    calibrate_paused: "paused" | "已暂停";
    calibrate_lists: "Lists" | "列表";
    calibrate_pairs: "Pairs" | "两两比较";
    figure_accuracy: "Agrees with you" | "与你一致";
    figure_accuracy_note: "Of the pairs of replies that you decided before seeing scores: the share that one run puts the same way. Its ties count half; mean of the three runs." | "在你看分数之前分出好坏的回复对中，裁判单次评分判断相同的比例；平局算一半；取三遍的平均。";
    figure_steadiness: "Agrees with itself" | "与自己一致";
    figure_steadiness_note: "Of all pairs of replies: the share that two of the three runs put the same way; a tie in one of them counts half. It tells nothing of being right." | "所有回复对中，三遍里任两遍判断相同的比例，一遍平局算一半。这不说明判断对不对。";
    figure_flips: "Turns with the order" | "随顺序改变";
    figure_flips_note: "Of the pairs that it decided in an order and in its mirror: the share that it decided differently." | "正反两种顺序下都分出好坏的回复对中，结论不同的比例。";
    figure_missing: "Replies without a score" | "没有分数的回复";
    figure_missing_note: "Replies with text that got none. Over 10 % a method is not worth it: a third of the groups of four would lack one." | "有文字但没得到分数的回复。超过 10% 就不值得：四条一组的话，三分之一的组会缺分。";
    figure_requests: "Requests a group" | "每组请求数";
    figure_requests_note: "Second askings counted." | "包括重新请求。";
    figure_tokens: "Tokens a group" | "每组 token";
    figure_tokens_note: "In and out, as the server counts them." | "输入加输出，按服务器的统计。";
    figure_rests(groups: u64, cases: u64): "{groups} groups, {cases} pairs" | "{groups} 组，{cases} 对";
    no_interval(needed: u64): "A figure of fewer than {needed} groups has no interval: it would claim too much." | "不足 {needed} 组的数字没有区间：说得太满。";
    calibrated_good(name: &str): "{name} is worth a full run" | "{name} 值得全部评一遍";
    calibrated_bad(name: &str): "{name} is not worth a full run" | "{name} 不值得全部评一遍";
    calibrated_open: "It cannot be said yet" | "还不能下结论";
}

impl Text {
    /// A calibration in a few words, as a card shows it.
    pub fn calibration_short(self, calibration: &Calibration) -> String {
        let Calibration { done, all, .. } = calibration;
        match (calibration.verdict, calibration.phase) {
            (Worth::Unfinished, phase) if phase == JobPhase::Running || done == all => {
                self.pick(format!("Calibrating, {done} of {all}"), format!("校准中，{done}/{all}"))
            }
            (Worth::Unfinished, _) => {
                self.pick(format!("Calibration unfinished, {done} of {all}"), format!("校准未完成，{done}/{all}"))
            }
            (Worth::TooFewLabels { labeled, needed }, _) => {
                let left = needed.saturating_sub(labeled);
                self.pick(format!("Calibrated: label {left} groups to know"), format!("已校准：再标 {left} 组才知道"))
            }
            (Worth::Worth { with: JudgeMethod::Pairs, .. }, _) => {
                self.pick("Calibrated: worth it, with pairs", "已校准：值得，用两两比较").to_owned()
            }
            (Worth::Worth { .. }, _) => {
                self.pick("Calibrated: worth it, with lists", "已校准：值得，用列表").to_owned()
            }
            (Worth::NotWorth(_), _) => {
                self.pick("Calibrated: not worth a full run", "已校准：不值得全部评一遍").to_owned()
            }
        }
    }

    /// What a calibration comes to, in a sentence.
    pub fn calibration_verdict(self, name: &str, verdict: Worth) -> String {
        match verdict {
            Worth::Unfinished | Worth::TooFewLabels { .. } => self.calibrated_open().to_owned(),
            Worth::NotWorth(_) => self.calibrated_bad(name),
            Worth::Worth { with, .. } => {
                let with = self.in_method(with);
                let worth = self.calibrated_good(name);
                self.pick(format!("{worth}, {with}"), format!("{worth}，{with}"))
            }
        }
    }

    /// Why, with the figures that it follows from; each a sentence or two.
    pub fn calibration_reasons(self, calibration: &Calibration) -> Vec<String> {
        match calibration.verdict {
            Worth::Unfinished => {
                let words = "Not everything has been asked yet.";
                vec![self.pick(words, "还没有全部问完。").to_owned()]
            }
            Worth::TooFewLabels { labeled, needed } => vec![self.few_labels(labeled, needed, calibration.groups)],
            Worth::Worth { with, why, grade } => {
                let mut reasons = vec![self.graded(calibration.of(with), grade)];
                reasons.extend(self.method_reason(calibration, with, why));
                reasons
            }
            Worth::NotWorth(Flaw::NoScores) => {
                let share = |method: &Calibrated| percent(method.missing.unwrap_or(1.0));
                let (lists, pairs) = (share(&calibration.lists), share(&calibration.pairs));
                vec![self.pick(
                    format!("With lists {lists} % of the replies get no score, with pairs {pairs} %. From one in ten on, a third of the groups of four lack one. Test the judge; more tokens, or thinking off, may help."),
                    format!("用列表有 {lists}% 的回复没有分数，用两两比较有 {pairs}%。超过一成，四条一组的话三分之一的组会缺分。请测试这个裁判；调大 token 上限或关掉思考也许有用。"),
                )]
            }
            Worth::NotWorth(flaw) => self.coin(calibration, flaw == Flaw::SteadyCoin),
        }
    }

    fn few_labels(self, labeled: u64, needed: u64, groups: u64) -> String {
        if groups < needed {
            return self.pick(
                format!("It has {groups} groups, and from {needed} labeled ones on the interval says something. Add groups to the session and calibrate again."),
                format!("它只有 {groups} 组，要标注 {needed} 组区间才有意义。请往会话里加一些组再校准。"),
            );
        }
        self.pick(
            format!("You have labeled {labeled} of its {groups} groups. From {needed} on the interval says something."),
            format!("它的 {groups} 组里你标注了 {labeled} 组。标满 {needed} 组区间才有意义。"),
        )
    }

    fn graded(self, method: &Calibrated, grade: Grade) -> String {
        let Some(accuracy) = &method.accuracy else { return String::new() };
        let (share, groups) = (self.measured_share(accuracy), accuracy.groups);
        let agrees = self.pick(
            format!("It puts {share} of the pairs that you decided as you did ({groups} groups). A coin gets 50 %, people agree with one another in 63 to 82 %."),
            format!("你分出好坏的回复对里，它有 {share} 判断相同（{groups} 组）。抛硬币是 50%，人与人之间是 63% 到 82%。"),
        );
        let means = match grade {
            Grade::Good => return agrees,
            Grade::Weak => self.pick(
                " That is less than most people agree: good for a first sort, to be checked before it is exported.",
                "这比大多数人之间的一致低：适合初筛，导出之前要检查。",
            ),
            Grade::Suspicious => self.pick(
                " That is more than people agree: look for what may tell it the answers before you trust it.",
                "这比人与人之间的一致还高：先看看是不是有什么泄露了答案。",
            ),
        };
        format!("{agrees}{means}")
    }

    /// Why lists or pairs.
    fn method_reason(self, calibration: &Calibration, with: JudgeMethod, why: Choice) -> Option<String> {
        let is_pairs = with == JudgeMethod::Pairs;
        let (named, other) = if is_pairs {
            (self.calibrate_pairs(), self.calibrate_lists())
        } else {
            (self.calibrate_lists(), self.calibrate_pairs())
        };
        if why == Choice::OnlyOne {
            return Some(
                self.pick(format!("{other}: not worth it with this judge."), format!("{other}：对这个裁判不值得。")),
            );
        }
        let difference = calibration.difference?;
        let sign = if is_pairs { 1.0 } else { -1.0 };
        let points = |value: f64| format!("{:+.0}", 100.0 * sign * value).replace('-', "−");
        let gap = match difference.interval {
            Some((low, high)) => {
                let (low, high) = if is_pairs { (low, high) } else { (high, low) };
                self.pick(
                    format!("{} points, {} to {}", points(difference.value), points(low), points(high)),
                    format!("{} 个百分点，{} 到 {}", points(difference.value), points(low), points(high)),
                )
            }
            None => self
                .pick(format!("{} points", points(difference.value)), format!("{} 个百分点", points(difference.value))),
        };
        let cost = self.costs(calibration.of(with), calibration.of(other_of(with)));
        Some(match why {
            Choice::Better => self.pick(
                format!("{named} are right more often than {} ({gap}). {cost}", other.to_lowercase()),
                format!("{named}比{other}准（{gap}）。{cost}"),
            ),
            Choice::Cheaper | Choice::OnlyOne => self.pick(
                format!(
                    "{named} and {} are right about as often ({gap}); {} cost less. {cost}",
                    other.to_lowercase(),
                    named.to_lowercase()
                ),
                format!("{named}和{other}差不多准（{gap}），{named}更便宜。{cost}"),
            ),
        })
    }

    fn costs(self, own: &Calibrated, other: &Calibrated) -> String {
        let count = |value: f64| format!("{value:.0}");
        match (own.tokens.zip(other.tokens), own.requests.zip(other.requests)) {
            (Some((own, other)), _) => {
                let (own, other) = (count(own), count(other));
                self.pick(format!("{own} tokens a group against {other}."), format!("每组 {own} 对 {other} token。"))
            }
            (None, Some((own, other))) => {
                let (own, other) = (count(own), count(other));
                self.pick(format!("{own} requests a group against {other}."), format!("每组 {own} 对 {other} 次请求。"))
            }
            (None, None) => String::new(),
        }
    }

    fn coin(self, calibration: &Calibration, is_steady: bool) -> Vec<String> {
        let told = |method: &Calibrated| match &method.accuracy {
            Some(accuracy) => self.measured_share(accuracy),
            None => self.pick("nothing to count", "没有可算的").to_owned(),
        };
        let (lists, pairs) = (told(&calibration.lists), told(&calibration.pairs));
        let mut reasons = vec![self.pick(
            format!("Of the pairs that you decided it puts as you did: with lists {lists}, with pairs {pairs}. A coin gets 50 %, and the lower end has to be above 55 %, or much of what it says may be chance."),
            format!("你分出好坏的回复对里，它判断相同的比例：列表 {lists}，两两比较 {pairs}。抛硬币是 50%，区间下端要高于 55%，否则多半可能是碰巧。"),
        )];
        let steady = calibration.lists.steadiness.iter().chain(&calibration.pairs.steadiness);
        let most = steady.map(|steady| steady.value).fold(0.0, f64::max);
        if is_steady {
            let most = percent(most);
            reasons.push(self.pick(
                format!("It agrees with itself in {most} % of the pairs. That it is steady does not make it right; another rubric or model may."),
                format!("它与自己的一致有 {most}%。稳定不等于判断对；换个评分标准或模型试试。"),
            ));
        }
        reasons
    }

    /// A share with its interval: `81 % (74–87)`.
    pub fn measured_share(self, measured: &Measured) -> String {
        let share = percent(measured.value);
        match measured.interval {
            Some((low, high)) => {
                let (low, high) = (percent(low), percent(high));
                self.pick(format!("{share} % ({low}–{high})"), format!("{share}%（{low}–{high}）"))
            }
            None => self.pick(format!("{share} %"), format!("{share}%")),
        }
    }

    /// A plain share.
    pub fn plain_share(self, share: f64) -> String {
        let share = percent(share);
        self.pick(format!("{share} %"), format!("{share}%"))
    }

    fn in_method(self, method: JudgeMethod) -> &'static str {
        if method == JudgeMethod::Pairs {
            self.pick("with pairs", "用两两比较")
        } else {
            self.pick("with lists", "用列表")
        }
    }
}

fn other_of(method: JudgeMethod) -> JudgeMethod {
    if method == JudgeMethod::Pairs { JudgeMethod::Listwise } else { JudgeMethod::Pairs }
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn measured(value: f64) -> Option<Measured> {
        Some(Measured { value, interval: Some((value - 0.07, value + 0.07)), groups: 50, cases: 150 })
    }

    /// A judge that is right in so many, with both methods.
    fn calibration(verdict: Worth) -> Calibration {
        let lists = Calibrated {
            accuracy: measured(0.81),
            steadiness: measured(0.9),
            flips: measured(0.11),
            missing: Some(0.12),
            requests: Some(4.0),
            tokens: Some(8400.0),
        };
        Calibration {
            phase: JobPhase::Idle,
            groups: 50,
            labeled: 12,
            done: 300,
            all: 300,
            waiting: None,
            stopped: None,
            pairs: Calibrated { tokens: Some(16_000.0), missing: Some(0.2), ..lists.clone() },
            lists,
            difference: measured(0.02),
            verdict,
        }
    }

    #[test]
    fn every_verdict_has_its_reasons_with_figures_in_both_languages() {
        let worth = |with, why, grade| Worth::Worth { with, why, grade };
        let (lists, pairs) = (JudgeMethod::Listwise, JudgeMethod::Pairs);
        for (verdict, figures) in [
            (Worth::TooFewLabels { labeled: 12, needed: 30 }, &["12", "50", "30"][..]),
            (worth(lists, Choice::Cheaper, Grade::Good), &["81", "74–88", "8400", "16000", "−2"]),
            (worth(pairs, Choice::Better, Grade::Weak), &["81", "+2", "16000"]),
            (worth(pairs, Choice::OnlyOne, Grade::Suspicious), &["81", "82"]),
            (Worth::NotWorth(Flaw::NoScores), &["12", "20"]),
            (Worth::NotWorth(Flaw::Coin), &["81", "50", "55"]),
            (Worth::NotWorth(Flaw::SteadyCoin), &["81", "90"]),
        ] {
            for language in [Language::English, Language::Chinese] {
                let text = Text::new(language);
                let calibration = calibration(verdict);
                let reasons = text.calibration_reasons(&calibration).join(" ");
                for figure in figures {
                    assert!(reasons.contains(figure), "{figure} is not in: {reasons}");
                }
                assert!(!text.calibration_short(&calibration).is_empty());
                assert!(!text.calibration_verdict("qwen", verdict).is_empty());
            }
        }
    }
}
