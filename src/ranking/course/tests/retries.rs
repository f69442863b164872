//! What is tried after a bad answer, as sequences. The table is that of JUDGING.md section 4.

use super::*;
use crate::domain::{MachineVerdict, RequestFault, TurnRole};
use crate::ranking::course::failed;

/// How a try is made, in short.
fn way(ask: &Ask) -> String {
    let again = if ask.prompt.history.is_empty() { "" } else { " again" };
    let doubled = if ask.max_tokens > 1024 { " doubled" } else { "" };
    let thinking = if ask.thinking { " thinking" } else { "" };
    format!("{:?}{again}{doubled}{thinking}", ask.kind)
}

/// The tries of the first comparison of three replies where its answers are these, and why there is no verdict in the end.
fn tries(thinking: bool, answers: &[Answer]) -> (Vec<String>, Option<NoScore>) {
    let group = Group::of(3);
    let judge = Judge { thinking, orders: 2.try_into().unwrap(), ..judge(JudgeMethod::Listwise) };
    let mut left = answers.iter();
    let course = group.run(&judge, schema(), &mut |ask| {
        if ask.step == 0 { left.next().unwrap().clone() } else { good(&group, ask) }
    });
    assert!(left.next().is_none(), "all answers were asked for");
    let own: Vec<&Ask> = course.asks.iter().filter(|ask| ask.step == 0).collect();
    assert_eq!(own.iter().map(|ask| ask.attempt).collect::<Vec<_>>(), (1..=answers.len() as u32).collect::<Vec<_>>());
    let calls: Vec<&Call> = course.calls.iter().filter(|call| call.step == 0).collect();
    let gap = if calls.iter().any(|call| call.verdict.is_some()) { None } else { calls.last().unwrap().gap.clone() };
    (own.into_iter().map(way).collect(), gap)
}

#[test]
fn each_kind_of_bad_answer_has_its_retry() {
    let prose = || said("They are all fine.");
    let short = || cut("{\"reason\":\"Q");
    let circles = || cut("{\"reason\":\"".to_owned() + &"so it is, and ".repeat(40));
    let refusal = || said("I'm sorry, I can't help with that.");
    let cases: Vec<(Vec<Answer>, &[&str], Option<NoScore>)> = vec![
        (vec![prose(), prose()], &["List", "List again"], Some(NoScore::Prose)),
        (vec![refusal(), prose()], &["List", "List again"], Some(NoScore::Prose)),
        (vec![prose(), refusal()], &["List", "List again"], Some(NoScore::Refusal)),
        (vec![short(), short(), short()], &["List", "List doubled", "List again doubled"], Some(NoScore::Truncated)),
        (vec![short(), prose(), prose()], &["List", "List doubled", "List again doubled"], Some(NoScore::Prose)),
        (vec![prose(), short(), prose()], &["List", "List again", "List again doubled"], Some(NoScore::Prose)),
        (vec![circles()], &["List"], Some(NoScore::Loop)),
        (vec![prose(), circles()], &["List", "List again"], Some(NoScore::Loop)),
        (vec![said("{\"order\":[[\"id\"]]}"), prose()], &["List", "List again"], Some(NoScore::Prose)),
    ];
    for (answers, ways, gap) in cases {
        assert_eq!(tries(false, &answers), (ways.iter().map(|way| (*way).to_owned()).collect(), gap), "{answers:?}");
    }
}

#[test]
fn thinking_is_switched_off_where_it_used_up_the_answer() {
    let short = || Answer { reasoning: Some("Let me see.".to_owned()), ..cut("") };
    let (ways, gap) = tries(true, &[short(), short(), short()]);
    assert_eq!(ways, ["List thinking", "List doubled thinking", "List doubled"]);
    assert_eq!(gap, Some(NoScore::Truncated));
    let prose = || said("They are all fine.");
    assert_eq!(tries(true, &[prose(), prose()]).0, ["List thinking", "List again thinking"]);
}

#[test]
fn a_second_asking_shows_the_answer_and_what_was_wrong() {
    let group = Group::of(3);
    let judge = judge(JudgeMethod::Listwise);
    let long = "x".repeat(600);
    let mut first = None;
    let course = group.run(&judge, schema(), &mut |ask| {
        if ask.step != 0 || ask.attempt > 1 {
            return good(&group, ask);
        }
        first = Some(ask.clone());
        said(format!("<think>secret</think>{long}"))
    });
    let first = first.unwrap();
    let again = course.asks.iter().find(|ask| ask.attempt == 2).unwrap();
    assert_eq!((&again.names, &again.codes, &again.shown), (&first.names, &first.codes, &first.shown));
    assert_eq!(again.prompt.system, first.prompt.system);
    let [asked, answered] = again.prompt.history.as_slice() else { panic!("two earlier turns") };
    assert_eq!((asked.role, &asked.text), (TurnRole::User, &first.prompt.user));
    assert_eq!(answered.role, TurnRole::Assistant);
    assert_eq!(answered.text, format!("{}…", "x".repeat(500)));
    assert!(
        again.prompt.user.contains("no JSON object") && again.prompt.user.contains("\"additionalProperties\":false")
    );
    assert_eq!(course.ranking(&group), [0, 1, 2]);
}

