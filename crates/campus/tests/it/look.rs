//! What a campus makes of its app, as it is understood: its pictures, its screens, the order of its own fields.

use campus::{Campus, Checked};

use crate::folder::{Folder, report};

const HEAD: &str = "name = \"Université de Démonstration\"\ntimezone = \"Europe/Paris\"\n";

/// The first bytes of a PNG of this size, which tell it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

fn with_pictures(logo: &[u8], icon: &[u8]) -> Checked {
    let folder = Folder::with(&format!("{HEAD}theme = {{ logo = \"logo\", icon = \"img/icon.png\" }}\n"));
    folder.write("demo/img/icon.png", "");
    std::fs::write(folder.path("demo/img/icon.png"), icon).unwrap();
    std::fs::write(folder.path("demo/logo"), logo).unwrap();
    folder.check()
}

#[test]
fn a_logo_and_an_icon_are_held_with_their_digests() {
    let checked = with_pictures(b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h8v8z'/></svg>", &png(512, 512));
    let theme = checked.campus.unwrap().theme;
    insta::assert_debug_snapshot!((theme.logo.unwrap(), theme.icon.unwrap()), @"
    (
        image/svg+xml of 67 bytes, 74aec4f73348b2b4,
        image/png of 24 bytes, d8068c969d213d2e,
    )
    ");
    let checked = with_pictures(&png(300, 80), &png(1024, 1024));
    assert_eq!(checked.campus.unwrap().theme.logo.unwrap().media, "image/png");
}

#[test]
fn a_picture_that_phones_cannot_show_is_refused() {
    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    insta::assert_snapshot!(report(&with_pictures(script, &png(512, 400))), @r#"
    error: the file "logo" has a <script>
     --> demo/campus.toml:3:18
      |
    3 | theme = { logo = "logo", icon = "img/icon.png" }
      |                  ^^^^^^
      |
      = help: give a drawing of shapes alone ("plain SVG", fonts as paths) or a PNG, of 64 KiB at most

    error: the file "img/icon.png" is 512 × 400 pixels and no square
     --> demo/campus.toml:3:33
      |
    3 | theme = { logo = "logo", icon = "img/icon.png" }
      |                                 ^^^^^^^^^^^^^^
      |
      = help: give a square PNG of 512 pixels or more and 256 KiB at most
    "#);
    insta::assert_snapshot!(report(&with_pictures(&[b' '; 65_537], &png(192, 192))), @r#"
    error: the file "logo" is larger than 64 KiB
     --> demo/campus.toml:3:18
      |
    3 | theme = { logo = "logo", icon = "img/icon.png" }
      |                  ^^^^^^
      |
      = help: give a drawing of shapes alone ("plain SVG", fonts as paths) or a PNG, of 64 KiB at most

    error: the file "img/icon.png" is 192 pixels wide, and should be 512
     --> demo/campus.toml:3:33
      |
    3 | theme = { logo = "logo", icon = "img/icon.png" }
      |                                 ^^^^^^^^^^^^^^
      |
      = help: give a square PNG of 512 pixels or more and 256 KiB at most
    "#);
    let refused = report(&with_pictures(b"GIF89a\xff", b"\x89PNG"));
    assert!(refused.contains("is neither SVG in UTF-8 nor PNG") && refused.contains("is no PNG"), "{refused}");
}

const SETS: &str = r#"
[kinds.clubs]
title = { fr = "Associations", en = "Clubs" }
[kinds.clubs.fields]
website = { type = "url", title = { fr = "Site" } }
name = { type = "text", required = true }
about = { type = "text" }

[sources.own]
connector = "file"
path = "data"

[data.clubs]
source = "own"
path = "clubs.json"
map = { each = ".[]", id = ".id", name = ".name" }

[data.places]
source = "own"
path = "places.json"
map = { each = ".[]", id = ".id", name = ".name" }

[data.group-timetable]
kind = "timetable"
audience = "public"
source = "own"
path = "lessons.json"
map = { each = ".[]", id = ".id", title = ".name", start = ".start" }

[data.loans]
audience = "public"
source = "own"
path = "loans.json"
map = { each = ".[]", id = ".id", title = ".name" }

[data.opening]
source = "own"
path = "opening.json"
map = { each = ".[]", id = ".id", name = ".name" }

[data.calendar]
kind = "events"
source = "own"
path = "events.json"
map = { each = ".[]", id = ".id", title = ".name", start = ".start" }
"#;

fn campus(declaration: &str) -> Campus {
    let checked = Folder::with(&format!("{HEAD}{declaration}")).check();
    assert_eq!(report(&checked), "");
    checked.campus.unwrap()
}

/// Screens as a person would tell them.
fn told(campus: &Campus) -> String {
    let told = |screen: &campus::Screen| {
        let marks = [(screen.tab, " tab"), (screen.home, " home")];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        format!(
            "{} ({}, {}): {} / {}{marks}",
            screen.id,
            screen.icon,
            screen.data.join(" "),
            screen.title.fr,
            screen.title.en
        )
    };
    campus.screens.iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_screens_each_set_has_one_and_the_library_is_one_place() {
    insta::assert_snapshot!(told(&campus(SETS)), @"
    data-calendar (ticket, calendar): Événements / Events tab home
    group-timetable (calendar-days, group-timetable): Emplois du temps / Timetables tab
    library (library, loans opening): Bibliothèque / Library home
    places (map-pin, places): Lieux / Places
    clubs (star, clubs): Associations / Clubs
    ");
}

#[test]
fn declared_screens_are_those_and_their_order() {
    let screens = "[[screens]]\ndata = [\"places\", \"clubs\"]\ntitle = { fr = \"Le campus\" }\nicon = \"leaf\"\ntab = true\n\
                   [[screens]]\nid = \"hours\"\ndata = \"opening\"\nhome = true\n";
    insta::assert_snapshot!(told(&campus(&format!("{SETS}{screens}"))), @"
    places (leaf, places clubs): Le campus / Le campus tab
    hours (clock, opening): Horaires et affluence / Opening hours home
    ");
}

#[test]
fn fields_of_an_own_kind_keep_their_order_behind_what_every_item_has() {
    let campus = campus(SETS);
    let fields = &campus.data["clubs"].kind.fields;
    assert_eq!(fields.iter().map(|field| &*field.name).collect::<Vec<_>>(), ["id", "name", "website", "about"]);
    assert_eq!(fields[2].title.as_ref().unwrap().en, "Site");
}

#[test]
fn a_theme_may_be_another_on_a_channel() {
    let theme = "[theme]\ncolor = \"#0b6e8f\"\ndark_color = \"#5cc2e0\"\n[theme.on.beta]\ncolor = \"#6d3fa0\"\n";
    let checked = Folder::with(&format!("{HEAD}{theme}[channels.beta]\n")).check();
    assert_eq!(report(&checked), "");
    let beta = &checked.others[0].theme;
    assert_eq!((beta.color.as_deref(), beta.dark_color.as_deref()), (Some("#6d3fa0"), Some("#5cc2e0")));
    assert_eq!(checked.campus.unwrap().theme.color.as_deref(), Some("#0b6e8f"));
}
