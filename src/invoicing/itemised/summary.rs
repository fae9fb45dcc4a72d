//! A bill → the sheet `Summary`: what it is, its sums, and what they are made of by category, VAT code, class and cost
//! centre. All figures are those of the model.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{date, duration, figure, megabytes, text};
use super::charge_sheet::write_rate;
use super::looks::{Cells, Looks};
use super::{Usage, name_of, usage_by};
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::Money;
use crate::domain::time::Date;

/// Writes row by row.
struct Page<'p> {
    sheet: &'p mut Worksheet,
    looks: &'p Looks,
    row: u32,
}

pub(super) fn write(
    sheet: &mut Worksheet,
    bill: &Bill,
    calls: &[ItemisedCall],
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_screen_gridlines(false);
    for (column, width) in [(0, 34), (1, 16), (2, 16), (3, 16), (4, 16)] {
        sheet.set_column_width(column, width)?;
    }
    let mut page = Page { sheet, looks, row: 0 };
    page.title(bill)?;
    page.facts(bill)?;
    page.totals(bill)?;
    page.categories(bill)?;
    page.vat(bill)?;
    if !bill.usage_by_class.is_empty() || !calls.is_empty() {
        page.classes(bill)?;
        page.cost_centres(bill)?;
    }
    Ok(())
}

