//! Whether a coin would do the same.

/// How likely an even coin is at least as lopsided as `hits` of `count`: the exact binomial test against 1/2, two-sided.
/// 1 of nothing. Under .05, chance is a poor explanation.
pub fn even_odds(hits: u64, count: u64) -> f64 {
    let more = hits.min(count).max(count - hits.min(count));
    if 2 * more == count {
        return 1.0;
    }
    // The likeliest of the tail first, by logarithms; the others from it.
    let ways: f64 = (1..=count - more).map(|step| ((more + step) as f64 / step as f64).ln()).sum();
    let mut term = (ways - count as f64 * std::f64::consts::LN_2).exp();
    let mut tail = term;
    for seen in more..count {
        term *= (count - seen) as f64 / (seen + 1) as f64;
        tail += term;
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_that_prefers_the_first_is_told_from_chance() {
        assert!((even_odds(58, 76) - 4.713e-6).abs() < 5e-10, "{}", even_odds(58, 76));
        assert_eq!(even_odds(18, 76), even_odds(58, 76));
        for (hits, count, expected) in [(0, 0, 1.0), (1, 2, 1.0), (0, 1, 1.0), (0, 3, 0.25), (4, 5, 0.375), (2, 3, 1.0)]
        {
            assert!((even_odds(hits, count) - expected).abs() < 1e-12, "{hits} of {count}");
        }
        assert!(even_odds(1_000_000, 1_000_000) == 0.0);
        assert!((even_odds(500_500, 1_000_000) - 0.317_9).abs() < 1e-3);
    }
}
