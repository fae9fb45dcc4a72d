//! What a column may hold → what the spreadsheet offers and refuses while somebody types: lists to choose from, bounds of
//! numbers and days. Long lists stand on a hidden sheet.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Formula, Workbook, Worksheet, XlsxError,
};

use super::looks;
use crate::book::CellKind;
use crate::book::schema::Range;
use crate::domain::spreadsheet::fitting;
use crate::files::workbook::letters;
use crate::forms::form::Field;
use crate::forms::kinds::CLEAR_WORD;

/// The hidden sheet with the long lists. Imports pass over it.
pub(in crate::forms) const LISTS_SHEET: &str = "Lists";
/// The last row of a sheet, from 0.
pub(in crate::forms) const LAST_ROW: u32 = 1_048_575;
/// What spreadsheets allow: of a list within the cell, of a title, of a message.
const LONGEST_INLINE: usize = 255;
const LONGEST_TITLE: usize = 32;
const LONGEST_MESSAGE: usize = 255;
/// Words that are offered where a number of months may stand too.
const INTERVALS: [&str; 6] = ["daily", "weekly", "fortnightly", "monthly", "quarterly", "yearly"];
/// Where days begin and end: 2000-01-01 and 2100-12-31.
const FIRST_DAY: &str = "36526";
const LAST_DAY: &str = "73415";

/// The long lists of a workbook; equal ones are kept once.
#[derive(Default)]
pub(in crate::forms) struct Lists {
    lists: Vec<Vec<String>>,
}

impl Lists {
    /// What a list to choose from refers to.
    fn rule(&mut self, choices: &[String]) -> Result<DataValidation, XlsxError> {
        let length = choices.iter().map(|choice| choice.encode_utf16().count() + 1).sum::<usize>() - 1;
        let is_plain = |choice: &String| !choice.contains([',', '"', '\n']) && choice.trim() == choice;
        if length <= LONGEST_INLINE && choices.iter().all(is_plain) {
            return DataValidation::new().allow_list_strings(choices);
        }
        let column = self.lists.iter().position(|list| list == choices).unwrap_or_else(|| {
            self.lists.push(choices.to_vec());
            self.lists.len() - 1
        });
        let letters = letters(u32::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?);
        let range = format!("={LISTS_SHEET}!${letters}$1:${letters}${}", choices.len());
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    /// Adds the hidden sheet, if there is a long list.
    pub fn write(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(LISTS_SHEET)?.set_hidden(true);
        for (column, list) in (0..).zip(&self.lists) {
            sheet.set_column_width(column, 30)?.set_column_format(column, &looks::text())?;
            for (row, choice) in (0..).zip(list) {
                sheet.write_string(row, column, choice)?;
            }
        }
        Ok(())
    }
}

/// What is offered and refused in the cells of a column below its header. `for_changes`: the form holds rows that are
/// there already, so lists offer to empty a cell.
pub(in crate::forms) fn add_validation(
    sheet: &mut Worksheet,
    lists: &mut Lists,
    place: (u32, u16),
    field: &Field,
    for_changes: bool,
) -> Result<(), XlsxError> {
    let Some(rule) = rule(lists, field, for_changes)? else { return Ok(()) };
    let (style, message) = refusal(field);
    let validation = rule
        .set_error_style(style)
        .set_error_title(fitting(&field.header, LONGEST_TITLE))?
        .set_error_message(fitting(&message, LONGEST_MESSAGE))?
        .set_input_title(fitting(&field.header, LONGEST_TITLE))?
        .set_input_message(fitting(&field.in_one_line(), LONGEST_MESSAGE))?;
    let (row, column) = place;
    sheet.add_data_validation(row, column, LAST_ROW, column, &validation)?;
    Ok(())
}

fn rule(lists: &mut Lists, field: &Field, for_changes: bool) -> Result<Option<DataValidation>, XlsxError> {
    let between = |least: &str, most: &str| DataValidationRule::Between(Formula::new(least), Formula::new(most));
    let rule = match field.kind {
        _ if !field.choices.is_empty() => {
            let clear = Some(CLEAR_WORD.to_owned()).filter(|_| for_changes && !field.required);
            let choices: Vec<String> = field.choices.iter().cloned().chain(clear).collect();
            lists.rule(&choices)?
        }
        CellKind::Interval => lists.rule(&INTERVALS.map(str::to_owned))?,
        CellKind::Integer(least, most) => {
            DataValidation::new().allow_whole_number_formula(between(&least.to_string(), &most.to_string()))
        }
        CellKind::Markup => DataValidation::new().allow_decimal_number_formula(between("-100", "10000")),
        CellKind::Decimal(_, range) => DataValidation::new().allow_decimal_number_formula(match range {
            Range::Any => between("-1000000000000000", "1000000000000000"),
            Range::NotNegative => DataValidationRule::GreaterThanOrEqualTo(Formula::new("0")),
            Range::Positive => DataValidationRule::GreaterThan(Formula::new("0")),
            Range::Between(least, most) => between(&least.to_string(), &most.to_string()),
        }),
        CellKind::Date => DataValidation::new().allow_date_formula(between(FIRST_DAY, LAST_DAY)),
        _ => return Ok(None),
    };
    Ok(Some(rule))
}

/// Words of ours are all there are; names can be added after the form was made; of other cells `(clear)` is let through.
fn refusal(field: &Field) -> (DataValidationErrorStyle, String) {
    use DataValidationErrorStyle::{Stop, Warning};
    let takes = crate::forms::takes::what_it_takes(field.kind);
    match field.kind {
        CellKind::NameOf(_) | CellKind::Currency => {
            let message =
                "This was not in the workspace when the form was made. Keep it only if it has been added since.";
            (Warning, message.to_owned())
        }
        CellKind::Interval => (
            Warning,
            format!("{takes} Keep it if it is a number of months, or {CLEAR_WORD}, which empties what is there."),
        ),
        _ if field.required || !field.choices.is_empty() => (Stop, takes),
        _ => (Warning, format!("{takes} Keep it only if it is {CLEAR_WORD}, which empties what is there.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("name {number:03}")).collect()
    }

    #[test]
    fn intervals_that_are_offered_are_intervals() {
        let rules = crate::domain::telephone::NumberRules::of_country("44");
        for word in INTERVALS {
            let read = crate::book::canonical_cell(CellKind::Interval, word, &rules);
            assert_eq!(read.expect("an interval").as_deref(), Some(word));
        }
    }

    #[test]
    fn long_lists_and_those_with_commas_stand_on_a_sheet_once() {
        let mut lists = Lists::default();
        lists.rule(&names(28)).expect("251 characters");
        lists.rule(&["a b".to_owned(), "=c".to_owned()]).expect("short");
        assert!(lists.lists.is_empty());
        let with_comma = ["Smith, Jones".to_owned()];
        for list in [&names(29)[..], &with_comma, &names(29)] {
            lists.rule(list).expect("a range");
        }
        assert_eq!(lists.lists, [names(29), with_comma.to_vec()]);
    }
}
