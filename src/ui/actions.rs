//! One table of everything a person can do: its words, its usual keys, where it counts (its icon is in `action_icons`). Buttons, tooltips,
//! the palette and the sheet of all keys read it, and so does the dispatch of key presses.

use egui::Key;

use super::keys::{Chord, DIGITS};
use crate::text::Text;

/// Something that a person can do. The names are those that the settings file has for changed keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    // Everywhere in a session.
    ShowGenerate,
    ShowLabel,
    ShowScore,
    ShowData,
    Undo,
    Redo,
    AllKeys,
    Settings,
    Import,
    SaveCopy,
    CloseSession,
    Larger,
    Smaller,
    UsualSize,
    Back,
    Palette,
    // The label view.
    /// Check or uncheck the reply at this place, from 0.
    Check(u8),
    CheckFocused,
    Confirm,
    NoneAcceptable,
    Skip,
    Later,
    Regenerate,
    RegenerateOne,
    ChangeLabel,
    Reasons,
    Flag,
    Note,
    Edit,
    Write,
    Take,
    Open,
    Pin,
    Differences,
    DimShared,
    NextLayout,
    PreviousReply,
    NextReply,
    ScrollUp,
    ScrollDown,
    PageUp,
    PageDown,
    FirstReply,
    LastReply,
    PreviousGroup,
    NextGroup,
    GoTo,
    ToggleQueue,
    ToggleSide,
    Search,
    // The start view.
    NewSession,
    OpenSession,
    ImportNew,
    TrySample,
    SwitchLanguage,
    Resume,
    // The data view.
    Export,
    ShowStatistics,
    CopyStatistics,
    // The score view.
    AddScorer,
    KeepScorer,
    RunScorer,
    PauseScorer,
    CancelScorer,
    RetryScores,
    TestScorer,
    RemoveScorer,
    ScorerUp,
    ScorerDown,
    ScorerPageUp,
    ScorerPageDown,
    ScorerFirst,
    ScorerLast,
    ToScorers,
    ToTable,
    ShowGaps,
    SearchScores,
    TryOut,
    CalibrateJudge,
    RunChoices,
    ReviewRows,
    NextRowFilter,
    NextPlot,
    SpotCheck,
    PickMixed,
    PickRandom,
    PickDisagreement,
    PickAudit,
}

/// Where an action counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// In every view of a session.
    Session,
    Label,
    Start,
    Score,
    Data,
    /// In every view, the start view too.
    Everywhere,
}

