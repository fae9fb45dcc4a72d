//! The form of customers (K1): the exact columns in order, then the engine's own. Data only.

use super::classes::with_classes;
use super::{FormColumn, FormSchema, Nature, column};

const fn engine(header: &'static str, column: &'static str, note: &'static str) -> FormColumn {
    super::column(header, column, note, "").engine()
}

pub(super) static SHEETS: [FormSchema; 1] = [FormSchema {
    sheet: "Customers",
    table: "customers",
    about: "One row for each customer: who is billed, where the invoice goes, which group it is billed with. Tariff columns \
            name the price list of each category of products.",
    columns: COLUMNS,
}];

/// `Tariff:[Category]` columns of the workspace stand between the two blocks.
const COLUMNS: &[FormColumn] = with_classes!(
    [
        column("Customer Name", "name", "As it is to stand on invoices.", "Harbour Bakery Ltd")
            .required()
            .like(Nature::Name),
        column(
            "Reference",
            "reference",
            "Your own number or word for the customer; update finds the customer by it.",
            "HB-01"
        ),
        column("Address Line 1", "address_1", "", "12 Quay Street").required(),
        column("Address Line 2", "address_2", "", ""),
        column("Address Line 3", "address_3", "", ""),
        column("Address Line 4", "address_4", "", ""),
        column("Town", "town", "", "Whitby").required(),
        column("County", "county", "", "North Yorkshire"),
        column("Postcode", "postcode", "", "YO21 1DN").required().like(Nature::Postcode),
        column("Country", "country", "In words.", "United Kingdom").required().like(Nature::Country),
        column("Telephone", "telephone", "With its leading zero or +.", "01632 960018").like(Nature::Telephone),
        column("Email Address", "email", "", "office@harbour.example").like(Nature::Email),
        column("Delivery Email", "delivery_email", "Where invoices go instead.", "accounts@harbour.example")
            .like(Nature::Email),
        column("Organisation", "organisation", "Which of your firms bills this customer.", "").required(),
        column("Customer Group", "group", "With whom it is billed, and when.", "").required(),
        column(
            "Anniversary Billing Day",
            "billing_day",
            "Needed when the group bills by anniversary: the day of the month.",
            ""
        ),
        engine(
            "Account Number",
            "account",
            "Names the customer for ever. Blank for a new customer: the next number is given."
        )
        .like(Nature::Account),
        engine("Status", "status", "Blank: active. Leaving and coming back are commands of their own."),
        engine("Final Bill Date", "final_bill_date", "Set by `tollbook customer final-bill`."),
        engine("Dropped Date", "dropped_date", "Set by `tollbook customer drop`."),
        engine("Currency", "currency", "Blank: that of the workspace."),
        engine("VAT Number", "vat_number", "With its two letters, as GB123456789.").like(Nature::VatNumber),
        engine("VAT Code", "vat_code", "Of charges, and of calls unless the next column says otherwise."),
        engine("VAT Code Calls", "vat_code_calls", ""),
        engine("VAT Exempt", "vat_exempt", "y: no VAT at all."),
    ],
    [
        engine(
            "Fallback Suggested Markup",
            "fallback_suggested_markup",
            "Percent on a suggested price without a rate."
        ),
        engine("Fallback Markup", "fallback_markup", "Percent on the cost of a call without a rate."),
        engine("Empty Invoice", "empty_invoice", "What happens when there is nothing to bill."),
        engine("Empty Invoice Value", "empty_invoice_value", "The fee."),
        engine("Low Invoice", "low_invoice", "What is compared to tell a low invoice."),
        engine("Low Invoice Value", "low_invoice_value", "Below this it is low."),
        engine("Low Invoice Action", "low_invoice_action", "What happens to a low invoice."),
        engine("Low Invoice Action Value", "low_invoice_action_value", "The fee, or the amount that it is padded to."),
        engine("Payment Terms", "payment_terms", "Days or months until an invoice is due. Blank: the organisation's."),
        engine("Payment Terms Type", "payment_terms_type", ""),
        engine("Grace Days", "grace_days", "Days after the due date before it counts as overdue."),
        engine("Credit Limit", "credit_limit", ""),
        engine("Unbilled Limit", "unbilled_limit", ""),
        engine("Overdue Limit", "overdue_limit", ""),
        engine("Opening Balance", "opening_balance", "What the customer owed before the first invoice from here."),
        engine("Purchase Order", "purchase_order", ""),
        engine("Language", "language", "As en, cy, de, fr."),
        engine("Invoice Format", "invoice_format", ""),
        engine("Itemisation", "itemisation", ""),
        engine("Itemise Above", "itemise_above", "Calls at or below this price are summed in one line."),
        engine("Invoice Message", "invoice_message", "Stands on every invoice."),
        engine("Next Invoice Message", "next_invoice_message", "Stands on the next invoice only."),
        engine("Send Email", "send_email", "y: invoices go to the delivery e-mail."),
        engine("Send Post", "send_post", "y: invoices are printed for the post."),
        engine("Post Format", "post_format", "Of printed invoices. Blank: as the others."),
        engine(
            "Attachments",
            "attachments",
            "What goes with an e-mail: pdf, csv, xlsx, e_invoice, json, separated by semicolons."
        ),
        engine("PDF Password", "pdf_password", "PDFs that are sent by e-mail open with it only."),
        engine("Invoice Per Cost Centre", "invoice_per_cost_centre", ""),
        engine("Payment Method", "payment_method", "As direct debit, cheque."),
        engine("Bank Name", "bank_name", ""),
        engine("Bank Account Name", "bank_account_name", ""),
        engine("Bank Sort Code", "bank_sort_code", "Six digits."),
        engine("Bank Account Number", "bank_account_number", "Eight digits."),
        engine("Bank IBAN", "bank_iban", ""),
        engine("Bank BIC", "bank_bic", ""),
        engine("Mandate", "mandate", "The reference of the direct debit mandate."),
        engine("Mandate Date", "mandate_date", "When it was signed."),
        engine("Buyer Reference", "buyer_reference", "What the customer wants named on e-invoices."),
        engine("Endpoint", "endpoint", "Its electronic address for e-invoices, as 9932:GB123456789."),
        engine(
            "Accounting Reference",
            "accounting_reference",
            "Its code in the accounting package. Blank: the account number."
        ),
        engine("Contract Start", "contract_start", ""),
        engine("Contract End", "contract_end", ""),
        engine("Notice Given", "notice_given", ""),
        engine("Tags", "tags", "Words to find the customer by, separated by semicolons."),
        engine("Notes", "notes", "For you; the customer never sees them."),
    ]
);
