"""Fills in a form as a person would, or changes one cell of one, with openpyxl.

    fill_form.py fill TEMPLATE.xlsx OUT.xlsx ROWS.json
    fill_form.py change FILE.xlsx OUT.xlsx SHEET HEADER=VALUE HEADER NEW

ROWS is {"Sheet": [{"Header": value, …}, …], …}; the rows go below the last one that holds anything, which in an empty
form is the example. Texts are written as texts, numbers as numbers, {"day": "2026-01-31"} as a date, {"text": …} as a
text in a cell that spreadsheets take for a number. Of `change` the row is the one whose column HEADER holds VALUE; NEW
is JSON. Headers must be there exactly as they are written.
"""

import datetime
import json
import sys

import openpyxl

HEADER_ROW = 1


def columns_of(sheet):
    return {cell.value: cell.column for cell in sheet[HEADER_ROW] if cell.value is not None}


def column(sheet, columns, header):
    if header not in columns:
        sys.exit(f"{sheet.title}: no column {header!r}; there are {list(columns)}")
    return columns[header]


def last_row(sheet):
    filled = (cells[0].row for cells in sheet.iter_rows() if any(cell.value is not None for cell in cells))
    return max(filled, default=HEADER_ROW)


def put(cell, value):
    if isinstance(value, dict) and "day" in value:
        cell.value = datetime.date.fromisoformat(value["day"])
        cell.number_format = "DD/MM/YYYY"
    elif isinstance(value, dict):
        cell.value = value["text"]
        cell.number_format = "General"
    else:
        cell.value = value


def fill(book, rows):
    for name, of_sheet in rows.items():
        sheet = book[name]
        columns = columns_of(sheet)
        for place, row in enumerate(of_sheet, last_row(sheet) + 1):
            for header, value in row.items():
                put(sheet.cell(place, column(sheet, columns, header)), value)


def change(book, name, wanted, header, value):
    sheet = book[name]
    columns = columns_of(sheet)
    by, text = wanted.split("=", 1)
    by = column(sheet, columns, by)
    found = [cells[0].row for cells in sheet.iter_rows(HEADER_ROW + 1) if str(cells[by - 1].value) == text]
    if len(found) != 1:
        sys.exit(f"{name}: {wanted} is in {len(found)} rows")
    put(sheet.cell(found[0], column(sheet, columns, header)), json.loads(value))


def main():
    command, source, target, *rest = sys.argv[1:]
    book = openpyxl.load_workbook(source)
    if command == "fill":
        with open(rest[0], encoding="utf-8") as file:
            fill(book, json.load(file))
    else:
        change(book, *rest)
    book.save(target)


if __name__ == "__main__":
    main()
