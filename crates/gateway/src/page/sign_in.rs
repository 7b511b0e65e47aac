//! The form for user and password, of schools whose people sign in against a directory (LDAP).

use super::{Draft, Language, Page, School, escape};

/// Why the form is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormProblem {
    /// The directory knows no such user with such a password.
    Refused,
    /// Too many tries: wait so many minutes.
    TooMany {
        /// At least 1.
        minutes: u64,
    },
    /// The directory does not answer.
    Unavailable,
}

/// The form; it posts `user` and `password` to `action`. What was typed as user stands there again, never a password.
#[must_use]
pub fn sign_in_form(
    school: School<'_>,
    language: Language,
    action: &str,
    user: &str,
    problem: Option<FormProblem>,
) -> Page {
    let title = language.of("Connexion", "Sign in");
    let lead = language.of(
        "Avec l’identifiant et le mot de passe de votre compte de l’établissement.",
        "With the user name and password of your school account.",
    );
    let (user_label, password_label) =
        (language.of("Identifiant", "User name"), language.of("Mot de passe", "Password"));
    let submit = language.of("Se connecter", "Sign in");
    let summary = problem.map(|problem| summary(problem, language)).unwrap_or_default();
    // Which of the two is wrong is not said: it would tell who has an account.
    let wrong = match problem {
        Some(FormProblem::Refused) => " aria-invalid=\"true\" aria-describedby=\"problem\"",
        _ => "",
    };
    let (action, user) = (escape(action), escape(user));
    let main = format!(
        "<h1>{title}</h1>\n<p class=\"soft\">{lead}</p>\n{summary}\
         <form method=\"post\" action=\"{action}\">\n\
         <label for=\"user\">{user_label}</label>\n\
         <input id=\"user\" name=\"user\" value=\"{user}\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" maxlength=\"256\" required{wrong}>\n\
         <label for=\"password\">{password_label}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         maxlength=\"1024\" required{wrong}>\n\
         <button class=\"button\">{submit}</button>\n</form>\n"
    );
    let titled = match problem {
        Some(_) => format!("{} – {title}", language.of("Erreur", "Error")),
        None => title.to_owned(),
    };
    Draft { school, language, title: &titled, main: &main, forms: Some("'self'"), script: None }.page()
}

/// What is wrong, where readers of screens begin; it leads to the field to correct.
fn summary(problem: FormProblem, language: Language) -> String {
    let (title, text) = match problem {
        FormProblem::Refused => (
            language.of("Identifiant ou mot de passe incorrect", "Wrong user name or password"),
            language
                .of(
                    "<a href=\"#user\">Vérifiez l’identifiant</a>, puis saisissez de nouveau le mot de passe.",
                    "<a href=\"#user\">Check the user name</a>, then type the password again.",
                )
                .to_owned(),
        ),
        FormProblem::TooMany { minutes } => (
            language.of("Trop d’essais", "Too many tries"),
            match (language, minutes) {
                (Language::French, 0 | 1) => {
                    "Pour protéger les comptes, attendez une minute, puis réessayez.".to_owned()
                }
                (Language::English, 0 | 1) => "To protect accounts, wait a minute, then try again.".to_owned(),
                (Language::French, minutes) => {
                    format!("Pour protéger les comptes, attendez {minutes} minutes, puis réessayez.")
                }
                (Language::English, minutes) => {
                    format!("To protect accounts, wait {minutes} minutes, then try again.")
                }
            },
        ),
        FormProblem::Unavailable => (
            language.of("L’annuaire ne répond pas", "The directory does not answer"),
            language
                .of(
                    "Votre mot de passe n’est pas en cause. Réessayez dans quelques minutes.",
                    "Your password is not the cause. Try again in a few minutes.",
                )
                .to_owned(),
        ),
    };
    format!(
        "<div class=\"wrong\" id=\"problem\" role=\"alert\" tabindex=\"-1\" autofocus>\n\
         <h2>{title}</h2>\n<p>{text}</p>\n</div>\n"
    )
}
