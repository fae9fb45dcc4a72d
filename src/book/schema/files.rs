//! The files of a book folder and their columns, in the documented order. Data only.

use super::CellKind::{
    Alignment, Band, Clock, Code, Codes, Colour, Currency, Date, Days, Decimal, Flag, GroupMonths, Identifier, Integer,
    Interval, Markup, NameOf, Prefix, Qualifies, RateMatch, RoundingTo, Scope, SmallLetters, Steps, Text, Word,
    WordRefusing,
};
use super::customers::{CLASSES, CLIS, CUSTOMERS};
use super::{CellKind, ColumnSchema, FileSchema, Range};

/// All files of the book, in load order.
pub fn schemas() -> &'static [FileSchema] {
    &SCHEMAS
}

const KINDS: &[&str] = &["voice", "data", "sms", "event"];
const ROUNDINGS: &[&str] = &["half_up", "up", "down", "half_even"];
pub(super) const TERMS_TYPES: &[&str] = &["days", "months"];
const CHARGE_TYPES: &[&str] = &["one_off", "recurring"];
const DAY_KINDS: &[&str] = &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol"];
const VAT_ROUNDINGS: &[&str] = &["half_up", "down", "per_line"];
/// V3.
const VAT_ROUNDINGS_REFUSED: &[(&str, &str, &str)] = &[(
    "per_line_down",
    "rounding the VAT of each line down to whole pennies is refused (V3)",
    "half_up or down on the sum of a code's lines, or per_line (half up)",
)];

/// An amount of money at cell level; the digits of its currency are checked when the book is compiled.
pub(super) const MONEY: CellKind = Decimal(3, Range::Any);
/// An amount of money that is not negative.
pub(super) const LIMIT: CellKind = Decimal(3, Range::NotNegative);
/// A price that may be a credit (R15).
const PRICE: CellKind = Decimal(8, Range::Any);
/// A price that is not negative.
const PLAIN_PRICE: CellKind = Decimal(8, Range::NotNegative);
const SECONDS: CellKind = Integer(0, 4_000_000_000);
const INCREMENT: CellKind = Integer(1, 1_000_000_000_000);
const COUNT: CellKind = Integer(0, 1_000_000_000_000_000);
pub(super) const DAY_OF_MONTH: CellKind = Integer(1, 31);
pub(super) const TERMS: CellKind = Integer(0, 1200);

pub(super) const fn optional(name: &'static str, kind: CellKind) -> ColumnSchema {
    let blank_means = if matches!(kind, Flag) { "n" } else { "" };
    ColumnSchema { name, required: false, kind, blank_means }
}

pub(super) const fn required(name: &'static str, kind: CellKind) -> ColumnSchema {
    ColumnSchema { name, required: true, kind, blank_means: "" }
}

const fn optional_as(name: &'static str, kind: CellKind, blank_means: &'static str) -> ColumnSchema {
    ColumnSchema { name, required: false, kind, blank_means }
}

