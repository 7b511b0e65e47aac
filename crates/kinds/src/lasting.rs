//! How long something lasts, as a school writes it: `15m`, `24h`, `1h30m`, `7d`.

use std::borrow::Cow;
use std::time::Duration;

use jiff::SpanRelativeTo;
use jiff::fmt::friendly::SpanParser;
use serde::Deserialize;
use serde::de::Error;

/// A length of time, longer than nothing and ten years at most. A day is 24 hours, a week seven of them; months and
/// years have no length of their own and are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lasting(pub Duration);

const LONGEST: Duration = Duration::from_hours(10 * 366 * 24);

impl std::str::FromStr for Lasting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let help = || format!("{text:?} is no length of time: write \"30s\", \"15m\", \"24h\", \"7d\" or \"1h30m\"");
        let span = SpanParser::new().parse_span(text).map_err(|_| help())?;
        if span.get_years() != 0 || span.get_months() != 0 {
            return Err(format!("{text:?} has months or years, which have no fixed length: write days, as in \"30d\""));
        }
        let lasting = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| help())?;
        match Duration::try_from(lasting) {
            Err(_) | Ok(Duration::ZERO) => Err(format!("{text:?} is not longer than nothing")),
            Ok(lasting) if lasting > LONGEST => Err(format!("{text:?} is longer than ten years")),
            Ok(lasting) => Ok(Self(lasting)),
        }
    }
}

impl<'de> Deserialize<'de> for Lasting {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl schemars::JsonSchema for Lasting {
    fn schema_name() -> Cow<'static, str> {
        "Lasting".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A length of time in weeks (w), days (d), hours (h), minutes (m) and seconds (s)",
            "type": "string",
            "pattern": "^[0-9.]+ ?[a-z]+([ ,]*[0-9.]+ ?[a-z]+)*$",
            "examples": ["15m", "24h", "7d", "1h30m"]
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_school_writes() {
        for (text, seconds) in
            [("15m", 900), ("24h", 86_400), ("7d", 604_800), ("1h30m", 5_400), ("2 weeks", 1_209_600)]
        {
            assert_eq!(text.parse(), Ok(Lasting(Duration::from_secs(seconds))), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_length_and_says_why() {
        for (text, reason) in [
            ("15", "no length of time"),
            ("", "no length of time"),
            ("soon", "no length of time"),
            ("0s", "longer than nothing"),
            ("-5m", "longer than nothing"),
            ("5m ago", "longer than nothing"),
            ("1mo", "months or years"),
            ("100y", "months or years"),
            ("4000d", "longer than ten years"),
        ] {
            let message = text.parse::<Lasting>().unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
