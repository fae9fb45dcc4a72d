"""Reads report workbooks beside their CSV files with openpyxl: each value must be the same, none a formula.

Usage: read_report.py FOLDER NAME... ; each NAME.xlsx beside NAME.csv
"""

import csv
import datetime
import re
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl


def as_csv(cell):
    """A cell of the workbook as the CSV file writes it."""
    value = cell.value
    assert cell.data_type != "f", f"{cell.coordinate} is a formula: {value}"
    if value is None:
        return ""
    if isinstance(value, datetime.timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, datetime.time):
        return str(value.hour * 3600 + value.minute * 60 + value.second)
    if isinstance(value, datetime.datetime):
        if cell.number_format == "[h]:mm:ss":
            return str(round((value - datetime.datetime(1899, 12, 30)).total_seconds()))
        return value.date().isoformat()
    if isinstance(value, (int, float)):
        if cell.number_format.endswith("%"):
            return str((Decimal(repr(value)) * 100).quantize(Decimal("0.1")))
        places = len(cell.number_format.partition(".")[2])
        return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places)))
    return value


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    for name in names:
        book = openpyxl.load_workbook(folder / f"{name}.xlsx")
        assert book.sheetnames[1] == "About" and len(book.sheetnames) == 2, book.sheetnames
        assert book.properties.created == datetime.datetime(2000, 1, 1), book.properties.created
        sheet = book.worksheets[0]
        with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert sheet.freeze_panes == "A2", sheet.freeze_panes
        assert len(rows) < 2 or sheet.auto_filter.ref, "no filter"
        head = [cell.value for cell in sheet[1]]
        expected = [column.replace("_", " ").replace("seconds", "time") for column in rows[0]]
        assert [word.replace("seconds", "time") for word in head] == expected, (head, expected)
        for number, row in enumerate(rows[1:], 2):
            for cell, written in zip(sheet[number], row):
                found = as_csv(cell)
                # An apostrophe keeps a CSV cell from running; a workbook says of each cell what it is.
                if re.match(r"'[=+\-@\t\r\n]", written):
                    written = written[1:]
                # A time below nothing is words.
                if re.fullmatch(r"-\d+:\d\d:\d\d", found):
                    hours, minutes, seconds = map(int, found[1:].split(":"))
                    found = str(-(hours * 3600 + minutes * 60 + seconds))
                same = found == written
                try:
                    same = same or Decimal(found) == Decimal(written)
                except ArithmeticError:
                    pass
                assert same, f"{name} {cell.coordinate}: {found!r}, the CSV file has {written!r}"
        about = {row[0].value: row[1].value for row in book["About"].iter_rows() if row[0].value}
        assert about["made by"] == f"tollbook report {sheet.title}", about
        for cell in (cell for row in book["About"].iter_rows() for cell in row):
            assert cell.data_type != "f", cell.coordinate
        print(name, len(rows) - 1)


main()
