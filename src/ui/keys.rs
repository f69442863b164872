//! Which key means what: the usual keys of the action table, and those that a person changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use egui::{Key, Modifiers};

use super::actions::{Action, Place};

/// The digit keys in the order of the replies.
pub(super) const DIGITS: [Key; 10] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9, Key::Num0];

/// A key as it is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    key: Key,
    ctrl: bool,
    shift: bool,
}

impl Chord {
    pub(super) fn plain(key: Key) -> Self {
        Self { key, ctrl: false, shift: false }
    }

    pub(super) fn shift(key: Key) -> Self {
        Self { shift: true, ..Self::plain(key) }
    }

    pub(super) fn ctrl(key: Key) -> Self {
        Self { ctrl: true, ..Self::plain(key) }
    }

    pub(super) fn ctrl_shift(key: Key) -> Self {
        Self { ctrl: true, ..Self::shift(key) }
    }

    /// What was pressed, as a key that an action could have. `None` for keys that cannot be given away: Esc leaves,
    /// Tab moves the focus, digits without Ctrl check replies.
    pub(crate) fn pressed(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Self> {
        let digit = physical.is_some_and(|key| DIGITS.contains(&key)) && !modifiers.command;
        let reserved = matches!(key, Key::Escape | Key::Tab | Key::Copy | Key::Cut | Key::Paste) || digit;
        (!reserved && !modifiers.alt).then_some(Self { key, ctrl: modifiers.command, shift: modifiers.shift })
    }

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
            Key::Delete => "Del",
            other => return hint + other.name(),
        });
        hint
    }

    /// As the settings file has it, such as `Ctrl+Shift+Z`.
    fn written(self) -> String {
        let modifiers = [(self.ctrl, "Ctrl+"), (self.shift, "Shift+")];
        let mut written: String = modifiers.iter().filter(|(held, _)| *held).map(|(_, name)| *name).collect();
        written.push_str(self.key.name());
        written
    }

    fn read(written: &str) -> Option<Self> {
        let (ctrl, rest) = written.strip_prefix("Ctrl+").map_or((false, written), |rest| (true, rest));
        let (shift, rest) = rest.strip_prefix("Shift+").map_or((false, rest), |rest| (true, rest));
        Some(Self { key: Key::from_name(rest)?, ctrl, shift })
    }

    fn matches(self, key: Key, physical: Option<Key>, modifiers: Modifiers) -> bool {
        // Digits are places on the keyboard: on a French one they are typed with Shift.
        let digit = DIGITS.contains(&self.key);
        let pressed = if digit { physical.unwrap_or(key) } else { key };
        let same = pressed == self.key || (self.key == Key::Plus && pressed == Key::Equals);
        let shift_fits = modifiers.shift == self.shift || matches!(self.key, Key::Questionmark | Key::Plus);
        same && shift_fits && modifiers.command == self.ctrl && !modifiers.alt
    }
}

/// All actions with their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keymap {
    changed: HashMap<Action, Vec<Chord>>,
}

/// Whether a place hears the keys of an action.
fn counts(action: Action, place: Place) -> bool {
    match action.place() {
        Place::Everywhere => true,
        Place::Session => place != Place::Start,
        own => own == place,
    }
}

/// Every place where keys are heard.
const PLACES: [Place; 5] = [Place::Label, Place::Start, Place::Score, Place::Data, Place::Session];

fn all() -> impl Iterator<Item = Action> {
    Action::ALL.iter().copied().chain((0..20).map(Action::Check))
}

impl Keymap {
    /// The keys with the changes that the settings hold. What cannot be read or clashes keeps its usual keys.
    pub(crate) fn new(settings: &BTreeMap<String, Vec<String>>) -> Self {
        let mut keymap = Self::default();
        for action in Action::ALL.iter().copied() {
            let Some(written) = settings.get(&format!("{action:?}")) else { continue };
            match written.iter().map(|written| Chord::read(written)).collect() {
                Some(chords) => drop(keymap.changed.insert(action, chords)),
                None => tracing::warn!(?action, ?written, "these keys cannot be read; the usual ones are in force"),
            }
        }
        // All of them first: keys may have been exchanged. What clashes then was written by hand.
        while let Some(action) = keymap.clashing() {
            tracing::warn!(?action, "its keys clash with another's; the usual ones are in force");
            keymap.changed.remove(&action);
        }
        keymap
    }

    /// An action with changed keys of which another has one.
    fn clashing(&self) -> Option<Action> {
        let clashes =
            |action: &Action| self.chords(*action).iter().any(|chord| self.taken_by(*action, *chord).is_some());
        Action::ALL.iter().copied().filter(|action| self.is_changed(*action)).find(clashes)
    }

    /// The changes as the settings keep them.
    pub(crate) fn written(&self) -> BTreeMap<String, Vec<String>> {
        let written = |chords: &Vec<Chord>| chords.iter().map(|chord| chord.written()).collect();
        self.changed.iter().map(|(action, chords)| (format!("{action:?}"), written(chords))).collect()
    }

