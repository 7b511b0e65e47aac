//! Many readers while the schools fail at random: no answer that the rules do not call for. `cargo xtask bench soak` does it
//! for minutes.

use testbed::soak::{CAMPUSES, Soak};

use crate::site::Site;

#[test]
fn schools_that_fail_at_random_cause_no_answer_but_those_that_the_rules_call_for() {
    let (soak, site) = (Soak::new(7), Site::empty(""));
    for campus in CAMPUSES {
        site.declare(campus, &soak.declaration(campus));
    }
    let serving = site.serve();
    soak.read(serving.address, 16, 300).expect("every question is answered");
    let report = soak.report();
    assert!(report.violations.is_empty(), "{report:#?}");
    assert!(report.answers.keys().any(|how| how.starts_with("200 hit")), "{report:#?}");
}
