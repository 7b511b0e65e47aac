//! The page that posts a form to a provider by itself (SAML's HTTP-POST binding), and by a button without script.

use url::Url;

use super::{Draft, Language, Page, School, escape};

const SUBMIT: &str = "document.forms[0].submit()";

/// Posts these fields to an address of the provider.
#[must_use]
pub fn post_form(school: School<'_>, language: Language, to: &Url, fields: &[(String, String)]) -> Page {
    let title = language.of("Connexion en cours", "Signing in");
    let lead = language.of(
        "Vous allez à la page de connexion de votre établissement.",
        "You are on your way to your school’s sign-in page.",
    );
    let submit = language.of("Continuer", "Continue");
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value)))
        .collect();
    let main = format!(
        "<h1>{title}</h1>\n<p class=\"soft\">{lead}</p>\n<form method=\"post\" action=\"{}\">\n{fields}\
         <button class=\"button\">{submit}</button>\n</form>\n",
        escape(to.as_str())
    );
    Draft { school, language, title, main: &main, forms: None, script: Some(SUBMIT) }.page()
}
