//! How long a server asks to be left alone.

use std::time::Duration;

use reqwest::header::HeaderMap;

/// Longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// `Retry-After` in seconds or as a date, or `retry-after-ms` (OpenAI, Azure): how long to wait.
pub(super) fn retry_after(headers: &HeaderMap, now: jiff::Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let millis = text("retry-after-ms").and_then(number).map(|millis| millis / 1000.0);
    let seconds = millis.or_else(|| {
        let text = text("retry-after")?;
        number(text).or_else(|| {
            let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
            let date = parser.parse_timestamp(text).ok()?;
            Some(date.duration_since(now).as_secs_f64().max(0.0))
        })
    })?;
    Some(Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_wait_is_read_in_all_its_forms() {
        let now: jiff::Timestamp = "2026-11-21T07:28:00Z".parse().unwrap();
        let wait = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, reqwest::header::HeaderValue::from_static(value));
            retry_after(&headers, now).map(|wait| wait.as_millis())
        };
        assert_eq!(wait("retry-after", "7"), Some(7000));
        assert_eq!(wait("retry-after", "0.5"), Some(500));
        assert_eq!(wait("retry-after-ms", "250"), Some(250));
        assert_eq!(wait("retry-after", "Sat, 21 Nov 2026 07:28:30 GMT"), Some(30_000));
        assert_eq!(wait("retry-after", "Sat, 21 Nov 2026 07:00:00 GMT"), Some(0));
        assert_eq!(wait("retry-after", "1e300"), Some(300_000));
        for none in ["-1", "NaN", "soon", ""] {
            assert_eq!(wait("retry-after", none), None, "{none}");
        }
    }
}
