//! Tests of whole bills, by scenario: what is handed in, and the sums worked by hand.

use super::*;
use crate::domain::book::{CliId, CostCentreId, ProductId};
use crate::domain::charge::{Charge, Product, ServiceEvent, ServiceLine};
use crate::domain::customer::{Cli, CostCentre, EmptyInvoice, LowInvoiceAction, LowInvoiceTest, PaymentTerms};
use crate::domain::money::{Price, Quantity};
use crate::domain::sample::{
    self, CUSTOMER, EXEMPT_CALLS, MOBILE, NATIONAL, call, date, monthly, one_off, pounds, price,
};
use crate::domain::usage::ChargedUsage;

/// The run of the month that begins on this day: usage before it, charges of it.
pub(super) fn first_of(day: &str) -> RunTerms {
    let invoice_date = date(day);
    RunTerms {
        invoice_date,
        usage_cutoff: invoice_date,
        charge_cutoff: invoice_date.first_of_month().plus_months(1),
        due_date: None,
        message: String::new(),
        usage_from: None,
        excluded_categories: Vec::new(),
    }
}

/// The run of 1 June 2026.
pub(super) fn june() -> RunTerms {
    first_of("2026-06-01")
}

pub(super) fn input(usage: Vec<ChargedUsage>) -> CustomerInput<'static> {
    CustomerInput {
        customer: CUSTOMER,
        usage: UsageSums::of(&usage).expect("in range"),
        allowances: vec![],
        services: vec![],
        billed_periods: &[],
        previous_balance: Money::ZERO,
        has_next_message: true,
        is_billed_in_window: false,
    }
}

fn bill(book: &Book, terms: &RunTerms, input: CustomerInput<'_>) -> CustomerBill {
    match bill_customer(book, terms, input).expect("can be billed") {
        Outcome::Bills(mut bills) => bills.remove(0),
        Outcome::NoBill(reason) => panic!("no bill: {reason:?}"),
    }
}

/// A call of May.
pub(super) fn may_call(sell: &str) -> ChargedUsage {
    call("1", "2026-05-20 10:00:00", sell)
}

pub(super) fn service(row: u32, cost: &str) -> MatchedService {
    let line = ServiceLine {
        row,
        line: u64::from(row) + 1,
        cli: "+442079460000".into(),
        code: "WLR".into(),
        description: "Line".into(),
        event: ServiceEvent::Rental,
        date: date("2026-05-01"),
        quantity: Quantity::ONE,
        cost: price(cost),
    };
    MatchedService { line, import: 7, cli: CliId(0), customer: CUSTOMER, product: ProductId(0) }
}

#[test]
fn adds_up_to_the_worked_example() {
    let reduced = Charge { vat_code: Some("red".into()), ..one_off("B", "29.95", "2026-06-01") };
    let book = Book { charges: vec![one_off("A", "327.49", "2026-06-01"), reduced], ..sample::book() };
    let made = bill(&book, &june(), CustomerInput { previous_balance: pounds("100.00"), ..input(vec![]) }).bill;
    // V3: 327.49 + 29.95 = 357.44; 65.50 + 1.50 = 67.00; 424.44.
    let totals = made.totals;
    assert_eq!([totals.net, totals.vat, totals.gross].map(|sum| sum.to_string()), ["357.44", "67.00", "424.44"]);
    assert_eq!([totals.usage, totals.charges].map(|sum| sum.to_string()), ["0.00", "357.44"]);
    assert_eq!(made.balance.now.to_string(), "524.44");
}

