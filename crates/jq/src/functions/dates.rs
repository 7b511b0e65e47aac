//! Dates: texts in a declared format, and counts since 1970, to RFC 3339.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use records::Value;

use super::{Call, Function, Make, error, ready, text_of};
use crate::arithmetic::as_float;
use crate::flow::{Flow, Output, fail};
use crate::plan::{Plan, Ready};
use crate::{Error, Fuel};

mod french;
pub(crate) mod windows;

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
    Function {
        usage: "in_zone(zone)",
        doc: "The instant that an ISO 8601 text without offset means in a zone that the record names, also as Windows does; one with an offset stays; null stays null. Not in jq.",
        example: [
            ".timeZone as $zone | .dateTime | in_zone($zone)",
            r#"{"dateTime": "2026-07-01T14:30:00.0000000", "timeZone": "Romance Standard Time"}"#,
            r#""2026-07-01T14:30:00+02:00""#,
        ],
        make: Make::With(in_zone),
    },
    Function {
        usage: "at_time(time)",
        doc: "The time of a day, `YYYY-MM-DD` or `YYYYMMDD`, as clocks show it; 24:00 and later are of the days after, as GTFS writes them; null stays null. Not in jq.",
        example: [
            ".time as $time | .day | at_time($time)",
            r#"{"day": "20260701", "time": "25:10:00"}"#,
            r#""2026-07-02T01:10:00""#,
        ],
        make: Make::With(at_time),
    },
    Function {
        usage: "later(seconds)",
        doc: "The instant so many seconds later, or earlier where negative; null stays null. Not in jq.",
        example: [
            ".minutes as $minutes | .start | later($minutes * 60)",
            r#"{"start": "2026-07-01T14:30:00+02:00", "minutes": 90}"#,
            r#""2026-07-01T16:00:00+02:00""#,
        ],
        make: Make::With(later),
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

fn in_zone<'v, 's>(value: Output<'v, 's>, zone: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null {
        return Ok(Some(value));
    }
    let (text, zone) = (text_of(&value, "in_zone")?, text_of(&zone, "in_zone")?);
    if text.trim().parse::<Timestamp>().is_ok() {
        return Ok(Some(Output::Made(value.made(fuel)?)));
    }
    let Ok(zone) = TimeZone::get(windows::zone(zone.trim()).unwrap_or(zone.trim())) else {
        return fail("this string is no time zone");
    };
    match text.trim().parse::<DateTime>().and_then(|local| zone.to_timestamp(local)) {
        Ok(instant) => created(instant.display_with_offset(zone.to_offset(instant)).to_string(), fuel),
        Err(_) => fail("this string is no date and time in ISO 8601"),
    }
}

fn at_time<'v, 's>(value: Output<'v, 's>, time: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null || *time == Value::Null {
        return Ok(Some(Output::Made(Value::Null)));
    }
    let (day, time) = (text_of(&value, "at_time")?, text_of(&time, "at_time")?);
    let mut parts = time.trim().splitn(3, ':').map(|part| part.parse::<u16>().ok());
    let hours = parts.next().flatten().filter(|hours| *hours < 1_000);
    let mut below_60 = || parts.next().unwrap_or(Some(0)).filter(|part| *part < 60);
    let (Some(hours), Some(minutes), Some(seconds)) = (hours, below_60(), below_60()) else {
        return fail("this string is no time such as 08:30 or 25:10:00");
    };
    let passed = i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds);
    let midnight = day.trim().parse::<Date>().map(|day| day.to_datetime(Time::midnight()));
    match midnight.and_then(|midnight| midnight.checked_add(SignedDuration::from_secs(passed))) {
        Ok(local) => created(local.to_string(), fuel),
        Err(_) => fail("this string is no day such as 2026-07-01"),
    }
}

fn later<'v, 's>(value: Output<'v, 's>, seconds: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null || *seconds == Value::Null {
        return Ok(Some(Output::Made(Value::Null)));
    }
    let passed = match *seconds {
        // The cast saturates.
        Value::Int(_) | Value::Float(_) => SignedDuration::from_secs(as_float(&seconds) as i64),
        ref other => return fail(format!("later takes a number, not {}", other.type_name())),
    };
    let text = text_of(&value, "later")?;
    let moved = match text.trim().parse::<Timestamp>() {
        // With the offset that it had.
        Ok(instant) => instant.checked_add(passed).map(|instant| {
            let offset = Pieces::parse(text.trim()).ok().and_then(|pieces| pieces.to_numeric_offset());
            instant.display_with_offset(offset.unwrap_or(Offset::UTC)).to_string()
        }),
        Err(_) => {
            text.trim().parse::<DateTime>().and_then(|local| local.checked_add(passed)).map(|local| local.to_string())
        }
    };
    match moved {
        Ok(moved) => created(moved, fuel),
        Err(_) => fail("this string is no date and time in ISO 8601, or it leaves the calendar"),
    }
}

fn created<'v, 's>(text: String, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    fuel.create(text.len())?;
    Ok(Some(Output::text(text)))
}
