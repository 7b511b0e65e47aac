//! From what a provider says of a person to a person of ours: one jq expression per part, checked before it runs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jq::{Fuel, Program, Scope};
use records::{Limits, Payload, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;
use settings::SettingError;

use crate::{Failure, FailureKind, Person};

/// Where the claims hold what: the keys of `[login]` that every method has. Expressions are jq over the claims.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct DeclaredClaims {
    /// How the school's systems know the person: `.supannEtuId // .sub`. One text or number.
    pub user: Option<String>,
    /// How the person is called.
    pub name: Option<String>,
    /// Groups of the person, for audiences `group:NAME`: one text or a list of them.
    pub groups: Option<String>,
    /// What the person is to the school, as in eduPersonAffiliation: one text or a list.
    pub affiliation: Option<String>,
    /// Staff roles of the person: `admin`, `editor`, `analyst`, `support`; nobody without it.
    pub roles: Option<String>,
    /// Further values that sources are asked with: `ine = ".supannCodeINE"` is `{user_ine}` in a request of a personal set.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Where a method's claims hold what, unless the school says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultClaims {
    /// As in [`DeclaredClaims::user`].
    pub user: &'static str,
    /// As in [`DeclaredClaims::name`].
    pub name: &'static str,
    /// As in [`DeclaredClaims::groups`].
    pub groups: &'static str,
    /// As in [`DeclaredClaims::affiliation`].
    pub affiliation: &'static str,
}

/// The expressions of one campus.
#[derive(Debug)]
pub struct Claims {
    user: Program,
    name: Program,
    groups: Program,
    affiliation: Program,
    roles: Program,
    attributes: BTreeMap<String, Program>,
}

/// What the claims of one person may cost.
const FUEL: Fuel = Fuel { steps: 200_000, bytes: 1 << 20 };
const LIMITS: Limits = Limits { depth: 32, values: 20_000 };

/// A user id, a name, a group or an attribute: characters at most.
const LONGEST: usize = 256;

/// Groups, affiliations and roles: entries at most. A session carries them.
const MOST: usize = 500;

impl Claims {
    /// Compiles what a school declared, over the method's defaults.
    ///
    /// # Errors
    /// Every mistake, by its key below `[login]`.
    pub fn compile(
        declared: &DeclaredClaims,
        defaults: DefaultClaims,
        scope: &Scope,
    ) -> Result<Self, Vec<SettingError>> {
        let mut mistakes = Vec::new();
        let mut compile = |key: &str, source: &str| match Program::compile(source, scope) {
            Ok(program) => Some(program),
            Err(errors) => {
                mistakes.extend(errors.into_iter().map(|error| SettingError {
                    key: key.to_owned(),
                    span: Some(error.span),
                    message: error.message,
                    help: error.help,
                }));
                None
            }
        };
        let mut part =
            |key: &str, declared: &Option<String>, default: &str| compile(key, declared.as_deref().unwrap_or(default));
        let user = part("user", &declared.user, defaults.user);
        let name = part("name", &declared.name, defaults.name);
        let groups = part("groups", &declared.groups, defaults.groups);
        let affiliation = part("affiliation", &declared.affiliation, defaults.affiliation);
        let roles = part("roles", &declared.roles, "null");
        let attributes: BTreeMap<_, _> = declared
            .attributes
            .iter()
            .filter_map(|(name, source)| Some((name.clone(), compile(&format!("attributes.{name}"), source)?)))
            .collect();
        let claims = || {
            Some(Self {
                user: user?,
                name: name?,
                groups: groups?,
                affiliation: affiliation?,
                roles: roles?,
                attributes,
            })
        };
        claims().filter(|_| mistakes.is_empty()).ok_or(mistakes)
    }

    /// Names of the declared attributes.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    /// The person that these claims describe.
    ///
    /// # Errors
    /// `Misconfigured`: a part is missing or of another type than it should be. Messages never show a value.
    pub fn person(&self, claims: &Map<String, serde_json::Value>) -> Result<Person, Failure> {
        let text = serde_json::to_vec(claims).unwrap_or_default();
        let payload = Payload::Json(text.into());
        let input = payload.value(&LIMITS).map_err(|error| wrong(format!("the claims cannot be read: {error}")))?;
        let mut fuel = FUEL;
        let mut texts = |key: &str, program: &Program| texts(key, program, &input, &mut fuel);
        let mut one = |key: &str, program: &Program| match <[String; 1]>::try_from(texts(key, program)?) {
            Ok([only]) => Ok(Some(only)),
            Err(none) if none.is_empty() => Ok(None),
            Err(_) => Err(wrong(format!("`{key}` of [login] gives several values: pick one, such as with `first`"))),
        };
        let user = one("user", &self.user)?.ok_or_else(|| {
            wrong("`user` of [login] gives nothing for this person: name a claim that the provider sends".to_owned())
        })?;
        let name = one("name", &self.name)?;
        let mut attributes = BTreeMap::new();
        for (name, program) in &self.attributes {
            attributes.extend(one(&format!("attributes.{name}"), program)?.map(|value| (name.clone(), value)));
        }
        let mut set = |key: &str, program: &Program| {
            let mut values = texts(key, program)?;
            values.sort();
            values.dedup();
            Ok::<_, Failure>(values)
        };
        Ok(Person {
            user,
            name,
            groups: set("groups", &self.groups)?,
            affiliations: set("affiliation", &self.affiliation)?,
            roles: set("roles", &self.roles)?,
            attributes,
        })
    }
}

