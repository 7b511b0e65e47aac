//! A database becomes a cell's.

use sqlx::postgres::PgConnection;

use super::super::trouble::Trouble;
use super::{Address, Cell, Failure, Line, MANNERS, PATIENCE, Steps, partitions, run as execute, settings};

const SCHEMA: &str = include_str!("../schema.sql");

pub(super) async fn run(cell: &Cell, admin: &Address, tune: bool, steps: &mut Steps<'_>) -> Result<(), Failure> {
    let name = cell.database.database();
    let server = Line::with(admin, &MANNERS, 1, PATIENCE);
    server.ask(async |connection: &mut PgConnection| database(connection, name).await).await?;
    let line = cell.admin(admin);
    line.ask(async |connection: &mut PgConnection| {
        sqlx::raw_sql("begin").execute(&mut *connection).await?;
        objects(connection, cell).await?;
        sqlx::raw_sql("commit").execute(connection).await?;
        Ok(())
    })
    .await?;
    steps.done(&format!("{name}: users, tables and publications of the cell {} are there", cell.origin));
    line.ask(async |connection: &mut PgConnection| settings::check(connection, cell, tune, steps).await).await
}

async fn database(connection: &mut PgConnection, name: &str) -> Result<(), Trouble> {
    let version = "select current_setting('server_version_num')::int";
    if sqlx::query_scalar::<_, i32>(version).fetch_one(&mut *connection).await? < 150_000 {
        return Err(Trouble::Said("is older than PostgreSQL 15: install a newer one".to_owned()));
    }
    let there = "select pg_encoding_to_char(encoding)::text from pg_database where datname = $1";
    let encoding: Option<String> = sqlx::query_scalar(there).bind(name).fetch_optional(&mut *connection).await?;
    match encoding.as_deref() {
        Some("UTF8") => Ok(()),
        Some(other) => {
            Err(Trouble::Said(format!("has {name} in the encoding {other}: give the cell a database of another name")))
        }
        None => Ok(execute(connection, "create database %I encoding 'UTF8' template template0", &[name]).await?),
    }
}

async fn objects(connection: &mut PgConnection, cell: &Cell) -> Result<(), Trouble> {
    let (application, guest, origin) = (cell.database.user(), cell.guest.user.as_str(), cell.origin.as_str());
    if application == guest {
        return Err(Trouble::Said(format!("would let peers in as the application's own user {guest}: name another")));
    }
    user(connection, application, cell.database.password(), "noreplication").await?;
    user(connection, guest, &cell.guest.password, "replication").await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    sqlx::query("insert into preau.head (origin) values ($1) on conflict do nothing")
        .bind(origin)
        .execute(&mut *connection)
        .await?;
    let there: String = sqlx::query_scalar("select origin from preau.head").fetch_one(&mut *connection).await?;
    if there != origin {
        return Err(Trouble::Said(format!(
            "is that of the cell {there}, not of {origin}: name this cell's own database"
        )));
    }
    publication(connection, "preau_recovery").await?;
    let peers = cell.peers.iter().map(|peer| peer.origin.as_str());
    partitions(connection, guest, &std::iter::once(origin).chain(peers).collect::<Vec<_>>()).await?;
    publication(connection, "preau").await?;
    let partition = format!("journal_{origin}");
    execute(connection, "alter publication preau set table preau.%I", &[&partition]).await?;
    for grant in [
        "grant pg_monitor to %1$I",
        "grant usage on schema preau to %1$I, %2$I",
        "grant select on all tables in schema preau to %1$I, %2$I",
        "grant insert on preau.journal, preau.conflict to %1$I",
        "grant update on preau.head to %1$I",
        // A first copy takes as long as it takes, whatever holds for others.
        "alter role %2$I set statement_timeout = 0",
    ] {
        execute(connection, grant, &[application, guest]).await?;
    }
    Ok(())
}

/// Makes a user, or gives it the password that the settings say; without one it logs in as pg_hba.conf has it.
async fn user(connection: &mut PgConnection, name: &str, password: &str, right: &str) -> Result<(), sqlx::Error> {
    let there = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)").bind(name);
    if !there.fetch_one(&mut *connection).await? {
        execute(connection, "create role %I", &[name]).await?;
    }
    execute(connection, "alter role %I login nosuperuser %s", &[name, right]).await?;
    if !password.is_empty() {
        execute(connection, "alter role %I password %L", &[name, password]).await?;
    }
    Ok(())
}

async fn publication(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let there = sqlx::query_scalar("select exists (select from pg_publication where pubname = $1)").bind(name);
    if there.fetch_one(&mut *connection).await? {
        return Ok(());
    }
    execute(connection, "create publication %I with (publish = 'insert')", &[name]).await
}
