//! A posted bill, the credit notes on it and what is to be credited → a credit note: all that is left, an amount, or whole
//! lines (B12). Its VAT is by the rates of the original, never today's (V4), and never more than is left of it. Its amounts
//! are negative.

use super::BillingError;
use super::vat::vat_on;
use crate::domain::bill::{
    Amount, Bill, BillBalance, BillLine, BillTotals, BillVat, CreditedInvoice, DocumentKind, LineKind,
};
use crate::domain::book::VatRounding;
use crate::domain::credit::{LeftOfCode, left_of};
use crate::domain::money::{Money, Overflow, Percent};
use crate::domain::price_book::VatKind;
use crate::domain::time::Date;

/// What is to be credited of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatToCredit {
    /// All that is left.
    Whole,
    /// So much ex VAT, of a VAT code; it may be left out where the bill has one.
    Amount {
        /// Ex VAT; positive.
        net: Money,
        /// The code.
        vat_code: Option<String>,
    },
    /// These lines, counted from 1.
    Lines(Vec<usize>),
}

/// What a credit note is made from.
#[derive(Clone, Copy, Debug)]
pub struct Crediting<'a> {
    /// The posted bill.
    pub original: &'a Bill,
    /// The credit notes on it, in the order of posting.
    pub earlier: &'a [Bill],
    /// The day on the credit note.
    pub date: Date,
    /// Why.
    pub reason: &'a str,
    /// What the customer owes before it.
    pub previous_balance: Money,
    /// How the VAT of a part is rounded (V3).
    pub rounding: VatRounding,
}

