//! A made-up reseller and its carriers' files, as large as a test wants them, from one seed: the same seed gives the
//! same bytes. Knows beforehand what must come of a file: how many lines, records, units and how much cost.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::program::tollbook;

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

/// The suppliers of every book made here.
pub const GENERIC: &str = "carrier";
pub const FCS: &str = "wholesale";

/// What a line (CLI) is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Landline,
    Mobile,
    /// Its calls are inbound and earn money (R15).
    Freephone,
}

/// A line of a customer.
#[derive(Clone)]
struct Line {
    account: String,
    cli: String,
    sort: Sort,
}

/// A reseller: its customers' lines, and how their calls fall.
pub struct Reseller {
    customers: u64,
    lines: Vec<Line>,
    random: Random,
    calls: u64,
}

/// The customers that are not simply active, by their position.
const SUSPENDED: u64 = 1;
const DO_NOT_BILL: u64 = 2;
const DROPPED: u64 = 3;

fn account(customer: u64) -> String {
    format!("C{customer:04}")
}

impl Reseller {
    /// With up to 300 customers of three lines each; from four on, one is suspended, one accrues, one is dropped.
    pub fn new(seed: u64, customers: u64) -> Self {
        let sorts = [("+442079460", Sort::Landline), ("+447700900", Sort::Mobile), ("+448081570", Sort::Freephone)];
        let lines = (0..customers).flat_map(|customer| {
            sorts.map(|(start, sort)| Line { account: account(customer), cli: format!("{start}{customer:03}"), sort })
        });
        Self { customers, lines: lines.collect(), random: Random::new(seed), calls: 0 }
    }

    /// Writes its book folder. The lines' spending caps do not depend on the seed: see [`Self::caps`].
    pub fn write_book(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (file, text) in FIXED_FILES {
            std::fs::write(folder.join(file), text).unwrap();
        }
        std::fs::write(folder.join("customers.csv"), self.customers_file()).unwrap();
        std::fs::write(folder.join("clis.csv"), self.clis_file()).unwrap();
        std::fs::write(folder.join("charges.csv"), self.charges_file()).unwrap();
        std::fs::write(folder.join("customer_allowances.csv"), self.customer_allowances_file()).unwrap();
        let shops: Vec<_> =
            (0..self.customers).map(|customer| format!("{},SHOP,The shop", account(customer))).collect();
        std::fs::write(folder.join("cost_centres.csv"), file_of("account,cost_centre,name", &shops)).unwrap();
    }

    /// Makes a workspace in a new folder, with its book.
    pub fn make_workspace(&self, folder: &Path) {
        let book = folder.with_extension("book");
        self.write_book(&book);
        let at = folder.parent().unwrap();
        tollbook(at, &["init", folder.to_str().unwrap()]).done();
        tollbook(folder, &["book", "import", book.to_str().unwrap(), "--quiet"]).done();
    }

    /// Gives a workspace a template of its own that is laid out in no time, for tests of what is around documents.
    pub fn print_briefly(workspace: &Path) {
        let template =
            "#let bill = json(\"bill.json\")\n#set text(font: \"Inter\")\n= #bill.title #bill.name\n#repr(bill)\n";
        write_file(&workspace.join("templates"), "invoice.typ", template.as_bytes());
    }

    /// The spending caps of lines, in millionths.
    pub fn caps(&self) -> Vec<(String, i64)> {
        let caps =
            self.lines.iter().zip(0..).filter_map(|(line, position)| Some((line.cli.clone(), cap_of(position)?)));
        caps.collect()
    }

    fn customers_file(&self) -> String {
        let mut text = String::from(
            "account,name,status,organisation,group,billing_day,address_1,town,vat_code,tariff_inbound,tariff_national,\
             tariff_mobile,tariff_service_numbers,tariff_international,tariff_surcharges,tariff_bespoke_1,\
             markup_extended_international,low_invoice,low_invoice_value,low_invoice_action,low_invoice_action_value,\
             empty_invoice,dropped_date,opening_balance,invoice_format,itemisation\n",
        );
        for customer in 0..self.customers {
            let status = match customer {
                SUSPENDED => "suspended",
                DO_NOT_BILL => "active_do_not_bill",
                DROPPED => "dropped",
                _ => "active",
            };
            let dropped = if customer == DROPPED { "2026-03-31" } else { "" };
            let organisation = if customer.is_multiple_of(2) { "NORTH" } else { "SOUTH" };
            let (group, day) = if customer % 5 == 4 { ("anniversary", "15") } else { ("monthly", "") };
            let vat = ["S", "S", "R", "Z", "RC"][usize::try_from(customer % 5).unwrap()];
            let tariff = if customer % 4 == 2 { "by-band" } else { "retail" };
            let low = match customer % 7 {
                4 => "total,500,rollover,",
                5 => "call_spend,100000,fee,2.5",
                6 => "total,400,pad,400",
                _ => ",,,",
            };
            let format = ["short", "long", "full"][usize::try_from(customer % 3).unwrap()];
            let itemisation = ["csv", "none", "pdf"][usize::try_from(customer / 2 % 3).unwrap()];
            writeln!(
                text,
                "{},Customer {customer} & Sons,{status},{organisation},{group},{day},{customer} Quay Road,Whitby,{vat},\
                 {tariff},{tariff},{tariff},{tariff},{tariff},{tariff},{tariff},25,{low},skip,{dropped},{}.5,{format},\
                 {itemisation}",
                account(customer),
                customer * 3,
            )
            .unwrap();
        }
        text
    }

