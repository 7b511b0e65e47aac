//! A student's year: 500 classes, as JSON and as a calendar, each of about 190 KB.

use super::word;

const CLASSES: usize = 500;

struct Class {
    number: usize,
    /// `2027-01-04`, four classes a day.
    day: String,
    begins: usize,
    words: Vec<&'static str>,
}

fn classes() -> impl Iterator<Item = Class> {
    let mut state = 7;
    (0..CLASSES).map(move |number| {
        let day = number / 4;
        Class {
            number,
            day: format!("2027-{:02}-{:02}", 1 + day / 28, 1 + day % 28),
            begins: 8 + number % 4 * 2,
            words: std::iter::repeat_with(|| word(&mut state)).take(16).collect(),
        }
    })
}

impl Class {
    fn words(&self, from: usize, count: usize) -> String {
        self.words.iter().skip(from).take(count).copied().collect::<Vec<_>>().join(" ")
    }
}

/// As a service of the school's own answers it.
pub(super) fn json() -> String {
    let classes: Vec<String> = classes()
        .map(|class| {
            let (number, day, begins) = (class.number, &class.day, class.begins);
            format!(
                r#"{{"id":"ADE6055484132303236-{number}","matiere":"{}","debut":"{day}T{begins:02}:15:00+01:00","fin":"{day}T{:02}:00:00+01:00","salle":"{} {}","enseignant":"{}","groupe":"L3 INFO TD {}","type":"TD","code":"INF{}","couleur":"a0c4ff","modifie":"2026-11-20T08:00:00+01:00","remarque":"{}"}}"#,
                class.words(0, 3),
                begins + 2,
                class.words(3, 1),
                100 + number % 40,
                class.words(4, 2),
                number % 6,
                300 + number % 50,
                class.words(6, 8),
            )
        })
        .collect();
    format!("[{}]", classes.join(",\n"))
}

/// As timetabling products export it (RFC 5545): folded lines, groups and teachers in the description.
pub(super) fn ical() -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nPRODID:-//ADE/version 6.0\r\nVERSION:2.0\r\n");
    for class in classes() {
        let (day, number, begins) = (class.day.replace('-', ""), class.number, class.begins);
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            "DTSTAMP:20261120T070000Z".to_owned(),
            format!("DTSTART:{day}T{:02}1500Z", begins - 1),
            format!("DTEND:{day}T{:02}0000Z", begins + 1),
            format!("SUMMARY:{}", class.words(0, 3)),
            format!("LOCATION:{} {}", class.words(3, 1), 100 + number % 40),
            format!(r"DESCRIPTION:\nL3 INFO TD {}\n{}\n{}", number % 6, class.words(4, 2), class.words(6, 3)),
            format!(r" {}\n(Exporté le:20/11/2026 08:00)\n", class.words(9, 2)),
            format!("UID:ADE60554841323032362d323032372d{number:04}2d302d30"),
            "CREATED:19700101T000000Z".to_owned(),
            "LAST-MODIFIED:20261120T070000Z".to_owned(),
            "SEQUENCE:2142233040".to_owned(),
            "END:VEVENT".to_owned(),
        ];
        text += &lines.join("\r\n");
        text += "\r\n";
    }
    text + "END:VCALENDAR\r\n"
}
