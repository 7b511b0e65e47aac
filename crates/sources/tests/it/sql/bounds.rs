//! What a query may not do: write, wait, and take without end.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use outbound::Limits;
use serde_json::json;
use testbed::need;

use super::{at, context, failure, fetch, mariadb, postgres, rows, source, sqlite};

#[tokio::test]
async fn postgres_is_only_read() {
    let server = need!(postgres());
    let source = at(&server.create("p_write"));
    server.sql(
        "p_write",
        "create table t (id int); create sequence s; grant all on t, s to p_write;
         create function sneak() returns int language sql security definer as 'insert into t values (1) returning id';",
    );
    for query in [
        "with gone as (delete from t returning *) select * from gone",
        "with a as (select 1) delete from t returning id",
        "select nextval('s') as next",
        "select sneak() as id",
        "select set_config('transaction_read_only', 'off', false) as off, sneak() as id",
        "select id from t for update",
    ] {
        let message = failure(&*source, query, &[]).await;
        assert!(message.starts_with("Rejected"), "{query}: {message}");
    }
    assert_eq!(server.sql("p_write", "select count(*) from t").trim(), "0");
    // What a query changes in its session ends with its transaction.
    rows(&*source, "select set_config('search_path', 'pg_catalog', false) as path", &[]).await;
    assert_eq!(rows(&*source, "select count(*) as t from t", &[]).await, json!([{ "t": 0 }]));
}

#[tokio::test]
async fn mariadb_is_only_read() {
    let server = need!(mariadb());
    let source = at(&server.create("my_write"));
    server.sql("my_write", "create table t (id int);\ndelimiter //\ncreate function sneak() returns int begin insert into t values (1); return 1; end//");
    let message = failure(&*source, "select sneak() as id", &[]).await;
    assert!(message.starts_with("Rejected") && message.contains("is only read"), "{message}");
    assert_eq!(server.sql("my_write", "select count(*) from t").trim(), "0");
}

#[tokio::test]
async fn sqlite_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "t.db", "create table t (id int)").await;
    let source = source(json!({ "url": "sqlite:t.db" }), &context(folder.path()));
    let message = failure(&*source, "with a as (select 1) delete from t returning id", &[]).await;
    assert!(message.starts_with("Rejected: t.db is only read"), "{message}");
    assert_eq!(rows(&*source, "select count(*) as n from t", &[]).await, json!([{ "n": 0 }]));
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "t.db", "create table t (id int)").await;
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n";
    let mut cases = vec![("sqlite:t.db".to_owned(), endless)];
    cases.extend(postgres().map(|server| (server.create("p_slow"), "select pg_sleep(60)::text as slept")));
    cases.extend(
        mariadb().map(|server| {
            (server.create("my_slow"), "select count(*) as n from seq_1_to_1000000 a, seq_1_to_1000000 b")
        }),
    );
    for (url, query) in cases {
        let source = source(json!({ "url": url, "timeout": "200ms" }), &context(folder.path()));
        let message = failure(&*source, query, &[]).await;
        assert!(message.starts_with("Unavailable") && message.contains("took too long"), "{message}");
        assert_eq!(rows(&*source, "select 1 as one", &[]).await, json!([{ "one": 1 }]));
    }
}

#[tokio::test]
async fn rows_and_bytes_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "t.db", "create table t (id int)").await;
    let mut urls = vec!["sqlite:t.db".to_owned()];
    urls.extend(postgres().map(|server| server.create("p_many")));
    urls.extend(mariadb().map(|server| server.create("my_many")));
    let query = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i, 'twenty characters long' as t from n";
    for url in urls {
        let source = source(json!({ "url": url }), &context(folder.path()));
        let all = fetch(&*source, json!({ "query": query, "max_rows": 500 }), &[]).await.unwrap();
        assert_eq!(all.as_array().unwrap().len(), 500);
        let many = fetch(&*source, json!({ "query": query, "max_rows": 499 }), &[]).await.unwrap_err();
        assert!(many.message.contains("more than 499 rows"), "{many}");
        assert_eq!(many.kind, sources::FailureKind::Malformed);
        let large = fetch(&*source, json!({ "query": query, "max_bytes": 5000 }), &[]).await.unwrap_err();
        assert!(large.message.contains("more than 5000 bytes"), "{large}");
    }
}

