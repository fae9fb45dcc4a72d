//! The program as a test runs it: in a folder of its own, with its output and exit code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The exit code and both outputs of one run.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program with arguments, in a folder.
pub fn tollbook(folder: &Path, arguments: &[&str]) -> Run {
    finished(command(folder, arguments).output().unwrap())
}

/// The program with arguments, in a folder, not started.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollbook"));
    command.current_dir(folder).args(arguments).env_remove("TOLLBOOK_WORKSPACE").env("USER", "tester");
    // What tests bill does not depend on the day on which they run.
    command.env("TOLLBOOK_ALLOW_FUTURE", "true");
    command
}

/// What a finished program has left.
pub fn finished(output: Output) -> Run {
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// The run went through.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    /// It said this on standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is not in:\n{}", self.err);
        self
    }

    /// The run ended with an exit code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }
}

/// A folder of the repository's fixtures.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

/// Every file below a folder with its bytes, by path, but for those whose path holds one of `without`.
pub fn files_below(folder: &Path, without: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if without.iter().any(|part| name.contains(part)) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
