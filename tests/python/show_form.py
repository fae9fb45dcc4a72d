"""What openpyxl finds in a form, as JSON: show_form.py FORM.xlsx"""
import json
import sys

import openpyxl
from openpyxl.utils import range_boundaries

book = openpyxl.load_workbook(sys.argv[1])


def choices(formula):
    """A list within the cell, or the cells that it refers to."""
    if formula.startswith('"'):
        return formula[1:-1].replace('""', '"').split(",")
    sheet, cells = formula.replace("$", "").lstrip("=").rsplit("!", 1)
    column, first, _, last = range_boundaries(cells)
    sheet = book[sheet.strip("'")]
    return [sheet.cell(row, column).value for row in range(first, last + 1)]


def validations(sheet):
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for cells in rule.sqref.ranges:
            header = sheet.cell(1, cells.min_col).value
            assert header not in found, header
            found[header] = {
                "type": rule.type,
                "choices": choices(rule.formula1) if rule.type == "list" else None,
                "between": None if rule.type == "list" else [rule.formula1, rule.formula2],
                "style": rule.errorStyle or "stop",
                "rows": [cells.min_row, cells.max_row],
                "message": rule.error,
                "input": rule.prompt,
                "is_hidden_list": rule.type == "list" and not rule.formula1.startswith('"'),
            }
    return found


def cell(cell):
    value = cell.value
    return {
        "value": value.isoformat()[:10] if hasattr(value, "isoformat") else value,
        "type": cell.data_type,
        "format": cell.number_format,
        "fill": cell.fill.fgColor.rgb if cell.fill.fill_type else None,
        "italic": cell.font.italic,
        "note": cell.comment.text if cell.comment else None,
        "link": cell.hyperlink.location if cell.hyperlink else None,
    }


def column_formats(sheet):
    """The format of the cells of a column that nobody filled in; openpyxl joins columns that are alike."""
    formats = {}
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min, dimension.max + 1):
            formats[sheet.cell(1, column).value] = dimension.number_format
    return formats


sheets = []
for sheet in book.worksheets:
    rows = list(sheet.iter_rows())
    sheets.append(
        {
            "name": sheet.title,
            "state": sheet.sheet_state,
            "freeze": sheet.freeze_panes,
            "filter": sheet.auto_filter.ref,
            "validations": validations(sheet),
            "formats": column_formats(sheet) if sheet.sheet_state == "visible" else {},
            "outline": [key for key, kept in sheet.column_dimensions.items() if kept.outlineLevel],
            "rows": [[cell(one) for one in row] for row in rows],
        }
    )
json.dump({"sheets": sheets, "created": str(book.properties.created)}, sys.stdout)
