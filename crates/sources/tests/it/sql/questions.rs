//! What is asked and what comes back: two campuses with two databases each, parameters, types.

use serde_json::json;
use testbed::need;

use super::{at, failure, mariadb, postgres, rows, source, sqlite};

const GRADES: &str = "create table grades (id int primary key, student varchar(40), mark decimal(4,2));";

/// Texts that would do harm if any of them became part of a statement.
const HARMFUL: [&str; 7] = [
    "' or '1'='1",
    "'; drop table grades; --",
    "\\' or 1=1 -- ",
    "x' union select 1, version(), 3 -- ",
    "$1",
    ":student",
    "/*",
];

#[tokio::test]
async fn campuses_and_their_databases_never_meet_in_postgres() {
    let server = need!(postgres());
    for (place, name) in
        ["p_lyon_records", "p_lyon_library", "p_lille_records", "p_lille_library"].into_iter().enumerate()
    {
        let url = server.create(name);
        server.sql(
            name,
            &format!("{GRADES} insert into grades values ({place}, 's', 1); alter table grades owner to {name};"),
        );
        let of_this = at(&url);
        assert_eq!(rows(&*of_this, "select id from grades", &[]).await, json!([{ "id": place }]));
    }
    let foreign = format!("postgres://p_lille_records:password-of-p_lyon_records@{}/p_lyon_records", server.address());
    let message = failure(&*at(&foreign), "select 1 as one", &[]).await;
    assert!(message.starts_with("Refused") && !message.contains("password-of"), "{message}");
}

#[tokio::test]
async fn campuses_and_their_databases_never_meet_in_mariadb() {
    let server = need!(mariadb());
    for (place, name) in
        ["my_lyon_records", "my_lyon_library", "my_lille_records", "my_lille_library"].into_iter().enumerate()
    {
        let url = server.create(name);
        server.sql(name, &format!("{GRADES} insert into grades values ({place}, 's', 1);"));
        assert_eq!(rows(&*at(&url), "select id from grades", &[]).await, json!([{ "id": place }]));
    }
    let foreign =
        format!("mariadb://my_lille_records:password-of-my_lyon_records@{}/my_lyon_records", server.address());
    let message = failure(&*at(&foreign), "select 1 as one", &[]).await;
    assert!(message.starts_with("Refused") && !message.contains("password-of"), "{message}");
    let message = failure(&*at(&server.create("my_curious")), "select * from my_lyon_records.grades", &[]).await;
    assert!(message.starts_with("Refused"), "{message}");
}

#[tokio::test]
async fn a_parameter_is_a_value_whatever_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(
        folder.path(),
        "records.db",
        "create table grades (id int, student text); insert into grades values (1, 'ada')",
    )
    .await;
    let mut sources = vec![source(json!({ "url": "sqlite:records.db" }), &super::context(folder.path()))];
    if let (Some(postgres), Some(mariadb)) = (postgres(), mariadb()) {
        for (url, sql) in [
            (
                postgres.create("p_harm"),
                Box::new(|script: &str| postgres.sql("p_harm", script)) as Box<dyn Fn(&str) -> String>,
            ),
            (mariadb.create("my_harm"), Box::new(|script: &str| mariadb.sql("my_harm", script))),
        ] {
            sql(GRADES);
            sql("insert into grades values (1, 'ada', 12.5);");
            sources.push(at(&url));
        }
        postgres.sql("p_harm", "grant select on grades to p_harm");
    }
    for source in &sources {
        for text in HARMFUL {
            let query = "select id from grades where student = :student::text";
            assert_eq!(rows(&**source, query, &[("student", text)]).await, json!([]), "{text}");
        }
        let query = "select id, student from grades where student = :student::text or student = :student::text";
        assert_eq!(rows(&**source, query, &[("student", "ada")]).await, json!([{ "id": 1, "student": "ada" }]));
    }
    // Parameters of texts come back as they went in.
    for text in HARMFUL {
        let query = "select :student as student from grades";
        assert_eq!(rows(&*sources[0], query, &[("student", text)]).await, json!([{ "student": text }]));
    }
}

