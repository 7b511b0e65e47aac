//! A soak of a real server: `soak PREAU SECONDS [SEED]` reads over 64 connections while the schools fail at random, holds every
//! answer against the rules, and tells whether memory and open files stay what they are.

use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use testbed::Observed;
use testbed::soak::{CAMPUSES, Soak};

const READERS: u64 = 64;

/// What grows in the first part is what is not full yet: the cache, the connections, the allocator's stores.
const WARMING: f64 = 0.2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = arguments.get(1).and_then(|seconds| seconds.parse().ok());
    let seed = arguments.get(2).map_or(Some(1), |seed| seed.parse().ok());
    let (Some(program), Some(seconds), Some(seed)) = (arguments.first(), seconds, seed) else {
        eprintln!("soak PREAU SECONDS [SEED]");
        return ExitCode::FAILURE;
    };
    match run(program, seconds, seed) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: &str, seconds: u64, seed: u64) -> std::io::Result<bool> {
    let soak = Soak::new(seed);
    let campuses = CAMPUSES.map(|campus| (campus.to_owned(), soak.declaration(campus)));
    let server = Observed::serve(Path::new(program), &campuses, "")?;
    let began = Instant::now();
    let (read, samples) = thread::scope(|scope| {
        let reading = scope.spawn(|| soak.read(server.address, READERS, u64::MAX));
        let mut samples = Vec::new();
        while began.elapsed() < Duration::from_secs(seconds) && !reading.is_finished() {
            thread::sleep(Duration::from_secs(1));
            samples.extend(server.sample().ok().map(|sample| (began.elapsed().as_secs_f64(), sample)));
        }
        soak.end();
        (reading.join(), samples)
    });
    read.map_err(|_| std::io::Error::other("the readers panicked"))??;
    let report = soak.report();
    println!("{READERS} connections, {seconds} s, seed {seed}\n\n| answer | times |\n|---|---|");
    for (how, times) in &report.answers {
        println!("| {how} | {times} |");
    }
    let settled: Vec<_> = samples.into_iter().filter(|(at, _)| *at > WARMING * seconds as f64).collect();
    println!("\n| | after warming up | at the end | most | per hour |\n|---|---|---|---|---|");
    show("memory, MiB", settled.iter().map(|(at, sample)| (*at, sample.mebibytes)));
    show("open files", settled.iter().map(|(at, sample)| (*at, sample.files as f64)));
    report.violations.iter().for_each(|violation| println!("\nagainst the rules: {violation}"));
    Ok(report.violations.is_empty())
}

fn show(what: &str, samples: impl Iterator<Item = (f64, f64)>) {
    let samples: Vec<_> = samples.collect();
    let [first, last] = [samples.first(), samples.last()].map(|sample| sample.map_or(0.0, |(_, value)| *value));
    let most = samples.iter().fold(0.0, |most: f64, (_, value)| most.max(*value));
    println!("| {what} | {first:.1} | {last:.1} | {most:.1} | {:+.1} |", slope(&samples) * 3600.0);
}

/// What a value gains in a second, by least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let (time, level) =
        samples.iter().fold((0.0, 0.0), |(time, level), (at, value)| (time + at / count, level + value / count));
    let together: f64 = samples.iter().map(|(at, value)| (at - time) * (value - level)).sum();
    together / samples.iter().map(|(at, _)| (at - time).powi(2)).sum::<f64>()
}
