//! A file of an SFTP server, whose host key the campus declares: read whole, where its time or size is another.

use std::sync::{Arc, Mutex, PoisonError};

use outbound::{Failure, FailureKind, Outbound, Rules, site};
use percent_encoding::percent_decode_str;
use russh::Preferred;
use russh::client::{Config, Handle, Handler, connect_stream};
use russh::keys::{
    Algorithm, EcdsaCurve, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key,
};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::client::fs::Metadata;
use russh_sftp::protocol::StatusCode;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use url::Url;

use super::local::Content;
use crate::contract::MISSING;
use crate::{Context, Secret, SettingError, Validators};
use settings::wrong;

/// How a server is entered.
pub(super) struct Sftp {
    outbound: Outbound,
    rules: Rules,
    host_key: String,
    login: Login,
}

/// What proves to the server who asks.
enum Login {
    Password(Secret),
    Key(Arc<PrivateKey>),
}

/// What of a source's settings is meant for SFTP.
pub(super) struct Declared {
    pub host_key: Option<String>,
    pub password: Option<Secret>,
    pub private_key: Option<Secret>,
}

impl Declared {
    /// The first key that is set.
    pub(super) fn first(&self) -> Option<&'static str> {
        let Self { host_key, password, private_key } = self;
        let set = [
            ("host_key", host_key.is_some()),
            ("password", password.is_some()),
            ("private_key", private_key.is_some()),
        ];
        set.into_iter().find(|(_, set)| *set).map(|(key, _)| key)
    }
}

impl Sftp {
    /// Checks how the server at `url` is to be entered. Nothing is contacted.
    pub(super) fn new(
        declared: Declared,
        url: &Url,
        rules: Rules,
        context: &Context,
    ) -> Result<Self, Vec<SettingError>> {
        if url.username().is_empty() || url.password().is_some() {
            let message = "of an SFTP server, the user stands in the address and no password: sftp://USER@HOST/PATH";
            return Err(vec![wrong("url", message)]);
        }
        let is_fingerprint = |key: &String| key.strip_prefix("SHA256:").is_some_and(|hash| hash.len() == 43);
        let Some(host_key) = declared.host_key.filter(is_fingerprint) else {
            let help =
                "`ssh-keyscan HOST | ssh-keygen -lf -` shows them; ask the server's owner which is right".to_owned();
            let message = "an SFTP server is known by its key: write host_key = \"SHA256:…\", 43 characters";
            return Err(vec![SettingError { help: Some(help), ..wrong("host_key", message) }]);
        };
        let login = match (declared.password, declared.private_key) {
            (Some(password), None) => Login::Password(password),
            // What stands in for a secret that is not there.
            (None, Some(key)) if key.expose() == MISSING => Login::Password(key),
            (None, Some(key)) => Login::Key(Arc::new(private_key(&key)?)),
            _ => return Err(vec![wrong("password", "an SFTP server wants either a `password` or a `private_key`")]),
        };
        Ok(Self { outbound: context.outbound.clone(), rules, host_key, login })
    }

    /// Reads a file; `None` where it is still as `known` says.
    pub(super) async fn read(&self, url: &Url, known: Option<&Validators>) -> Result<Option<Content>, Failure> {
        let late =
            || unavailable(url, format!("did not send the file within {} s", self.rules.total_timeout.as_secs_f64()));
        let within = self.rules.total_timeout;
        let asking = async { timeout(within, self.ask(url, known)).await.unwrap_or_else(|_| Err(late())) };
        match &self.rules.gate {
            Some(gate) => gate.ask(&site(url), within, asking).await,
            None => asking.await,
        }
    }

