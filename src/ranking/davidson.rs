//! How likely a judge calls a tie.

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
}
