//! Made-up text for prompts that the samples do not know: varied in length, form and tone, and plainly no answer.

/// A made-up reply; the same prompt and seed give the same text.
pub(super) fn compose(prompt: &str, seed: u64) -> String {
    let chinese = prompt.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
    let digest = blake3::hash(format!("{seed}\n{prompt}").as_bytes());
    let mut dice = Dice { bytes: *digest.as_bytes(), at: 0 };
    let words = if chinese { &CHINESE } else { &ENGLISH };
    let topic: String = prompt.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(40).collect();
    let mut text = words.opening[dice.pick(words.opening.len())].replace("{}", &topic);
    text.push_str("\n\n");
    match dice.pick(5) {
        0 => text.push_str(words.sentences[dice.pick(words.sentences.len())]),
        1 => {
            for _ in 0..2 + dice.pick(4) {
                text.push_str("- ");
                text.push_str(words.points[dice.pick(words.points.len())]);
                text.push('\n');
            }
        }
        2 => {
            for number in 1..3 + dice.pick(4) {
                text.push_str(&format!("{number}. {}\n", words.points[dice.pick(words.points.len())]));
            }
        }
        3 => {
            text.push_str(&format!("| {} | {} |\n|---|---|\n", words.columns[0], words.columns[1]));
            for _ in 0..2 + dice.pick(3) {
                let (left, right) = (dice.pick(words.points.len()), dice.pick(words.sentences.len()));
                text.push_str(&format!("| {} | {} |\n", words.points[left], words.sentences[right]));
            }
        }
        _ => {
            for _ in 0..1 + dice.pick(4) {
                for _ in 0..1 + dice.pick(3) {
                    text.push_str(words.sentences[dice.pick(words.sentences.len())]);
                    text.push_str(words.space);
                }
                text.push_str("\n\n");
            }
        }
    }
    text.push_str("\n\n");
    text.push_str(words.closing[dice.pick(words.closing.len())]);
    text.push_str(&format!(" ({:04x})", u16::from_be_bytes([digest.as_bytes()[30], digest.as_bytes()[31]])));
    text
}

/// Draws from the bytes of a hash.
struct Dice {
    bytes: [u8; 32],
    at: usize,
}

impl Dice {
    fn pick(&mut self, sides: usize) -> usize {
        let byte = self.bytes[self.at % 30];
        self.at += 1;
        usize::from(byte).wrapping_add(self.at / 30) % sides.max(1)
    }
}

struct Words {
    opening: [&'static str; 4],
    sentences: [&'static str; 6],
    points: [&'static str; 6],
    columns: [&'static str; 2],
    closing: [&'static str; 3],
    space: &'static str,
}

static ENGLISH: Words = Words {
    opening: [
        "This is a made-up reply of the sample server to “{}”.",
        "**Made up:** no model has read “{}”.",
        "About “{}”, the sample server can only say something of the right shape.",
        "“{}” is not among the sample prompts, so here is filler text.",
    ],
    sentences: [
        "A real server would answer here.",
        "The length varies, so that the cards differ.",
        "Some replies are short on purpose.",
        "Others go on for a while, to see how long ones are cut and opened again.",
        "Choose another endpoint on the Generate view to get real replies.",
        "Nothing in this text is advice.",
    ],
    points: [
        "a point in a list",
        "another one, a little longer than the first",
        "one with `code` in it",
        "one with **emphasis**",
        "a short one",
        "one that says nothing new",
    ],
    columns: ["What", "Why"],
    closing: ["End of the sample.", "That is all.", "Sample reply."],
    space: " ",
};

static CHINESE: Words = Words {
    opening: [
        "这是示例服务器为“{}”编的一条回复。",
        "**示例：**没有模型读过“{}”。",
        "关于“{}”，示例服务器只能给出形状相近的文字。",
        "“{}”不在示例提示里，下面是填充文字。",
    ],
    sentences: [
        "真正的服务器会在这里作答。",
        "长短不一，好让几张卡片看起来不同。",
        "有的回复故意写得很短。",
        "有的会多说几句，用来看看长回复怎样折叠和展开。",
        "在“生成”页换一个服务器，就能得到真正的回复。",
        "这段文字不构成任何建议。",
    ],
    points: [
        "列表里的一项",
        "另一项，比前一项稍长一些",
        "带 `code` 的一项",
        "带**强调**的一项",
        "很短",
        "没有新内容的一项",
    ],
    columns: ["内容", "原因"],
    closing: ["示例到此结束。", "以上。", "示例回复。"],
    space: "",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_give_different_texts_in_the_language_of_the_prompt() {
        let texts: std::collections::HashSet<String> = (0..20).map(|seed| compose("Name a river", seed)).collect();
        assert_eq!(texts.len(), 20);
        assert_eq!(compose("Name a river", 3), compose("Name a river", 3));
        assert!(compose("说一条河", 1).contains("示例"));
    }
}
