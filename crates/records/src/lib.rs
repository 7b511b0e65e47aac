//! What a source answered: bytes of JSON, XML, CSV or XLSX decoded, within limits, into one value type.

mod charset;
mod delimited;
mod entities;
mod json;
mod made;
mod payload;
mod sheet;
mod table;
mod value;
mod wanted;
mod xml;

pub use charset::text;
pub use entities::{entity, unescape};
pub use made::{Records, Shape};
pub use payload::{Format, Limits, Listed, Malformed, Options, Payload, Visit};
pub use value::{Object, Value};
pub use wanted::{Part, Wanted};
