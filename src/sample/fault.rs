//! Faults that the sample server plays on request, for trying out how the app takes them.

use std::str::FromStr;

/// One fault. `first` limits it to so many chat requests, after which all is well; `None` is for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Waits before it answers.
    Delay { millis: u64 },
    /// 429 with `Retry-After: 1`.
    TooMany { first: Option<u64> },
    /// 500.
    Internal { first: Option<u64> },
    /// 401 as vLLM answers a wrong key.
    Unauthorized,
    /// The stream ends in the middle of a reply.
    Cut { first: Option<u64> },
    /// An event in the middle of the stream is no JSON.
    Garbage { first: Option<u64> },
    /// Replies without text.
    Empty { first: Option<u64> },
    /// One reply, whatever `n` says.
    IgnoreN,
    /// A web page, as a proxy sends it.
    Html { first: Option<u64> },
}

/// A fault mode that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault mode `{0}`; there are delay:MILLIS, 429[:TIMES], 500[:TIMES], 401, cut[:TIMES], garbage[:TIMES], empty[:TIMES], html[:TIMES], ignore-n"
)]
pub struct FaultError(String);

impl Fault {
    /// Whether the fault is played for the chat request with this number, counted from 0.
    pub(super) fn strikes(&self, number: u64) -> bool {
        match self {
            Self::Delay { .. } | Self::Unauthorized | Self::IgnoreN => true,
            Self::TooMany { first }
            | Self::Internal { first }
            | Self::Cut { first }
            | Self::Garbage { first }
            | Self::Empty { first }
            | Self::Html { first } => first.is_none_or(|first| number < first),
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let unknown = || FaultError(text.to_owned());
        let (name, value) = text.split_once(':').map_or((text, None), |(name, value)| (name, Some(value)));
        let number = value.map(str::parse::<u64>).transpose().map_err(|_| unknown())?;
        match (name, number) {
            ("delay", Some(millis)) => Ok(Self::Delay { millis }),
            ("429", first) => Ok(Self::TooMany { first }),
            ("500", first) => Ok(Self::Internal { first }),
            ("401", None) => Ok(Self::Unauthorized),
            ("cut", first) => Ok(Self::Cut { first }),
            ("garbage", first) => Ok(Self::Garbage { first }),
            ("empty", first) => Ok(Self::Empty { first }),
            ("html", first) => Ok(Self::Html { first }),
            ("ignore-n", None) => Ok(Self::IgnoreN),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_and_end_when_they_say() {
        assert_eq!("429:2".parse(), Ok(Fault::TooMany { first: Some(2) }));
        assert_eq!("delay:50".parse(), Ok(Fault::Delay { millis: 50 }));
        assert!("delay".parse::<Fault>().is_err());
        assert!("teapot".parse::<Fault>().is_err());
        let two = Fault::Internal { first: Some(2) };
        assert!(two.strikes(1) && !two.strikes(2));
    }
}
