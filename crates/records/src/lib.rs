//! What a source answered: bytes of JSON, XML, CSV or XLSX decoded, within limits, into one value type.

mod charset;
mod delimited;
mod entities;
mod json;
mod payload;
mod sheet;
mod table;
mod value;
mod xml;

pub use charset::text;
pub use entities::{entity, unescape};
pub use payload::{Format, Limits, Malformed, Options, Payload};
pub use value::{Object, Value};
