//! Answers without an object: an order in the last line, or words of refusal.

use super::meaning::{narrow, of_tiers};
use super::{Said, Wanted};
use crate::domain::{CallKind, NoScore};

/// The verdict of the last line, where it is an order of all replies such as `QX > VD = ZK`. Other lines that are such an
/// order have to say the same.
pub(super) fn last_line(wanted: &Wanted, text: &str) -> Option<Result<Said, NoScore>> {
    if !matches!(wanted.kind, CallKind::List | CallKind::Pair) {
        return None;
    }
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    let last = order_line(wanted, lines.next()?)?;
    if lines.filter_map(|line| order_line(wanted, line)).any(|other| other != last) {
        return Some(Err(NoScore::Contradictory));
    }
    Some(Ok(match last {
        Said::Order(tiers) if wanted.kind == CallKind::Pair => match tiers.as_slice() {
            [best, _] => Said::Winner(best.first().copied()),
            _ => Said::Winner(None),
        },
        other => other,
    }))
}

/// The order of all replies that a line is, after a heading such as `Order:`.
pub(super) fn order_line(wanted: &Wanted, line: &str) -> Option<Said> {
    let plain = narrow(line);
    let plain = plain.rsplit([':', '：']).next()?.trim().trim_end_matches(['.', '。']);
    if !plain.contains(['>', '=']) {
        return None;
    }
    let tier = |part: &str| part.split('=').map(|name| Some(wanted.name(name)?.0)).collect::<Option<Vec<_>>>();
    let tiers = plain.split('>').map(tier).collect::<Option<Vec<_>>>()?;
    let is_whole = tiers.iter().flatten().count() == wanted.names.len();
    // As many as there are and none twice: all of them.
    of_tiers(wanted, tiers).ok().filter(|_| is_whole)
}

/// Characters in which a refusal shows.
const HEAD: usize = 240;

/// Whether an answer without a verdict declines, rather than wanders.
pub(super) fn declines(text: &str) -> bool {
    let head: String =
        text.chars().take(HEAD).flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect();
    [
        "i'm sorry",
        "i am sorry",
        "i can't",
        "i cannot",
        "i can not",
        "i'm unable",
        "i am unable",
        "i'm not able",
        "i am not able",
        "i won't",
        "i must decline",
        "i'd rather not",
        "as an ai",
        "unable to assist",
        "can't assist",
        "cannot assist",
        "not appropriate for me",
        "抱歉",
        "对不起",
        "很遗憾",
        "我无法",
        "我不能",
        "无法协助",
        "不能协助",
        "无法提供",
        "不便回答",
        "拒绝回答",
        "无法对",
        "无法评",
        "作为一个人工智能",
        "作为人工智能",
        "作为一名ai",
        "作为ai",
        "作为一个ai",
    ]
    .iter()
    .any(|words| head.contains(words))
}
