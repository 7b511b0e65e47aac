//! `preau serve`: what is published and the campuses of a folder, for real use.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use gateway::SigningKey;

use crate::server::{Server, Stop};
use crate::settings::Settings;
use crate::telemetry::Telemetry;
use crate::{Outcome, cli, log};

pub(crate) async fn run(arguments: cli::Serve) -> Outcome {
    let stop = Stop::listen()?;
    let mut settings = Settings::load(arguments.settings.as_deref())?;
    settings.listen = arguments.listen.unwrap_or(settings.listen);
    settings.admin_socket = arguments.admin_socket.unwrap_or(settings.admin_socket);
    let telemetry = Telemetry::open(&settings)?;
    log::start(&settings.log, telemetry.as_ref())?;
    let key = signing_key(&settings.signing_key)?;
    let server =
        Server::prepare(&settings, arguments.campuses.as_deref(), key, std::collections::BTreeMap::new()).await?;
    let address = server.address().map(|address| address.to_string()).unwrap_or_default();
    tracing::info!(
        address,
        campuses = server.campuses().all().len(),
        broken = server.campuses().all_broken().len(),
        "serving"
    );
    server.run(stop, telemetry.as_ref()).await;
    if let Some(telemetry) = telemetry {
        telemetry.close().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// The key in a file; made, for its owner alone, where there is none.
fn signing_key(path: &Path) -> Result<SigningKey, String> {
    let wrong = |error: String| format!("the signing key {}: {error}", path.display());
    match std::fs::read(path) {
        Ok(bytes) => SigningKey::from_pkcs8(&bytes).map_err(wrong),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = SigningKey::generate()?;
            let bytes = key.to_pkcs8()?;
            let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            file.and_then(|mut file| file.write_all(&bytes)).map_err(|error| {
                wrong(format!("cannot be made: {error}; set signing_key to a path that can be written"))
            })?;
            Ok(key)
        }
        Err(error) => Err(wrong(error.to_string())),
    }
}
