//! How many calls each method takes, and what comes of a judge that is always right.

use super::*;
use crate::ranking::course::steadiness;

/// JUDGING.md section 2.
#[test]
fn calls_are_as_many_as_the_table_of_methods_says() {
    let counts = [2, 4, 8, 20];
    for (method, most) in [
        (JudgeMethod::Pointwise, [2, 4, 8, 20]),
        (JudgeMethod::Listwise, [2, 4, 4, 14]),
        (JudgeMethod::Quality, [2, 12, 20, 54]),
        (JudgeMethod::Pairs, [2, 12, 40, 140]),
    ] {
        for means in [schema(), digits(), Means::default()] {
            for (count, most) in counts.into_iter().zip(most) {
                let group = Group::of(count);
                let course = group.run(&judge(method), means, &mut |ask| good(&group, ask));
                let calls = course.calls.len();
                if method == JudgeMethod::Quality && count > 2 {
                    let lists = if count > 8 { 14 } else { 4 };
                    assert!((lists..=most).contains(&calls), "{count}: {calls}");
                } else {
                    assert_eq!(calls, most, "{method:?} {count}");
                }
                assert!(course.calls.iter().all(|call| call.gap.is_none() && call.attempt == 1));
                let ranking = course.ranking(&group);
                assert_eq!(ranking.len(), count, "{method:?} {count}");
                if count <= 8 {
                    assert_eq!(ranking, (0..count).collect::<Vec<_>>(), "{method:?} {count}");
                }
            }
        }
    }
}

/// Odd numbers too: nobody meets anybody twice, everybody meets somebody, and each pair stands both ways round.
#[test]
fn pairs_are_each_asked_both_ways_round_and_once() {
    for count in 2..=13 {
        let group = Group::of(count);
        let course = group.run(&judge(JudgeMethod::Pairs), schema(), &mut |ask| good(&group, ask));
        let mut met: Vec<(usize, usize)> = Vec::new();
        for two in course.asks.chunks(2) {
            let [one, other] = two else { panic!("{count}: a pair one way round") };
            assert_eq!((one.kind, one.shown.len()), (CallKind::Pair, 2));
            let mut turned = other.shown.clone();
            turned.reverse();
            assert_eq!(one.shown, turned, "{count}");
            let places = (group.place(one.shown[0]), group.place(one.shown[1]));
            met.push((places.0.min(places.1), places.0.max(places.1)));
        }
        let mut once = met.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), met.len(), "{count}: a pair comes twice");
        if count <= 6 {
            assert_eq!(met.len(), count * (count - 1) / 2);
        } else {
            assert!(met.len() <= course_pairs(count), "{count}: {}", met.len());
        }
        assert!(course.gaps().iter().all(Option::is_none), "{count}");
        let ranking = course.ranking(&group);
        assert_eq!(ranking[0], 0, "{count}: {ranking:?}");
        assert!(course.outcome.inconsistent.is_empty());
    }
}

fn course_pairs(count: usize) -> usize {
    crate::ranking::swiss_rounds(count) * (count / 2)
}

/// A judge that sorts no pair of the first round is not asked for six more.
#[test]
fn a_judge_that_compares_nothing_is_left_alone_after_a_round() {
    let group = Group::of(12);
    let course = group.run(&judge(JudgeMethod::Pairs), schema(), &mut |_| said("Fine."));
    assert_eq!(course.asks.len(), 2 * 6 * 2, "six pairs, both ways round, each asked once more");
    assert!(course.gaps().iter().all(|gap| *gap == Some(NoScore::Prose)), "{:?}", course.gaps());
}

/// A judge that always prefers what it reads first leaves every pair open.
#[test]
fn the_pair_step_ends_after_as_many_pairs_as_replies() {
    for (count, most) in [(4, 12), (8, 20), (20, 54)] {
        let group = Group::of(count);
        let first = |ask: &Ask| ranked(ask, &|reply| ask.shown.iter().position(|id| *id == reply).unwrap());
        let course = group.run(&judge(JudgeMethod::Quality), schema(), &mut |ask| first(ask));
        assert_eq!(course.calls.len(), most, "{count}");
        assert_eq!(course.outcome.inconsistent.len(), count, "every pair that was asked turned with the order");
        let steady = steadiness(&course.calls).unwrap();
        assert!(steady.turns_with_order, "{steady:?}");
    }
}

#[test]
fn more_orders_are_more_calls_and_never_the_same_twice() {
    for orders in [2, 4, 6, 8] {
        let judge = Judge { orders: orders.try_into().unwrap(), ..judge(JudgeMethod::Listwise) };
        let group = Group::of(4);
        let course = group.run(&judge, schema(), &mut |ask| good(&group, ask));
        assert_eq!(course.calls.len(), orders as usize);
        let mut shown: Vec<_> = course.calls.iter().map(|call| &call.shown).collect();
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), orders as usize);
        let steady = steadiness(&course.calls).unwrap();
        assert_eq!((steady.reply, steady.first, steady.of), (group.id(0), orders, orders));
        assert!(!steady.turns_with_order);
    }
}