const fn file(name: &'static str, key: &'static [&'static str], columns: &'static [ColumnSchema]) -> FileSchema {
    FileSchema { name, columns, key, free_columns: false }
}

static SCHEMAS: [FileSchema; 24] = [
    file(
        "organisations",
        &["organisation"],
        &[
            required("organisation", Code),
            required("name", Text),
            optional("vat_number", Text),
            optional("company_number", Text),
            optional("address_1", Text),
            optional("address_2", Text),
            optional("address_3", Text),
            optional("address_4", Text),
            optional("town", Text),
            optional("county", Text),
            optional("postcode", Text),
            optional("country", Text),
            optional("invoice_prefix", Code),
            optional("credit_prefix", Code),
            optional("payment_terms", TERMS),
            optional("payment_terms_type", Word(TERMS_TYPES)),
            optional("vat_rounding", WordRefusing(VAT_ROUNDINGS, VAT_ROUNDINGS_REFUSED)),
            optional("colour", Colour),
            optional("logo", Code),
            optional("email", Text),
            optional("telephone", Text),
            optional("website", Text),
            optional("footer", Text),
            optional("endpoint", Code),
            optional("bank_name", Text),
            optional("bank_account_name", Text),
            optional("bank_sort_code", Text),
            optional("bank_account_number", Text),
            optional("bank_iban", Text),
            optional("bank_bic", Text),
            optional("creditor_id", Code),
            optional("service_user_number", Code),
        ],
    ),
    file(
        "groups",
        &["group"],
        &[
            required("group", Code),
            optional("billing", Word(&["manual", "automatic"])),
            optional("method", Word(&["standard", "anniversary"])),
            optional("interval", GroupMonths),
            optional("billing_day", DAY_OF_MONTH),
            optional("offset_months", Integer(-3, 3)),
        ],
    ),
    file(
        "vat_codes",
        &["vat_code", "from"],
        &[
            required("vat_code", Code),
            required("rate", Decimal(4, Range::Between(0, 100))),
            required("kind", Word(&["standard", "reduced", "zero", "exempt", "reverse_charge"])),
            optional("label", Text),
            optional("from", Date),
            optional("to", Date),
        ],
    ),
    FileSchema { name: "customers", columns: CUSTOMERS, key: &["account"], free_columns: true },
    file(
        "cost_centres",
        &["account", "cost_centre"],
        &[required("account", NameOf("customers")), required("cost_centre", Code), optional("name", Text)],
    ),
    FileSchema { name: "clis", columns: CLIS, key: &["cli", "extension", "from"], free_columns: false },
    file(
        "suppliers",
        &["supplier"],
        &[
            required("supplier", Code),
            required("layout", Code),
            optional("match", Word(&["exact", "longest_prefix"])),
            optional("call_decimals", Integer(0, 6)),
            optional("call_rounding", Word(ROUNDINGS)),
            optional("fallback_voice", NameOf("call_types")),
            optional("fallback_data", NameOf("call_types")),
            optional("fallback_sms", NameOf("call_types")),
            optional("bytes_per_mb", Word(&["1000000", "1048576"])),
        ],
    ),
    file(
        "supplier_tariffs",
        &["supplier", "cli_type", "class", "wholesale"],
        &[
            required("supplier", NameOf("suppliers")),
            optional("cli_type", SmallLetters),
            required("class", Word(CLASSES)),
            required("tariff", NameOf("tariffs")),
            optional("wholesale", Flag),
        ],
    ),
    file(
        "call_types",
        &["call_type"],
        &[
            required("call_type", Code),
            required("description", Text),
            required("class", Word(CLASSES)),
            required("kind", Word(KINDS)),
            optional("display_group", Code),
            optional("fallback_rate_as", NameOf("call_types")),
            optional("allowance_weight", Decimal(4, Range::Between(0, 10_000))),
            optional("vat_exempt", Flag),
            optional("exclude", Flag),
            optional("use_supplier_description", Flag),
        ],
    ),
    file(
        "charge_bands",
        &["supplier", "band"],
        &[
            required("supplier", NameOf("suppliers")),
            required("band", Band),
            required("call_type", NameOf("call_types")),
        ],
    ),
    file(
        "prefixes",
        &["supplier", "prefix", "direction"],
        &[
            optional("supplier", NameOf("suppliers")),
            required("prefix", Prefix),
            optional_as("direction", Word(&["out", "in"]), "out"),
            required("call_type", NameOf("call_types")),
        ],
    ),
    file(
        "ignored",
        &["supplier", "identifier"],
        &[optional("supplier", NameOf("suppliers")), required("identifier", Identifier)],
    ),
    file(
        "exchange_rates",
        &["from", "to", "date"],
        &[
            required("from", Currency),
            required("to", Currency),
            required("date", Date),
            required("rate", Decimal(8, Range::Positive)),
        ],
    ),
    file(
        "tariffs",
        &["tariff"],
        &[
            required("tariff", Code),
            optional("parent", NameOf("tariffs")),
            optional("currency", Currency),
            required("unit", Word(&["major", "minor"])),
            optional("decimals", Integer(0, 6)),
            optional("rounding", Word(ROUNDINGS)),
            optional("band_mode", Word(&["at_start", "split"])),
            optional("description", Text),
        ],
    ),
    file(
        "rates",
        &["tariff", "match", "time_band", "from"],
        &[
            required("tariff", NameOf("tariffs")),
            required("match", RateMatch),
            optional("time_band", Code),
            optional("from", Date),
            optional("to", Date),
            optional("mode", Word(&["calculated", "markup", "suggested", "from_file"])),
            optional("connection", PRICE),
            optional("rate", PRICE),
            optional("minimum", PLAIN_PRICE),
            optional("maximum", PLAIN_PRICE),
            optional("initial_increment", INCREMENT),
            optional("increment", INCREMENT),
            optional("included_seconds", SECONDS),
            optional("min_seconds", SECONDS),
            optional("percent", Markup),
            optional("access_connection", PRICE),
            optional("access_rate", PRICE),
            optional("access_increment", Integer(1, 86_400)),
            optional("access_rounding", RoundingTo),
            optional("steps", Steps),
            optional("note", Text),
        ],
    ),
    file(
        "time_bands",
        &["supplier", "time_band", "days", "start"],
        &[
            optional("supplier", NameOf("suppliers")),
            required("time_band", Code),
            required("days", Days),
            required("start", Clock),
            required("end", Clock),
            optional("default", Flag),
        ],
    ),
    file("holidays", &["date"], &[required("date", Date), required("as", Word(DAY_KINDS)), optional("name", Text)]),
    file(
        "allowances",
        &["allowance"],
        &[
            required("allowance", Code),
            optional("minutes", Decimal(4, Range::NotNegative)),
            optional("messages", COUNT),
            optional("bytes", COUNT),
            optional("calls", COUNT),
            optional("money", LIMIT),
            required("qualifies", Qualifies),
            optional("time_bands", Codes),
            optional("discount_percent", Decimal(4, Range::Between(0, 100))),
            optional("discount_per_call", PLAIN_PRICE),
            optional("discount_per_minute", PLAIN_PRICE),
            optional("max_single_seconds", Integer(1, 4_000_000_000)),
            optional("max_single_mode", Word(&["up_to_limit", "exceed_ignored"])),
            optional("rollover_periods", Integer(0, 120)),
            optional("prorate", Flag),
        ],
    ),
    file(
        "customer_allowances",
        &["account", "allowance", "scope", "from"],
        &[
            required("account", NameOf("customers")),
            required("allowance", NameOf("allowances")),
            optional("quantity", Decimal(4, Range::Positive)),
            optional_as("scope", Scope, "customer"),
            optional("priority", Integer(0, 1_000_000)),
            required("from", Date),
            optional("to", Date),
        ],
    ),
    file(
        "products",
        &["product"],
        &[
            required("product", Code),
            required("name", Text),
            required("category", Code),
            optional("type", Word(CHARGE_TYPES)),
            optional("interval", Interval),
            optional("price", PRICE),
            optional("cost", PRICE),
            optional("vat_code", NameOf("vat_codes")),
            optional("service_codes", Codes),
            optional("service_code_kind", Word(&["text", "wildcard", "regex"])),
            optional("aggregate", Flag),
            optional("skip", Word(&["never", "always", "if_zero", "if_no_cost", "credits"])),
            optional("use_file_price", Flag),
            optional("use_file_description", Flag),
            optional("credits", Word(&["bill", "skip", "as_charges"])),
        ],
    ),
    file(
        "product_prices",
        &["product", "account", "tariff", "from"],
        &[
            required("product", NameOf("products")),
            optional("account", NameOf("customers")),
            optional("tariff", NameOf("tariffs")),
            required("from", Date),
            required("price", PRICE),
        ],
    ),
    file(
        "customer_tariffs",
        &["account", "category"],
        &[required("account", NameOf("customers")), required("category", Code), required("tariff", NameOf("tariffs"))],
    ),
    file(
        "charges",
        &["account", "charge"],
        &[
            required("account", NameOf("customers")),
            required("charge", Code),
            optional("product", NameOf("products")),
            optional("description", Text),
            optional("details", Text),
            optional("cli", Identifier),
            optional("cost_centre", Code),
            optional("type", Word(CHARGE_TYPES)),
            optional("interval", Interval),
            optional("timing", Word(&["advance", "arrears"])),
            optional("align", Alignment),
            optional("quantity", Decimal(4, Range::NotNegative)),
            optional("price", PRICE),
            optional("cost", PRICE),
            optional("vat_code", NameOf("vat_codes")),
            required("from", Date),
            optional("to", Date),
            optional("minimum_term", Date),
            optional("category", Code),
            optional("hide_period", Flag),
        ],
    ),
    file(
        "charge_prices",
        &["account", "charge", "from"],
        &[
            required("account", NameOf("customers")),
            required("charge", Code),
            required("from", Date),
            required("price", PRICE),
        ],
    ),
];
