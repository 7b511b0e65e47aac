//! What the testbed's examples observe of the released binary: how it grows, and that it lasts.

use crate::step::{self, cargo, root};

/// Builds the binary, and lets an example of the testbed observe it.
///
/// # Errors
/// What could not be built, or what the example found.
pub fn run(example: &str, options: &[&str]) -> Result<(), String> {
    step::run("build", cargo("build --release --locked -p preau --bin preau"))?;
    let mut command = cargo("run --release --locked -p testbed --example");
    command.args([example, "--"]).arg(root().join("target/release/preau")).args(options);
    step::run(example, command)
}
