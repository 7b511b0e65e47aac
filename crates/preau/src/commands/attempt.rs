//! `preau try`: one fetch of a data set, and what became of every record.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use campus::DataSet;
use comfy_table::{Row, Table};
use jiff::Timestamp;
use mapping::{Account, Budget, Items};
use records::{Limits, Payload};
use serde_json::{Value, json};
use sources::{Call, Reply};

use crate::commands::{campus, table};
use crate::settings::Settings;
use crate::{Outcome, cli, demo, environment};

/// Items shown in the table.
const SHOWN: usize = 10;

pub(crate) async fn run(arguments: cli::Try) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    let demo = if arguments.demo { Some(demo::Demo::start(Timestamp::now()).await?) } else { None };
    let (folder, settings, extra) = match &demo {
        Some(demo) => (demo.campus(&arguments.campus)?, demo.settings(settings), demo.environment()),
        None => (arguments.campus.clone(), settings, BTreeMap::new()),
    };
    let set = data_set(&folder, &settings, extra, &arguments.name)?;
    let params = params(&set, &arguments.params)?;
    let attempt = Attempt::make(&set, &params).await?;
    if arguments.json {
        say!("{:#}", attempt.json(&set));
    } else {
        attempt.print(&set);
    }
    Ok(if attempt.account.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn data_set(
    folder: &Path,
    settings: &Settings,
    extra: BTreeMap<String, String>,
    name: &str,
) -> Result<Arc<DataSet>, String> {
    let campus = campus(folder, &environment::surroundings(settings, extra, true)?)?;
    let known: Vec<_> = campus.data.keys().map(AsRef::as_ref).collect();
    campus.data.get(name).cloned().ok_or_else(|| format!("no data set \"{name}\": there are {}", known.join(", ")))
}

fn params(set: &DataSet, given: &[String]) -> Result<sources::Params, String> {
    let pairs =
        given.iter().map(|pair| pair.split_once('=').ok_or_else(|| format!("--param {pair}: write NAME=VALUE")));
    let mut given = pairs
        .map(|pair| pair.map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect::<Result<BTreeMap<_, _>, _>>()?;
    let person: Vec<_> = set.person_params.iter().filter_map(|name| given.remove_entry(name)).collect();
    if let Some(unknown) = given.keys().find(|name| !set.params.contains_key(*name)) {
        let known: Vec<_> = set.params.keys().chain(&set.person_params).map(String::as_str).collect();
        let known = if known.is_empty() { "no parameter".to_owned() } else { format!("only {}", known.join(", ")) };
        return Err(format!("--param {unknown}: \"{}\" takes {known}", set.name));
    }
    if let Some(missing) = set.person_params.iter().find(|name| !person.iter().any(|(given, _)| given == *name)) {
        return Err(format!("this set is personal: say whose with --param {missing}=…"));
    }
    let mut params = set.params(&given)?;
    params.extend(person);
    Ok(params)
}

struct Attempt {
    bytes: u64,
    pages: Vec<Payload>,
    items: Items,
    account: Account,
    fetched_in: Duration,
    mapped_in: Duration,
}

impl Attempt {
    async fn make(set: &DataSet, params: &sources::Params) -> Result<Self, String> {
        let began = Instant::now();
        let reply = set.fetch.fetch(&Call { params, validators: None, person: None, now: Timestamp::now() }).await;
        let fetched_in = began.elapsed();
        let Reply::Records { pages, bytes, .. } =
            reply.map_err(|failure| format!("the source \"{}\": {:?}: {failure}", set.source, failure.kind))?
        else {
            return Err("the source answered \"not modified\" to a question without condition".to_owned());
        };
        let began = Instant::now();
        let (items, account) = set
            .mapping
            .run(&pages, &Budget::default())
            .map_err(|error| format!("the answer cannot be mapped: {error}"))?;
        Ok(Self { bytes, pages, items, account, fetched_in, mapped_in: began.elapsed() })
    }

    fn items(&self) -> Value {
        serde_json::from_slice(self.items.json()).unwrap_or_default()
    }

    fn json(&self, set: &DataSet) -> Value {
        json!({
            "name": set.name,
            "kind": set.kind.name,
            "source": set.source,
            "fetched": { "bytes": self.bytes, "pages": self.pages.len(), "milliseconds": self.fetched_in.as_secs_f64() * 1e3 },
            "mapped": { "milliseconds": self.mapped_in.as_secs_f64() * 1e3 },
            "reads": set.reads(),
            "account": self.account,
            "digest": self.items.digest().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            "items": self.items(),
        })
    }

    fn print(&self, set: &DataSet) {
        say!("{} (kind {}, for {}) from the source \"{}\"\n", set.name, set.kind.name, set.audience, set.source);
        say!(
            "fetched  {} bytes, {} page(s), in {:.1} ms\nmapped   {} records into {} items in {:.1} ms; {} rejected, {} fields left out\nreads    {}\n",
            self.bytes,
            self.pages.len(),
            self.fetched_in.as_secs_f64() * 1e3,
            self.account.received,
            self.account.mapped,
            self.mapped_in.as_secs_f64() * 1e3,
            self.account.rejected,
            self.account.omitted,
            set.reads().into_iter().collect::<Vec<_>>().join("  "),
        );
        if self.account.mapped > 0 {
            say!("{}", self.item_table(set));
        } else if self.account.received == 0 {
            say!("no records: `each` found none in the answer, which begins\n{}\n", self.beginning());
        }
        if self.account.mapped > SHOWN as u64 {
            say!("… and {} more (--json shows all)", self.account.mapped - SHOWN as u64);
        }
        if !self.account.complaints.is_empty() {
            say!("\n{}", self.complaint_table());
        }
    }

    fn item_table(&self, set: &DataSet) -> Table {
        let items = self.items();
        let items: Vec<_> = items.as_array().into_iter().flatten().take(SHOWN).collect();
        let columns: Vec<_> = set
            .kind
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .filter(|name| items.iter().any(|item| item.get(name).is_some()))
            .collect();
        let mut table = table(&columns);
        for item in items {
            let mut row = Row::from(columns.iter().map(|name| item.get(name).map(shown).unwrap_or_default()));
            row.max_height(1);
            table.add_row(row);
        }
        table
    }

    fn complaint_table(&self) -> Table {
        let mut table = table(&["record", "id", "field", "left out", "reason", "value"]);
        for complaint in &self.account.complaints {
            let what = if complaint.rejected { "the record" } else { "the field" };
            let (id, value) =
                (complaint.id.as_deref().unwrap_or_default(), complaint.value.as_deref().unwrap_or_default());
            table.add_row([&complaint.record.to_string(), id, &complaint.field, what, &complaint.reason, value]);
        }
        table
    }

    /// The first characters of the first document, to see what was answered.
    fn beginning(&self) -> String {
        let value = self.pages.first().and_then(|page| page.value(&Limits::default()).ok());
        value.map(|value| jq::to_json(&value).chars().take(300).collect()).unwrap_or_default()
    }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}
