//! LibreOffice, where it is installed: it saves files in other formats, and it types into them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// LibreOffice with a profile of its own.
pub(super) struct Office {
    profile: tempfile::TempDir,
}

/// None, and a word about it, where there is no `soffice`.
pub(super) fn office(what: &str) -> Option<Office> {
    let is_there = Command::new("soffice").arg("--version").output().is_ok_and(|run| run.status.success());
    if !is_there {
        super::not_checked(what, "there is no soffice");
        return None;
    }
    let office = Office { profile: tempfile::tempdir().unwrap() };
    // The first start fills the profile; what is put there before it is lost.
    office.run(&["--terminate_after_init"], &[]);
    office.add_macro();
    Some(office)
}

const TYPING: &str = include_str!("../../libreoffice/typing.bas");

impl Office {
    /// Saves files in another format in a new folder: their new paths.
    pub fn convert(&self, files: &[String], format: &str, folder: &Path) -> Vec<String> {
        std::fs::create_dir_all(folder).unwrap();
        let mut arguments = vec!["--convert-to", format, "--outdir", folder.to_str().unwrap()];
        arguments.extend(files.iter().map(String::as_str));
        self.run(&arguments, &[]);
        let converted = files.iter().map(|file| {
            let name = Path::new(file).file_stem().unwrap().to_str().unwrap();
            let path = folder.join(format!("{name}.{format}"));
            assert!(path.is_file(), "{} was not written", path.display());
            path.to_str().unwrap().to_owned()
        });
        converted.collect()
    }

    /// Opens a workbook, types into cells (sheet, cell, text; `¶` for a line break) and saves it as .xlsx.
    pub fn type_in(&self, from: &Path, into: &Path, typed: &[[String; 3]]) {
        let cells = into.with_extension("typed");
        std::fs::write(&cells, typed.iter().map(|cell| cell.join("\t") + "\n").collect::<String>()).unwrap();
        let paths = [("TYPED_FROM", from), ("TYPED_INTO", into), ("TYPED_CELLS", &cells)];
        let output = self.run(&["macro:///Standard.Typing.TypeIn"], &paths);
        assert!(into.is_file(), "{}: {}", into.display(), String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &Path)]) -> Output {
        // A mistake in a macro opens a dialog that nobody closes.
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "300", "soffice"]);
        command.arg(format!("-env:UserInstallation=file://{}", self.profile.path().display()));
        command.args(["--headless", "--norestore"]).args(arguments).envs(environment.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn add_macro(&self) {
        let folder: PathBuf = self.profile.path().join("user/basic/Standard");
        std::fs::create_dir_all(&folder).unwrap();
        let text = TYPING.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let module = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<script:module \
             xmlns:script=\"http://openoffice.org/2000/script\" script:name=\"Typing\" \
             script:language=\"StarBasic\">{text}</script:module>\n"
        );
        std::fs::write(folder.join("Typing.xba"), module).unwrap();
        let list = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<library:library \
             xmlns:library=\"http://openoffice.org/2000/library\" library:name=\"Standard\" library:readonly=\"false\" \
             library:passwordprotected=\"false\"><library:element library:name=\"Typing\"/></library:library>\n";
        std::fs::write(folder.join("script.xlb"), list).unwrap();
    }
}
