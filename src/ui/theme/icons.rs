//! Phosphor icons (MIT) by name; the font is `assets/fonts/phosphor.ttf`, which holds more than are in use.

/// Phosphor "arrows-clockwise".
pub(crate) const ARROWS_CLOCKWISE: &str = "\u{E094}";
/// Phosphor "arrow-right".
pub(crate) const ARROW_RIGHT: &str = "\u{E06C}";
/// Phosphor "arrow-u-up-left".
pub(crate) const ARROW_U_UP_LEFT: &str = "\u{E08A}";
/// Phosphor "caret-down".
pub(crate) const CARET_DOWN: &str = "\u{E136}";
/// Phosphor "caret-left".
pub(crate) const CARET_LEFT: &str = "\u{E138}";
/// Phosphor "caret-right".
pub(crate) const CARET_RIGHT: &str = "\u{E13A}";
/// Phosphor "check".
pub(crate) const CHECK: &str = "\u{E182}";
/// Phosphor "check-circle", fill.
pub(crate) const CHECK_CIRCLE_FILL: &str = "\u{F184}";
/// Phosphor "circle".
pub(crate) const CIRCLE: &str = "\u{E18A}";
/// Phosphor "circle-dashed".
pub(crate) const CIRCLE_DASHED: &str = "\u{E602}";
/// Phosphor "circle-half".
pub(crate) const CIRCLE_HALF: &str = "\u{E18C}";
/// Phosphor "circle-notch".
pub(crate) const CIRCLE_NOTCH: &str = "\u{EB44}";
/// Phosphor "clock".
pub(crate) const CLOCK: &str = "\u{E19A}";
/// Phosphor "export".
pub(crate) const EXPORT: &str = "\u{EAF0}";
/// Phosphor "file-plus".
pub(crate) const FILE_PLUS: &str = "\u{E236}";
/// Phosphor "flag".
pub(crate) const FLAG: &str = "\u{E244}";
/// Phosphor "flag", fill.
pub(crate) const FLAG_FILL: &str = "\u{F244}";
/// Phosphor "flask".
pub(crate) const FLASK: &str = "\u{E79E}";
/// Phosphor "folder-open".
pub(crate) const FOLDER_OPEN: &str = "\u{E256}";
/// Phosphor "gear".
pub(crate) const GEAR: &str = "\u{E270}";
/// Phosphor "info".
pub(crate) const INFO: &str = "\u{E2CE}";
/// Phosphor "list-checks".
pub(crate) const LIST_CHECKS: &str = "\u{EADC}";
/// Phosphor "magnifying-glass".
pub(crate) const MAGNIFYING_GLASS: &str = "\u{E30C}";
/// Phosphor "minus".
pub(crate) const MINUS: &str = "\u{E32A}";
/// Phosphor "note-pencil".
pub(crate) const NOTE_PENCIL: &str = "\u{E34C}";
/// Phosphor "pause".
pub(crate) const PAUSE: &str = "\u{E39E}";
/// Phosphor "play".
pub(crate) const PLAY: &str = "\u{E3D0}";
/// Phosphor "plugs".
pub(crate) const PLUGS: &str = "\u{EB56}";
/// Phosphor "plus".
pub(crate) const PLUS: &str = "\u{E3D4}";
/// Phosphor "prohibit".
pub(crate) const PROHIBIT: &str = "\u{E3DE}";
/// Phosphor "question".
pub(crate) const QUESTION: &str = "\u{E3E8}";
/// Phosphor "sidebar-simple".
pub(crate) const SIDEBAR_SIMPLE: &str = "\u{EC24}";
/// Phosphor "skip-forward".
pub(crate) const SKIP_FORWARD: &str = "\u{E5A6}";
/// Phosphor "text-aa".
pub(crate) const TEXT_AA: &str = "\u{E6EE}";
/// Phosphor "translate".
pub(crate) const TRANSLATE: &str = "\u{E4A2}";
/// Phosphor "trash".
pub(crate) const TRASH: &str = "\u{E4A6}";
/// Phosphor "upload-simple".
pub(crate) const UPLOAD_SIMPLE: &str = "\u{E4C0}";
/// Phosphor "warning".
pub(crate) const WARNING: &str = "\u{E4E0}";
/// Phosphor "warning-circle".
pub(crate) const WARNING_CIRCLE: &str = "\u{E4E2}";
/// Phosphor "x".
pub(crate) const X: &str = "\u{E4F6}";
/// Phosphor "pencil-simple".
pub(crate) const PENCIL: &str = "\u{E3B4}";
/// Phosphor "push-pin".
pub(crate) const PUSH_PIN: &str = "\u{E3E2}";
/// Phosphor "git-diff".
pub(crate) const GIT_DIFF: &str = "\u{E27C}";
/// Phosphor "eye".
pub(crate) const EYE: &str = "\u{E220}";
/// Phosphor "squares-four".
pub(crate) const SQUARES_FOUR: &str = "\u{E464}";
/// Phosphor "columns".
pub(crate) const COLUMNS: &str = "\u{E546}";
/// Phosphor "rectangle".
pub(crate) const RECTANGLE: &str = "\u{E3F0}";
/// Phosphor "book-open".
pub(crate) const BOOK_OPEN: &str = "\u{E0E6}";
/// Phosphor "command".
pub(crate) const COMMAND: &str = "\u{E1C4}";
/// Phosphor "arrow-clockwise".
pub(crate) const ARROW_CLOCKWISE: &str = "\u{E036}";
/// Phosphor "copy".
pub(crate) const COPY: &str = "\u{E1CA}";
/// Phosphor "cards".
pub(crate) const CARDS: &str = "\u{E0F8}";
/// Phosphor "keyboard".
pub(crate) const KEYBOARD: &str = "\u{E2D8}";
/// Phosphor "database".
pub(crate) const DATABASE: &str = "\u{E1DE}";
/// Phosphor "push-pin", fill.
pub(crate) const PUSH_PIN_FILL: &str = "\u{F3E2}";
/// Phosphor "robot": a judge.
pub(crate) const ROBOT: &str = "\u{E762}";
/// Phosphor "gauge": a reward model.
pub(crate) const GAUGE: &str = "\u{E628}";
/// Phosphor "scales".
pub(crate) const SCALES: &str = "\u{E750}";
/// Phosphor "caret-up".
pub(crate) const CARET_UP: &str = "\u{E13C}";
/// Phosphor "dots-three".
pub(crate) const DOTS_THREE: &str = "\u{E1FE}";
/// Phosphor "target".
pub(crate) const TARGET: &str = "\u{E47C}";
/// Phosphor "chart-bar".
pub(crate) const CHART_BAR: &str = "\u{E150}";
