//! Who signs in, from the person at the terminal: what is typed as a password is not shown.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use settings::Secret;

/// A line, in bytes.
const LONGEST: u64 = 4096;

/// A user name typed at the terminal.
pub(super) fn user() -> Result<String, String> {
    if !io::stdin().is_terminal() {
        return Err("who signs in? Say it with --user".to_owned());
    }
    prompt("user: ", false)
}

/// The first line of the file, of standard input, or typed at the terminal.
pub(super) fn password(user: &str, file: Option<&Path>) -> Result<Secret, String> {
    let line = match file {
        Some(path) => File::open(path)
            .and_then(first_line)
            .map_err(|error| format!("the password file {} cannot be read: {error}", path.display()))?,
        None if io::stdin().is_terminal() => prompt(&format!("password of {user}: "), true)?,
        None => first_line(io::stdin()).map_err(|error| format!("no password on standard input: {error}"))?,
    };
    if line.is_empty() {
        return Err("no password was given".to_owned());
    }
    Ok(Secret::new(line))
}

fn prompt(question: &str, hidden: bool) -> Result<String, String> {
    let asked = || -> io::Result<String> {
        let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
        terminal.write_all(question.as_bytes())?;
        if !hidden {
            return first_line(terminal);
        }
        let before = tcgetattr(&terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Flush, &silent)?;
        let line = first_line(terminal.try_clone()?);
        tcsetattr(&terminal, OptionalActions::Flush, &before)?;
        terminal.write_all(b"\n")?;
        line
    };
    asked().map_err(|error| format!("nothing can be asked at the terminal: {error}"))
}

fn first_line(source: impl Read) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(source.take(LONGEST)).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_file_is_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, " with spaces \r\nand more").unwrap();
        assert_eq!(password("alice", Some(&file)).unwrap().expose(), " with spaces ");
        std::fs::write(&file, "\n").unwrap();
        assert_eq!(password("alice", Some(&file)).unwrap_err(), "no password was given");
        assert!(password("alice", Some(folder.path())).unwrap_err().contains("cannot be read"));
    }
}
