"""Types into cells of a workbook and saves it, with openpyxl: type_into.py FROM.xlsx INTO.xlsx SHEET CELL=TEXT…"""
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
sheet = book[sys.argv[3]]
for typed in sys.argv[4:]:
    cell, text = typed.split("=", 1)
    sheet[cell] = text
book.save(sys.argv[2])
