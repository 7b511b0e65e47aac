//! Values of the binary protocol (MySQL internals manual, "Binary Protocol Value").

use records::{Limits, Payload, Value};
use sqlx::mysql::{MySqlRow, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Column, Decode, MySql, Row, Type, TypeInfo, ValueRef};

use super::super::answer::{number, unknown};
use super::super::failure::Fault;

/// The value of a row's column. `tinyint(1)` stays a number: it may hold more than 0 and 1.
pub(super) fn value(row: &MySqlRow, place: usize) -> Result<Value<'_>, Fault> {
    let raw = row.try_get_raw(place)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let info = raw.type_info().into_owned();
    let bytes: &[u8] = row.try_get_unchecked(place)?;
    let column = row.columns().get(place).map(Column::name).unwrap_or_default();
    typed(raw, &info, bytes).unwrap_or_else(|| Err(unknown(column, info.name(), remedy(info.name()))))
}

/// Bytes that a value has on its way.
pub(super) fn size(row: &MySqlRow, place: usize) -> Result<usize, sqlx::Error> {
    let bytes: Option<&[u8]> = row.try_get_unchecked(place)?;
    Ok(bytes.map_or(0, <[u8]>::len))
}

/// `None` for types without a meaning here.
fn typed<'r>(raw: MySqlValueRef<'r>, info: &MySqlTypeInfo, bytes: &'r [u8]) -> Option<Result<Value<'r>, Fault>> {
    let value = match info.name() {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => read::<i64>(raw).map(Value::Int),
        name if name.ends_with(" UNSIGNED") || name == "YEAR" => read::<u64>(raw).map(whole),
        "BIT" => Some(whole(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))),
        // By way of its text: 12.3 as a `float` is 12.300000190734863 as a double.
        "FLOAT" => read::<f32>(raw).and_then(|float| number(&float.to_string())),
        "DOUBLE" => read::<f64>(raw).map(Value::Float),
        "DECIMAL" => str::from_utf8(bytes).ok().and_then(number),
        "DATE" => moment(bytes).map(|(day, _)| Value::text(day)),
        "DATETIME" => moment(bytes).map(|(day, time)| Value::text(format!("{day}T{time}"))),
        "TIMESTAMP" => moment(bytes).map(|(day, time)| Value::text(format!("{day}T{time}Z"))),
        "TIME" => duration(bytes).map(Value::text),
        "JSON" => document(bytes),
        "SET" => text(bytes),
        _ if <str as Type<MySql>>::compatible(info) => text(bytes),
        _ => return None,
    };
    Some(value.ok_or_else(|| sqlx::Error::Decode("a value cannot be read".into()).into()))
}

fn read<'r, T: Decode<'r, MySql>>(raw: MySqlValueRef<'r>) -> Option<T> {
    T::decode(raw).ok()
}

fn remedy(kind: &str) -> &'static str {
    if kind == "GEOMETRY" {
        "write `st_astext(…)`"
    } else {
        "write `to_base64(…)`, or `convert(… using utf8mb4)` where it is text"
    }
}

fn whole(number: u64) -> Value<'static> {
    i64::try_from(number).map_or(Value::Float(number as f64), Value::Int)
}

fn text(bytes: &[u8]) -> Option<Value<'_>> {
    str::from_utf8(bytes).ok().map(Value::text)
}

fn document(bytes: &[u8]) -> Option<Value<'static>> {
    let payload = Payload::Json(bytes.to_vec().into());
    payload.value(&Limits::default()).ok().map(|value| value.into_owned().into_owned())
}

/// Length, year (2 bytes), month, day, hour, minute, second, microseconds (4 bytes), as many as are not zero.
fn moment(bytes: &[u8]) -> Option<(String, String)> {
    let at = |place: usize| bytes.get(place).copied().unwrap_or_default();
    bytes.get(4)?;
    let year = u16::from_le_bytes([at(1), at(2)]);
    let micros = u32::from_le_bytes([at(8), at(9), at(10), at(11)]);
    Some((format!("{year:04}-{:02}-{:02}", at(3), at(4)), clock(at(5).into(), at(6), at(7), micros)))
}

/// Length, sign, days (4 bytes), hour, minute, second, microseconds (4 bytes): `-838:59:59` to `838:59:59`.
fn duration(bytes: &[u8]) -> Option<String> {
    let at = |place: usize| bytes.get(place).copied().unwrap_or_default();
    bytes.first()?;
    let days = u32::from_le_bytes([at(2), at(3), at(4), at(5)]);
    let micros = u32::from_le_bytes([at(9), at(10), at(11), at(12)]);
    let hours = days.checked_mul(24)?.checked_add(at(6).into())?;
    Some(format!("{}{}", if at(1) == 1 { "-" } else { "" }, clock(hours, at(7), at(8), micros)))
}

fn clock(hours: u32, minutes: u8, seconds: u8, micros: u32) -> String {
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}