#[test]
fn an_answer_without_text_is_not_shown_as_a_turn() {
    let group = Group::of(2);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| {
        if ask.attempt > 1 { good(&group, ask) } else { Answer { reasoning: Some("hm".to_owned()), ..said("") } }
    });
    let again = course.asks.iter().find(|ask| ask.attempt == 2).unwrap();
    assert!(again.prompt.history.is_empty() && again.prompt.user.contains("no verdict followed"));
    assert!(again.prompt.user.starts_with("[[P "));
}

#[test]
fn what_an_order_lacks_is_named_and_never_put_last() {
    let group = Group::of(4);
    let judge = judge(JudgeMethod::Listwise);
    let course = group.run(&judge, schema(), &mut |ask| {
        // It never mentions the best one.
        let listed = ask.shown.iter().zip(&ask.names).filter(|(reply, _)| **reply != group.id(0));
        let mut names: Vec<(usize, &String)> = listed.map(|(reply, name)| (group.place(*reply), name)).collect();
        names.sort();
        let tiers: Vec<[&String; 1]> = names.into_iter().map(|(_, name)| [name]).collect();
        said(serde_json::json!({ "order": tiers }).to_string())
    });
    assert_eq!(course.calls.len(), 8, "each was asked again");
    let again = course.asks.iter().find(|ask| ask.attempt == 2).unwrap();
    let missing = ask_name(again, group.id(0));
    assert!(again.prompt.user.starts_with(&format!("Your order leaves out {missing}.")), "{}", again.prompt.user);
    assert_eq!(course.ranking(&group), [1, 2, 3]);
    assert_eq!(course.gaps()[0], Some(NoScore::Incomplete));
}

fn ask_name(ask: &Ask, reply: ReplyId) -> &str {
    let at = ask.shown.iter().position(|id| *id == reply).unwrap();
    &ask.names[at]
}

#[test]
fn digits_that_are_spread_too_thin_are_asked_for_in_json() {
    let group = Group::of(2);
    let judge = judge(JudgeMethod::Pointwise);
    let thin = |text: &str| Answer {
        logprobs: vec![TokenChoice {
            token: "The".to_owned(),
            top: vec![("The".to_owned(), -0.1), ("7".to_owned(), -3.0)],
        }],
        ..cut(text)
    };
    let course = group.run(&judge, digits(), &mut |ask| match (ask.kind, ask.step) {
        (CallKind::Point, 0) => thin("The"),
        (CallKind::PointJson, 0) => said("{\"reason\":\"\",\"score\":6}"),
        _ => good(&group, ask),
    });
    let ways: Vec<String> = course.asks.iter().filter(|ask| ask.step == 0).map(way).collect();
    assert_eq!(ways, ["Point", "PointJson"]);
    // Digits and JSON are of one scale, so the two can be compared.
    assert_eq!(course.outcome.scores[0].result.as_ref().unwrap().value, 6.0);

    let hopeless = group.run(&judge, digits(), &mut |ask| match ask.kind {
        CallKind::Point => thin("The"),
        _ => said("It is fine."),
    });
    let ways: Vec<String> = hopeless.asks.iter().filter(|ask| ask.step == 0).map(way).collect();
    assert_eq!(ways, ["Point", "PointJson", "PointJson again"]);
    assert_eq!(hopeless.gaps(), [Some(NoScore::LowMass), Some(NoScore::LowMass)]);
}

