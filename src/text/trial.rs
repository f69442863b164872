//! Trying scorers on replies of one's own.

use crate::domain::{CallKind, VerdictReading};

use super::Text;

sentences! {
    act_try_out: "Try scorers on replies" | "试用评分器";
    act_keep_or_try: "Add this scorer, try the replies" | "添加这个评分器、开始试用";
    try_short: "Try it" | "试用";
    try_title: "Try it" | "试用评分器";
    try_note: "Paste or write a prompt and replies, and see what each scorer says. Nothing of it is stored. A pasted row (TRL, ms-swift, CValues, seed 000 or 004) is taken apart." | "粘贴或填写提示和回复，看每个评分器怎么说。什么都不会保存。粘贴一行数据（TRL、ms-swift、CValues、seed 000 或 004）会自动拆开。";
    try_take_group: "Take the group in front" | "取当前这一组";
    try_clear: "Empty the fields" | "清空";
    try_system: "System prompt" | "系统提示";
    try_system_hint: "none" | "没有";
    try_prompt: "Prompt" | "提示";
    try_prompt_hint: "a question, or a whole row of a file" | "一个问题，或数据文件里的一整行";
    try_reply(number: usize): "Reply {number}" | "回复 {number}";
    try_reply_hint: "what is to be scored" | "要评分的内容";
    try_remove_reply(number: usize): "Remove reply {number}" | "删除回复 {number}";
    try_add_reply: "Add a reply" | "加一条回复";
    try_earlier(count: usize): "{count} earlier turns are sent along" | "连同前面 {count} 轮一起发送";
    try_drop_earlier: "Leave the earlier turns out" | "去掉前面几轮";
    try_scorers: "Ask" | "试用哪些";
    try_run: "Score these" | "评一评";
    try_stop: "Stop" | "停止";
    try_needs_text: "Write a prompt and a reply." | "请填写提示和回复。";
    try_needs_scorer: "Choose a scorer." | "请选择评分器。";
    try_no_scorer: "There is no scorer yet. Add one first." | "还没有评分器，请先添加。";
    try_nothing_yet: "What the scorers say appears here: scores, the answers as they came, how they were read, and the text that was sent." | "结果会显示在这里：分数、原始回答、读取方式，以及发送的文本。";
    try_row_taken(format: &str, replies: usize): "A row was taken apart ({format}): a prompt and {replies} replies." | "已拆开一行数据（{format}）：提示和 {replies} 条回复。";
    try_row_refused(why: &str): "This looks like a row of a file, but it cannot be taken apart. {why}" | "这像是一行数据，但拆不开。{why}";
    try_group_taken(number: u64): "Group {number} was taken." | "已取第 {number} 组。";
    try_group_leads(number: u64): "Only the prompt of group {number} was taken. You have not labeled it yet, and seeing scores of its replies would lead you. Label it first." | "只取了第 {number} 组的提示。你还没有标注它，先看到回复的分数会影响判断。请先标注。";
    try_no_group: "No group is in front." | "当前没有分组。";
    try_asking: "Asking…" | "正在请求…";
    try_cancelled: "Stopped" | "已停止";
    try_needs_two: "This judge compares replies: it needs two with text. One alone is scored by a pointwise judge or a reward model." | "这个裁判是比较回复的，至少要两条有文字的回复。单条回复可以用逐条打分的裁判或奖励模型。";
    try_rank(rank: usize): "rank {rank}" | "第 {rank}";
    try_interval(half: &str): "± {half}" | "± {half}";
    try_raw(raw: &str): "raw {raw}" | "原始值 {raw}";
    try_sent: "Sent" | "发送的内容";
    try_sent_text: "The text that the model reads" | "模型读到的文本";
    try_sent_request: "Sent; the server makes the text out of it" | "发送的内容；由服务器拼成文本";
    try_not_sent: "Nothing was sent." | "没有发送。";
    try_came: "Came back" | "返回的内容";
    try_thought: "Thought" | "思考内容";
    try_declined: "Declined" | "拒绝的理由";
    try_finish(reason: &str): "ended: {reason}" | "结束原因：{reason}";
    try_tokens(sent: u32, came: u32): "{sent} + {came} tokens" | "{sent} + {came} token";
    try_millis(millis: u32): "{millis} ms" | "{millis} 毫秒";
    try_again(attempt: u32): "try {attempt}" | "第 {attempt} 次";
    try_under_way: "under way" | "进行中";
    try_removed: "without the sentences that address the judge" | "去掉了对裁判说话的句子";
    try_suspect: "A reply addresses the judge and comes out best all the same." | "有回复在对裁判说话，去掉后仍然最好。";
    try_inconsistent: "The judge changed its mind when the order turned." | "顺序一换，裁判就改了主意。";
    role_system: "system" | "系统";
    role_user: "user" | "用户";
    role_assistant: "assistant" | "助手";
}

impl Text {
    /// What a request asked for, of which replies: their numbers in the order shown.
    pub fn try_asked(self, number: usize, kind: CallKind, shown: &str) -> String {
        let what = match kind {
            CallKind::List => self.pick(format!("order of {shown}"), format!("排列 {shown}")),
            CallKind::Pair => self.pick(format!("{shown}, which is better"), format!("{shown} 哪个好")),
            CallKind::Point => self.pick(format!("a digit for {shown}"), format!("给 {shown} 一个数字")),
            CallKind::PointJson => self.pick(format!("a score for {shown}"), format!("给 {shown} 打分")),
            CallKind::Reward => self.pick(format!("a reward for {shown}"), format!("{shown} 的奖励分")),
        };
        self.pick(format!("Request {number}: {what}"), format!("请求 {number}：{what}"))
    }

    /// How an answer was read.
    pub fn verdict_reading(self, reading: VerdictReading) -> &'static str {
        match reading {
            VerdictReading::Strict => self.pick("read as it was asked for", "格式正确"),
            VerdictReading::Salvaged => self.pick("found in the answer", "从回答里找出"),
            VerdictReading::Logprobs => self.pick("from the probabilities of tokens", "由 token 概率得出"),
            VerdictReading::None => self.pick("no verdict", "没有评判"),
        }
    }
}
