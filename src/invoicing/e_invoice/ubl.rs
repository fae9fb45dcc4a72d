//! The semantic model → UBL 2.1, an `Invoice` or a `CreditNote`, as Peppol BIS Billing 3 wants it. The order of the elements
//! is that of the UBL schema.

use super::model::{Category, Charge, EInvoice, Line, Party, Payment, Period, VatRow};
use super::xml::Xml;
use crate::domain::bill::{Amount, DocumentKind};

const INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
const CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const AGGREGATES: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASICS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// BT-24 and BT-23.
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROCESS: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

/// UNTDID 1001: what the document reference of a line is to.
const INVOICED_OBJECT: &str = "130";

/// The document.
pub(super) fn render(invoice: &EInvoice) -> Vec<u8> {
    let (root, namespace) = match invoice.kind {
        DocumentKind::Invoice => ("Invoice", INVOICE),
        DocumentKind::CreditNote => ("CreditNote", CREDIT_NOTE),
    };
    let mut xml = Xml::new(root, &[("xmlns", namespace), ("xmlns:cac", AGGREGATES), ("xmlns:cbc", BASICS)]);
    let ubl = Ubl { currency: invoice.currency.code(), invoice };
    ubl.head(&mut xml);
    ubl.references(&mut xml);
    xml.within("cac:AccountingSupplierParty", |xml| party(xml, &invoice.seller));
    xml.within("cac:AccountingCustomerParty", |xml| party(xml, &invoice.buyer));
    if let Some(instructions) = &invoice.payment {
        payment(&mut xml, instructions);
    }
    if !invoice.terms.trim().is_empty() {
        xml.within("cac:PaymentTerms", |xml| xml.text("cbc:Note", &invoice.terms));
    }
    invoice.charges.iter().for_each(|charge| ubl.charge(&mut xml, charge));
    ubl.vat(&mut xml);
    ubl.totals(&mut xml);
    invoice.lines.iter().for_each(|line| ubl.line(&mut xml, line));
    xml.finish()
}

/// The document, with what every amount needs.
struct Ubl<'a> {
    invoice: &'a EInvoice,
    currency: &'a str,
}

impl Ubl<'_> {
    fn is_invoice(&self) -> bool {
        self.invoice.kind == DocumentKind::Invoice
    }

    fn amount(&self, xml: &mut Xml, name: &'static str, amount: Amount) {
        xml.text_with(name, &[("currencyID", self.currency)], &amount.to_string());
    }

    fn head(&self, xml: &mut Xml) {
        let invoice = self.invoice;
        xml.text("cbc:CustomizationID", SPECIFICATION);
        xml.text("cbc:ProfileID", PROCESS);
        xml.text("cbc:ID", &invoice.number);
        xml.text("cbc:IssueDate", &invoice.issued.to_string());
        if let Some(due) = invoice.due.filter(|_| self.is_invoice()) {
            xml.text("cbc:DueDate", &due.to_string());
        }
        match invoice.kind {
            DocumentKind::Invoice => xml.text("cbc:InvoiceTypeCode", "380"),
            DocumentKind::CreditNote => xml.text("cbc:CreditNoteTypeCode", "381"),
        }
        xml.text("cbc:Note", &invoice.note);
        xml.text("cbc:DocumentCurrencyCode", self.currency);
        xml.text("cbc:BuyerReference", &invoice.buyer_reference);
    }

    fn references(&self, xml: &mut Xml) {
        period(xml, self.invoice.period);
        if !self.invoice.order.trim().is_empty() {
            xml.within("cac:OrderReference", |xml| xml.text("cbc:ID", &self.invoice.order));
        }
        if let Some(preceding) = &self.invoice.preceding {
            xml.within("cac:BillingReference", |xml| {
                xml.within("cac:InvoiceDocumentReference", |xml| {
                    xml.text("cbc:ID", &preceding.number);
                    xml.text("cbc:IssueDate", &preceding.date.to_string());
                });
            });
        }
    }

    fn charge(&self, xml: &mut Xml, charge: &Charge) {
        xml.within("cac:AllowanceCharge", |xml| {
            xml.text("cbc:ChargeIndicator", "true");
            xml.text("cbc:AllowanceChargeReasonCode", Charge::REASON_CODE);
            xml.text("cbc:AllowanceChargeReason", &charge.reason);
            self.amount(xml, "cbc:Amount", charge.amount);
            xml.within("cac:TaxCategory", |xml| category(xml, charge.category, None));
        });
    }

    fn vat(&self, xml: &mut Xml) {
        xml.within("cac:TaxTotal", |xml| {
            self.amount(xml, "cbc:TaxAmount", self.invoice.totals.vat);
            for row in &self.invoice.vat {
                xml.within("cac:TaxSubtotal", |xml| {
                    self.amount(xml, "cbc:TaxableAmount", row.net);
                    self.amount(xml, "cbc:TaxAmount", row.vat);
                    xml.within("cac:TaxCategory", |xml| category(xml, row.category, Some(row)));
                });
            }
        });
    }

    fn totals(&self, xml: &mut Xml) {
        let totals = &self.invoice.totals;
        xml.within("cac:LegalMonetaryTotal", |xml| {
            self.amount(xml, "cbc:LineExtensionAmount", totals.lines);
            self.amount(xml, "cbc:TaxExclusiveAmount", totals.net);
            self.amount(xml, "cbc:TaxInclusiveAmount", totals.gross);
            if let Some(charges) = totals.charges {
                self.amount(xml, "cbc:ChargeTotalAmount", charges);
            }
            self.amount(xml, "cbc:PayableAmount", totals.gross);
        });
    }

    fn line(&self, xml: &mut Xml, line: &Line) {
        let (name, quantity) = match self.invoice.kind {
            DocumentKind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
            DocumentKind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
        };
        xml.within(name, |xml| {
            xml.text("cbc:ID", &line.number.to_string());
            xml.text("cbc:Note", &line.note);
            xml.text_with(quantity, &[("unitCode", Line::UNIT)], &line.quantity.to_string());
            self.amount(xml, "cbc:LineExtensionAmount", line.amount);
            xml.text("cbc:AccountingCost", &line.cost_centre);
            period(xml, line.period);
            if !line.object.trim().is_empty() {
                xml.within("cac:DocumentReference", |xml| {
                    xml.text("cbc:ID", &line.object);
                    xml.text("cbc:DocumentTypeCode", INVOICED_OBJECT);
                });
            }
            xml.within("cac:Item", |xml| item(xml, line));
            xml.within("cac:Price", |xml| {
                xml.text_with("cbc:PriceAmount", &[("currencyID", self.currency)], &line.price.to_places(2));
                if let Some(many) = line.price_quantity {
                    xml.text_with("cbc:BaseQuantity", &[("unitCode", Line::UNIT)], &many.to_string());
                }
            });
        });
    }
}

