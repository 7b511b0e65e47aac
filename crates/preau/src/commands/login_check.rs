//! `preau login-check`: a sign-in at the campus's real provider, and what the claims that come of it would mean.

mod password;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::process::ExitCode;

use identity::{Answer, Attempt, Begun, Failure, FailureKind, Login, Proof, Rehearsal, Site};
use jiff::Timestamp;
use settings::Secret;

use crate::commands::{campus, site, told};
use crate::settings::Settings;
use crate::{Outcome, cli, environment, keys};

pub(crate) async fn run(arguments: cli::LoginCheck) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    let surroundings = environment::surroundings(&settings, BTreeMap::new(), true)?;
    let campus = campus(&arguments.campus, &surroundings)?;
    let sign_in =
        campus.sign_in.as_ref().ok_or_else(|| format!("nobody signs in at {}: it has no [login]", campus.id))?;
    let site = site(arguments.site.as_ref(), &campus)?;
    say!("{} by {}, as {site}", campus.name, sign_in.method);
    let login = sign_in.login.as_ref();
    for found in login.probe(&site, Timestamp::now()).await.map_err(|failure| told(&failure))? {
        say!("  {found}");
    }
    let user = arguments.user.map_or_else(password::user, Ok)?;
    let password = password::password(&user, arguments.password_file.as_deref())?;
    let mut browser = Rehearsal::new(&surroundings.outbound, (surroundings.rules)(&campus.id));
    let proof = signed_in(login, &site, &mut browser, &user, &password).await.map_err(|failure| {
        let way = browser.history().join("\n  ");
        if way.is_empty() { told(&failure) } else { format!("{}\nthe way there:\n  {way}", told(&failure)) }
    })?;
    say!("\n{}", report::claims(&proof.claims, arguments.show_values));
    // The claims are shown first: they tell what to write where these do not make a person.
    let person = sign_in.claims.person(&proof.claims).map_err(|failure| told(&failure))?;
    say!("\n{}", report::person(&person, settings.staff.get(&*campus.id)));
    say!("\n{}", report::data(&campus, &person));
    say!("\n{}", report::tokens(&proof.tokens, sign_in.passes_tokens, Timestamp::now()));
    Ok(ExitCode::SUCCESS)
}

/// One sign-in from end to end, as the gateway does it.
async fn signed_in(
    login: &dyn Login,
    site: &Site,
    browser: &mut Rehearsal,
    user: &str,
    password: &Secret,
) -> Result<Proof, Failure> {
    let attempt = Attempt::new(&keys::chance(), Timestamp::now());
    let begun = login.begin(site, &attempt, Timestamp::now()).await?;
    let own_form = begun == Begun::Form;
    let given = browser.sign_in(begun, site, user, password).await?;
    let state = given.form.get("RelayState").or_else(|| given.query.get("state")).or_else(|| given.form.get("state"));
    if !own_form && state.is_none_or(|state| state != attempt.id()) {
        let message = "the provider does not give back which sign-in it answers (`state` or `RelayState`)";
        return Err(Failure::new(FailureKind::Invalid, message));
    }
    let (query, form) = (&given.query, &given.form);
    login.finish(&Answer { site, attempt: Some(&attempt), query, form, peer: None, now: Timestamp::now() }).await
}
