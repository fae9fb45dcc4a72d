"""Writes a form of customers with every kind of mistake that people and spreadsheets make:

    write_wrong_customers.py OUT.xlsx

What each mistake is, and what must be said of it, is worked by hand in fixtures/forms/wrong-customers.txt. The workspace
that it is for is fixtures/forms/book. One sound row comes first, then a row for every one or two mistakes; all that a row
does not say here is sound.
"""

import datetime
import sys

import openpyxl

HEADER_ROW = 2
HEADERS = [
    "Customer Name *",
    "Reference",
    "Address Line 1 *",
    "Town *",
    "Postcode *",
    "Country *",
    "Telephone",
    "Email Address",
    "Delivery Email",
    "Organisation *",
    "Customer Group *",
    "Anniversary Billing Day",
    "Tariff:[Hardware]",
    "Tariff:[Lines]",
    "Account Number",
    "Status",
    "Currency",
    "VAT Number",
    "VAT Code",
    "VAT Code Calls",
    "VAT Exempt",
    "Call Tariff National",
    "Call Tariff Mobile",
    "Call Markup National",
    "Fallback Markup",
    "Empty Invoice",
    "Empty Invoice Value",
    "Low Invoice",
    "Low Invoice Value",
    "Low Invoice Action",
    "Low Invoice Action Value",
    "Payment Terms",
    "Payment Terms Type",
    "Grace Days",
    "Credit Limit",
    "Opening Balance",
    "Language",
    "Invoice Format",
    "Itemisation",
    "Itemise Above",
    "Invoice Message",
    "Send Email",
    "Contract Start",
    "Contract End",
    "Tags",
    "x_dealer",
    "telephone",
    "Custmer Group",
    "Tariff:[Lnies]",
    None,
    "x_Sales Rep",
    "Dropped Date",
    "Fax Number",
]


class Percent:
    """A number that is shown as a percentage."""

    def __init__(self, value):
        self.value = value


