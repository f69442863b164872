//! What the numbers of a reward model are: told by asking again without the switch, and by texts that no model likes.

use super::presets::without;
use crate::domain::RewardRequest;

/// Fields that ask for the model's own numbers.
const SWITCHES: [&str; 2] = ["use_activation", "activation"];

/// The same request without the switch for raw numbers; `None` where it has none.
pub(super) fn unswitched(request: &RewardRequest) -> Option<RewardRequest> {
    let has = SWITCHES.iter().any(|name| request.body.get(*name).is_some());
    has.then(|| without(request, &SWITCHES))
}

/// The request with the switch of vLLM 0.10.1 to 0.11.0. Alone: 0.11.1 to 0.13.0 take its presence for yes.
pub(super) fn older_switch(request: &RewardRequest) -> Option<RewardRequest> {
    request.body.get("use_activation")?;
    let mut other = without(request, &SWITCHES);
    other.body["activation"] = serde_json::json!(false);
    Some(other)
}

/// Whether numbers changed as a logistic function changes them: the second ones are nearer to the logistic of the first
/// than to the first. One number alone may be .659, which is its own logistic.
pub(super) fn became_squashed(first: [f64; 2], second: [f64; 2]) -> bool {
    let logistic = |number: f64| 1.0 / (1.0 + (-number).exp());
    let distance = |one: [f64; 2]| (one[0] - second[0]).abs() + (one[1] - second[1]).abs();
    distance(first.map(logistic)) < distance(first)
}

/// Whether a number may be a probability.
pub(super) fn is_within(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

/// The flag that makes a vLLM of this version give a classifier's own numbers.
pub(super) fn raw_flag(version: Option<&str>) -> String {
    let mut parts = version.unwrap_or_default().split(['.', '+', '-', 'r']).map(|part| part.parse::<u32>().ok());
    let mut next = || parts.next().flatten();
    let number = next().map(|major| (major, next().unwrap_or(0), next().unwrap_or(0)));
    match number {
        Some(number) if number <= (0, 10, 0) => r#"--override-pooler-config '{"softmax": false}'"#,
        Some(number) if number <= (0, 11, 0) => r#"--override-pooler-config '{"activation": false}'"#,
        _ => r#"--pooler-config '{"use_activation": false}'"#,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_the_one_that_the_version_knows() {
        let cases = [
            ("0.8.5", r#"--override-pooler-config '{"softmax": false}'"#),
            ("0.9.2.dev1+g1", r#"--override-pooler-config '{"softmax": false}'"#),
            ("0.10.0", r#"--override-pooler-config '{"softmax": false}'"#),
            ("0.10.1.1", r#"--override-pooler-config '{"activation": false}'"#),
            ("0.11.0rc1", r#"--override-pooler-config '{"activation": false}'"#),
            ("0.11.1", r#"--pooler-config '{"use_activation": false}'"#),
            ("0.32.0+cpu", r#"--pooler-config '{"use_activation": false}'"#),
            ("dev", r#"--pooler-config '{"use_activation": false}'"#),
        ];
        for (version, flag) in cases {
            assert_eq!(raw_flag(Some(version)), flag, "{version}");
        }
    }

    #[test]
    fn a_logit_that_is_its_own_logistic_does_not_hide_the_change() {
        let logistic = |number: f64| 1.0 / (1.0 + (-number).exp());
        for (a, b) in [(0.659, 0.2), (0.1, 0.9), (0.66, 0.65), (3.0, -4.0)] {
            assert!(became_squashed([a, b], [logistic(a), logistic(b)]), "{a} {b}");
            assert!(!became_squashed([a, b], [a, b]), "{a} {b}");
        }
    }
}
