//! A browser without a screen, at pages shaped like those of the providers that schools have.

mod provider;

use identity::{Begun, Failure, FailureKind, Form, Given, Rehearsal, Site};
use outbound::{Outbound, Rules};
use settings::Secret;
use url::Url;

use self::provider::{Asked, Provider, answer, go, page};

const BACK: &str = "https://app.univ.fr/api/login/callback";

/// Signs in at a provider's `/start`, as `alice` with `good`.
async fn sign_in(provider: &Provider) -> Result<Given, Failure> {
    sign_in_with(Begun::Redirect(provider.at("/start")), "good").await
}

async fn sign_in_with(begun: Begun, password: &str) -> Result<Given, Failure> {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let mut browser = Rehearsal::new(&Outbound::new(&[]).unwrap(), rules);
    let site = Site::new(&Url::parse("https://app.univ.fr").unwrap()).unwrap();
    browser.sign_in(begun, &site, "alice", &Secret::new(password)).await
}

async fn failure(provider: &Provider, kind: FailureKind) -> String {
    let Err(failure) = sign_in(provider).await else { panic!("{:?}", provider.asked()) };
    assert_eq!(failure.kind, kind, "{failure}");
    for secret in ["alice", "good", "n=1", "secret"] {
        assert!(!failure.message.contains(secret), "{failure}");
    }
    failure.message
}

fn is(form: &Form, name: &str, value: &str) -> bool {
    form.get(name).is_some_and(|found| found == value)
}

fn signed_in(asked: &Asked, user: &str, password: &str) -> bool {
    is(&asked.form, user, "alice") && is(&asked.form, password, "good")
}

#[tokio::test]
async fn signs_in_at_a_cas_server_with_a_csrf_token_in_cookie_and_form() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => go("", "/cas/login?service=x"),
        "GET /cas/login" => page(
            "set-cookie: csrftoken=c1; Path=/; SameSite=Lax\r\n",
            "<form class='form-signin' method='post' id='login_form'><input type='hidden' name='csrfmiddlewaretoken'
             value='c2'><input type='hidden' name='lt' value='LT-1'><input type='hidden' name='warned' value=''>
             <input type='text' name='username' required><input type='password' name='password' required>
             <input type='checkbox' name='warn'><button type='submit'>Login</button></form>",
        ),
        "POST /cas/login" if signed_in(asked, "username", "password") => {
            assert!(asked.cookies.contains("csrftoken=c1") && is(&asked.form, "csrfmiddlewaretoken", "c2"));
            assert!(is(&asked.query, "service", "x") && is(&asked.form, "lt", "LT-1"));
            assert!(!asked.form.contains_key("warn"));
            assert!(asked.head.contains("\r\norigin: http://127.0.0.1:") && asked.head.contains("\r\nreferer: http"));
            go("", &format!("{BACK}?ticket=ST-1"))
        }
        other => panic!("{other}"),
    })
    .await;
    let given = sign_in(&provider).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(is(&given.query, "ticket", "ST-1") && given.form.is_empty());
}

#[tokio::test]
async fn signs_in_and_consents_at_an_openid_provider() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => go("set-cookie: _interaction=1; path=/interaction/1\r\n", "/interaction/1"),
        "GET /interaction/1" if asked.cookies.contains("step=2") => page(
            "",
            "<form autocomplete='off' action='/interaction/1' method='post'><input type='hidden' name='prompt'
             value='consent'/><button autofocus type='submit' class='login'>Continue</button></form>
             <div class='login-help'><a href='/interaction/1/abort'>[ Cancel ]</a></div>",
        ),
        "GET /interaction/1" => page(
            "",
            "<form autocomplete='off' action='/interaction/1' method='post'><input type='hidden' name='prompt'
             value='login'/><input required type='text' name='login' placeholder='Enter any login'/><input required
             type='password' name='password'/><button type='submit' class='login'>Sign-in</button></form>",
        ),
        "POST /interaction/1" if is(&asked.form, "prompt", "consent") => go("", &format!("{BACK}?code=c&state=s")),
        "POST /interaction/1" if signed_in(asked, "login", "password") => {
            go("set-cookie: step=2; path=/\r\n", "/interaction/1")
        }
        other => panic!("{other}"),
    })
    .await;
    let given = sign_in(&provider).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(is(&given.query, "code", "c") && is(&given.query, "state", "s"));
}

