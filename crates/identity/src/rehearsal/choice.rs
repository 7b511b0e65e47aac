//! What a person would do on a page of a provider: which form they fill in, with what, and which button they press.

use url::Url;
use url::form_urlencoded::Serializer;

use super::page::{Field, FieldKind, Page, PageForm};

/// Who signs in, and where to.
pub(super) struct Visitor<'a> {
    pub user: &'a str,
    pub password: &'a str,
    pub callback: &'a Url,
}

/// What they do on a page.
pub(super) struct Choice {
    pub step: Step,
    pub url: Url,
    /// What is posted; `None` is a GET.
    pub fields: Option<Vec<(String, String)>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// They type their user name only; the password is asked for on the next page.
    User,
    Password,
    /// They go on: a page that scripts would leave, a consent.
    On,
}

/// Parts of names of fields for a user: `j_username`, `uid`, `loginfmt`, `identifier`.
const USER: &[&str] = &["user", "login", "uid", "ident", "mail", "account"];

/// Parts of what buttons are called that lead back rather than on, in English and French.
const BACK: &[&str] = &[
    "cancel", "deny", "declin", "reject", "refus", "abort", "annul", "rejet", "logout", "log out", "sign out", "déconn",
];

/// What messages of SAML are called in pages that scripts would leave.
const SAML: &[&str] = &["SAMLResponse", "SAMLRequest"];

/// What a person would do; `None` where they would not know. `stranger` is whether they have told nothing of themselves.
pub(super) fn choose(page: &Page, at: &Url, visitor: &Visitor<'_>, stranger: bool) -> Option<Choice> {
    let submit = |form: &PageForm, step| submit(form, page, at, visitor, step);
    let count = |form: &PageForm, kind| form.fields.iter().filter(|field| field.kind == kind).count();
    // Two passwords are asked of those who change theirs.
    if let Some(form) = page.forms.iter().find(|form| count(form, FieldKind::Password) == 1) {
        return submit(form, Step::Password);
    }
    let silent = || {
        let fields = |form: &&PageForm| {
            form.fields.iter().all(|field| matches!(field.kind, FieldKind::Given | FieldKind::Button))
        };
        page.forms.iter().filter(fields)
    };
    let for_us = |form: &&PageForm| {
        let message = |field: &Field| SAML.contains(&field.name.as_str());
        form.fields.iter().any(message)
            || target(form, None, page, at).is_some_and(|url| same_page(&url, visitor.callback))
    };
    if let Some(form) = silent().find(for_us) {
        return submit(form, Step::On);
    }
    if let Some(url) = page.refresh.as_deref().and_then(|url| base(page, at).join(url).ok()) {
        return Some(Choice { step: Step::On, url, fields: None });
    }
    if stranger && let Some(form) = page.forms.iter().find(|form| user_field(form).is_some()) {
        return submit(form, Step::User);
    }
    // A form without fields and buttons to see can only be there for a script to send.
    let leads_on = |form: &&PageForm| button(form).is_some() || count(form, FieldKind::Button) == 0;
    submit(silent().find(leads_on)?, Step::On)
}

/// Whether two addresses differ in nothing but query and fragment.
pub(super) fn same_page(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin() && one.path() == other.path()
}

fn submit(form: &PageForm, page: &Page, at: &Url, visitor: &Visitor<'_>, step: Step) -> Option<Choice> {
    let pressed = button(form);
    let user = user_field(form).filter(|_| step != Step::On);
    let is = |one: Option<&Field>, other: &Field| one.is_some_and(|one| std::ptr::eq(one, other));
    let value = |field: &Field| match field.kind {
        FieldKind::Password => Some(visitor.password.to_owned()),
        FieldKind::Text if is(user, field) => Some(visitor.user.to_owned()),
        FieldKind::Button if !is(pressed, field) => None,
        _ => Some(field.value.clone()),
    };
    let named = form.fields.iter().filter(|field| !field.name.is_empty());
    let fields: Vec<_> = named.filter_map(|field| Some((field.name.clone(), value(field)?))).collect();
    let mut url = target(form, pressed, page, at)?;
    url.set_fragment(None);
    if form.post {
        return Some(Choice { step, url, fields: Some(fields) });
    }
    url.set_query(Some(&Serializer::new(String::new()).extend_pairs(&fields).finish()));
    Some(Choice { step, url, fields: None })
}

/// Where the user name goes: into the field that is called so, else into the text before the password.
fn user_field(form: &PageForm) -> Option<&Field> {
    let called = |field: &&Field| {
        let name = field.name.to_lowercase();
        field.kind == FieldKind::Text && USER.iter().any(|part| name.contains(part))
    };
    let password = form.fields.iter().position(|field| field.kind == FieldKind::Password);
    let mut before = form.fields.iter().take(password.unwrap_or(0)).filter(|field| field.kind == FieldKind::Text);
    form.fields.iter().find(called).or_else(|| before.next_back())
}

/// The button that the return key presses, which is the first one that does not lead back.
fn button(form: &PageForm) -> Option<&Field> {
    let back = |field: &Field| {
        let says = format!("{} {} {}", field.name, field.value, field.label).to_lowercase();
        let no = says.split(|character: char| !character.is_alphanumeric()).any(|word| matches!(word, "no" | "non"));
        no || BACK.iter().any(|part| says.contains(part))
    };
    form.fields.iter().find(|field| field.kind == FieldKind::Button && !back(field))
}

fn target(form: &PageForm, pressed: Option<&Field>, page: &Page, at: &Url) -> Option<Url> {
    let action = pressed.and_then(|button| button.action.as_deref()).unwrap_or(&form.action).trim();
    // No action is the page itself, whatever its base.
    if action.is_empty() { Some(at.clone()) } else { base(page, at).join(action).ok() }
}

fn base(page: &Page, at: &Url) -> Url {
    page.base.as_deref().and_then(|base| at.join(base).ok()).unwrap_or_else(|| at.clone())
}
