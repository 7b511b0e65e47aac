//! Which drawings may be a logo: those that run nothing and load nothing, wherever they are opened.

use records::{Limits, Payload, Value};

/// What a drawing may cost: a logo has some hundred shapes.
const LIMITS: Limits = Limits { depth: 32, values: 20_000 };

/// Elements that run something, show something else than a drawing, or change an address later.
const ACTIVE: &[&str] = &[
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "canvas",
    "animate",
    "set",
    "handler",
    "listener",
];

/// What a drawing may not hold.
///
/// # Errors
/// The first thing that it may not, in words that complete "the drawing …".
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.match_indices("<?").any(|(at, _)| !text.get(at..).is_some_and(|rest| rest.starts_with("<?xml "))) {
        return Err("has a processing instruction besides <?xml …?>".to_owned());
    }
    let payload = Payload::Xml(text.to_owned());
    let document = payload.value(&LIMITS).map_err(|malformed| format!("cannot be read: {malformed}"))?;
    let root = document.get("svg").ok_or("does not begin with <svg>")?;
    part("svg", root)
}

fn part(name: &str, value: &Value<'_>) -> Result<(), String> {
    let lower = name.to_ascii_lowercase();
    if ACTIVE.contains(&lower.as_str()) {
        return Err(format!("has a <{name}>"));
    }
    match value {
        Value::Object(parts) => parts.iter().try_for_each(|(name, value)| part(name, value)),
        Value::List(values) => values.iter().try_for_each(|value| part(name, value)),
        Value::Text(text) => match lower.strip_prefix('@') {
            Some(attribute) if attribute.starts_with("on") => Err(format!("has an event handler, {attribute}")),
            Some("href" | "src" | "base") if !text.trim_start().starts_with('#') => {
                Err(format!("refers to \"{}\"", text.chars().take(60).collect::<String>()))
            }
            _ => style(text),
        },
        _ => Ok(()),
    }
}

/// Styles may refer to parts of the drawing only, and in plain letters.
fn style(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let elsewhere = lower.split("url(").skip(1).any(|rest| !rest.trim_start_matches([' ', '"', '\'']).starts_with('#'));
    if elsewhere || lower.contains("@import") || lower.contains("image-set(") || lower.contains("javascript:") {
        return Err("has a style that refers to something else".to_owned());
    }
    if lower.contains('\\') {
        return Err("has a style with a backslash".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_drawing_of_shapes_and_gradients_is_fine() {
        let drawing = r##"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">
            <title>Université</title><style>.a { fill: url(#g) }</style>
            <linearGradient id="g"><stop stop-color="#fff"/></linearGradient>
            <path class="a" d="M0 0h8v8z"/><use href="#p" xlink:href="#p" xmlns:xlink="http://www.w3.org/1999/xlink"/></svg>"##;
        assert_eq!(check(drawing), Ok(()));
    }

    #[test]
    fn what_runs_or_loads_something_is_refused() {
        for (inside, reason) in [
            ("<script>alert(1)</script>", "<script>"),
            ("<svg:SCRIPT/>", "<SCRIPT>"),
            ("<g><foreignObject><p/></foreignObject></g>", "<foreignObject>"),
            ("<path onload='x()'/>", "event handler"),
            ("<a href='javascript:x()'/>", "refers to"),
            ("<image href='data:image/svg+xml,x'/>", "refers to"),
            ("<use href='#a' xlink:href='https://evil.example/a.svg#a'/>", "refers to"),
            ("<path style='fill: URL(https://evil.example/x)'/>", "style"),
            ("<style>@import 'https://evil.example/x.css';</style>", "style"),
            ("<style>a { fill: \\75rl(x) }</style>", "backslash"),
            ("<?xml-stylesheet href='https://evil.example/x.css'?>", "processing instruction"),
            ("<path", "cannot be read"),
        ] {
            let refused = check(&format!("<svg>{inside}</svg>"));
            assert!(refused.as_ref().is_err_and(|message| message.contains(reason)), "{inside}: {refused:?}");
        }
        assert!(check("<html/>").is_err());
        assert!(check("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>").is_err());
    }
}
