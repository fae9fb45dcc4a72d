"""Writes a workbook of payments as a bookkeeper would, with openpyxl: write_payments.py OUT.xlsx [wrong]"""
import datetime
import sys

import openpyxl

book = openpyxl.Workbook()
notes = book.active
notes.title = "Read me"
notes["A1"] = "The payments are on the next sheet."
sheet = book.create_sheet("Payments")
sheet.append(["account", "date", "amount", "reference", "method", "invoice", "note"])
if "wrong" in sys.argv:
    sheet.append(["A9", datetime.date(2026, 3, 5), 12.345, "X-1", None, None, None])
    sheet.append(["A1", "5 March", "=1/0", "X-2", None, None, None])
    sheet.append(["A1", datetime.datetime(2026, 3, 5, 10, 30), -4, None, None, None, None])
    sheet.append(["A1", datetime.date(2999, 1, 1), "ten", "X-3", None, "AC-1", None])
else:
    # A date, a text, a computed amount as spreadsheets keep it, a number as a reference, a rich account.
    sheet.append(["A1", datetime.date(2026, 3, 5), 12.5, "BACS-1", "bank transfer", None, "first"])
    sheet.append(["A1", "2026-03-06", 0.1 + 0.2, 20260306, "card", None, None])
    sheet.append([None, None, None, None, None, None, None])
    sheet.append(["A1", datetime.date(2026, 3, 7), "1000.00", "BACS-3", None, None, "café & more"])
    sheet["B2"].number_format = "dd/mm/yyyy"
    sheet["C2"].number_format = "#,##0.00"
book.save(sys.argv[1])
