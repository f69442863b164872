//! Figures with their uncertainty: how often, how alike, how sure. Each says in its own file where it comes from.
//!
//! | file | what it gives |
//! |---|---|
//! | `interval` | a 95 % interval, Wilson's of a share |
//! | `binomial` | whether an even coin would do the same |
//! | `normal` | the normal distribution and its inverse |
//! | `ratio` | means over groups: weighted by how they were drawn, with errors by group |
//! | `bootstrap` | intervals of any figure, groups drawn again (BCa) |
//! | `tau` | whether two rankings are alike |
//! | `top` | whether the best one is the same |
//! | `kappa` | agreement of two raters beyond chance |
//! | `alpha` | agreement of many raters, with gaps (Krippendorff) |
//! | `slope` | from a margin to a probability, by one number |
//! | `isotonic` | the same by steps that never go down |
//! | `deviation` | the unit of a scorer's margins |

mod alpha;
mod binomial;
mod bootstrap;
mod deviation;
mod interval;
mod isotonic;
mod kappa;
mod normal;
mod ratio;
mod slope;
mod tau;
mod top;

pub use alpha::{Measure, alpha};
pub use binomial::even_odds;
pub use bootstrap::{RESAMPLES, bca};
pub use deviation::PooledDeviation;
pub use interval::{Interval, Z95, wilson};
pub use isotonic::{Steps, isotonic};
pub use kappa::{Kappa, kappa, quadratic_kappa};
pub use normal::{normal_below, normal_quantile};
pub use ratio::{Ratio, RatioSums, hajek};
pub use slope::{Slope, slope};
pub use tau::{MeanTau, mean_tau, tau_b};
pub use top::{Top, top};

#[cfg(test)]
mod worked {
    /// Numbers of JUDGING.md section 10 have six places.
    #[track_caller]
    pub(crate) fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 6e-7, "{found} is not {expected}");
    }
}
