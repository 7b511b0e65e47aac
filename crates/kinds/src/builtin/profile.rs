//! The person as the school knows them.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("profile", "Profil", "Profile")
        .about("Who the person is to the school: one item. Map what people must be able to show or to copy, no more.")
        .identified_by("The student's or the employee's number.")
        .fields([
            Field::text("name").required().means_change().about("First and last name as the person uses them."),
            Field::text("first_name").about("First name."),
            Field::text("last_name").about("Last name."),
            Field::text("email").means_change().about("The address that the school writes to."),
            Field::text("phone").about("The number that the school calls."),
            Field::url("photo").about("The picture of the student card."),
            Field::text("student_number").about("The number that forms of the school ask for."),
            Field::text("national_number").about("The number that forms of the state ask for: the INE in France."),
            Field::text("european_identifier").about("The European Student Identifier: `urn:schac:…:esi:…`."),
            Field::text("card_number").about("The number of the student card: the ESCN of a European one."),
            Field::date("card_valid_until").means_change().about("The last day the card is valid."),
            Field::text("faculty").means_change().about("The faculty, school or department."),
            Field::text("groups").list().means_change().about("Groups of teaching: `TD 2`."),
            Field::number("ects").about("ECTS credits earned so far."),
            Field::object(
                "enrolments",
                [
                    Field::text("programme").required().about("What the person studies: `Licence 3 Informatique`."),
                    Field::text("code").about("The programme's code."),
                    Field::text("year").about("The academic year: `2026-2027`."),
                    Field::text("institution").about("Where, if not at this school."),
                    Field::text("status").about("The state of the enrolment, in the school's words."),
                ],
            )
            .list()
            .means_change()
            .about("Each programme the person is enrolled in; several are usual."),
        ])
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(1), on_device: days(30) })
        .sample(json!([{
            "id": "22204518",
            "name": "Aline Dupont",
            "first_name": "Aline",
            "last_name": "Dupont",
            "email": "aline.dupont@etu.univ-demo.fr",
            "photo": "https://photos.univ-demo.fr/22204518.jpg",
            "student_number": "22204518",
            "national_number": "123456789AB",
            "european_identifier": "urn:schac:personalUniqueCode:int:esi:univ-demo.fr:22204518",
            "card_valid_until": "2027-09-30",
            "faculty": "UFR Sciences et techniques",
            "groups": ["L3 INFO", "TD 2"],
            "ects": 120,
            "enrolments": [
                { "programme": "Licence 3 Informatique", "code": "L3INFO-101", "year": "2026-2027" },
                { "programme": "DU Droit du numérique", "institution": "Université Voisine", "status": "Inscrite" }
            ]
        }]))
}
