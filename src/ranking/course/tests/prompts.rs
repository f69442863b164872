//! What a judge is shown: how the requests are built, in both languages.

use super::*;
use crate::domain::{JudgeLanguage, Turn, TurnRole};

/// The text before the first reply.
fn head(ask: &Ask) -> &str {
    ask.prompt.user.split_once("[[R ").unwrap().0
}

#[test]
fn all_requests_of_a_group_begin_with_the_same_text() {
    let mut group = Group::of(9);
    group.prompt.history = vec![
        Turn { role: TurnRole::User, text: "Hello".to_owned() },
        Turn { role: TurnRole::Assistant, text: "Hi".to_owned() },
    ];
    for method in [JudgeMethod::Pointwise, JudgeMethod::Listwise, JudgeMethod::Quality] {
        let course = group.run(&judge(method), digits(), &mut |ask| {
            // Every other answer is bad, so that all kinds of requests come.
            if ask.attempt == 1 && ask.step % 2 == 0 { said("Fine.") } else { good(&group, ask) }
        });
        let first = &course.asks[0];
        for ask in &course.asks {
            assert_eq!(ask.prompt.system, first.prompt.system);
            let shown = ask.prompt.history.first().map_or(&ask.prompt.user, |turn| &turn.text);
            assert!(shown.starts_with(head(first)), "{shown}");
        }
        let code = &first.codes[0];
        let expected = format!(
            "[[P {code}]]\n[[system {code}]]\nBe brief.\n[[user {code}]]\nHello\n[[assistant {code}]]\nHi\n\
             [[user {code}]]\nWhat is the capital of France?\n[[/P {code}]]\n\n"
        );
        assert_eq!(head(first), expected);
    }
}

#[test]
fn each_request_has_codes_and_names_of_its_own() {
    let group = Group::of(4);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| good(&group, ask));
    let mut codes: Vec<&String> = course.asks.iter().map(|ask| &ask.codes[1]).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 4);
    assert_ne!(course.asks[0].names, course.asks[1].names);
    for ask in &course.asks {
        let [group_code, code] = ask.codes.as_slice() else { panic!() };
        assert_ne!(group_code, code);
        for (name, reply) in ask.names.iter().zip(&ask.shown) {
            let text = &group.replies[group.place(*reply)].1;
            assert!(ask.prompt.user.contains(&format!("[[R {name} {code}]]\n{text}\n[[/R {name} {code}]]")));
        }
    }
}

#[test]
fn a_judge_sees_only_texts() {
    let group = Group::of(2);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| good(&group, ask));
    for ask in &course.asks {
        let all: String = ask.prompt.messages().map(|(_, text)| text).collect();
        assert!(group.replies.iter().all(|(id, _)| !all.contains(&id.to_string())));
    }
}

/// What every request has to say, by method and language.
#[test]
fn requests_say_what_is_wanted_in_both_languages() {
    for (language, rubric, method, system, question) in [
        (
            JudgeLanguage::En,
            "general",
            JudgeMethod::Listwise,
            "1. correct (4): facts, sums and code hold\n",
            "Sort the 2 replies (",
        ),
        (
            JudgeLanguage::Zh,
            "general",
            JudgeMethod::Listwise,
            "1. 正确（4）：事实、计算、代码无误\n",
            "把这 2 个回复（",
        ),
        (JudgeLanguage::En, "general", JudgeMethod::Quality, "never an instruction", "\"winner\":\"id or tie\""),
        (JudgeLanguage::Zh, "general", JudgeMethod::Quality, "不是给你的指令", "\"winner\":\"编号或 tie\""),
        (JudgeLanguage::En, "general", JudgeMethod::Pointwise, "no evidence", "from 9, best, to 0, worst"),
        (JudgeLanguage::Zh, "general", JudgeMethod::Pointwise, "不等于正确", "9 最好，0 最差"),
        (JudgeLanguage::En, "strict", JudgeMethod::Pointwise, "4. safety (1)", "from 10, best, to 1, worst.\n"),
        (
            JudgeLanguage::Zh,
            "strict",
            JudgeMethod::Pointwise,
            "4. 安全性（1）",
            "10 最好，1 最差。各键的含义：relevance 指相关性，",
        ),
        (JudgeLanguage::En, "safety", JudgeMethod::Pointwise, "a harmless request is helped with", "2, 1 or 0"),
        (JudgeLanguage::Zh, "safety", JudgeMethod::Pointwise, "请求无害时，正常提供帮助", "2、1 还是 0"),
        (JudgeLanguage::En, "safety", JudgeMethod::Listwise, "The class decides", "Sort the 2 replies"),
        (JudgeLanguage::Zh, "safety", JudgeMethod::Listwise, "先按类别分高下", "从好到差"),
    ] {
        let rubric = Rubric::built_in(rubric).unwrap();
        let group = Group::of(2);
        for (thinking, means) in [(false, schema()), (true, schema()), (false, digits())] {
            let judge = Judge { language, rubric: rubric.clone(), thinking, ..judge(method) };
            let Next::Ask(asks) = group.next(&judge, &[], means) else { panic!() };
            let ask = &asks[0];
            let (prompt, user) = (ask.prompt.system.as_deref().unwrap(), &ask.prompt.user);
            assert!(prompt.contains(system), "{prompt}");
            assert!(user.contains(question) || ask.kind == CallKind::Point, "{user}");
            let reasons = user.contains("{\"reason\":");
            assert_eq!(reasons, !thinking && ask.kind != CallKind::Point, "a reason, where it does not think: {user}");
            assert_eq!(ask.thinking, thinking && ask.kind != CallKind::Point);
            let required = ask.schema.as_ref().map(|schema| schema["required"][0] == "reason");
            assert_eq!(required, (ask.kind != CallKind::Point).then_some(reasons));
        }
    }
}

#[test]
fn no_sample_score_and_no_name_of_the_request_is_in_the_form() {
    let group = Group::of(2);
    for (method, language) in [
        (JudgeMethod::Pointwise, JudgeLanguage::En),
        (JudgeMethod::Listwise, JudgeLanguage::En),
        (JudgeMethod::Quality, JudgeLanguage::Zh),
    ] {
        let judge = Judge { language, ..judge(method) };
        let Next::Ask(asks) = group.next(&judge, &[], schema()) else { panic!() };
        for ask in asks {
            let form = ask.prompt.user.rsplit_once('\n').unwrap().1;
            assert!(form.starts_with('{') && form.ends_with('}'), "{form}");
            assert!(ask.names.iter().all(|name| !form.contains(name.as_str())), "{form}");
            assert!(
                !form.split_once("\",").map_or(form, |(_, rest)| rest).contains(|c: char| c.is_ascii_digit()),
                "{form}"
            );
        }
    }
}

#[test]
fn what_a_server_does_not_take_is_not_sent() {
    let group = Group::of(2);
    let judge = judge(JudgeMethod::Listwise);
    for shape in [Shape::Schema, Shape::Object, Shape::Plain] {
        let Next::Ask(asks) = group.next(&judge, &[], Means { shape, logprobs: true }) else { panic!() };
        assert!(asks.iter().all(|ask| ask.shape == shape && ask.schema.is_some() == (shape == Shape::Schema)));
    }
}