#[tokio::test]
async fn postgres_reads_a_parameter_as_the_type_it_is_compared_with() {
    let server = need!(postgres());
    let source = at(&server.create("p_kinds"));
    server.sql("p_kinds", "create type mood as enum ('calm', 'busy'); create domain number as int;");
    for (condition, value) in [
        ("7 = :v", "7"),
        ("7::bigint = :v and 7::smallint = :v", "7"),
        ("7::number = :v", "7"),
        ("7.50 = :v", "7.5"),
        ("'x'::text = :v and 'x'::varchar = :v and 'x'::char(3) = :v and 'x'::name = :v", "x"),
        ("true = :v", "true"),
        ("date '2026-01-02' = :v", "2026-01-02"),
        ("timestamptz '2026-01-02 03:04Z' = :v", "2026-01-02T04:04:00+01:00"),
        ("uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' = :v", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
        ("'busy'::mood = :v", "busy"),
        ("7 = any(:v)", "{6,7}"),
        ("'x' = any(:v)", "{x,y}"),
        ("7 = :v::int", "7"),
        ("jsonb '{\"a\": 1}' @> :v", "{}"),
        ("length(:v) = 3", "été"),
    ] {
        let query = format!("select 'yes' as found where {condition} limit :v2");
        assert_eq!(
            rows(&*source, &query, &[("v", value), ("v2", "1")]).await,
            json!([{ "found": "yes" }]),
            "{condition}"
        );
    }
    let message = failure(&*source, "select 1 as one where 7 = :v", &[("v", "secret-7abc")]).await;
    assert!(
        message.starts_with("Rejected") && message.contains("own type") && !message.contains("secret"),
        "{message}"
    );
}

#[tokio::test]
async fn mariadb_takes_no_half_number_for_a_number() {
    let server = need!(mariadb());
    let source = at(&server.create("my_half"));
    let script = "create table grades (id int, student int, login varchar(9), key (student));
        insert into grades values (1, 5, 'ada'), (2, 0, '5abc')";
    server.sql("my_half", script);
    let by_student = "select id from grades where student = :user::int limit :most::int";
    assert_eq!(rows(&*source, by_student, &[("user", "5"), ("most", "9")]).await, json!([{ "id": 1 }]));
    for user in ["5abc", "ada", "", "5é"] {
        let message = failure(&*source, by_student, &[("user", user), ("most", "9")]).await;
        assert_eq!(message, "Rejected: the query's parameter `:user` is no whole number, as `::int` says");
    }
    let by_login = "select id from grades where login = :user::text";
    assert_eq!(rows(&*source, by_login, &[("user", "5abc")]).await, json!([{ "id": 2 }]));
    assert_eq!(rows(&*source, by_login, &[("user", "5")]).await, json!([]));
}

#[tokio::test]
async fn postgres_types_become_values() {
    let server = need!(postgres());
    let source = at(&server.create("p_types"));
    server.sql("p_types", "create type mood as enum ('calm', 'busy')");
    let query = r#"select 1::smallint as small, -2 as whole, 9007199254740993 as large, 12.50::numeric as mark, 20::numeric as full,
        1.5::float8 as float, 0.1::float4 as short, 'NaN'::float8 as nan, true as bool, 'é"\' as text, 'busy'::mood as enum,
        date '2026-02-03' as date, timestamp '2026-02-03 04:05:06.5' as local, timestamptz '2026-02-03 04:05:06+02' as instant,
        time '04:05' as time, interval '1 day 2 h' as lasting, null::int as nothing, '{"a": [1, null]}'::jsonb as json,
        array[1,2] as list, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as uuid, inet '10.0.0.1' as address, point(1,2) as point"#;
    let expected = json!([{
        "small": 1, "whole": -2, "large": 9_007_199_254_740_993_i64, "mark": 12.5, "full": 20, "float": 1.5, "short": 0.1, "nan": "NaN",
        "bool": true, "text": "é\"\\", "enum": "busy", "date": "2026-02-03", "local": "2026-02-03T04:05:06.5",
        "instant": "2026-02-03T02:05:06+00:00", "time": "04:05:00", "lasting": "1 day 02:00:00", "nothing": null, "json": { "a": [1, null] },
        "list": [1, 2], "uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "address": "10.0.0.1", "point": "(1,2)",
    }]);
    assert_eq!(rows(&*source, query, &[]).await, expected);
    let message = failure(&*source, "select 'x'::bytea as photo", &[]).await;
    assert!(message.contains("`photo` of type bytea: write `encode(photo, 'base64')`"), "{message}");
}

#[tokio::test]
async fn mariadb_types_become_values() {
    let server = need!(mariadb());
    let source = at(&server.create("my_types"));
    server.sql(
        "my_types",
        r#"create table t (tiny tinyint, flag tinyint(1), small smallint unsigned, whole int, large bigint, huge bigint unsigned,
            mark decimal(5,2), full decimal(5,0), short float, wide double, bits bit(9), year year, date date, local datetime(3), instant timestamp,
            time time, text varchar(20), same varchar(20) collate utf8mb4_bin, latin varchar(9) charset latin1, enumeration enum('calm','busy'), several set('a','b'),
            document json, nothing int, zero date);
         set sql_mode = '', time_zone = '+02:00';
         insert into t values (-1, 2, 65535, -2, 9007199254740993, 18446744073709551615, 12.50, 20, 12.3, 1.5, b'100000001', 2026, '2026-02-03',
            '2026-02-03 04:05:06.5', '2026-02-03 04:05:06', '-30:05:00', 'é"', 'Été', 'é', 'busy', 'a,b', '{"a": 1}', null, '0000-00-00')"#,
    );
    let query = "select t.*, count(*) over () as counted, concat(whole, 'x') as made from t";
    let expected = json!([{
        "tiny": -1, "flag": 2, "small": 65535, "whole": -2, "large": 9_007_199_254_740_993_i64, "huge": 1.844_674_407_370_955_2e19, "mark": 12.5,
        "full": 20, "short": 12.3, "wide": 1.5, "bits": 257, "year": 2026, "date": "2026-02-03", "local": "2026-02-03T04:05:06.500000",
        "instant": "2026-02-03T02:05:06Z", "time": "-30:05:00", "text": "é\"", "same": "Été", "latin": "é", "enumeration": "busy",
        "several": "a,b", "document": "{\"a\": 1}", "nothing": null, "zero": null, "counted": 1, "made": "-2x",
    }]);
    assert_eq!(rows(&*source, query, &[]).await, expected);
    let message = failure(&*source, "select cast('x' as binary) as photo", &[]).await;
    assert!(message.contains("`photo` of type varbinary: write `to_base64(…)`"), "{message}");
    let message = failure(&*source, "select point(1, 2) as place", &[]).await;
    assert!(message.contains("`place` of type geometry: write `st_astext(…)`"), "{message}");
}

