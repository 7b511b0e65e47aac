//! The university's news.

use jiff::civil::{Time, time};

/// An article.
pub struct Article {
    pub number: u32,
    pub slug: &'static str,
    pub days_ago: i32,
    pub at: Time,
    pub category: &'static str,
    pub title: &'static str,
    pub html: &'static str,
}

/// Newest first.
pub const ARTICLES: &[Article] = &[
    Article {
        number: 4228,
        slug: "bibliotheque-nocturnes",
        days_ago: 0,
        at: time(8, 15, 0, 0),
        category: "Bibliothèques",
        title: "Le Phare reste ouvert jusqu’à minuit pendant les révisions",
        html: r#"<p>À partir de lundi, la bibliothèque <strong>Le Phare</strong> ferme à minuit du lundi au jeudi. Le
deuxième étage reste une zone de silence ; les salles de groupe se réservent <a href="/bibliotheque/reserver">en
ligne</a>.</p><script>statistiques.compter("bibliotheque-nocturnes")</script>
<p>Une tisane est offerte à 21 h, dans la limite des tasses disponibles.</p>"#,
    },
    Article {
        number: 4226,
        slug: "bourses-mobilite",
        days_ago: 1,
        at: time(16, 40, 0, 0),
        category: "International",
        title: "Partir au second semestre : les dossiers de bourse sont ouverts",
        html: r#"<p>Jusqu’à 600 € par mois pour un semestre à Galway, Vigo ou Göteborg. Le dossier se dépose auprès du
<a href="/international">service des relations internationales</a>, avec l’accord de la personne responsable de la
formation.</p><ul><li>Réunion d’information jeudi à 12 h 30, amphi Vauban.</li><li>Permanence sans rendez-vous le mardi
matin.</li></ul>"#,
    },
    Article {
        number: 4221,
        slug: "trait-de-cote",
        days_ago: 2,
        at: time(11, 5, 0, 0),
        category: "Recherche",
        title: "Trois cents élèves mesurent le recul du trait de côte",
        html: "<p>Avec les chercheuses du laboratoire <em>Littoral et risques</em>, douze lycées suivent depuis la \
               rentrée la dune de la Pointe. Premier résultat : <strong>1,8 m</strong> de recul en un an, deux fois \
               plus que la moyenne de la décennie. Les mesures sont publiées en données ouvertes.</p>",
    },
    Article {
        number: 4219,
        slug: "velos-en-pret",
        days_ago: 3,
        at: time(9, 30, 0, 0),
        category: "Vie étudiante",
        title: "Cent vélos en prêt gratuit pour l’année",
        html: r#"<p>L’atelier <a href="/vie-etudiante/atelier-velo">Le Dérailleur</a> prête un vélo, un antivol et un
casque contre une caution de 50 €. Prochaine distribution mercredi à 14 h, parvis de la Maison de l’étudiant.</p>"#,
    },
    Article {
        number: 4214,
        slug: "prix-these",
        days_ago: 5,
        at: time(14, 0, 0, 0),
        category: "Recherche",
        title: "Solène Cadiou, prix de thèse pour ses travaux sur les herbiers marins",
        html: "<p>La docteure en écologie est récompensée pour une méthode qui compte les herbiers depuis le ciel, \
               sans plonger. Sa soutenance peut être revue sur la chaîne de l’université.</p>",
    },
    Article {
        number: 4209,
        slug: "conseil-elections",
        days_ago: 6,
        at: time(10, 20, 0, 0),
        category: "Institution",
        title: "Élections étudiantes : déposez votre liste",
        html: r#"<p>Les conseils centraux se renouvellent le mois prochain. Les listes complètes, à parité, sont reçues
à la direction des affaires juridiques ou <a href="/elections">en ligne</a>. Le vote est électronique et dure trois
jours.</p>"#,
    },
    Article {
        number: 4202,
        slug: "orchestre-recrute",
        days_ago: 8,
        at: time(18, 0, 0, 0),
        category: "Culture",
        title: "L’orchestre universitaire cherche des altos et un basson",
        html: "<p>Répétitions le mardi de 19 h à 21 h 30 à la Maison de l’étudiant. Trois ans de pratique suffisent, \
               l’envie fait le reste ; des instruments peuvent être prêtés.</p>",
    },
    Article {
        number: 4195,
        slug: "eduroam-certificat",
        days_ago: 11,
        at: time(7, 50, 0, 0),
        category: "Numérique",
        title: "Wi-Fi eduroam : le certificat change, rien à faire pour la plupart",
        html: r#"<p>Si votre téléphone refuse la connexion, oubliez le réseau et relancez
<a href="/numerique/eduroam">l’assistant</a>. Le guichet numérique vous attend au rez-de-chaussée du Phare.</p>"#,
    },
];
