//! In which language a judge is spoken to.

use crate::domain::{JudgeLanguage, Prompt};

/// A language that the instructions are worded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ranking) enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    /// The one that was set, or the one that the user turn is mostly written in. Code, markup and numbers count for no
    /// language by themselves; a turn of nothing else takes the language of the turns before it.
    pub(in crate::ranking) fn of(language: JudgeLanguage, prompt: &Prompt) -> Self {
        match language {
            JudgeLanguage::Zh => return Self::Chinese,
            JudgeLanguage::En => return Self::English,
            JudgeLanguage::Auto => {}
        }
        let earlier = prompt.history.iter().rev().map(|turn| turn.text.as_str());
        let texts = std::iter::once(prompt.user.as_str()).chain(earlier).chain(prompt.system.as_deref());
        texts.map(Share::of).find(Share::tells).map_or(Self::English, |share| share.tongue())
    }
}

/// How much of a text is Chinese.
#[derive(Default)]
struct Share {
    /// Chinese characters; about one and a half make a word.
    han: usize,
    /// Kana and Hangul: Han characters among them are no Chinese.
    foreign: usize,
    /// Words in other letters.
    words: usize,
}

impl Share {
    fn of(text: &str) -> Self {
        let mut share = Self::default();
        let mut in_word = false;
        for character in text.chars() {
            let is_han =
                matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
            let is_foreign = matches!(character, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}');
            let is_letter = character.is_alphabetic() && !is_han && !is_foreign;
            share.han += usize::from(is_han);
            share.foreign += usize::from(is_foreign);
            share.words += usize::from(is_letter && !in_word);
            in_word = is_letter;
        }
        share
    }

    fn tells(&self) -> bool {
        self.han + self.foreign + self.words > 0
    }

    fn tongue(&self) -> Tongue {
        let is_chinese = self.han > 0 && self.han >= self.words && self.foreign * 5 < self.han;
        if is_chinese { Tongue::Chinese } else { Tongue::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_is_spoken_to_in_the_language_of_the_prompt() {
        use Tongue::{Chinese, English};
        let cases = [
            ("What is the capital of France?", English),
            ("法国的首都是哪里？", Chinese),
            ("用 Python 写一个 quicksort 函数", Chinese),
            ("帮我看看这段代码为什么报错：\n```\nlet x = foo(bar);\nprintln(x);\n```", Chinese),
            ("Translate into Chinese: The weather is fine today and 你好 means hello", English),
            ("日本の首都はどこですか", English),
            ("대한민국의 수도는 어디입니까", English),
            ("1 + 1 = ?", English),
        ];
        for (user, tongue) in cases {
            assert_eq!(Tongue::of(JudgeLanguage::Auto, &Prompt::new(None, user)), tongue, "{user}");
        }
        let system = Some("You are a helpful assistant.".to_owned());
        assert_eq!(Tongue::of(JudgeLanguage::Auto, &Prompt::new(system, "你好")), Chinese);
        assert_eq!(Tongue::of(JudgeLanguage::Auto, &Prompt::new(Some("你是算术老师。".to_owned()), "1+1=?")), Chinese);
        assert_eq!(Tongue::of(JudgeLanguage::En, &Prompt::new(None, "你好")), English);
    }
}
