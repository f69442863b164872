//! Times and spans as people say them.

use super::Text;

impl Text {
    /// A time of day, or a date where it was not today.
    pub fn when(self, at: jiff::Timestamp) -> String {
        let zone = jiff::tz::TimeZone::system();
        let (then, now) = (at.to_zoned(zone.clone()), jiff::Timestamp::now().to_zoned(zone));
        let time = then.strftime("%H:%M").to_string();
        if then.date() == now.date() {
            return self.pick(format!("today at {time}"), format!("今天 {time}"));
        }
        if Some(then.date()) == now.date().yesterday().ok() {
            return self.pick(format!("yesterday, {time}"), format!("昨天 {time}"));
        }
        let date = then.date();
        self.pick(
            then.strftime("%-d %B %Y").to_string(),
            format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day()),
        )
    }

    /// A time of day with seconds.
    pub fn clock(self, at: jiff::Timestamp) -> String {
        at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S").to_string()
    }

    /// A span of seconds.
    pub fn span(self, seconds: f64) -> String {
        let seconds = seconds.max(0.0).round() as u64;
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match (hours, minutes) {
            (0, 0) => self.pick(format!("{rest} s"), format!("{rest} 秒")),
            (0, _) => self.pick(format!("{minutes} min {rest} s"), format!("{minutes} 分 {rest} 秒")),
            _ => self.pick(format!("{hours} h {minutes} min"), format!("{hours} 小时 {minutes} 分")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Text};

    #[test]
    fn spans_are_said_in_the_largest_units() {
        let english = Text::new(Language::English);
        assert_eq!(english.span(53.2), "53 s");
        assert_eq!(english.span(125.0), "2 min 5 s");
        assert_eq!(Text::new(Language::Chinese).span(8520.0), "2 小时 22 分");
    }
}
