//! Fields of forms: label above, hint under it, an error that names the fix.

use crate::i18n::t;
use crate::parts::icon::small;
use crate::parts::{click, icon, live, told};
use leptos::prelude::*;

/// What a field is, besides its value.
#[derive(Clone, Copy)]
pub struct Field {
    /// Of the input, for labels and links.
    pub id: &'static str,
    /// Above the input.
    pub label: &'static str,
    /// Under it; asked again when what it tells of is known.
    pub hint: Option<fn() -> String>,
    /// For the browser's memory.
    pub autocomplete: &'static str,
    /// Which keyboard a telephone shows.
    pub inputmode: &'static str,
    /// `text`, `email`.
    pub kind: &'static str,
    /// Longest value.
    pub maxlength: u16,
}

impl Field {
    /// A plain line of text.
    pub fn new(id: &'static str, label: &'static str) -> Field {
        Field { id, label, hint: None, autocomplete: "off", inputmode: "text", kind: "text", maxlength: 120 }
    }

    /// With a hint.
    pub fn hint(self, hint: fn() -> String) -> Field {
        Field { hint: Some(hint), ..self }
    }

    /// For the browser's memory.
    pub fn autocomplete(self, autocomplete: &'static str) -> Field {
        Field { autocomplete, ..self }
    }

    /// Draws it.
    pub fn text(self, value: RwSignal<String>, errors: Errors) -> AnyView {
        view! {
            <div class="field">
                <label for=self.id>{self.label}</label>
                <input
                    class="input"
                    id=self.id
                    name=self.id
                    type=self.kind
                    inputmode=self.inputmode
                    autocomplete=self.autocomplete
                    maxlength=self.maxlength.to_string()
                    aria-describedby=self.described()
                    aria-invalid=told(move || errors.has(self.id).then_some("true"))
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
                {self.notes(errors)}
            </div>
        }
        .into_any()
    }

    /// Draws it as a password that can be shown.
    pub fn password(self, value: RwSignal<String>, errors: Errors) -> AnyView {
        let shown = RwSignal::new(false);
        view! {
            <div class="field">
                <label for=self.id>{self.label}</label>
                <div class="affix">
                    <input
                        class="input"
                        id=self.id
                        name=self.id
                        type=told(move || Some(if shown.get() { "text" } else { "password" }))
                        autocomplete=self.autocomplete
                        maxlength="256"
                        aria-describedby=self.described()
                        aria-invalid=told(move || errors.has(self.id).then_some("true"))
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                    <button
                        class="btn btn--bare btn--icon"
                        type="button"
                        aria-pressed=told(move || Some(if shown.get() { "true" } else { "false" }))
                        aria-label=t!(field.reveal, what = self.label)
                        on:click=click(move || shown.update(|shown| *shown = !*shown))
                    >
                        {icon("eye")}
                    </button>
                </div>
                {self.notes(errors)}
            </div>
        }
        .into_any()
    }

    fn described(self) -> String {
        // Naming an element that is not there is harmless, so both stand always.
        format!("{0}-hint {0}-error", self.id)
    }

    fn notes(self, errors: Errors) -> impl IntoView {
        view! {
            {self.hint.map(|hint| view! { <p class="field__hint" id=format!("{}-hint", self.id)>{live(hint)}</p> })}
            {errors.note(self.id)}
        }
    }
}

/// What is wrong with a form: sentences at fields, and one for the whole.
#[derive(Clone, Copy)]
pub struct Errors {
    whole: RwSignal<Option<String>>,
    fields: RwSignal<Vec<Wrong>>,
}

/// A field that is wrong.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Id of the input.
    pub id: &'static str,
    /// Its label, for the summary.
    pub label: &'static str,
    /// What to do about it.
    pub why: String,
}

impl Errors {
    /// Nothing wrong.
    pub fn none() -> Errors {
        Errors { whole: RwSignal::new(None), fields: RwSignal::new(Vec::new()) }
    }

    /// Forgets what was wrong.
    pub fn clear(self) {
        self.whole.set(None);
        self.fields.set(Vec::new());
    }

    /// Shows what is wrong and moves the focus to the summary, whose id is `summary`.
    pub fn show(self, whole: String, fields: Vec<Wrong>, summary: &'static str) {
        self.whole.set(Some(whole));
        self.fields.set(fields);
        crate::browser::focus(summary);
    }

    /// Shows what is wrong with a form of one field, and moves the focus there.
    pub fn at(self, wrong: Wrong) {
        let id = wrong.id;
        self.fields.try_set(vec![wrong]);
        crate::browser::focus(id);
    }

    /// The summary on top of the form, with links to the fields.
    pub fn summary(self, id: &'static str) -> AnyView {
        live(move || {
            self.whole.get().map(|whole| {
                let links = self
                    .fields
                    .get()
                    .into_iter()
                    .map(|wrong| view! { " " <a href=format!("#{}", wrong.id)>{wrong.label}</a> })
                    .collect_view();
                view! {
                    <div class="notice notice--bad" role="alert" tabindex="-1" id=id>
                        {icon("warn")}
                        <div><b>{whole}</b>{links}</div>
                    </div>
                }
            })
        })
    }

    /// What is wrong with an input, under it.
    pub fn note(self, id: &'static str) -> AnyView {
        live(move || {
            self.of(id).map(|why| view! { <p class="field__error" id=format!("{id}-error")>{small("warn")}{why}</p> })
        })
    }

    /// Whether something is wrong with an input, followed.
    pub fn has(self, id: &str) -> bool {
        self.fields.with(|fields| fields.iter().any(|wrong| wrong.id == id))
    }

    fn of(self, id: &str) -> Option<String> {
        self.fields.with(|fields| fields.iter().find(|wrong| wrong.id == id).map(|wrong| wrong.why.clone()))
    }
}

/// A tick with its text.
pub fn check(text: &'static str, value: RwSignal<bool>) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || value.get() on:change=move |event| value.set(event_target_checked(&event)) />
            <span>{text}</span>
        </label>
    }
    .into_any()
}

/// The button that sends a form; while it works it says so and takes no further press.
pub fn submit(text: &'static str, busy: RwSignal<bool>, class: &'static str) -> AnyView {
    view! {
        <button class=class type="submit" aria-busy=told(move || busy.get().then_some("true"))>
            {live(move || busy.get().then(|| small("refresh")))}
            {text}
        </button>
    }
    .into_any()
}
