//! The settings of LemonLDAP::NG, over its defaults.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use serde_json::{Map, Value, json};

use super::{Applications, LemonLdap};
use crate::process::Process;
use crate::slapd::Slapd;

/// Attributes of the directory that it knows and tells applications, under the same names.
const ATTRIBUTES: [&str; 13] = [
    "uid",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
    "memberOf",
    "eduPersonAffiliation",
    "eduPersonPrincipalName",
    "supannEmpId",
    "supannEtuId",
    "supannEtuInscription",
    "supannEtablissement",
];

/// Those that SAML names by OID.
const OIDS: [(&str, &str); 9] = [
    ("uid", "urn:oid:0.9.2342.19200300.100.1.1"),
    ("mail", "urn:oid:0.9.2342.19200300.100.1.3"),
    ("displayName", "urn:oid:2.16.840.1.113730.3.1.241"),
    ("memberOf", "urn:oid:1.2.840.113556.1.2.102"),
    ("eduPersonAffiliation", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"),
    ("eduPersonPrincipalName", "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"),
    ("supannEtuId", "urn:oid:1.3.6.1.4.1.7135.1.2.1.10"),
    ("supannEmpId", "urn:oid:1.3.6.1.4.1.7135.1.2.1.11"),
    ("supannEtuInscription", "urn:oid:1.3.6.1.4.1.7135.1.2.1.30"),
];

pub(super) fn of(process: &Process, directory: &Slapd, portal: &str, applications: &Applications) -> Value {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
    let parts = [
        pages(portal),
        users(directory),
        storage(process),
        cas(&applications.service),
        openid(portal, &key, applications),
        saml(portal, &key, applications),
    ];
    let entries = parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten();
    Value::Object(entries.collect())
}

fn pages(portal: &str) -> Value {
    json!({
        "cfgNum": 1, "cfgAuthor": "testbed", "cfgDate": 1, "cfgVersion": "2.16.1",
        "portal": portal, "portalSkin": "bootstrap", "trustedDomains": "*",
        "domain": "127.0.0.1", "cookieName": "lemonldap", "securedCookie": 0,
        // With SAML it says None, which browsers take of secure cookies only.
        "sameSite": "Lax",
        "requireToken": 0, "portalDisplayLoginHistory": 0, "loginHistoryEnabled": 0, "notification": 0,
        "captcha_login_enabled": 0, "captcha_mail_enabled": 0, "captcha_register_enabled": 0,
    })
}

fn users(directory: &Slapd) -> Value {
    json!({
        "authentication": "LDAP", "userDB": "LDAP", "passwordDB": "Null", "registerDB": "Null", "whatToTrace": "uid",
        "ldapServer": format!("ldap://{}", directory.address()), "ldapBase": format!("ou=people,{}", Slapd::BASE),
        "managerDn": Slapd::READER, "managerPassword": Slapd::READER_PASSWORD,
        "exportedVars": {}, "ldapExportedVars": attributes(),
        "locationRules": {}, "exportedHeaders": {}, "macros": {}, "groups": {},
    })
}

fn storage(process: &Process) -> Value {
    let files = |folder: &str| {
        json!({
            "Directory": process.path(folder), "LockDirectory": process.path(&format!("{folder}/lock")),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        })
    };
    json!({
        "globalStorage": "Apache::Session::File", "globalStorageOptions": files("sessions"),
        "persistentStorage": "Apache::Session::File", "persistentStorageOptions": files("remembered"),
        "localSessionStorage": "Cache::FileCache", "localSessionStorageOptions": {
            "cache_depth": 3, "cache_root": process.path("cache"), "default_expires_in": 600, "directory_umask": "007",
            "namespace": "sessions",
        },
    })
}

fn cas(service: &str) -> Value {
    let settings = json!({
        "issuerDBCASActivation": 1, "casAccessControlPolicy": "error", "casAttr": "uid", "casBackChannelSingleLogout": 1,
        "casAppMetaDataOptions": { "app": { "casAppMetaDataOptionsService": service } },
        "casAppMetaDataExportedVars": { "app": attributes() },
    });
    if service.is_empty() { Value::Null } else { settings }
}

fn openid(portal: &str, key: &KeyPair, applications: &Applications) -> Value {
    let mut claims = attributes();
    let renamed = [("name", "displayName"), ("email", "mail"), ("groups", "memberOf")];
    claims.extend(renamed.map(|(name, value)| (name.to_owned(), value.into())));
    let settings = json!({
        "issuerDBOpenIDConnectActivation": 1, "oidcServiceIgnoreScopeForClaims": 1, "oidcServiceAllowOffline": 1,
        "oidcServiceMetaDataIssuer": portal, "oidcServiceKeyIdSig": "key",
        "oidcServicePrivateKeySig": key.serialize_pem(), "oidcServicePublicKeySig": key.public_key_pem(),
        "oidcRPMetaDataOptions": { "app": {
            "oidcRPMetaDataOptionsClientID": LemonLdap::CLIENT,
            "oidcRPMetaDataOptionsClientSecret": LemonLdap::CLIENT_SECRET,
            "oidcRPMetaDataOptionsRedirectUris": applications.redirect,
            "oidcRPMetaDataOptionsPostLogoutRedirectUris": applications.signed_out,
            "oidcRPMetaDataOptionsLogoutBypassConfirm": 1, "oidcRPMetaDataOptionsBypassConsent": 1,
            "oidcRPMetaDataOptionsAllowOffline": 1, "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256",
            "oidcRPMetaDataOptionsUserIDAttr": "uid",
        } },
        "oidcRPMetaDataExportedVars": { "app": claims },
    });
    if applications.redirect.is_empty() { Value::Null } else { settings }
}

fn saml(portal: &str, key: &KeyPair, applications: &Applications) -> Value {
    let services = [("app", &applications.metadata, "none"), ("encrypted", &applications.encrypted, "assertion")];
    let services = services.into_iter().filter(|(_, metadata, _)| !metadata.is_empty());
    let uri = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
    let exported = OIDS.map(|(name, oid)| (name.to_owned(), format!("0;{oid};{uri};{name}").into()));
    let exported = Value::Object(exported.into_iter().collect());
    let (mut known, mut options, mut attributes) = (Map::new(), Map::new(), Map::new());
    for (name, metadata, encryption) in services {
        known.insert(name.to_owned(), json!({ "samlSPMetaDataXML": metadata }));
        attributes.insert(name.to_owned(), exported.clone());
        let chosen = json!({
            "samlSPMetaDataOptionsSignSSOMessage": 1, "samlSPMetaDataOptionsCheckSSOMessageSignature": 1,
            "samlSPMetaDataOptionsNameIDFormat": "", "samlSPMetaDataOptionsEncryptionMode": encryption,
            "samlSPMetaDataOptionsSignatureMethod": "RSA_SHA256",
        });
        options.insert(name.to_owned(), chosen);
    }
    if known.is_empty() {
        return Value::Null;
    }
    let certificate = CertificateParams::new([]).and_then(|params| params.self_signed(key)).expect("a certificate");
    json!({
        "issuerDBSAMLActivation": 1, "samlEntityID": format!("{portal}saml/metadata"),
        "samlServicePrivateKeySig": key.serialize_pem(), "samlServicePublicKeySig": certificate.pem(),
        "samlServiceSignatureMethod": "RSA_SHA256", "samlSPMetaDataXML": known, "samlSPMetaDataOptions": options,
        "samlSPMetaDataExportedAttributes": attributes,
    })
}

fn attributes() -> Map<String, Value> {
    ATTRIBUTES.map(|name| (name.to_owned(), name.into())).into_iter().collect()
}