fn item(xml: &mut Xml, line: &Line) {
    xml.text("cbc:Description", &line.description);
    xml.text("cbc:Name", &line.name);
    xml.within("cac:ClassifiedTaxCategory", |xml| category(xml, line.category, None));
    if !line.listed_under.trim().is_empty() {
        xml.within("cac:AdditionalItemProperty", |xml| {
            xml.text("cbc:Name", Line::LISTED_UNDER);
            xml.text("cbc:Value", &line.listed_under);
        });
    }
}

/// With the reasons that a row of the breakdown gives.
fn category(xml: &mut Xml, category: Category, reasons: Option<&VatRow>) {
    xml.text("cbc:ID", category.code);
    xml.text("cbc:Percent", &category.rate.to_string());
    if let Some(row) = reasons {
        xml.text("cbc:TaxExemptionReasonCode", row.exemption_code);
        xml.text("cbc:TaxExemptionReason", &row.exemption);
    }
    xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
}

fn period(xml: &mut Xml, period: Period) {
    if period.is_open() {
        return;
    }
    xml.within("cac:InvoicePeriod", |xml| {
        for (name, day) in [("cbc:StartDate", period.from), ("cbc:EndDate", period.to)] {
            xml.text(name, &day.map(|day| day.to_string()).unwrap_or_default());
        }
    });
}

fn party(xml: &mut Xml, party: &Party) {
    xml.within("cac:Party", |xml| {
        if let Some(endpoint) = &party.endpoint {
            xml.text_with("cbc:EndpointID", &[("schemeID", &endpoint.scheme)], &endpoint.identifier);
        }
        if !party.identifier.trim().is_empty() {
            xml.within("cac:PartyIdentification", |xml| xml.text("cbc:ID", &party.identifier));
        }
        xml.within("cac:PostalAddress", |xml| postal_address(xml, party));
        if !party.vat_id.is_empty() {
            xml.within("cac:PartyTaxScheme", |xml| {
                xml.text("cbc:CompanyID", &party.vat_id);
                xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
            });
        }
        xml.within("cac:PartyLegalEntity", |xml| {
            xml.text("cbc:RegistrationName", &party.name);
            xml.text("cbc:CompanyID", &party.company_number);
        });
        let contact = &party.contact;
        if [&contact.telephone, &contact.email].iter().any(|text| !text.trim().is_empty()) {
            xml.within("cac:Contact", |xml| {
                xml.text("cbc:Telephone", &contact.telephone);
                xml.text("cbc:ElectronicMail", &contact.email);
            });
        }
    });
}

fn postal_address(xml: &mut Xml, party: &Party) {
    let address = &party.address;
    let [first, second, third] = &address.lines;
    xml.text("cbc:StreetName", first);
    xml.text("cbc:AdditionalStreetName", second);
    xml.text("cbc:CityName", &address.town);
    xml.text("cbc:PostalZone", &address.postcode);
    xml.text("cbc:CountrySubentity", &address.county);
    if !third.trim().is_empty() {
        xml.within("cac:AddressLine", |xml| xml.text("cbc:Line", third));
    }
    xml.within("cac:Country", |xml| xml.text("cbc:IdentificationCode", address.country));
}

fn payment(xml: &mut Xml, payment: &Payment) {
    xml.within("cac:PaymentMeans", |xml| {
        xml.text_with("cbc:PaymentMeansCode", &[("name", &payment.text)], payment.code);
        xml.text("cbc:PaymentID", &payment.reference);
        if let Some(transfer) = &payment.account {
            xml.within("cac:PayeeFinancialAccount", |xml| {
                xml.text("cbc:ID", &transfer.account);
                xml.text("cbc:Name", &transfer.name);
                if !transfer.bank.trim().is_empty() {
                    xml.within("cac:FinancialInstitutionBranch", |xml| xml.text("cbc:ID", &transfer.bank));
                }
            });
        }
        if !payment.mandate.trim().is_empty() {
            xml.within("cac:PaymentMandate", |xml| xml.text("cbc:ID", &payment.mandate));
        }
    });
}
