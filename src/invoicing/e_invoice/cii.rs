//! The semantic model → UN/CEFACT Cross Industry Invoice, as Factur-X (ZUGFeRD) has it in its profile EN 16931: what a PDF
//! carries as `factur-x.xml`. The order of the elements is that of the CII schema.

use super::model::{Category, Charge, EInvoice, Line, Party, Payment, Period, Totals, VatRow};
use super::xml::Xml;
use crate::domain::bill::DocumentKind;
use crate::domain::time::Date;

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];

/// BT-24: the profile.
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017";

/// UNTDID 1001: what the document reference of a line is to.
const INVOICED_OBJECT: &str = "130";

/// UNTDID 2379: `YYYYMMDD`.
const DAY: [(&str, &str); 1] = [("format", "102")];

/// The document.
pub(super) fn render(invoice: &EInvoice) -> Vec<u8> {
    let mut xml = Xml::new("rsm:CrossIndustryInvoice", &NAMESPACES);
    xml.within("rsm:ExchangedDocumentContext", |xml| {
        xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| xml.text("ram:ID", SPECIFICATION));
    });
    xml.within("rsm:ExchangedDocument", |xml| {
        xml.text("ram:ID", &invoice.number);
        xml.text("ram:TypeCode", if invoice.kind == DocumentKind::Invoice { "380" } else { "381" });
        day(xml, "ram:IssueDateTime", invoice.issued);
        note(xml, &invoice.note);
    });
    xml.within("rsm:SupplyChainTradeTransaction", |xml| {
        invoice.lines.iter().for_each(|written| line(xml, written));
        xml.within("ram:ApplicableHeaderTradeAgreement", |xml| agreement(xml, invoice));
        xml.empty("ram:ApplicableHeaderTradeDelivery");
        xml.within("ram:ApplicableHeaderTradeSettlement", |xml| settlement(xml, invoice));
    });
    xml.finish()
}

fn agreement(xml: &mut Xml, invoice: &EInvoice) {
    xml.text("ram:BuyerReference", &invoice.buyer_reference);
    xml.within("ram:SellerTradeParty", |xml| party(xml, &invoice.seller));
    xml.within("ram:BuyerTradeParty", |xml| party(xml, &invoice.buyer));
    if !invoice.order.trim().is_empty() {
        xml.within("ram:BuyerOrderReferencedDocument", |xml| xml.text("ram:IssuerAssignedID", &invoice.order));
    }
}

fn settlement(xml: &mut Xml, invoice: &EInvoice) {
    if let Some(payment) = &invoice.payment {
        xml.text("ram:PaymentReference", &payment.reference);
    }
    xml.text("ram:InvoiceCurrencyCode", invoice.currency.code());
    if let Some(payment) = &invoice.payment {
        xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| payment_means(xml, payment));
    }
    invoice.vat.iter().for_each(|row| vat(xml, row));
    period(xml, invoice.period);
    invoice.charges.iter().for_each(|written| charge(xml, written));
    let mandate = invoice.payment.as_ref().map_or("", |payment| &payment.mandate);
    if invoice.due.is_some() || !invoice.terms.trim().is_empty() || !mandate.is_empty() {
        xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
            xml.text("ram:Description", &invoice.terms);
            if let Some(due) = invoice.due {
                day(xml, "ram:DueDateDateTime", due);
            }
            xml.text("ram:DirectDebitMandateID", mandate);
        });
    }
    totals(xml, &invoice.totals, invoice.currency.code());
    if let Some(preceding) = &invoice.preceding {
        xml.within("ram:InvoiceReferencedDocument", |xml| {
            xml.text("ram:IssuerAssignedID", &preceding.number);
            xml.within("ram:FormattedIssueDateTime", |xml| {
                xml.text_with("qdt:DateTimeString", &DAY, &compact(preceding.date));
            });
        });
    }
}

fn line(xml: &mut Xml, line: &Line) {
    xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.within("ram:AssociatedDocumentLineDocument", |xml| {
            xml.text("ram:LineID", &line.number.to_string());
            note(xml, &line.note);
        });
        xml.within("ram:SpecifiedTradeProduct", |xml| {
            xml.text("ram:Name", &line.name);
            xml.text("ram:Description", &line.description);
            if !line.listed_under.trim().is_empty() {
                xml.within("ram:ApplicableProductCharacteristic", |xml| {
                    xml.text("ram:Description", Line::LISTED_UNDER);
                    xml.text("ram:Value", &line.listed_under);
                });
            }
        });
        xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
            xml.within("ram:NetPriceProductTradePrice", |xml| {
                xml.text("ram:ChargeAmount", &line.price.to_places(2));
                if let Some(many) = line.price_quantity {
                    xml.text_with("ram:BasisQuantity", &[("unitCode", Line::UNIT)], &many.to_string());
                }
            });
        });
        xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
            xml.text_with("ram:BilledQuantity", &[("unitCode", Line::UNIT)], &line.quantity.to_string());
        });
        xml.within("ram:SpecifiedLineTradeSettlement", |xml| line_settlement(xml, line));
    });
}

fn line_settlement(xml: &mut Xml, line: &Line) {
    xml.within("ram:ApplicableTradeTax", |xml| category(xml, line.category));
    period(xml, line.period);
    xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
        xml.text("ram:LineTotalAmount", &line.amount.to_string());
    });
    if !line.object.trim().is_empty() {
        xml.within("ram:AdditionalReferencedDocument", |xml| {
            xml.text("ram:IssuerAssignedID", &line.object);
            xml.text("ram:TypeCode", INVOICED_OBJECT);
        });
    }
    if !line.cost_centre.trim().is_empty() {
        xml.within("ram:ReceivableSpecifiedTradeAccountingAccount", |xml| xml.text("ram:ID", &line.cost_centre));
    }
}

