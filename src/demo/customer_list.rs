//! The rows behind [`super::customers`]: data only.

use super::calendar::Rhythm::{AllHours, Office};
use super::customers::{Customer, LineCounts, NO_LINES, Town};
use super::numbers::{FREEPHONE, PREMIUM, UK_WIDE};

const fn town(
    name: &'static str,
    county: &'static str,
    country: &'static str,
    range: &'static str,
    postcode: &'static str,
) -> Town {
    Town { name, county, country, range, postcode }
}

static BELFAST: Town = town("Belfast", "", "Northern Ireland", "+442896496xxx", "ZZ3");
static BIRMINGHAM: Town = town("Birmingham", "", "England", "+441214960xxx", "ZZ4");
static BRISTOL: Town = town("Bristol", "", "England", "+441174960xxx", "ZZ5");
static CARDIFF: Town = town("Cardiff", "", "Wales", "+442920180xxx", "ZZ6");
static EDINBURGH: Town = town("Edinburgh", "", "Scotland", "+441314960xxx", "ZZ7");
static GLASGOW: Town = town("Glasgow", "", "Scotland", "+441414960xxx", "ZZ8");
static LEEDS: Town = town("Leeds", "West Yorkshire", "England", "+441134960xxx", "ZZ9");
static LIVERPOOL: Town = town("Liverpool", "Merseyside", "England", "+441514960xxx", "ZZ10");
static LONDON: Town = town("London", "", "England", "+442079460xxx", "ZZ11");
static LUDLOW: Town = town("Ludlow", "Shropshire", "England", "+441632960xxx", "ZZ12");
static MANCHESTER: Town = town("Manchester", "", "England", "+441614960xxx", "ZZ13");
static NEWCASTLE: Town = town("Newcastle upon Tyne", "", "England", "+441914980xxx", "ZZ14");
static PENZANCE: Town = town("Penzance", "Cornwall", "England", "+441632960xxx", "ZZ15");
static READING: Town = town("Reading", "Berkshire", "England", "+441184960xxx", "ZZ16");
static SHEFFIELD: Town = town("Sheffield", "South Yorkshire", "England", "+441144960xxx", "ZZ17");
static WHITBY: Town = town("Whitby", "North Yorkshire", "England", "+441632960xxx", "ZZ18");

const fn lines(sip: u32, wlr: u32, hosted: u32, trunk: u32, mobile: u32) -> LineCounts {
    LineCounts { sip, wlr, hosted, trunk, mobile }
}

/// A business like many; each row says what is different.
const USUAL: Customer = Customer {
    account: "",
    name: "",
    street: "",
    town: &LONDON,
    group: "monthly",
    plan: "standard",
    lines: NO_LINES,
    inbound: &[],
    pace: 10,
    quiet_calls: 0,
    rhythm: Office,
    has_rentals: true,
    more: &[],
};

/// A customer that hardly calls and has no rentals.
const QUIET: Customer = Customer { lines: lines(0, 1, 0, 0, 0), pace: 0, quiet_calls: 4, has_rentals: false, ..USUAL };

