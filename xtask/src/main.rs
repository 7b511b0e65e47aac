//! The project's own commands; `cargo xtask test` does everything that CI does.

mod bench;
mod fuzz;
mod packages;
mod step;
mod test;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
the project's own commands

  cargo xtask demo [--listen ADDRESS] [--verbose]
                      build the app if it changed, then run the demo
  cargo xtask web     build the app if it changed, with the Node.js that is here or a fetched one
  cargo xtask test    install what the tests need, then run every check that CI runs
  cargo xtask fuzz [TARGET] [--seconds N]
                      fuzz what reads from outside: one target of fuzz/ or all, 60 s each
  cargo xtask docs    write docs/reference again from the code, and the app's types of the API from it
  cargo xtask bench [--seconds N] [--rounds N]
                      CPU per read: cached, beside nginx and a bare hyper in the same run, and personal
  cargo xtask bench mapping
                      mapping JSON, XML, CSV and rows, beside typed serde, jaq and jq
  cargo xtask bench journal [append] [cells] [replay] [--seconds N] [--rounds N] [--dir DIR]
                      what servers remember: appending, three cells (where PostgreSQL is
                      installed), a million entries replayed; all of it where nothing is named";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::run(),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["web"] => web::Node::find_or_fetch().and_then(|node| web::build(&node)),
        ["demo", options @ ..] => web::demo(options).map(|never| match never {}),
        ["docs"] => step::run("docs", step::cargo("run --package preau -- reference docs/reference"))
            .and_then(|()| web::types()),
        ["bench", "journal", options @ ..] => {
            let mut bench = step::cargo("run --release --locked -p journal --example bench --");
            bench.args(options);
            step::run("what servers remember", bench)
        }
        ["bench", "mapping"] => bench::mapping::run(),
        ["bench", options @ ..] => bench::run(options),
        [] | ["help" | "-h" | "--help"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("there is no `cargo xtask {}`\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
