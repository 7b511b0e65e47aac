//! The same items from other engines, which convert no dates and check nothing.

use std::io::Write;
use std::process::{Command, Stdio};

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};

use crate::events::{EACH, FIELDS};

/// Definitions over functions that jaq has with other features only.
const MISSING: &str = "stderr debug halt_error logb significand pow10 drem nexttoward scalb gamma capture_of_match test scan_ \
    match capture split splits sub gsub scan todate fromdate @sh @html @htmld @uri @urid @base64 @base64d";

fn program() -> String {
    let fields: Vec<_> = FIELDS.iter().map(|(name, program)| format!("{name}: ({program})")).collect();
    format!("{EACH} | {{{}}}", fields.join(", "))
}

pub fn jaq(json: &str) -> Box<dyn FnMut()> {
    let defs = jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .filter(|def| !MISSING.split(' ').any(|name| name == def.name));
    let funs = jaq_core::funs().chain(jaq_std::base_funs()).chain(jaq_json::funs());
    let (arena, program) = (Arena::default(), program());
    let modules = Loader::new(defs).load(&arena, File { code: &program, path: () }).unwrap_or_else(|_| panic!());
    let filter = Compiler::default().with_funs(funs).compile(modules).unwrap_or_else(|errors| panic!("{errors:?}"));
    let json = json.to_owned();
    Box::new(move || {
        let ctx = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
        let document = read::parse_single(json.as_bytes()).unwrap();
        let mut out = Vec::new();
        for item in filter.id.run((ctx, document)).map(unwrap_valr) {
            write!(out, "{}", item.unwrap()).unwrap();
        }
        std::hint::black_box(out);
    })
}

/// Microseconds per document of the `jq` program, where it is installed; its start is shared by many documents.
pub fn jq(json: &str) -> Option<f64> {
    const DOCUMENTS: u32 = 40;
    let mut child =
        Command::new("jq").args(["-c", &program()]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().ok()?;
    let before = children();
    let mut stdin = child.stdin.take()?;
    (0..DOCUMENTS).try_for_each(|_| stdin.write_all(json.as_bytes())).ok()?;
    drop(stdin);
    child.wait().ok()?.success().then(|| (children() - before) * 1e6 / f64::from(DOCUMENTS))
}

/// Seconds of CPU of the programs that ended: user and system, in ticks of a hundredth.
fn children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let behind = stat.rsplit_once(") ").unwrap().1;
    behind.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
