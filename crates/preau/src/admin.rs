//! The admin socket: a Unix socket that the server answers on and the commands ask.

pub(crate) mod node;

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use axum::Router;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{UnixListener, UnixStream};

/// Answers at most this much.
const MAX_ANSWER: usize = 16 << 20;

/// The socket; its file is removed when the server ends.
pub(crate) struct Socket {
    file: Remove,
    listener: UnixListener,
}

impl Socket {
    /// Opens the socket for its owner alone. A file left behind by a server that is gone is replaced; one that answers
    /// is not.
    ///
    /// # Errors
    /// Another server answers there, or the file cannot be made.
    pub(crate) async fn open(path: &Path) -> Result<Self, String> {
        if UnixStream::connect(path).await.is_ok() {
            return Err(format!(
                "another server answers at the admin socket {}: choose another with --admin-socket",
                path.display()
            ));
        }
        if std::fs::symlink_metadata(path).is_ok_and(|found| !found.file_type().is_socket()) {
            return Err(format!("the admin socket {} is a file of another kind: choose another path", path.display()));
        }
        let listener = make(path).map_err(|error| {
            format!("the admin socket {} cannot be made: {error}; choose another with --admin-socket", path.display())
        })?;
        Ok(Self { file: Remove(path.to_owned()), listener })
    }

    /// Answers until dropped, for ever.
    pub(crate) async fn serve(self, router: Router) {
        let _file = self.file;
        if let Err(error) = axum::serve(self.listener, router).await {
            tracing::error!("the admin socket failed: {error}");
        }
        std::future::pending::<()>().await;
    }
}

/// Makes it in a folder that nobody else may enter, and moves it to its place once its rights are right: connections
/// need not wait, and nobody gets through in between.
fn make(path: &Path) -> std::io::Result<UnixListener> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = tempfile::Builder::new().prefix(".").rand_bytes(4).tempdir_in(parent)?;
    let draft = folder.path().join("s");
    let listener = UnixListener::bind(&draft)?;
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&draft, path)?;
    Ok(listener)
}

struct Remove(PathBuf);

impl Drop for Remove {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Asks a running server.
///
/// # Errors
/// Nothing answers at the socket, or the answer is a problem.
pub(crate) async fn ask(
    socket: &Path,
    method: http::Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, String> {
    let stream = UnixStream::connect(socket).await.map_err(|error| {
        format!("no server answers at {}: {error}; give the running server's with --admin-socket", socket.display())
    })?;
    let failed = |error: hyper::Error| format!("the server did not answer: {error}");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    tokio::spawn(connection);
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "admin")
        .header("content-type", "application/json");
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    let response = sender.send_request(request).await.map_err(failed)?;
    let status = response.status();
    let body =
        Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(|error| error.to_string())?.to_bytes();
    let answer: Value =
        serde_json::from_slice(&body).map_err(|error| format!("the server answered no JSON: {error}"))?;
    if status.is_success() {
        return Ok(answer);
    }
    Err(answer.get("detail").and_then(Value::as_str).unwrap_or("the server refused").to_owned())
}
