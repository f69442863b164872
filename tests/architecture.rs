//! The arrows between modules, as the code map in `src/lib.rs` draws them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use beside itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("text", &["domain"]),
    ("store", &["domain"]),
    ("settings", &["domain", "text"]),
    ("endpoints", &["domain"]),
    ("formats", &["domain"]),
    ("ranking", &["domain"]),
    ("jobs", &["domain", "ranking", "endpoints"]),
    ("session", &["domain", "ranking", "store", "jobs", "formats", "endpoints"]),
    ("sample", &["domain"]),
    ("ui", &["domain", "ranking", "text", "settings", "session", "sample", "formats"]),
    ("cli", &["domain", "ranking", "text", "settings", "session", "sample", "formats", "store", "endpoints"]),
];

/// Libraries that belong to one module alone.
const OWNED: &[(&str, &str)] = &[
    ("egui", "ui"),
    ("eframe", "ui"),
    ("rfd", "ui"),
    ("rusqlite", "store"),
    ("reqwest", "endpoints"),
    ("axum", "sample"),
    ("clap", "cli"),
    ("keyring", "settings"),
    ("minijinja", "endpoints"),
    ("indicatif", "cli"),
];

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("src"), &mut found);
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The module that a file belongs to: the first folder or file below `src`.
fn module(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix` in `code`, with groups in braces taken apart.
fn words_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for rest in code.split(prefix).skip(1) {
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(group) = rest.strip_prefix('{') {
            let group = &group[..group.find('}').unwrap_or(group.len())];
            words.extend(group.split(',').map(|part| word(part.trim())));
        } else {
            words.insert(word(rest));
        }
    }
    words.remove("");
    words
}

#[test]
fn modules_use_only_what_the_map_allows() {
    let mut wrong = Vec::new();
    for path in sources() {
        let from = module(&path);
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == from) else { continue };
        for to in words_after(&code(&path), "crate::") {
            let is_module = ARROWS.iter().any(|(name, _)| *name == to);
            if is_module && to != from && !allowed.contains(&to.as_str()) {
                wrong.push(format!("{}: {from} -> {to}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the map does not have:\n{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_module() {
    let mut wrong = Vec::new();
    for path in sources() {
        let (from, code) = (module(&path), code(&path));
        for (library, owner) in OWNED {
            let used = code.contains(&format!("{library}::")) || code.contains(&format!("use {library};"));
            if used && from != *owner {
                wrong.push(format!("{}: {library} belongs to {owner}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_is_on_the_map() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for path in sources() {
        let name = module(&path);
        if name != "lib" && name != "main" {
            assert!(ARROWS.iter().any(|(known, _)| *known == name), "{name} has no arrows");
            assert!(map.contains(&format!("| [`{name}`] |")), "{name} is not on the code map of src/lib.rs");
        }
    }
}

#[test]
fn no_file_becomes_a_drawer() {
    for path in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines; split it by noun", path.display());
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let runner = fs::read_to_string(root().join("tests/main.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_code = path.extension().is_some_and(|extension| extension == "rs") || path.join("mod.rs").exists();
        if is_code && name != "main" {
            assert!(runner.contains(&format!("mod {name};")), "tests/main.rs does not run {name}");
        }
    }
}
