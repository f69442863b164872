//! Scores from comparisons: ridge Bradley-Terry.
//!
//! Maximises `sum W_ij ln sigma(s_i - s_j) - (lambda / 2) sum s_i^2` by Newton's method, where `W_ij` is how often (or with
//! what weight) i won over j. The ridge keeps scores finite where a reply won or lost everything and where nothing was
//! compared; the scores sum to 0.

use super::logistic::sigmoid;
use super::wins::Wins;

/// The ridge: a prior standard deviation of 1.83 for each score.
pub const LAMBDA: f64 = 0.3;
/// No score moves farther in one step.
const LONGEST_STEP: f64 = 2.0;
/// Newton's method ends when no score moves farther than this.
const PRECISION: f64 = 1e-12;
/// It never came near to as many steps; a bound all the same.
const MOST_STEPS: u32 = 200;

/// Scores with their covariance. Errors tell how steady the judge is, not whether it is right.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Logits; they sum to 0.
    pub scores: Vec<f64>,
    /// The inverse Hessian.
    covariance: Vec<f64>,
}

impl Fit {
    fn covariance(&self, one: usize, other: usize) -> f64 {
        self.covariance[one * self.scores.len() + other]
    }

    /// The standard error of a score around the group's mean.
    pub fn error(&self, reply: usize) -> f64 {
        // The ridge leaves all scores free to move together, with this variance.
        let common = 1.0 / (LAMBDA * self.scores.len() as f64);
        (self.covariance(reply, reply) - common).max(0.0).sqrt()
    }

    /// The standard error of the difference of two scores.
    pub fn difference_error(&self, one: usize, other: usize) -> f64 {
        let variance = self.covariance(one, one) + self.covariance(other, other) - 2.0 * self.covariance(one, other);
        variance.max(0.0).sqrt()
    }

    /// How many standard errors two scores are apart; never negative.
    pub fn z(&self, one: usize, other: usize) -> f64 {
        let error = self.difference_error(one, other);
        if error > 0.0 { (self.scores[one] - self.scores[other]).abs() / error } else { 0.0 }
    }

    /// The probability that one wins over the other.
    pub fn chance(&self, one: usize, other: usize) -> f64 {
        sigmoid(self.scores[one] - self.scores[other])
    }

    /// All replies, best first; equal scores by index.
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.scores.len()).collect();
        order.sort_by(|&one, &other| self.scores[other].total_cmp(&self.scores[one]));
        order
    }

    /// Errors of differences for all `i < j`: (0,1), (0,2), …, (1,2), …, as a [`crate::domain::Judgement`] keeps them.
    pub fn spread(&self) -> Vec<f32> {
        let count = self.scores.len();
        (0..count)
            .flat_map(|one| (one + 1..count).map(move |other| (one, other)))
            .map(|(one, other)| self.difference_error(one, other) as f32)
            .collect()
    }
}

/// The scores that explain the wins best.
pub fn fit(wins: &Wins) -> Fit {
    let mut climb = Climb::new(wins);
    climb.rise();
    climb.into_fit()
}

/// Newton's method in vectors that are allocated once.
struct Climb<'wins> {
    wins: &'wins Wins,
    scores: Vec<f64>,
    gradient: Vec<f64>,
    step: Vec<f64>,
    /// The negative Hessian, then its Cholesky factor in the lower triangle.
    matrix: Vec<f64>,
}

impl<'wins> Climb<'wins> {
    fn new(wins: &'wins Wins) -> Self {
        let count = wins.count();
        Self {
            wins,
            scores: vec![0.0; count],
            gradient: vec![0.0; count],
            step: vec![0.0; count],
            matrix: vec![0.0; count * count],
        }
    }

    fn rise(&mut self) {
        self.look();
        for _ in 0..MOST_STEPS {
            self.factor();
            self.step.copy_from_slice(&self.gradient);
            solve(&self.matrix, &mut self.step);
            let longest = self.step.iter().fold(0.0, |longest: f64, part| longest.max(part.abs()));
            if longest < PRECISION {
                return;
            }
            if longest > LONGEST_STEP {
                self.step.iter_mut().for_each(|part| *part *= LONGEST_STEP / longest);
            }
            self.go();
        }
        self.factor();
    }

    /// Takes the step, or as much of it as does not lead down on the other side.
    fn go(&mut self) {
        let promise = dot(&self.gradient, &self.step);
        add(&mut self.scores, &self.step, 1.0);
        self.look();
        for _ in 0..60 {
            // Concave: a slope that is hardly negative at the end means that the way led up.
            if dot(&self.gradient, &self.step) >= -promise / 4.0 {
                return;
            }
            self.step.iter_mut().for_each(|part| *part /= 2.0);
            add(&mut self.scores, &self.step, -1.0);
            self.look();
        }
    }

