//! How likely a judge calls a tie.

/// ln nu is looked for this far from 0.
const FARTHEST: f64 = 100.0;

/// Chances of win, tie and loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TieChances {
    /// The first wins.
    pub win: f64,
    /// Neither does.
    pub tie: f64,
    /// The other wins.
    pub loss: f64,
}

/// Davidson's model (1970): win : tie : loss = e^a : nu e^((a+b)/2) : e^b, where `difference` is a - b and `nu`, at least 0,
/// how readily the judge calls a tie.
pub fn tie_chances(difference: f64, nu: f64) -> TieChances {
    // All three divided by the largest of e^a and e^b, so that none overflows.
    let half = (difference / 2.0).abs();
    let (better, tie, worse) = (1.0, nu * (-half).exp(), (-2.0 * half).exp());
    let sum = better + tie + worse;
    let (win, loss) = if difference >= 0.0 { (better, worse) } else { (worse, better) };
    TieChances { win: win / sum, tie: tie / sum, loss: loss / sum }
}

/// The `nu` under which as many ties are expected as came: `compared` holds the difference of scores and the weight of each
/// comparison, ties included, `tied` is the weight of those that ended in a tie. For scores of a fit in which ties were half a
/// win each. `None` of nothing, and where all comparisons were ties; 0 where none was.
pub fn tie_readiness(compared: &[(f64, f64)], tied: f64) -> Option<f64> {
    let total: f64 = compared.iter().map(|(_, weight)| weight).sum();
    if !(total > 0.0 && (0.0..total).contains(&tied)) {
        return None;
    }
    if tied == 0.0 {
        return Some(0.0);
    }
    // More readiness, more ties: halving on its logarithm.
    let (mut low, mut high) = (-FARTHEST, FARTHEST);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        let nu = middle.exp();
        let expected: f64 = compared.iter().map(|(difference, weight)| weight * tie_chances(*difference, nu).tie).sum();
        if expected < tied {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::sigmoid;

    #[test]
    fn chances_of_a_tie_are_davidsons() {
        let TieChances { win, tie, loss } = tie_chances(0.8, 0.5);
        for (found, expected) in [(win, 0.560_385), (tie, 0.187_818), (loss, 0.251_797)] {
            assert!((found - expected).abs() < 6e-7, "{found} is not {expected}");
        }
        let turned = tie_chances(-0.8, 0.5);
        assert_eq!((turned.win, turned.tie, turned.loss), (loss, tie, win));
        assert_eq!(tie_chances(0.8, 0.0).win, sigmoid(0.8));
        assert_eq!(tie_chances(-4000.0, 0.5), TieChances { win: 0.0, tie: 0.0, loss: 1.0 });
    }

    #[test]
    fn readiness_is_found_again_from_the_ties_it_makes() {
        let compared = [(0.8, 10.0), (0.0, 4.0), (-2.5, 7.0)];
        for nu in [1e-3, 0.5, 20.0] {
            let tied = compared.iter().map(|(difference, weight)| weight * tie_chances(*difference, nu).tie).sum();
            let found = tie_readiness(&compared, tied).unwrap();
            assert!((found / nu - 1.0).abs() < 1e-9, "{found} is not {nu}");
        }
        assert_eq!(tie_readiness(&compared, 0.0), Some(0.0));
        assert_eq!(tie_readiness(&compared, 21.0), None);
        assert_eq!(tie_readiness(&[], 0.0), None);
        assert_eq!(tie_readiness(&compared, f64::NAN), None);
    }
}
