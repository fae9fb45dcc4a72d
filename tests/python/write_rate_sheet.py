"""Writes the twin of a CSV rate sheet as a workbook, as people have it: write_rate_sheet.py SHEET.csv OUT.xlsx
or a deck in which a spreadsheet has spoilt cells: write_rate_sheet.py wrong OUT.xlsx

Numbers, prefixes that are bare digits, and dates are what spreadsheets make of them; the title above the header is merged, and a
row of totals ends the sheet. What spreadsheets would take for a date (1/1) is a text."""
import csv
import datetime
import re
import sys

import openpyxl

DELIMITERS = ",;\t|"
DATES = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y", "%d-%b-%y"]


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    delimiter = max(DELIMITERS, key=text.count)
    return delimiter, list(csv.reader(text.splitlines(), delimiter=delimiter))


def typed(text, comma):
    for form in DATES:
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            pass
    number = text.replace(",", ".") if comma else text
    if re.fullmatch(r"0|[1-9]\d*", number):
        return int(number)
    if re.fullmatch(r"(0|[1-9]\d*)\.\d+", number):
        return float(number)
    return text or None


def save(book):
    book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)
    book.save(sys.argv[2])
    sys.exit()


if sys.argv[1] == "wrong":
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "A-Z"
    sheet.append(["Prices of June"])
    sheet.append(["Prefix", "Destination", "Rate", "Interval", "Effective Date"])
    first, noon = datetime.date(2026, 6, 1), datetime.datetime(2026, 6, 1, 12)
    sheet.append([4420, "London", 0.0061, datetime.date(2026, 6, 30), first])
    sheet.append([44.5, "Half a code", "=1/0", "1/1", 46174])
    sheet.append(["4.42E+11", "Shortened", 0.2, "1/1", noon])
    sheet.append([True, "Yes", "0.0185 ", "1/1", first])
    sheet.append([4421, "Also", 0.01, "1/1", first, "who wrote this?"])
    sheet.append([4420, "London again", 0.007, "30/6", first])
    sheet.append([None, "No code", None, "1/1", None])
    sheet["C5"].number_format = "0%"
    save(book)

delimiter, rows = rows_of(sys.argv[1])
rows = [row for row in rows if any(row)]
header = next(at for at, row in enumerate(rows) if sum(bool(cell) for cell in row) > 1)
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Prices"
width = len(rows[header])
sheet["A1"] = "Made-up Carrier Ltd, prices"
sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
line = 3
for column, name in enumerate(rows[header], start=1):
    # A blank that people do not see, and one that they do not see either.
    sheet.cell(line, column, name.replace(" ", "\u00a0") + " ")
for row in rows[header + 1:]:
    line += 1
    for column, text in enumerate(row, start=1):
        sheet.cell(line, column, typed(text, delimiter == ";"))
        if isinstance(sheet.cell(line, column).value, datetime.date):
            sheet.cell(line, column).number_format = "dd/mm/yyyy"
sheet.cell(line + 2, 1, "Total")
sheet.cell(line + 2, 3, line - 3)
notes = book.create_sheet("Notes")
notes["A1"] = "Prices are without VAT."
hidden = book.create_sheet("Rates last year", 0)
hidden.sheet_state = "hidden"
hidden["A1"] = "match"
book.active = 1
save(book)
