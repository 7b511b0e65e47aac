//! Expressions over an answer: where it goes on, and whether it is an error in disguise.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jq::{Fuel, Program, Scope};
use outbound::{Failure, FailureKind};
use records::Value;

use crate::SettingError;

/// The longest words of an upstream that are repeated, in characters.
const LONGEST_MESSAGE: usize = 200;

/// Compiles the expression of a setting.
pub(super) fn compile(key: &str, text: &str, zone: &TimeZone) -> Result<Program, Vec<SettingError>> {
    let scope = Scope { zone: zone.clone(), tables: BTreeMap::new() };
    let place = |error: jq::Error| SettingError {
        key: key.to_owned(),
        span: Some(error.span),
        message: error.message,
        help: error.help,
    };
    Program::compile(text, &scope).map_err(|errors| errors.into_iter().map(place).collect())
}

/// The only value that an expression gives; `null` where it gives none.
pub(super) fn value(program: &Program, answer: &Value<'_>, what: &str, site: &str) -> Result<Value<'static>, Failure> {
    match program.one(answer, &mut fuel()) {
        Ok(value) => Ok(value.map_or(Value::Null, |value| value.into_owned().into_owned())),
        Err(failure) => Err(unfit(&failure, what, site)),
    }
}

/// How many values an expression gives.
pub(super) fn count(program: &Program, answer: &Value<'_>, what: &str, site: &str) -> Result<usize, Failure> {
    let mut count = 0;
    let counting = program.run(answer, &mut fuel(), &mut |_, _| {
        count += 1;
        Ok(())
    });
    counting.map(|()| count).map_err(|failure| unfit(&failure, what, site))
}

/// What one expression may cost on one page.
fn fuel() -> Fuel {
    Fuel { steps: 10_000_000, bytes: 16 << 20 }
}

fn unfit(failure: &jq::Failure, what: &str, site: &str) -> Failure {
    let why = match failure {
        jq::Failure::Value(why) => why,
        jq::Failure::Exhausted => "it costs too much",
    };
    Failure::new(FailureKind::Malformed, format!("{what} does not fit the answer of {site}: {}", printable(why)))
}

/// How errors are told with status 200.
#[derive(Debug, Clone)]
pub(super) struct Disguise {
    pub(super) fails_when: Program,
    pub(super) message: Option<Program>,
}

impl Disguise {
    /// The failure that an answer is.
    pub(super) fn check(&self, answer: &Value<'_>, site: &str) -> Result<(), Failure> {
        let verdict = match self.fails_when.one(answer, &mut fuel()) {
            // An answer of another shape is no error.
            Ok(None) | Err(jq::Failure::Value(_)) => return Ok(()),
            Ok(Some(verdict)) => verdict,
            Err(failure) => return Err(unfit(&failure, "fails_when", site)),
        };
        let kind = match &*verdict {
            Value::Null | Value::Bool(false) => return Ok(()),
            Value::Text(kind) => match kind.as_ref() {
                "refused" => FailureKind::Refused,
                "unavailable" => FailureKind::Unavailable,
                "malformed" => FailureKind::Malformed,
                _ => FailureKind::Rejected,
            },
            _ => FailureKind::Rejected,
        };
        let words = self.message.as_ref().and_then(|message| message.one(answer, &mut fuel()).ok().flatten());
        let words = words.as_deref().and_then(Value::as_str).map(printable).filter(|words| !words.is_empty());
        let words = words.map(|words| format!(": {words}")).unwrap_or_default();
        Err(Failure::new(kind, format!("{site} answered an error with status 200{words}")))
    }
}

/// An upstream's words, short and in one line.
fn printable(words: &str) -> String {
    let line: String = words.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.trim().chars().take(LONGEST_MESSAGE).collect()
}
