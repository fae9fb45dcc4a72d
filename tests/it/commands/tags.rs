//! Customers chosen together, their tags and their status (K6, B3, K7): who is meant, what changes, what is refused.

use super::Place;
use super::lives::{json, usage};

/// Five customers, their lines and charges, in a book of their own: every name and sum of these tests stands here.
pub(super) fn shop() -> Place {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let files = [
        (
            "groups",
            "group,billing,method,interval,billing_day\nmonthly,automatic,standard,monthly,1\n\
             quarterly,automatic,standard,quarterly,1\n",
        ),
        ("organisations", "organisation,name\nACORN,Acorn Telecom Ltd\nOAK,Oak Telecom Ltd\n"),
        ("suppliers", "supplier,layout\ncarrier,generic\n"),
        ("vat_codes", "vat_code,rate,kind,label\nS,20,standard,VAT 20%\n"),
        ("tariffs", "tariff,currency,unit\nstandard,,minor\nsilver,,minor\neuro,EUR,minor\n"),
        ("rates", "tariff,match,rate\nstandard,class:national,1\nsilver,class:national,2\neuro,class:national,3\n"),
        (
            "customers",
            "account,name,organisation,group,status,dropped_date,vat_code,tariff_national,currency,town,tags,x_dealer\n\
             C1,Corner Bakery,ACORN,monthly,,,S,standard,,Leeds,vip;north,Reed\n\
             C2,Dock Stores,ACORN,monthly,,,S,standard,GBP,York,north,\n\
             C3,Elm Garage,OAK,quarterly,suspended,,S,standard,,Leeds,,Reed\n\
             C4,Fen Trading,OAK,monthly,,,S,euro,EUR,,,\n\
             C5,Gone Ltd,OAK,monthly,dropped,2026-01-31,S,standard,,,,\n",
        ),
        ("cost_centres", "account,cost_centre,name\nC1,hq,Head office\nC2,yard,The yard\n"),
        (
            "clis",
            "cli,account,cost_centre,description,extension,alternates,from,to,spending_cap,tariff_national\n\
             020 7946 0018,C1,hq,Till,,020 7946 0099,,,10,silver\n\
             020 7946 0019,C1,,Office,,,2026-08-01,,,\n\
             0161 496 0001,C2,,Gate,,,,,,\n\
             0161 496 0003,C1,,One,1,,,,,\n\
             0161 496 0003,C2,,Two,2,,,,,\n\
             0161 496 0004,C2,,Old,,,,2026-05-31,,\n",
        ),
        ("products", "product,name,category,type,interval,price\nROUTER,Router,Hardware,recurring,monthly,5\n"),
        (
            "charges",
            "account,charge,product,description,cli,type,interval,timing,price,from,to,minimum_term,category\n\
             C1,line,,Line rental,020 7946 0018,recurring,monthly,advance,30,2026-06-01,,2026-12-31,Lines\n\
             C1,old,,Old line,,recurring,monthly,advance,12,2026-05-01,2026-05-31,,Lines\n\
             C1,router,ROUTER,,020 7946 0018,,,,,2026-06-01,,,\n\
             C1,setup,,Set-up,020 7946 0018,one_off,,,99,2026-07-15,,,\n\
             C2,line,,Line rental,0161 496 0001,recurring,monthly,advance,25,2026-06-01,,,Lines\n\
             C2,support,,Support,,recurring,monthly,arrears,10.55,2026-09-01,,,Care\n\
             C4,line,,Line rental,,recurring,monthly,advance,40,2026-06-01,,,Lines\n",
        ),
        ("charge_prices", "account,charge,from,price\nC2,line,2026-07-01,26\n"),
    ];
    std::fs::create_dir(place.path("book")).unwrap();
    for (name, text) in files {
        place.write(&format!("book/{name}.csv"), text);
    }
    place.run("init workspace").done();
    place.run("book import book").done();
    place
}

