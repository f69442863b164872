//! The session in numbers: the statistics of the data view.

use super::Text;
use crate::domain::{AgreementDay, DayStatistics};

sentences! {
    section_files: "Import and export" | "导入与导出";
    section_statistics: "Statistics" | "统计";
    act_statistics: "Statistics, files" | "统计、文件";
    act_copy_statistics: "Copy the statistics as JSON" | "以 JSON 复制统计";
    copy_json: "Copy as JSON" | "复制为 JSON";
    copied: "Copied" | "已复制";
    counting: "Counting…" | "正在统计…";
    progress_pairs(pairs: &str): "{pairs} pairs" | "{pairs} 对偏好";
    progress_pair_one: "1 pair" | "1 对偏好";
    progress_none: "No pairs yet" | "还没有偏好对";
    progress_note(labels: &str, groups: &str, replies: &str): "from {labels} labels, in {groups} groups with {replies} replies" | "来自 {labels} 个标注，共 {groups} 组、{replies} 条回复";
    progress_empty: "Numbers show once there are labels: pairs, their lengths, labels a day, agreement over time." | "有了标注之后，这里显示偏好对、长度、每日标注数和一致程度的变化。";
    progress_unit: "Lengths are characters, one row for each pair; prompts with their system prompt and earlier turns." | "长度按字符计，每对算一行；提示包括系统提示和前面几轮。";
    column_pairs: "Pairs" | "偏好对";
    column_prompt_longest: "Prompt, longest" | "提示，最长";
    column_chosen_longest: "Chosen, longest" | "选中，最长";
    column_rejected_longest: "Rejected, longest" | "未选，最长";
    column_mean: "mean" | "平均";
    column_ratio: "Chosen ÷ rejected" | "选中 ÷ 未选";
    column_ratio_note: "Mean length of the chosen replies by that of the rejected ones" | "选中回复与未选回复平均长度之比";
    column_longer: "Longer one won" | "长的胜出";
    column_longer_note: "Of pairs of replies of different length" | "只算长短不同的对";
    labels_a_day: "Labels a day" | "每日标注";
    pairs_so_far: "Pairs so far" | "累计偏好对";
    agreement_over_time: "Agreement over time" | "一致程度的变化";
    agreement_over_time_note(name: &str): "{name}, pair accuracy of every blind label so far; chance 50 %" | "{name}，截至当日所有未看分数的标注的配对准确率；随机 50 %";
    agreement_none_yet: "Shows once a scorer has scored groups that you labeled." | "评分器评过你标的分组之后显示。";
    days_none: "Shows once you have labeled by hand." | "亲手标注之后显示。";
    pace_median(seconds: u64): "median {seconds} s each" | "中位数每组 {seconds} 秒";
    pairs_total_note: "by the end of each day, imported labels counted too" | "截至每日结束，包括导入的标注";
    labels_title: "Labels" | "标注";
    labels_ranked: "With an order" | "有顺序";
    labels_none: "None acceptable" | "都不满意";
    labels_imported: "Came with files" | "随文件导入";
    labels_imported_note: "Of both; they count for no day and no pace." | "两者之中；不计入每日数和用时。";
    labels_per: "Pairs for each label" | "每个标注的对数";
    labels_per_note: "Of labels that give at least one pair" | "只算至少给出一对的标注";
}

impl Text {
    /// A whole number with its thousands apart.
    pub fn grouped(self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A day below a plot.
    pub fn short_day(self, date: jiff::civil::Date) -> String {
        self.pick(date.strftime("%-d %b").to_string(), format!("{} 月 {} 日", date.month(), date.day()))
    }

    /// A day of labeling in words; without its pace where that is hidden.
    pub fn day_of_labels(self, day: &DayStatistics, has_pace: bool) -> String {
        let (date, labels) = (self.short_day(day.date), day.labels);
        let pace = day.median_seconds.filter(|_| has_pace).map(|seconds| self.pace_median(seconds.round() as u64));
        let words = self.pick(format!("{date}: {labels} labels"), format!("{date}：{labels} 个标注"));
        match pace {
            Some(pace) => self.pick(format!("{words}, {pace}"), format!("{words}，{pace}")),
            None => words,
        }
    }

    /// Pairs by the end of a day.
    pub fn day_of_pairs(self, day: &DayStatistics) -> String {
        let (date, pairs) = (self.short_day(day.date), self.grouped(day.pairs_so_far));
        self.pick(format!("{date}: {pairs} pairs so far"), format!("{date}：累计 {pairs} 对"))
    }

    /// Agreement by the end of a day.
    pub fn day_of_agreement(self, day: &AgreementDay) -> String {
        let (date, pairs) = (self.short_day(day.date), self.grouped(day.pairs));
        let percent = format!("{:.0}", day.accuracy * 100.0);
        self.pick(
            format!("{date}: {percent} % of {pairs} pairs so far"),
            format!("{date}：累计 {pairs} 对，一致 {percent} %"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Text};
    use crate::domain::DayStatistics;

    #[test]
    fn numbers_are_grouped_and_a_hidden_pace_is_not_told() {
        let text = Text::new(Language::English);
        assert_eq!(
            [0, 999, 1_000, 145_669, 1_234_567].map(|number| text.grouped(number)),
            ["0", "999", "1,000", "145,669", "1,234,567"]
        );
        let date = jiff::civil::date(2026, 11, 5);
        let day = DayStatistics { date, labels: 42, median_seconds: Some(30.6), pairs_so_far: 1200 };
        assert_eq!(text.day_of_labels(&day, true), "5 Nov: 42 labels, median 31 s each");
        assert_eq!(text.day_of_labels(&day, false), "5 Nov: 42 labels");
        assert_eq!(Text::new(Language::Chinese).day_of_pairs(&day), "11 月 5 日：累计 1,200 对");
    }
}
