//! The icon of each action that has one.

use super::actions::Action;
use super::theme::icons;

impl Action {
    /// Its icon, empty where it has none.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            Self::Undo => icons::ARROW_U_UP_LEFT,
            Self::Settings => icons::GEAR,
            Self::AllKeys => icons::QUESTION,
            Self::Note => icons::NOTE_PENCIL,
            Self::Flag => icons::FLAG,
            Self::NewSession => icons::FILE_PLUS,
            Self::OpenSession => icons::FOLDER_OPEN,
            Self::ImportNew | Self::Import => icons::UPLOAD_SIMPLE,
            Self::TrySample | Self::TryOut => icons::FLASK,
            Self::SwitchLanguage => icons::TRANSLATE,
            Self::ToggleQueue | Self::ToggleSide => icons::SIDEBAR_SIMPLE,
            Self::Search => icons::MAGNIFYING_GLASS,
            Self::Export => icons::EXPORT,
            Self::Palette => icons::COMMAND,
            Self::Confirm | Self::CheckFocused => icons::CHECK,
            Self::NoneAcceptable => icons::PROHIBIT,
            Self::Skip => icons::SKIP_FORWARD,
            Self::Later => icons::CLOCK,
            Self::ChangeLabel => icons::PENCIL,
            Self::Reasons => icons::ROBOT,
            Self::Redo => icons::ARROW_CLOCKWISE,
            Self::Regenerate | Self::RegenerateOne => icons::ARROWS_CLOCKWISE,
            Self::Edit | Self::Write | Self::Take => icons::PENCIL,
            Self::Open => icons::CARET_DOWN,
            Self::Pin => icons::PUSH_PIN,
            Self::Differences => icons::GIT_DIFF,
            Self::DimShared => icons::EYE,
            Self::NextLayout => icons::SQUARES_FOUR,
            Self::GoTo | Self::NextGroup | Self::NextReply | Self::ShowLabel => icons::ARROW_RIGHT,
            Self::Larger | Self::Smaller | Self::UsualSize => icons::TEXT_AA,
            Self::CloseSession | Self::Back | Self::CancelScorer => icons::X,
            Self::ShowScore | Self::RunScorer => icons::SCALES,
            Self::AddScorer | Self::KeepScorer => icons::PLUS,
            Self::PauseScorer => icons::PAUSE,
            Self::RetryScores => icons::ARROWS_CLOCKWISE,
            Self::TestScorer => icons::PLUGS,
            Self::RemoveScorer => icons::TRASH,
            Self::CalibrateJudge => icons::GAUGE,
            Self::ShowGaps => icons::WARNING,
            Self::SearchScores => icons::MAGNIFYING_GLASS,
            Self::RunChoices => icons::SCALES,
            Self::ReviewRows | Self::NextRowFilter => icons::LIST_CHECKS,
            Self::NextPlot | Self::ShowStatistics => icons::CHART_BAR,
            Self::CopyStatistics => icons::COPY,
            Self::SpotCheck | Self::PickMixed | Self::PickRandom | Self::PickDisagreement | Self::PickAudit => {
                icons::TARGET
            }
            _ => "",
        }
    }
}