#[test]
fn lists_lines_in_the_order_of_reading() {
    let mut book = sample::book();
    let centre = CostCentre { customer: CUSTOMER, code: "N".into(), name: "North".into() };
    book.cost_centres = vec![centre];
    book.products = vec![Product { use_file_price: true, ..sample::product("LINE", "Lines") }];
    let at_north = Charge { cost_centre: Some(CostCentreId(0)), ..monthly("N", "1", "2026-06-01") };
    let ended = Charge { to: Some(date("2026-05-21")), ..monthly("E", "31", "2026-05-01") };
    let named = |id: &str, category: &str| Charge { category: category.into(), ..monthly(id, "2", "2026-06-01") };
    book.charges = vec![ended, at_north, one_off("O", "5", "2026-06-01"), named("Y", "Zoo"), named("Z", "Ape")];
    book.customers[0].low_invoice = LowInvoiceTest::TotalBelow(pounds("1000"));
    book.customers[0].low_invoice_action = LowInvoiceAction::Fee(pounds("1"));
    let mut mobile = may_call("0.30");
    mobile.call_type = MOBILE;
    let mut north = may_call("0.40");
    book.clis.push(Cli { cost_centre: Some(CostCentreId(0)), ..sample::cli("+442079460009") });
    north.cli = CliId::from_index(book.clis.len() - 1);
    let billed = [BilledPeriod {
        charge: "E".into(),
        from: date("2026-05-01"),
        to: date("2026-05-31"),
        is_credit: false,
        price: price("31"),
        quantity: Quantity::ONE,
        amount: pounds("31.00"),
    }];
    let services = vec![service(1, "3"), service(0, "4")];
    let usage = vec![north, mobile, may_call("0.20")];
    let made = bill(&book, &june(), CustomerInput { services, billed_periods: &billed, ..input(usage) });
    let line = |line: &crate::domain::bill::BillLine| {
        format!("{}|{:?}|{}|{}|{}", line.cost_centre, line.kind, line.category, line.description, line.amount)
    };
    let expected = [
        "|Recurring|Ape|Charge Z|2.00",
        // 31 × 10/31.
        "|Credit|Rentals|Credit: Charge E|-10.00",
        "|Recurring|Zoo|Charge Y|2.00",
        "|OneOff|Setup|Charge O|5.00",
        "|Service|Lines|Product LINE|3.00",
        "|Service|Lines|Product LINE|4.00",
        "|Usage|Calls|National calls|0.20",
        "|Usage|Calls|Mobile calls|0.30",
        "|LowInvoiceFee|Fees|Low invoice fee|1.00",
        "North|Recurring|Rentals|Charge N|1.00",
        "North|Usage|Calls|National calls|0.40",
    ];
    assert_eq!(made.bill.lines.iter().map(line).collect::<Vec<_>>(), expected);
    assert_eq!(made.services, [(7, 0), (7, 1)]);
    assert_eq!((made.usage_records, made.periods.len()), (3, 5));
    // B4: 0.20 + 0.30 + 0.40.
    assert_eq!(made.bill.totals.usage.to_string(), "0.90");
}

/// V1, V2. `expected`: code, kind and VAT of one line of 100.00.
#[test]
fn takes_the_vat_code_that_comes_first() {
    let check = |change: &dyn Fn(&mut Book), call_type, expected: &str| {
        let mut book = sample::book();
        book.products = vec![sample::product("P", "Things")];
        change(&mut book);
        let mut usage = vec![may_call("100")];
        usage[0].call_type = call_type;
        let usage = if book.charges.is_empty() { usage } else { vec![] };
        let made = bill(&book, &june(), input(usage)).bill;
        let row = &made.vat[0];
        assert_eq!(format!("{} {} {}", row.code, row.kind.name(), row.vat), expected);
    };
    let a_charge = || one_off("A", "100", "2026-06-01");
    let of_product = || Charge { product: Some(ProductId(0)), ..a_charge() };
    check(&|book| book.charges = vec![a_charge()], NATIONAL, "std standard 20.00");
    check(&|book| book.customers[0].vat_code_calls = "red".into(), NATIONAL, "red reduced 5.00");
    check(&|book| book.customers[0].vat_code = "red".into(), NATIONAL, "std standard 20.00");
    check(&|book| book.customers[0].vat_code_calls = "rev".into(), NATIONAL, "rev reverse_charge 0.00");
    check(&|_| {}, EXEMPT_CALLS, "exempt exempt 0.00");
    check(&|book| book.customers[0].vat_exempt = true, NATIONAL, "exempt exempt 0.00");
    let product_code = |book: &mut Book| {
        book.products[0].vat_code = Some("red".into());
        book.charges = vec![of_product()];
    };
    check(&product_code, NATIONAL, "red reduced 5.00");
    let charge_code = |book: &mut Book| {
        product_code(book);
        book.charges[0].vat_code = Some("zero".into());
    };
    check(&charge_code, NATIONAL, "zero zero 0.00");
    let exempt = |book: &mut Book| {
        charge_code(book);
        book.customers[0].vat_exempt = true;
    };
    check(&exempt, NATIONAL, "exempt exempt 0.00");
}

