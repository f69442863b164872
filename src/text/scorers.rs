//! What goes wrong with scorers: why a reply has no score, why a reward model cannot be used, what is to be known of it.

use crate::domain::{
    NoScore, RewardFault, RewardFinding, RewardNote, RewardNumbers, RewardRows, ScorerFault, StepRule,
};

use super::Text;

impl Text {
    /// Why a reply has no score, and what can be done.
    pub fn no_score(self, why: &NoScore) -> String {
        let words = match why {
            NoScore::Empty => self.pick(
                "The reply is empty, or nothing but marks; it was not sent.",
                "回复是空的，或只有标点，没有发送。",
            ),
            NoScore::Alone => self.pick(
                "There is nothing to compare it with.",
                "没有可以比较的回复。",
            ),
            NoScore::Refusal => self.pick(
                "The judge declined to judge. Another model or another rubric may not.",
                "裁判拒绝评判。换个模型或评分标准可能可以。",
            ),
            NoScore::Truncated => self.pick(
                "The answer was cut before its verdict. Give a new scorer more tokens, or turn thinking off.",
                "回答在给出评判之前被截断。新建评分器时调大 token 上限，或关掉思考。",
            ),
            NoScore::Loop => self.pick(
                "The answer went round in circles until it was cut. Another model may not.",
                "回答一直绕圈，直到被截断。换个模型可能可以。",
            ),
            NoScore::Prose => self.pick(
                "The judge gave words, but no verdict that can be read.",
                "裁判只说了话，没有能读出的评判。",
            ),
            NoScore::Incomplete => self.pick(
                "The verdict leaves replies out; they are not put last for that.",
                "评判漏掉了一些回复；不会因此把它们排到最后。",
            ),
            NoScore::BadNames => self.pick(
                "The verdict names a reply twice, or one that is not there.",
                "评判里有重复的回复，或不存在的回复。",
            ),
            NoScore::OutOfRange => self.pick(
                "The verdict has a number that the scale does not have.",
                "评判里的数字超出了评分范围。",
            ),
            NoScore::Contradictory => self.pick(
                "The answer holds two verdicts that differ.",
                "回答里有两个不同的评判。",
            ),
            NoScore::Echo => self.pick(
                "The judge repeated the example instead of judging.",
                "裁判照抄了示例，没有评判。",
            ),
            NoScore::OnlyReasoning => self.pick(
                "A verdict stands in the thinking and none after it. Give a new scorer more tokens, or turn thinking off.",
                "只在思考里有评判，之后没有。新建评分器时调大 token 上限，或关掉思考。",
            ),
            NoScore::LowMass => self.pick(
                "The judge hardly thought of a digit, and gave no JSON either.",
                "裁判几乎没打算给数字，也没有给 JSON。",
            ),
            NoScore::Injected => self.pick(
                "A reply told the judge what to say, and without those lines another one wins.",
                "有回复指挥裁判；去掉那几行之后，胜出的是另一条。",
            ),
            NoScore::TooLong { .. } => self.pick(
                "Longer than the model can read. Start its server with a longer context, then ask again.",
                "超出模型能读的长度。用更长的上下文启动服务器后再请求。",
            ),
            NoScore::NotFinite => self.pick(
                "The number is infinite or no number. The model may overflow in half precision.",
                "得到的是无穷大或非数字，模型可能在半精度下溢出。",
            ),
            NoScore::WrongShape { .. } => self.pick(
                "The server gave another count of numbers than there were replies. Test the scorer.",
                "服务器给出的数字个数与回复数不符。请测试评分器。",
            ),
            NoScore::Saturated => self.pick(
                "The number is so near to 1 or 0 that what the model said is lost. Start the server so that it gives raw numbers.",
                "数字太接近 1 或 0，模型原来的分数已经丢失。请让服务器给出原始数字。",
            ),
            NoScore::Failed { fault } => return self.request_fault(fault),
        };
        words.to_owned()
    }

    /// The server's own words, where there are some.
    pub fn no_score_detail(self, why: &NoScore) -> Option<String> {
        match why {
            NoScore::TooLong { said } | NoScore::WrongShape { said } => {
                Some(said.clone()).filter(|said| !said.is_empty())
            }
            NoScore::Failed { fault } => self.request_detail(fault),
            _ => None,
        }
    }

    /// Why a scorer cannot work, and what to do.
    pub fn scorer_fault(self, fault: &ScorerFault) -> String {
        match fault {
            ScorerFault::Request(fault) => self.request_fault(fault),
            ScorerFault::Reward(fault) => self.reward_fault(fault),
        }
    }

