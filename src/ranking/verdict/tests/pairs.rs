//! The better of two replies, QX and VD.

use Comes::{Nothing, Salvaged, Strict};

use super::*;

#[test]
fn winners() {
    let first = || Some(0);
    let cases: Vec<(Answer, Comes<Option<usize>>)> = vec![
        (said(r#"{"reason":"QX is right","winner":"QX"}"#), Strict(first())),
        (said(r#"{"winner":"VD"}"#), Strict(Some(1))),
        (said(r#"{"reason":"","winner":"tie"}"#), Strict(None)),
        (said(r#"{"winner":"Tie"}"#), Salvaged(None)),
        (said(r#"{"winner":"平局"}"#), Salvaged(None)),
        (said(r#"{"winner":["QX"]}"#), Salvaged(first())),
        (said(r#"{"winner":QX}"#), Salvaged(first())),
        (said("```\n{\"winner\": \"QX\"}\n```"), Salvaged(first())),
        (said(r#"{"winner":"QX"#), Nothing(NoScore::Prose)),
        (said(r#"{"winner":"QX""#), Salvaged(first())),
        (cut(r#"{"winner":"QX","reason":"it"#), Salvaged(first())),
        (cut(r#"{"winner":"Q"#), Nothing(NoScore::Truncated)),
        (said("VD > QX"), Salvaged(Some(1))),
        (said("结论：QX = VD"), Salvaged(None)),
        (said("QX"), Nothing(NoScore::Prose)),
        (said("The winner is QX."), Nothing(NoScore::Prose)),
        (said(r#"{"winner":"both"}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"winner":"A"}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"winner":null}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"winner":"QX or VD"}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"winner":["QX","VD"]}"#), Nothing(NoScore::Prose)),
        (said(r#"{"winner":"id or tie"}"#), Nothing(NoScore::Echo)),
        (said(r#"{"winner":"编号或 tie"}"#), Nothing(NoScore::Echo)),
        (said(r#"{"winner":"QX","winner":"VD"}"#), Nothing(NoScore::Contradictory)),
        (said(r#"{"winner":"QX"} {"winner":"VD"}"#), Nothing(NoScore::Contradictory)),
        (said("I cannot choose between them."), Nothing(NoScore::Refusal)),
    ];
    let names = &names()[..2];
    for (answer, expected) in cases {
        let found = came(read_as(CallKind::Pair, names, &Rubric::general(), &answer), |said| match said {
            Said::Winner(winner) => winner,
            other => panic!("{other:?} is no winner"),
        });
        assert_eq!(found, expected, "{answer:?}");
    }
}
