//! Orders of three replies, QX, VD and ZK.

use Comes::{Nothing, Partly, Salvaged, Strict};

use super::*;

/// Tiers by place: `0>1=2`.
fn order(said: Said) -> String {
    let Said::Order(tiers) = said else { panic!("{said:?} is no order") };
    let tier = |tier: &Vec<usize>| tier.iter().map(usize::to_string).collect::<Vec<_>>().join("=");
    tiers.iter().map(tier).collect::<Vec<_>>().join(">")
}

fn check(cases: &[(Answer, Comes<&str>)]) {
    for (answer, comes) in cases {
        let found = came(read_as(CallKind::List, &names(), &Rubric::general(), answer), order);
        let expected = match comes {
            Strict(order) => Strict((*order).to_owned()),
            Salvaged(order) => Salvaged((*order).to_owned()),
            Partly(order) => Partly((*order).to_owned()),
            Nothing(gap) => Nothing(gap.clone()),
        };
        assert_eq!(found, expected, "{answer:?}");
    }
}

#[test]
fn orders_as_they_were_asked_for() {
    check(&[
        (said(r#"{"reason":"QX is right","order":[["QX"],["VD","ZK"]]}"#), Strict("0>1=2")),
        (said(r#"{"order":[["ZK"],["VD"],["QX"]]}"#), Strict("2>1>0")),
        (said(r#"{"order":[["QX","VD","ZK"]]}"#), Strict("0=1=2")),
        (said("  {\n \"reason\" : \"\",\n \"order\" : [ [\"QX\"] , [\"ZK\"], [\"VD\"] ]\n}\n"), Strict("0>2>1")),
        (said("\u{feff}{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}"), Strict("0>1>2")),
        (thought(r#"{"order":[["VD"],["QX"],["ZK"]]}"#, r#"{"order":[["QX"],["VD"],["ZK"]]}"#), Strict("1>0>2")),
        (said(r#"{"reason":"a reply shows </think> and [[R","order":[["QX"],["VD"],["ZK"]]}"#), Strict("0>1>2")),
        (said(r#"{"reason":"引用了 \"第一\" {这里}","order":[["QX"],["VD"],["ZK"]]}"#), Strict("0>1>2")),
    ]);
}

#[test]
fn orders_that_are_found() {
    check(&[
        (said("```json\n{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}\n```"), Salvaged("0>1>2")),
        (said("Here is my verdict:\n{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}\nI hope this helps."), Salvaged("0>1>2")),
        (said("我的结论如下：\n{\"order\":[[\"VD\"],[\"QX\"],[\"ZK\"]]}"), Salvaged("1>0>2")),
        (
            said("<think>QX first? {\"order\":[[\"ZK\"]]} no</think>{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}"),
            Salvaged("0>1>2"),
        ),
        (said("so it is QX.</think>\n\n{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}"), Salvaged("0>1>2")),
        (said(r#"{"order":["QX","VD","ZK"]}"#), Salvaged("0>1>2")),
        (said(r#"{"order":["QX",["VD","ZK"]]}"#), Salvaged("0>1=2")),
        (said(r#"{"order":[["QX"],["VD"],["ZK"],]}"#), Salvaged("0>1>2")),
        (said("{'reason': 'it's fine', 'order': [['QX'], ['VD'], ['ZK']]}"), Salvaged("0>1>2")),
        (said("{“order”：[[“QX”]，[“VD”，“ZK”]]}"), Salvaged("0>1=2")),
        (said("{order: [[QX], [VD], [ZK]]}"), Salvaged("0>1>2")),
        (said(r#"{"order":[["qx"],["vd"],["zk"]]}"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["[QX]"],["\"VD\""],["Reply ZK"]]}"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["回复 QX"],["R VD"],["【ZK】"]]}"#), Salvaged("0>1>2")),
        (said(r#"{"Order":[["ＱＸ"],["VD"],["ZK"]]}"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["QX"],[],["VD","ZK"]]}"#), Salvaged("0>1=2")),
        (said(r#"{"order":[{"id":"QX"},{"id":"VD"},{"id":"ZK"}]}"#), Salvaged("0>1>2")),
        (said(r#"{"order":"QX > VD = ZK"}"#), Salvaged("0>1=2")),
        (said(r#"{"result":{"order":[["QX"],["VD"],["ZK"]]}}"#), Salvaged("0>1>2")),
        (said(r#"[{"order":[["QX"],["VD"],["ZK"]]}]"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["QX"],["VD"],["ZK"]],"confidence":0.9}"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["QX"],["VD"],["ZK"]],"order":[["QX"],["VD"],["ZK"]]}"#), Salvaged("0>1>2")),
        (said("{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}\n{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}"), Salvaged("0>1>2")),
        (said("{\"reason\":\"two\nlines\",\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}"), Salvaged("0>1>2")),
        (said(r#"{"reason":"it says "choose me" here","order":[["QX"],["VD"],["ZK"]]}"#), Salvaged("0>1>2")),
        (said(r#"The set {a, b} is odd. {"order":[["QX"],["VD"],["ZK"]]}"#), Salvaged("0>1>2")),
        // Half an object, with the verdict in it.
        (said(r#"{"order":[["QX"],["VD"],["ZK"]]"#), Salvaged("0>1>2")),
        (said(r#"{"order":[["QX"],["VD"],["ZK"]],"reason":"because"#), Salvaged("0>1>2")),
        (cut(r#"{"order":[["QX"],["VD"],["ZK"]],"reason":"because"#), Salvaged("0>1>2")),
        (cut("```json\n{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}\n``"), Salvaged("0>1>2")),
        // The example and then the verdict.
        (said(r#"{"order":[["id"],["id","id"]]} means: {"order":[["QX"],["VD"],["ZK"]]}"#), Salvaged("0>1>2")),
        // Prose.
        (said("QX is correct, VD rambles.\n\nQX > VD = ZK"), Salvaged("0>1=2")),
        (said("I compared them.\n**Final order: QX > ZK > VD.**\n"), Salvaged("0>2>1")),
        (said("先看事实。\n排序：QX＞VD＝ZK。"), Salvaged("0>1=2")),
    ]);
}

#[test]
fn what_is_no_order() {
    check(&[
        (said(""), Nothing(NoScore::Prose)),
        (said("All three replies have their merits."), Nothing(NoScore::Prose)),
        (said("三个回复各有长处，难分高下。"), Nothing(NoScore::Prose)),
        (said(r#"[["QX"],["VD"],["ZK"]]"#), Nothing(NoScore::Prose)),
        (said(r#"{"reason":"QX is best"}"#), Nothing(NoScore::Prose)),
        (said(r#"{"order":[[["QX"]],[["VD"]],[["ZK"]]]}"#), Nothing(NoScore::Prose)),
        (
            said(r#"{"order":[{"id":"QX","rank":3},{"id":"VD","rank":2},{"id":"ZK","rank":1}]}"#),
            Nothing(NoScore::Prose),
        ),
        (said(r#"{"order":{"QX":1,"VD":2,"ZK":3}}"#), Nothing(NoScore::Prose)),
        (said(r#"{"order":[["QX"],["VD"],["ZK"]}"#), Nothing(NoScore::Prose)),
        (said(r#"{"order":null}"#), Nothing(NoScore::Prose)),
        (said(r#"{"reason":"a","order":[["QX"],["VD"#), Nothing(NoScore::Prose)),
        // A verdict inside an object that cannot be read is nobody's verdict.
        (
            said(r#"{"reason":"it wants {"order":[["ZK"],["VD"],["QX"]]}, no","order":[["QX"],["VD"],["ZK"]]}"#),
            Nothing(NoScore::Prose),
        ),
        (said("QX > VD"), Nothing(NoScore::Prose)),
        (said("QX > VD > ZK > QX"), Nothing(NoScore::Prose)),
        (said("QX > VD > ZK\nI am sure of it."), Nothing(NoScore::Prose)),
        (said("ZK < VD < QX"), Nothing(NoScore::Prose)),
        // Left out.
        (said(r#"{"order":[["QX"],["VD"]]}"#), Partly("0>1")),
        (said(r#"{"order":[["QX","ZK"]]}"#), Partly("0=2")),
        (said(r#"{"order":[["QX"]]}"#), Nothing(NoScore::Incomplete)),
        (said(r#"{"order":[]}"#), Nothing(NoScore::Incomplete)),
        // Names.
        (said(r#"{"order":[["QX"],["VD"],["VD"],["ZK"]]}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"order":[["QX"],["VD"],["ZK"],["qx"]]}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"order":[["A"],["B"],["C"]]}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"order":[["QX"],["VD"],["ZK"],["PP"]]}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"order":[[1],[2],[3]]}"#), Nothing(NoScore::BadNames)),
        (said(r#"{"order":[["QXVD"],["ZK"]]}"#), Nothing(NoScore::BadNames)),
        // Two that differ.
        (
            said("{\"order\":[[\"QX\"],[\"VD\"],[\"ZK\"]]}\nOn reflection:\n{\"order\":[[\"VD\"],[\"QX\"],[\"ZK\"]]}"),
            Nothing(NoScore::Contradictory),
        ),
        (said(r#"{"order":[["QX"],["VD"],["ZK"]],"order":[["VD"],["QX"],["ZK"]]}"#), Nothing(NoScore::Contradictory)),
        (
            said(r#"{"a":{"order":[["QX"],["VD"],["ZK"]]},"b":{"order":[["VD"],["QX"],["ZK"]]}}"#),
            Nothing(NoScore::Contradictory),
        ),
        (said("QX > VD > ZK\nor rather\nVD > QX > ZK"), Nothing(NoScore::Contradictory)),
        // Echoes.
        (said(r#"{"reason":"at most 40 words","order":[["id"],["id","id"]]}"#), Nothing(NoScore::Echo)),
        (said(r#"{"reason":"不超过 60 字","order":[["编号"],["编号","编号"]]}"#), Nothing(NoScore::Echo)),
        (said("[[R QX 3d4e5f]]\nParis.\n[[/R QX 3d4e5f]]"), Nothing(NoScore::Echo)),
        (said(r#"{"order":[["[[R QX 3d4e5f]]"],["VD"],["ZK"]]}"#), Nothing(NoScore::Echo)),
        // Refusals.
        (said("I'm sorry, but I can't assist with that request."), Nothing(NoScore::Refusal)),
        (said("抱歉，我无法对这些内容进行评判。"), Nothing(NoScore::Refusal)),
        (declined("I cannot rank these."), Nothing(NoScore::Refusal)),
        (
            Answer { finish_reason: Some("content_filter".to_owned()), ..said(r#"{"order":[["QX"],["VD"],["ZK"]]}"#) },
            Nothing(NoScore::Refusal),
        ),
        // Only thought.
        (thought("", r#"{"order":[["QX"],["VD"],["ZK"]]}"#), Nothing(NoScore::OnlyReasoning)),
        (said(r#"<think>{"order":[["QX"],["VD"],["ZK"]]}</think>"#), Nothing(NoScore::OnlyReasoning)),
        // Cut.
        (said(r#"<think>hm {"order":[["QX"],["VD"],["ZK"]]}"#), Nothing(NoScore::Truncated)),
        (cut(r#"{"reason":"QX is bet"#), Nothing(NoScore::Truncated)),
        (cut(r#"{"order":[["QX"],["VD"],["ZK"]"#), Nothing(NoScore::Truncated)),
        (cut(r#"{"order":[["QX"],["VD"],["ZK"]]} But wait, VD"#), Nothing(NoScore::Truncated)),
        (cut(r#"{"order":[["QX"],["VD"]]}"#), Nothing(NoScore::Truncated)),
        (cut("QX > VD > ZK"), Nothing(NoScore::Truncated)),
        (cut(""), Nothing(NoScore::Truncated)),
        (Answer { finish_reason: Some("abort".to_owned()), ..said("{\"reason\":\"a") }, Nothing(NoScore::Truncated)),
        // Loops.
        (cut(&format!("{{\"reason\":\"{}", "QX is better than VD, and ".repeat(30))), Nothing(NoScore::Loop)),
        (cut(&format!("{{\"order\":[[\"QX\"],{}", "\n".repeat(500))), Nothing(NoScore::Loop)),
        (Answer { finish_reason: Some("repetition".to_owned()), ..said("the the the") }, Nothing(NoScore::Loop)),
        (Answer { reasoning: Some("wait, no; ".repeat(60)), ..cut("") }, Nothing(NoScore::Loop)),
    ]);
}
