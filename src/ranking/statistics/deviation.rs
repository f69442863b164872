//! The unit of a scorer's margins.

/// The standard deviation within groups, over all groups: sqrt(sum of squares around each group's mean / sum (N_g - 1)). A
/// reward model's scale is its own; margins are told in this unit, and under half of it they are a coin's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PooledDeviation {
    squares: f64,
    freedom: u64,
}

impl PooledDeviation {
    /// One group's scores; those without a number are left out by the caller.
    pub fn add(&mut self, scores: &[f64]) {
        if scores.len() < 2 {
            return;
        }
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        self.squares += scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>();
        self.freedom += scores.len() as u64 - 1;
    }

    /// The unit; `None` where no group has two scores, or all are the same.
    pub fn unit(&self) -> Option<f64> {
        (self.freedom > 0 && self.squares > 0.0).then(|| (self.squares / self.freedom as f64).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_far_apart_have_the_unit_of_what_is_in_them() {
        let mut pooled = PooledDeviation::default();
        for scores in [&[1.0, 3.0][..], &[101.0, 103.0, 102.0], &[7.0], &[]] {
            pooled.add(scores);
        }
        // (2 + 2) / (1 + 2)
        assert!((pooled.unit().unwrap() - (4.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(PooledDeviation::default().unit(), None);
        let mut same = PooledDeviation::default();
        same.add(&[2.0, 2.0]);
        assert_eq!(same.unit(), None);
    }
}
