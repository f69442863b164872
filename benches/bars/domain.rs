//! Small rules that run often.

use std::hint::black_box;

use criterion::Criterion;
use pairloom::domain::{GroupId, Prompt, ReplyId, Tiers, Verdict, pair_count, shown_order};
use pairloom::formats::ms_swift;

fn pairs(bench: &mut Criterion) {
    let replies: Vec<ReplyId> = (0..20).map(|_| ReplyId::new()).collect();
    let texts: Vec<String> = replies.iter().map(|id| id.to_string().repeat(200)).collect();
    let Ok(tiers) = Tiers::from_checked(&replies, &replies[..5]) else { return };
    let verdict = Verdict::Ranked(tiers);
    let text_of = |id: ReplyId| replies.iter().position(|reply| *reply == id).map(|index| texts[index].as_str());
    bench
        .bench_function("pairs of 20 replies of 7 KB", |bench| bench.iter(|| pair_count(black_box(&verdict), text_of)));
    let prompt = Prompt::new(Some("system".to_owned()), "user");
    bench.bench_function("one ms-swift row of 14 KB", |bench| {
        bench.iter(|| ms_swift::row(black_box(&prompt), &texts[0], &texts[1]));
    });
    let group = GroupId::new();
    bench.bench_function("shown order of 20", |bench| bench.iter(|| shown_order(black_box(group), 0, 20)));
}

pub(crate) fn bench(mut criterion: Criterion) {
    pairs(&mut criterion);
    criterion.final_summary();
}
