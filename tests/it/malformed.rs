//! Bad input: every folder of `fixtures/malformed/files` is a file or a command that something is wrong with (or that
//! only looks so), and the exact words, exit code and traces that it must lead to.
//!
//! `command.txt` holds what is run after the program's name, one command a line (`#` says what the case is about,
//! `setup:` makes what a repository cannot hold). `expected.txt` is the transcript: standard output, standard error
//! behind `!`, exit code, then what is kept in the workspace. `UPDATE_EXPECTED=1` writes it anew, to be read and judged.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::program::{command, files_below, finished, fixture, tollbook};

/// A small book with a supplier for each layout that the cases need, made once.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        tollbook(folder.path(), &["init", "workspace"]).done();
        let workspace = folder.path().join("workspace");
        copy_folder(&fixture("malformed/workspace/layouts"), &workspace.join("layouts"));
        let book = fixture("malformed/workspace/book");
        tollbook(&workspace, &["book", "import", book.to_str().unwrap()]).done();
        folder
    });
    made.path()
}

/// A new folder with the small workspace in it, as `workspace`.
pub fn small_workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&template().join("workspace"), &folder.path().join("workspace"));
    folder
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// A case at work: its own workspace, and its files beside it.
struct Case {
    name: &'static str,
    folder: tempfile::TempDir,
    /// Run without the rights of an administrator, who may read everything.
    as_reader: bool,
    transcript: String,
}

impl Case {
    fn begin(name: &'static str) -> Self {
        let folder = small_workspace();
        copy_folder(&case_folder(name), &folder.path().join("files"));
        Self { name, folder, as_reader: false, transcript: String::new() }
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn play(&mut self) {
        let script = std::fs::read_to_string(case_folder(self.name).join("command.txt")).unwrap();
        assert!(script.starts_with("# "), "{}: command.txt does not say what the case is about", self.name);
        for line in script.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix("setup: ") {
                Some(step) => self.set_up(step),
                None => self.run(line),
            }
        }
        let kept = kept(&self.workspace());
        self.transcript.push_str(&format!("kept: {}\n", if kept.is_empty() { "nothing" } else { kept.trim_end() }));
    }

    fn set_up(&mut self, step: &str) {
        let (what, name) = step.split_once(' ').unwrap();
        let path = self.folder.path().join("files").join(name);
        match what {
            "pipe" => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
            "unreadable" => {
                let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
                std::fs::set_permissions(&path, mode).unwrap();
                self.as_reader = std::fs::read(&path).is_ok();
            }
            _ => panic!("{}: no such setup: {step}", self.name),
        }
    }

    /// Runs one command and holds true whatever its transcript says: a refusal keeps nothing.
    fn run(&mut self, line: &str) {
        let arguments: Vec<&str> = line.split(' ').collect();
        let files = self.folder.path().join("files");
        let mut program = command(&files, &arguments);
        if self.as_reader {
            program = without_rights(&program, &files);
        }
        program.env("TOLLBOOK_WORKSPACE", self.workspace());
        let before = files_below(&self.workspace(), &[]);
        let run = finished(program.output().unwrap());
        if run.code == 1 || line.contains("--dry-run") {
            let after = files_below(&self.workspace(), &[]);
            assert!(before == after, "{}: refused, and yet the workspace changed:\n{}", self.name, run.err);
        }
        assert!(!run.err.contains("panicked"), "{}:\n{}", self.name, run.err);
        let _ = writeln!(self.transcript, "$ tollbook {line}");
        self.transcript.push_str(&self.without_places(&run.out));
        for line in self.without_places(&run.err).lines() {
            let _ = writeln!(self.transcript, "! {line}");
        }
        let _ = write!(self.transcript, "exit {}\n\n", run.code);
    }

    /// A text without what differs from run to run.
    fn without_places(&self, text: &str) -> String {
        let text = text.replace(self.workspace().to_str().unwrap(), "WORKSPACE");
        let mut plain = String::new();
        for line in text.lines() {
            // The time of an earlier import.
            let (before, after) = line.split_once(" at 20").unwrap_or((line, ""));
            let after = if after.is_empty() { "" } else { &format!(" at TIME{}", &after[18..]) };
            plain.push_str(&format!("{before}{after}\n"));
        }
        plain
    }
}

/// The same command without the right to read what the file's mode forbids: an administrator has it.
fn without_rights(program: &Command, folder: &Path) -> Command {
    let mut reader = Command::new("setpriv");
    reader.arg("--bounding-set=-dac_override,-dac_read_search").arg(program.get_program()).args(program.get_args());
    reader.current_dir(folder);
    reader
}

/// How many lines of a file of rejects the transcript shows.
const SHOWN: usize = 12;

