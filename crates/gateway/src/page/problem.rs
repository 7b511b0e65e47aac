//! Why signing in failed, in plain words, and what to do next.

use identity::FailureKind;
use url::form_urlencoded;

use super::{Draft, Language, Page, School};

/// The page of a failure. `back` is the path that the person wanted to reach; "try again" leads there through a new sign-in.
#[must_use]
pub fn problem(school: School<'_>, language: Language, kind: FailureKind, back: &str) -> Page {
    let Words { title, what, next } = words(kind, language);
    let again = form_urlencoded::Serializer::new(String::new()).append_pair("return", back).finish();
    let button = language.of("Réessayer", "Try again");
    let main = format!(
        "<h1>{title}</h1>\n<p>{what}</p>\n<p class=\"soft\">{next}</p>\n\
         <a class=\"button\" href=\"/api/login?{again}\">{button}</a>\n"
    );
    Draft { school, language, title, main: &main, forms: Some("'none'"), script: None }.page()
}

struct Words {
    title: &'static str,
    what: &'static str,
    next: &'static str,
}

fn words(kind: FailureKind, language: Language) -> Words {
    match kind {
        FailureKind::Unavailable => Words {
            title: language.of("La connexion ne répond pas", "Signing in is not available"),
            what: language.of(
                "Le service de connexion de l’établissement ne répond pas pour le moment.",
                "The school’s sign-in service does not answer at the moment.",
            ),
            next: language.of(
                "Réessayez dans quelques minutes. Ce qui est public reste accessible sans connexion.",
                "Try again in a few minutes. What is public can be read without signing in.",
            ),
        },
        FailureKind::Denied => Words {
            title: language.of("Connexion refusée", "Sign-in refused"),
            what: language.of(
                "Le service de connexion n’a pas confirmé votre identité, ou la connexion a été annulée.",
                "The sign-in service did not confirm who you are, or the sign-in was cancelled.",
            ),
            next: language.of(
                "Réessayez. Si cela se répète, demandez à l’assistance informatique si votre compte a accès à cette \
                 application.",
                "Try again. If it happens again, ask the IT help desk whether your account may use this application.",
            ),
        },
        FailureKind::Invalid => Words {
            title: language.of("Connexion non vérifiée", "Sign-in not verified"),
            what: language.of(
                "La réponse du service de connexion n’a pas pu être vérifiée. Par sécurité, elle a été écartée.",
                "The answer of the sign-in service could not be verified. For safety, it was set aside.",
            ),
            next: language.of(
                "Recommencez. Si cela se répète, prévenez l’assistance informatique.",
                "Start again. If it happens again, tell the IT help desk.",
            ),
        },
        FailureKind::Stale => Words {
            title: language.of("Connexion expirée", "Sign-in expired"),
            what: language.of(
                "Cette connexion a commencé il y a trop longtemps, ou dans un autre navigateur.",
                "This sign-in began too long ago, or in another browser.",
            ),
            next: language.of(
                "Recommencez ici. Les cookies doivent être autorisés pour cette adresse.",
                "Start again here. Cookies must be allowed for this address.",
            ),
        },
        FailureKind::Misconfigured => Words {
            title: language.of("Connexion à régler", "Sign-in needs attention"),
            what: language.of(
                "L’application et le service de connexion de l’établissement ne s’accordent pas. Vous n’y êtes pour rien.",
                "The application and the school’s sign-in service do not agree. It is not your fault.",
            ),
            next: language.of(
                "Prévenez l’assistance informatique de votre établissement : elle seule peut corriger ce réglage.",
                "Tell your school’s IT help desk: only they can correct this setting.",
            ),
        },
        FailureKind::TooMany => Words {
            title: language.of("Trop d’essais", "Too many tries"),
            what: language.of(
                "Pour protéger les comptes, les connexions sont ralenties pendant un moment.",
                "To protect accounts, sign-ins are slowed down for a while.",
            ),
            next: language.of(
                "Attendez quelques minutes avant de réessayer.",
                "Wait a few minutes before you try again.",
            ),
        },
    }
}
