//! The generate view by hand: endpoints are added and tested, plans are kept and handed on, nothing of it shows a key.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::{KeySource, ServerAddress};
use pairloom::session::{Probe, Snapshot};
use tempfile::tempdir;

use crate::support::server;
use crate::support::window::{Window, close, launch, until, until_shown};

const FIELD: Role = Role::TextInput;

/// A new session with the generate view in front.
fn generate(home: &std::path::Path) -> Window {
    let mut window = launch(home);
    window.key_press(Key::N);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Address").is_some());
    window
}

fn write(window: &mut Window, field: &str, text: &str) {
    window.get_by_role_and_label(FIELD, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(FIELD, field).type_text(text);
    window.run_steps(2);
}

fn press(window: &mut Window, button: &str) {
    window.get_by_role_and_label(Role::Button, button).click();
    window.run_steps(3);
}

fn tested(snapshot: &Snapshot) -> bool {
    snapshot.findings.iter().any(|finding| matches!(finding.probe, Probe::Found(_)))
}

#[test]
fn an_endpoint_is_added_and_tested_and_a_second_one_shares_the_work() {
    let home = tempdir().unwrap();
    let mut window = generate(home.path());
    let address = format!("http://{}", server(&[]));
    write(&mut window, "Address", &address);
    press(&mut window, "Test");
    until(&mut window, tested);
    assert!(window.query_by_label("Several replies from one request").is_some(), "what it can do is told");
    // The sample server beside it: each has a share.
    let row = window.get_by_role_and_label(Role::ListBoxOption, "Sample server no model, made-up replies");
    row.click();
    let snapshot = until(&mut window, |snapshot| snapshot.plan.endpoints.len() == 2);
    assert_eq!(snapshot.plan.endpoints[0].address, ServerAddress::Url(address));
    assert_eq!(snapshot.plan.endpoints[1].address, ServerAddress::Sample);
    press(&mut window, "Start");
    let snapshot = until(&mut window, |snapshot| snapshot.generation.have == 4);
    let arrived: Vec<u64> = snapshot.generation.servers.iter().map(|server| server.arrived).collect();
    assert_eq!(arrived, [2, 2]);
    close(window);
}

#[test]
fn a_server_that_is_not_there_is_told_when_it_is_tested() {
    let home = tempdir().unwrap();
    let mut window = generate(home.path());
    write(&mut window, "Address", "http://127.0.0.1:1/v1");
    press(&mut window, "Test");
    until_shown(&mut window, |window| window.query_by_label_contains("The server does not answer at").is_some());
    close(window);
}

#[test]
fn a_plan_is_saved_without_the_key_and_loaded_again() {
    let home = tempdir().unwrap();
    let mut window = generate(home.path());
    write(&mut window, "Address", "http://127.0.0.1:9/v1");
    press(&mut window, "Key, headers, proxy");
    window.get_by_role_and_label(Role::RadioButton, "Variable").click();
    window.run_steps(2);
    write(&mut window, "Name", "MY_KEY");
    until(&mut window, |snapshot| {
        snapshot.plan.endpoints.first().is_some_and(|endpoint| endpoint.key == KeySource::Variable("MY_KEY".to_owned()))
    });
    press(&mut window, "Save plan…");
    press(&mut window, "OK");
    until_shown(&mut window, |window| window.query_by_label_contains("Saved as").is_some());
    let folder = window.state().snapshot().unwrap().path.with_file_name("plan.toml");
    let plan = std::fs::read_to_string(&folder).unwrap();
    assert!(plan.contains("key = \"$MY_KEY\"") && plan.contains("127.0.0.1:9"), "{plan}");
    // Somebody changes the file; loading it brings the change in.
    std::fs::write(&folder, plan.replace("127.0.0.1:9", "127.0.0.1:8")).unwrap();
    press(&mut window, "Load plan…");
    write(&mut window, "Path of a file", &folder.display().to_string());
    press(&mut window, "OK");
    until(&mut window, |snapshot| {
        snapshot.plan.endpoints.first().is_some_and(|endpoint| endpoint.address.as_str().contains(":8/"))
    });
    let address = window.get_by_role_and_label(FIELD, "Address");
    assert_eq!(address.accesskit_node().value().as_deref(), Some("http://127.0.0.1:8/v1"));
    close(window);
}