    /// The keys of an action, the one that is shown first.
    pub(crate) fn chords(&self, action: Action) -> Vec<Chord> {
        self.changed.get(&action).cloned().unwrap_or_else(|| action.usual_keys())
    }

    /// The key that is shown for an action.
    pub(crate) fn hint(&self, action: Action) -> String {
        self.chords(action).first().map(|chord| chord.hint()).unwrap_or_default()
    }

    /// A person changed the keys of this action.
    pub(crate) fn is_changed(&self, action: Action) -> bool {
        self.changed.contains_key(&action)
    }

    /// Another action that has the key in a place where this one counts.
    fn taken_by(&self, action: Action, chord: Chord) -> Option<Action> {
        all().filter(|other| *other != action).find(|other| {
            let meet = PLACES.iter().any(|place| counts(action, *place) && counts(*other, *place));
            meet && self.chords(*other).contains(&chord)
        })
    }

    /// Give an action a key in place of those that it has; refused with the action that has it already.
    pub(crate) fn set(&mut self, action: Action, chord: Chord) -> Result<(), Action> {
        match self.taken_by(action, chord) {
            Some(other) => Err(other),
            // The usual keys again, where nobody took the others of them meanwhile.
            None if action.usual_keys().first() == Some(&chord)
                && action.usual_keys().iter().all(|usual| self.taken_by(action, *usual).is_none()) =>
            {
                self.changed.remove(&action);
                Ok(())
            }
            None => {
                self.changed.insert(action, vec![chord]);
                Ok(())
            }
        }
    }

    /// The usual keys again.
    pub(crate) fn reset(&mut self) {
        self.changed.clear();
    }

    /// What a key press means in a place.
    pub(crate) fn find(&self, place: Place, key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Action> {
        all()
            .filter(|action| counts(*action, place))
            .find(|action| self.chords(*action).iter().any(|chord| chord.matches(key, physical, modifiers)))
    }

    /// Put these keys in force.
    pub(crate) fn install(self, ctx: &egui::Context) {
        ctx.data_mut(|data| data.insert_temp(egui::Id::NULL, Arc::new(self)));
    }
}

/// The keys in force.
pub(crate) fn of(ctx: &egui::Context) -> Arc<Keymap> {
    ctx.data(|data| data.get_temp(egui::Id::NULL)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let keymap = Keymap::default();
        for action in all() {
            for chord in keymap.chords(action) {
                assert_eq!(keymap.taken_by(action, chord), None, "{action:?} {chord:?}");
            }
        }
    }

    #[test]
    fn digits_go_by_their_place_on_the_keyboard() {
        let keymap = Keymap::default();
        let french = keymap.find(Place::Label, Key::Quote, Some(Key::Num4), Modifiers::NONE);
        assert_eq!(french, Some(Action::Check(3)));
        let last = keymap.find(Place::Label, Key::Num0, Some(Key::Num0), Modifiers::SHIFT);
        assert_eq!(last, Some(Action::Check(19)));
    }

    #[test]
    fn a_key_that_is_taken_is_refused_and_a_changed_one_is_kept() {
        let mut keymap = Keymap::default();
        assert_eq!(keymap.set(Action::Skip, Chord::plain(Key::E)), Err(Action::Edit));
        assert_eq!(keymap.set(Action::Skip, Chord::plain(Key::T)), Ok(()), "T belongs to the start view alone");
        assert_eq!(keymap.set(Action::Edit, Chord::plain(Key::S)), Ok(()), "S is free now");
        let again = Keymap::new(&keymap.written());
        assert_eq!(again.find(Place::Label, Key::S, None, Modifiers::NONE), Some(Action::Edit));
        assert_eq!(again.find(Place::Label, Key::T, None, Modifiers::NONE), Some(Action::Skip));
        // Keys that were exchanged hold over a restart.
        let mut keymap = Keymap::default();
        assert_eq!(keymap.set(Action::Skip, Chord::plain(Key::T)), Ok(()));
        assert_eq!(keymap.set(Action::NoneAcceptable, Chord::plain(Key::S)), Ok(()));
        assert_eq!(keymap.set(Action::Skip, Chord::plain(Key::X)), Ok(()));
        let exchanged = Keymap::new(&keymap.written());
        assert_eq!(exchanged.find(Place::Label, Key::X, None, Modifiers::NONE), Some(Action::Skip));
        assert_eq!(exchanged.find(Place::Label, Key::S, None, Modifiers::NONE), Some(Action::NoneAcceptable));
        // A file that was edited by hand into a clash keeps the usual keys.
        let clash = BTreeMap::from([("Flag".to_owned(), vec!["X".to_owned()])]);
        assert_eq!(Keymap::new(&clash).hint(Action::Flag), "F");
        let mut keymap = again;
        keymap.reset();
        assert!(keymap.written().is_empty());
    }
}
