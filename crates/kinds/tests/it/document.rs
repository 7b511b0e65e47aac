//! JSON Schema and the reference page.

use insta::{assert_json_snapshot, assert_snapshot};
use kinds::{Audience, Field, Kind, Type, all, document, find};
use serde_json::json;

use crate::schema;

#[test]
fn a_schema_says_all_that_a_kind_says() {
    assert_json_snapshot!(document::item_schema(&clubs()), @r#"
    {
      "additionalProperties": false,
      "description": "Clubs that one may join.",
      "properties": {
        "board": {
          "description": "Who runs it.",
          "items": {
            "additionalProperties": false,
            "properties": {
              "page": {
                "description": "Page.",
                "format": "uri",
                "pattern": "^(https?|mailto|tel|geo):",
                "type": "string"
              },
              "role": {
                "description": "Role.",
                "type": "string"
              }
            },
            "required": [
              "role"
            ],
            "type": "object"
          },
          "type": "array"
        },
        "field": {
          "description": "What it is about.",
          "enum": [
            "sport",
            "art"
          ],
          "type": "string"
        },
        "founded": {
          "description": "Its first day.",
          "format": "date",
          "type": "string"
        },
        "id": {
          "description": "Unique within the data set and the same at each fetch: changes are found by it.",
          "type": "string"
        },
        "name": {
          "description": "Its name | what it is called.",
          "type": "string"
        },
        "opens": {
          "description": "When to come.",
          "items": {
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            "type": "string"
          },
          "type": "array"
        }
      },
      "required": [
        "id",
        "name"
      ],
      "title": "Clubs",
      "type": "object"
    }
    "#);
}

#[test]
fn a_schema_refuses_what_phones_do_not_expect() {
    let schema = document::item_schema(find("menus").unwrap());
    let item = json!({
        "id": 7, "date": "2026-02-30", "meal": "brunch", "closed": "no", "colour": "red",
        "sections": [{ "name": "Plats" }], "url": "javascript:alert(1)",
    });
    assert_snapshot!(schema::check(&schema, &item, "menu").join("\n"), @r#"
    menu.closed: not of type "boolean"
    menu: does not know "colour"
    menu.date: not of format "date"
    menu.id: not of type "string"
    menu.meal: not of enum ["breakfast","lunch","dinner"]
    menu.sections[0]: lacks "dishes"
    menu.url: not of pattern "^(https?|mailto|tel|geo):"
    "#);
}

#[test]
fn the_page_shows_a_kind_with_its_fields_and_a_sample() {
    let page = document::reference(&[clubs().into()]);
    assert_snapshot!(page.split_once("\n## ").unwrap().1, @r#"
    clubs

    *Clubs · Associations.* Clubs that one may join.

    - Audience: `group:l3`
    - Lifetimes: fresh for 15 min, stale for 1 d, on the device 7 d
    - Time: `founded`, newest first

    | field | type | required | means change | about |
    |---|---|---|---|---|
    | `id` | text | yes |  | Unique within the data set and the same at each fetch: changes are found by it. |
    | `name` | text | yes | yes | Its name \| what it is called. |
    | `field` | choice (sport, art) |  |  | What it is about. |
    | `board` | list of object |  |  | Who runs it. |
    | `board[].role` | text | yes |  | Role. |
    | `board[].page` | url |  |  | Page. |
    | `opens` | list of time |  |  | When to come. |
    | `founded` | date |  |  | Its first day. |

    The least that a mapping says:

    ```toml
    [data.clubs.map]
    each = ".[]"
    id = ".id"
    name = ".name"
    ```

    A sample:

    ```json
    [
      {
        "id": "echecs",
        "name": "Échecs",
        "board": [{ "role": "Président", "page": "mailto:a@demo.invalid" }]
      },
      {
        "id": "aviron",
        "name": "Aviron",
        "opens": ["18:00", "20:30"]
      }
    ]
    ```
    "#);
}

#[test]
fn the_page_has_a_section_for_each_kind_and_a_word_for_each_type() {
    let page = document::reference(all());
    for kind in all() {
        assert_eq!(page.matches(&format!("\n## {}\n", kind.name)).count(), 1);
    }
    let plain = [
        Type::Text,
        Type::Html,
        Type::Number,
        Type::Integer,
        Type::Boolean,
        Type::Instant,
        Type::Date,
        Type::TimeOfDay,
        Type::Url,
    ];
    for ty in plain {
        assert!(page.contains(&format!("\n| {ty} | ")), "{ty}");
    }
}

#[test]
fn the_samples_of_the_page_are_the_samples() {
    for kind in all() {
        let page = document::reference(std::slice::from_ref(kind));
        let sample = page.split_once("```json\n").unwrap().1.split_once("\n```").unwrap().0;
        assert_eq!(serde_json::from_str::<serde_json::Value>(sample).unwrap(), kind.sample);
    }
}

#[test]
fn the_least_mapping_of_the_page_is_toml_with_each_required_field() {
    for kind in all() {
        let page = document::reference(std::slice::from_ref(kind));
        let text = page.split_once("```toml\n").unwrap().1.split_once("\n```").unwrap().0;
        let map = &toml::from_str::<toml::Table>(text).unwrap()["data"][&kind.name]["map"];
        let required = kind.fields.iter().filter(|field| field.required).count();
        assert_eq!(map.as_table().unwrap().len(), 1 + required, "{}", kind.name);
    }
}

fn clubs() -> Kind {
    Kind::new("clubs", "Associations", "Clubs")
        .about("Clubs that one may join.")
        .fields([
            Field::text("name").required().means_change().about("Its name | what it is called."),
            Field::choice("field", &["sport", "art"]).about("What it is about."),
            Field::object("board", [Field::text("role").required().about("Role."), Field::url("page").about("Page.")])
                .list()
                .about("Who runs it."),
            Field::time_of_day("opens").list().about("When to come."),
            Field::date("founded").about("Its first day."),
        ])
        .at("founded")
        .newest_first()
        .audience(Audience::Group("l3".to_owned()))
        .sample(json!([
            { "id": "echecs", "name": "Échecs", "board": [{ "page": "mailto:a@demo.invalid", "role": "Président" }] },
            { "id": "aviron", "opens": ["18:00", "20:30"], "name": "Aviron" },
        ]))
}
