//! Tables that a campus declares beside its mappings.

use std::collections::BTreeMap;
use std::sync::Arc;

use records::Value;

use super::{Call, Function, Make, error, ready};
use crate::flow::{Flow, Output, fail};
use crate::json::shown;
use crate::plan::{Plan, Ready};
use crate::{Error, Fuel};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    usage: "lookup(table)",
    doc: "What a table of the campus has for this text or number; null where it has nothing. Not in jq.",
    example: [r#"map(lookup("sites"))"#, r#"["A", "Z", null]"#, r#"["Campus Nord",null,null]"#],
    make: Make::Build(lookup),
}];

/// A message names so many tables.
const MOST_NAMED: usize = 20;

fn lookup(mut call: Call<'_>) -> Result<Plan, Error> {
    let (name, span) = call.literal("the table")?;
    let tables = &call.scope.tables;
    if let Some(table) = tables.get(&name) {
        return Ok(ready(Lookup { table: Arc::clone(table) }));
    }
    let help = match crate::compile::did_you_mean(&name, tables.keys().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if tables.is_empty() => "declare the table first: there is none yet".to_owned(),
        None => {
            let names: Vec<_> = tables.keys().take(MOST_NAMED).map(|name| format!("\"{name}\"")).collect();
            let more = if tables.len() > MOST_NAMED { " …" } else { "" };
            format!("the tables are {}{more}", names.join(", "))
        }
    };
    Err(error(span, format!("unknown table \"{name}\""), help))
}

#[derive(Debug)]
struct Lookup {
    table: Arc<BTreeMap<String, String>>,
}

impl Ready for Lookup {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, _: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        match &*input {
            Value::Null => Ok(Some(Output::Made(Value::Null))),
            Value::List(_) | Value::Object(_) => {
                fail(format!("lookup takes a string or a number, not {}", input.type_name()))
            }
            key => {
                let found = self.table.get(&*shown(key));
                Ok(Some(found.map_or(Output::Made(Value::Null), |found| Output::text(found.as_str()))))
            }
        }
    }
}