    /// The server's own words, where there are some.
    pub fn scorer_fault_detail(self, fault: &ScorerFault) -> Option<String> {
        match fault {
            ScorerFault::Request(fault) => self.request_detail(fault),
            ScorerFault::Reward(fault) => self.reward_fault_detail(fault),
        }
    }

    /// Why a reward model cannot be used as it is, and what to do.
    pub fn reward_fault(self, fault: &RewardFault) -> String {
        match fault {
            RewardFault::Request(fault) => self.request_fault(fault),
            RewardFault::AlwaysOne { .. } => self.pick(
                "Every score is exactly 1: the server squashes a single number (softmax over one label), and all that the model said is lost. Start the server with the flag below, then test again.",
                "每个分数都正好是 1：服务器对单个数做了 softmax，模型的分数全丢了。用下面的参数启动服务器，再测试一次。",
            ).to_owned(),
            RewardFault::HiddenStates { version, numbers } => {
                let server = version.as_ref().map_or_else(|| "vLLM".to_owned(), |version| format!("vLLM {version}"));
                self.pick(
                    format!("The model's inner state came ({numbers} numbers) in place of a reward. {server} runs it without its reward head; start it as a reward model, or use another version."),
                    format!("得到的是模型的隐藏状态（{numbers} 个数），不是分数。{server} 没有用奖励头运行它；请按奖励模型启动，或换个版本。"),
                )
            }
            RewardFault::ChatModel => self.pick(
                "This model writes; it does not score. Choose a reward model, or add it as a judge.",
                "这是对话模型，不会打分。请选奖励模型，或把它作为裁判添加。",
            ).to_owned(),
            RewardFault::Embeddings => self.pick(
                "This model makes vectors out of texts; it does not score. Choose a reward model.",
                "这是嵌入模型，不会打分。请选奖励模型。",
            ).to_owned(),
            RewardFault::ChooseLabel { labels } => {
                let labels = labels.join(", ");
                self.pick(
                    format!("The model gives several numbers for each reply: {labels}. Choose which of them is the reward."),
                    format!("模型给每条回复几个数：{labels}。请选择以哪个为准。"),
                )
            }
            RewardFault::ChooseStep { rows } => self.pick(
                format!("The model gives a number for each step ({rows} for one reply). Choose which step counts."),
                format!("模型给每一步一个数（一条回复有 {rows} 个）。请选择以哪一步为准。"),
            ),
            RewardFault::NeedsTemplate { path } => self.pick(
                format!("{path} takes finished texts only. Choose the model's chat template."),
                format!("{path} 只接受拼好的文本。请选择模型的对话模板。"),
            ),
            RewardFault::NoPath { tried, .. } => {
                let tried = tried.join(", ");
                self.pick(
                    format!("The server gives no rewards at any known path ({tried}). Is it the right server, and was the model started as a reward model? Otherwise write the request yourself."),
                    format!("服务器在已知路径上都不给分（{tried}）。服务器对吗，是按奖励模型启动的吗？否则请自己写请求。"),
                )
            }
            RewardFault::NoNumber { why } => {
                let why = self.no_score(why);
                self.pick(
                    format!("The test reply got no number that can be used. {why}"),
                    format!("测试的回复没有得到能用的数。{why}"),
                )
            }
            RewardFault::BadTemplate { .. } => self.pick(
                "The chat template cannot be used as it is. Mend it, or let the server make the text.",
                "对话模板不能用。请修改，或改由服务器拼文本。",
            ).to_owned(),
            RewardFault::BadSetting { setting, .. } => self.pick(
                format!("The setting {setting} cannot be used as it is. Change it and test again."),
                format!("设置 {setting} 不能这样写。请修改后再测试。"),
            ),
        }
    }

    /// The server's own words, where there are some.
    pub fn reward_fault_detail(self, fault: &RewardFault) -> Option<String> {
        match fault {
            RewardFault::Request(fault) => self.request_detail(fault),
            RewardFault::NoPath { said, .. }
            | RewardFault::BadTemplate { said }
            | RewardFault::BadSetting { said, .. } => Some(said.clone()).filter(|said| !said.is_empty()),
            RewardFault::NoNumber { why } => self.no_score_detail(why),
            _ => None,
        }
    }

