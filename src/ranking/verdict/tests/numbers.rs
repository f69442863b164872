//! Numbers in JSON for one reply.

use Comes::{Nothing, Salvaged, Strict};

use super::*;

fn check(rubric: &Rubric, cases: &[(&str, Comes<f64>)]) {
    for (text, expected) in cases {
        let found = came(read_as(CallKind::PointJson, &names()[..1], rubric, &said(text)), |said| match said {
            Said::Points { value, deviation: None, mass: None } => value,
            other => panic!("{other:?} is no number"),
        });
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn numbers_of_the_whole() {
    check(
        &Rubric::general(),
        &[
            (r#"{"reason":"good","score":7}"#, Strict(7.0)),
            (r#"{"score":0}"#, Strict(0.0)),
            (r#"{"score":9}"#, Strict(9.0)),
            (r#"{"score":"7"}"#, Salvaged(7.0)),
            (r#"{"score":7.0}"#, Salvaged(7.0)),
            (r#"{"score":７}"#, Salvaged(7.0)),
            (r#"{"score":"８"}"#, Salvaged(8.0)),
            (r#"{"Score": 8}"#, Salvaged(8.0)),
            ("评分如下：\n```json\n{\"score\": 8}\n```", Salvaged(8.0)),
            (r#"{"score":10}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":-1}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":7.5}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":8/10}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":"8/10"}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":"7分"}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":85}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":07}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":1e0}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":NaN}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":-Infinity}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":null}"#, Nothing(NoScore::Prose)),
            (r#"{"score":true}"#, Nothing(NoScore::Prose)),
            (r#"{"score":"high"}"#, Nothing(NoScore::Prose)),
            (r#"{"score":[7]}"#, Nothing(NoScore::Prose)),
            (r#"{"score":7"#, Nothing(NoScore::Prose)),
            (r#"{"score":整数}"#, Nothing(NoScore::Echo)),
            (r#"{"score":"whole number"}"#, Nothing(NoScore::Echo)),
            (r#"{"score":6,"score":7}"#, Nothing(NoScore::Contradictory)),
            (r#"{"score":6} {"score":7}"#, Nothing(NoScore::Contradictory)),
            ("Score: 7", Nothing(NoScore::Prose)),
            ("7", Nothing(NoScore::Prose)),
            ("7 > 6", Nothing(NoScore::Prose)),
        ],
    );
}

#[test]
fn classes_have_three_numbers() {
    check(
        &Rubric::safety(),
        &[
            (r#"{"score":2}"#, Strict(2.0)),
            (r#"{"score":0}"#, Strict(0.0)),
            (r#"{"score":3}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"score":"1.5"}"#, Nothing(NoScore::OutOfRange)),
        ],
    );
}

#[test]
fn a_number_for_each_criterion() {
    check(
        &Rubric::strict(),
        &[
            (r#"{"reason":"","relevance":10,"informativeness":8,"logic":9,"safety":5}"#, Strict(8.0)),
            (r#"{"scores":{"relevance":10,"informativeness":8,"logic":9,"safety":5}}"#, Salvaged(8.0)),
            (r#"{"相关性":10,"信息量":8,"逻辑性":9,"安全性":5}"#, Salvaged(8.0)),
            (r#"{"relevance":1,"informativeness":1,"logic":1,"safety":2,"overall":9}"#, Salvaged(1.25)),
            (r#"{"relevance":10,"informativeness":8,"logic":9}"#, Nothing(NoScore::Incomplete)),
            (r#"{"relevance":10,"informativeness":8,"logic":9,"safety":0}"#, Nothing(NoScore::OutOfRange)),
            (r#"{"relevance":10,"informativeness":8,"logic":9,"safety":"good"}"#, Nothing(NoScore::Prose)),
            (
                r#"{"relevance":10,"relevance":9,"informativeness":8,"logic":9,"safety":5}"#,
                Nothing(NoScore::Contradictory),
            ),
            (
                r#"{"relevance":10,"相关性":9,"informativeness":8,"logic":9,"safety":5}"#,
                Nothing(NoScore::Contradictory),
            ),
            (r#"{"score":8}"#, Nothing(NoScore::Prose)),
        ],
    );
}
