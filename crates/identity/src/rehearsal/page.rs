//! What of a provider's page takes part in signing in: its forms, and where it leads by itself.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// Forms of a page, and fields of it, that are looked at.
const MOST_FORMS: usize = 50;
const MOST_FIELDS: usize = 1_000;

/// Within how many seconds a page that leads on by itself is followed. Login pages reload when their session ends.
const SOON: f32 = 10.0;

/// A page, as a browser without scripts has it.
#[derive(Default)]
pub(super) struct Page {
    pub title: String,
    /// `<base href>`.
    pub base: Option<String>,
    /// Where `<meta http-equiv=refresh>` leads.
    pub refresh: Option<String>,
    pub scripts: bool,
    pub forms: Vec<PageForm>,
}

#[derive(Default)]
pub(super) struct PageForm {
    id: String,
    pub action: String,
    pub post: bool,
    pub fields: Vec<Field>,
}

#[derive(Default)]
pub(super) struct Field {
    pub kind: FieldKind,
    pub name: String,
    pub value: String,
    /// What a button says.
    pub label: String,
    /// Where a button sends the form instead.
    pub action: Option<String>,
    /// The form it says it belongs to, else the one around it.
    form: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// Sent as it is: hidden fields, checked boxes, what cannot be changed.
    #[default]
    Given,
    Text,
    Password,
    Choice,
    Button,
}

impl Page {
    pub(super) fn read(html: &str) -> Self {
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(html));
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        let Reading { mut page, apart, .. } = tokenizer.sink.0.into_inner();
        for field in apart {
            let own = page.forms.iter_mut().find(|form| !form.id.is_empty() && Some(&form.id) == field.form.as_ref());
            if let Some(form) = own {
                form.fields.push(field);
            }
        }
        page
    }
}

impl PageForm {
    /// Names of what it wants to be told.
    pub(super) fn asks(&self) -> impl Iterator<Item = &str> {
        let asks = |field: &&Field| !matches!(field.kind, FieldKind::Given | FieldKind::Button);
        self.fields.iter().filter(asks).map(|field| field.name.as_str()).filter(|name| !name.is_empty())
    }
}

/// Takes tokens, not a tree: forms are flat, and pages that nest them wrongly work in browsers too.
#[derive(Default)]
struct Reader(RefCell<Reading>);

