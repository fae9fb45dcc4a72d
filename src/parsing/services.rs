//! The lines of a service file → [`ServiceLine`]s and [`Reject`]s. Which product a line is, and whose, is decided later.

use super::ParseContext;
use super::frame::SourceFile;
use super::layout::{BrokenPart, Contents, Field, ServiceRules};
use super::line::Line;
use super::refusal::{Fault, Reject};
use super::split::Fields;
use super::values::{OUTSIDE_YEARS, Wrong, read_amount, read_date, read_month};
use crate::domain::charge::ServiceLine;
use crate::domain::money::{NumberError, Price, Quantity};
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;

/// What became of the lines of a service file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedServices {
    /// In the order of the file; `row` counts from 0.
    pub lines: Vec<ServiceLine>,
    /// In the order of the file.
    pub rejects: Vec<Reject>,
    /// Lines with nothing but spaces.
    pub blank_lines: u64,
    /// Physical lines of the body.
    pub physical_lines: u64,
}

/// Reads a whole service file.
///
/// # Panics
/// If the layout is one of usage: the caller's mistake, never a matter of input.
pub fn parse_services(source: &SourceFile<'_>, context: &ParseContext<'_>) -> ParsedServices {
    let Contents::Services(rules) = &context.layout.contents else {
        panic!("layout {} is one of usage, not of services", context.layout.name());
    };
    let reader = ServiceReader { context, rules, numbers: context.layout.number_rules(&context.numbers) };
    let mut parsed = ParsedServices::default();
    let mut fields = Fields::default();
    for record in source.lines_of(&source.body_chunk()) {
        parsed.physical_lines += record.lines;
        if record.is_blank() {
            parsed.blank_lines += 1;
            continue;
        }
        let row = u32::try_from(parsed.lines.len()).expect("a file has fewer than 2^32 lines");
        let line = Line::split(&record, &mut fields, &source.columns, context.layout);
        match line.and_then(|line| reader.read(&line, row, record.line)) {
            Ok(service) => parsed.lines.push(service),
            Err(fault) => parsed.rejects.push(fault.on(&record)),
        }
    }
    parsed
}

/// What is the same for all lines of a file.
struct ServiceReader<'a> {
    context: &'a ParseContext<'a>,
    rules: &'a ServiceRules,
    numbers: NumberRules,
}

impl ServiceReader<'_> {
    fn read(&self, line: &Line<'_>, row: u32, physical_line: u64) -> Result<ServiceLine, Fault> {
        let cli = line.identifier(Field::Cli, &self.numbers)?;
        if cli.is_empty() {
            return Err(line.fault(Field::Cli, "is missing".into()));
        }
        Ok(ServiceLine {
            row,
            line: physical_line,
            cli: cli.into(),
            code: line.text(Field::Code)?.into_owned(),
            description: line.text(Field::Description)?.into_owned(),
            event: line.told(Field::Event, &self.rules.event)?,
            date: self.date(line)?,
            quantity: self.quantity(line)?,
            cost: self.cost(line)?,
        })
    }

    /// The line's own date if it falls in the billing month, else the first of that month.
    fn date(&self, line: &Line<'_>) -> Result<Date, Fault> {
        let month = line.optional(Field::Month, |text| read_month(text, self.rules.month))?;
        let own = line.text(Field::Date)?;
        if own.is_empty() {
            return Err(line.fault(Field::Date, "is missing".into()));
        }
        match (read_date(&own, self.rules.date), month) {
            (Ok(date), None) => Ok(date),
            (Ok(date), Some(month)) => Ok(if date.first_of_month() == month { date } else { month }),
            // A line installed in 1998 is still rented: only the month decides.
            (Err(wrong), Some(month)) if wrong == OUTSIDE_YEARS => Ok(month),
            (Err(wrong), _) => Err(line.fault(Field::Date, wrong)),
        }
    }

    /// How many; 1 where the layout has no such column (P1: not negative).
    fn quantity(&self, line: &Line<'_>) -> Result<Quantity, Fault> {
        if line.columns.index(Field::Quantity).is_none() {
            return Ok(Quantity::ONE);
        }
        line.value(Field::Quantity, |text| match Quantity::parse(text) {
            Ok(quantity) if quantity.is_negative() => Err("is negative".into()),
            Ok(quantity) => Ok(quantity),
            Err(NumberError::Empty) => Err("is missing".into()),
            Err(error) => Err(Wrong::Owned(error.to_string())),
        })
    }

    /// The cost of the line, with the part for a broken month as the layout says.
    fn cost(&self, line: &Line<'_>) -> Result<Price, Fault> {
        let read = |text: &str| read_amount(text, &self.context.layout.amounts, self.context.currency);
        let cost = line.value(Field::Cost, read)?;
        let part = line.optional(Field::BrokenPart, read)?.unwrap_or(Price::ZERO);
        match self.rules.broken_part {
            BrokenPart::Included => Ok(cost),
            BrokenPart::Added => {
                cost.plus(part).map_err(|error| line.fault(Field::BrokenPart, error.to_string().into()))
            }
        }
    }
}
