//! How an endpoint is reached: key, headers, proxy.

use egui::Ui;

use super::form::{Form, KeyChoice};
use super::parts::named;
use crate::domain::{ApiKey, Endpoint};
use crate::text::Text;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button};

/// What a view asks of the app rather than of the session.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Keep a key in the keyring.
    KeepKey(Box<Endpoint>, ApiKey),
    /// Take it out again.
    ForgetKey(Box<Endpoint>),
}

/// Key, headers, proxy.
pub(crate) fn access_ui(
    ui: &mut Ui,
    text: Text,
    form: &mut Form,
    width: f32,
    key_changed: Option<bool>,
    wishes: &mut Vec<Wish>,
) {
    let t = theme::of(ui);
    let note = |ui: &mut Ui, words: &str| widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
    let field = (width - 80.0).max(120.0);
    let choices = [text.key_standard(), text.key_variable(), text.key_keyring(), text.key_none()];
    let now = KeyChoice::ALL.iter().position(|choice| *choice == form.key).unwrap_or(0);
    named(ui, text.key(), |ui| {
        if let Some(chosen) = widgets::segmented(ui, &choices, now, field) {
            form.key = KeyChoice::ALL[chosen];
        }
    });
    match form.key {
        KeyChoice::Standard => drop(note(ui, text.key_standard_note())),
        KeyChoice::Variable => {
            named(ui, text.key_variable_name(), |ui| {
                widgets::field(ui, &mut form.variable, text.key_variable_name(), "OPENAI_API_KEY", field);
            });
            if !crate::domain::is_variable(form.variable.trim()) {
                note(ui, text.key_variable_note());
            }
        }
        KeyChoice::Keyring => keyring_ui(ui, text, form, field, wishes),
        KeyChoice::None => {}
    }
    widgets::label(ui, text.headers(), fonts::regular(tokens::META.0), t.text2);
    widgets::multiline(ui, &mut form.headers, text.headers(), "X-Team: labeling\nX-Api-Key: $MY_KEY", 2, width - 16.0);
    if form.headers().is_none() {
        widgets::label(ui, text.bad_headers(), fonts::regular(tokens::META.0), t.rejected);
    }
    named(ui, text.proxy(), |ui| {
        widgets::field(ui, &mut form.proxy, text.proxy(), text.proxy_hint(), field);
    });
    if let (KeyChoice::Keyring, Some(kept)) = (form.key, key_changed) {
        let words = if kept { text.key_kept() } else { text.key_forgotten() };
        widgets::label(ui, words, fonts::regular(tokens::META.0), t.text);
    }
}

fn keyring_ui(ui: &mut Ui, text: Text, form: &mut Form, width: f32, wishes: &mut Vec<Wish>) {
    let t = theme::of(ui);
    named(ui, text.new_key(), |ui| {
        widgets::secret(ui, &mut form.typed_key, text.new_key(), width - 140.0);
        let ready = ApiKey::new(&form.typed_key);
        if Button::new(text.keep_key()).small().enabled(ready.is_some()).show(ui).clicked()
            && let (Some(key), Some(endpoint)) = (ready, form.endpoint())
        {
            wishes.push(Wish::KeepKey(Box::new(endpoint), key));
            form.typed_key.clear();
        }
        if Button::icon_only(icons::TRASH, text.forget_key())
            .small()
            .show(ui)
            .on_hover_text(text.forget_key())
            .clicked()
            && let Some(endpoint) = form.endpoint()
        {
            wishes.push(Wish::ForgetKey(Box::new(endpoint)));
        }
    });
    widgets::paragraph(ui, text.key_keyring_note(), fonts::regular(tokens::META.0), t.text3);
}