    fn clis_file(&self) -> String {
        let mut text = String::from("cli,account,cost_centre,description,type,from,to,exclude_usage,spending_cap\n");
        for (line, position) in self.lines.iter().zip(0..) {
            let (centre, name, sort) = match line.sort {
                Sort::Landline => ("SHOP", "Till", "sip"),
                Sort::Mobile => ("", "Van", "mobile"),
                Sort::Freephone => ("SHOP", "Freephone", "inbound"),
            };
            let cap = cap_of(position).map(|cap| decimal(i128::from(cap), 6)).unwrap_or_default();
            // The fifth customer's mobile ended before all calls, the sixth's is not billed.
            let to = if position == 4 * 3 + 1 { "2026-02-28" } else { "" };
            let exclude = if position == 5 * 3 + 1 { "y" } else { "" };
            writeln!(text, "{},{},{centre},{name},{sort},2025-01-01,{to},{exclude},{cap}", line.cli, line.account)
                .unwrap();
        }
        text
    }

    fn charges_file(&self) -> String {
        let mut text = String::from(
            "account,charge,product,description,type,interval,timing,align,quantity,price,cost,from,to,category\n",
        );
        for customer in 0..self.customers {
            let account = account(customer);
            writeln!(
                text,
                "{account},1,LINE,,recurring,monthly,advance,calendar:1,3,,,2026-04-{:02},,",
                customer % 28 + 1
            )
            .unwrap();
            writeln!(text, "{account},2,,Support,recurring,monthly,arrears,calendar:1,1,7.99,,2026-03-10,,Support")
                .unwrap();
            writeln!(text, "{account},3,,Engineer's visit,one_off,,,,2.5,40,25,2026-04-20,,Support").unwrap();
        }
        text
    }

    /// A third of the customers has minutes and texts, each with one limit; a third has all sorts, for a part of April.
    fn customer_allowances_file(&self) -> String {
        let mut text = String::from("account,allowance,quantity,scope,from\n");
        for customer in 0..self.customers {
            let account = account(customer);
            match customer % 3 {
                0 => write!(text, "{account},Minutes,,customer,2026-01-01\n{account},Texts,2,customer,2026-01-01\n"),
                1 => writeln!(text, "{account},All sorts,1.5,cost_centre:SHOP,2026-04-10")
                    .and_then(|()| writeln!(text, "{account},Pounds,,customer,2026-04-10")),
                _ => Ok(()),
            }
            .unwrap();
        }
        text
    }

    /// Calls that began on days of 2026 from `first` to `last` (month and day), each with an id of its own. Some of them
    /// are set aside or excluded; none is refused.
    pub fn calls(&mut self, count: u64, first: (u64, u64), last: (u64, u64)) -> Vec<Call> {
        (0..count).map(|_| self.call(first, last)).collect()
    }

    fn call(&mut self, first: (u64, u64), last: (u64, u64)) -> Call {
        self.calls += 1;
        let mut call = Call {
            id: format!("R{:07}", self.calls),
            kind: "voice",
            inbound: false,
            cli: String::new(),
            other: String::new(),
            month: 0,
            day: 0,
            second: self.second(),
            units: 0,
            cost: i64::try_from(self.random.below(5_000)).unwrap() * 10_000,
            band: "",
            flags: "",
        };
        let day = self.random.between(first.0 * 31 + first.1, last.0 * 31 + last.1);
        (call.month, call.day) = (day / 31, (day % 31).clamp(1, 28));
        let line = self.random.pick(&self.lines).clone();
        call.cli.clone_from(&line.cli);
        self.fill(&mut call, line.sort);
        match self.random.below(200) {
            0 => call.cli = "+442079461999".into(),
            1 => call.cli = "+442079460999".into(),
            2 => call.other = "+44845000000".into(),
            _ => {}
        }
        call
    }