fn note(xml: &mut Xml, text: &str) {
    if !text.trim().is_empty() {
        xml.within("ram:IncludedNote", |xml| xml.text("ram:Content", text));
    }
}

fn category(xml: &mut Xml, category: Category) {
    xml.text("ram:TypeCode", "VAT");
    xml.text("ram:CategoryCode", category.code);
    xml.text("ram:RateApplicablePercent", &category.rate.to_string());
}

fn vat(xml: &mut Xml, row: &VatRow) {
    xml.within("ram:ApplicableTradeTax", |xml| {
        xml.text("ram:CalculatedAmount", &row.vat.to_string());
        xml.text("ram:TypeCode", "VAT");
        xml.text("ram:ExemptionReason", &row.exemption);
        xml.text("ram:BasisAmount", &row.net.to_string());
        xml.text("ram:CategoryCode", row.category.code);
        xml.text("ram:ExemptionReasonCode", row.exemption_code);
        xml.text("ram:RateApplicablePercent", &row.category.rate.to_string());
    });
}

fn charge(xml: &mut Xml, charge: &Charge) {
    xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
        xml.within("ram:ChargeIndicator", |xml| xml.text("udt:Indicator", "true"));
        xml.text("ram:ActualAmount", &charge.amount.to_string());
        xml.text("ram:ReasonCode", Charge::REASON_CODE);
        xml.text("ram:Reason", &charge.reason);
        xml.within("ram:CategoryTradeTax", |xml| category(xml, charge.category));
    });
}

fn totals(xml: &mut Xml, totals: &Totals, currency: &str) {
    xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
        xml.text("ram:LineTotalAmount", &totals.lines.to_string());
        if let Some(charges) = totals.charges {
            xml.text("ram:ChargeTotalAmount", &charges.to_string());
        }
        xml.text("ram:TaxBasisTotalAmount", &totals.net.to_string());
        xml.text_with("ram:TaxTotalAmount", &[("currencyID", currency)], &totals.vat.to_string());
        xml.text("ram:GrandTotalAmount", &totals.gross.to_string());
        xml.text("ram:DuePayableAmount", &totals.gross.to_string());
    });
}

fn party(xml: &mut Xml, party: &Party) {
    xml.text("ram:ID", &party.identifier);
    xml.text("ram:Name", &party.name);
    if !party.company_number.trim().is_empty() {
        xml.within("ram:SpecifiedLegalOrganization", |xml| xml.text("ram:ID", &party.company_number));
    }
    let (telephone, email) = (&party.contact.telephone, &party.contact.email);
    if !telephone.trim().is_empty() || !email.trim().is_empty() {
        xml.within("ram:DefinedTradeContact", |xml| {
            if !telephone.trim().is_empty() {
                xml.within("ram:TelephoneUniversalCommunication", |xml| xml.text("ram:CompleteNumber", telephone));
            }
            if !email.trim().is_empty() {
                xml.within("ram:EmailURIUniversalCommunication", |xml| xml.text("ram:URIID", email));
            }
        });
    }
    xml.within("ram:PostalTradeAddress", |xml| {
        let [first, second, third] = &party.address.lines;
        xml.text("ram:PostcodeCode", &party.address.postcode);
        xml.text("ram:LineOne", first);
        xml.text("ram:LineTwo", second);
        xml.text("ram:LineThree", third);
        xml.text("ram:CityName", &party.address.town);
        xml.text("ram:CountryID", party.address.country);
        xml.text("ram:CountrySubDivisionName", &party.address.county);
    });
    if let Some(endpoint) = &party.endpoint {
        xml.within("ram:URIUniversalCommunication", |xml| {
            xml.text_with("ram:URIID", &[("schemeID", &endpoint.scheme)], &endpoint.identifier);
        });
    }
    if !party.vat_id.is_empty() {
        xml.within("ram:SpecifiedTaxRegistration", |xml| {
            xml.text_with("ram:ID", &[("schemeID", "VA")], &party.vat_id);
        });
    }
}

fn payment_means(xml: &mut Xml, payment: &Payment) {
    xml.text("ram:TypeCode", payment.code);
    xml.text("ram:Information", &payment.text);
    if let Some(transfer) = &payment.account {
        xml.within("ram:PayeePartyCreditorFinancialAccount", |xml| {
            let (iban, other) = if transfer.is_iban { (&*transfer.account, "") } else { ("", &*transfer.account) };
            xml.text("ram:IBANID", iban);
            xml.text("ram:AccountName", &transfer.name);
            xml.text("ram:ProprietaryID", other);
        });
        if !transfer.bank.trim().is_empty() {
            xml.within("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| xml.text("ram:BICID", &transfer.bank));
        }
    }
}

fn period(xml: &mut Xml, period: Period) {
    if period.is_open() {
        return;
    }
    xml.within("ram:BillingSpecifiedPeriod", |xml| {
        for (name, date) in [("ram:StartDateTime", period.from), ("ram:EndDateTime", period.to)] {
            if let Some(date) = date {
                day(xml, name, date);
            }
        }
    });
}

fn day(xml: &mut Xml, name: &'static str, date: Date) {
    xml.within(name, |xml| xml.text_with("udt:DateTimeString", &DAY, &compact(date)));
}

fn compact(date: Date) -> String {
    date.to_string().replace('-', "")
}
