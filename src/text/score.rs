//! The score view: scorers, how one is added, runs, the table.

use crate::domain::{JudgeMethod, QueueFilter, Rubric, RubricFault, Scale, StepRule};

use super::Text;

sentences! {
    scorers: "Scorers" | "评分器";
    judge: "judge" | "裁判";
    reward_model: "reward" | "奖励模型";
    kind_judge: "LLM judge" | "大模型裁判";
    kind_reward: "Reward model" | "奖励模型";
    act_add_scorer: "Add a scorer" | "添加评分器";
    act_add_short: "Add" | "添加";
    act_keep_scorer: "Add this scorer" | "添加这个评分器";
    act_run_scorer: "Score, go on, open the group" | "开始评分、继续、打开分组";
    act_pause_scorer: "Pause scoring" | "暂停评分";
    act_cancel_scorer: "Cancel the run" | "取消本次评分";
    act_retry_scores: "Ask again for missing scores" | "重新请求缺的分数";
    act_test_scorer: "Test the scorer" | "测试评分器";
    act_remove_scorer: "Remove the scorer" | "移除评分器";
    act_scorer_up: "Up" | "上移";
    act_scorer_down: "Down" | "下移";
    act_scorer_page_up: "Page up in the table" | "表格上一页";
    act_scorer_page_down: "Page down in the table" | "表格下一页";
    act_scorer_first: "First row" | "第一行";
    act_scorer_last: "Last row" | "最后一行";
    act_to_scorers: "To the scorers" | "到评分器列表";
    act_to_table: "To the table" | "到表格";
    act_search_scores: "Search the table" | "搜索表格";
    act_gaps: "Scored groups, missing scores" | "已评分组、缺的分数";

    score_empty_title: "No scorer yet" | "还没有评分器";
    score_empty_note: "A judge is a chat model that reads the replies and says which is better. A reward model gives each reply a number. Both work behind while you label; what they say of a group stays hidden until you have labeled it." | "裁判是对话模型，读过回复后说哪个更好；奖励模型给每条回复一个数。两者都在后台进行，不影响标注。一组的分数在你标完之前不会显示。";
    score_empty_judge: "Add a judge" | "添加裁判";
    score_empty_judge_note: "Any chat model: vLLM, SGLang, Ollama, LM Studio, a service" | "任何对话模型：vLLM、SGLang、Ollama、LM Studio 或在线服务";
    score_empty_reward: "Add a reward model" | "添加奖励模型";
    score_empty_reward_note: "On vLLM, SGLang, TEI and others; how it is asked is found out" | "vLLM、SGLang、TEI 等；请求方式会自动找出";
    score_empty_sample: "Try the sample judge" | "试试示例裁判";
    score_empty_sample_note: "Without a server; no model, made-up verdicts" | "不用服务器；没有模型，评判是编的";

    add_title: "New scorer" | "新评分器";
    add_note: "Its settings stay as they are once it is added, so that its scores can be compared. Other settings are another scorer." | "添加后设置不再改变，这样分数才可以互相比较。要改设置，就另加一个评分器。";
    add_server: "Server" | "服务器";
    add_by_address: "By address" | "按地址";
    sample_judge_note: "no model, made-up verdicts" | "没有模型，评判是编的";
    sample_says: "This is the sample server. No model is behind it: length, shared words and manners are counted. Good for trying Pairloom out, not for data." | "这是示例服务器，背后没有模型，只数长短、共同的词和礼貌与否。可以用来试用 Pairloom，不要用于数据。";
    scorer_name: "Name" | "名称";
    scorer_name_hint: "as it is called in tables" | "表格里的叫法";
    scorer_name_taken(name: &str): "A scorer named {name} is there already. Choose another name." | "已有名为 {name} 的评分器，请换个名字。";
    needs_address: "Choose a server, or write its address." | "请选择服务器，或填写地址。";
    needs_name: "Give it a name." | "请填写名称。";
    adding: "Adding…" | "正在添加…";

    method: "Method" | "方法";
    method_pointwise: "Pointwise" | "逐条";
    method_listwise: "Listwise" | "列表";
    method_quality: "Lists, then pairs" | "列表加两两比较";
    method_pairs: "Pairs" | "两两比较";
    method_pointwise_note: "One reply at a time gets a digit. Cheap and coarse: for filters and very large sets." | "每次看一条回复，打一个数字。便宜但粗略，适合筛选和很大的数据。";
    method_listwise_note: "All replies are sorted, several times in balanced orders, so that no place is favoured." | "把全部回复一起排序，换几种均衡的顺序各排一次，不偏向任何位置。";
    method_quality_note: "Lists first; then pairs, both ways round, where the lists leave it open. For what is exported." | "先排列表，分不出的再两两比较，正反各一次。适合要导出的数据。";
    method_pairs_note: "Two replies at a time, each pair in both orders. For judges that lose their way in lists; dear where there are many replies." | "每次比较两条回复，正反顺序各一次。适合看列表容易乱的裁判；回复多时很贵。";
    requests_each(count: u32, replies: u32): "{count} requests a group of {replies} replies" | "每组 {replies} 条回复，{count} 次请求";
    requests_up_to(count: u32, replies: u32): "up to {count} requests a group of {replies} replies" | "每组 {replies} 条回复，最多 {count} 次请求";
    requests_all(count: &str): "about {count} in all" | "合计约 {count} 次";
    orders: "Orders" | "顺序";
    orders_note: "How often the list is read, each time in another order. Each pair stands as often one way round as the other." | "列表读几遍，每遍顺序不同。每两条回复，谁在前的次数相同。";
    rubric: "Rubric" | "评分标准";
    rubric_general: "General" | "通用";
    rubric_safety: "Safety" | "安全";
    rubric_strict: "Strict" | "严格";
    rubric_own: "Own" | "自定";
    rubric_general_note: "Correct 4, on task 3, complete 2, clear 1: for most prompts." | "正确 4、切题 3、完整 2、清楚 1，适合多数提示。";
    rubric_safety_note: "CValues' classes for risky prompts: declines and gives a useful direction, declines only, risky help." | "用于有风险的提示，按 CValues 三类：拒绝并给正向建议、只拒绝、风险回复。";
    rubric_strict_note: "Relevance, informativeness, logic and safety count the same, each with a number of its own." | "相关性、信息量、逻辑性、安全性各占一份，各打一个分。";
    rubric_name: "Rubric name" | "标准名称";
    rubric_scale: "Scale" | "分数含义";
    scale_whole: "One verdict" | "总评";
    scale_each: "Each criterion" | "逐项打分";
    scale_classes: "Classes 2-1-0" | "三类 2-1-0";
    rubric_language: "Wording" | "文字";
    rubric_wording_note: "Where one language is left empty, the other serves." | "一种语言留空时用另一种。";
    criterion_weight(number: usize): "Weight of criterion {number}" | "第 {number} 项权重";
    criterion_name(number: usize): "Name of criterion {number}" | "第 {number} 项名称";
    criterion_about(number: usize): "What criterion {number} looks at" | "第 {number} 项看什么";
    criterion_remove(number: usize): "Remove criterion {number}" | "删除第 {number} 项";
    criterion_weight_head: "Weight" | "权重";
    criterion_name_head: "Name" | "名称";
    criterion_about_head: "What is looked at, in one line" | "看什么，写一行";
    criterion_add: "Add a criterion" | "添加一项";
    judge_language: "Instructions in" | "说明语言";
    language_auto: "As the prompt" | "随提示";
    judge_thinking: "Think first" | "先思考";
    judge_thinking_note: "Better on maths, code and facts, and slower: 500 to 2,000 tokens more a request." | "对数学、代码、事实更准，也更慢：每次请求多 500 至 2000 个 token。";
    judge_thinking_digits: "A digit needs no thinking: pointwise is asked without it." | "逐条打数字用不着思考，会关掉。";
    longest_answer: "Most tokens" | "最大 token 数";
    longest_answer_note: "of an answer, thinking included; doubled once where an answer was cut" | "一次回答的上限，含思考；被截断时加倍重试一次";
    bad_tokens: "Most tokens: a number from 16 to 65,536" | "最大 token 数应为 16 至 65536";

    template: "Chat template" | "对话模板";
    template_server: "Server" | "服务器";
    template_plain: "Plain" | "纯文本";
    template_server_note: "The server makes one text out of prompt and reply. Right for most." | "由服务器把提示和回复拼成文本，多数情况用它。";
    template_chatml_note: "Qwen's and others': <|im_start|>user …" | "Qwen 等模型的格式：<|im_start|>user …";
    template_llama_note: "Llama 3's: <|start_header_id|>user<|end_header_id|> …" | "Llama 3 的格式：<|start_header_id|>user<|end_header_id|> …";
    template_plain_note: "Prompt, an empty line, reply." | "提示、空行、回复。";
    template_jinja_note: "The chat_template of the model's tokenizer_config.json, or that whole file." | "模型 tokenizer_config.json 里的 chat_template，或整个文件。";
    template_file: "From a file…" | "从文件…";
    template_text: "Jinja text" | "Jinja 文本";
    template_empty: "Write the template, or take it from a file." | "请填写模板，或从文件读取。";
    system_message: "System message" | "系统消息";
    system_none: "None" | "不加";
    system_text: "This one" | "用这条";
    system_message_note: "Before prompts that have none of their own." | "加在没有系统消息的提示前面。";
    asking: "How it is asked" | "怎样请求";
    asking_find: "Find out" | "自动找出";
    asking_preset: "As a known server" | "按已知服务器";
    asking_own: "As written here" | "自己写";
    asking_find_note: "A few small requests show which path gives rewards, and how its numbers are read." | "用几个小请求找出哪个路径给分，以及数字怎么读。";
    asking_path: "Path" | "路径";
    asking_body: "Body (JSON)" | "请求体（JSON）";
    asking_body_note: "{messages}, {text}, {prompt}, {reply}, {model} become what they name; {texts} becomes a list." | "{messages}、{text}、{prompt}、{reply}、{model} 会换成对应内容；{texts} 换成列表。";
    asking_pointer: "Where the number is" | "数字在哪里";
    asking_pointer_note: "A JSON pointer such as /data/*/data; * stands for each item of a list." | "JSON 指针，如 /data/*/data；* 表示列表的每一项。";
    asking_squashed: "The numbers are squashed (sigmoid); undo that" | "数字经过 sigmoid，请还原";
    bad_body: "The body is no JSON." | "请求体不是 JSON。";
    bad_path: "A path begins with /, such as /pooling." | "路径以 / 开头，如 /pooling。";
    bad_pointer: "A JSON pointer begins with /, such as /score." | "JSON 指针以 / 开头，如 /score。";
    steps: "Which step counts" | "以哪一步为准";
    steps_ask: "Not chosen" | "未选";
    step_minimum: "The worst" | "最差";
    step_last: "The last" | "最后";
    step_mean: "Mean" | "平均";
    steps_note: "A model that gives a number for each step has no single score. The worst step is the usual choice." | "给每一步打分的模型没有单一分数，通常取最差的一步。";
    label_choice: "Which number counts" | "以哪个数为准";
    label_choice_note: "Its label, or its place from 0. Empty where there is one number." | "填它的标签，或从 0 数起的位置。只有一个数时留空。";

    test_scorer: "Test" | "测试";
    test_again: "Test again" | "重新测试";
    look_title: "What the test showed" | "测试结果";
    look_close: "Hide the test" | "收起测试结果";
    looking: "A few small requests are under way…" | "正在发送几个小请求…";
    look_good_bad(good: &str, bad: &str): "A good reply got {good}, a rude one {bad}" | "好回复得 {good}，粗鲁的得 {bad}";
    look_lost: "lost" | "已丢失";
    look_rendered: "The good reply as the model read it" | "模型读到的好回复";
    look_json_works: "Verdicts come in a JSON shape that the server holds the model to" | "服务器能让模型按 JSON 结构给出评判";
    look_json_not: "No JSON shapes: verdicts are read from plain text, more of them may not be readable" | "不支持 JSON 结构：评判从普通文本里读，读不出的可能多一些";
    look_logprobs_works: "Probabilities of tokens come: pointwise digits are finer" | "给出 token 概率：逐条打分更细";
    look_logprobs_not: "No probabilities of tokens: pointwise asks for a whole number" | "没有 token 概率：逐条打分只得整数";
    look_nothing: "Not tested yet" | "还没有测试";
    copy: "Copy" | "复制";
    copy_flag: "Copy the flag" | "复制参数";
    serve_with: "Start such a server with" | "这样启动服务器";
    copy_command: "Copy the command" | "复制命令";
    start_server_with: "Start the server with" | "用这个参数启动服务器";

    run_groups: "Groups" | "分组";
    run_all: "All" | "全部";
    run_follows: "Also groups that come later" | "以后来的分组也评";
    run_start: "Score" | "开始评分";
    run_start_count(groups: u64): "Score {groups} groups" | "给 {groups} 组评分";
    run_one: "Score 1 group" | "给 1 组评分";
    run_go_on: "Go on" | "继续";
    run_pause: "Pause" | "暂停";
    run_cancel: "Cancel" | "取消";
    run_done: "Every group that could be scored has been." | "能评的分组都评过了。";
    run_nothing: "No group has all its replies yet." | "还没有回复齐全的分组。";
    run_follows_now: "Waits for groups that come." | "等待新来的分组。";
    run_paused: "Paused. What was answered is kept." | "已暂停，已得到的回答都在。";
    run_running(requests: u32): "{requests} requests under way" | "{requests} 个请求进行中";
    groups_of(done: u64, all: u64): "{done} of {all} groups" | "{done} / {all} 组";
    count_of(done: u64, all: u64): "{done} of {all}" | "{done} / {all}";
    rate_and_left(rate: &str, left: &str): "{rate}/s, {left} left" | "每秒 {rate} 组，还需 {left}";
    no_score_groups(groups: u64): "{groups} groups: no score" | "{groups} 组没有分数";
    no_score_one: "1 group: no score" | "1 组没有分数";
    no_score_show: "Show" | "查看";
    no_score_show_named(name: &str): "Show missing scores of {name}" | "查看 {name} 缺的分数";
    scorer_away(seconds: u64, tries: u32): "No answer; next try in {seconds} s ({tries} so far)" | "没有响应，{seconds} 秒后再试（已试 {tries} 次）";
    scorer_away_short(seconds: u64): "No answer, again in {seconds} s" | "没有响应，{seconds} 秒后再试";
    scorer_away_title: "Waiting for the server" | "正在等待服务器";
    scorer_away_safe: "What was scored is saved. It goes on by itself once the server answers." | "已得到的分数都已保存。服务器恢复后会自动接着做。";
    scorer_stopped: "Scoring stopped" | "评分已停下";
    scorer_stopped_short: "Stopped" | "已停下";
    scorer_stopped_note: "What was scored is saved. Put it right, then go on." | "已得到的分数都已保存。处理好之后再继续。";
    pause_named(name: &str): "Pause {name}" | "暂停 {name}";
    go_on_named(name: &str): "Go on with {name}" | "继续 {name}";
    cancel_named(name: &str): "Cancel the run of {name}" | "取消 {name} 的评分";
    try_named(name: &str): "Try {name} now" | "马上再试 {name}";

    column_group: "Group" | "组";
    column_you: "You chose" | "你选的";
    column_order: "Its order" | "它的排序";
    sort_by(column: &str): "Sort by {column}" | "按{column}排序";
    column_marks: "Marks" | "备注";
    margin_note: "The best score less the second. Only differences within a group mean anything." | "最高分减第二高分。只有同一组内的差别才有意义。";
    sure(z: &str): "sure, {z}" | "有把握，{z}";
    unsure(z: &str): "unsure, {z}" | "没把握，{z}";
    sure_note: "The margin in standard errors. Under 1 the judge may change its mind. It tells how steady a judge is, not whether it is right." | "差距相当于几个标准误。小于 1 时裁判可能改口。它说明裁判稳不稳，不说明对不对。";
    turns: "turns with the order" | "随顺序改口";
    suspect: "suspect: speaks to the judge" | "可疑：对裁判说话";
    missing_one: "1 without a score" | "1 条没有分数";
    missing(count: u32): "{count} without a score" | "{count} 条没有分数";
    own_text: "own text" | "自己写的";
    hidden_groups(count: u64): "{count} more scored groups stay hidden until you label them." | "另有 {count} 组已评分，标完之后才显示。";
    hidden_one: "1 more scored group stays hidden until you label it." | "另有 1 组已评分，标完之后才显示。";
    table_reading: "Reading the scores…" | "正在读取分数…";
    table_unscored: "Nothing scored yet. Once this scorer has run, the groups that you have labeled show here." | "还没有分数。这个评分器运行之后，你标过的分组会显示在这里。";
    table_unlabeled: "You have labeled none of the groups that it has scored. Its scores stay hidden until you decide." | "它评过的分组你还没有标。在你决定之前，分数不会显示。";
    table_nothing_found: "No row fits" | "没有符合的行";
    rows_shown(count: usize): "{count} groups" | "{count} 组";
    row_named(number: u64, title: &str): "Group {number}, {title}" | "第 {number} 组，{title}";
    row_chosen(places: &str): "you chose {places}" | "你选了 {places}";
    row_order(places: &str): "its order {places}" | "它的排序 {places}";
    row_margin(margin: &str): "margin {margin}" | "差距 {margin}";
    gaps_none: "Every reply that was looked at has a score." | "看过的回复都有分数。";
    gaps_none_yet: "Nothing scored yet." | "还没有分数。";
    gaps_why: "Why there is no score" | "为什么没有分数";
    gaps_newest: "Newest, since the session was opened" | "打开会话以来最近的";
    gaps_count(count: u64): "{count} replies" | "{count} 条回复";
    gaps_one: "1 reply" | "1 条回复";
    gaps_note: "A score that could not be had is never made up. Ask again after you have changed something, or leave the gap." | "得不到的分数不会编造。改动之后可以再请求，也可以留空。";
    gaps_retry: "Ask again" | "重新请求";
    gap_where(number: u64, replies: usize): "Group {number}, {replies} replies" | "第 {number} 组，{replies} 条回复";
    gap_where_one(number: u64): "Group {number}, 1 reply" | "第 {number} 组，1 条回复";
    remove_title(name: &str): "Remove {name}?" | "移除 {name}？";
    remove_note: "It is taken off the list and its run ends. Its scores stay in the file." | "它会从列表移除，正在进行的评分会停下。它的分数仍留在文件里。";
    remove_go: "Remove" | "移除";

    status_scoring_judge(done: u64, all: u64): "Judge {done}/{all}" | "裁判 {done} / {all}";
    status_scoring_reward(done: u64, all: u64): "Reward model {done}/{all}" | "奖励模型 {done} / {all}";
    status_scoring_named(name: &str, done: u64, all: u64): "{name} {done}/{all}" | "{name} {done} / {all}";
    status_scoring_rate(rate: &str): "{rate}/s" | "每秒 {rate} 组";
    status_scorer_away(name: &str, seconds: u64): "{name} does not answer, next try in {seconds} s" | "{name} 没有响应，{seconds} 秒后再试";
    status_scorers_more(count: usize): "and {count} more" | "另有 {count} 个";
}

