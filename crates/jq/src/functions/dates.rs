//! Dates: texts in a declared format, and counts since 1970, to RFC 3339.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use records::Value;

use super::{Call, Function, Make, error, ready, text_of};
use crate::arithmetic::as_float;
use crate::flow::{Flow, Output, fail};
use crate::plan::{Plan, Ready};
use crate::{Error, Fuel};

mod french;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "datetime(format)",
        doc: "The instant that a text in a strptime format means in the campus's zone, unless it carries an offset; null stays null. Month and day names may be English or French. Not in jq.",
        example: [r#"datetime("%d/%m/%Y %H:%M")"#, r#""01/07/2026 14:30""#, r#""2026-07-01T14:30:00+02:00""#],
        make: Make::Build(datetime),
    },
    Function {
        usage: "datetime(format; zone)",
        doc: "The same in another zone. Not in jq.",
        example: [r#"datetime("%Y-%m-%d"; "America/Cayenne")"#, r#""2026-07-01""#, r#""2026-07-01T00:00:00-03:00""#],
        make: Make::Build(datetime),
    },
    Function {
        usage: "date(format)",
        doc: "The day that a text in a strptime format means; null stays null. Not in jq.",
        example: [r#"date("%d %B %Y")"#, r#""1 juillet 2026""#, r#""2026-07-01""#],
        make: Make::Build(date),
    },
    Function {
        usage: "epoch",
        doc: "The instant so many seconds after the beginning of 1970; null stays null. Not in jq.",
        example: ["epoch", "1782909000", r#""2026-07-01T12:30:00Z""#],
        make: Make::Plain(|value, _| since_1970(value, 1e9, "epoch")),
    },
    Function {
        usage: "epoch_ms",
        doc: "The instant so many milliseconds after the beginning of 1970; null stays null. Not in jq.",
        example: ["epoch_ms", "1782909000500", r#""2026-07-01T12:30:00.5Z""#],
        make: Make::Plain(|value, _| since_1970(value, 1e6, "epoch_ms")),
    },
];

fn datetime(mut call: Call<'_>) -> Result<Plan, Error> {
    let (format, span) = call.literal("the format")?;
    let mut zone = call.scope.zone.clone();
    if !call.args.is_empty() {
        let (name, span) = call.literal("the zone")?;
        zone = TimeZone::get(&name).map_err(|_| {
            let help = "write a name such as \"Europe/Paris\"".to_owned();
            error(span, format!("unknown time zone \"{name}\""), help)
        })?;
    }
    let instant = Instant { format: Format::new(format), zone };
    instant.format.check(|sample| instant.read(sample).is_some()).map_err(|message| error(span, message, help()))?;
    Ok(ready(instant))
}

fn date(mut call: Call<'_>) -> Result<Plan, Error> {
    let (format, span) = call.literal("the format")?;
    let day = Day(Format::new(format));
    day.0.check(|sample| day.read(sample).is_some()).map_err(|message| error(span, message, help()))?;
    Ok(ready(day))
}

fn help() -> String {
    "write for example \"%d/%m/%Y %H:%M\": %Y year, %m month, %d day, %H hour, %M minute, %S second, %z offset, %B month's name".to_owned()
}

#[derive(Debug)]
struct Format {
    text: String,
    /// Names of months or days occur: French ones are translated first.
    names: bool,
}

impl Format {
    fn new(text: String) -> Self {
        let names = ["%a", "%A", "%b", "%B", "%h"].iter().any(|name| text.contains(name));
        Self { text, names }
    }

    /// A format is good if a date written with it can be read with it.
    fn check(&self, read: impl Fn(&str) -> bool) -> Result<(), String> {
        let sample = DateTime::constant(2026, 11, 24, 13, 45, 56, 0)
            .to_zoned_datetime(TimeZone::UTC)
            .map_err(|_| "no sample date".to_owned())?;
        match strtime::format(&self.text, &sample) {
            Ok(sample) if read(&sample) => Ok(()),
            Ok(_) => Err(format!("no date can be read with the format \"{}\"", self.text)),
            Err(problem) => Err(format!("the format \"{}\" is wrong: {problem}", self.text)),
        }
    }

    fn parse(&self, text: &str) -> Option<BrokenDownTime> {
        if self.names {
            return strtime::parse(&self.text, french::to_english(text.trim(), &self.text)).ok();
        }
        strtime::parse(&self.text, text.trim()).ok()
    }

    /// Never the text itself: it may be personal.
    fn unfit<'v, T>(&self) -> Flow<'v, T> {
        fail(format!("this string is no date in the format \"{}\"", self.text))
    }
}

#[derive(Debug)]
struct Instant {
    format: Format,
    zone: TimeZone,
}

impl Instant {
    /// An hour that occurs twice or never when clocks change is read as RFC 5545 does: the first, or as if they had not.
    fn read(&self, text: &str) -> Option<String> {
        let parsed = self.format.parse(text)?;
        let instant = if parsed.offset().is_some() || parsed.timestamp().is_some() {
            parsed.to_timestamp().ok()?
        } else {
            self.zone.to_timestamp(parsed.to_datetime().ok()?).ok()?
        };
        Some(instant.display_with_offset(self.zone.to_offset(instant)).to_string())
    }
}

impl Ready for Instant {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        if *input == Value::Null {
            return Ok(Some(input));
        }
        let text = text_of(&input, "datetime")?;
        fuel.scan(&text)?;
        match self.read(&text) {
            Some(instant) => created(instant, fuel),
            None => self.format.unfit(),
        }
    }
}

#[derive(Debug)]
struct Day(Format);

impl Day {
    fn read(&self, text: &str) -> Option<String> {
        Some(self.0.parse(text)?.to_date().ok()?.to_string())
    }
}

impl Ready for Day {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        if *input == Value::Null {
            return Ok(Some(input));
        }
        let text = text_of(&input, "date")?;
        fuel.scan(&text)?;
        match self.read(&text) {
            Some(day) => created(day, fuel),
            None => self.0.unfit(),
        }
    }
}

fn since_1970<'v, 's>(value: Output<'v, 's>, unit: f64, function: &str) -> Flow<'v, Option<Output<'v, 's>>> {
    let nanoseconds = match *value {
        Value::Null => return Ok(Some(value)),
        Value::Int(count) => i128::from(count) * unit as i128,
        Value::Float(_) => (as_float(&value) * unit) as i128,
        ref other => return fail(format!("{function} takes a number, not {}", other.type_name())),
    };
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(instant) => Ok(Some(Output::text(instant.to_string()))),
        Err(_) => fail(format!("this number is too large for {function}")),
    }
}

fn created<'v, 's>(text: String, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    fuel.create(text.len())?;
    Ok(Some(Output::text(text)))
}
