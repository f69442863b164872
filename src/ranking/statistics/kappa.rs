//! Agreement of two raters beyond what chance gives.

/// Cohen's kappa.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// 1 for full agreement, 0 for no more than by chance.
    pub value: f64,
    /// How often they agree; by weight where nearness counts.
    pub observed: f64,
    /// How often they would by chance.
    pub expected: f64,
}

/// Cohen's kappa (1960). `counts[a][b]`: how often the one said a and the other b; square. `None` where nothing is counted
/// or both always say the same one thing.
pub fn kappa(counts: &[Vec<f64>]) -> Option<Kappa> {
    weighted(counts, |one, other| f64::from(u8::from(one == other)))
}

/// The same for categories in order: an error counts by the square of its distance (Cohen 1968).
pub fn quadratic_kappa(counts: &[Vec<f64>]) -> Option<Kappa> {
    let longest = counts.len().saturating_sub(1).max(1) as f64;
    weighted(counts, |one, other| 1.0 - (one.abs_diff(other) as f64 / longest).powi(2))
}

fn weighted(counts: &[Vec<f64>], credit: impl Fn(usize, usize) -> f64) -> Option<Kappa> {
    let rows: Vec<f64> = counts.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> =
        (0..counts.len()).map(|column| counts.iter().filter_map(|row| row.get(column)).sum()).collect();
    let total: f64 = rows.iter().sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for (one, row) in counts.iter().enumerate() {
        for (other, count) in row.iter().enumerate().take(columns.len()) {
            observed += credit(one, other) * count / total;
            expected += credit(one, other) * rows[one] * columns[other] / (total * total);
        }
    }
    (total > 0.0 && expected < 1.0 - 1e-12).then(|| Kappa {
        value: (observed - expected) / (1.0 - expected),
        observed,
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    #[test]
    fn agreement_beyond_chance_is_that_worked_out_elsewhere() {
        let counts = [vec![20.0, 3.0, 2.0], vec![4.0, 15.0, 1.0], vec![2.0, 1.0, 2.0]];
        let plain = kappa(&counts).unwrap();
        near(plain.value, 0.550_173);
        near(plain.observed, 0.74);
        near(quadratic_kappa(&counts).unwrap().value, 0.434_389);
    }

    #[test]
    fn where_there_is_nothing_to_tell_there_is_no_figure() {
        assert_eq!(kappa(&[]), None);
        assert_eq!(kappa(&[vec![0.0, 0.0], vec![0.0, 0.0]]), None);
        assert_eq!(kappa(&[vec![9.0, 0.0], vec![0.0, 0.0]]), None);
        assert_eq!(kappa(&[vec![9.0, 0.0], vec![0.0, 9.0]]).unwrap().value, 1.0);
    }
}