impl Crediting<'_> {
    /// Makes the credit note, without its number.
    ///
    /// # Errors
    /// [`BillingError`] if more is to be credited than is left, or what is named is not on the bill.
    pub fn credit(&self, what: &WhatToCredit) -> Result<Bill, BillingError> {
        let left = left_of(self.original, self.earlier.iter())?;
        let (lines, vat) = match what {
            WhatToCredit::Whole if self.earlier.is_empty() => {
                let lines = self.original.lines.iter().map(negated).collect::<Result<_, _>>()?;
                (lines, self.vat_of(left.iter().map(|left| (left, left.net, left.vat)))?)
            }
            WhatToCredit::Whole => {
                let lines = left.iter().filter(|left| left.net != Money::ZERO);
                let lines = lines.map(|left| self.line(left, "Rest of", left.net)).collect::<Result<_, _>>()?;
                let vat = left.iter().filter(|left| (left.net, left.vat) != (Money::ZERO, Money::ZERO));
                (lines, self.vat_of(vat.map(|left| (left, left.net, left.vat)))?)
            }
            WhatToCredit::Amount { net, vat_code } => {
                let left = self.find_code(&left, vat_code.as_deref())?;
                let vat = self.vat_of_part(left, &[*net])?;
                (vec![self.line(left, "Part of", *net)?], self.vat_of([(left, *net, vat)].into_iter())?)
            }
            WhatToCredit::Lines(numbers) => self.credit_lines(&left, numbers)?,
        };
        self.assemble(lines, vat)
    }

    fn credit_lines(
        &self,
        left: &[LeftOfCode],
        numbers: &[usize],
    ) -> Result<(Vec<BillLine>, Vec<BillVat>), BillingError> {
        let mut lines = Vec::<BillLine>::new();
        for (place, number) in numbers.iter().enumerate() {
            let number = *number;
            let line = number.checked_sub(1).and_then(|index| self.original.lines.get(index));
            let line = line.ok_or_else(|| {
                BillingError::new(format!("there is no line {number}: there are {}", self.original.lines.len()))
            })?;
            if numbers[..place].contains(&number) {
                return Err(BillingError::new(format!("line {number} is named twice")));
            }
            if line.amount.money <= Money::ZERO {
                let amount = line.amount;
                return Err(BillingError::new(format!("line {number} comes to {amount}: there is nothing to credit")));
            }
            let credited = negated(line)?;
            // Lines of a bill may be equal: as many of them can be credited as there are.
            let same = |lines: &[BillLine], wanted: &BillLine| lines.iter().filter(|line| *line == wanted).count();
            let before: usize = self.earlier.iter().map(|note| same(&note.lines, &credited)).sum();
            if before + same(&lines, &credited) >= same(&self.original.lines, line) {
                return Err(BillingError::new(format!("line {number} is credited already")));
            }
            lines.push(credited);
        }
        let mut vat = Vec::new();
        for left in left {
            let of_code = lines.iter().filter(|line| line.vat_code == left.code);
            let nets = of_code.map(|line| line.amount.money.negated()).collect::<Result<Vec<_>, _>>()?;
            if !nets.is_empty() {
                vat.push((left, Money::total(nets.iter().copied())?, self.vat_of_part(left, &nets)?));
            }
        }
        Ok((lines, self.vat_of(vat.into_iter())?))
    }

    fn find_code<'l>(&self, left: &'l [LeftOfCode], code: Option<&str>) -> Result<&'l LeftOfCode, BillingError> {
        let codes = || {
            let each = |left: &LeftOfCode| format!("{} ({} left)", left.code, self.amount(left.net));
            left.iter().map(each).collect::<Vec<_>>().join(", ")
        };
        match (code, left) {
            (None, [only]) => Ok(only),
            (None, _) => Err(BillingError::new(format!("several VAT codes are on it: name one of {}", codes()))),
            (Some(code), _) => left
                .iter()
                .find(|left| left.code == code)
                .ok_or_else(|| BillingError::new(format!("the VAT code {code} is not on it: there are {}", codes()))),
        }
    }

    /// The VAT on parts of a code; of all that is left, all that is left of the VAT, so that no penny of rounding stays.
    fn vat_of_part(&self, left: &LeftOfCode, nets: &[Money]) -> Result<Money, BillingError> {
        let net = Money::total(nets.iter().copied())?;
        if net <= Money::ZERO {
            return Err(BillingError::new("a credit is of more than nothing".to_owned()));
        }
        if net > left.net {
            let (code, left, net) = (&left.code, self.amount(left.net), self.amount(net));
            return Err(BillingError::new(format!(
                "a credit above the invoice: {net} is asked for, {left} ex VAT is left of VAT code {code}"
            )));
        }
        if net == left.net {
            return Ok(left.vat);
        }
        let row = self.original.vat.iter().find(|row| row.code == left.code);
        let charged = row.filter(|row| matches!(row.kind, VatKind::Standard | VatKind::Reduced));
        let rate = charged.map_or(Percent::ZERO, |row| row.rate);
        Ok(vat_on(nets.iter().copied(), rate, self.rounding)?.min(left.vat))
    }

    /// Rows of VAT by the original's terms, of nets and VAT that are positive where they lower the bill.
    fn vat_of<'l>(
        &self,
        parts: impl Iterator<Item = (&'l LeftOfCode, Money, Money)>,
    ) -> Result<Vec<BillVat>, Overflow> {
        let mut rows = Vec::new();
        for (left, net, vat) in parts {
            let original = self.original.vat.iter().filter(|row| row.code == left.code);
            for row in original {
                let (net, vat) = (self.amount(net.negated()?), self.amount(vat.negated()?));
                rows.push(BillVat { net, vat, ..row.clone() });
            }
        }
        Ok(rows)
    }

    fn line(&self, left: &LeftOfCode, part: &str, net: Money) -> Result<BillLine, Overflow> {
        let number = self.original.number.as_deref().unwrap_or_default();
        Ok(BillLine {
            category: "Credits".into(),
            description: format!("{part} invoice {number}"),
            ..BillLine::new(LineKind::Credit, self.amount(net.negated()?), left.code.clone())
        })
    }

    fn assemble(&self, lines: Vec<BillLine>, vat: Vec<BillVat>) -> Result<Bill, BillingError> {
        let original = self.original;
        let usage = super::thresholds::call_spend(&lines)?;
        let net = Money::total(lines.iter().map(|line| line.amount.money))?;
        let charged = vat.iter().filter(|row| row.kind != VatKind::ReverseCharge);
        let tax = Money::total(charged.map(|row| row.vat.money))?;
        let gross = net.plus(tax)?;
        let amount = |money| self.amount(money);
        let previous = self.previous_balance;
        Ok(Bill {
            document: DocumentKind::CreditNote,
            number: None,
            credits: original.number.clone().map(|number| CreditedInvoice { number, date: original.invoice_date }),
            reason: self.reason.trim().to_owned(),
            is_final: false,
            invoice_date: self.date,
            due_date: self.date,
            lines,
            usage_by_class: Vec::new(),
            usage_by_cli: Vec::new(),
            allowances: Vec::new(),
            vat,
            totals: BillTotals {
                usage: amount(usage),
                charges: amount(net.minus(usage)?),
                net: amount(net),
                vat: amount(tax),
                gross: amount(gross),
            },
            balance: BillBalance {
                previous: amount(previous),
                this_bill: amount(gross),
                now: amount(previous.plus(gross)?),
            },
            messages: Vec::new(),
            ..original.clone()
        })
    }

    fn amount(&self, money: Money) -> Amount {
        Amount::new(money, self.original.currency)
    }
}