impl Place {
    /// The accounts that a list shows.
    fn accounts(&self, options: &str) -> String {
        let listed = json(self.run(format!("customer list --json {options}").trim_end()));
        listed.as_array().unwrap().iter().map(|one| one["account"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    /// The tags of all customers, by account.
    fn tags(&self) -> String {
        let listed = json(self.run("customer list --json"));
        let tags = |one: &serde_json::Value| {
            let tags = one["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
            format!("{}:{}", one["account"].as_str().unwrap(), tags.collect::<Vec<_>>().join(","))
        };
        listed.as_array().unwrap().iter().map(tags).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn customers_are_chosen_by_what_they_have_in_common_k6() {
    let place = shop();
    place.write("some.txt", "C4\n\nC1\n");
    place.write("some.csv", "name,account\nElm Garage,C3\n");
    for (options, expected) in [
        ("", "C1 C2 C3 C4 C5"),
        ("--all", "C1 C2 C3 C4 C5"),
        ("C2 C1", "C1 C2"),
        ("--group monthly", "C1 C2 C4 C5"),
        ("--group monthly --group quarterly", "C1 C2 C3 C4 C5"),
        ("--organisation OAK", "C3 C4 C5"),
        ("--organisation OAK --group monthly", "C4 C5"),
        ("--tag vip", "C1"),
        ("--tag vip --tag north", "C1 C2"),
        ("--tag north --where town=York", "C2"),
        ("--status active", "C1 C2 C4"),
        ("--status suspended --status dropped", "C3 C5"),
        ("--where x_dealer=Reed", "C1 C3"),
        ("--where x_dealer=", "C2 C4 C5"),
        ("--where currency=EUR", "C4"),
        ("--where dropped_date=2026-01-31", "C5"),
        ("--from-file some.txt", "C1 C4"),
        ("--from-file some.txt --tag vip", "C1"),
        ("C2 --from-file some.csv", "C2 C3"),
        ("--where town=Hull", ""),
    ] {
        assert_eq!(place.accounts(options), expected, "{options}");
    }
    // A look at a tag that nobody has shows nobody, and says so.
    let run = place.run("customer list --tag nroth --json").done();
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        ("[]\n", "note: no customer has the tag \"nroth\" — did you mean \"north\"?\n")
    );
    place.refuses(&[
        ("customer list --group monthyl", "there is no such group: \"monthyl\" — did you mean \"monthly\"?"),
        ("customer list --organisation ACRON", "did you mean \"ACORN\"?"),
        ("customer list C1 C9", "there is no such customer: \"C9\""),
        ("customer list --where twon=Leeds", "customers have no column \"twon\" — did you mean \"town\"?"),
        ("customer list --where town", "write COLUMN=VALUE"),
        ("customer list --where dropped_date=May", "is not a date"),
        ("customer list --from-file gone.txt", "gone.txt: does not exist"),
        // All at once.
        ("customer list C9 --group x --where y=1", "3 errors"),
    ]);
    place.run("customer list --status gone").ended(2);
    place.run("customer list --all --tag vip").ended(2);
}

#[test]
fn tags_are_added_removed_and_replaced_k6() {
    let place = shop();
    let before = "C1:vip,north C2:north C3: C4: C5:";
    assert_eq!(place.tags(), before);
    for (line, says, tags) in [
        (
            "customer tag add C1 C3 --tags vip",
            "changed 1 customer; 1 was so already",
            "C1:vip,north C2:north C3:vip C4: C5:",
        ),
        ("customer tag add C1 C3 --tags vip", "all are so already", "C1:vip,north C2:north C3:vip C4: C5:"),
        (
            "customer tag add --tag vip --tags late,vip,late",
            "changed 2 customers",
            "C1:vip,north,late C2:north C3:vip,late C4: C5:",
        ),
        (
            "customer tag remove --all --tags north,late",
            "changed 3 customers; 2 were so already",
            "C1:vip C2: C3:vip C4: C5:",
        ),
        (
            "customer tag remove C4 --tags north",
            "1 customer is so already: nothing changed",
            "C1:vip C2: C3:vip C4: C5:",
        ),
        ("customer tag replace C1 C2 --tags b,a", "changed 2 customers", "C1:b,a C2:b,a C3:vip C4: C5:"),
        ("customer tag replace --tag vip --none", "changed 1 customer", "C1:b,a C2:b,a C3: C4: C5:"),
        (
            "customer tag replace --status active --tags north",
            "changed 3 customers",
            "C1:north C2:north C3: C4:north C5:",
        ),
    ] {
        let run = place.run(&format!("{line} --dry-run")).done();
        let done = place.run(line).done().says(says);
        assert_eq!(place.tags(), tags, "{line}");
        assert_eq!(run.out, done.out, "{line}");
    }
    let run = place.run("customer tag add C1 --tags late --by ann --reason dunning").done();
    assert_eq!(run.out, "account  column  before  after\nC1       tags    north   north;late\n");
    let history = place.run("customer history C1").done().out;
    let last = history.split("\n\n").last().unwrap();
    assert!(last.contains("ann  customer tag add: dunning\n  tags: \"north\" → \"north;late\"\n"), "{history}");
    let found = json(place.run("customer tag remove C1 --tags late --json"));
    assert_eq!(found["customers"][0]["changes"][0]["before"], "north;late", "{found}");
    place.refuses(&[
        ("customer tag add --tags x", "no customer is named"),
        ("customer tag add C9 --tags x", "there is no such customer: \"C9\""),
        ("customer tag add --tag nobody --tags x", "no customer has the tag \"nobody\""),
        ("customer tag add --where town=Hull --tags x", "no customer is as chosen"),
        ("customer tag add C1 --tags ,", "names no tag"),
        ("customer tag add C1 --all --tags x", "accounts are named beside --all"),
        (
            &format!("customer tag add C1 --tags {}", "x".repeat(2_000)),
            "C1: its list of tags is longer than 2000 bytes",
        ),
    ]);
    place.run("customer tag replace C1").ended(2);
    place.run("customer tag add C1").ended(2);
    place.run("verify").done();
}

#[test]
fn columns_and_status_change_for_all_chosen_or_none_k7_b3() {
    let place = shop();
    place.refuses(&[
        ("customer set --group monthly status=suspended", "C5 cannot become suspended by hand: it is dropped"),
        ("customer status final_bill --organisation OAK", "3 customers cannot change so"),
        ("customer status active --all", "C5 cannot become active by hand: it is dropped"),
        ("customer status suspended --where town=Hull", "no customer is as chosen"),
        ("customer set --all currency=EUR", "tariff"),
        ("customer set C1 C2 organisation=ELM", "ELM"),
        ("customer set C1 town", "write COLUMN=VALUE"),
        ("customer set C1", "write COLUMN=VALUE"),
        ("customer set town=Hull", "no customer is named"),
        ("customer set --tag vip account=C9", "the account names the customer and stays"),
        ("customer set --tag vip payment_terms=soon grace_days=x", "2 errors"),
    ]);
    place.run("customer status asleep C1").ended(2);
    let dry = place.run("customer status suspended --tag north --dry-run").done().says("would change 2 customers");
    let done =
        place.run("customer status suspended --tag north --by ann --reason unpaid").done().says("changed 2 customers");
    assert_eq!(dry.out, done.out);
    assert_eq!(
        done.out,
        "account  column  before   after\nC1       status  (blank)  suspended\nC2       status  (blank)  suspended\n\
         no invoice is made; usage and charges wait until it is active again\n"
    );
    assert_eq!(place.accounts("--status suspended"), "C1 C2 C3");
    place.run("customer status active --status suspended").done().says("changed 3 customers");
    place.run("customer status active --status active").done().says("changed 1 customer; 3 were so already");
    // Several columns of several customers, own columns too; those of others stay as they are.
    let run = place.run("customer set C1 C4 payment_terms=14 x_dealer= x_crm=7").done().says("changed 2 customers");
    assert!(run.out.contains("C1       x_dealer       Reed     (blank)\n"), "{}", run.out);
    assert_eq!(place.accounts("--where x_crm=7 --where payment_terms=14"), "C1 C4");
    assert_eq!(place.accounts("--where x_dealer=Reed"), "C3");
    place.run("customer set --group monthly --status active tariff_mobile=silver").ended(1).says("EUR");
    place.run("customer set C1 C2 tariff_mobile=silver --json").done();
    assert_eq!(place.accounts("--where tariff_mobile=silver"), "C1 C2");
    // One customer is shown as before.
    let one = json(place.run("customer set C1 town=Hull --json"));
    assert_eq!((&one["account"], &one["changes"][0]["before"]), (&"C1".into(), &"Leeds".into()));
    place.run("verify").done();
}

#[test]
fn reports_filter_by_any_of_the_tags_given_k6() {
    let place = shop();
    place.run("customer set --group monthly --status active opening_balance=50 credit_limit=40").done();
    let accounts = |line: &str, rows: &str| {
        let report = json(place.run(&format!("{line} --json")));
        let rows = report[rows].as_array().unwrap_or_else(|| panic!("{report}"));
        rows.iter().map(|row| row["account"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (tags, expected) in [("", "C1 C2 C4"), (" --tag vip", "C1"), (" --tag vip --tag north", "C1 C2")] {
        assert_eq!(accounts(&format!("report aged-debt{tags}"), "rows"), expected, "{tags}");
        assert_eq!(accounts(&format!("report credit-limits{tags}"), "rows"), expected, "{tags}");
    }
    place.run("report aged-debt --tag nroth").done().says("did you mean \"north\"?");
    // Calls that wait, then charges on invoices: C1, C2 and C4.
    let calls = [
        ("a", "02079460018", "01134960001", "2026-06-10 09:00:00"),
        ("b", "01614960001", "01134960002", "2026-06-10 09:00:00"),
    ];
    place.write("june.csv", &usage(&calls));
    place.run("import usage june.csv --supplier carrier").done();
    let listed = |line: &str| {
        let rows = json(place.run(&format!("{line} --json")));
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["account"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!((listed("usage unbilled").as_str(), listed("usage unbilled --tag vip").as_str()), ("C1 C2", "C1"));
    place.run("bill run --invoice-date 2026-07-01").done();
    for (tags, expected) in [("", "C1 C2 C4"), (" --tag vip", "C1"), (" --tag vip --tag north", "C1 C2")] {
        assert_eq!(listed(&format!("invoice list{tags}")), expected, "{tags}");
    }
}