    async fn ask(&self, url: &Url, known: Option<&Validators>) -> Result<Option<Content>, Failure> {
        let path = path(url)?;
        let session = self.enter(url).await?;
        let failed = |error| refused(url, &error);
        let sftp = async {
            let channel = session.channel_open_session().await?;
            channel.request_subsystem(true, "sftp").await?;
            Ok::<_, russh::Error>(channel.into_stream())
        };
        let stream = sftp.await.map_err(|error| unavailable(url, format!("offers no SFTP: {error}")))?;
        let files = SftpSession::new(stream).await.map_err(failed)?;
        let before = files.metadata(&path).await.map_err(failed)?;
        if !before.is_regular() {
            let message = format!("{}: this is no regular file; a data set gives the file in `path`", site(url));
            return Err(Failure::new(FailureKind::Rejected, message));
        }
        let validators = validators(&before);
        if known == Some(&validators) {
            return Ok(None);
        }
        let most = self.rules.max_body as u64;
        let mut bytes = Vec::new();
        if before.size.is_none_or(|size| size <= most) {
            let file = files.open(&path).await.map_err(failed)?;
            let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes).await;
            read.map_err(|error| unavailable(url, format!("broke off: {error}")))?;
        }
        if bytes.len() as u64 > most || before.size.is_some_and(|size| size > most) {
            let message = format!("{}: the file is larger than {most} bytes (`limits.max_bytes`)", site(url));
            return Err(Failure::new(FailureKind::Malformed, message));
        }
        let after = files.metadata(&path).await.map_err(failed)?;
        if self::validators(&after) != validators || after.size.is_some_and(|size| size != bytes.len() as u64) {
            return Err(unavailable(url, "is still being sent the file"));
        }
        Ok(Some((bytes.into(), validators)))
    }

    /// A session of the user, with the server whose key was declared.
    async fn enter(&self, url: &Url) -> Result<Handle<Known>, Failure> {
        let host = url.host_str().unwrap_or_default();
        let seen = Arc::new(Mutex::new(None));
        let known = Known { key: self.host_key.clone(), seen: Arc::clone(&seen) };
        let config = Config {
            preferred: Preferred { key: KEYS.into(), ..Preferred::DEFAULT },
            inactivity_timeout: Some(self.rules.total_timeout),
            nodelay: true,
            ..Config::default()
        };
        let connecting = async {
            let stream = self.outbound.connect(host, url.port().unwrap_or(22), &self.rules).await?;
            connect_stream(Arc::new(config), stream, known).await.map_err(|error| {
                match seen.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    Some(seen) => stranger(url, &seen),
                    None => unavailable(url, format!("speaks no SSH that Préau speaks: {error}")),
                }
            })
        };
        let wait = self.rules.connect_timeout + self.rules.first_byte_timeout;
        let late = || unavailable(url, format!("did not answer within {} s", wait.as_secs_f64()));
        let mut session = timeout(wait, connecting).await.unwrap_or_else(|_| Err(late()))?;
        let user = percent_decode_str(url.username()).decode_utf8_lossy();
        let answer = match &self.login {
            Login::Password(password) => session.authenticate_password(user.as_ref(), password.expose()).await,
            Login::Key(key) => {
                session.authenticate_publickey(user.as_ref(), PrivateKeyWithHashAlg::new(Arc::clone(key), None)).await
            }
        };
        match answer {
            Ok(answer) if answer.success() => Ok(session),
            Ok(_) => {
                Err(Failure::new(FailureKind::Refused, format!("{} refuses the user or what proves it", site(url))))
            }
            Err(error) => Err(unavailable(url, format!("broke off at the login: {error}"))),
        }
    }
}

/// Host keys asked for. RSA needs a crate with a known weakness (RUSTSEC-2023-0071); servers have others beside it.
const KEYS: &[Algorithm] = &[
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
];

/// Takes one host key, and keeps any other for the message.
struct Known {
    key: String,
    seen: Arc<Mutex<Option<String>>>,
}

impl Handler for Known {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        let seen = key.fingerprint(HashAlg::Sha256).to_string();
        let known = seen == self.key;
        if !known {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        }
        Ok(known)
    }
}

fn private_key(key: &Secret) -> Result<PrivateKey, Vec<SettingError>> {
    let unreadable = "this is no Ed25519 or ECDSA key in OpenSSH's format, or it is encrypted";
    let read = decode_secret_key(key.expose(), None).map_err(|_| vec![wrong("private_key", unreadable)])?;
    if read.algorithm().is_rsa() { Err(vec![wrong("private_key", unreadable)]) } else { Ok(read) }
}

/// The file's path: `/~/` begins where the user does. A parameter leads nowhere else.
fn path(url: &Url) -> Result<String, Failure> {
    let names = url.path_segments().into_iter().flatten().map(|name| percent_decode_str(name).decode_utf8());
    let names: Option<Vec<_>> = names
        .map(|name| name.ok().filter(|name| !name.contains(['/', '\0']) && !matches!(name.as_ref(), "." | "..")))
        .collect();
    match names.as_deref() {
        Some([home, below @ ..]) if home == "~" => Ok(below.join("/")),
        Some(names) => Ok(format!("/{}", names.join("/"))),
        None => Err(Failure::new(FailureKind::Rejected, "the parameters do not make the name of a file")),
    }
}

/// Time and size in the shape of an entity tag, as for a local file.
fn validators(metadata: &Metadata) -> Validators {
    let etag = format!("\"{:x}-{:x}\"", metadata.mtime.unwrap_or_default(), metadata.size.unwrap_or_default());
    Validators { etag: Some(etag), last_modified: None }
}

fn unavailable(url: &Url, what: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("{} {what}", site(url)))
}

fn stranger(url: &Url, seen: &str) -> Failure {
    let message = format!(
        "{} has the key {seen}, not the declared one: ask its owner whether that is right, and write it as host_key",
        site(url)
    );
    Failure::new(FailureKind::Refused, message)
}

/// What the server says of a file.
fn refused(url: &Url, error: &Error) -> Failure {
    let site = site(url);
    let (kind, message) = match error {
        Error::Status(status) if status.status_code == StatusCode::NoSuchFile => {
            (FailureKind::Rejected, format!("{site} has no such file"))
        }
        Error::Status(status) if status.status_code == StatusCode::PermissionDenied => {
            (FailureKind::Refused, format!("{site} does not let the user read the file"))
        }
        _ => (FailureKind::Unavailable, format!("{site} broke off")),
    };
    Failure::new(kind, message)
}
