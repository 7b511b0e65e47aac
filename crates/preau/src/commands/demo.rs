//! `preau demo`: a newcomer's first command.

use std::path::Path;
use std::process::ExitCode;

use gateway::SigningKey;
use jiff::Timestamp;

use crate::demo::{self, Demo};
use crate::server::{Server, Stop};
use crate::settings::Settings;
use crate::{Outcome, cli, log};

pub(crate) async fn run(arguments: cli::Demo) -> Outcome {
    let stop = Stop::listen()?;
    if let Some(folder) = arguments.systems {
        return systems(&folder, stop).await;
    }
    let demo = Demo::start(Timestamp::now()).await?;
    let mut settings = demo.settings(Settings::load(None)?);
    settings.listen = arguments.listen;
    settings.log.level = if arguments.verbose { "info" } else { "warn" }.to_owned();
    log::start(&settings.log, None)?;
    let (campuses, key) = (demo.campuses(), SigningKey::generate()?);
    let server = Server::prepare(&settings, Some(&campuses), key, demo.environment()).await?;
    welcome(&demo, &server, &settings);
    server.run(stop, None).await;
    demo.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The schools' systems alone; what they print, a shell reads before it starts servers.
async fn systems(folder: &Path, mut stop: Stop) -> Outcome {
    let upstreams = demo::systems(Timestamp::now(), folder).await?;
    for (name, value) in &upstreams.environment {
        say!("export {name}='{value}'");
    }
    say!("# These systems run until Ctrl-C.");
    stop.ordered().await;
    demo::stop(upstreams).await;
    Ok(ExitCode::SUCCESS)
}

fn welcome(demo: &Demo, server: &Server, settings: &Settings) {
    let port = server.address().map(|address| address.port()).unwrap_or_default();
    say!("Préau demo: two campuses, their upstream systems in this process, data around today.\n");
    for campus in server.campuses().all() {
        say!("  {:<30} http://{}.localhost:{port}/api/manifest", campus.name, campus.id);
    }
    say!(
        "\nA browser signs in there without a password, as a student or a teacher: http://rivage.localhost:{port}/\n
Try, in another terminal:\n
  curl http://rivage.localhost:{port}/api/data/news
  curl 'http://rivage.localhost:{port}/api/data/group-timetable?limit=3'
  curl http://colline.localhost:{port}/api/explain/departures\n
  Both campuses are in {}: edit a campus.toml there and read again.
  preau status --admin-socket {}\n
Ctrl-C stops it and removes its files.",
        demo.folder().join("campuses").display(),
        settings.admin_socket.display(),
    );
}