#[test]
fn what_the_server_refuses_is_not_asked_again() {
    let group = Group::of(3);
    let judge = judge(JudgeMethod::Listwise);
    let too_long = RequestFault::TooLong { said: "8192 tokens at most".to_owned() };
    let refused = RequestFault::Refused { status: 400, said: "no".to_owned() };
    for (fault, gap) in [
        (too_long, NoScore::TooLong { said: "8192 tokens at most".to_owned() }),
        (refused.clone(), NoScore::Failed { fault: refused }),
    ] {
        let Next::Ask(asks) = group.next(&judge, &[], schema()) else { panic!("nothing is asked") };
        let calls: Vec<Call> = asks.iter().map(|ask| failed(ask, &fault, jiff::Timestamp::UNIX_EPOCH)).collect();
        let Next::Done(outcome) = group.next(&judge, &calls, schema()) else { panic!("{fault:?} is asked again") };
        assert!(outcome.scores.iter().all(|score| score.result == Err(gap.clone())));
        assert!(outcome.spread.is_empty());
    }
    // No text is a bad answer, not a refused request.
    let Next::Ask(asks) = group.next(&judge, &[], schema()) else { panic!() };
    let empty = RequestFault::EmptyReply { finish_reason: "length".to_owned() };
    let calls = [failed(&asks[0], &empty, jiff::Timestamp::UNIX_EPOCH)];
    let Next::Ask(asks) = group.next(&judge, &calls, schema()) else { panic!() };
    assert_eq!((asks[0].step, asks[0].attempt, asks[0].max_tokens), (0, 2, 2048));
}

/// A request that fits, with room for a doubled answer that does not.
#[test]
fn where_twice_the_room_is_too_much_thinking_is_switched_off() {
    let group = Group::of(2);
    let judge = Judge { thinking: true, ..judge(JudgeMethod::Listwise) };
    let mut calls = Vec::new();
    let mut ways = Vec::new();
    let outcome = loop {
        match group.next(&judge, &calls, schema()) {
            Next::Done(outcome) => break outcome,
            Next::Ask(asks) => calls.extend(asks.into_iter().map(|ask| {
                if ask.step == 0 {
                    ways.push(way(&ask));
                }
                match ask.attempt {
                    1 => read(&judge, &ask, cut(""), jiff::Timestamp::UNIX_EPOCH),
                    2 => {
                        let fault = RequestFault::TooLong { said: "4096".to_owned() };
                        failed(&ask, &fault, jiff::Timestamp::UNIX_EPOCH)
                    }
                    _ => read(&judge, &ask, good(&group, &ask), jiff::Timestamp::UNIX_EPOCH),
                }
            })),
        }
    };
    assert_eq!(ways, ["List thinking", "List doubled thinking", "List"]);
    assert!(outcome.scores.iter().all(|score| score.result.is_ok()));
}

/// Lists too long for the judge's context; two replies fit.
#[test]
fn pairs_are_asked_where_lists_are_too_long() {
    let group = Group::of(4);
    let judge = judge(JudgeMethod::Quality);
    let mut calls = Vec::new();
    let outcome = loop {
        match group.next(&judge, &calls, schema()) {
            Next::Done(outcome) => break outcome,
            Next::Ask(asks) => calls.extend(asks.into_iter().map(|ask| match ask.kind {
                CallKind::List => {
                    let fault = RequestFault::TooLong { said: "4096".to_owned() };
                    failed(&ask, &fault, jiff::Timestamp::UNIX_EPOCH)
                }
                _ => read(&judge, &ask, good(&group, &ask), jiff::Timestamp::UNIX_EPOCH),
            })),
        }
    };
    assert_eq!(calls.len(), 4 + 8);
    assert!(outcome.scores.iter().all(|score| score.result.is_ok()));
    // A judge that cannot sort at all is not asked as many times again.
    let course = group.run(&judge, schema(), &mut |_| said("Fine."));
    assert!(course.calls.iter().all(|call| call.kind == CallKind::List));
}

/// Half of a group of twelve is joined to the other half by nothing.
#[test]
fn what_nothing_joins_has_no_scores_beside_each_other() {
    let group = Group::of(12);
    let judge = judge(JudgeMethod::Listwise);
    let course = group.run(&judge, schema(), &mut |ask| {
        // Only the first block's lists come to a verdict; blocks 0 to 3 take two steps each.
        if ask.step < 4 { good(&group, ask) } else { said("Fine.") }
    });
    let scored: Vec<usize> = course.ranking(&group);
    let shown: Vec<usize> = course.asks[0].shown.iter().map(|reply| group.place(*reply)).collect();
    assert_eq!(scored.len(), 6, "one of two blocks of six");
    assert!(scored.iter().all(|place| shown.contains(place)) || scored.iter().all(|place| !shown.contains(place)));
    assert_eq!(course.gaps().iter().flatten().filter(|gap| **gap == NoScore::Prose).count(), 6);
}

#[test]
fn a_call_tells_how_it_was_read() {
    let group = Group::of(2);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| good(&group, ask));
    let call = &course.calls[0];
    assert_eq!(call.verdict, Some(MachineVerdict::Order(vec![vec![group.id(0)], vec![group.id(1)]])));
    assert_eq!(call.codes.len(), 2);
    let written = serde_json::to_string(call).unwrap();
    assert_eq!(serde_json::from_str::<Call>(&written).unwrap(), *call);
}