/// The line with the opposite amount and cost.
fn negated(line: &BillLine) -> Result<BillLine, Overflow> {
    let amount = Amount { money: line.amount.money.negated()?, ..line.amount };
    Ok(BillLine { amount, cost: line.cost.negated()?, ..line.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::june;
    use crate::billing::{CustomerInput, Outcome, UsageSums, bill_customer};
    use crate::domain::book::Book;
    use crate::domain::charge::Charge;
    use crate::domain::sample::{self, CUSTOMER, date, one_off, pounds};

    /// A posted bill of one-off charges: (VAT code, net).
    fn posted(charges: &[(&str, &str)]) -> Bill {
        let charge = |(place, (code, net)): (usize, &(&str, &str))| Charge {
            vat_code: Some((*code).to_owned()),
            ..one_off(&format!("C{place}"), net, "2026-06-10")
        };
        let book = Book { charges: charges.iter().enumerate().map(charge).collect(), ..sample::book() };
        let input = CustomerInput {
            customer: CUSTOMER,
            usage: UsageSums::default(),
            allowances: Vec::new(),
            services: Vec::new(),
            billed_periods: &[],
            previous_balance: Money::ZERO,
            has_next_message: false,
            is_billed_in_window: false,
        };
        let Ok(Outcome::Bills(mut bills)) = bill_customer(&book, &june(), input) else { panic!("there is a bill") };
        Bill { number: Some("INV1".into()), ..bills.remove(0).bill }
    }

    fn credit(original: &Bill, earlier: &[Bill], what: &WhatToCredit) -> Result<Bill, String> {
        let crediting = Crediting {
            original,
            earlier,
            date: date("2026-06-20"),
            reason: "as agreed",
            previous_balance: pounds("100"),
            rounding: VatRounding::HalfUp,
        };
        crediting.credit(what).map_err(|error| error.to_string())
    }

    fn part(code: &str, net: &str) -> WhatToCredit {
        let vat_code = Some(code.to_owned()).filter(|code| !code.is_empty());
        WhatToCredit::Amount { net: pounds(net), vat_code }
    }

    /// Each credit after those before it: what it comes to by code, or why it is refused.
    #[track_caller]
    fn check(charges: &[(&str, &str)], rows: &[(WhatToCredit, &str)]) {
        let original = posted(charges);
        let mut earlier = Vec::new();
        for (what, expected) in rows {
            match credit(&original, &earlier, what) {
                Ok(note) => {
                    let vat = note.vat.iter().map(|row| format!("{} {} + {}", row.code, row.net, row.vat));
                    let found = format!("{} = {}", vat.collect::<Vec<_>>().join(", "), note.totals.gross);
                    assert_eq!(found, *expected, "{what:?}");
                    earlier.push(note);
                }
                Err(reason) => assert_eq!(reason, *expected, "{what:?}"),
            }
        }
    }

    #[test]
    fn parts_have_the_rates_of_the_original_and_the_last_takes_the_rest_b12() {
        use WhatToCredit::Whole;
        // 20 % of 0.99 is 0.198, so 0.20; of each 0.33 it is 0.066, so 0.07: the last third has 0.06 left.
        check(
            &[("std", "0.99")],
            &[
                (part("", "0.33"), "std -0.33 + -0.07 = -0.40"),
                (part("std", "0.33"), "std -0.33 + -0.07 = -0.40"),
                (
                    part("std", "0.34"),
                    "a credit above the invoice: 0.34 is asked for, 0.33 ex VAT is left of VAT code std",
                ),
                (part("std", "0.33"), "std -0.33 + -0.06 = -0.39"),
                (
                    part("std", "0.01"),
                    "a credit above the invoice: 0.01 is asked for, 0.00 ex VAT is left of VAT code std",
                ),
                (Whole, " = 0.00"),
            ],
        );
        // 20 % of 327.49 is 65.498, so 65.50; 5 % of 29.95 is 1.4975, so 1.50.
        check(
            &[("std", "327.49"), ("red", "29.95")],
            &[
                (part("", "10"), "several VAT codes are on it: name one of red (29.95 left), std (327.49 left)"),
                (part("zero", "10"), "the VAT code zero is not on it: there are red (29.95 left), std (327.49 left)"),
                (part("std", "0"), "a credit is of more than nothing"),
                (part("red", "9.99"), "red -9.99 + -0.50 = -10.49"),
                (Whole, "red -19.96 + -1.00, std -327.49 + -65.50 = -413.95"),
            ],
        );
        check(&[("std", "20"), ("red", "1")], &[(Whole, "red -1.00 + -0.05, std -20.00 + -4.00 = -25.05")]);
        // Of a reverse charge no VAT was charged, and none is credited.
        check(
            &[("rev", "50")],
            &[(part("rev", "20"), "rev -20.00 + 0.00 = -20.00"), (Whole, "rev -30.00 + 0.00 = -30.00")],
        );
        check(&[("std", "-5")], &[(Whole, "std 5.00 + 1.00 = 6.00")]);
    }

    #[test]
    fn lines_are_credited_once_b12() {
        use WhatToCredit::Lines;
        check(
            &[("std", "10"), ("red", "20"), ("std", "-3")],
            &[
                (Lines(vec![4]), "there is no line 4: there are 3"),
                (Lines(vec![0]), "there is no line 0: there are 3"),
                (Lines(vec![3]), "line 3 comes to -3.00: there is nothing to credit"),
                (Lines(vec![2, 2]), "line 2 is named twice"),
                // Only 7.00 is left of std, as the third line took 3.00 off.
                (Lines(vec![1]), "a credit above the invoice: 10.00 is asked for, 7.00 ex VAT is left of VAT code std"),
                (Lines(vec![2]), "red -20.00 + -1.00 = -21.00"),
                (Lines(vec![2]), "line 2 is credited already"),
            ],
        );
    }

    #[test]
    fn a_credit_note_says_what_it_is_of() {
        let original = posted(&[("std", "20")]);
        let note = credit(&original, &[], &WhatToCredit::Whole).unwrap();
        let of = CreditedInvoice { number: "INV1".into(), date: original.invoice_date };
        assert_eq!(
            (note.document, note.credits, note.reason.as_str()),
            (DocumentKind::CreditNote, Some(of), "as agreed")
        );
        assert_eq!((note.number, note.invoice_date), (None, date("2026-06-20")));
        assert_eq!(
            (note.balance.previous.to_string(), note.balance.now.to_string()),
            ("100.00".into(), "76.00".into())
        );
        assert_eq!(note.lines[0].amount.to_string(), "-20.00");
    }
}
