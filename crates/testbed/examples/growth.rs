//! What a server takes as it grows: `growth PREAU [campuses] [entries] [demo]`, all of it where nothing is named, starts it with more and more campuses of 20 data sets, fills its cache with
//! 100,000 answers, and looks at the demo at rest.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use testbed::{Connection, Observed};

/// The generated page of all kinds: of each, the least that a mapping says and a sample of its items.
const KINDS: &str = include_str!("../../../docs/reference/kinds.md");

const CAMPUSES: [usize; 3] = [1, 100, 1000];
const SETS: usize = 20;
const ENTRIES: usize = 100_000;
const CONNECTIONS: usize = 16;
const READS: usize = 100_000;

/// How long a server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(5);

/// What is measured of a program.
type Part = fn(&Path) -> io::Result<()>;

fn main() -> ExitCode {
    let Some(program) = std::env::args().nth(1) else {
        eprintln!("growth PREAU [campuses] [entries] [demo]");
        return ExitCode::FAILURE;
    };
    let program = Path::new(&program);
    let named: Vec<String> = std::env::args().skip(2).collect();
    let parts: [(&str, Part); 3] = [("campuses", campuses), ("entries", entries), ("demo", demo)];
    let mut asked = parts.iter().filter(|(name, _)| named.is_empty() || named.iter().any(|asked| asked == name));
    match asked.try_for_each(|(_, part)| part(program)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("growth: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Start, memory and the cost of a read, by number of campuses.
fn campuses(program: &Path) -> io::Result<()> {
    let (kinds, upstream) = (kinds(), upstream()?);
    println!(
        "| campuses | started in, ms | memory, MiB | with all read, MiB | cached read, CPU µs |\n|---|---|---|---|---|"
    );
    for count in CAMPUSES {
        let ids: Vec<_> = (0..count).map(|number| format!("campus{number}")).collect();
        let declared: Vec<_> = ids.iter().map(|id| (id.clone(), declaration(id, upstream, &kinds))).collect();
        let server = Observed::serve(program, &declared, "")?;
        thread::sleep(REST);
        let rest = server.sample()?.mebibytes;
        let place = |turn: usize| {
            let (campus, set) = (turn / SETS % count, turn % SETS);
            (format!("campus{campus}.localhost"), format!("/api/data/set{set}"))
        };
        read(&server, count * SETS, place)?;
        let full = server.sample()?.mebibytes;
        // In an order in which neighbours are far apart.
        let cost = cost(&server, |turn| place(turn * 7919 % (count * SETS)))?;
        println!("| {count} | {} | {rest:.1} | {full:.1} | {cost:.1} |", server.started_in.as_millis());
    }
    Ok(())
}

/// What 100,000 answers take, beside what is accounted for them, and what it costs to read them.
fn entries(program: &Path) -> io::Result<()> {
    let (kinds, upstream) = (kinds(), upstream()?);
    let search = "\n[data.search]\nkind = \"links\"\nsource = \"one\"\npath = \"links\"\naudience = \"public\"\n\
                  [data.search.params.words]\nabout = \"words\"\n\
                  [data.search.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\nurl = \".url\"\n";
    let declared = [("campus0".to_owned(), declaration("campus0", upstream, &kinds) + search)];
    let server = Observed::serve(program, &declared, "cache = { max_mib = 4096, disk_mib = 4096 }\n")?;
    let place = |turn: usize| ("campus0.localhost".to_owned(), format!("/api/data/search?words=word{turn}"));
    read(&server, 100, place)?;
    let few = cost(&server, |turn| place(turn % 10))?;
    let (before, accounted_before) = (server.sample()?.mebibytes, server.metric("preau_cache_bytes")?);
    read(&server, ENTRIES, place)?;
    thread::sleep(REST);
    let accounted = (server.metric("preau_cache_bytes")? - accounted_before) / 1_048_576.0;
    let (taken, held) = (server.sample()?.mebibytes - before, server.metric("preau_cache_entries")?);
    let many = cost(&server, |turn| place(turn * 7919 % ENTRIES))?;
    let disk = server.metric("preau_cache_disk_bytes")? / 1_048_576.0;
    println!(
        "\n| answers | memory, MiB | accounted, MiB | accounted / memory | on disk, MiB | read of one of 10, CPU µs | of one of all |"
    );
    println!("|---|---|---|---|---|---|---|");
    println!("| {held} | {taken:.1} | {accounted:.1} | {:.2} | {disk:.1} | {few:.1} | {many:.1} |", accounted / taken);
    Ok(())
}

fn demo(program: &Path) -> io::Result<()> {
    let server = Observed::demo(program)?;
    thread::sleep(REST);
    let rest = server.sample()?.mebibytes;
    for (campus, set) in [("rivage", "news"), ("rivage", "menus"), ("colline", "events"), ("colline", "departures")] {
        Connection::open(server.address)?.get(&format!("{campus}.localhost"), &format!("/api/data/{set}"), None)?;
    }
    thread::sleep(REST);
    println!(
        "\n| demo at rest, MiB | after a few reads, MiB |\n|---|---|\n| {rest:.1} | {:.1} |",
        server.sample()?.mebibytes
    );
    Ok(())
}

/// CPU microseconds of the server per read.
fn cost(server: &Observed, place: impl Fn(usize) -> (String, String) + Sync) -> io::Result<f64> {
    let before = server.sample()?.cpu;
    read(server, READS, place)?;
    Ok((server.sample()?.cpu - before).as_secs_f64() * 1e6 / READS as f64)
}

/// Reads so many places over a few connections; every answer has to be a 200.
fn read(server: &Observed, times: usize, place: impl Fn(usize) -> (String, String) + Sync) -> io::Result<()> {
    let one = |first: usize| -> io::Result<()> {
        let mut connection = Connection::open(server.address)?;
        for turn in (first..times).step_by(CONNECTIONS) {
            let (host, path) = place(turn);
            let answer = connection.get(&host, &path, None)?;
            if answer.status != 200 {
                return Err(io::Error::other(format!("{host}{path}: {}", String::from_utf8_lossy(&answer.body))));
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let readers: Vec<_> = (0..CONNECTIONS).map(|first| scope.spawn(move || one(first))).collect();
        readers.into_iter().try_for_each(|reader| reader.join().unwrap_or_else(|_| Err(io::Error::other("a panic"))))
    })
}

/// Of each kind: its name, the least mapping, a sample.
fn kinds() -> Vec<(&'static str, &'static str, &'static str)> {
    let sections = KINDS.split("\n## ").skip(1);
    let block = |section: &'static str, fence: &str| section.split(fence).nth(1)?.split("\n```").next();
    let kinds = sections.filter_map(|section| {
        let name = section.lines().next()?;
        let mapping = block(section, "```toml\n")?.split_once('\n')?.1;
        Some((name, mapping, block(section, "```json\n")?))
    });
    kinds.collect()
}

/// A campus of 20 public data sets of all kinds, from three sources.
fn declaration(id: &str, upstream: SocketAddr, kinds: &[(&str, &str, &str)]) -> String {
    let head = format!("name = \"{id}\"\nzone = \"eu\"\ntimezone = \"Europe/Paris\"\nlanguages = [\"fr\"]\n");
    let source = |name: &&str| {
        let limits = "limits = { per_second = 1000, at_once = 64 }";
        format!("\n[sources.{name}]\nconnector = \"http\"\nurl = \"http://{upstream}/\"\n{limits}\n")
    };
    let names = ["one", "two", "three"];
    let sets = kinds.iter().cycle().take(SETS).zip(names.iter().cycle()).enumerate().map(|(number, ((kind, map, _), source))| {
        format!(
            "\n[data.set{number}]\nkind = \"{kind}\"\nsource = \"{source}\"\npath = \"{kind}\"\naudience = \"public\"\n\
             fresh_for = \"1d\"\n\n[data.set{number}.map]\n{map}\n"
        )
    });
    names.iter().map(source).chain(sets).fold(head, |all, part| all + &part)
}

/// A server that answers a path with the sample of its kind, until the process ends. It closes connections: else those that
/// are kept open for the next call, of thousands of sources at once, would be measured.
fn upstream() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream) -> Option<()> {
    let kinds = kinds();
    let lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
    let request: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let path = request.first()?.split([' ', '?']).nth(1)?.trim_start_matches('/').to_owned();
    let (_, _, body) = kinds.iter().find(|(kind, ..)| *kind == path)?;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 -\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all((head + body).as_bytes()).ok()
}
