/// Phosphor "arrows-clockwise".
pub const ARROWS_CLOCKWISE: &str = "\u{E094}";
/// Phosphor "arrow-clockwise".
pub const ARROW_CLOCKWISE: &str = "\u{E036}";
/// Phosphor "arrow-counter-clockwise".
pub const ARROW_COUNTER_CLOCKWISE: &str = "\u{E038}";
/// Phosphor "arrow-down".
pub const ARROW_DOWN: &str = "\u{E03E}";
/// Phosphor "arrow-left".
pub const ARROW_LEFT: &str = "\u{E058}";
/// Phosphor "arrow-right".
pub const ARROW_RIGHT: &str = "\u{E06C}";
/// Phosphor "arrow-square-out".
pub const ARROW_SQUARE_OUT: &str = "\u{E5DE}";
/// Phosphor "arrow-up".
pub const ARROW_UP: &str = "\u{E08E}";
/// Phosphor "arrow-u-up-left".
pub const ARROW_U_UP_LEFT: &str = "\u{E08A}";
/// Phosphor "backspace".
pub const BACKSPACE: &str = "\u{E0AE}";
/// Phosphor "book-open".
pub const BOOK_OPEN: &str = "\u{E0E6}";
/// Phosphor "brain".
pub const BRAIN: &str = "\u{E74E}";
/// Phosphor "cards".
pub const CARDS: &str = "\u{E0F8}";
/// Phosphor "caret-down".
pub const CARET_DOWN: &str = "\u{E136}";
/// Phosphor "caret-left".
pub const CARET_LEFT: &str = "\u{E138}";
/// Phosphor "caret-right".
pub const CARET_RIGHT: &str = "\u{E13A}";
/// Phosphor "caret-up".
pub const CARET_UP: &str = "\u{E13C}";
/// Phosphor "chart-bar".
pub const CHART_BAR: &str = "\u{E150}";
/// Phosphor "check".
pub const CHECK: &str = "\u{E182}";
/// Phosphor "check-circle".
pub const CHECK_CIRCLE: &str = "\u{E184}";
/// Phosphor "check-circle", fill.
pub const CHECK_CIRCLE_FILL: &str = "\u{F184}";
/// Phosphor "circle".
pub const CIRCLE: &str = "\u{E18A}";
/// Phosphor "circle-dashed".
pub const CIRCLE_DASHED: &str = "\u{E602}";
/// Phosphor "circle-half".
pub const CIRCLE_HALF: &str = "\u{E18C}";
/// Phosphor "circle-notch".
pub const CIRCLE_NOTCH: &str = "\u{EB44}";
/// Phosphor "clock".
pub const CLOCK: &str = "\u{E19A}";
/// Phosphor "clock-counter-clockwise".
pub const CLOCK_COUNTER_CLOCKWISE: &str = "\u{E1A0}";
/// Phosphor "coffee".
pub const COFFEE: &str = "\u{E1C2}";
/// Phosphor "columns".
pub const COLUMNS: &str = "\u{E546}";
/// Phosphor "copy".
pub const COPY: &str = "\u{E1CA}";
/// Phosphor "cpu".
pub const CPU: &str = "\u{E610}";
/// Phosphor "database".
pub const DATABASE: &str = "\u{E1DE}";
/// Phosphor "desktop".
pub const DESKTOP: &str = "\u{E560}";
/// Phosphor "dice-five".
pub const DICE_FIVE: &str = "\u{E1EE}";
/// Phosphor "dots-three".
pub const DOTS_THREE: &str = "\u{E1FE}";
/// Phosphor "download-simple".
pub const DOWNLOAD_SIMPLE: &str = "\u{E20C}";
/// Phosphor "export".
pub const EXPORT: &str = "\u{EAF0}";
/// Phosphor "eye".
pub const EYE: &str = "\u{E220}";
/// Phosphor "eye-slash".
pub const EYE_SLASH: &str = "\u{E224}";
/// Phosphor "file".
pub const FILE: &str = "\u{E230}";
/// Phosphor "file-plus".
pub const FILE_PLUS: &str = "\u{E236}";
/// Phosphor "flag".
pub const FLAG: &str = "\u{E244}";
/// Phosphor "flag", fill.
pub const FLAG_FILL: &str = "\u{F244}";
/// Phosphor "flask".
pub const FLASK: &str = "\u{E79E}";
/// Phosphor "floppy-disk".
pub const FLOPPY_DISK: &str = "\u{E248}";
/// Phosphor "folder-open".
pub const FOLDER_OPEN: &str = "\u{E256}";
/// Phosphor "funnel".
pub const FUNNEL: &str = "\u{E266}";
/// Phosphor "gauge".
pub const GAUGE: &str = "\u{E628}";
/// Phosphor "gavel".
pub const GAVEL: &str = "\u{EA32}";
/// Phosphor "gear".
pub const GEAR: &str = "\u{E270}";
/// Phosphor "hard-drives".
pub const HARD_DRIVES: &str = "\u{E2A0}";
/// Phosphor "hourglass".
pub const HOURGLASS: &str = "\u{E2B2}";
/// Phosphor "info".
pub const INFO: &str = "\u{E2CE}";
/// Phosphor "key".
pub const KEY: &str = "\u{E2D6}";
/// Phosphor "keyboard".
pub const KEYBOARD: &str = "\u{E2D8}";
/// Phosphor "link".
pub const LINK: &str = "\u{E2E2}";
/// Phosphor "list".
pub const LIST: &str = "\u{E2F0}";
/// Phosphor "list-checks".
pub const LIST_CHECKS: &str = "\u{EADC}";
/// Phosphor "lock".
pub const LOCK: &str = "\u{E2FA}";
/// Phosphor "magnifying-glass".
pub const MAGNIFYING_GLASS: &str = "\u{E30C}";
/// Phosphor "minus".
pub const MINUS: &str = "\u{E32A}";
/// Phosphor "moon".
pub const MOON: &str = "\u{E330}";
/// Phosphor "note-pencil".
pub const NOTE_PENCIL: &str = "\u{E34C}";
/// Phosphor "not-equals".
pub const NOT_EQUALS: &str = "\u{EDA6}";
/// Phosphor "palette".
pub const PALETTE: &str = "\u{E6C8}";
/// Phosphor "pause".
pub const PAUSE: &str = "\u{E39E}";
/// Phosphor "pencil-simple".
pub const PENCIL_SIMPLE: &str = "\u{E3B4}";
/// Phosphor "play".
pub const PLAY: &str = "\u{E3D0}";
/// Phosphor "plug".
pub const PLUG: &str = "\u{E946}";
/// Phosphor "plugs".
pub const PLUGS: &str = "\u{EB56}";
/// Phosphor "plugs-connected".
pub const PLUGS_CONNECTED: &str = "\u{EB5A}";
/// Phosphor "plus".
pub const PLUS: &str = "\u{E3D4}";
/// Phosphor "prohibit".
pub const PROHIBIT: &str = "\u{E3DE}";
/// Phosphor "push-pin".
pub const PUSH_PIN: &str = "\u{E3E2}";
/// Phosphor "push-pin", fill.
pub const PUSH_PIN_FILL: &str = "\u{F3E2}";
/// Phosphor "question".
pub const QUESTION: &str = "\u{E3E8}";
/// Phosphor "robot".
pub const ROBOT: &str = "\u{E762}";
/// Phosphor "scales".
pub const SCALES: &str = "\u{E750}";
/// Phosphor "shield-check".
pub const SHIELD_CHECK: &str = "\u{E40C}";
/// Phosphor "sidebar-simple".
pub const SIDEBAR_SIMPLE: &str = "\u{EC24}";
/// Phosphor "skip-forward".
pub const SKIP_FORWARD: &str = "\u{E5A6}";
/// Phosphor "square".
pub const SQUARE: &str = "\u{E45E}";
/// Phosphor "squares-four".
pub const SQUARES_FOUR: &str = "\u{E464}";
/// Phosphor "stop".
pub const STOP: &str = "\u{E46C}";
/// Phosphor "sun".
pub const SUN: &str = "\u{E472}";
/// Phosphor "table".
pub const TABLE: &str = "\u{E476}";
/// Phosphor "target".
pub const TARGET: &str = "\u{E47C}";
/// Phosphor "text-aa".
pub const TEXT_AA: &str = "\u{E6EE}";
/// Phosphor "translate".
pub const TRANSLATE: &str = "\u{E4A2}";
/// Phosphor "trash".
pub const TRASH: &str = "\u{E4A6}";
/// Phosphor "upload-simple".
pub const UPLOAD_SIMPLE: &str = "\u{E4C0}";
/// Phosphor "user".
pub const USER: &str = "\u{E4C2}";
/// Phosphor "warning".
pub const WARNING: &str = "\u{E4E0}";
/// Phosphor "warning-circle".
pub const WARNING_CIRCLE: &str = "\u{E4E2}";
/// Phosphor "x".
pub const X: &str = "\u{E4F6}";