    /// Gradient and negative Hessian where the scores are.
    fn look(&mut self) {
        let count = self.wins.count();
        self.matrix.fill(0.0);
        for (one, slope) in self.gradient.iter_mut().enumerate() {
            *slope = -LAMBDA * self.scores[one];
            self.matrix[one * count + one] = LAMBDA;
        }
        for one in 1..count {
            for other in 0..one {
                let wins = self.wins.of(one, other);
                let total = wins + self.wins.of(other, one);
                if total > 0.0 {
                    let chance = sigmoid(self.scores[one] - self.scores[other]);
                    let surprise = wins - total * chance;
                    self.gradient[one] += surprise;
                    self.gradient[other] -= surprise;
                    let bend = total * chance * (1.0 - chance);
                    self.matrix[one * count + one] += bend;
                    self.matrix[other * count + other] += bend;
                    self.matrix[one * count + other] = -bend;
                }
            }
        }
    }

    /// Cholesky: the lower triangle L with L L' = H. The ridge keeps H positive definite.
    fn factor(&mut self) {
        let count = self.wins.count();
        for row in 0..count {
            let (above, below) = self.matrix.split_at_mut(row * count);
            let this = &mut below[..count];
            for column in 0..row {
                let left = &above[column * count..column * count + column + 1];
                this[column] = (this[column] - dot(&this[..column], &left[..column])) / left[column];
            }
            let rest = this[row] - dot(&this[..row], &this[..row]);
            // Rounding alone can bring it below the ridge, by weights of a million.
            this[row] = rest.max(LAMBDA * f64::EPSILON).sqrt();
        }
    }

    fn into_fit(mut self) -> Fit {
        let count = self.wins.count();
        let mut covariance = vec![0.0; count * count];
        for (index, column) in covariance.chunks_exact_mut(count.max(1)).enumerate() {
            column[index] = 1.0;
            solve(&self.matrix, column);
        }
        let mean = self.scores.iter().sum::<f64>() / count.max(1) as f64;
        self.scores.iter_mut().for_each(|score| *score -= mean);
        Fit { scores: self.scores, covariance }
    }
}

