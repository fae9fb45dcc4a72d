"""Writes the workbooks of fixtures/workbooks by openpyxl: every kind of cell, both epochs.

    python write_workbooks.py FILE 1900|1904
"""

import datetime
import sys

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

path, epoch = sys.argv[1:]
book = openpyxl.Workbook()
book.properties.created = book.properties.modified = datetime.datetime(2026, 3, 5)
if epoch == "1904":
    book.epoch = CALENDAR_MAC_1904
sheet = book.active
sheet.title = "All kinds"
rows = [
    ["Kind", "Value", "Hidden column", "Note"],
    ["text", "Ash & Beech <Ltd>", None, None],
    ["blanks", "  two before, a no-break one after\u00a0", None, None],
    ["line break", "1 High Street\nLeeds", None, None],
    ["telephone", "+44 20 7946 0000", None, None],
    ["telephone as number", 442079460000, None, None],
    ["number as text", "007", None, None],
    ["whole", 1001, None, None],
    ["sum", 0.1 + 0.2, None, None],
    ["tiny", 0.000015, None, None],
    ["negative", -12.5, None, None],
    ["percentage", 0.175, None, None],
    ["day", datetime.date(2026, 3, 5), None, None],
    ["moment", datetime.datetime(2026, 3, 5, 10, 30, 1), None, None],
    ["leap day", datetime.date(2028, 2, 29), None, None],
    ["true", True, None, None],
    ["error", "#N/A", None, None],
    ["formula", "=1+2", None, None],
    ["rich", CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " plain"), None, None],
    ["umlauts", "Müller, Łódź, 😀", None, None],
    ["hidden column", None, "seen by few", None],
    ["hidden row", "seen by few", None, None],
    ["merged", "over two", None, None],
    [],
    ["after a blank row", "last", None, "far right"],
]
for row in rows:
    sheet.append(row)
sheet["B12"].number_format = "0.0%"
sheet["B13"].number_format = "dd/mm/yyyy"
sheet["B14"].number_format = "yyyy-mm-dd hh:mm:ss"
sheet["B15"].number_format = "d mmmm yyyy"
sheet.row_dimensions[22].hidden = True
sheet.column_dimensions["C"].hidden = True
sheet.merge_cells("B23:C23")
book.create_sheet("Secret").append(["not shown"])
book["Secret"].sheet_state = "hidden"
book.create_sheet("Second").append(["another"])
book.save(path)