/// All customers, by account. Laid out by hand: a row stays a few lines.
#[rustfmt::skip]
pub(super) static CUSTOMERS: [Customer; 48] = [
    Customer { account: "BV2001", name: "Pembridge Press Ltd", street: "14 Inkwell Court", plan: "business",
        lines: lines(8, 0, 0, 0, 0), inbound: &[PREMIUM, UK_WIDE],
        more: &[("x_trade", "Publishing"), ("purchase_order", "PP-7741"), ("opening_balance", "212.40")], ..USUAL },
    Customer { account: "BV2002", name: "Saltgrass Links Golf Club", street: "Dune Lane", town: &EDINBURGH,
        lines: lines(0, 0, 5, 0, 0), pace: 5, more: &[("x_trade", "Leisure")], ..USUAL },
    Customer { account: "BV2003", name: "Torrin Software Ltd", street: "3 Loomhouse Square", town: &GLASGOW,
        plan: "business",
        lines: lines(0, 0, 0, 12, 0), more: &[("x_trade", "Software"), ("itemisation", "xlsx")], ..USUAL },
    Customer { account: "BV2004", name: "Wynd Street Surgery", street: "41 Wynd Street", town: &EDINBURGH, plan: "care",
        lines: lines(0, 0, 8, 0, 0), pace: 12,
        more: &[("x_trade", "Health"), ("vat_code_calls", "S"), ("tags", "health")], ..USUAL },
    Customer { account: "BV2005", name: "Cobalt Lane Design", street: "9 Cobalt Lane", town: &BRISTOL,
        lines: lines(0, 0, 0, 6, 0), more: &[("x_trade", "Design"), ("x_lead_source", "referral")], ..USUAL },
    Customer { account: "BV2006", name: "Hartley Marsh Freight Ltd", street: "Berth 7, Graving Dock Road",
        town: &LIVERPOOL,
        plan: "sme", lines: lines(9, 0, 0, 0, 7), pace: 12,
        more: &[("x_trade", "Haulage"), ("credit_limit", "2500"), ("tags", "haulage;fleet")], ..USUAL },
    Customer { account: "BV2007", name: "Anchor Steps Taproom", street: "2 Anchor Steps", town: &BRISTOL, plan: "sme",
        lines: lines(0, 0, 0, 4, 2), pace: 6, more: &[("x_trade", "Hospitality")], ..USUAL },
    Customer { account: "BV2008", name: "Beckside Homes Association", street: "Beckside House, Weir Road", town: &LEEDS,
        plan: "business", lines: lines(0, 0, 16, 0, 0), inbound: &[UK_WIDE], pace: 14,
        more: &[("x_trade", "Housing"), ("vat_exempt", "y"), ("notes", "Exemption certificate on file"),
            ("attachments", "pdf;csv;e_invoice")], ..USUAL },
    Customer { account: "BV2009", name: "Thistle & Crown Hotel", street: "1 Crownpoint", town: &EDINBURGH,
        plan: "hourly",
        lines: lines(0, 0, 12, 0, 0), rhythm: AllHours,
        more: &[("x_trade", "Hospitality"), ("invoice_format", "full")], ..USUAL },
    Customer { account: "BV2010", name: "Lowther Bank Garage", street: "Lowther Bank", town: &SHEFFIELD,
        lines: lines(3, 0, 0, 0, 0),
        more: &[("x_trade", "Motor trade"), ("status", "suspended"), ("notes", "Suspended: disputed invoice"),
            ("opening_balance", "388.16")], ..USUAL },
    Customer { account: "BV2011", name: "Bramble Voice (own use)", street: "The Old Signal Box", town: &LEEDS,
        lines: lines(0, 0, 5, 0, 0), more: &[("status", "active_do_not_bill"), ("x_trade", "Telecoms")], ..USUAL },
    Customer { account: "BV2012", name: "Pinnacle Lane Blinds", street: "77 Pinnacle Lane", town: &BIRMINGHAM,
        lines: lines(2, 0, 0, 0, 0),
        more: &[("status", "dropped"), ("dropped_date", "2026-10-10"), ("notes", "Ceased trading")], ..USUAL },
    Customer { account: "BV2013", name: "Miss A. Thornbury", street: "5 Cooper's Rise", town: &BELFAST, plan: "fleet",
        lines: lines(0, 0, 0, 0, 1), pace: 6,
        more: &[("payment_method", "card"), ("invoice_format", "short")], ..USUAL },
    Customer { account: "BV2014", name: "Eastgate Stallholders' Association", street: "Market Cross", town: &LEEDS,
        more: &[("low_invoice", "total"), ("low_invoice_value", "10"), ("low_invoice_action", "fee"),
            ("low_invoice_action_value", "4.00")], ..QUIET },
    Customer { account: "BV2015", name: "Tarnside Community Hall", street: "Tarnside", town: &WHITBY,
        group: "quarterly",
        lines: lines(0, 0, 0, 3, 0), pace: 3, more: &[("tags", "charity")], ..USUAL },
    Customer { account: "BV2016", name: "Millrace Cycles", street: "Unit 2, The Millrace", town: &MANCHESTER,
        group: "own-day", lines: lines(0, 0, 3, 0, 2), pace: 6,
        more: &[("billing_day", "1"), ("x_trade", "Retail")], ..USUAL },
    Customer { account: "BV2017", name: "Wren & Daughter Joiners", street: "Sawpit Yard", town: &LUDLOW, plan: "fleet",
        lines: lines(0, 0, 0, 0, 9), pace: 12, more: &[("x_trade", "Construction")], ..USUAL },
    Customer { account: "BV2018", name: "Cloverfield Growers", street: "Glasshouse Farm", town: &PENZANCE,
        more: &[("low_invoice", "absolute"), ("low_invoice_value", "2"), ("low_invoice_action", "rollover"),
            ("notes", "A credit always gets an invoice, however small")], ..QUIET },
    Customer { account: "HV1001", name: "Tidewater Chandlery Ltd", street: "22 Capstan Quay", town: &LIVERPOOL,
        plan: "business", lines: lines(6, 2, 0, 0, 3), inbound: &[FREEPHONE],
        more: &[("reference", "TC-01"), ("x_trade", "Marine supplies"), ("opening_balance", "96.12")], ..USUAL },
    Customer { account: "HV1002", name: "Penhallow Bakery", street: "8 Saffron Hill", town: &PENZANCE,
        lines: lines(0, 3, 0, 0, 0), pace: 4, more: &[("x_trade", "Food")], ..USUAL },
    Customer { account: "HV1003", name: "Fairweather & Stokes Solicitors", street: "30 Magistrates' Row",
        town: &BRISTOL,
        plan: "business", lines: lines(12, 0, 0, 0, 0), inbound: &[UK_WIDE], pace: 14,
        more: &[("x_trade", "Legal"), ("invoice_format", "full"), ("itemisation", "pdf"), ("itemise_above", "0.05"),
            ("invoice_message", "Thank you for paying by direct debit.")], ..USUAL },
    Customer { account: "HV1004", name: "Greyfriars Lane Dental Care", street: "6 Greyfriars Lane", town: &READING,
        lines: lines(5, 0, 0, 0, 0), more: &[("x_trade", "Health"), ("tags", "health")], ..USUAL },
    Customer { account: "HV1005", name: "Oakhanger Building Supplies Ltd", street: "Oakhanger Wharf", town: &READING,
        plan: "sme", lines: lines(8, 0, 0, 0, 6), pace: 12,
        more: &[("x_trade", "Builders' merchant"), ("payment_terms", "30"), ("payment_terms_type", "days"),
            ("unbilled_limit", "900")], ..USUAL },
    Customer { account: "HV1006", name: "St Brannoc's Care Home", street: "Headland Road", town: &PENZANCE,
        plan: "care",
        lines: lines(4, 0, 4, 0, 0), rhythm: AllHours, pace: 8,
        more: &[("x_trade", "Care"), ("tags", "health;care")], ..USUAL },
    Customer { account: "HV1007", name: "Northbound Taxis", street: "Rank Office, Arches 4", town: &NEWCASTLE,
        plan: "hourly", lines: lines(0, 0, 0, 8, 6), rhythm: AllHours, pace: 16,
        more: &[("x_trade", "Transport"), ("tags", "fleet")], ..USUAL },
    Customer { account: "HV1008", name: "Larkspur Garden Centre", street: "Potting Shed Lane", town: &EDINBURGH,
        lines: lines(0, 1, 6, 0, 0), pace: 6, more: &[("x_trade", "Retail")], ..USUAL },
    Customer { account: "HV1009", name: "Calder & Wray Accountants", street: "5 Ledger Place", town: &LEEDS,
        plan: "business", lines: lines(0, 0, 10, 0, 0),
        more: &[("x_trade", "Accountancy"), ("purchase_order", "CW/26/118")], ..USUAL },
    Customer { account: "HV1010", name: "Merrow Veterinary Group", street: "Paddock View", town: &SHEFFIELD,
        plan: "business", lines: lines(0, 0, 14, 0, 0), pace: 12, rhythm: AllHours,
        more: &[("x_trade", "Veterinary")], ..USUAL },
    Customer { account: "HV1011", name: "The Copper Kettle Tea Rooms", street: "12 Herring Ghaut", town: &WHITBY,
        more: &[("low_invoice", "total"), ("low_invoice_value", "10"), ("low_invoice_action", "pad"),
            ("low_invoice_action_value", "10.00"), ("x_trade", "Hospitality")], ..QUIET },
    Customer { account: "HV1012", name: "Brightwell Lane Insurance Brokers", street: "Brightwell House",
        town: &BIRMINGHAM,
        plan: "wholesale-plus", lines: lines(16, 0, 0, 0, 0), pace: 14,
        more: &[("x_trade", "Insurance"), ("x_lead_source", "trade show")], ..USUAL },
    Customer { account: "HV1013", name: "Stonebeck Quarry Products Ltd", street: "Beck Road", town: &SHEFFIELD,
        plan: "wholesale-plus", lines: lines(8, 0, 0, 0, 0), more: &[("x_trade", "Quarrying")], ..USUAL },
    Customer { account: "HV1014", name: "Limelight Theatre Trust", street: "Stage Door, Prompt Street",
        town: &MANCHESTER,
        lines: lines(0, 0, 8, 0, 0), more: &[("x_trade", "Arts"), ("tags", "charity"), ("vat_code", "Z"), ("vat_code_calls", "Z"),
            ("attachments", "pdf;e_invoice")], ..USUAL },
    Customer { account: "HV1015", name: "Gantry Row Crane Hire Ltd", street: "Yard 3, Gantry Row", town: &GLASGOW,
        plan: "sme", lines: lines(6, 0, 0, 0, 8), pace: 12,
        more: &[("x_trade", "Plant hire"), ("tags", "fleet")], ..USUAL },
    Customer { account: "HV1016", name: "Keel Row Lettings", street: "19 Keel Row", town: &NEWCASTLE,
        lines: lines(0, 0, 0, 6, 0), more: &[("x_trade", "Property")], ..USUAL },
    Customer { account: "HV1017", name: "Ashdown Hollow School", street: "Ashdown Hollow", town: &CARDIFF,
        plan: "business", lines: lines(0, 0, 18, 0, 0), pace: 7,
        more: &[("x_trade", "Education"), ("payment_terms", "1"), ("payment_terms_type", "months")], ..USUAL },
    Customer { account: "HV1018", name: "Rookery Farm Shop", street: "Rookery Farm", town: &LUDLOW,
        more: &[("low_invoice", "call_spend"), ("low_invoice_value", "5"), ("low_invoice_action", "fee"),
            ("low_invoice_action_value", "2.50"), ("x_trade", "Food")], ..QUIET },
    Customer { account: "HV1019", name: "Mrs Eleanor Whitcombe", street: "3 Lime Avenue", town: &CARDIFF,
        more: &[("low_invoice", "absolute"), ("low_invoice_value", "1"), ("low_invoice_action", "nothing"),
            ("payment_method", "cheque"), ("invoice_format", "short")], ..QUIET },
    Customer { account: "HV1020", name: "Mr R. Desai", street: "48 Foundry Terrace", town: &BIRMINGHAM,
        more: &[("low_invoice", "total"), ("low_invoice_value", "5"), ("low_invoice_action", "rollover"),
            ("invoice_format", "short")], ..QUIET },
    Customer { account: "HV1021", name: "Mr & Mrs J. Okafor", street: "11 Lantern Mews",
        quiet_calls: 0, more: &[("empty_invoice", "skip"), ("notes", "Abroad until spring")], ..QUIET },
    Customer { account: "HV1022", name: "Dunmore Lodge Holiday Lets", street: "Dunmore Lodge", town: &BELFAST,
        quiet_calls: 0, more: &[("empty_invoice", "produce")], ..QUIET },
    Customer { account: "HV1023", name: "Seaview Row Chalets", street: "Undercliff", town: &WHITBY,
        quiet_calls: 0, more: &[("empty_invoice", "fee"), ("empty_invoice_value", "3.00")], ..QUIET },
    Customer { account: "HV1024", name: "Silverbirch Logistics Ltd", street: "Gate 4, Sidings Way", town: &MANCHESTER,
        plan: "business", lines: lines(20, 0, 0, 0, 12), inbound: &[FREEPHONE, UK_WIDE], pace: 16,
        more: &[("x_trade", "Logistics"), ("credit_limit", "6000"), ("itemisation", "csv"), ("attachments", "pdf;csv;e_invoice"),
            ("next_invoice_message", "Your freephone number moved to the new platform on 12 October."),
            ("opening_balance", "-40.00")], ..USUAL },
    Customer { account: "HV1025", name: "Kestrel Hill Carrier Services", street: "Floor 2, Exchange Yard",
        plan: "wholesale-plus", lines: lines(10, 0, 0, 0, 0), pace: 18,
        more: &[("vat_code", "RC"), ("vat_code_calls", "RC"), ("vat_number", "GB 000 0000 25"),
            ("x_trade", "Telecoms"), ("notes", "Resells to its own customers"), ("attachments", "pdf;e_invoice")], ..USUAL },
    Customer { account: "HV1026", name: "Hollin Street Tool Hire", street: "140 Hollin Street", town: &BIRMINGHAM,
        lines: lines(0, 0, 0, 5, 0), more: &[("x_trade", "Plant hire")], ..USUAL },
    Customer { account: "HV1027", name: "Bluebell Steps Nurseries", street: "Bluebell Steps", town: &CARDIFF,
        lines: lines(0, 0, 7, 0, 0), pace: 7, more: &[("x_trade", "Childcare")], ..USUAL },
    Customer { account: "HV1028", name: "Castle Mead Physiotherapy", street: "Castle Mead", town: &BELFAST,
        lines: lines(0, 0, 4, 0, 0), group: "by-hand", more: &[("x_trade", "Health"), ("tags", "health")], ..USUAL },
    Customer { account: "HV1029", name: "Ravensholme Estates", street: "Ravensholme", town: &LEEDS,
        lines: lines(3, 0, 0, 0, 0), has_rentals: false,
        more: &[("status", "final_bill"), ("final_bill_date", "2026-10-18"), ("x_trade", "Property")], ..USUAL },
    Customer { account: "HV1030", name: "Old Mill Lane Antiques", street: "The Old Mill", town: &READING,
        more: &[("low_invoice", "total"), ("low_invoice_value", "5"), ("low_invoice_action", "rollover"),
            ("x_trade", "Antiques")], ..QUIET },
];