/// The texts that an expression gives: one, a list of them, or none.
fn texts<'v>(key: &str, program: &'v Program, input: &'v Value<'v>, fuel: &mut Fuel) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    let mut wrong_type = None;
    let ran = program.run(input, fuel, &mut |output: Cow<'_, Value<'_>>, _| {
        let values = match &*output {
            Value::List(values) => values.as_slice(),
            other => std::slice::from_ref(other),
        };
        for value in values {
            match value {
                Value::Null => {}
                Value::Text(text) => texts.push(text.trim().to_owned()),
                Value::Int(number) => texts.push(number.to_string()),
                other => wrong_type = Some(other.type_name()),
            }
        }
        Ok(())
    });
    match (ran, wrong_type) {
        // What an expression says of its input may repeat it.
        (Err(_), _) => {
            return Err(wrong(format!("`{key}` of [login] does not fit the claims: try it with `preau login-check`")));
        }
        (Ok(()), Some(found)) => {
            return Err(wrong(format!("`{key}` of [login] gives {found} where texts are expected")));
        }
        (Ok(()), None) => {}
    }
    texts.retain(|text| !text.is_empty());
    if texts.len() > MOST {
        return Err(wrong(format!("`{key}` of [login] gives more than {MOST} values: keep those that audiences name")));
    }
    if texts.iter().any(|text| text.chars().count() > LONGEST || text.chars().any(char::is_control)) {
        return Err(wrong(format!(
            "`{key}` of [login] gives a value with control characters or of more than {LONGEST} characters"
        )));
    }
    Ok(texts)
}

fn wrong(message: String) -> Failure {
    Failure::new(FailureKind::Misconfigured, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use serde_json::json;

    use super::*;

    const DEFAULTS: DefaultClaims =
        DefaultClaims { user: ".sub", name: ".name", groups: ".groups", affiliation: ".eduPersonAffiliation" };

    fn person(declared: &DeclaredClaims, claims: &serde_json::Value) -> Result<Person, Failure> {
        let scope = Scope { zone: jiff::tz::TimeZone::UTC, tables: BTreeMap::new() };
        Claims::compile(declared, DEFAULTS, &scope).unwrap().person(claims.as_object().unwrap())
    }

    #[test]
    fn reads_texts_numbers_and_lists_and_takes_what_is_missing_for_nothing() {
        let declared = DeclaredClaims {
            user: Some(".id // .sub".to_owned()),
            attributes: BTreeMap::from([
                ("ine".to_owned(), ".ine".to_owned()),
                ("site".to_owned(), ".site".to_owned()),
            ]),
            ..DeclaredClaims::default()
        };
        let claims =
            json!({"id": 22_204_518, "groups": ["l3", "l3", "a"], "eduPersonAffiliation": "student", "ine": "12A"});
        let Ok(person) = person(&declared, &claims) else { panic!("a person") };
        assert_eq!((person.user.as_str(), person.name), ("22204518", None));
        assert_eq!(
            (person.groups, person.affiliations),
            (vec!["a".to_owned(), "l3".to_owned()], vec!["student".to_owned()])
        );
        assert_eq!(person.attributes, BTreeMap::from([("ine".to_owned(), "12A".to_owned())]));
    }

    #[test]
    fn refuses_a_person_without_an_id_and_values_that_are_no_text_without_showing_them() {
        for claims in [
            json!({}),
            json!({"sub": ""}),
            json!({"sub": {"mark": 1}}),
            json!({"sub": ["mark", "b"]}),
            json!({"sub": "a\nmark"}),
        ] {
            let Err(failure) = person(&DeclaredClaims::default(), &claims) else { panic!("{claims}") };
            assert_eq!(failure.kind, FailureKind::Misconfigured);
            assert!(!failure.message.contains("mark"), "{failure}");
        }
    }

    #[test]
    fn bounds_what_a_session_will_carry() {
        let many: Vec<_> = (0..=MOST).map(|number| format!("g{number}")).collect();
        assert!(person(&DeclaredClaims::default(), &json!({"sub": "a", "groups": many})).is_err());
        assert!(person(&DeclaredClaims::default(), &json!({"sub": "a".repeat(LONGEST + 1)})).is_err());
    }

    #[test]
    fn tells_every_mistake_by_its_key() {
        let declared = DeclaredClaims {
            user: Some(".sub |".to_owned()),
            attributes: BTreeMap::from([("x".to_owned(), "nothing(1)".to_owned())]),
            ..DeclaredClaims::default()
        };
        let scope = Scope { zone: jiff::tz::TimeZone::UTC, tables: BTreeMap::new() };
        let mistakes = Claims::compile(&declared, DEFAULTS, &scope).unwrap_err();
        let keys: Vec<_> = mistakes.iter().map(|mistake| mistake.key.as_str()).collect();
        assert_eq!(keys, ["user", "attributes.x"]);
    }

    #[test]
    fn no_method_has_a_key_that_the_claims_have() {
        let keys = |schema: schemars::Schema| {
            let properties = schema.get("properties").and_then(|keys| keys.as_object()).cloned().unwrap_or_default();
            properties.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        let claims = keys(schemars::schema_for!(DeclaredClaims));
        for method in crate::METHODS {
            let both: Vec<_> = keys(method.schema()).into_iter().filter(|key| claims.contains(key)).collect();
            assert!(both.is_empty(), "{}: {both:?}", method.name());
        }
    }
}
