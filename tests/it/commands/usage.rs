//! Imported usage, deleted and restored until it is billed (F6).

use super::Place;

#[test]
fn usage_is_deleted_and_restored_until_it_is_billed_f6() {
    let place = Place::with_usage();
    assert_eq!(place.waiting(), 3);
    // Selected records, counted from 0; the fourth is nobody's.
    assert_eq!(place.run("usage delete --import 1 --rows 0").done().err, "deleted 1 record of import 1\n");
    assert_eq!(place.waiting(), 2);
    place.run("usage delete --import 1 --rows 0").ended(1).says("deleted already");
    place.run("usage delete --import 1 --rows 1-9").ended(1).says("its rows are 0 to 3");
    place.run("usage delete --import 1 --rows one").ended(1).says("names no rows");
    place.run("usage delete --import 9").ended(1).says("there is no usage import 9");
    assert_eq!(place.run("usage restore --import 1 --rows 0-3").done().err, "restored 1 record of import 1\n");
    assert_eq!(place.waiting(), 3);
    place.run("usage restore --import 1 --rows 0").ended(1).says("none of them is deleted");
    // A whole file: its bytes may come again, and then the old records may not come back (they would be billed twice).
    assert_eq!(place.run("usage delete --import 1").done().err, "deleted 4 records of import 1\n");
    assert_eq!(place.waiting(), 0);
    place.run("usage delete --import 1").ended(1).says("it was deleted at");
    place.run("import usage a.csv --supplier carrier").done();
    assert_eq!(place.waiting(), 3);
    place.run("usage restore --import 1").ended(1).says("row 0 of import 1 has been imported again");
    place.run("usage restore --import 1 --rows 2").ended(1);
    assert_eq!(place.waiting(), 3);
    place.run("usage delete --import 2").done();
    assert_eq!(place.run("usage restore --import 1").done().err, "restored 4 records of import 1\n");
    assert_eq!(place.waiting(), 3);
}

#[test]
fn billed_usage_is_not_deleted_f6() {
    let place = Place::with_usage();
    place.run("usage delete --import 1 --rows 1").done();
    place.run("bill run --invoice-date 2026-07-01").done();
    let before = place.files();
    for rows in ["", " --rows 0", " --rows 2-3", " --rows 3 --rows 0"] {
        place.run(&format!("usage delete --import 1{rows}")).ended(1).says("is on a posted invoice");
    }
    assert!(place.files() == before);
    // What was not billed still may: the deleted record comes back, nobody's record goes.
    place.run("usage restore --import 1 --rows 1").done();
    assert_eq!(place.waiting(), 1);
    place.run("usage delete --import 1 --rows 3").done();
    // A draft made before a deletion is not what was looked at any more.
    place.run("bill draft --invoice-date 2026-08-01").done();
    place.run("bill approve 2").done();
    place.run("usage delete --import 1 --rows 1").done();
    place.run("bill post 2").ended(1).says("changed since the draft was made");
    assert_eq!(place.run("invoice list --json").done().out.matches("MAIN-").count(), 1);
}
