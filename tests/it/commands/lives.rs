//! Customers' lives (B3, B10, K7, K8): what is refused changes nothing, what is audited, what comes back, what a purge leaves.

use serde_json::Value;

use super::Place;
use crate::program::Run;

/// Three customers in a book of their own, so that every date and sum of these tests stands here: £30 a month in advance, one
/// pence a minute, and the calls of June.
fn place() -> Place {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let files = [
        ("groups", "group,billing,method,interval,billing_day\nmonthly,automatic,standard,monthly,1\n"),
        ("organisations", "organisation,name,invoice_prefix,credit_prefix\nACORN,Acorn Telecom Ltd,AC-,CN-\n"),
        ("suppliers", "supplier,layout\ncarrier,generic\n"),
        ("vat_codes", "vat_code,rate,kind,label\nS,20,standard,VAT 20%\n"),
        ("rates", "tariff,match,rate\nstandard,class:national,1\n"),
        ("tariffs", "tariff,unit\nstandard,minor\n"),
        (
            "customers",
            "account,name,organisation,group,vat_code,tariff_national,contract_start,address_1,x_manager\n\
             A1001,Leaving Ltd,ACORN,monthly,S,standard,2026-05-01,12 Quay Road,J Reed\n\
             A1002,Staying Ltd,ACORN,monthly,S,standard,,3 Moor Lane,\n\
             A1003,Never Billed Ltd,ACORN,monthly,S,standard,,,\n",
        ),
        ("cost_centres", "account,cost_centre,name\nA1001,hq,Head office\n"),
        ("clis", "cli,account,cost_centre\n020 7946 0018,A1001,hq\n020 7946 0019,A1002,\n"),
        (
            "charges",
            "account,charge,description,type,interval,timing,price,from\n\
             A1001,line,Line rental,recurring,monthly,advance,30,2026-06-01\n\
             A1002,line,Line rental,recurring,monthly,advance,30,2026-06-01\n",
        ),
    ];
    std::fs::create_dir(place.path("book")).unwrap();
    for (name, text) in files {
        place.write(&format!("book/{name}.csv"), text);
    }
    let calls = [
        ("j1", "02079460018", "01134960001", "2026-06-10 09:00:00"),
        ("j2", "02079460019", "01134960002", "2026-06-10 10:00:00"),
        ("j3", "02079460018", "01134960003", "2026-06-20 11:00:00"),
    ];
    place.write("june.csv", &usage(&calls));
    place.run("init workspace").done();
    place.run("book import book").done();
    place
}

/// Calls of 100 minutes.
pub(super) fn usage(calls: &[(&str, &str, &str, &str)]) -> String {
    let mut text = "record_id,kind,cli,other_party,started_at,duration\n".to_owned();
    for (id, cli, other_party, began) in calls {
        text.push_str(&format!("{id},voice,{cli},{other_party},{began},6000\n"));
    }
    text
}

/// The same with June billed: £30.00 and the calls, £2.00 and £1.00.
fn billed() -> Place {
    let place = place();
    place.run("import usage june.csv --supplier carrier").done();
    place.run("bill run --invoice-date 2026-07-01 --charge-cutoff 2026-07-01").done();
    place
}

pub(super) fn json(run: Run) -> Value {
    serde_json::from_str(&run.done().out).unwrap()
}

impl Place {
    fn balance(&self, account: &str) -> String {
        json(self.run(&format!("customer show {account} --json")))["balance"].as_str().unwrap().to_owned()
    }

    fn status(&self, account: &str) -> String {
        json(self.run(&format!("customer show {account} --json")))["status"].as_str().unwrap().to_owned()
    }

