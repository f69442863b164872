//! One table of everything a person can do: its words, its icon, its keys, where it counts. Buttons, tooltips and the
//! sheet of all keys read it, and so does the dispatch of key presses.

use egui::{Key, Modifiers};

use super::theme::icons;
use crate::text::Text;

/// Something that a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    // Everywhere in a session.
    ShowGenerate,
    ShowLabel,
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
    // The label view.
    /// Check or uncheck the reply at this place, from 0.
    Check(u8),
    CheckFocused,
    Confirm,
    NoneAcceptable,
    Skip,
    Regenerate,
    Flag,
    Note,
    Open,
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
}

/// Where an action counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In every view of a session.
    Session,
    Label,
    Start,
    Data,
    /// In every view, the start view too.
    Everywhere,
}

/// A key as it is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    pub(crate) key: Key,
    pub(crate) ctrl: bool,
    pub(crate) shift: bool,
}

const fn key(key: Key) -> Chord {
    Chord { key, ctrl: false, shift: false }
}

const fn shift(key: Key) -> Chord {
    Chord { key, ctrl: false, shift: true }
}

const fn ctrl(key: Key) -> Chord {
    Chord { key, ctrl: true, shift: false }
}

const fn ctrl_shift(key: Key) -> Chord {
    Chord { key, ctrl: true, shift: true }
}

impl Chord {
    /// The chord as it is written on a key hint.
    pub(crate) fn hint(self) -> String {
        let mut hint = String::new();
        if self.ctrl {
            hint.push_str("Ctrl ");
        }
        if self.shift {
            hint.push('⇧');
        }
        hint.push_str(match self.key {
            Key::Enter => "↵",
            Key::Space => "␣",
            Key::ArrowLeft => "←",
            Key::ArrowRight => "→",
            Key::ArrowUp => "↑",
            Key::ArrowDown => "↓",
            Key::OpenBracket => "[",
            Key::CloseBracket => "]",
            Key::Escape => "Esc",
            Key::PageUp => "PgUp",
            Key::PageDown => "PgDn",
            Key::Comma => ",",
            Key::Slash => "/",
            Key::Questionmark => "?",
            Key::Plus => "+",
            Key::Minus => "−",
            other => return hint + other.name(),
        });
        hint
    }

    fn matches(self, key: Key, physical: Option<Key>, modifiers: Modifiers) -> bool {
        // Digits are places on the keyboard: on a French one they are typed with Shift.
        let digit = digit(self.key).is_some();
        let pressed = if digit { physical.unwrap_or(key) } else { key };
        let same = pressed == self.key || (self.key == Key::Plus && pressed == Key::Equals);
        let shift_fits = modifiers.shift == self.shift || matches!(self.key, Key::Questionmark | Key::Plus);
        same && shift_fits && modifiers.command == self.ctrl && !modifiers.alt
    }
}

/// The place of a digit key: 1 to 9, then 0.
fn digit(key: Key) -> Option<u8> {
    DIGITS.iter().position(|digit| *digit == key).map(|index| index as u8)
}

const DIGITS: [Key; 10] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9, Key::Num0];