#[test]
fn goes_by_the_status() {
    // B3.
    let cases = [
        (Status::ActiveDoNotBill, NoBill::DoNotBill),
        (Status::Suspended, NoBill::Suspended),
        (Status::Dropped, NoBill::Gone),
        (Status::Cancelled, NoBill::Gone),
    ];
    for (status, expected) in cases {
        let mut book = sample::book();
        book.customers[0].status = status;
        let outcome = bill_customer(&book, &june(), input(vec![may_call("5")]));
        assert_eq!(outcome, Ok(Outcome::NoBill(expected)));
    }
    let made = bill(&sample::book(), &june(), input(vec![may_call("5")]));
    assert!(!made.bill.is_final);
}

#[test]
fn parks_what_it_cannot_bill() {
    // B16.
    let check = |change: &dyn Fn(&mut Book), usage: Vec<ChargedUsage>, expected: &str| {
        let mut book = sample::book();
        change(&mut book);
        let refused = bill_customer(&book, &june(), input(usage)).expect_err("parked");
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    let unpriced = |book: &mut Book| book.charges = vec![Charge { price: None, ..monthly("A", "1", "2026-06-01") }];
    check(&unpriced, vec![], "charge A has neither a price nor a product");
    let untaxed = |book: &mut Book| book.customers[0].vat_code_calls = "none".into();
    check(&untaxed, vec![may_call("1")], "the VAT code none of National calls is not in the book");
    let huge = Price::from_scaled(i64::MAX);
    let many = Quantity::from_scaled(i64::MAX);
    let out_of_range = |book: &mut Book| {
        book.charges = vec![Charge { price: Some(huge), quantity: many, ..monthly("A", "1", "2026-06-01") }];
    };
    check(&out_of_range, vec![], "amount out of range");
    check(&|_| {}, vec![call("1", "2026-06-01 00:00:00", "1")], "on or after the usage cutoff");
}

#[test]
fn ends_with_a_final_bill() {
    let mut book = sample::book();
    book.charges = vec![monthly("A", "30", "2026-05-01")];
    let may = bill(&book, &first_of("2026-05-01"), input(vec![]));
    let june_bill = bill(&book, &june(), CustomerInput { billed_periods: &may.periods, ..input(vec![]) });
    let billed = [may.periods, june_bill.periods].concat();
    let customer = &mut book.customers[0];
    customer.status = Status::FinalBill;
    customer.final_bill_date = Some(date("2026-06-10"));
    customer.low_invoice = LowInvoiceTest::TotalBelow(pounds("10"));
    customer.low_invoice_action = LowInvoiceAction::RollOver;
    // B10: in the middle of its last month it is not the last bill yet.
    let early = RunTerms { usage_cutoff: date("2026-06-10"), ..june() };
    assert!(!bill(&book, &early, CustomerInput { billed_periods: &billed, ..input(vec![]) }).bill.is_final);
    let usage = vec![call("1", "2026-06-10 23:59:59", "7")];
    let last = bill(&book, &first_of("2026-07-01"), CustomerInput { billed_periods: &billed, ..input(usage) });
    // 30 × 20/30 = 20.00 back, 7.00 of usage.
    assert_eq!(last.bill.totals.net.to_string(), "-13.00");
    assert!(last.bill.is_final);
    assert_eq!(last.bill.usage_until, date("2026-06-11"));
    // Late usage gives a further final bill, however low; and B7: so does nothing at all.
    let billed = [billed, last.periods].concat();
    let late = vec![call("2", "2026-06-09 10:00:00", "1")];
    let further = bill(&book, &first_of("2026-08-01"), CustomerInput { billed_periods: &billed, ..input(late) });
    assert_eq!(further.bill.totals.net.to_string(), "1.00");
    let empty = bill(&book, &first_of("2026-09-01"), CustomerInput { billed_periods: &billed, ..input(vec![]) });
    assert_eq!((empty.bill.lines.len(), empty.bill.totals.gross.money), (0, Money::ZERO));
}

#[test]
fn rolls_over_without_consuming() {
    let mut book = sample::book();
    book.charges = vec![monthly("A", "1.50", "2026-06-01")];
    book.customers[0].low_invoice = LowInvoiceTest::TotalBelow(pounds("5.00"));
    book.customers[0].low_invoice_action = LowInvoiceAction::RollOver;
    let outcome = bill_customer(&book, &june(), input(vec![may_call("2")]));
    assert_eq!(outcome, Ok(Outcome::NoBill(NoBill::RolledOver(pounds("3.50")))));
    // B8: it is all on the next bill with its own dates: 1.50 + 1.50 + 2.00 = 5.00, which is not low.
    let next = bill(&book, &first_of("2026-07-01"), input(vec![may_call("2")]));
    assert_eq!(next.bill.totals.net.to_string(), "5.00");
    assert_eq!(next.bill.lines[0].period, Some((date("2026-06-01"), date("2026-06-30"))));
}

#[test]
fn taxes_fees_and_padding() {
    let check = |change: &dyn Fn(&mut Book), expected: &str| {
        let mut book = sample::book();
        change(&mut book);
        let made = bill(&book, &june(), input(vec![])).bill;
        let line = made.lines.last().expect("a line");
        assert_eq!(format!("{:?} {} {}", line.kind, made.totals.net, made.totals.gross), expected);
        assert_eq!(line.price.map(|price| price.to_places(2)), Some(line.amount.to_string()));
    };
    // B5: 2.50 × 1.20.
    check(&|book| book.customers[0].empty_invoice = EmptyInvoice::Fee(pounds("2.50")), "EmptyInvoiceFee 2.50 3.00");
    // B6: 3.50 + 6.50 = 10.00 × 1.20.
    let padded = |book: &mut Book| {
        book.charges = vec![one_off("A", "3.50", "2026-06-01")];
        book.customers[0].low_invoice = LowInvoiceTest::TotalBelow(pounds("10.00"));
        book.customers[0].low_invoice_action = LowInvoiceAction::PadTo(pounds("10.00"));
    };
    check(&padded, "Padding 10.00 12.00");
    assert_eq!(
        bill_customer(&sample::book(), &june(), input(vec![])),
        Ok(Outcome::NoBill(NoBill::Empty)),
        "B5: skipped by default"
    );
}

#[test]
fn carries_terms_and_messages() {
    let mut book = sample::book();
    book.customers[0].invoice_message = "Always".into();
    book.customers[0].next_invoice_message = "Once".into();
    let terms = RunTerms { message: "To all".into(), ..june() };
    let made = bill(&book, &terms, input(vec![may_call("1")])).bill;
    assert_eq!(made.messages, ["To all", "Always", "Once"]);
    assert_eq!((made.due_date, made.customer.payment_terms.as_str()), (date("2026-07-01"), "30 days"));
    book.customers[0].payment_terms = Some(PaymentTerms::Months(1));
    let terms = RunTerms { due_date: Some(date("2026-06-15")), ..june() };
    let made = bill(&book, &terms, CustomerInput { has_next_message: false, ..input(vec![may_call("1")]) }).bill;
    assert_eq!(made.messages, ["Always"]);
    assert_eq!((made.due_date, made.customer.payment_terms.as_str()), (date("2026-06-15"), "1 month"));
}
