//! Parameters are found where they stand, and nowhere else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::Dialect::{MySql, Postgres, Sqlite};
use super::*;

fn parse(query: &str, dialect: Dialect) -> Result<Statement, Vec<SettingError>> {
    Statement::parse(query, dialect, &["user".into(), "groups".into()])
}

fn places(query: &str, dialect: Dialect) -> Vec<String> {
    let statement = parse(query, dialect).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
    statement.places.into_iter().map(|place| place.name).collect()
}

fn message(query: &str, dialect: Dialect) -> String {
    let errors = parse(query, dialect).expect_err(query);
    errors.iter().map(|error| format!("{} ", error.message)).collect()
}

#[test]
fn marks_each_place_and_leaves_the_rest_as_written() {
    let statement =
        parse("select * from g where s = :user::int and g = :groups or :user = ''; -- end", Postgres).unwrap();
    assert_eq!(statement.with(|place| format!("${place}")), "select * from g where s = $1::int and g = $2 or $3 = ''");
    let params = [("user".to_owned(), "ada".to_owned()), ("groups".to_owned(), "5".to_owned())].into();
    assert_eq!(
        statement.bind(&params).unwrap().iter().map(|bound| bound.text).collect::<Vec<_>>(),
        ["ada", "5", "ada"]
    );
}

#[test]
fn finds_no_parameter_in_texts_names_and_comments() {
    for query in [
        "select ':user', 'it''s :user', \":user\", 1 -- :user\n",
        "select 1 /* :user; */",
        "select now()::date, a[1 :2] := 3",
    ] {
        for dialect in [Postgres, MySql, Sqlite] {
            assert!(places(query, dialect).is_empty(), "{query}");
        }
    }
    assert!(places("select $$ :user; $$, $a$ $$ :user $a$, E'\\' :user', /* /* :user */ ; */ 1", Postgres).is_empty());
    assert!(places("select 'it\\'s :user', \"\\\" :user\", `:user` # :user;", MySql).is_empty());
    assert!(places("select [:user], `:user`", Sqlite).is_empty());
}

#[test]
fn finds_parameters_after_what_only_looks_like_a_text() {
    assert_eq!(places("select '\\', :user", Postgres), ["user"]);
    assert_eq!(places("select 5--1, :user::int", MySql), ["user"]);
    assert_eq!(places("select 5--1, \n :user", Postgres), ["user"]);
    assert_eq!(places("select 1 /* /* */, :user", Sqlite), ["user"]);
    assert_eq!(places("select a ? 'b', :user", Postgres), ["user"]);
}

#[test]
fn names_the_place_of_an_unknown_parameter_and_the_near_one() {
    let errors = parse("select :usr, :étage", Postgres).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.span.clone().unwrap()).collect::<Vec<_>>(), [7..11, 13..20]);
    insta::assert_snapshot!(errors.iter().map(|e| format!("{}: {}", e.message, e.help.clone().unwrap())).collect::<Vec<_>>().join("\n"), @r"
    no parameter is called `usr`: did you mean `:user`?
    no parameter is called `étage`: the data set knows `:user`, `:groups`
    ");
}

#[test]
fn takes_one_statement_that_reads() {
    for query in
        [" SELECT 1;", "-- all\n(select 1) union (select 2)", "with a as (select 1) table a", "values (1) ; /* end */"]
    {
        assert!(parse(query, Postgres).is_ok(), "{query}");
    }
    assert!(message("select 1; drop table grades", Postgres).contains("second statement"));
    assert!(message("delete from grades", MySql).contains("does not begin a query that reads"));
    assert!(message("\"\" delete from grades", Sqlite).contains("does not begin a query that reads"));
    assert!(message("explain select 1", MySql).contains("does not begin"));
    assert!(message("select * into copy from grades", Postgres).contains("`into` writes"));
    assert!(message("select 1 /*! into outfile '/tmp/x' */", MySql).contains("would execute"));
    assert!(message(" -- nothing\n", Sqlite).contains("empty"));
    assert!(message("select 'open", Sqlite).contains("not closed"));
    assert!(message("select ?", Sqlite).contains("no parameter here"));
    assert!(message("select $1", Postgres).contains("no parameter here"));
}

#[test]
fn takes_what_a_parameter_is_said_to_be() {
    let statement = parse("select :user::int, :groups::text", MySql).unwrap();
    assert_eq!(statement.with(|_| "?".into()), "select ?, ?");
    let bind = |user: &str| {
        let params = [("user".to_owned(), user.to_owned()), ("groups".to_owned(), "7".to_owned())].into();
        statement.bind(&params).map(|bound| bound.iter().map(|bound| bound.whole).collect::<Vec<_>>())
    };
    assert_eq!(bind("5"), Ok(vec![Some(5), None]));
    for wrong in ["5abc", "", " 5", "5.0", "9223372036854775808"] {
        let failure = bind(wrong).unwrap_err();
        assert_eq!(failure.message, "the query's parameter `:user` is no whole number, as `::int` says");
    }
    assert!(message("select :user", MySql).contains("must be told what `:user` is"));
    assert!(message("select :user::integer", MySql).contains("must be told what `:user` is"));
    assert_eq!(parse("select :user, :user::int", Sqlite).unwrap().with(|_| "?".into()), "select ?, ?");
    assert_eq!(parse("select :user::int", Postgres).unwrap().with(|_| "$1".into()), "select $1::int");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "(select )?[-'\"`$/*:;?a-z\\\\\n\\[\\]#é ]{0,60}") {
        for dialect in [Postgres, MySql, Sqlite] {
            if let Ok(statement) = parse(&text, dialect) {
                let back = statement.with(|place| format!(":{}", statement.places[place - 1].name));
                proptest::prop_assert!(text.starts_with(&back), "{back}");
            }
        }
    }
}
