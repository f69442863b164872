//! From a margin to a probability, by steps that never go down.

/// A curve that never falls, through points that were seen; straight between them, level outside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// Where they are, ascending, each once.
    pub places: Vec<f64>,
    /// How high they are there, never falling.
    pub heights: Vec<f64>,
}

impl Steps {
    /// The height at a place.
    pub fn at(&self, place: f64) -> f64 {
        let after = self.places.partition_point(|other| *other <= place);
        let (Some(before), Some(&next)) = (after.checked_sub(1), self.places.get(after)) else {
            let end = if after == 0 { self.heights.first() } else { self.heights.last() };
            return end.copied().unwrap_or(f64::NAN);
        };
        let share = (place - self.places[before]) / (next - self.places[before]);
        self.heights[before] + share * (self.heights[after] - self.heights[before])
    }
}

/// The rising curve nearest to the points (place, value) by squares: neighbours that fall are put together until none does
/// (pool adjacent violators, Ayer and others 1955). Nothing comes out under `floor`. `None` of nothing.
pub fn isotonic(points: &[(f64, f64)], floor: f64) -> Option<Steps> {
    let mut sorted: Vec<(f64, f64)> =
        points.iter().copied().filter(|(place, value)| (place + value).is_finite()).collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut blocks: Vec<Block> = Vec::new();
    for (index, (place, value)) in sorted.iter().enumerate() {
        let mut block = Block { start: index, end: index + 1, sum: *value, count: 1.0 };
        // The same place twice is one point, whatever the values say.
        let joins = |before: &Block, block: &Block| sorted[before.end - 1].0 == *place || before.mean() >= block.mean();
        while let Some(before) = blocks.pop_if(|before| joins(before, &block)) {
            block = before.with(block);
        }
        blocks.push(block);
    }
    let mut steps = Steps { places: Vec::new(), heights: Vec::new() };
    for block in blocks {
        let height = block.mean().max(floor);
        for &(place, _) in &sorted[block.start..block.end] {
            if steps.places.last() != Some(&place) {
                steps.places.push(place);
                steps.heights.push(height);
            }
        }
    }
    (!steps.places.is_empty()).then_some(steps)
}

/// Points that share a height: where they begin and end among the sorted ones.
struct Block {
    start: usize,
    end: usize,
    sum: f64,
    count: f64,
}

impl Block {
    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    fn with(self, next: Self) -> Self {
        Self { start: self.start, end: next.end, sum: self.sum + next.sum, count: self.count + next.count }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(values: &[f64]) -> Vec<(f64, f64)> {
        values.iter().enumerate().map(|(place, value)| (place as f64, *value)).collect()
    }

    #[test]
    fn what_falls_is_put_together() {
        let steps = isotonic(&points(&[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]), f64::NEG_INFINITY).unwrap();
        assert_eq!(steps.heights, [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!([-1.0, 3.0, 3.5, 4.0, 9.0].map(|place| steps.at(place)), [0.5, 0.5, 0.75, 1.0, 1.0]);
        let floored = isotonic(&points(&[0.0, 0.0, 1.0]), 0.5).unwrap();
        assert_eq!(floored.heights, [0.5, 0.5, 1.0]);
        assert_eq!(isotonic(&[(f64::NAN, 1.0)], 0.5), None);
        let twice = isotonic(&[(1.0, 0.0), (1.0, 1.0), (2.0, 1.0)], 0.0).unwrap();
        assert_eq!((twice.places, twice.heights), (vec![1.0, 2.0], vec![0.5, 1.0]));
    }

    proptest! {
        /// A larger margin never means less agreement, and on the whole nobody is promised more than was seen.
        #[test]
        fn it_never_falls_and_keeps_the_mean(values in proptest::collection::vec(0.0..1.0f64, 1..60)) {
            let steps = isotonic(&points(&values), 0.0).unwrap();
            prop_assert!(steps.heights.windows(2).all(|two| two[0] <= two[1]));
            let difference: f64 = values.iter().sum::<f64>() - steps.heights.iter().sum::<f64>();
            prop_assert!(difference.abs() < 1e-9);
        }
    }
}