    fn fill(&mut self, call: &mut Call, sort: Sort) {
        let random = &mut self.random;
        match (sort, random.below(100)) {
            (Sort::Mobile, 0..30) => {
                call.kind = "sms";
                call.units = random.between(1, 3);
                call.other = format!("+4477009{:05}", random.below(100_000));
            }
            (Sort::Mobile, 30..60) => {
                call.kind = "data";
                call.units = random.between(1, 40_000_000);
            }
            (Sort::Landline, 0..2) => {
                call.kind = "event";
                call.units = random.between(1, 4);
                call.band = "CONF";
            }
            (Sort::Freephone, _) => {
                call.inbound = true;
                call.units = random.between(0, 900);
                call.other = format!("+4416329{:05}", random.below(100_000));
                call.flags = *random.pick(&["", "", "payphone", "mobile_origin"]);
            }
            _ => {
                call.units = random.between(0, 1_200);
                let starts = ["+4416329", "+4477009", "+33199", "+120255", "+4487177"];
                call.other = format!("{}{:05}", random.pick(&starts), random.below(100_000));
                call.flags = *random.pick(&["", "", "", "recorded"]);
                call.band = *random.pick(&["", "", "", "FRA"]);
            }
        }
    }

    /// Many calls begin at the same second, so that only their ids order them (A1).
    fn second(&mut self) -> u64 {
        let second = self.random.below(86_400);
        if self.random.percent(40) { second / 21_600 * 21_600 } else { second }
    }

    /// Chances for what goes into files beside calls.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }
}

/// Every other mobile and every third landline is capped; freephone lines, which earn, are not.
fn cap_of(position: u64) -> Option<i64> {
    match position % 6 {
        1 => Some(2_500_000),
        3 => Some(5_333_333),
        _ => None,
    }
}

/// What a carrier says of one call.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    pub id: String,
    pub kind: &'static str,
    pub inbound: bool,
    pub cli: String,
    pub other: String,
    pub month: u64,
    pub day: u64,
    pub second: u64,
    /// Seconds, bytes or count.
    pub units: u64,
    /// In 10^-8 of a pound.
    pub cost: i64,
    pub band: &'static str,
    pub flags: &'static str,
}

impl Call {
    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.second / 3600, self.second / 60 % 60, self.second % 60)
    }

    /// A line of the generic layout.
    pub fn generic_line(&self) -> String {
        let (mut seconds, mut bytes, mut quantity) = (String::new(), String::new(), String::new());
        *(match self.kind {
            "voice" => &mut seconds,
            "data" => &mut bytes,
            _ => &mut quantity,
        }) = self.units.to_string();
        format!(
            "{},{},{},{},{},2026-{:02}-{:02} {},{seconds},{bytes},{quantity},{},{},\"A call, or so\",{}",
            self.id,
            self.kind,
            if self.inbound { "in" } else { "" },
            typed(&self.cli, &self.id),
            self.other,
            self.month,
            self.day,
            self.clock(),
            decimal(i128::from(self.cost), 8),
            self.band,
            self.flags,
        )
    }

    /// A line of the FCS layout, which has no events and no flags of these.
    pub fn fcs_line(&self) -> String {
        let mut cells = vec![String::new(); 42];
        let mut set = |column: usize, text: &str| cells[column - 1] = text.to_owned();
        let kind = match self.kind {
            "sms" => "S",
            "data" => "G",
            _ => "V",
        };
        set(1, kind);
        set(3, &typed(&self.cli, &self.id));
        set(4, &self.other);
        set(5, &format!("{:02}/{:02}/2026", self.day, self.month));
        set(6, &self.clock());
        set(7, &self.units.to_string());
        set(10, "A call, \"\"or so\"\"");
        set(11, self.band);
        set(13, &decimal(i128::from(self.cost), 8));
        set(18, if self.inbound { "INBOUND" } else { "SIPD" });
        set(29, &self.id);
        set(30, "GBP");
        if self.kind == "data" {
            set(7, "1");
            set(35, &self.units.to_string());
        }
        let quoted: Vec<_> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        quoted.join(",")
    }

    /// Messages are one each in the FCS layout, and there are no events.
    pub fn fits_fcs(&self) -> bool {
        self.kind != "event" && (self.kind != "sms" || self.units == 1)
    }
}