impl Page<'_> {
    fn title(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        text(self.sheet, (0, 0), &name_of(bill), &self.looks.title)?;
        self.sheet.set_row_height(0, 28)?;
        text(self.sheet, (1, 0), &bill.organisation.name, &self.looks.label)?;
        self.row = 3;
        Ok(())
    }

    fn facts(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        let customer = &bill.customer;
        let words = |page: &mut Self, label: &str, words: &str| {
            if words.is_empty() {
                return Ok::<(), XlsxError>(());
            }
            text(page.sheet, (page.row, 0), label, &page.looks.label)?;
            text(page.sheet, (page.row, 1), words, &page.looks.plain)?;
            page.row += 1;
            Ok(())
        };
        let day = |page: &mut Self, label: &str, day: Date| {
            text(page.sheet, (page.row, 0), label, &page.looks.label)?;
            date(page.sheet, (page.row, 1), day, &page.looks.plain_date)?;
            page.row += 1;
            Ok::<(), XlsxError>(())
        };
        words(self, "Number", bill.number.as_deref().unwrap_or_default())?;
        if let Some(credited) = &bill.credits {
            words(self, "Credits invoice", &credited.number)?;
        }
        day(self, "Date", bill.invoice_date)?;
        day(self, "Due", bill.due_date)?;
        words(self, "Account", &customer.account)?;
        words(self, "Customer", &customer.name)?;
        words(self, "Your reference", &customer.reference)?;
        words(self, "Purchase order", &customer.purchase_order)?;
        words(self, "Currency", bill.currency.code())?;
        day(self, "Usage before", bill.usage_until)?;
        self.row += 1;
        Ok(())
    }

    fn totals(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        let totals = &bill.totals;
        self.heads(&["Total", "Amount"])?;
        let rows = [
            ("Usage ex VAT", totals.usage),
            ("Other charges ex VAT", totals.charges),
            ("Total ex VAT", totals.net),
            ("VAT", totals.vat),
        ];
        for (label, amount) in rows {
            text(self.sheet, (self.row, 0), label, &self.looks.cell.text)?;
            figure(self.sheet, (self.row, 1), &amount.to_string(), &self.looks.cell.money)?;
            self.row += 1;
        }
        text(self.sheet, (self.row, 0), "Total including VAT", &self.looks.total.text)?;
        figure(self.sheet, (self.row, 1), &totals.gross.to_string(), &self.looks.total.money)?;
        self.row += 2;
        Ok(())
    }

    fn categories(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        let mut sums = BTreeMap::<&str, (u64, Money)>::new();
        for line in &bill.lines {
            let (count, sum) = sums.entry(&line.category).or_default();
            *count += 1;
            *sum = sum.plus(line.amount.money).map_err(|error| XlsxError::ParameterError(error.to_string()))?;
        }
        self.heads(&["Charges by category", "Lines", "Amount ex VAT"])?;
        let looks = self.looks;
        for (category, (count, sum)) in sums {
            let name = if category.is_empty() { "Other" } else { category };
            text(self.sheet, (self.row, 0), name, &looks.cell.text)?;
            figure(self.sheet, (self.row, 1), &count.to_string(), &looks.cell.count)?;
            figure(self.sheet, (self.row, 2), &sum.format(bill.currency), &looks.cell.money)?;
            self.row += 1;
        }
        text(self.sheet, (self.row, 0), "Total ex VAT", &looks.total.text)?;
        figure(self.sheet, (self.row, 1), &bill.lines.len().to_string(), &looks.total.count)?;
        figure(self.sheet, (self.row, 2), &bill.totals.net.to_string(), &looks.total.money)?;
        self.row += 2;
        Ok(())
    }

    fn vat(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        self.heads(&["VAT", "Rate", "Amount ex VAT", "VAT"])?;
        let looks = self.looks;
        for vat in &bill.vat {
            let label = if vat.label.is_empty() { &vat.code } else { &vat.label };
            text(self.sheet, (self.row, 0), label, &looks.cell.text)?;
            write_rate(self.sheet, (self.row, 1), vat.rate, &looks.cell)?;
            figure(self.sheet, (self.row, 2), &vat.net.to_string(), &looks.cell.money)?;
            figure(self.sheet, (self.row, 3), &vat.vat.to_string(), &looks.cell.money)?;
            self.row += 1;
        }
        text(self.sheet, (self.row, 0), "Total", &looks.total.text)?;
        self.sheet.write_blank(self.row, 1, &looks.total.text)?;
        figure(self.sheet, (self.row, 2), &bill.totals.net.to_string(), &looks.total.money)?;
        figure(self.sheet, (self.row, 3), &bill.totals.vat.to_string(), &looks.total.money)?;
        self.row += 2;
        Ok(())
    }

    fn classes(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        self.usage_heads("Usage by class")?;
        let mut sum = Usage::default();
        for class in &bill.usage_by_class {
            let mut usage = Usage::default();
            for usage in [&mut usage, &mut sum] {
                let added = usage.add(class.records, class.seconds, class.bytes, [class.amount, Default::default()]);
                added.map_err(|error| XlsxError::ParameterError(error.to_string()))?;
            }
            self.usage_row(&class.title, &usage, false)?;
        }
        self.usage_row("Total of the calls, exact", &sum, true)?;
        let label = "As charged: each usage line rounded";
        text(self.sheet, (self.row, 0), label, &self.looks.cell.text)?;
        for column in 1..4 {
            self.sheet.write_blank(self.row, column, &self.looks.cell.text)?;
        }
        figure(self.sheet, (self.row, 4), &bill.totals.usage.to_string(), &self.looks.cell.money)?;
        self.row += 2;
        Ok(())
    }

    fn cost_centres(&mut self, bill: &Bill) -> Result<(), XlsxError> {
        let parts = usage_by(bill, |line| line.cost_centre.as_str())?;
        if parts.keys().all(|name| name.is_empty()) {
            return Ok(());
        }
        self.usage_heads("Usage by cost centre")?;
        for (name, usage) in &parts {
            self.usage_row(if name.is_empty() { "No cost centre" } else { name }, usage, false)?;
        }
        let total = usage_by(bill, |_| ())?;
        self.usage_row("Total", total.get(&()).unwrap_or(&Usage::default()), true)
    }

    fn usage_heads(&mut self, of: &str) -> Result<(), XlsxError> {
        self.heads(&[of, "Records", "Duration", "Data (MB)", "Charge ex VAT"])
    }

    fn usage_row(&mut self, name: &str, usage: &Usage, is_total: bool) -> Result<(), XlsxError> {
        let cell: &Cells = if is_total { &self.looks.total } else { &self.looks.cell };
        text(self.sheet, (self.row, 0), name, &cell.text)?;
        figure(self.sheet, (self.row, 1), &usage.records.to_string(), &cell.count)?;
        duration(self.sheet, (self.row, 2), usage.seconds, &cell.duration)?;
        figure(self.sheet, (self.row, 3), &megabytes(usage.bytes), &cell.data)?;
        figure(self.sheet, (self.row, 4), &usage.amount.to_string(), &cell.exact)?;
        self.row += 1;
        Ok(())
    }

    fn heads(&mut self, heads: &[&str]) -> Result<(), XlsxError> {
        for (column, head) in (0..).zip(heads) {
            let format = if column == 0 { &self.looks.head } else { &self.looks.head_right };
            self.sheet.write_string_with_format(self.row, column, *head, format)?;
        }
        self.row += 1;
        Ok(())
    }
}
