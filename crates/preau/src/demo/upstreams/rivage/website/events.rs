//! What happens at the university.

use jiff::civil::{Time, time};

/// An event.
pub struct Event {
    pub number: u32,
    pub slug: &'static str,
    /// Days from the demo's start.
    pub days: i32,
    pub from: Time,
    pub to: Time,
    pub title: &'static str,
    pub category: &'static str,
    pub place: &'static str,
    pub price: &'static str,
    pub organizer: &'static str,
    pub summary: &'static str,
    pub html: &'static str,
    pub cancelled: bool,
}

/// What most events have in common.
const USUAL: Event = Event {
    number: 0,
    slug: "",
    days: 0,
    from: time(18, 30, 0, 0),
    to: time(20, 0, 0, 0),
    title: "",
    category: "Culture",
    place: "Maison de l’étudiant",
    price: "Gratuit",
    organizer: "Service culture",
    summary: "",
    html: "",
    cancelled: false,
};

/// In the order in which they were published.
pub const EVENTS: &[Event] = &[
    Event {
        number: 2087,
        slug: "forum-stages",
        days: 3,
        from: time(9, 30, 0, 0),
        to: time(17, 0, 0, 0),
        title: "Forum des stages et de l’alternance",
        category: "Insertion",
        organizer: "Bureau d’aide à l’insertion",
        summary: "Soixante entreprises du littoral, relecture de CV et simulations d’entretien.",
        html: "<p>Venez avec plusieurs exemplaires de votre CV. Inscription conseillée pour les simulations \
               d’entretien, le matin.</p>",
        ..USUAL
    },
    Event {
        number: 2089,
        slug: "conference-oceans",
        days: 1,
        title: "Que nous disent les bouées ? Trente ans de mesures en mer",
        category: "Conférence",
        place: "Amphi Bougainville",
        organizer: "Laboratoire Littoral et risques",
        summary: "Par Maëlle Kerjean, professeure d’océanographie.",
        html: "<p>Une heure de récit, une demi-heure de questions. Traduction en langue des signes.</p>",
        ..USUAL
    },
    Event {
        number: 2091,
        slug: "concert-orchestre",
        days: 5,
        from: time(20, 30, 0, 0),
        to: time(22, 15, 0, 0),
        title: "Orchestre universitaire : Fauré, Bonis, Farrenc",
        place: "Chapelle du Port",
        price: "5 € / 3 €",
        summary: "Soixante musiciennes et musiciens sous la direction d’Aurèle Jouan.",
        html: "<p>Billetterie à la Maison de l’étudiant et sur place, une demi-heure avant.</p>",
        ..USUAL
    },
    Event {
        number: 2094,
        slug: "cine-club",
        days: 2,
        from: time(19, 0, 0, 0),
        to: time(21, 15, 0, 0),
        title: "Ciné-club : « Les Vacances de monsieur Hulot »",
        place: "Amphi Vauban",
        price: "2 €",
        organizer: "Association Grand Écran",
        summary: "Projection suivie d’un débat, version restaurée.",
        html: "<p>Carte d’étudiant demandée à l’entrée.</p>",
        ..USUAL
    },
    Event {
        number: 2096,
        slug: "nettoyage-plage",
        days: 6,
        from: time(10, 0, 0, 0),
        to: time(12, 30, 0, 0),
        title: "Ramassage citoyen sur la plage des Bernaches",
        category: "Engagement",
        place: "Cale des Bernaches",
        organizer: "Association Marée basse",
        summary: "Gants et sacs fournis, café offert.",
        html: "<p>Prévoir des bottes. Les déchets sont pesés et triés pour l’observatoire du littoral.</p>",
        ..USUAL
    },
    Event {
        number: 2097,
        slug: "tournoi-volley",
        days: 4,
        from: time(18, 0, 0, 0),
        to: time(22, 0, 0, 0),
        title: "Tournoi de volley entre composantes",
        category: "Sport",
        place: "Gymnase de la Pointe",
        organizer: "Service des sports",
        summary: "Gymnase en travaux : le tournoi est annulé, une nouvelle date sera proposée.",
        html: "<p>Les équipes déjà inscrites le restent pour la prochaine date.</p>",
        cancelled: true,
        ..USUAL
    },
    Event {
        number: 2099,
        slug: "don-du-sang",
        days: 8,
        from: time(10, 0, 0, 0),
        to: time(16, 0, 0, 0),
        title: "Collecte de sang",
        category: "Santé",
        organizer: "Service de santé étudiante",
        summary: "Avec ou sans rendez-vous ; pensez à manger et à boire avant.",
        html: "<p>Une pièce d’identité suffit pour un premier don.</p>",
        ..USUAL
    },
    Event {
        number: 2102,
        slug: "soiree-cartographie",
        days: 11,
        from: time(20, 0, 0, 0),
        to: time(23, 30, 0, 0),
        title: "Soirée code et cartographie libre",
        category: "Numérique",
        place: "Fablab",
        organizer: "Club Marée montante",
        summary: "On complète la carte libre du campus ; débutantes et débutants bienvenus.",
        html: "<p>Apportez un ordinateur si vous en avez un ; le club en prête dix.</p>",
        ..USUAL
    },
    Event {
        number: 2105,
        slug: "immersion",
        days: 19,
        from: time(9, 0, 0, 0),
        to: time(17, 0, 0, 0),
        title: "Journée d’immersion pour les lycées",
        category: "Orientation",
        place: "Campus des Bernaches",
        organizer: "Service d’orientation",
        summary: "Visites, cours ouverts et rencontres.",
        html: "<p>Le passeur est gratuit toute la journée entre le Vieux-Port et le campus.</p>",
        ..USUAL
    },
];
