//! Every address of the API and what it is for.

use identity::Site;
use serde_json::{Value, json};

use super::{answer, several};

/// An address of the API: path, operation, summary, what it answers, parameters, fields of the form that is posted.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) answer: fn() -> Value,
    pub(super) parameters: &'static [&'static str],
    pub(super) form: &'static [(&'static str, &'static str)],
}

/// All of them.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/manifest",
        id: "manifest",
        summary: "What the campus's app is: name, theme, screens, data sets with their lifetimes. Signed: `Signature` covers `Content-Digest` (RFC 9421), with a key of /api/keys.",
        answer: || json!({ "$ref": "#/components/schemas/manifest" }),
        parameters: &["If-None-Match"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/keys",
        id: "keys",
        summary: "The public keys of manifests, a JWK set (RFC 7517).",
        answer: || json!({ "type": "object", "required": ["keys"], "properties": { "keys": { "type": "array", "items": { "type": "object" } } } }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/data/{name}",
        id: "data",
        summary: "The items of a data set. A 304 says that the client's items are current whatever their age: `Age` and the `ttl` of `Cache-Status` tell it. Parameters of the data set's own (see the manifest) are query parameters too.",
        answer,
        parameters: &["name", "from", "to", "q", "limit", "cursor", "If-None-Match"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/data",
        id: "several",
        summary: "Several data sets in one round trip, each with its own status.",
        answer: several,
        parameters: &["names", "from", "to", "q", "limit"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/explain/{name}",
        id: "explain",
        summary: "Why a data set is empty or old: rights, state of the source, age, rejected records, and a sentence in French and English.",
        answer: || json!({ "type": "object" }),
        parameters: &["name"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/status",
        id: "status",
        summary: "The state of each source of the campus, as real traffic saw it.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/me",
        id: "me",
        summary: "Who asks, and what they may do: roles, channels, and for each data set `allowed` or the problem that reading it would be.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/login",
        id: "login",
        summary: "Starts a sign-in in a browser, which comes back to `return` with cookies. A native app gives `redirect_uri`, `code_challenge` (S256) and `state`, and gets a `code` there.",
        answer: page,
        parameters: &["return", "redirect_uri", "code_challenge", "code_challenge_method", "state"],
        form: &[],
    },
    Operation {
        method: "post",
        path: "/api/login",
        id: "submitLogin",
        summary: "User and password, from the page that GET /api/login shows where the school has no sign-on of its own (LDAP).",
        answer: page,
        parameters: &[],
        form: &[("user", "As the directory knows the person"), ("password", "Seen by the directory only")],
    },
    Operation {
        method: "get",
        path: Site::CALLBACK,
        id: "callback",
        summary: "Where the identity provider sends the browser back to (OpenID Connect, CAS).",
        answer: page,
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "post",
        path: Site::CALLBACK,
        id: "postedCallback",
        summary: "Where the identity provider's page posts its answer (SAML), and a CAS server its single logout.",
        answer: page,
        parameters: &[],
        form: &[
            ("SAMLResponse", "SAML 2.0 bindings, 3.5"),
            ("RelayState", "Of the sign-in"),
            ("logoutRequest", "CAS, 2.3.3"),
        ],
    },
    Operation {
        method: "post",
        path: Site::NOTICE,
        id: "notice",
        summary: "Where the identity provider tells who signed out (OpenID Connect Back-Channel Logout).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[("logout_token", "Signed by the provider")],
    },
    Operation {
        method: "get",
        path: Site::METADATA,
        id: "metadata",
        summary: "The service provider's metadata (SAML).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: Site::PROXY,
        id: "proxy",
        summary: "Where a CAS server leaves proxy-granting tickets (`pgtUrl`).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "post",
        path: "/api/session/token",
        id: "token",
        summary: "A native app's first tokens, with a proof of its key in `DPoP` (RFC 9449). A 401 brings the nonce that proofs need.",
        answer: tokens,
        parameters: &["DPoP"],
        form: &[
            ("grant_type", "`authorization_code`, or `cas_ticket` where the manifest says that the school allows it"),
            ("code", "From the redirect that ended the sign-in; good for a minute, once"),
            ("code_verifier", "RFC 7636"),
            ("redirect_uri", "As at the beginning"),
            ("ticket", "A service ticket for this campus's callback, which the app got from the school by itself"),
        ],
    },
    Operation {
        method: "post",
        path: "/api/session/refresh",
        id: "refresh",
        summary: "Tokens anew, until the session's absolute end: cookies for the web app (204), JSON for a native app, which proves its key. A refresh token may be used again.",
        answer: tokens,
        parameters: &["DPoP"],
        form: &[("refresh_token", "Of a native app; the web app's is its cookie")],
    },
    Operation {
        method: "post",
        path: "/api/session/end",
        id: "end",
        summary: "Signs out. `provider` is where the browser signs out at the identity provider too.",
        answer: || json!({ "type": "object", "properties": { "provider": { "type": ["string", "null"] } } }),
        parameters: &[],
        form: &[("everywhere", "`true` ends all sessions of the person"), ("refresh_token", "Of a native app")],
    },
    Operation {
        method: "post",
        path: "/api/staff/sign-out",
        id: "staffSignOut",
        summary: "Ends all sessions of a person; for staff with the role support, admin or operator.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[("user", "The person's id")],
    },
    Operation {
        method: "get",
        path: "/healthz",
        id: "healthz",
        summary: "The process runs.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/readyz",
        id: "readyz",
        summary: "The process serves at least one campus (200), or none (503).",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/metrics",
        id: "metrics",
        summary: "Counts in the OpenMetrics text format; to the machine itself only.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/openapi.json",
        id: "openapi",
        summary: "This document.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
];

/// A page, or the address where the browser goes on.
fn page() -> Value {
    json!({ "type": "string", "description": "A page, or a 303 to where the browser goes on" })
}

/// RFC 6749, 5.1.
fn tokens() -> Value {
    let (text, seconds) = (json!({ "type": "string" }), json!({ "type": "integer", "description": "Seconds" }));
    json!({
        "type": "object",
        "properties": {
            "access_token": text, "token_type": text, "expires_in": seconds,
            "refresh_token": text, "refresh_expires_in": seconds,
        },
    })
}