/// Solves L L' x = b in place.
fn solve(factor: &[f64], vector: &mut [f64]) {
    let count = vector.len();
    for row in 0..count {
        let line = &factor[row * count..row * count + row + 1];
        vector[row] = (vector[row] - dot(&line[..row], &vector[..row])) / line[row];
    }
    for row in (0..count).rev() {
        let line = &factor[row * count..row * count + row + 1];
        let value = vector[row] / line[row];
        vector[row] = value;
        for (part, weight) in vector[..row].iter_mut().zip(line) {
            *part -= weight * value;
        }
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn add(vector: &mut [f64], step: &[f64], share: f64) {
    vector.iter_mut().zip(step).for_each(|(part, change)| *part += share * change);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ranking::wins::list_weight;

    fn wins(rows: &[&[f64]]) -> Wins {
        let mut wins = Wins::new(rows.len());
        for (winner, row) in rows.iter().enumerate() {
            row.iter().enumerate().for_each(|(loser, weight)| wins.add(winner, loser, *weight));
        }
        wins
    }

    fn errors(fit: &Fit) -> Vec<f64> {
        (0..fit.scores.len()).map(|reply| fit.error(reply)).collect()
    }

    #[track_caller]
    fn near(found: &[f64], expected: &[f64]) {
        let close = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 6e-7);
        assert!(close, "{found:?} is not {expected:?}");
    }

    /// JUDGING.md section 10; choix 0.4.1 gives the same scores.
    #[test]
    fn scores_and_their_errors_are_those_worked_out_elsewhere() {
        let first = fit(&wins(&[&[0.0, 3.0, 4.0], &[1.0, 0.0, 3.0], &[0.0, 1.0, 0.0]]));
        near(&first.scores, &[1.139_095, 0.0, -1.139_095]);
        near(&errors(&first), &[0.599_240, 0.515_960, 0.599_240]);
        near(&[first.difference_error(0, 1), first.chance(0, 1)], &[0.944_202, 0.757_513]);

        let circle = fit(&wins(&[&[0.0, 4.0, 0.0], &[0.0, 0.0, 4.0], &[4.0, 0.0, 0.0]]));
        near(&circle.scores, &[0.0; 3]);
        near(&errors(&circle), &[0.449_467; 3]);
        near(&[circle.difference_error(0, 1)], &[0.778_499]);

        let sparse =
            fit(&wins(&[&[0.0, 2.0, 1.5, 0.0], &[0.0, 0.0, 2.0, 1.0], &[0.5, 0.0, 0.0, 2.0], &[0.0, 1.0, 0.0, 0.0]]));
        near(&sparse.scores, &[1.174_661, -0.014_684, -0.257_109, -0.902_869]);
        near(&errors(&sparse), &[0.813_591, 0.615_954, 0.619_443, 0.748_967]);
        near(&[sparse.difference_error(0, 1)], &[1.159_866]);
    }

    #[test]
    fn lists_count_by_their_length_and_ties_count_half() {
        let mut lists = Wins::new(4);
        for order in [[0, 1, 2, 3], [1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2]] {
            lists.add_list(&order.map(|reply| vec![reply]), list_weight(4));
        }
        let lists = fit(&lists);
        near(&lists.scores, &[1.509_794, 0.571_520, -0.571_520, -1.509_794]);
        near(&errors(&lists), &[0.747_798, 0.642_952, 0.642_952, 0.747_798]);
        near(&[lists.difference_error(0, 1), lists.z(0, 1), lists.z(0, 3)], &[1.072_698, 0.874_686, 2.341_319]);

        let mut tied = Wins::new(4);
        tied.add_list(&[vec![0], vec![1, 2], vec![3]], list_weight(4));
        let tied = fit(&tied);
        near(&tied.scores, &[1.147_190, 0.0, 0.0, -1.147_190]);
        near(&errors(&tied), &[1.070_325, 0.973_866, 0.973_866, 1.070_325]);
        assert_eq!(list_weight(2), 1.0);
    }

    #[test]
    fn nothing_compared_is_all_equal_and_wide_open() {
        for count in [0, 1, 2, 20, 64] {
            let fit = fit(&Wins::new(count));
            assert_eq!(fit.scores, vec![0.0; count]);
            let prior = ((1.0 - 1.0 / count as f64) / LAMBDA).sqrt();
            assert!((0..count).all(|reply| (fit.error(reply) - prior).abs() < 1e-6), "{count}");
        }
        let mut wins = Wins::new(3);
        for (winner, loser, weight) in [(0, 0, 1.0), (0, 3, 1.0), (0, 1, 0.0), (0, 1, -1.0), (0, 1, f64::NAN)] {
            wins.add(winner, loser, weight);
        }
        assert_eq!(wins, Wins::new(3));
        assert!(!wins.is_compared(0));
    }

    #[test]
    fn errors_of_differences_are_kept_in_the_order_of_a_judgement() {
        let fit = fit(&wins(&[&[0.0, 3.0, 4.0], &[1.0, 0.0, 3.0], &[0.0, 1.0, 0.0]]));
        let expected: Vec<f32> =
            [(0, 1), (0, 2), (1, 2)].iter().map(|(one, other)| fit.difference_error(*one, *other) as f32).collect();
        assert_eq!(fit.spread(), expected);
    }

    fn any_wins(weight: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = Wins> {
        (1usize..=64).prop_flat_map(move |count| {
            proptest::collection::vec((0..count, 0..count, weight.clone()), 0..200).prop_map(move |games| {
                let mut wins = Wins::new(count);
                for (winner, loser, weight) in games {
                    wins.add(winner, loser, weight);
                }
                wins
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever a judge says, scores can be shown, sorted and stored; and they are the top of the hill.
        #[test]
        fn every_fit_is_finite_and_at_its_maximum(
            wins in any_wins(prop_oneof![0.0..4.0f64, 0.0..1e8f64, Just(1e300), Just(f64::INFINITY)]),
        ) {
            let fit = fit(&wins);
            let count = wins.count();
            prop_assert!(fit.scores.iter().sum::<f64>().abs() < 1e-9);
            let most = (0..count * count).map(|cell| wins.of(cell / count, cell % count)).fold(1.0, f64::max);
            for one in 0..count {
                prop_assert!(fit.scores[one].is_finite() && fit.error(one).is_finite());
                let slope: f64 = (0..count)
                    .map(|other| wins.of(one, other) - (wins.of(one, other) + wins.of(other, one)) * fit.chance(one, other))
                    .sum::<f64>()
                    - LAMBDA * fit.scores[one];
                prop_assert!(slope.abs() < 1e-9 * most * count as f64, "{one}: {slope}");
                for other in 0..count {
                    prop_assert!(fit.z(one, other).is_finite() && fit.difference_error(one, other).is_finite());
                }
            }
        }

        /// Which reply has which index changes no score.
        #[test]
        fn renumbered_replies_keep_their_scores(wins in any_wins(0.0..1000.0f64), seed in any::<u64>()) {
            let count = wins.count();
            let mut place: Vec<usize> = (0..count).collect();
            crate::domain::SplitMix64::new(seed).shuffle(&mut place);
            let mut moved = Wins::new(count);
            for one in 0..count {
                for other in 0..count {
                    moved.add(place[one], place[other], wins.of(one, other));
                }
            }
            let (before, after) = (fit(&wins), fit(&moved));
            for (before, place) in before.scores.iter().zip(place) {
                prop_assert!((before - after.scores[place]).abs() < 1e-6);
            }
        }
    }
}