# By row: what is wrong in it.
WRONG = {
    # Blanks where something must be.
    5: {"Customer Name *": None, "Address Line 1 *": "   "},
    6: {"Town *": "\u00a0", "Postcode *": "\u200b"},
    7: {"Country *": None, "Organisation *": None},
    8: {"Customer Group *": None, "Telephone": "4.47911E+11"},
    # Telephone numbers and e-mail addresses.
    9: {"Telephone": 447700900123456789, "Email Address": "ann.acme.example"},
    10: {"Telephone": 2079460018.5, "Delivery Email": "bills@acme.example, ann at acme.example"},
    # Names that are nearly right.
    11: {"Organisation *": "NORHT", "Customer Group *": "montly"},
    12: {"Organisation *": "north", "VAT Code": "s"},
    # The billing day.
    13: {"Customer Group *": "own-day"},
    14: {"Customer Group *": "own-day", "Anniversary Billing Day": 32},
    15: {"Customer Group *": "own-day", "Anniversary Billing Day": "first"},
    16: {"Anniversary Billing Day": 1.5},
    # Tariffs.
    17: {"Tariff:[Hardware]": "standrad", "Tariff:[Lines]": "euro"},
    18: {"Tariff:[Lines]": "Gold plan", "Call Tariff National": "euro"},
    19: {"Call Tariff National": "busines", "Call Tariff Mobile": "euro"},
    # Currencies and VAT.
    20: {"Currency": "gbp"},
    21: {"Currency": "EUR", "Call Tariff National": "standard"},
    22: {"VAT Code": "X", "VAT Code Calls": "VAT20"},
    23: {"VAT Exempt": "perhaps", "Send Email": 2},
    # Markups.
    24: {"Call Markup National": -101, "Fallback Markup": 10001},
    25: {"Call Markup National": "25 %", "Fallback Markup": "12,5"},
    # Words of which there are few, and values that go with them.
    26: {"Empty Invoice": "never", "Low Invoice": "totl"},
    27: {"Empty Invoice": "fee"},
    28: {"Low Invoice": "total", "Low Invoice Action": "pad"},
    29: {"Low Invoice Action": "roll over", "Low Invoice Action Value": -5},
    30: {"Payment Terms": 1201, "Payment Terms Type": "weeks"},
    # Numbers as people write them.
    31: {"Grace Days": "ten", "Credit Limit": "£500"},
    32: {"Credit Limit": "1 000", "Opening Balance": "(12.50)"},
    33: {"Credit Limit": 12.345, "Opening Balance": 0.1234},
    34: {"Invoice Format": "medium", "Itemisation": "paper"},
    35: {"Itemise Above": "1e3", "Credit Limit": "1,250.00"},
    # Dates.
    36: {"Contract Start": "31.02.2026", "Contract End": "soon"},
    37: {"Contract Start": "03/04/2026", "Contract End": "31-12-26"},
    38: {"Contract Start": 46054, "Contract End": datetime.datetime(2026, 12, 31, 17, 30)},
    39: {"Contract Start": "1899-12-31", "Contract End": datetime.date(1905, 3, 1)},
    40: {"Contract Start": datetime.date(2027, 1, 1), "Contract End": datetime.date(2026, 1, 1)},
    # What spreadsheets put into cells.
    41: {"Opening Balance": "#REF!", "Credit Limit": "=AI4*2"},
    42: {"Address Line 1 *": "#N/A", "Town *": True},
    43: {"Credit Limit": Percent(0.5), "Postcode *": datetime.date(2026, 1, 1)},
    # Texts.
    44: {"Customer Name *": "Long " * 2001, "Language": "en" * 1001},
    45: {"Customer Name *": "Bell_x0007_ Street", "Language": "e\nn"},
    # Rows that are there already.
    46: {"Account Number": "A1001"},
    47: {"Reference": "HB/7"},
    48: {"Reference": "TWICE"},
    49: {"Account Number": "A2001"},
    50: {"Account Number": "A2001"},
    51: {"Reference": "NEW-1"},
    52: {"Reference": "NEW-1"},
    # What a form may not say, and what it says without a word for it.
    53: {"Status": "dormant", "Customer Name *": "(clear)"},
    54: {"Status": "final_bill"},
    55: {"Status": "dropped"},
    56: {"Organisation *": "SOUTH,NORTH", "Customer Group *": "n/a"},
    57: {None: "what is this?"},
    58: {"Account Number": "A\t2002"},
    59: {"Organisation *": "merged with the next", "Customer Group *": None},
}


def sound(number):
    return {
        "Customer Name *": f"Shop {number} Ltd",
        "Address Line 1 *": f"{number} High Street",
        "Town *": "Whitby",
        "Postcode *": "YO21 3PR",
        "Country *": "United Kingdom",
        "Organisation *": "NORTH",
        "Customer Group *": "monthly",
        "VAT Code": "S",
    }


def put(cell, value):
    if isinstance(value, Percent):
        cell.value, cell.number_format = value.value, "0%"
    elif isinstance(value, datetime.datetime):
        cell.value, cell.number_format = value, "dd/mm/yyyy hh:mm"
    elif isinstance(value, datetime.date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    else:
        cell.value = value


def write_row(sheet, row, cells):
    for column, header in enumerate(HEADERS, 1):
        value = cells.get(header)
        if value is not None:
            put(sheet.cell(row, column), value)


book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Customers"
sheet["A1"] = "Customers of the spring campaign"
sheet.merge_cells("A1:D1")
write_row(sheet, HEADER_ROW, {header: header for header in HEADERS})
write_row(sheet, 3, sound(3) | {"Customer Name *": "Harbour Bakery Ltd (example, ignored)", "VAT Code": "?"})
write_row(sheet, 4, sound(4) | {"Telephone": "020 7946 0004", "Email Address": "shop4@acme.example"})
for row, wrong in WRONG.items():
    write_row(sheet, row, sound(row) | wrong)
sheet.merge_cells("J59:K59")
book.create_sheet("Notes")["A1"] = "Not part of the form."
# The same bytes on every run.
book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)
book.save(sys.argv[1])