#[derive(Default)]
struct Reading {
    page: Page,
    /// Whether the last form is still open.
    open: bool,
    /// Fields outside of the form that they belong to.
    apart: Vec<Field>,
    fields: usize,
    /// Text since the last title or button began.
    text: String,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reading = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reading.start(&tag),
            Token::TagToken(tag) => {
                reading.end(&tag.name);
                TokenSinkResult::Continue
            }
            Token::CharacterTokens(text) => {
                if reading.text.len() < 200 {
                    reading.text.push_str(&text);
                }
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Reading {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        match &*tag.name {
            "title" => self.text.clear(),
            "base" if self.page.base.is_none() => self.page.base = attribute(tag, "href"),
            "meta" if attribute(tag, "http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("refresh")) => {
                self.page.refresh = attribute(tag, "content").and_then(|content| refresh(&content));
            }
            "script" => self.page.scripts = true,
            // A form within a form is none.
            "form" if !self.open && self.page.forms.len() < MOST_FORMS => {
                self.open = true;
                self.page.forms.push(PageForm {
                    id: attribute(tag, "id").unwrap_or_default(),
                    action: attribute(tag, "action").unwrap_or_default(),
                    post: attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
                    fields: Vec::new(),
                });
            }
            "input" | "button" | "select" | "textarea" => self.field(tag),
            "option" => self.option(tag),
            _ => {}
        }
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
            _ => TokenSinkResult::Continue,
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "title" if self.page.title.is_empty() => self.page.title = words(&self.text),
            "form" => self.open = false,
            "button" => {
                let text = words(&self.text);
                let last = self.last().filter(|field| field.kind == FieldKind::Button && field.label.is_empty());
                if let Some(button) = last {
                    button.label = text;
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, tag: &Tag) {
        let written = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
        let kind = match (&*tag.name, &*written) {
            ("button", "" | "submit") | ("input", "submit" | "image") => FieldKind::Button,
            ("button", _) | ("input", "button" | "reset" | "file") => return,
            ("input", "checkbox" | "radio") if attribute(tag, "checked").is_none() => return,
            ("input", "checkbox" | "radio" | "hidden") => FieldKind::Given,
            _ if attribute(tag, "disabled").is_some() => return,
            _ if attribute(tag, "readonly").is_some() => FieldKind::Given,
            ("input", "password") => FieldKind::Password,
            ("select", _) => FieldKind::Choice,
            _ => FieldKind::Text,
        };
        self.fields += 1;
        if self.fields > MOST_FIELDS || attribute(tag, "disabled").is_some() {
            return;
        }
        let checked = matches!(&*written, "checkbox" | "radio");
        let value = attribute(tag, "value").unwrap_or_else(|| if checked { "on".to_owned() } else { String::new() });
        let field = Field {
            kind,
            name: attribute(tag, "name").unwrap_or_default(),
            label: if &*tag.name == "input" { value.clone() } else { String::new() },
            value,
            action: attribute(tag, "formaction"),
            form: attribute(tag, "form"),
        };
        self.text.clear();
        match self.page.forms.last_mut() {
            Some(form) if self.open && field.form.is_none() => form.fields.push(field),
            _ => self.apart.push(field),
        }
    }

    /// The first option counts until one says that it is selected.
    fn option(&mut self, tag: &Tag) {
        let (value, selected) = (attribute(tag, "value").unwrap_or_default(), attribute(tag, "selected").is_some());
        if let Some(choice) = self.last().filter(|field| field.kind == FieldKind::Choice)
            && (selected || choice.value.is_empty())
        {
            choice.value = value;
        }
    }

    fn last(&mut self) -> Option<&mut Field> {
        match self.page.forms.last_mut() {
            Some(form) if self.open => form.fields.last_mut(),
            _ => self.apart.last_mut(),
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.to_string())
}

/// `0; url='/next'`.
fn refresh(content: &str) -> Option<String> {
    let (seconds, rest) = content.split_once([';', ','])?;
    if !seconds.trim().parse().is_ok_and(|seconds: f32| seconds <= SOON) {
        return None;
    }
    let rest = rest.trim();
    let url = match rest.split_once('=') {
        Some((key, url)) if key.trim().eq_ignore_ascii_case("url") => url,
        _ => rest,
    };
    Some(url.trim().trim_matches(['"', '\'']).to_owned())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn fields(html: &str) -> Vec<String> {
        let page = Page::read(html);
        let all = page.forms.iter().flat_map(|form| &form.fields);
        all.map(|field| format!("{}={}", field.name, field.value)).collect()
    }

    #[test]
    fn reads_forms_as_browsers_do() {
        let html = "<title> Log\n in </title><base href='/b/'><form ACTION=\"a?x=1&amp;y=2\" Method=POST>
            <input type=hidden name=t value='&lt;é&#x2B;'><!-- <input name=no> --><input name=user>
            <script>document.write('<input name=no>')</script><textarea name=area><input name=no></textarea>
            <input type=checkbox name=no><input type=checkbox name=yes checked><input disabled name=no>
            <select name=lang><option value=fr><option value=en selected></select>
            <button name=go value=1> Sign <b>in</b> </button></form><input name=no>";
        let page = Page::read(html);
        assert_eq!((page.title.as_str(), page.base.as_deref()), ("Log in", Some("/b/")));
        assert_eq!((page.forms[0].action.as_str(), page.forms[0].post), ("a?x=1&y=2", true));
        assert_eq!(fields(html), ["t=<é+", "user=", "area=", "yes=on", "lang=en", "go=1"]);
        assert_eq!(page.forms[0].fields.last().unwrap().label, "Sign in");
    }

    #[test]
    fn finds_fields_outside_of_their_form_and_none_within_two() {
        assert_eq!(fields("<input form=f name=a><form id=f></form><button form=f name=b>"), ["a=", "b="]);
        assert_eq!(Page::read("<form id=a><form id=b><input name=x></form>").forms.len(), 1);
    }

    #[test]
    fn follows_a_refresh_that_comes_soon() {
        let led = |content| Page::read(&format!("<meta http-equiv=Refresh content=\"{content}\">")).refresh;
        assert_eq!(led("0; URL='/next?a=1'").as_deref(), Some("/next?a=1"));
        assert_eq!(led("0;/next").as_deref(), Some("/next"));
        assert_eq!(led("1800; url=/login"), None);
        assert_eq!(led("soon"), None);
    }

    #[test]
    fn bounds_what_it_looks_at() {
        assert_eq!(Page::read(&"<form></form>".repeat(1_000)).forms.len(), MOST_FORMS);
        assert_eq!(fields(&format!("<form>{}", "<input name=a>".repeat(5_000))).len(), MOST_FIELDS);
    }
}
