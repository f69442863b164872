//! Intervals that hold the true figure 95 times in 100.

/// The normal quantile of 97.5 %.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// It holds the value.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// Wilson's interval (1927) of a share: `hits` of `count`, where each of them came about on its own. Inside 0 to 1 and sound
/// for few, for none and for all. `None` of nothing.
pub fn wilson(hits: f64, count: f64) -> Option<Interval> {
    if count <= 0.0 || !(0.0..=count).contains(&hits) {
        return None;
    }
    let share = hits / count;
    let stretch = Z95 * Z95 / count;
    let middle = share + stretch / 2.0;
    let half = Z95 * (share * (1.0 - share) / count + stretch / (4.0 * count)).sqrt();
    let low = if hits > 0.0 { (middle - half) / (1.0 + stretch) } else { 0.0 };
    let high = if hits < count { (middle + half) / (1.0 + stretch) } else { 1.0 };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    #[test]
    fn wilsons_intervals_are_those_worked_out_elsewhere() {
        for (hits, count, low, high) in
            [(367.0, 656.0, 0.521_224, 0.596_986), (76.0, 311.0, 0.199_924, 0.295_060), (0.0, 20.0, 0.0, 0.161_125)]
        {
            let interval = wilson(hits, count).unwrap();
            near(interval.low, low);
            near(interval.high, high);
            // The other side of the coin.
            let other = wilson(count - hits, count).unwrap();
            near(other.low, 1.0 - high);
            near(other.high, 1.0 - low);
            assert!(interval.contains(hits / count));
        }
        assert_eq!(wilson(0.0, 0.0), None);
        assert_eq!(wilson(3.0, 2.0), None);
        assert_eq!(wilson(f64::NAN, 2.0), None);
    }
}