#[tokio::test]
async fn a_query_waits_for_its_turn_but_not_for_ever() {
    let server = need!(postgres());
    let mut context = context(Path::new("/"));
    let url = server.create("p_turns");
    let slow = json!({ "query": "select pg_sleep(1)::text as slept" });
    let quick = json!({ "query": "select 1 as one" });
    let patient = source(json!({ "url": url, "pool": 1 }), &context);
    let (first, second) = tokio::join!(fetch(&*patient, slow.clone(), &[]), fetch(&*patient, quick.clone(), &[]));
    assert!(first.is_ok() && second.is_ok());
    let before = server.sql("p_turns", "select count(*) from pg_stat_activity where usename = 'p_turns'");
    assert_eq!(before.trim(), "1");
    context.rules.connect_timeout = Duration::from_millis(500);
    let hasty = source(json!({ "url": url, "pool": 1 }), &context);
    let (first, second) = tokio::join!(fetch(&*hasty, slow, &[]), fetch(&*hasty, quick, &[]));
    assert!(first.is_ok() && second.unwrap_err().message.contains("all 1 connections"));
}

#[tokio::test]
async fn a_database_that_fails_is_left_alone_and_one_that_is_busy_is_not() {
    let server = need!(postgres());
    let mut context = context(Path::new("/"));
    context.rules.connect_timeout = Duration::from_millis(500);
    let (slow, quick) =
        (json!({ "query": "select pg_sleep(1)::text as slept" }), json!({ "query": "select 1 as one" }));
    let mut guarded = |url: &str| {
        context.rules.gate = Some(context.outbound.gate(url, Limits::default()));
        source(json!({ "url": url, "pool": 1 }), &context)
    };
    let busy = guarded(&server.create("p_busy"));
    let others = join_all((0..6).map(|_| fetch(&*busy, quick.clone(), &[])));
    let (first, others) = tokio::join!(fetch(&*busy, slow, &[]), others);
    assert!(first.is_ok() && others.iter().all(Result::is_err));
    assert!(fetch(&*busy, quick.clone(), &[]).await.is_ok(), "that we had no connection to spare pauses nothing");

    // Port 1 is nobody's.
    let gone = guarded("postgres://u:hidden@127.0.0.1:1/d");
    for _ in 0..5 {
        assert!(fetch(&*gone, quick.clone(), &[]).await.unwrap_err().message.contains("connection refused"));
    }
    let paused = fetch(&*gone, quick, &[]).await.unwrap_err();
    assert!(paused.message.starts_with("127.0.0.1:1 is left alone until "), "{paused}");
}

#[tokio::test]
async fn a_connection_that_died_is_replaced() {
    let server = need!(postgres());
    let source = at(&server.create("p_dead"));
    let pid = rows(&*source, "select pg_backend_pid() as pid", &[]).await;
    assert_eq!(rows(&*source, "select pg_backend_pid() as pid", &[]).await, pid);
    server.sql("p_dead", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'p_dead'");
    assert_ne!(rows(&*source, "select pg_backend_pid() as pid", &[]).await, pid);
}

#[tokio::test]
async fn a_sqlite_file_may_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "t.db", "create table t (id int)").await;
    let source = source(json!({ "url": "sqlite:t.db" }), &context(folder.path()));
    assert_eq!(rows(&*source, "select count(*) as n from t", &[]).await, json!([{ "n": 0 }]));
    sqlite(folder.path(), "new.db", "create table t (id int); insert into t values (1)").await;
    std::fs::rename(folder.path().join("new.db"), folder.path().join("t.db")).unwrap();
    assert_eq!(rows(&*source, "select count(*) as n from t", &[]).await, json!([{ "n": 1 }]));
}
