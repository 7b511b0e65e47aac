//! `file`: CSV, XLSX, JSON and XML documents, in the campus folder or at an address.

mod local;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use outbound::{Client, Destination, Failure, FailureKind, Rules, site};
use records::{Format, Limits, Options, Payload};

use self::local::Local;
use crate::address::{Address, malformed};
use crate::confined::Unreadable;
use crate::get::{Got, get};
use crate::page::is_page;
use crate::{Call, Connector, Context, Fetch, Reply, Secret, SettingError, Source, Validators};
use settings::{read, wrong};

/// The connector.
pub(crate) struct File;

/// `[sources.NAME]` with `connector = "file"`; either `path` or `url`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["path"] }, { "required": ["url"] }]))]
struct Settings {
    /// A file, or a directory of which data sets give the file: in the campus folder or in a directory that the operator
    /// opened, relative to the campus folder.
    #[serde(default)]
    path: Option<PathBuf>,
    /// The address of a file, or of what data sets give the `path` behind.
    #[serde(default)]
    url: Option<Secret>,
    /// What the file is: `csv`, `xlsx`, `json` or `xml`. Without it, the ending of its name tells.
    #[serde(default)]
    format: Option<Format>,
    /// What stands between the fields of CSV: `;`. Without it, the first line tells.
    #[serde(default)]
    delimiter: Option<String>,
    /// The charset of text, where the file says none or a wrong one: `windows-1252`. Without it, it is found out.
    #[serde(default)]
    charset: Option<String>,
    /// The sheet of a workbook; the first without it.
    #[serde(default)]
    sheet: Option<String>,
    /// Whether plain-text `http:` is right, for open data that has no TLS.
    #[serde(default)]
    plain_http: bool,
}

/// The keys of `[data.NAME]` for a `file` source.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The file in the source's directory, or what follows its address; there, `{name}` stands for a request parameter.
    #[serde(default)]
    path: Option<String>,
    /// The sheet of a workbook, in place of the source's.
    #[serde(default)]
    sheet: Option<String>,
}

impl Connector for File {
    fn name(&self) -> &'static str {
        "file"
    }

    fn about(&self) -> &'static str {
        "A CSV, XLSX, JSON or XML document: a file of the campus folder, or one at an address."
    }

    fn source_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn request_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Question)
    }

    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        let delimiter = settings.delimiter.as_deref().map(delimiter).transpose()?;
        let place = match (settings.path, settings.url) {
            (Some(path), None) => {
                let local = Local::new(path, context);
                if let Err(error @ Unreadable::Outside) = local.source() {
                    return Err(vec![wrong("path", format!("the file {error}"))]);
                }
                Place::Local(local)
            }
            (None, Some(url)) => {
                let plain_http = settings.plain_http || context.rules.plain_http;
                let rules = Rules { plain_http, ..context.rules.clone() };
                Place::Remote(context.outbound.client(rules), Address::new(&url)?)
            }
            _ => return Err(vec![wrong("path", "a file has either a `path` or a `url`")]),
        };
        let options = Options { delimiter, sheet: settings.sheet };
        Ok(Arc::new(Files {
            place,
            format: settings.format,
            charset: settings.charset,
            options,
            limits: context.limits,
        }))
    }
}

/// One ASCII character that is no part of a field itself.
fn delimiter(text: &str) -> Result<u8, Vec<SettingError>> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => {
            Err(vec![wrong("delimiter", format!("{text:?} is not one ASCII character other than a quote or line end"))])
        }
    }
}

#[derive(Clone)]
enum Place {
    Local(Local),
    Remote(Client, Address),
}

/// A file or a directory of files.
struct Files {
    place: Place,
    format: Option<Format>,
    charset: Option<String>,
    options: Options,
    limits: Limits,
}

