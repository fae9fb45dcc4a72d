//! The archive of a run, as other programs read it: complete, each file with its digest, the same bytes each time.

use std::process::Command;

use super::post::{Post, Wishes, to};

const SCRIPT: &str = "
import csv, hashlib, io, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    rows = list(csv.DictReader(io.TextIOWrapper(z.open('manifest.csv'), 'utf-8', newline='')))
    names = [info.filename for info in z.infolist()]
    assert names == [row['file'] for row in rows] + ['manifest.csv'], names
    assert len({name.lower() for name in names}) == len(names)
    for info in z.infolist():
        assert not info.filename.startswith(('/', '.')) and '..' not in info.filename, info.filename
        assert info.date_time == (1980, 1, 1, 0, 0, 0) and (info.external_attr >> 16) & 0o777 == 0o600, info
    for row in rows:
        data = z.read(row['file'])
        assert hashlib.sha256(data).hexdigest() == row['sha256'] and len(data) == int(row['size']), row
    print(len(rows))
";

#[test]
fn an_archive_holds_all_of_a_run_and_says_what_it_holds() {
    let post = Post::of(&[to("a@x.example"), Wishes { rest: "y,,,,csv", ..to("b@x.example") }]);
    post.invoice(&["void", "AC-000001", "--date", "2026-05-02", "--reason", "wrong"]).done();
    std::os::unix::fs::symlink("/etc/hostname", post.workspace.join("invoices/run-000001/AC-000001.txt")).unwrap();
    std::fs::write(post.workspace.join("invoices/run-000001/notes.txt"), "mine").unwrap();
    let out = post.folder().join("run.zip");
    let path = out.to_str().unwrap();
    let run = post.invoice(&["archive", "--run", "1", "--out", path]).done();
    assert!(run.err.contains("1 file of no document left out"), "{}", run.err);
    let bytes = std::fs::read(&out).unwrap();
    post.invoice(&["archive", "--run", "1", "--out", path]).done();
    assert!(std::fs::read(&out).unwrap() == bytes);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        return super::not_checked("an archive", "TOLLBOOK_PYTHON names no Python");
    };
    let files = |path: &str| {
        let run = Command::new(&python).args(["-c", SCRIPT, path]).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).trim().parse::<usize>().unwrap()
    };
    let on_disk = std::fs::read_dir(post.workspace.join("invoices/run-000001")).unwrap().count() - 2;
    let reports = std::fs::read_dir(post.workspace.join("reports")).unwrap().count();
    assert_eq!(files(path), on_disk + reports);
    let month = post.folder().join("month.zip");
    post.invoice(&["archive", "--month", "2026-05", "--out", month.to_str().unwrap()]).done();
    let notes = std::fs::read_dir(post.workspace.join("invoices/credit-notes")).unwrap().count();
    assert_eq!(files(month.to_str().unwrap()), on_disk + reports + notes);
    post.invoice(&["archive", "--month", "2026-07"]).ended(1).says("no invoice is dated in 2026-07");
    post.invoice(&["archive", "--month", "May"]).ended(2);
    std::fs::remove_file(post.workspace.join("invoices/run-000001/AC-000002.json")).unwrap();
    post.invoice(&["archive", "--run", "1"]).ended(1).says("without its documents on the disk, as AC-000002");
}