/// What a workspace holds of imports: the list, and the rejected lines as they were kept.
fn kept(workspace: &Path) -> String {
    let run = tollbook(workspace, &["usage", "files", "--json"]).done();
    let imports: Vec<serde_json::Value> = serde_json::from_str(&run.out).unwrap();
    let mut text = String::new();
    for import in &imports {
        let number = |name: &str| import[name].as_u64().unwrap();
        let _ = writeln!(
            text,
            "import {}: {}, {} lines: {} records ({} duplicates, {} conflicting), {} rejected",
            number("import"),
            import["file"].as_str().unwrap(),
            number("lines"),
            number("records"),
            number("duplicates"),
            number("conflicts"),
            number("rejects"),
        );
    }
    let facts = files_below(&workspace.join("usage"), &[]);
    let has_usage = imports.iter().any(|import| import["kind"] == "usage");
    assert_eq!(facts.is_empty(), !has_usage, "usage files without an import, or the reverse: {facts:?}");
    for (name, bytes) in files_below(&workspace.join("rejects"), &[]) {
        let _ = writeln!(text, "rejects/{name}:");
        let lines = String::from_utf8_lossy(&bytes).into_owned();
        for line in lines.lines().take(SHOWN) {
            let short: String = line.chars().take(200).collect();
            let _ = writeln!(text, "  {}", short.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"));
        }
        if lines.lines().count() > SHOWN {
            let _ = writeln!(text, "  … {} lines in all", lines.lines().count());
        }
    }
    text
}

fn case_folder(name: &str) -> PathBuf {
    fixture("malformed/files").join(name)
}

fn check(name: &'static str) {
    let mut case = Case::begin(name);
    case.play();
    let path = case_folder(name).join("expected.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &case.transcript).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        case.transcript == expected,
        "{name}: not as in {}\n--- expected\n{expected}\n--- found\n{}",
        path.display(),
        case.transcript
    );
}

/// One test for each folder, named after it; and one that there is no folder without a test.
macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_folder_is_tested() {
            let mut folders: Vec<String> = std::fs::read_dir(fixture("malformed/files"))
                .unwrap()
                .map(|entry| entry.unwrap())
                .filter(|entry| entry.path().is_dir())
                .map(|entry| entry.file_name().into_string().unwrap())
                .collect();
            folders.sort();
            let mut tested = vec![$(stringify!($name)),*];
            tested.sort_unstable();
            assert_eq!(folders, tested);
        }
    };
}

cases! {
    amount_blank
    amount_in_brackets
    amount_in_other_digits
    amount_infinite
    amount_minus_zero
    amount_nan
    amount_negative
    amount_of_words
    amount_too_large
    amount_with_exponent
    amount_with_minus_behind
    amount_with_nine_decimals
    amount_with_plus
    amount_with_pound_sign
    amount_with_thousands
    amount_with_twenty_decimals
    amount_without_whole_part
    blank_lines_between
    blank_lines_only
    byte_order_mark
    byte_order_mark_in_the_middle
    carriage_return_within
    carriage_returns_only
    charge_band_overlong
    cli_in_other_digits
    cli_missing
    cli_of_a_spreadsheet
    cli_with_direction_mark
    columns_without_header
    control_character
    control_z
    corrected_rejects
    decimal_comma
    dry_run_with_rejects
    duplicate_header
    duration_as_clock
    duration_empty
    duration_fractional
    duration_negative
    duration_of_2_to_the_63
    duration_over_2_to_the_32
    duration_over_a_day
    duration_with_exponent
    duration_zero
    empty_file
    field_over_64_kib
    folder
    gzip
    header_in_other_order_and_case
    header_missing
    header_only
    header_repeated
    invalid_utf_8
    invalid_utf_8_in_header
    just_few_enough_rejects
    kind_empty_line_of_commas
    kind_missing
    kind_unknown
    missing_column
    missing_file
    missing_file_of_two
    missing_layout
    mixed_line_ends
    name_that_is_a_path
    newline_in_quotes
    newline_in_quotes_declared
    no_final_newline
    no_supplier
    nul_byte
    one_column_too_few
    one_column_too_many
    one_refused_of_three
    other_kinds
    pipe
    quote_within_field
    random_bytes
    rows_after_trailer
    same_bytes_under_another_name
    same_call_in_two_files
    same_call_twice_in_one_file
    same_call_without_id_in_two_files
    same_file_twice_in_one_command
    same_file_with_other_line_ends
    same_id_other_content
    same_id_other_content_in_one_file
    service_file_again
    service_file_header_missing
    service_lines
    services_layout_for_usage
    spreadsheet
    strict
    strict_without_rejects
    supplier_with_missing_layout
    swallowing_quote_over_lines
    tab_in_field
    ten_thousand_columns
    text_after_quote
    text_overlong
    time_23_59_60
    time_24_00_00
    time_29_february_2025
    time_29_february_2028
    time_31_february
    time_day_first
    time_empty
    time_epoch
    time_in_autumn_overlap
    time_in_spring_gap
    time_two_digit_year
    time_with_zone
    time_without_clock
    time_year_1999
    time_year_2101
    time_year_26
    too_many_rejects
    trailer_agrees
    trailer_count_disagrees
    trailer_counts_rejected_lines
    trailer_missing
    trailer_of_no_records
    trailer_total_disagrees
    trailer_twice
    trailer_unreadable
    truncated_in_quotes
    truncated_last_line
    two_byte_order_marks
    two_refused
    unclosed_quote_first_column
    unclosed_quote_in_header
    unclosed_quote_last_column
    unclosed_quote_middle_column
    unclosed_quote_over_lines
    unclosed_quote_over_lines_last_column
    unknown_column
    unknown_supplier
    unreadable_file
    usage_layout_for_services
    utf_16_be
    utf_16_le
    utf_16_without_mark
    wrong_delimiter
    wrong_layout
}
