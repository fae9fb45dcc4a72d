//! The mail server of `tests/python/mail_server.py`, and certificates that `openssl` makes for it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const PASSWORD: &str = "correct horse";

/// A running mail server; it ends when this is dropped.
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
    pub port: String,
}

/// A message that the server kept.
pub struct Kept {
    pub path: PathBuf,
    /// `from`, `to`, `tls`, `login`.
    pub envelope: serde_json::Value,
}

/// The Python that has aiosmtpd, or None, said aloud.
pub fn python(what: &str) -> Option<String> {
    let python = std::env::var("TOLLBOOK_PYTHON").ok();
    let has = python.clone().filter(|python| {
        let run = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    });
    let has_openssl = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    if has.is_none() || !has_openssl {
        let text = format!(
            "NOT CHECKED FROM OUTSIDE: {what}: TOLLBOOK_PYTHON names no Python with aiosmtpd, or there is no openssl\n"
        );
        let _ = std::io::stderr().write_all(text.as_bytes());
        return None;
    }
    has
}

/// `ca.pem`, and `server.pem` and `server.key` for a host of this name.
pub fn certificates(folder: &Path, host: &str) {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"];
    let run = |arguments: &[&str]| {
        let run = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    let authority = ["-out", "ca.pem", "-days", "2", "-subj", "/CN=An authority of a test"];
    run(&[&["req", "-x509"], &key[..], &["ca.key"], &authority, &["-addext", "basicConstraints=critical,CA:TRUE"]]
        .concat());
    run(&[&["req"], &key[..], &["server.key", "-out", "server.csr", "-subj", "/CN=mail"]].concat());
    std::fs::write(folder.join("names"), format!("subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n")).unwrap();
    let sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    run(&[&sign[..], &["-days", "2", "-extfile", "names", "-out", "server.pem"]].concat());
}

impl Server {
    /// With STARTTLS, a certificate for `localhost` and a login.
    pub fn start(python: &str, options: &[&str]) -> Self {
        Self::start_as(python, "localhost", options)
    }

    /// With a certificate for another host.
    pub fn start_as(python: &str, host: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path(), host);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/mail_server.py");
        let mut command = Command::new(python);
        command.arg(script).arg(folder.path()).args(options);
        if !options.contains(&"--plain") {
            command.arg("--cert").arg(folder.path().join("server.pem"));
            command.arg("--key").arg(folder.path().join("server.key"));
        }
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut server = Self { child, folder, port: String::new() };
        let began = Instant::now();
        while server.port.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(20));
            server.port = std::fs::read_to_string(server.folder.path().join("port")).unwrap_or_default();
        }
        server
    }

    /// Settings for it: with login, and its authority trusted.
    pub fn settings(&self) -> String {
        let ca = self.folder.path().join("ca.pem");
        format!("host = \"localhost\"\nport = {}\nuser = \"billing\"\nca_file = \"{}\"\n", self.port, ca.display())
    }

    /// What it kept, in the order of arrival.
    pub fn kept(&self) -> Vec<Kept> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
        paths.sort();
        let envelope =
            |path: &PathBuf| serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
        paths.into_iter().map(|path| Kept { envelope: envelope(&path), path }).collect()
    }

    /// The stages that messages came to: `rcpt ann@…`, `data 1`, `received 1`, `answered 1`.
    pub fn events(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("events")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
