//! The columns of customers and CLIs, which have a tariff and a markup for each of the ten classes. Data only.

use super::CellKind::{
    Code, Codes, Currency, Date, Decimal, Emails, Flag, Identifier, Identifiers, Integer, Markup, NameOf, SmallLetters,
    Text, Word,
};
use super::files::{DAY_OF_MONTH, LIMIT, MONEY, TERMS, TERMS_TYPES, optional, required};
use super::{ColumnSchema, Range};

macro_rules! per_class {
    ($start:literal) => {
        [
            concat!($start, "inbound"),
            concat!($start, "national"),
            concat!($start, "mobile"),
            concat!($start, "non_geographic"),
            concat!($start, "service_numbers"),
            concat!($start, "international"),
            concat!($start, "extended_international"),
            concat!($start, "surcharges"),
            concat!($start, "bespoke_1"),
            concat!($start, "bespoke_2"),
        ]
    };
}

/// The names of the classes.
pub(super) const CLASSES: &[&str] = &per_class!("");
/// The columns that name a tariff for each class, in the order of the classes.
pub const TARIFF_COLUMNS: [&str; 10] = per_class!("tariff_");
/// The columns that give a markup for each class, in the order of the classes.
pub const MARKUP_COLUMNS: [&str; 10] = per_class!("markup_");

/// A list of columns with the tariff and the markup of each class in the middle.
macro_rules! with_classes {
    ([$($before:expr),* $(,)?], [$($after:expr),* $(,)?]) => {
        &[
            $($before,)*
            optional(TARIFF_COLUMNS[0], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[1], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[2], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[3], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[4], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[5], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[6], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[7], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[8], NameOf("tariffs")),
            optional(TARIFF_COLUMNS[9], NameOf("tariffs")),
            optional(MARKUP_COLUMNS[0], Markup),
            optional(MARKUP_COLUMNS[1], Markup),
            optional(MARKUP_COLUMNS[2], Markup),
            optional(MARKUP_COLUMNS[3], Markup),
            optional(MARKUP_COLUMNS[4], Markup),
            optional(MARKUP_COLUMNS[5], Markup),
            optional(MARKUP_COLUMNS[6], Markup),
            optional(MARKUP_COLUMNS[7], Markup),
            optional(MARKUP_COLUMNS[8], Markup),
            optional(MARKUP_COLUMNS[9], Markup),
            $($after,)*
        ]
    };
}

pub(super) const CUSTOMERS: &[ColumnSchema] = with_classes!(
    [
        required("account", Code),
        required("name", Text),
        optional("reference", Text),
        optional("status", Word(&["active", "active_do_not_bill", "final_bill", "suspended", "dropped", "cancelled"])),
        required("organisation", NameOf("organisations")),
        required("group", NameOf("groups")),
        optional("billing_day", DAY_OF_MONTH),
        optional("currency", Currency),
        optional("address_1", Text),
        optional("address_2", Text),
        optional("address_3", Text),
        optional("address_4", Text),
        optional("town", Text),
        optional("county", Text),
        optional("postcode", Text),
        optional("country", Text),
        optional("telephone", Text),
        optional("email", Emails),
        optional("delivery_email", Emails),
        optional("vat_number", Text),
        optional("vat_code", NameOf("vat_codes")),
        optional("vat_code_calls", NameOf("vat_codes")),
        optional("vat_exempt", Flag),
    ],
    [
        optional("fallback_suggested_markup", Markup),
        optional("fallback_markup", Markup),
        optional("empty_invoice", Word(&["skip", "produce", "fee"])),
        optional("empty_invoice_value", LIMIT),
        optional("low_invoice", Word(&["none", "total", "call_spend", "absolute"])),
        optional("low_invoice_value", LIMIT),
        optional("low_invoice_action", Word(&["nothing", "rollover", "fee", "pad"])),
        optional("low_invoice_action_value", LIMIT),
        optional("payment_terms", TERMS),
        optional("payment_terms_type", Word(TERMS_TYPES)),
        optional("grace_days", Integer(0, 3650)),
        optional("credit_limit", LIMIT),
        optional("unbilled_limit", LIMIT),
        optional("overdue_limit", LIMIT),
        optional("final_bill_date", Date),
        optional("dropped_date", Date),
        optional("opening_balance", MONEY),
        optional("purchase_order", Text),
        optional("language", Code),
        optional("invoice_format", Word(&["short", "long", "full"])),
        optional("itemisation", Word(&["none", "pdf", "csv", "xlsx"])),
        optional("itemise_above", Decimal(6, Range::NotNegative)),
        optional("invoice_message", Text),
        optional("next_invoice_message", Text),
        optional("send_email", Flag),
        optional("send_post", Flag),
        optional("post_format", Word(&["short", "long", "full"])),
        optional("attachments", Codes),
        optional("pdf_password", Text),
        optional("invoice_per_cost_centre", Flag),
        optional("payment_method", Text),
        optional("bank_name", Text),
        optional("bank_account_name", Text),
        optional("bank_sort_code", Text),
        optional("bank_account_number", Text),
        optional("bank_iban", Text),
        optional("bank_bic", Text),
        optional("mandate", Text),
        optional("mandate_date", Date),
        optional("buyer_reference", Text),
        optional("endpoint", Code),
        optional("accounting_reference", Text),
        optional("contract_start", Date),
        optional("contract_end", Date),
        optional("notice_given", Text),
        optional("tags", Codes),
        optional("notes", Text),
    ]
);

pub(super) const CLIS: &[ColumnSchema] = with_classes!(
    [
        required("cli", Identifier),
        required("account", NameOf("customers")),
        optional("cost_centre", Code),
        optional("description", Text),
        optional("type", SmallLetters),
        optional("extension", Code),
        optional("alternates", Identifiers),
        optional("from", Date),
        optional("to", Date),
        optional("exclude_usage", Flag),
        optional("exclude_services", Flag),
        optional("spending_cap", Decimal(6, Range::NotNegative)),
        optional("usage_limit", LIMIT),
    ],
    []
);
