//! `preau demo`: a newcomer's first command.

use std::collections::BTreeMap;
use std::process::ExitCode;

use gateway::SigningKey;
use jiff::Timestamp;

use crate::demo::Demo;
use crate::server::Server;
use crate::settings::Settings;
use crate::{Outcome, cli, log};

pub(crate) async fn run(arguments: cli::Demo) -> Outcome {
    let demo = Demo::start(Timestamp::now()).await?;
    let mut settings = demo.settings(Settings::load(None)?);
    settings.listen = arguments.listen;
    settings.log.level = if arguments.verbose { "info" } else { "warn" }.to_owned();
    log::start(&settings.log)?;
    let environment: BTreeMap<_, _> = demo.environment();
    let server = Server::prepare(&settings, &demo.campuses(), SigningKey::generate()?, environment).await?;
    welcome(&demo, &server, &settings);
    server.run().await;
    demo.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn welcome(demo: &Demo, server: &Server, settings: &Settings) {
    let port = server.address().map(|address| address.port()).unwrap_or_default();
    println!("Préau demo: two campuses, their upstream systems in this process, data around today.\n");
    for campus in server.campuses().all() {
        println!("  {:<30} http://{}.localhost:{port}/api/manifest", campus.name, campus.id);
    }
    println!(
        "\nTry, in another terminal:\n
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
