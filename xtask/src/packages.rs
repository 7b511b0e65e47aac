//! Programs that tests and benchmarks run, installed where they are missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, succeeds};

/// A Debian package, and the program by which it is known to be there; libraries have none.
pub struct Package {
    program: &'static str,
    debian: &'static str,
}

/// What `crates/testbed` starts.
pub const TESTS: &[Package] = &[
    Package { program: "nginx", debian: "nginx-light" },
    Package { program: "postgres", debian: "postgresql" },
    Package { program: "mariadbd", debian: "mariadb-server" },
    Package { program: "slapd", debian: "slapd" },
    Package { program: "", debian: "lemonldap-ng" },
    Package { program: "", debian: "liblemonldap-ng-portal-perl" },
    Package { program: "", debian: "libplack-perl" },
    Package { program: "starman", debian: "starman" },
    Package { program: "", debian: "liblasso-perl" },
    Package { program: "", debian: "libnet-ldap-perl" },
    Package { program: "", debian: "libunicode-string-perl" },
    Package { program: "", debian: "libio-socket-timeout-perl" },
    Package { program: "", debian: "libgd-securityimage-perl" },
    Package { program: "", debian: "libcrypt-openssl-bignum-perl" },
    Package { program: "", debian: "libconvert-base32-perl" },
    Package { program: "", debian: "libipc-run-perl" },
    Package { program: "", debian: "libimage-magick-perl" },
    Package { program: "", debian: "libxml-simple-perl" },
    Package { program: "", debian: "libstring-random-perl" },
    Package { program: "", debian: "simplesamlphp" },
    Package { program: "php", debian: "php-cli" },
    Package { program: "", debian: "php-xml" },
    Package { program: "xmlsec1", debian: "xmlsec1" },
    Package { program: "faketime", debian: "faketime" },
    Package { program: "chromium", debian: "chromium" },
    Package { program: "chromedriver", debian: "chromium-driver" },
    Package { program: "python3", debian: "python3" },
    Package { program: "", debian: "python3-venv" },
    Package { program: "npm", debian: "npm" },
];

/// What runs the app in WebKit, the nearest thing to Safari; nothing else needs it.
pub const WEBKIT: &[Package] =
    &[Package { program: "WebKitWebDriver", debian: "webkit2gtk-driver" }, Package { program: "Xvfb", debian: "xvfb" }];

/// What `cargo xtask bench` measures against, and with.
pub const BENCH: &[Package] = &[
    Package { program: "nginx", debian: "nginx-light" },
    Package { program: "wrk", debian: "wrk" },
    Package { program: "curl", debian: "curl" },
    Package { program: "openssl", debian: "openssl" },
];

/// Installs the packages whose programs are not on this machine, where they can be.
///
/// # Errors
/// One line that names the packages still missing and why.
pub fn install(packages: &[Package]) -> Result<(), String> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| !package.is_there()).map(|package| package.debian).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if find("apt-get").is_none() {
        return Err(format!("not installed, and there is no apt-get to install them with: {names}"));
    }
    if !succeeds(privileged("true")) {
        return Err(format!("not installed, and installing them needs root: apt-get install {names}"));
    }
    let mut update = privileged("apt-get");
    update.args(["update", "--quiet"]);
    let mut install = privileged("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    step::run("package lists", update)
        .and_then(|()| step::run(&format!("packages {names}"), install))
        .map_err(|problem| format!("not installed: {names}: {problem}"))
}

/// Installs the servers that come from PyPI and npm, at the versions that `crates/testbed` pins, below `target/testbed`.
///
/// # Errors
/// One line: what could not be installed, and why.
pub fn install_servers() -> Result<(), String> {
    let python = step::root().join("target/testbed/python");
    pinned("servers from PyPI", &["requirements.txt"], &python, || {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&python);
        let mut pip = Command::new(python.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"]);
        [venv, pip]
    })?;
    install_servers_from_npm()
}

/// Installs those that come from npm, and the Node.js that they run on.
///
/// # Errors
/// One line: what could not be installed, and why.
pub fn install_servers_from_npm() -> Result<(), String> {
    let home = step::root().join("target/testbed/node");
    pinned("servers from npm", &["package.json", "package-lock.json"], &home, || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        [npm]
    })
}

/// Runs commands in a folder that holds copies of the pins, unless they ran for the same pins before.
fn pinned<const N: usize>(
    name: &str,
    files: &[&str],
    home: &Path,
    commands: impl FnOnce() -> [Command; N],
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{name}: {error}");
    let pins = step::root().join("crates/testbed/servers");
    let mut wanted = String::new();
    for file in files {
        wanted += &std::fs::read_to_string(pins.join(file)).map_err(failed)?;
    }
    let stamp = home.with_extension("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(home).map_err(failed)?;
    for (place, mut command) in commands().into_iter().enumerate() {
        // `venv --clear` empties the folder: the pins come after it.
        if place + 1 == N {
            for file in files {
                std::fs::copy(pins.join(file), home.join(file)).map_err(failed)?;
            }
        }
        command.current_dir(home);
        step::run(name, command).map_err(|problem| format!("not installed: {name}: {problem}"))?;
    }
    std::fs::write(&stamp, wanted).map_err(failed)
}

impl Package {
    fn is_there(&self) -> bool {
        let installed = |name| {
            let mut query = Command::new("dpkg-query");
            query.args(["--show", "--showformat=${db:Status-Status}", name]);
            query.output().is_ok_and(|output| output.stdout == b"installed")
        };
        if self.program.is_empty() { installed(self.debian) } else { find(self.program).is_some() }
    }
}

/// Where a program is. Debian keeps servers out of an ordinary user's path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .chain(versions.map(|version| version.path().join("bin")))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// A command as root: as it is for root, else through a `sudo` that asks for no password.
fn privileged(program: &str) -> Command {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // A process's own folder belongs to its effective user.
    Path::new("/proc/self").metadata().is_ok_and(|folder| folder.uid() == 0)
}
