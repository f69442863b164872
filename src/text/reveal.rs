//! What machines say of a group that is labeled, in the label view.

use crate::domain::Pause;

use super::Text;

sentences! {
    differ_title(who: &str): "You and {who} differ." | "你和 {who} 意见不同。";
    differ_note(chosen: &str, pairs: &str): "You chose {chosen}; it puts {pairs}. Your label is saved." | "你选了 {chosen}；它认为 {pairs}。你的标注已保存。";
    above(better: &str, worse: &str): "{better} above {worse}" | "{better} 好过 {worse}";
    agree_title(who: &str): "You and {who} agree." | "你和 {who} 意见一致。";
    agree_note: "Your label is saved." | "你的标注已保存。";
    apart_title: "What the machines say" | "机器的看法";
    apart_note: "No pair of your label can be compared with it. Your label is saved." | "你的标注里没有可以和它相比的一对。你的标注已保存。";
    above_more(pairs: &str): "{pairs}, and more" | "{pairs} 等";
    act_change: "Change my label" | "改标注";
    act_reasons: "The judge's reasons" | "裁判的理由";
    act_keep: "Keep mine, next" | "保持原样，下一组";
    act_keep_short: "Keep" | "保持";
    changing_note: "A change now is recorded as made after seeing scores" | "现在改动，会记为看过分数之后所改";
    press_to_change(key: &str): "Your label stands. {key} changes it." | "你的标注已定。按 {key} 修改。";
    saved_over(chosen: &str, others: &str): "Saved: {chosen} over {others}" | "已保存：{chosen} 优于 {others}";
    saved_none: "Saved: none acceptable" | "已保存：都不满意";
    saved_equal: "Saved: all equally good" | "已保存：全部同样好";
    left_out_above: "you left it out" | "你没选它";
    judged_orders(orders: u32): "{orders} orders" | "{orders} 种顺序";
    why(better: &str, worse: &str): "Why {better} above {worse}" | "为何 {better} 好过 {worse}";
    why_all: "Its reasons" | "它的理由";
    of_orders(all: usize, put: usize, better: &str, worse: &str): "Of its {all} orders, {put} put {better} above {worse}." | "{all} 种顺序里，有 {put} 种把 {better} 排在 {worse} 之上。";
    bars_are: "The bars are 95 % intervals: how steady it is, not whether it is right." | "横条是 95 % 区间，说的是它稳不稳，不是对不对。";
    no_score_here: "no score" | "没有分数";
    agrees_with_you: "Agrees with you" | "和你一致";
    puts(pairs: &str): "Puts {pairs}" | "认为 {pairs}";
    pause_title: "Pause here after a label" | "标完后在此停留";
    pause_always: "Always" | "每次";
    pause_differs: "Differing" | "有分歧";
    pause_never: "Never" | "不停";
    so_far(share: &str, low: &str, high: &str): "So far you agree on {share} % of pairs ({low} to {high})" | "目前有 {share} % 的对子一致（{low} 到 {high}）";
    so_far_plain(share: &str): "So far you agree on {share} % of pairs" | "目前有 {share} % 的对子一致";
    scores_hidden: "Scores stay hidden until you confirm" | "分数在你确认之后才显示";
    quoted(words: &str): "“{words}”" | "“{words}”";
    and_list: " and " | " 和 ";
    picked_done(groups: u64): "The {groups} picked groups are labeled" | "抽查的 {groups} 组已标完";
    picked_done_note: "Every decision is saved. The Score view shows how far you and the machines agree." | "每一个决定都已存盘。评分视图里可以看到你和机器一致到什么程度。";
    picked_agreement: "See the agreement" | "看一致程度";
    picked_all: "Back to all groups" | "回到全部分组";
    picked_progress(labeled: u64, groups: u64): "{labeled} of {groups} picked" | "抽查 {labeled} / {groups}";
}

impl Text {
    /// A rank: `1st`, `第 1`.
    pub fn rank(self, place: usize) -> String {
        let ending = match (place % 10, place % 100) {
            (_, 11..=13) => "th",
            (1, _) => "st",
            (2, _) => "nd",
            (3, _) => "rd",
            _ => "th",
        };
        self.pick(format!("{place}{ending}"), format!("第 {place}"))
    }

    /// Numbers of replies as a person would read them out: `1, 2 and 4`.
    pub fn numbers(self, numbers: &[usize]) -> String {
        let words: Vec<String> = numbers.iter().map(usize::to_string).collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{}{}{last}", others.join(self.list_comma()), self.and_list()),
            None => String::new(),
        }
    }

    /// When the view stays on a group.
    pub fn pause_when(self, pause: Pause) -> &'static str {
        match pause {
            Pause::Always => self.pause_always(),
            Pause::WhenDiffers => self.pause_differs(),
            Pause::Never => self.pause_never(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::text::{Language, Text};

    #[test]
    fn numbers_and_ranks_read_well() {
        let (english, chinese) = (Text::new(Language::English), Text::new(Language::Chinese));
        assert_eq!(english.numbers(&[1, 2, 4]), "1, 2 and 4");
        assert_eq!((chinese.numbers(&[1, 4]), chinese.numbers(&[3])), ("1 和 4".to_owned(), "3".to_owned()));
        let ranks: Vec<String> = [1, 2, 3, 4, 11, 12, 21].iter().map(|place| english.rank(*place)).collect();
        assert_eq!(ranks, ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st"]);
    }
}