    /// Each line is refused for the reason beside it, and nothing at all changes.
    #[track_caller]
    pub(super) fn refuses(&self, rows: &[(&str, &str)]) {
        let before = self.files();
        for (line, reason) in rows {
            let run = self.run(line);
            assert_eq!(run.code, 1, "{line}\n{}{}", run.out, run.err);
            assert!(run.err.contains(reason), "{line}: {reason:?} is not in:\n{}", run.err);
            assert!(self.files() == before, "{line} changed something");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing_b10() {
    let place = billed();
    place.refuses(&[
        ("customer final-bill A9 --date 2026-07-10", "there is no such customer"),
        ("customer drop A9 --date 2026-07-10 --reason x", "there is no such customer"),
        ("customer reinstate A9", "there is no such customer"),
        ("customer set A9 name=X", "there is no such customer"),
        ("customer settle A9", "there is no such customer"),
        ("customer delete A9 --reason x", "there is no such customer"),
        ("customer show A9", "there is no customer"),
        // End before start.
        ("customer final-bill A1001 --date 2026-04-30", "its contract begins later, on 2026-05-01"),
        ("customer drop A1001 --date 2026-04-30 --reason x", "its contract begins later, on 2026-05-01"),
        // Before the last billed usage.
        (
            "customer final-bill A1001 --date 2026-06-19",
            "invoice AC-000001 bills usage after it, j3 of 2026-06-20 11:00",
        ),
        ("customer drop A1001 --date 2026-06-19 --reason x", "invoice AC-000001 bills usage after it, j3"),
        ("customer final-bill A1002 --date 2026-06-09", "invoice AC-000002 bills usage after it, j2"),
        // Out of order.
        ("customer reinstate A1001", "it is active"),
        ("customer drop A1001 --date 2026-07-10", "no reason is given"),
        ("customer drop A1001 --date 2026-07-10 --reason x", "charges up to 2026-07-10: 1 line, 9.68 GBP"),
        ("customer delete A1001", "no reason is given"),
        ("customer delete A1001 --reason x", "it is active, and only who is dropped"),
        ("customer undelete A1001", "it is not marked for deletion"),
        ("customer set A1001 status=cancelled", "it was billed"),
        ("customer set A1001 account=A2", "the account names the customer and stays"),
        ("customer set A1001 name=A name=B", "column name is given twice"),
        ("customer set A1001 organisation=OAK group=weekly", "2 errors"),
        ("customer set A1001 name", "write COLUMN=VALUE"),
        ("customer set A1001 currency=EUR", "EUR"),
    ]);
    place.run("customer final-bill A1001 --date 2026-07-10").done();
    place.refuses(&[
        ("customer final-bill A1001 --date 2026-07-20", "it is final_bill since 2026-07-10 already"),
        ("customer drop A1001 --date 2026-07-11 --reason x", "its service ended before, on 2026-07-10"),
        ("customer set A1001 status=active", "it is final_bill"),
        ("customer reinstate A1001 --date 2026-07-10", "it had service until 2026-07-10"),
    ]);
    place.run("customer drop A1001 --date 2026-06-30 --reason x").done();
    place.refuses(&[
        ("customer drop A1001 --date 2026-06-30 --reason x", "it is dropped since 2026-06-30"),
        ("customer final-bill A1001 --date 2026-06-30", "it is dropped since 2026-06-30"),
        ("customer delete A1001 --reason x", "its balance is 38.40 GBP, not zero"),
        ("customer set A1001 status=active", "it is dropped"),
        ("customer reinstate A1001 --also-ended-on 2026-01-31", "nothing of A1001 ended on that day"),
    ]);
    // The end that it had first comes back, not the one of the final bill.
    place.run("customer reinstate A1001").done();
    assert_eq!(json(place.run("customer show A1001 --json"))["charges"][0][4], "");
    assert_eq!(place.run("verify").done().code, 0);
}

#[test]
fn a_drop_with_unbilled_usage_is_refused_with_the_sum_b10() {
    let place = place();
    place.run("import usage june.csv --supplier carrier").done();
    place.refuses(&[
        ("customer drop A1001 --date 2026-06-30 --reason x", "usage: 2 records, 2.00 GBP"),
        ("customer drop A1001 --date 2026-06-30 --reason x", "charges up to 2026-06-30: 1 line, 30.00 GBP"),
    ]);
    place.run("customer drop A1003 --date 2026-06-30 --reason x").done();
    let dry = place.files();
    place.run("customer drop A1001 --date 2026-06-30 --reason x --abandon-unbilled --dry-run").done();
    assert!(place.files() == dry);
    place.run("customer drop A1001 --date 2026-06-30 --reason x --abandon-unbilled").done();
    assert_eq!(place.status("A1001"), "dropped");
    // A gone customer's calls are excluded: one waits, of A1002.
    assert_eq!(place.waiting(), 1);
}

#[test]
fn a_line_that_went_to_somebody_else_stays_there_b10() {
    let place = billed();
    place.run("customer drop A1001 --date 2026-06-30 --reason moved").done();
    std::fs::create_dir(place.path("more")).unwrap();
    place.write("more/clis.csv", "cli,account,from\n020 7946 0018,A1002,2026-07-01\n");
    place.run("book import more").done();
    place.refuses(&[
        ("customer reinstate A1001", "is held by account"),
        ("customer reinstate A1001 --date 2026-08-01", "--leave CLI"),
    ]);
    place.run("customer reinstate A1001 --leave 02079460018").done();
    let lines = json(place.run("customer show A1001 --json"))["lines"].clone();
    assert_eq!(lines[0][3], "until 2026-06-30", "{lines}");
    assert_eq!(place.status("A1001"), "active");
}

#[test]
fn only_the_final_invoice_of_this_leaving_settles_b10() {
    let place = billed();
    place.run("customer set A1002 opening_balance=-37.20").done();
    assert_eq!((place.balance("A1002").as_str(), place.status("A1002").as_str()), ("0.00", "active"));
    place.run("customer final-bill A1002 --date 2026-06-30").done();
    place.run("customer settle").done();
    assert_eq!(place.status("A1002"), "final_bill");
    place.run("bill run --invoice-date 2026-07-02 --account A1002").done();
    assert_eq!(place.status("A1002"), "dropped");
    // Back, billed £60.00 and VAT for July and August, and leaving on the same day once more: the final invoice of before is
    // not that of now, though the balance is zero.
    place.run("customer reinstate A1002").done();
    place.run("bill run --invoice-date 2026-08-01 --account A1002").done();
    assert_eq!(place.balance("A1002"), "72.00");
    place.run("customer set A1002 opening_balance=-109.20").done();
    place.run("customer final-bill A1002 --date 2026-06-30").done();
    place.run("customer settle").done();
    assert_eq!((place.balance("A1002").as_str(), place.status("A1002").as_str()), ("0.00", "final_bill"));
    place.run("bill run --invoice-date 2026-09-01 --account A1002").done();
    assert_eq!((place.balance("A1002").as_str(), place.status("A1002").as_str()), ("-72.00", "final_bill"));
    place.run("customer set A1002 opening_balance=-37.20").done();
    assert_eq!(place.run("customer settle A1002").done().out, "A1002\n");
    assert_eq!(place.status("A1002"), "dropped");
    assert_eq!(place.run("verify").done().code, 0);
}

#[test]
fn a_void_invoice_stands_against_nothing_and_its_usage_may_be_deleted_f6() {
    let place = billed();
    place.refuses(&[
        ("customer final-bill A1001 --date 2026-06-15", "void the invoice first"),
        ("usage delete --import 1 --rows 2", "is on a posted invoice"),
    ]);
    place.run("invoice void AC-000001 --date 2026-07-02 --reason mistake").done();
    place.run("usage delete --import 1 --rows 2").done();
    assert_eq!(place.waiting(), 1);
    place.run("usage restore --import 1 --rows 2").done();
    assert_eq!(place.waiting(), 2);
    place.run("customer final-bill A1001 --date 2026-06-15").done();
    // The call of 20 June began after its last day; the other is billed again, with 15 days of 30.
    place.run("bill run --invoice-date 2026-07-03 --account A1001").done();
    let bill = json(place.run("invoice show AC-000003 --json"));
    assert_eq!(bill["totals"]["net"], "16.00", "{bill}");
    assert_eq!(place.run("verify").done().code, 0);
}

#[test]
fn an_end_that_a_person_gave_since_is_kept_b10() {
    let place = billed();
    place.run("customer drop A1001 --date 2026-06-30 --reason moved").done();
    std::fs::create_dir(place.path("more")).unwrap();
    let charge = "A1001,line,Line rental,recurring,monthly,advance,30,2026-06-01,2026-06-15";
    place.write(
        "more/charges.csv",
        &format!("account,charge,description,type,interval,timing,price,from,to\n{charge}\n"),
    );
    place.run("book import more").done();
    let back = json(place.run("customer reinstate A1001 --json"));
    assert_eq!(back["left"][0]["why"], "was given another end since", "{back}");
    assert_eq!(json(place.run("customer show A1001 --json"))["charges"][0][4], "2026-06-15");
}

#[test]
fn every_change_is_audited_with_what_it_was_k7() {
    let place = billed();
    place.run("customer set A1001 name=Renamed address_1= x_manager=K --by ann --reason moved").done();
    place.run("customer final-bill A1001 --date 2026-07-10 --by bob --reason notice").done();
    let history = json(place.run("customer history A1001 --json"));
    let of_customer = |entry: &&Value| entry["of"] == "customers";
    let entries: Vec<&Value> = history.as_array().unwrap().iter().filter(of_customer).collect();
    assert_eq!(entries.len(), 3);
    let [set, leave] = [entries[1], entries[2]];
    assert_eq!((&set["by"], &set["command"], &set["reason"]), (&"ann".into(), &"customer set".into(), &"moved".into()));
    assert_eq!((&set["before"]["name"], &set["after"]["name"]), (&"Leaving Ltd".into(), &"Renamed".into()));
    assert_eq!((&set["before"]["address_1"], &set["after"]["address_1"]), (&"12 Quay Road".into(), &Value::Null));
    assert_eq!((&set["before"]["x_manager"], &set["after"]["x_manager"]), (&"J Reed".into(), &"K".into()));
    assert_eq!((&leave["by"], &leave["after"]["status"]), (&"bob".into(), &"final_bill".into()));
    assert_eq!(leave["after"]["final_bill_date"], "2026-07-10");
}

#[test]
fn a_purge_removes_what_is_known_of_a_deleted_customer_and_keeps_its_invoices_k8() {
    let place = billed();
    // Nothing is to give back: 38.40 stay owed, and it stays a final-bill customer.
    place.run("customer final-bill A1001 --date 2026-06-30").done();
    place.run("bill run --invoice-date 2026-07-02 --account A1001").done();
    assert_eq!((place.balance("A1001").as_str(), place.status("A1001").as_str()), ("38.40", "final_bill"));
    // Never billed, and gone: it may be deleted at once.
    place.run("customer drop A1003 --date 2026-06-30 --reason x").done();
    place.run("customer delete A1003 --reason asked").done();
    place.refuses(&[
        ("customer delete A1003 --reason asked", "it was marked"),
        ("customer reinstate A1003", "it was marked"),
    ]);
    place.run("customer undelete A1003").done();
    place.run("customer reinstate A1003").done();
    // What it had paid before all this makes the balance zero.
    place.run("customer set A1001 opening_balance=-38.40").done();
    place.run("customer settle").done();
    assert_eq!((place.balance("A1001").as_str(), place.status("A1001").as_str()), ("0.00", "dropped"));
    place.write("late.csv", &usage(&[("j4", "02079460018", "01134960004", "2026-06-25 09:00:00")]));
    place.run("import usage late.csv --supplier carrier").done();
    place.run("customer delete A1001 --reason asked").done();
    let marked = place.files();
    assert!(place.run("customer purge").done().err.contains("purged 0 customers"));
    assert!(place.run("customer purge --today 2100-01-01 --dry-run").done().err.contains("would purge 1 customer"));
    assert!(place.files() == marked);

    let invoice = place.run("invoice show AC-000001 --json").done().out;
    let purged = json(place.run("customer purge --today 2100-01-01 --json"));
    assert_eq!(purged["purged"], serde_json::json!(["A1001"]));
    assert_eq!(purged["usage"]["blanked"], 3);
    assert_eq!(purged["usage"]["blanked_on_invoices"], 2);
    assert_eq!(purged["usage"]["deleted"], 1);
    // What is posted stays; what is known goes.
    assert_eq!(place.run("invoice show AC-000001 --json").done().out, invoice);
    place.run("customer show A1001").ended(1);
    let exported = place.path("exported");
    place.run(&format!("book export {}", exported.display())).done();
    for file in std::fs::read_dir(&exported).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("A1001") && !text.contains("J Reed"), "{text}");
    }
    let history = place.run("customer history A1001 --json").done().out;
    assert!(
        !history.contains("Quay") && history.contains("purged") && history.contains("customer delete"),
        "{history}"
    );
    for (name, bytes) in place.files().iter().filter(|(name, _)| name.starts_with("workspace/invoices")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("4960001") && !text.contains("4960003"), "{name}");
    }
    // Others keep theirs, and everything still adds up.
    let calls = std::fs::read_to_string(place.path("workspace/invoices/run-000001/AC-000002.csv")).unwrap();
    assert!(calls.contains("4960002"), "{calls}");
    assert_eq!(place.run("verify").done().code, 0);
    place.run("bill run --invoice-date 2026-08-01").done();
    assert!(place.run("customer purge --today 2100-01-01").done().err.contains("purged 0 customers"));
}