impl Source for Files {
    fn destinations(&self) -> Vec<Destination> {
        match &self.place {
            Place::Local(_) => Vec::new(),
            Place::Remote(_, address) => Destination::of(address.source()).into_iter().collect(),
        }
    }

    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
        let question: Question = read(settings)?;
        let path = question.path.as_deref();
        let (place, name) = match &self.place {
            Place::Local(local) => (Place::Local(local.below(path)), local.name()),
            Place::Remote(client, address) => {
                (Place::Remote(client.clone(), address.below(path, params)?), Path::new(address.source().path()))
            }
        };
        let format = self.format.or_else(|| told(path.map_or(name, Path::new)));
        let unknown = || SettingError {
            help: Some("write `format = \"csv\"` (or \"xlsx\", \"json\", \"xml\") in the source".to_owned()),
            ..wrong("path", "the name of the file does not tell its format")
        };
        let sheet = question.sheet.or_else(|| self.options.sheet.clone());
        Ok(Arc::new(Document {
            place,
            format: format.ok_or_else(|| vec![unknown()])?,
            charset: self.charset.clone(),
            options: Options { sheet, ..self.options.clone() },
            limits: self.limits,
        }))
    }
}

/// What the ending of a name says of the format.
fn told(name: &Path) -> Option<Format> {
    let name = name.to_str()?.split('?').next()?;
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Some(Format::Csv),
        "xlsx" | "xlsm" => Some(Format::Xlsx),
        "json" | "geojson" => Some(Format::Json),
        "xml" => Some(Format::Xml),
        _ => None,
    }
}

/// One file.
#[derive(Clone)]
struct Document {
    place: Place,
    format: Format,
    charset: Option<String>,
    options: Options,
    limits: Limits,
}

#[async_trait]
impl Fetch for Document {
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        match &self.place {
            Place::Local(local) => self.local(local.clone(), call.validators.cloned()).await,
            Place::Remote(client, address) => self.remote(client, address, call).await,
        }
    }

    fn sample(&self, reply: Bytes) -> Option<Result<Vec<Payload>, Failure>> {
        Some(self.decode(reply, None).map(|page| vec![page]).map_err(|what| malformed("the sample", what)))
    }
}

impl Document {
    async fn local(&self, local: Local, known: Option<Validators>) -> Result<Reply, Failure> {
        let document = self.clone();
        let reading = move || {
            let Some((bytes, validators)) = local.read(known.as_ref())? else { return Ok(Reply::Unchanged(None)) };
            let size = bytes.len();
            let page = document
                .decode(bytes, None)
                .map_err(|what| local.failure(FailureKind::Malformed, format!("is {what}")))?;
            Ok(Reply::Records { pages: vec![page], validators: Some(validators), bytes: size as u64 })
        };
        let read = tokio::task::spawn_blocking(reading).await;
        read.unwrap_or_else(|_| Err(Failure::new(FailureKind::Malformed, "the file breaks its reader")))
    }

    async fn remote(&self, client: &Client, address: &Address, call: &Call<'_>) -> Result<Reply, Failure> {
        let url = address.url(call.params)?;
        let (bytes, charset, url, validators) = match get(client, &url, HeaderMap::new(), call.validators).await? {
            Got::Unchanged(validators) => return Ok(Reply::Unchanged(validators)),
            Got::Body { bytes, charset, url, validators, .. } => (bytes, charset, url, validators),
        };
        let (document, size) = (self.clone(), bytes.len());
        let page = tokio::task::spawn_blocking(move || document.decode(bytes, charset.as_deref())).await;
        let page = page.unwrap_or_else(|_| Err("a file that breaks its reader".to_owned()));
        let page = page.map_err(|what| malformed(&site(&url), what))?;
        Ok(Reply::Records { pages: vec![page], validators, bytes: size as u64 })
    }

    fn decode(&self, bytes: Bytes, charset: Option<&str>) -> Result<Payload, String> {
        // Of all formats, only CSV takes a login page for data.
        if self.format == Format::Csv && is_page(&bytes) {
            return Err("an HTML page, not CSV".to_owned());
        }
        let charset = self.charset.as_deref().or(charset);
        Payload::new(self.format, bytes, charset, &self.options, &self.limits).map_err(|error| error.message)
    }
}

#[cfg(test)]
mod tests;