#[test]
fn the_final_shows_the_best_of_all_blocks() {
    let group = Group::of(20);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| good(&group, ask));
    let last = &course.asks[12..];
    assert_eq!(last.len(), 2);
    let mut reversed = last[1].shown.clone();
    reversed.reverse();
    assert_eq!(last[0].shown, reversed);
    let places: Vec<usize> = last[0].shown.iter().map(|reply| group.place(*reply)).collect();
    assert!(places.len() == 8 && (0..4).all(|best| places.contains(&best)), "{places:?}");
    assert_eq!(course.ranking(&group)[0], 0);
}

#[test]
fn what_cannot_be_compared_is_not_sent() {
    for method in [JudgeMethod::Listwise, JudgeMethod::Quality, JudgeMethod::Pairs] {
        let group = Group::with(&["Paris", " ", ":", "……"]);
        let course = group.run(&judge(method), schema(), &mut |_| unreachable!());
        let empty = Some(NoScore::Empty);
        assert_eq!(course.gaps(), [Some(NoScore::Alone), empty.clone(), empty.clone(), empty]);
    }
    let group = Group::with(&["Paris", "", "👍", "∞"]);
    let course = group.run(&judge(JudgeMethod::Listwise), schema(), &mut |ask| good(&group, ask));
    assert_eq!(course.gaps(), [None, Some(NoScore::Empty), None, None]);
    assert!(course.asks.iter().all(|ask| !ask.shown.contains(&group.id(1))));
    // Pairs with the one that is not there: (0,1), (1,2), (1,3).
    let spread = &course.outcome.spread;
    assert_eq!(spread.len(), 6);
    assert_eq!([0, 3, 4].map(|at| spread[at]), [f32::MAX; 3]);
    assert!([1, 2, 5].iter().all(|at| spread[*at] > 0.0 && spread[*at] < 10.0), "{spread:?}");
}

#[test]
fn one_more_reply_leaves_the_numbers_of_the_others() {
    let before = Group::of(3);
    let judge = judge(JudgeMethod::Pointwise);
    let calls = before.run(&judge, digits(), &mut |ask| good(&before, ask)).calls;
    let after = Group::of(5);
    let course = after.go_on(&judge, digits(), calls, &mut |ask| good(&after, ask));
    let asked: Vec<_> = course.asks.iter().map(|ask| (ask.step, after.place(ask.shown[0]))).collect();
    assert_eq!(asked, [(3, 3), (4, 4)]);
    assert_eq!(course.ranking(&after), [0, 1, 2, 3, 4]);
    // One of them is gone: its call stays and says nothing.
    let mut fewer = Group::of(5);
    fewer.replies.remove(1);
    let course = fewer.go_on(&judge, digits(), course.calls, &mut |_| unreachable!());
    assert_eq!(course.outcome.scores.len(), 4);
}

#[test]
fn the_weighted_mean_of_criteria_is_ours() {
    let group = Group::of(2);
    let judge = Judge { rubric: lopsided(), ..judge(JudgeMethod::Pointwise) };
    let course = group.run(&judge, digits(), &mut |ask| {
        assert_eq!(ask.kind, CallKind::PointJson, "a digit has no room for each criterion");
        let correct = if ask.shown[0] == group.id(0) { 10 } else { 2 };
        said(format!("{{\"reason\":\"\",\"correct\":{correct},\"c2\":4,\"score\":1}}"))
    });
    let values: Vec<f64> = course.outcome.scores.iter().map(|score| score.result.as_ref().unwrap().value).collect();
    assert_eq!(values, [8.5, 2.5]);
}

#[test]
fn digits_are_expected_values_with_their_deviation() {
    let group = Group::of(2);
    let course = group.run(&judge(JudgeMethod::Pointwise), digits(), &mut |_| {
        let top = vec![("7".to_owned(), 0.6_f64.ln()), (" 8".to_owned(), 0.3_f64.ln()), ("A".to_owned(), 0.1_f64.ln())];
        Answer { logprobs: vec![TokenChoice { token: "7".to_owned(), top }], ..cut("7") }
    });
    let points = course.outcome.scores[0].result.as_ref().unwrap();
    assert!((points.value - 22.0 / 3.0).abs() < 1e-12);
    assert!((points.error.unwrap() - 2.0_f64.sqrt() / 3.0).abs() < 1e-12);
    assert!(course.asks.iter().all(|ask| ask.digits && ask.schema.is_none() && ask.max_tokens < 20 && !ask.thinking));
}
