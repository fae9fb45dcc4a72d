//! Calls → lines of text as each supplier writes them: columns, quoting, number formats, prices. Does not decide which
//! calls a file holds.

use super::calendar::{self, british, stamp};
use super::lines::Line;
use super::numbers::{dialled, with_country_code};
use super::prices::{cost_of, pounds};
use super::random::Random;
use super::sheet::{escaped, push_quoted, quoted};
use super::traffic::{Answer, Call, Mobile, MobileUsage};

/// The names of the 42 columns of the UK standard format, version 3.
const FCS_COLUMNS: [&str; 42] = [
    "Call Type",
    "Call Cause Definition Required",
    "Customer Identifier",
    "Non-Charged Party",
    "Call Date",
    "Call Time",
    "Duration",
    "Bytes Transmitted",
    "Bytes Received",
    "Description",
    "Chargecode",
    "Time Band",
    "Salesprice",
    "Salesprice (Pre-Bundle)",
    "Extension",
    "DDI",
    "Grouping ID",
    "Call Class (Feature)",
    "Carrier",
    "Recording",
    "VAT",
    "Country of Origin",
    "Network",
    "Retail Tariff Code",
    "Remote Network",
    "APN",
    "Diverted Number",
    "Ring time",
    "Record ID",
    "Currency",
    "Caller Line Identity",
    "Network Access Reference",
    "NGCS Access Charge",
    "NGCS Service Charge",
    "Total Bytes Transferred",
    "User ID",
    "Onward Billing Reference",
    "Contract Name",
    "Bundle Name",
    "Bundle Allowance",
    "Discount Reference",
    "Routing Code",
];

/// Where columns stand that bad lines spoil.
pub(super) mod fcs_column {
    pub const DATE: usize = 4;
    pub const TIME: usize = 5;
    pub const DURATION: usize = 6;
    pub const PRICE: usize = 12;
    pub const RECORD_ID: usize = 28;
}

/// A call as Northlight lists it.
#[derive(Clone, Debug)]
pub(super) struct FcsRecord {
    pub call: Call,
    pub id: String,
    pub band: &'static str,
    /// In 10^-5 pounds.
    pub cost: u64,
}

impl FcsRecord {
    /// With the band and the cost that the call should have.
    pub fn new(call: Call, id: String) -> Self {
        let (band, per_minute) = match (call.is_inbound, call.own.get(..5)) {
            (true, Some("+4480")) => ("IN0808", 1_150),
            (true, Some("+4490")) => ("IN09", 0),
            (true, _) => ("IN03", 120),
            (false, _) => (call.destination.band, call.destination.cost),
        };
        Self { cost: cost_of(call.seconds, per_minute), id, band, call }
    }
}

/// The header of Northlight's files.
pub(crate) fn fcs_header() -> String {
    fcs_line(&FCS_COLUMNS.map(str::to_owned))
}

/// Cells as a line of Northlight's files.
pub(super) fn fcs_line(cells: &[String]) -> String {
    let mut line = String::with_capacity(320);
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            line.push(',');
        }
        push_quoted(&mut line, cell);
    }
    line + "\r\n"
}

/// The 42 cells of a call.
pub(super) fn fcs_cells(record: &FcsRecord, line: &Line) -> Vec<String> {
    let call = &record.call;
    let class = match (call.is_inbound, line.access.type_name()) {
        (true, _) => "INBOUND",
        (false, "wlr") => "CPS",
        (false, _) => "SIPD",
    };
    let mut cells = vec![String::new(); FCS_COLUMNS.len()];
    let set = [
        (0, "V".to_owned()),
        (2, call.own.clone()),
        (3, call.other.clone()),
        (fcs_column::DATE, british(calendar::date(call.start))),
        (fcs_column::TIME, calendar::clock(call.start)),
        (fcs_column::DURATION, call.seconds.to_string()),
        (9, if call.is_inbound { "Inbound".to_owned() } else { call.destination.description.to_owned() }),
        (10, record.band.to_owned()),
        (11, calendar::fcs_time_band(call.start).to_owned()),
        (fcs_column::PRICE, pounds(record.cost)),
        (13, pounds(record.cost)),
        (14, call.extension.to_owned()),
        (17, class.to_owned()),
        (18, "NORTHLIGHT".to_owned()),
        (19, if call.is_recorded { "Y" } else { "N" }.to_owned()),
        (21, "GBR".to_owned()),
        (27, call.ring.to_string()),
        (fcs_column::RECORD_ID, record.id.clone()),
        (29, "GBP".to_owned()),
        (30, if call.is_inbound { call.other.clone() } else { call.own.clone() }),
    ];
    for (position, cell) in set {
        cells[position] = cell;
    }
    cells
}