#[tokio::test]
async fn sqlite_values_come_as_they_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    sqlite(folder.path(), "t.db", "create table t (flag boolean, day date, a, b int); insert into t values (1, '2026-02-03', 1.5, 'odd'), (null, 7, 'é', 2)").await;
    let source = source(json!({ "url": "sqlite://t.db" }), &super::context(folder.path()));
    let expected = json!([
        { "flag": 1, "day": "2026-02-03", "a": 1.5, "b": "odd" },
        { "flag": null, "day": 7, "a": "é", "b": 2 },
    ]);
    assert_eq!(rows(&*source, "select * from t", &[]).await, expected);
    let message = failure(&*source, "select 1 as a, 2 as a", &[]).await;
    assert!(message.starts_with("Rejected: t.db has two columns `a`"), "{message}");
    let message = failure(&*source, "select x'00' as photo", &[]).await;
    assert!(message.contains("`photo` of type blob: write `hex(…)`"), "{message}");
}

#[tokio::test]
async fn a_wrong_query_is_told_in_the_words_of_the_server() {
    let server = need!(postgres());
    let source = at(&server.create("p_words"));
    for (query, words) in [
        ("select nme from pg_class", "column \"nme\" does not exist"),
        ("select * from nowhere", "relation \"nowhere\" does not exist"),
        ("select 1 frm x", "syntax error"),
        ("select 1 as a, 2 as a", "two columns `a`"),
        ("select 1) as x, (select 2", "syntax error"),
        ("select 1 as one where :v is null", "write `:name::text`"),
    ] {
        let message = failure(&*source, query, if query.contains(":v") { &[("v", "x")] } else { &[] }).await;
        assert!(message.starts_with("Rejected: 127.0.0.1:") && message.contains(words), "{query}: {message}");
    }
}
