//! `preau login-check`: a sign-in at a real CAS server, and what it would mean.

use insta::assert_snapshot;
use testbed::{DjangoCas, need};

use crate::process::{Ended, Preau};
use crate::site::{Site, declaration};

/// The campus `lac`, whose people sign in at this server.
fn lac(cas: &DjangoCas) -> Site {
    let site = Site::new("http://127.0.0.1:9/", "");
    let login = format!(
        "[login]\nmethod = \"cas\"\nurl = \"{}\"\nuser = \".supannEtuId\"\nattributes.mail = \".mail\"\n",
        cas.url()
    );
    let more = "[data.staff]\nsource = \"portal\"\npath = \"staff.json\"\naudience = \"group:staff\"\nkind = \"links\"\n\
                [data.staff.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\nurl = \".url\"\n";
    site.declare("lac", &format!("{}\n{more}\n{login}", declaration("Université du Lac", "http://127.0.0.1:9/")));
    site.write("password", "demo\n");
    site
}

fn check(site: &Site, more: &[&str]) -> Ended {
    let (campus, settings, password) = (site.text("campuses/lac"), site.text("preau.toml"), site.text("password"));
    let arguments = ["login-check", &campus, "--settings", &settings, "--password-file", &password];
    Preau::run(&[&arguments[..], &["--site", "http://127.0.0.1:9000"], more].concat())
}

#[test]
fn shows_claims_person_rights_and_tokens() {
    let cas = need!(testbed::django_cas());
    let site = lac(&cas);
    let ended = check(&site, &["--user", "adupont"]);
    assert_eq!((ended.code, ended.err.as_str(), ended.left_behind), (Some(0), "", 0), "{}", ended.out);
    let address = cas.url().replace("http://", "").replace("/cas", "");
    assert_snapshot!(ended.out.replace(&address, "CAS"), @r#"
    Université du Lac by cas, as http://127.0.0.1:9000
      CAS checks tickets
      CAS knows http://127.0.0.1:9000/api/login/callback

    claims received
    ┌──────────────────────────────────────────────────────────────────────────┐
    │ claim                                    type        value               │
    ╞══════════════════════════════════════════════════════════════════════════╡
    │ authenticationDate                       text        ••• (25 characters) │
    │ displayName                              text        ••• (12 characters) │
    │ eduPersonAffiliation                     list of 2   •••                 │
    │ isFromNewLogin                           text        ••• (4 characters)  │
    │ longTermAuthenticationRequestTokenUsed   text        ••• (5 characters)  │
    │ mail                                     text        ••• (24 characters) │
    │ memberOf                                 list of 2   •••                 │
    │ supannEtuId                              text        ••• (8 characters)  │
    │ user                                     text        ••• (7 characters)  │
    └──────────────────────────────────────────────────────────────────────────┘
    (--show-values shows them)

    the person
    ┌───────────────────────────────────────────────┐
    │ part of [login]   this person                 │
    ╞═══════════════════════════════════════════════╡
    │ user              22204518                    │
    │ name              Aline Dupont                │
    │ groups            cn=R & D <"labo">,ou=groups │
    │                   cn=l3-info,ou=groups        │
    │ affiliation       member                      │
    │                   student                     │
    │ roles             none                        │
    │ attributes.mail   aline.dupont@etu.example    │
    └───────────────────────────────────────────────┘

    data sets
    ┌───────────────────────────────────────────┐
    │ data set   kind    for           may read │
    ╞═══════════════════════════════════════════╡
    │ links      links   public        yes      │
    │ staff      links   group:staff   no       │
    └───────────────────────────────────────────┘

    tokens (no source is asked with them)
      none
    "#);
    let shown = check(&site, &["--user", "adupont", "--show-values"]);
    assert!(shown.out.contains("│ supannEtuId ") && shown.out.contains(" 22204518 "), "{}", shown.out);
    assert!(!ended.out.contains("adupont") && shown.out.contains("adupont"));
}

#[test]
fn says_what_went_wrong_and_where() {
    let cas = need!(testbed::django_cas());
    let site = lac(&cas);
    let login = format!("{}/login", cas.url().replace("http://", ""));
    let stranger = check(&site, &["--user", "nobody"]);
    assert_eq!(stranger.code, Some(1));
    assert_eq!(
        stranger.err,
        format!(
            "preau: Denied: {login} shows the provider's form again: wrong user or password?\nthe way there:\n  {login}\n  {login}"
        )
    );
    assert_eq!(check(&site, &[]).err, "preau: who signs in? Say it with --user");
    site.write("password", "\n");
    assert_eq!(check(&site, &["--user", "adupont"]).err, "preau: no password was given");
    site.declare("lac", &declaration("Université du Lac", "http://127.0.0.1:9/"));
    assert_eq!(check(&site, &[]).err, "preau: nobody signs in at lac: it has no [login]");
}
