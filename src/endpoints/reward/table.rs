//! The numbers for one reply, and the one among them that is its score.

use serde_json::Value;

use crate::domain::{NoScore, Points, RewardFinding, RewardNumbers, RewardRows, StepRule};

/// Beyond these, a float32 logistic function has lost what went in: it is exactly 1 from about 17 on.
const NEAREST: f64 = 1e-6;

/// Rows of numbers, all of one length. Numbers that are none are NaN.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    pub(super) rows: Vec<Vec<f64>>,
    /// The labels of the numbers of a row, in alphabetical order where the server gives them in any; empty for none.
    pub(super) labels: Vec<String>,
}

impl Table {
    /// A number, a list of them, rows of them, numbers with labels, or the text `label:number,label:number`.
    pub(super) fn read(value: &Value) -> Result<Self, NoScore> {
        let strange = || NoScore::WrongShape { said: start_of(value) };
        match value {
            Value::Number(_) | Value::Null => Ok(Self::of(vec![vec![number(value).ok_or_else(strange)?]])),
            Value::String(text) => Self::from_text(text).ok_or_else(strange),
            Value::Object(_) => Self::labelled(std::slice::from_ref(value)).ok_or_else(strange),
            Value::Array(items) if items.iter().any(Value::is_array) => {
                let row = |item: &Value| item.as_array()?.iter().map(number).collect::<Option<Vec<f64>>>();
                let rows: Vec<Vec<f64>> = items.iter().map(row).collect::<Option<_>>().ok_or_else(strange)?;
                let is_even = rows.iter().all(|row| row.len() == rows[0].len());
                is_even.then(|| Self::of(rows)).ok_or_else(strange)
            }
            Value::Array(items) if items.is_empty() => Ok(Self::default()),
            Value::Array(items) if items.iter().any(Value::is_object) => Self::labelled(items).ok_or_else(strange),
            Value::Array(items) => {
                let row = items.iter().map(number).collect::<Option<Vec<f64>>>().ok_or_else(strange)?;
                Ok(Self::of(vec![row]))
            }
            Value::Bool(_) => Err(strange()),
        }
    }

    fn of(rows: Vec<Vec<f64>>) -> Self {
        Self { rows, labels: Vec::new() }
    }

    fn with_labels(mut pairs: Vec<(String, f64)>) -> Option<Self> {
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        if pairs.is_empty() || pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return None;
        }
        let (labels, row) = pairs.into_iter().unzip();
        Some(Self { rows: vec![row], labels })
    }

    /// `{"label", "score"}`, sorted by score in the servers that have them.
    fn labelled(items: &[Value]) -> Option<Self> {
        let pair = |item: &Value| Some((item.get("label")?.as_str()?.to_owned(), number(item.get("score")?)?));
        Self::with_labels(items.iter().map(pair).collect::<Option<_>>()?)
    }

    /// `helpfulness:1.25,correctness:0.43`, as NVIDIA's reward models write it, or a number alone.
    fn from_text(text: &str) -> Option<Self> {
        let read = |text: &str| text.trim().parse::<f64>().ok();
        if let Some(alone) = read(text) {
            return Some(Self::of(vec![vec![finite(alone)]]));
        }
        let pair = |part: &str| {
            let (label, number) = part.rsplit_once(':')?;
            let label = label.trim();
            (!label.is_empty() && label.len() <= 64).then_some((label.to_owned(), finite(read(number)?)))
        };
        Self::with_labels(text.trim().trim_end_matches(',').split(',').map(pair).collect::<Option<_>>()?)
    }

    /// Numbers of a row.
    pub(super) fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The labels, or the places where there are none.
    pub(super) fn names(&self) -> Vec<String> {
        if self.labels.is_empty() {
            (0..self.width()).map(|place| place.to_string()).collect()
        } else {
            self.labels.clone()
        }
    }

    /// The score by a finding, and the number behind it before anything was made of it.
    pub(super) fn score(&self, finding: &RewardFinding, tokens: Option<u32>) -> (Option<f64>, Result<Points, NoScore>) {
        let column = match self.column(finding, tokens) {
            Ok(column) => column,
            Err(why) => return (None, Err(why)),
        };
        let raw = chosen(&column, finding.rows).filter(|raw| raw.is_finite());
        let undone: Result<Vec<f64>, NoScore> = column.iter().map(|number| undo(*number, finding.numbers)).collect();
        let result = undone.and_then(|numbers| match chosen(&numbers, finding.rows) {
            Some(value) if value.is_finite() => Ok(Points { value, error: None }),
            _ => Err(NoScore::NotFinite),
        });
        (raw, result)
    }

    /// The numbers that may count: of the reward's label, of the last token or all steps.
    fn column(&self, finding: &RewardFinding, tokens: Option<u32>) -> Result<Vec<f64>, NoScore> {
        let strange = |said: String| NoScore::WrongShape { said };
        let rows = self.rows.len();
        let fits = match finding.rows {
            RewardRows::One => rows == 1,
            RewardRows::LastToken => rows > 0 && tokens.is_none_or(|tokens| tokens as usize == rows),
            RewardRows::Steps(_) => rows > 0,
        };
        if !fits {
            return Err(strange(format!("{rows} rows")));
        }
        if self.width() != finding.labels.len().max(1) {
            return Err(strange(format!("{} numbers", self.width())));
        }
        let place = match finding.label {
            None => 0,
            // By its name: servers sort by score, and one that was started again may have other labels.
            Some(place) => {
                let name = finding.labels.get(place as usize);
                let found = name.and_then(|name| self.names().iter().position(|other| other == name));
                found.ok_or_else(|| strange(self.names().join(", ")))?
            }
        };
        let last = &self.rows[rows - 1..];
        let counted = if matches!(finding.rows, RewardRows::Steps(_)) { self.rows.as_slice() } else { last };
        Ok(counted.iter().map(|row| row[place]).collect())
    }
}

fn chosen(column: &[f64], rows: RewardRows) -> Option<f64> {
    match rows {
        // A minimum that passes over numbers that are none would hide them.
        RewardRows::Steps(_) if column.iter().any(|number| number.is_nan()) => None,
        RewardRows::Steps(StepRule::Minimum) => column.iter().copied().min_by(f64::total_cmp),
        RewardRows::Steps(StepRule::Mean) => Some(column.iter().sum::<f64>() / column.len() as f64),
        _ => column.last().copied(),
    }
}

fn undo(number: f64, numbers: RewardNumbers) -> Result<f64, NoScore> {
    match numbers {
        _ if !number.is_finite() => Err(NoScore::NotFinite),
        RewardNumbers::Raw | RewardNumbers::RawByServer => Ok(number),
        RewardNumbers::InverseSigmoid if !(0.0..=1.0).contains(&number) => {
            Err(NoScore::WrongShape { said: format!("{number}, not between 0 and 1") })
        }
        RewardNumbers::InverseSigmoid if number <= NEAREST || number >= 1.0 - NEAREST => Err(NoScore::Saturated),
        RewardNumbers::InverseSigmoid => Ok((number / (1.0 - number)).ln()),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().map(finite),
        Value::Null => Some(f64::NAN),
        Value::String(text) => text.trim().parse::<f64>().ok().map(finite),
        _ => None,
    }
}

fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { f64::NAN }
}

/// The start of what came, for people's eyes.
fn start_of(value: &Value) -> String {
    value.to_string().chars().take(200).collect()
}