#[tokio::test]
async fn takes_the_message_of_a_page_that_a_script_would_post_to_us() {
    let provider = Provider::start(|asked| match &*asked.what {
        "POST /start" if is(&asked.form, "SAMLRequest", "req") => page(
            "",
            "<form action='?' method='post' name='f'><input id='username' type='text' name='username'/>
             <input id='password' type='password' name='password'/><input type='hidden' name='AuthState' value='a:b'/>
             <button id='submit_button'>Login</button></form>
             <form action='/lang' method='get'><select name='language'><option value='en' selected></select></form>",
        ),
        "POST /start" if signed_in(asked, "username", "password") && is(&asked.form, "AuthState", "a:b") => page(
            "",
            &format!(
                "<body onload=\"document.forms[0].submit()\"><form method='post' action='{BACK}'>
                 <!-- SAML --><input type='submit' id='postLoginSubmitButton'/>
                 <input type='hidden' name='SAMLResponse' value='PHNhbWw+&#10;'/>
                 <input type='hidden' name='RelayState' value='r'/>
                 <noscript><button type='submit'>Submit</button></noscript></form>"
            ),
        ),
        other => panic!("{other}"),
    })
    .await;
    let begun = Begun::Post(provider.at("/start"), vec![("SAMLRequest".to_owned(), "req".to_owned())]);
    let given = sign_in_with(begun, "good").await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(is(&given.form, "SAMLResponse", "PHNhbWw+\n") && is(&given.form, "RelayState", "r"));
    assert!(given.query.is_empty());
}

#[tokio::test]
async fn passes_the_pages_of_shibboleth_that_a_script_would_leave() {
    let storage = |step: &str, names: &str| {
        page(
            "",
            &format!(
                "<body onload='doIt()'><noscript>Since your browser does not support JavaScript</noscript>
                 <form name='form1' action='/idp/profile/SAML2/Redirect/SSO;jsessionid=F?execution={step}' method='post'>
                 <input type='hidden' name='csrf_token' value='_1'/>{names}
                 <input type='hidden' name='shib_idp_ls_supported'/><noscript><input type='submit' value='Continue'/>
                 </noscript><input type='hidden' name='_eventId_proceed'/></form>"
            ),
        )
    };
    let provider =
        Provider::start(move |asked| match (&*asked.what, asked.query.get("execution").map(String::as_str)) {
            ("GET /start", _) => storage("e1s1", "<input type='hidden' name='shib_idp_ls_success.s' value='false'/>"),
            (_, Some("e1s1")) => page(
                "",
                "<form action='/idp/profile/SAML2/Redirect/SSO?execution=e1s2' method='post'><input type='hidden'
             name='csrf_token' value='_2'/><input id='username' name='j_username' type='text'/><input name='j_password'
             type='password'/><input type='checkbox' name='donotcache' value='1'/><button type='submit'
             name='_eventId_proceed'>Connexion</button><button name='_eventId_cancel'>Annuler</button></form>",
            ),
            (_, Some("e1s2")) if signed_in(asked, "j_username", "j_password") => {
                assert!(asked.form.contains_key("_eventId_proceed") && !asked.form.contains_key("_eventId_cancel"));
                page(
                    "",
                    "<form action='?execution=e1s3' method='post'><input type='radio' name='_shib_idp_consentOptions'
                 value='once'/><input type='radio' name='_shib_idp_consentOptions' value='each' checked/>
                 <input type='submit' name='_eventId_AttributeReleaseRejected' value='Reject'/>
                 <input type='submit' name='_eventId_proceed' value='Accept'/></form>",
                )
            }
            (_, Some("e1s3")) => {
                assert!(
                    is(&asked.form, "_eventId_proceed", "Accept")
                        && is(&asked.form, "_shib_idp_consentOptions", "each")
                );
                assert_eq!(asked.form.len(), 2);
                storage("e1s4", "<input type='hidden' name='shib_idp_ls_success.t' value='false'/>")
            }
            (_, Some("e1s4")) => page(
                "",
                &format!(
                    "<form action='{BACK}' method='post'><input type='hidden' name='SAMLResponse' value='x'/></form>"
                ),
            ),
            other => panic!("{other:?}"),
        })
        .await;
    let given = sign_in(&provider).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(is(&given.form, "SAMLResponse", "x"));
}