/// A number as different people type it; the same in each file, so that a repeated call is the same bytes.
fn typed(cli: &str, id: &str) -> String {
    let national = || cli.strip_prefix("+44").map(|rest| format!("0{rest}"));
    match id.bytes().last() {
        Some(b'0'..=b'3') => national().unwrap_or_else(|| cli.to_owned()),
        Some(b'4') => cli.replace("+44", "+44 (0)"),
        Some(b'5') => cli.replace('+', "00"),
        _ => cli.to_owned(),
    }
}

/// The header of the generic files made here.
pub const GENERIC_HEADER: &str = "record_id,kind,direction,cli,other_party,started_at,duration,bytes,quantity,cost,\
                                  charge_band,description,flags";

/// The header of the FCS files made here: the layout goes by position.
pub fn fcs_header() -> String {
    (1..=42).map(|column| format!("\"Column {column}\"")).collect::<Vec<_>>().join(",")
}

/// A file of lines below a header.
pub fn file_of(header: &str, lines: &[String]) -> Vec<u8> {
    let mut text = format!("{header}\n");
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text.into_bytes()
}

/// What goes into a file beside fresh calls.
#[derive(Default)]
pub struct Spoiling {
    /// Lines that cannot be read.
    pub bad: usize,
    /// Lines with nothing on them.
    pub blank: usize,
    /// Calls that came before, or come in the same file.
    pub repeats: Vec<Call>,
    /// Calls whose ids came before; each says something else now.
    pub conflicts: Vec<Call>,
}

/// A file, and what must come of it.
pub struct Expected {
    pub bytes: Vec<u8>,
    /// Physical lines below the header.
    pub lines: u64,
    pub records: u64,
    pub bad: u64,
    pub blank: u64,
    pub duplicates: u64,
    pub conflicts: u64,
    /// Of all records, by kind: how many, their units, their cost in 10^-8 of a pound.
    pub by_kind: BTreeMap<&'static str, (u64, u128, i128)>,
}

/// A generic file of fresh calls and others, in any order.
pub fn spoiled_file(random: &mut Random, fresh: Vec<Call>, spoiling: &Spoiling) -> Expected {
    let mut calls = fresh;
    calls.extend(spoiling.repeats.iter().cloned());
    // In the same file an id comes once as it was and once changed; whichever is first counts, the other conflicts. The
    // change is new each time: the same one again would be a duplicate of the conflict.
    for call in &spoiling.conflicts {
        let more = i64::try_from(random.between(1, 999_999_999)).unwrap();
        calls.push(Call { cost: call.cost + more, ..call.clone() });
    }
    let mut by_kind = BTreeMap::<_, (u64, u128, i128)>::new();
    for call in &calls {
        let (records, units, cost) = by_kind.entry(call.kind).or_default();
        *records += 1;
        *units += u128::from(call.units);
        *cost += i128::from(call.cost);
    }
    let mut lines: Vec<_> = calls.iter().map(Call::generic_line).collect();
    let records = lines.len() as u64;
    lines.extend((0..spoiling.bad).map(|number| BAD_LINES[number % BAD_LINES.len()].replace('#', &number.to_string())));
    lines.extend((0..spoiling.blank).map(|number| " ".repeat(number % 3)));
    random.shuffle(&mut lines);
    Expected {
        bytes: file_of(GENERIC_HEADER, &lines),
        lines: lines.len() as u64,
        records,
        bad: spoiling.bad as u64,
        blank: spoiling.blank as u64,
        duplicates: spoiling.repeats.len() as u64,
        conflicts: spoiling.conflicts.len() as u64,
        by_kind,
    }
}

/// Lines of the generic layout that cannot be read, each for another reason.
const BAD_LINES: [&str; 8] = [
    "BAD#,voice,,02079460000,01632960000,2026-04-31 10:00:00,60,,,0.01,,,",
    "BAD#,voice,,02079460000,01632960000,2026-04-30 10:00:00,-60,,,0.01,,,",
    "BAD#,voice,,02079460000,01632960000,2026-04-30 10:00:00,60,,,1e5,,,",
    "BAD#,telex,,02079460000,01632960000,2026-04-30 10:00:00,60,,,0.01,,,",
    "BAD#,voice,,02079460000,01632960000,2026-04-30 10:00:00,60,,,0.01,,",
    "BAD#,voice,,02079460000,01632960000,2026-04-30 10:00:00,60,,,0.01,,,,",
    "BAD#,voice,up,02079460000,01632960000,2026-04-30 10:00:00,60,,,0.01,,,",
    "BAD#,voice,,02079460000,01632960000,30/04/2026 10:00:00,60,,,0.01,,,",
];