impl Action {
    /// All actions but the checks by number, in the order of the sheet.
    pub(crate) const ALL: &'static [Self] = &[
        Self::CheckFocused,
        Self::NoneAcceptable,
        Self::Confirm,
        Self::Skip,
        Self::Later,
        Self::ChangeLabel,
        Self::Reasons,
        Self::Undo,
        Self::Redo,
        Self::Flag,
        Self::Note,
        Self::Edit,
        Self::Write,
        Self::Take,
        Self::Regenerate,
        Self::RegenerateOne,
        Self::PreviousReply,
        Self::NextReply,
        Self::FirstReply,
        Self::LastReply,
        Self::ScrollUp,
        Self::ScrollDown,
        Self::PageUp,
        Self::PageDown,
        Self::Open,
        Self::Pin,
        Self::Differences,
        Self::DimShared,
        Self::NextLayout,
        Self::Larger,
        Self::Smaller,
        Self::UsualSize,
        Self::PreviousGroup,
        Self::NextGroup,
        Self::GoTo,
        Self::Search,
        Self::Palette,
        Self::ToggleQueue,
        Self::ToggleSide,
        Self::ShowGenerate,
        Self::ShowLabel,
        Self::ShowScore,
        Self::ShowData,
        Self::Settings,
        Self::AllKeys,
        Self::Import,
        Self::SaveCopy,
        Self::CloseSession,
        Self::Back,
        Self::NewSession,
        Self::OpenSession,
        Self::ImportNew,
        Self::TrySample,
        Self::SwitchLanguage,
        Self::Resume,
        Self::Export,
        Self::ShowStatistics,
        Self::CopyStatistics,
        Self::AddScorer,
        Self::KeepScorer,
        Self::RunScorer,
        Self::PauseScorer,
        Self::CancelScorer,
        Self::RetryScores,
        Self::TestScorer,
        Self::RemoveScorer,
        Self::ScorerUp,
        Self::ScorerDown,
        Self::ScorerPageUp,
        Self::ScorerPageDown,
        Self::ScorerFirst,
        Self::ScorerLast,
        Self::ToScorers,
        Self::ToTable,
        Self::ShowGaps,
        Self::SearchScores,
        Self::TryOut,
        Self::CalibrateJudge,
        Self::RunChoices,
        Self::ReviewRows,
        Self::NextRowFilter,
        Self::NextPlot,
        Self::SpotCheck,
        Self::PickMixed,
        Self::PickRandom,
        Self::PickDisagreement,
        Self::PickAudit,
    ];

    /// The keys unless a person changed them, the one that is shown first.
    pub(super) fn usual_keys(self) -> Vec<Chord> {
        let key = Chord::plain;
        let (shift, ctrl, ctrl_shift) = (Chord::shift, Chord::ctrl, Chord::ctrl_shift);
        match self {
            Self::ShowGenerate => vec![ctrl(Key::Num1)],
            Self::ShowLabel => vec![ctrl(Key::Num2)],
            Self::ShowScore => vec![ctrl(Key::Num3)],
            Self::ShowData => vec![ctrl(Key::Num4)],
            Self::Undo => vec![key(Key::Z), ctrl(Key::Z)],
            Self::Redo => vec![ctrl_shift(Key::Z)],
            Self::AllKeys => vec![key(Key::Questionmark), shift(Key::Slash)],
            Self::Settings => vec![ctrl(Key::Comma)],
            Self::Palette => vec![ctrl(Key::K)],
            Self::Import => vec![ctrl(Key::O)],
            Self::SaveCopy => vec![ctrl(Key::S)],
            Self::CloseSession => vec![ctrl(Key::W)],
            Self::Larger => vec![ctrl(Key::Plus)],
            Self::Smaller => vec![ctrl(Key::Minus)],
            Self::UsualSize => vec![ctrl(Key::Num0)],
            Self::Back => vec![key(Key::Escape)],
            Self::Check(place) => {
                let digit = DIGITS[usize::from(place % 10)];
                vec![if place < 10 { key(digit) } else { shift(digit) }]
            }
            Self::CheckFocused => vec![key(Key::Space)],
            Self::Confirm | Self::Resume => vec![key(Key::Enter)],
            Self::NoneAcceptable => vec![key(Key::X)],
            Self::Skip => vec![key(Key::S)],
            Self::Later => vec![key(Key::B)],
            Self::Regenerate => vec![key(Key::R)],
            Self::RegenerateOne => vec![shift(Key::R)],
            Self::ChangeLabel => vec![key(Key::C)],
            Self::Reasons => vec![key(Key::Y)],
            Self::Flag => vec![key(Key::F)],
            Self::Note | Self::NewSession => vec![key(Key::N)],
            Self::Edit | Self::Export => vec![key(Key::E)],
            Self::Write => vec![key(Key::W)],
            Self::Take => vec![ctrl(Key::Enter)],
            Self::Open | Self::OpenSession => vec![key(Key::O)],
            Self::Pin => vec![key(Key::P)],
            Self::Differences => vec![key(Key::D)],
            Self::DimShared => vec![shift(Key::D)],
            Self::NextLayout => vec![key(Key::V)],
            Self::PreviousReply => vec![key(Key::ArrowLeft), key(Key::H)],
            Self::NextReply => vec![key(Key::ArrowRight), key(Key::L)],
            Self::ScrollUp => vec![key(Key::ArrowUp), key(Key::K)],
            Self::ScrollDown => vec![key(Key::ArrowDown), key(Key::J)],
            Self::PageUp => vec![key(Key::PageUp)],
            Self::PageDown => vec![key(Key::PageDown)],
            Self::FirstReply => vec![key(Key::Home)],
            Self::LastReply => vec![key(Key::End)],
            Self::PreviousGroup => vec![key(Key::OpenBracket)],
            Self::NextGroup => vec![key(Key::CloseBracket)],
            Self::GoTo => vec![key(Key::G)],
            Self::ToggleQueue => vec![key(Key::Q)],
            Self::ToggleSide | Self::ImportNew => vec![key(Key::I)],
            Self::Search => vec![key(Key::Slash), ctrl(Key::F)],
            Self::TrySample | Self::ShowStatistics => vec![key(Key::T)],
            Self::CopyStatistics => vec![key(Key::C)],
            Self::SwitchLanguage => vec![key(Key::L)],
            Self::AddScorer => vec![key(Key::A)],
            Self::KeepScorer => vec![ctrl(Key::Enter)],
            Self::RunScorer => vec![key(Key::Enter)],
            Self::PauseScorer => vec![key(Key::P)],
            Self::CancelScorer => vec![key(Key::X)],
            Self::RetryScores => vec![key(Key::R)],
            Self::TestScorer => vec![key(Key::T)],
            Self::RemoveScorer => vec![key(Key::Delete), key(Key::Backspace)],
            Self::ScorerUp => vec![key(Key::ArrowUp), key(Key::K)],
            Self::ScorerDown => vec![key(Key::ArrowDown), key(Key::J)],
            Self::ScorerPageUp => vec![key(Key::PageUp)],
            Self::ScorerPageDown => vec![key(Key::PageDown)],
            Self::ScorerFirst => vec![key(Key::Home)],
            Self::ScorerLast => vec![key(Key::End)],
            Self::ToScorers => vec![key(Key::ArrowLeft), key(Key::H)],
            Self::ToTable => vec![key(Key::ArrowRight), key(Key::L)],
            Self::ShowGaps => vec![key(Key::N)],
            Self::TryOut => vec![key(Key::Y)],
            Self::CalibrateJudge => vec![key(Key::C)],
            Self::SearchScores => vec![key(Key::Slash), ctrl(Key::F)],
            Self::RunChoices => vec![key(Key::O)],
            Self::ReviewRows => vec![shift(Key::Enter)],
            Self::NextRowFilter => vec![key(Key::F)],
            Self::NextPlot => vec![key(Key::V)],
            Self::SpotCheck => vec![key(Key::S)],
            Self::PickMixed => vec![shift(Key::S)],
            Self::PickRandom => vec![shift(Key::R)],
            Self::PickDisagreement => vec![shift(Key::D)],
            Self::PickAudit => vec![shift(Key::G)],
        }
    }

    /// The key that is shown for it.
    pub(crate) fn hint(self, ctx: &egui::Context) -> String {
        super::keys::of(ctx).hint(self)
    }

    /// A key that is kept down does it again and again.
    pub(super) fn repeats(self) -> bool {
        matches!(
            self,
            Self::PreviousReply
                | Self::NextReply
                | Self::ScrollUp
                | Self::ScrollDown
                | Self::PageUp
                | Self::PageDown
                | Self::PreviousGroup
                | Self::NextGroup
                | Self::Undo
                | Self::Redo
                | Self::Larger
                | Self::Smaller
                | Self::ScorerUp
                | Self::ScorerDown
                | Self::ScorerPageUp
                | Self::ScorerPageDown
        )
    }

    pub(crate) fn place(self) -> Place {
        match self {
            Self::Settings
            | Self::AllKeys
            | Self::Palette
            | Self::Larger
            | Self::Smaller
            | Self::UsualSize
            | Self::Back => Place::Everywhere,
            Self::ShowGenerate
            | Self::ShowLabel
            | Self::ShowScore
            | Self::ShowData
            | Self::Undo
            | Self::Redo
            | Self::Import
            | Self::SaveCopy
            | Self::CloseSession => Place::Session,
            Self::NewSession
            | Self::OpenSession
            | Self::ImportNew
            | Self::TrySample
            | Self::SwitchLanguage
            | Self::Resume => Place::Start,
            Self::Export | Self::ShowStatistics | Self::CopyStatistics => Place::Data,
            Self::AddScorer
            | Self::KeepScorer
            | Self::RunScorer
            | Self::PauseScorer
            | Self::CancelScorer
            | Self::RetryScores
            | Self::TestScorer
            | Self::RemoveScorer
            | Self::ScorerUp
            | Self::ScorerDown
            | Self::ScorerPageUp
            | Self::ScorerPageDown
            | Self::ScorerFirst
            | Self::ScorerLast
            | Self::ToScorers
            | Self::ToTable
            | Self::ShowGaps
            | Self::SearchScores
            | Self::TryOut
            | Self::CalibrateJudge
            | Self::RunChoices
            | Self::ReviewRows
            | Self::NextRowFilter
            | Self::NextPlot
            | Self::SpotCheck
            | Self::PickMixed
            | Self::PickRandom
            | Self::PickDisagreement
            | Self::PickAudit => Place::Score,
            _ => Place::Label,
        }
    }

    /// What it does, in words.
    pub(crate) fn words(self, text: Text) -> &'static str {
        match self {
            Self::ShowGenerate => text.tab_generate(),
            Self::ShowLabel => text.tab_label(),
            Self::ShowScore => text.tab_score(),
            Self::ShowData => text.tab_data(),
            Self::Undo => text.act_undo(),
            Self::Redo => text.act_redo(),
            Self::AllKeys => text.act_all_keys(),
            Self::Settings => text.act_settings(),
            Self::Import | Self::ImportNew => text.act_import(),
            Self::SaveCopy => text.act_save_copy(),
            Self::CloseSession => text.act_close(),
            Self::Larger => text.act_larger(),
            Self::Smaller => text.act_smaller(),
            Self::UsualSize => text.act_usual_size(),
            Self::Back => text.act_back(),
            Self::Check(_) => text.act_check(),
            Self::CheckFocused => text.act_check_focused(),
            Self::Palette => text.act_palette(),
            Self::Later => text.act_later(),
            Self::ChangeLabel => text.act_change(),
            Self::Reasons => text.act_reasons(),
            Self::RegenerateOne => text.act_regenerate_one(),
            Self::Edit => text.act_edit(),
            Self::Write => text.act_write(),
            Self::Take => text.act_take(),
            Self::Pin => text.act_pin(),
            Self::Differences => text.act_differences(),
            Self::DimShared => text.act_dim_shared(),
            Self::NextLayout => text.act_next_layout(),
            Self::Confirm => text.act_confirm(),
            Self::NoneAcceptable => text.act_none(),
            Self::Skip => text.act_skip(),
            Self::Regenerate => text.act_regenerate(),
            Self::Flag => text.act_flag(),
            Self::Note => text.act_note(),
            Self::Open => text.act_open_long(),
            Self::PreviousReply => text.act_previous_reply(),
            Self::NextReply => text.act_next_reply(),
            Self::ScrollUp => text.act_scroll_up(),
            Self::ScrollDown => text.act_scroll_down(),
            Self::PageUp => text.act_page_up(),
            Self::PageDown => text.act_page_down(),
            Self::FirstReply => text.act_first_reply(),
            Self::LastReply => text.act_last_reply(),
            Self::PreviousGroup => text.act_previous_group(),
            Self::NextGroup => text.act_next_group(),
            Self::GoTo => text.act_go_to(),
            Self::ToggleQueue => text.act_queue(),
            Self::ToggleSide => text.act_side(),
            Self::Search => text.act_search(),
            Self::NewSession => text.act_new(),
            Self::OpenSession => text.act_open(),
            Self::TrySample => text.act_sample(),
            Self::SwitchLanguage => text.act_language(),
            Self::Resume => text.act_resume(),
            Self::Export => text.act_export(),
            Self::ShowStatistics => text.act_statistics(),
            Self::CopyStatistics => text.act_copy_statistics(),
            Self::AddScorer => text.act_add_scorer(),
            Self::KeepScorer => text.act_keep_or_try(),
            Self::TryOut => text.act_try_out(),
            Self::CalibrateJudge => text.act_calibrate(),
            Self::RunScorer => text.act_run_scorer(),
            Self::PauseScorer => text.act_pause_scorer(),
            Self::CancelScorer => text.act_cancel_scorer(),
            Self::RetryScores => text.act_retry_scores(),
            Self::TestScorer => text.act_test_scorer(),
            Self::RemoveScorer => text.act_remove_scorer(),
            Self::ScorerUp => text.act_scorer_up(),
            Self::ScorerDown => text.act_scorer_down(),
            Self::ScorerPageUp => text.act_scorer_page_up(),
            Self::ScorerPageDown => text.act_scorer_page_down(),
            Self::ScorerFirst => text.act_scorer_first(),
            Self::ScorerLast => text.act_scorer_last(),
            Self::ToScorers => text.act_to_scorers(),
            Self::ToTable => text.act_to_table(),
            Self::ShowGaps => text.act_gaps(),
            Self::SearchScores => text.act_search_scores(),
            Self::RunChoices => text.act_run_choices(),
            Self::ReviewRows => text.act_review(),
            Self::NextRowFilter => text.act_next_filter(),
            Self::NextPlot => text.act_next_plot(),
            Self::SpotCheck => text.act_spot(),
            Self::PickMixed => text.act_spot_mixed(),
            Self::PickRandom => text.act_spot_random(),
            Self::PickDisagreement => text.act_spot_disagreement(),
            Self::PickAudit => text.act_spot_audit(),
        }
    }
}