impl Action {
    /// All actions but the checks by number, in the order of the sheet.
    pub(crate) const ALL: &'static [Self] = &[
        Self::CheckFocused,
        Self::NoneAcceptable,
        Self::Confirm,
        Self::Skip,
        Self::Undo,
        Self::Redo,
        Self::Flag,
        Self::Note,
        Self::PreviousReply,
        Self::NextReply,
        Self::ScrollUp,
        Self::ScrollDown,
        Self::PageUp,
        Self::PageDown,
        Self::FirstReply,
        Self::LastReply,
        Self::Open,
        Self::Regenerate,
        Self::PreviousGroup,
        Self::NextGroup,
        Self::GoTo,
        Self::Search,
        Self::ToggleQueue,
        Self::ToggleSide,
        Self::ShowGenerate,
        Self::ShowLabel,
        Self::ShowData,
        Self::Settings,
        Self::AllKeys,
        Self::Import,
        Self::SaveCopy,
        Self::CloseSession,
        Self::Larger,
        Self::Smaller,
        Self::UsualSize,
        Self::Back,
        Self::NewSession,
        Self::OpenSession,
        Self::ImportNew,
        Self::TrySample,
        Self::SwitchLanguage,
        Self::Resume,
        Self::Export,
    ];

    /// The keys, the one that is shown first.
    pub(crate) fn keys(self) -> Vec<Chord> {
        match self {
            Self::ShowGenerate => vec![ctrl(Key::Num1)],
            Self::ShowLabel => vec![ctrl(Key::Num2)],
            Self::ShowData => vec![ctrl(Key::Num4)],
            Self::Undo => vec![key(Key::Z), ctrl(Key::Z)],
            Self::Redo => vec![ctrl_shift(Key::Z)],
            Self::AllKeys => vec![key(Key::Questionmark), shift(Key::Slash)],
            Self::Settings => vec![ctrl(Key::Comma)],
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
            Self::Regenerate => vec![key(Key::R)],
            Self::Flag => vec![key(Key::F)],
            Self::Note | Self::NewSession => vec![key(Key::N)],
            Self::Open | Self::OpenSession => vec![key(Key::O)],
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
            Self::TrySample => vec![key(Key::T)],
            Self::SwitchLanguage => vec![key(Key::L)],
            Self::Export => vec![key(Key::E)],
        }
    }

    /// The key that is shown.
    pub(crate) fn hint(self) -> String {
        self.keys().first().map(|chord| chord.hint()).unwrap_or_default()
    }

    pub(crate) fn place(self) -> Place {
        match self {
            Self::Settings | Self::AllKeys | Self::Larger | Self::Smaller | Self::UsualSize | Self::Back => {
                Place::Everywhere
            }
            Self::ShowGenerate
            | Self::ShowLabel
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
            Self::Export => Place::Data,
            _ => Place::Label,
        }
    }

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
            Self::TrySample => icons::FLASK,
            Self::SwitchLanguage => icons::TRANSLATE,
            Self::ToggleQueue | Self::ToggleSide => icons::SIDEBAR_SIMPLE,
            Self::Search => icons::MAGNIFYING_GLASS,
            Self::Export => icons::EXPORT,
            _ => "",
        }
    }

    /// What it does, in words.
    pub(crate) fn words(self, text: Text) -> &'static str {
        match self {
            Self::ShowGenerate => text.tab_generate(),
            Self::ShowLabel => text.tab_label(),
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
        }
    }
}

/// Which of these actions a key press means in a place.
pub(crate) fn find(place: Place, key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Action> {
    let in_session = place != Place::Start;
    let counts = |action: Action| match action.place() {
        Place::Everywhere => true,
        Place::Session => in_session,
        own => own == place,
    };
    let checks = (0..20).map(Action::Check);
    Action::ALL
        .iter()
        .copied()
        .chain(checks)
        .filter(|action| counts(*action))
        .find(|action| action.keys().iter().any(|chord| chord.matches(key, physical, modifiers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for place in [Place::Label, Place::Start, Place::Data, Place::Session] {
            let mut taken: Vec<(Chord, Action)> = Vec::new();
            for action in Action::ALL.iter().copied().chain((0..20).map(Action::Check)) {
                let counts = match action.place() {
                    Place::Everywhere => true,
                    Place::Session => place != Place::Start,
                    own => own == place,
                };
                for chord in action.keys().into_iter().filter(|_| counts) {
                    let clash = taken.iter().find(|(other, _)| *other == chord);
                    assert!(clash.is_none(), "{chord:?} is taken by {clash:?} and {action:?} in {place:?}");
                    taken.push((chord, action));
                }
            }
        }
    }

    #[test]
    fn digits_go_by_their_place_on_the_keyboard() {
        let french = find(Place::Label, Key::Quote, Some(Key::Num4), Modifiers::NONE);
        assert_eq!(french, Some(Action::Check(3)));
        assert_eq!(find(Place::Label, Key::Num0, Some(Key::Num0), Modifiers::SHIFT), Some(Action::Check(19)));
    }
}