    /// What a person should know of a reward model before its scores are used.
    pub fn reward_note(self, note: &RewardNote) -> String {
        match note {
            RewardNote::PossiblySquashed => self.pick(
                "All numbers lie between 0 and 1 and are taken as they are. They may be squashed; then small margins mean more near the ends.",
                "所有数都在 0 和 1 之间，照原样使用。它们可能被压缩过，那样两端的小差距其实更大。",
            ).to_owned(),
            RewardNote::Saturates => self.pick(
                "The server squashes the numbers and Pairloom undoes it; near 0 and 1 what they were is lost, and such replies get no score. A server started for raw numbers is better.",
                "服务器压缩了数字，Pairloom 会还原；太接近 0 或 1 的已经丢失，没有分数。最好让服务器给出原始数字。",
            ).to_owned(),
            RewardNote::WrongTemplate => self.pick(
                "The rude reply scored as high as the good one, or higher: a wrong chat template, a wrong label, or a poor model. Compare the text below with the model's own format.",
                "粗鲁的回复得分不低于好回复：对话模板或标签不对，或者模型不好。请把下面的文本与模型的格式对照。",
            ).to_owned(),
            RewardNote::SystemPromptByTemplate { system } => self.pick(
                format!("The template puts a system message before prompts that have none: “{system}”. Choose a system message to replace it."),
                format!("模板会给没有系统消息的提示加上：“{system}”。可以用系统消息设置替换它。"),
            ),
            RewardNote::Truncates => self.pick(
                "The server cuts long texts without a word; what is cut is not judged.",
                "服务器会悄悄截断长文本，截掉的部分不参与打分。",
            ).to_owned(),
        }
    }

    /// What the numbers of a reward model are, in a word or two.
    pub fn reward_numbers(self, numbers: RewardNumbers) -> &'static str {
        match numbers {
            RewardNumbers::Raw | RewardNumbers::RawByServer => self.pick("raw logit", "原始 logit"),
            RewardNumbers::InverseSigmoid => self.pick("sigmoid, undone", "sigmoid 已还原"),
        }
    }

    /// The same in a sentence.
    pub fn reward_numbers_note(self, numbers: RewardNumbers) -> &'static str {
        match numbers {
            RewardNumbers::Raw => self.pick("The numbers are the model's own (raw logits)", "数字是模型的原始 logit"),
            RewardNumbers::RawByServer => self.pick(
                "The numbers are the model's own because the server was started so; without its flag they would be squashed",
                "服务器的启动参数让它给出原始 logit；没有那个参数就会被压缩",
            ),
            RewardNumbers::InverseSigmoid => self.pick(
                "The numbers come squashed (sigmoid), which is undone",
                "数字经过 sigmoid，已还原",
            ),
        }
    }

    /// How a reward model is asked, in a few words: its server, the path, what its numbers are.
    pub fn reward_in_words(self, finding: &RewardFinding) -> String {
        let (server, path) = (self.server_short(finding.server), finding.request.path.trim_start_matches('/'));
        let numbers = self.reward_numbers(finding.numbers);
        match finding.rows {
            RewardRows::Steps(rule) => {
                let step = self.step_rule_named(rule);
                self.pick(format!("{server} {path}, {numbers}, {step}"), format!("{server} {path}，{numbers}，{step}"))
            }
            RewardRows::One | RewardRows::LastToken => {
                self.pick(format!("{server} {path}, {numbers}"), format!("{server} {path}，{numbers}"))
            }
        }
    }

    /// Rows of numbers for one reply, where there is more than one.
    pub fn reward_rows(self, rows: RewardRows) -> Option<String> {
        match rows {
            RewardRows::One => None,
            RewardRows::LastToken => Some(
                self.pick("A number for each token came; the last one counts", "每个 token 一个数，以最后一个为准")
                    .to_owned(),
            ),
            RewardRows::Steps(rule) => {
                let step = self.step_rule_named(rule);
                Some(
                    self.pick(
                        format!("A number for each step came: {step} counts"),
                        format!("每一步一个数：以{step}为准"),
                    ),
                )
            }
        }
    }

    fn step_rule_named(self, rule: StepRule) -> &'static str {
        match rule {
            StepRule::Minimum => self.pick("the worst step", "最差一步"),
            StepRule::Last => self.pick("the last step", "最后一步"),
            StepRule::Mean => self.pick("the mean of the steps", "各步平均"),
        }
    }

    /// A server's name without what it cannot do.
    fn server_short(self, kind: crate::domain::ServerKind) -> &'static str {
        use crate::domain::ServerKind;
        match kind {
            ServerKind::Unknown => self.pick("Server", "服务器"),
            ServerKind::Tei => "TEI",
            ServerKind::Infinity => "Infinity",
            ServerKind::RewardServer => self.pick("Reward server", "打分服务器"),
            other => self.server_kind(other),
        }
    }
}
