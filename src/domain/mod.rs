//! The words of Pairloom as plain data, and the rules that hold whoever stores or draws them.
//!
//! Nothing here reads a file, opens a socket, waits or knows a clock. Every other module may use this one;
//! this one uses none of them.

mod agreement;
mod alike;
mod calibration;
mod endpoint;
mod finding;
mod group;
mod id;
mod job;
mod judgement;
mod key;
mod label;
mod notice;
mod order;
mod pairs;
mod plan;
mod problem;
mod prompt;
mod random;
mod reply;
mod reward;
mod rubric;
mod scorer;
mod serve;
mod server;
mod spot;
mod statistics;
mod title;
mod trial;
mod turns;

pub use agreement::{
    Agreement, Basis, Between, Changes, ENOUGH_GROUPS, Longer, MarginBin, Margins, Measured, ScorerAgreement,
    SelfAgreement, Spread,
};
pub use alike::alike;
pub use calibration::{
    CALIBRATION_GROUPS, CALIBRATION_METHODS, CALIBRATION_REPEATS, Calibrated, Calibrates, Calibration, Choice, Flaw,
    Grade, Worth,
};
pub use endpoint::{Endpoint, KeySource, KeySourceError, ServerAddress, is_variable};
pub use finding::{RewardFault, RewardFinding, RewardNote, RewardNumbers, RewardRows};
pub use group::{Group, GroupStatus, Place, QueueFilter, View};
pub use id::{AnnotatorId, BatchId, GroupId, ReplyId, ScorerId, SessionId};
pub use job::{GenerationState, JobPhase, RequestFailure, ServerState, Waiting};
pub use judgement::{
    Answer, Call, CallKind, Judgement, MachineVerdict, NoScore, Points, Revision, Score, TokenChoice, VerdictReading,
};
pub use key::ApiKey;
pub use label::{Annotator, Draft, Guidelines, Label, Mark, Tiers, TiersError, Verdict, Writing};
pub use notice::{Notice, Step};
pub use order::shown_order;
pub use pairs::{Pair, PairOrder, PairPolicy, PairSource, PairYield, Threshold, pair_count, pairs, possible_pairs};
pub use plan::{Pairing, Plan, PromptList};
pub use problem::{FileFault, Problem, RequestFault, RowFault, StoreFault};
pub use prompt::{Prompt, Turn, TurnRole};
pub use random::SplitMix64;
pub use reply::{Generated, Origin, Reply, ReplyCount, ReplyCountError, Sampling};
pub use reward::{ChatTemplate, Reward, RewardRequest, RewardServer, StepRule};
pub use rubric::{Criterion, Rubric, RubricFault, Scale, Wording};
pub use scorer::{
    Judge, JudgeFigure, JudgeLanguage, JudgeMethod, JudgeTrait, Orders, OrdersError, Run, ScoreGap, Scorer,
    ScorerFault, ScorerKind, ScorerState,
};
pub use serve::serve_command;
pub use server::{Ability, Examination, FirstReply, ServerInfo, ServerKind, ServerNote, Thinking};
pub use spot::{Design, Draw, Pause, Picked, PickedCounts, Repeat, Reveal, Stratum};
pub use statistics::{
    AgreementDay, AgreementOverTime, DayStatistics, LabelCounts, Lengths, PairStatistics, Statistics,
};
pub use title::title;
pub use trial::{Exchange, MOST_TRIED, Sent, Trial, TrialPart, TrialPhase, TrialState};
pub use turns::Turns;