/// A call in Asterisk's `Master.csv`, 18 columns.
pub(super) fn asterisk_line(call: &Call, line: &Line, sequence: usize) -> String {
    let (own, other) = (dialled(&call.own), dialled(&call.other));
    let (from, to, context) =
        if call.is_inbound { (&other, &own, "from-trunk") } else { (&own, &other, "from-internal") };
    let answered = call.answer == Answer::Answered;
    let answer = call.start + i64::from(call.ring);
    let end = answer + i64::from(call.seconds);
    let desk = format!("PJSIP/{}-{sequence:08x}", line.customer.account.to_lowercase());
    let trunk = format!("PJSIP/trunk-{sequence:08x}");
    let (channel, other_channel) = if call.is_inbound { (trunk, desk) } else { (desk, trunk) };
    let disposition = match call.answer {
        Answer::Answered => "ANSWERED",
        Answer::Unanswered => "NO ANSWER",
        Answer::Busy => "BUSY",
        Answer::Failed => "FAILED",
    };
    let text = |cell: &str| quoted(cell);
    [
        text(line.customer.account),
        text(from),
        text(to),
        text(context),
        text(&format!("\"{}\" <{from}>", if call.is_inbound { "" } else { line.description.as_str() })),
        text(&channel),
        text(&other_channel),
        text("Dial"),
        text(&format!("PJSIP/{to}@trunk,60")),
        text(&stamp(call.start)),
        text(&if answered { stamp(answer) } else { String::new() }),
        text(&stamp(end)),
        (call.ring + call.seconds).to_string(),
        call.seconds.to_string(),
        text(disposition),
        text("DOCUMENTATION"),
        text(&format!("{}.{sequence}", calendar::unix(call.start))),
        text(""),
    ]
    .join(",")
        + "\n"
}

/// A call in FreeSWITCH's `Master.csv`, 15 columns.
pub(super) fn freeswitch_line(call: &Call, line: &Line, random: &mut Random) -> String {
    let (own, other) = (with_country_code(&call.own), with_country_code(&call.other));
    let (name, from, to, context) = if call.is_inbound {
        (other.as_str(), &other, &own, "public")
    } else {
        (line.description.as_str(), &own, &other, "default")
    };
    let answered = call.answer == Answer::Answered;
    let answer = call.start + i64::from(call.ring);
    let cause = match call.answer {
        Answer::Answered => "NORMAL_CLEARING",
        Answer::Unanswered => "NO_ANSWER",
        Answer::Busy => "USER_BUSY",
        Answer::Failed => "NORMAL_TEMPORARY_FAILURE",
    };
    let cells = [
        name.to_owned(),
        from.clone(),
        to.clone(),
        context.to_owned(),
        stamp(call.start),
        if answered { stamp(answer) } else { String::new() },
        stamp(answer + i64::from(call.seconds)),
        (call.ring + call.seconds).to_string(),
        call.seconds.to_string(),
        cause.to_owned(),
        uuid(random),
        if answered { uuid(random) } else { String::new() },
        line.customer.account.to_owned(),
        "PCMA".to_owned(),
        "PCMA".to_owned(),
    ];
    cells.map(|cell| quoted(&cell)).join(",") + "\n"
}

fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

/// The header of Kittiwake's files, of the generic layout.
pub(super) const GENERIC_HEADER: &str = "record_id,kind,direction,cli,other_party,started_at,duration,bytes,quantity,\
cost,sell,suggested_retail,currency,charge_band,description\n";

/// A record of Kittiwake.
pub(super) fn generic_cells(usage: &MobileUsage, sequence: usize) -> [String; 15] {
    let call = &usage.call;
    let mut row: [String; 15] = Default::default();
    row[0] = format!("KW2610-{sequence:06}");
    row[2] = "out".to_owned();
    row[3].clone_from(&call.own);
    row[5] = stamp(call.start);
    let (kind, band, words) = match usage.what {
        Mobile::Voice => ("voice", "", call.destination.description),
        Mobile::Message => ("sms", "MS-UK", "Text message"),
        Mobile::MessageAbroad => ("sms", "MS-INT", "Text message abroad"),
        Mobile::Picture => ("event", "MM-UK", "Picture message"),
        Mobile::Data(_) => ("data", "MD-UK", "Data"),
        Mobile::Roaming(..) => ("data", "MD-ROAM", "Data abroad"),
    };
    (row[1], row[13], row[14]) = (kind.to_owned(), band.to_owned(), words.to_owned());
    if !matches!(usage.what, Mobile::Data(_) | Mobile::Roaming(..)) {
        row[4].clone_from(&call.other);
    }
    // Costs, sell prices and suggested retail prices in 10^-5 pounds.
    let prices = match usage.what {
        Mobile::Voice => {
            row[6] = call.seconds.to_string();
            let cost = cost_of(call.seconds, 600 + call.destination.cost / 2);
            [cost, cost * 2, cost * 3]
        }
        Mobile::Message => [1_150, 2_600, 3_500],
        Mobile::MessageAbroad => [5_200, 11_000, 14_000],
        Mobile::Picture => [12_000, 28_000, 33_000],
        Mobile::Data(bytes) | Mobile::Roaming(bytes, _) => {
            row[7] = bytes.to_string();
            let cost = bytes * if matches!(usage.what, Mobile::Data(_)) { 240 } else { 3_100 } / 1_000_000;
            [cost, cost * 2, cost * 3]
        }
    };
    if matches!(usage.what, Mobile::Message | Mobile::MessageAbroad | Mobile::Picture) {
        row[8] = "1".to_owned();
    }
    for (position, price) in (9..).zip(prices) {
        row[position] = pounds(price);
    }
    if let Mobile::Roaming(_, currency) = usage.what {
        row[12] = currency.to_owned();
    }
    row
}

/// Cells as a line of Kittiwake's files.
pub(super) fn generic_line(cells: &[String]) -> String {
    cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(",") + "\n"
}