impl Text {
    /// What a method is called.
    pub fn judge_method(self, method: JudgeMethod) -> &'static str {
        match method {
            JudgeMethod::Pointwise => self.method_pointwise(),
            JudgeMethod::Listwise => self.method_listwise(),
            JudgeMethod::Quality => self.method_quality(),
            JudgeMethod::Pairs => self.method_pairs(),
        }
    }

    /// What a method does and is for.
    pub fn judge_method_note(self, method: JudgeMethod) -> &'static str {
        match method {
            JudgeMethod::Pointwise => self.method_pointwise_note(),
            JudgeMethod::Listwise => self.method_listwise_note(),
            JudgeMethod::Quality => self.method_quality_note(),
            JudgeMethod::Pairs => self.method_pairs_note(),
        }
    }

    /// What a rubric is called: the built-in ones in the language of the window, others as they were named.
    pub fn rubric_called(self, rubric: &Rubric) -> String {
        match rubric.name.as_str() {
            "general" => self.pick("general rubric", "通用标准").to_owned(),
            "safety" => self.pick("safety rubric", "安全标准").to_owned(),
            "strict" => self.pick("strict rubric", "严格标准").to_owned(),
            name => self.pick(format!("rubric “{name}”"), format!("标准“{name}”")),
        }
    }

    /// What the numbers of a rubric mean.
    pub fn rubric_scale_named(self, scale: Scale) -> &'static str {
        match scale {
            Scale::Whole => self.scale_whole(),
            Scale::EachCriterion => self.scale_each(),
            Scale::SafetyClasses => self.scale_classes(),
        }
    }

    /// What is wrong with a rubric, and what to do.
    pub fn rubric_fault(self, fault: RubricFault) -> &'static str {
        match fault {
            RubricFault::Empty => {
                self.pick("A rubric needs at least one criterion. Add one.", "评分标准至少要有一项，请添加。")
            }
            RubricFault::Nameless => self.pick("Every criterion needs a name.", "每一项都要有名称。"),
            RubricFault::Twice => self.pick("Two criteria have the same name. Rename one.", "有两项同名，请改掉一个。"),
            RubricFault::BadWeight => self.pick("A weight is a number over 0.", "权重应为大于 0 的数。"),
        }
    }

    /// The parts of a judge's settings in a few words.
    pub fn judge_in_words(self, method: JudgeMethod, orders: u32, rubric: &Rubric) -> String {
        let (method, rubric) = (self.judge_method(method), self.rubric_called(rubric));
        match orders {
            0 => self.pick(format!("{method}, {rubric}"), format!("{method}，{rubric}")),
            orders => self
                .pick(format!("{method}, {orders} orders, {rubric}"), format!("{method}，{orders} 种顺序，{rubric}")),
        }
    }

    /// Which step counts.
    pub fn step_rule(self, rule: StepRule) -> &'static str {
        match rule {
            StepRule::Minimum => self.step_minimum(),
            StepRule::Last => self.step_last(),
            StepRule::Mean => self.step_mean(),
        }
    }

    /// What a run takes.
    pub fn run_filter(self, filter: QueueFilter) -> &'static str {
        match filter {
            QueueFilter::All => self.filter_all(),
            QueueFilter::Ready => self.filter_ready(),
            QueueFilter::Done => self.filter_done(),
            QueueFilter::Flagged => self.filter_flag(),
            QueueFilter::Later => self.filter_later(),
            QueueFilter::Picked => self.filter_picked(),
        }
    }
}