#[tokio::test]
async fn tells_user_and_password_on_two_pages() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => page("", "<meta http-equiv='refresh' content='0; url=/who?flow=1'>"),
        "GET /who" if is(&asked.query, "username", "alice") => page(
            "",
            "<base href='/deeper/'><form method=post action='in'><input name=username value=alice readonly>
             <input type=password name=pass></form>",
        ),
        "GET /who" => page("", "<form><input name=q></form><form><input name=username><button name=b>Next</form>"),
        "POST /deeper/in" if signed_in(asked, "username", "pass") => {
            answer(303, &format!("location: {BACK}?code=1#x\r\n"), "")
        }
        other => panic!("{other}"),
    })
    .await;
    let given = sign_in(&provider).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(is(&given.query, "code", "1"));
}

#[tokio::test]
async fn hands_user_and_password_to_our_own_form() {
    let Ok(given) = sign_in_with(Begun::Form, "good").await else { panic!("LDAP has no pages") };
    assert!(is(&given.form, "user", "alice") && is(&given.form, "password", "good"));
}

#[tokio::test]
async fn says_denied_when_the_form_comes_again() {
    let form = "<form method=post action='/login?n=1'><input name=user><input type=password name=password></form>";
    let provider = Provider::start(move |asked| match &*asked.what {
        "GET /start" => page("", form),
        _ => answer(401, "content-type: text/html\r\n", form),
    })
    .await;
    let text = failure(&provider, FailureKind::Denied).await;
    assert!(text.contains("/login shows the provider's form again: wrong user or password?"), "{text}");
    assert_eq!(provider.asked(), ["GET /start", "POST /login"]);
}

#[tokio::test]
async fn says_which_page_it_does_not_understand_and_what_is_there() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => go("", "/cas/login?secret=1"),
        _ => answer(403, "content-type: text/html\r\n", "<title>Application Not Authorized</title>"),
    })
    .await;
    let host = outbound::site(&provider.url);
    assert_eq!(
        failure(&provider, FailureKind::Misconfigured).await,
        format!(
            "{host}/cas/login shows no form that takes a password; its status is 403; its title is \"Application Not Authorized\""
        )
    );
}

#[tokio::test]
async fn says_what_is_asked_after_the_password_but_not_what_the_page_says() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => {
            page("", "<form method=post action=/in><input name=user><input type=password name=password></form>")
        }
        _ => page("", "<title>Hello alice</title><form method=post><input name=otp></form>"),
    })
    .await;
    let text = failure(&provider, FailureKind::Misconfigured).await;
    assert!(
        text.contains("/in is not understood, after the password (a second factor") && text.ends_with("asks for otp")
    );
}

#[tokio::test]
async fn gives_up_where_it_is_sent_around_or_out_of_bounds() {
    let provider = Provider::start(|_| go("", "/start")).await;
    let text = failure(&provider, FailureKind::Misconfigured).await;
    assert!(text.contains("the 30th page") && text.contains("app.univ.fr/api/login/callback"), "{text}");
    assert_eq!(provider.asked().len(), 30);

    let provider = Provider::start(|_| page("", "<form method=post><button>Go on</button></form>")).await;
    failure(&provider, FailureKind::Misconfigured).await;

    let provider = Provider::start(|_| go("", "https://10.0.0.1/login")).await;
    let text = failure(&provider, FailureKind::Misconfigured).await;
    assert!(text.contains("[outbound.private]"), "{text}");

    let provider = Provider::start(|_| answer(503, "retry-after: 7\r\n", "")).await;
    let text = failure(&provider, FailureKind::Unavailable).await;
    assert!(text.contains("answered 503"), "{text}");

    let provider = Provider::start(|_| answer(200, "content-type: application/json\r\n", "{}")).await;
    let text = failure(&provider, FailureKind::Misconfigured).await;
    assert!(text.contains("answers with application/json where a page is expected"), "{text}");
}

#[tokio::test]
async fn remembers_where_it_was_without_queries_or_sessions() {
    let provider = Provider::start(|asked| match &*asked.what {
        "GET /start" => go("", "/login;jsessionid=secret?execution=secret"),
        _ => go("", &format!("{BACK}?code=secret")),
    })
    .await;
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let mut browser = Rehearsal::new(&Outbound::new(&[]).unwrap(), rules);
    let site = Site::new(&Url::parse("https://app.univ.fr").unwrap()).unwrap();
    let begun = Begun::Redirect(provider.at("/start?secret"));
    assert!(browser.sign_in(begun, &site, "alice", &Secret::new("good")).await.is_ok());
    let host = outbound::site(&provider.url);
    assert_eq!(browser.history(), [format!("{host}/start"), format!("{host}/login")]);
}