/// Writes a file into a folder; where it is.
pub fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Writes an integer of 10^-`places` as a decimal number.
pub fn decimal(scaled: i128, places: u32) -> String {
    let unit = 10_u128.pow(places);
    let (sign, magnitude) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let text = format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = places as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads a decimal number as an integer of 10^-`places`; exact or a panic.
pub fn scaled(text: &str, places: u32) -> i128 {
    let (sign, magnitude) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let fraction = format!("{fraction:0<width$}", width = places as usize);
    assert!(fraction.len() == places as usize, "{text} has more than {places} decimals");
    sign * format!("{whole}{fraction}").parse::<i128>().unwrap()
}

/// Divides and rounds half away from zero.
pub fn half_up(numerator: i128, denominator: i128) -> i128 {
    let away = (2 * numerator.abs() + denominator) / (2 * denominator);
    if numerator < 0 { -away } else { away }
}

/// The files of the book that are the same for every seed and size.
const FIXED_FILES: [(&str, &str); 11] = [
    (
        "allowances.csv",
        "allowance,minutes,messages,bytes,calls,money,qualifies,discount_percent,discount_per_call,max_single_seconds,\
         rollover_periods,prorate\n\
         Minutes,20,,,,,class:mobile,,,,,\n\
         Texts,,3,,,,class:mobile,,,,,\n\
         All sorts,60,5,100000000,,8,class:national;class:mobile;class:international,50,,600,1,y\n\
         Pounds,,,,30,2.5,class:national;class:mobile;class:bespoke_1,,0.05,,,\n",
    ),
    (
        "organisations.csv",
        "organisation,name,vat_number,address_1,town,postcode,country,invoice_prefix,payment_terms,payment_terms_type,\
         vat_rounding\n\
         NORTH,Northern Lines Ltd,GB123456789,1 Exchange Street,Leeds,LS1 1AA,United Kingdom,NL-,30,days,half_up\n\
         SOUTH,Southern Voice,GB123456789,1 Exchange Street,Leeds,LS1 1AA,United Kingdom,SV-,1,months,down\n",
    ),
    (
        "groups.csv",
        "group,billing,method,interval,billing_day\n\
         monthly,automatic,standard,monthly,1\n\
         anniversary,automatic,anniversary,monthly,\n",
    ),
    (
        "vat_codes.csv",
        "vat_code,rate,kind,label\n\
         S,20,standard,VAT 20%\n\
         R,5,reduced,VAT 5%\n\
         Z,0,zero,Zero rated\n\
         RC,20,reverse_charge,Reverse charge\n",
    ),
    (
        "suppliers.csv",
        "supplier,layout,fallback_data,fallback_sms\n\
         carrier,generic,other_data,other_sms\n\
         wholesale,fcs-v3,other_data,other_sms\n",
    ),
    (
        "call_types.csv",
        "call_type,description,class,kind,display_group\n\
         other_data,Mobile data,mobile,data,Data\n\
         other_sms,Messages,mobile,sms,Messages\n\
         conference,Conference room,bespoke_1,event,Services\n\
         france,France by band,international,voice,Europe\n",
    ),
    (
        "charge_bands.csv",
        "supplier,band,call_type\n\
         carrier,CONF,conference\n\
         carrier,FRA,france\n\
         wholesale,FRA,france\n",
    ),
    ("ignored.csv", "supplier,identifier\n,02079460999\n"),
    (
        "tariffs.csv",
        "tariff,parent,unit,decimals,rounding,band_mode,description\n\
         retail,,minor,4,half_up,,Retail in pence\n\
         by-band,retail,major,3,up,split,Dearer by day\n",
    ),
    (
        "rates.csv",
        "tariff,match,time_band,mode,connection,rate,minimum,maximum,initial_increment,increment,percent\n\
         retail,class:national,,,2,1.05,,,60,1,\n\
         retail,class:mobile,,,,9.75,5,150,30,6,\n\
         retail,class:international,,markup,,,1,,,,35\n\
         retail,type:france,,,,3.333,,,,,\n\
         retail,class:service_numbers,,,13,5,,,60,60,\n\
         retail,class:inbound,,,,-0.5,,,,,\n\
         retail,class:bespoke_1,,,,100,,,,,\n\
         retail,type:payphone,,,35,,,,,,\n\
         retail,type:mobile_origin,,,,1.7,,,,,\n\
         retail,type:recorded,,,0.25,,,,,,\n\
         by-band,class:national,daytime,,,0.03,,,,,\n\
         by-band,class:national,evening,,,0.01,,,,,\n\
         by-band,class:national,,,0.005,0.002,,,,,\n",
    ),
    (
        "products.csv",
        "product,name,category,type,interval,price,cost\n\
         LINE,Analogue line,Lines,recurring,monthly,20,12.4\n",
    ),
];
