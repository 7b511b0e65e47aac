//! What stands at a campus's own address while there is no app: who is signed in, and where to read or to leave.

use campus::PRODUCTION;

use super::{Draft, Language, Page, School, escape};

/// A place to go from a page.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Its address: a path of ours.
    pub href: &'a str,
}

/// For somebody who is not signed in.
#[must_use]
pub fn signed_out(school: School<'_>, language: Language, links: &[Link<'_>]) -> Page {
    let title = language.of("Bienvenue", "Welcome");
    let lead = language.of(
        "Connectez-vous avec votre compte de l’établissement pour lire ce qui n’est qu’à vous.",
        "Sign in with your school account to read what is yours alone.",
    );
    let button = language.of("Se connecter", "Sign in");
    let main = format!(
        "<h1>{title}</h1>\n<p class=\"soft\">{lead}</p>\n<a class=\"button\" href=\"/api/login?return=%2F\">{button}</a>\n{}",
        rows(language.of("À lire sans connexion", "To read without signing in"), links)
    );
    Draft { school, language, title, main: &main, forms: Some("'none'"), script: None }.page()
}

/// For somebody who is, by the name that their school's claims give, and the channels that they may choose.
#[must_use]
pub fn signed_in(school: School<'_>, language: Language, name: &str, links: &[Link<'_>], channels: &[String]) -> Page {
    let lead = language.of("Session ouverte au nom de", "Signed in as");
    let button = language.of("Se déconnecter", "Sign out");
    let main = format!(
        "<p class=\"soft\">{lead}</p>\n<h1><bdi>{}</bdi></h1>\n{}{}\
         <form method=\"post\" action=\"/api/session/end\">\n<button class=\"button quiet\">{button}</button>\n</form>\n",
        escape(name),
        rows(language.of("À lire", "To read"), links),
        choice(school, language, channels)
    );
    let title = language.of("Accueil", "Home");
    // Signing out may lead on to the provider.
    Draft { school, language, title, main: &main, forms: None, script: None }.page()
}

/// The way to the other channels, for who tests there.
fn choice(school: School<'_>, language: Language, channels: &[String]) -> String {
    let here = school.channel.unwrap_or(PRODUCTION);
    let others = channels.iter().filter(|channel| **channel != here);
    let button = |channel: &String| {
        let words = match &**channel {
            PRODUCTION => language.of("La version de tous", "Everybody’s version").to_owned(),
            channel => language.of(&format!("Le canal {channel}"), &format!("The channel {channel}")).to_owned(),
        };
        let (channel, words) = (escape(channel), escape(&words));
        format!("<button class=\"button quiet\" name=\"channel\" value=\"{channel}\">{words}</button>\n")
    };
    let buttons: String = others.map(button).collect();
    if buttons.is_empty() {
        return String::new();
    }
    let legend = language.of("Voir une autre version", "See another version");
    format!(
        "<form method=\"post\" action=\"/api/channel\">\n<fieldset class=\"channels\">\n\
         <legend class=\"soft\">{legend}</legend>\n{buttons}</fieldset>\n</form>\n"
    )
}

fn rows(label: &str, links: &[Link<'_>]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let link = |link: &Link<'_>| format!("<li><a href=\"{}\">{}</a></li>\n", escape(link.href), escape(link.title));
    let links: String = links.iter().map(link).collect();
    format!("<nav aria-label=\"{label}\">\n<ul class=\"rows\">\n{links}</ul>\n</nav>\n")
}
