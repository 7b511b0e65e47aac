//! `examples/three-cells` runs as it is.

use std::process::{Command, Stdio};

use crate::process::root;

#[test]
fn the_example_serves_in_each_of_three_cells_what_the_first_one_accepted() {
    testbed::need!(testbed::postgres_installed());
    let ports = [(); 6].map(|()| testbed::free_port().port().to_string()).join(" ");
    let mut run = Command::new(root().join("examples/three-cells/run"));
    run.arg("--once").env("PREAU", env!("CARGO_BIN_EXE_preau")).env("PORTS", ports).stdin(Stdio::null());
    let output = run.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("rivage: publication 1 is on production; another cell has it too"), "{out}");
    assert!(out.contains("dc3 serves it: "), "{out}");
    assert_eq!(out.matches("all is well").count(), 3, "{out}");
}
