"""Writes forms with every kind of mistake that people and spreadsheets make: write_wrong_forms.py FOLDER

What each mistake is, and what must be said of it, is worked by hand in fixtures/forms/wrong-KIND.txt. The workspace that
they are for is fixtures/forms/book. A sound row comes first, then a row for every one or two mistakes; all that a row does
not say here is sound.
"""

import datetime
import pathlib
import sys

import openpyxl

CUSTOMER_HEADERS = [
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
WRONG_CUSTOMERS = {
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


CLI_HEADERS = [
    "CLI", "Account", "Cost Centre", "Description", "Type", "Extension", "Alternates", "From", "To", "Exclude Usage",
    "Exclude Services", "Spending Cap", "Usage Limit", "Call Tariff National", "Call Markup National", "Colour",
]
WRONG_CLIS = {
    3: {"CLI": None},
    4: {"Account": None},
    5: {"CLI": "4.47911E+11", "Account": "A10O1"},
    6: {"CLI": "020 7946 0106; 020 7946 0107", "Account": "TWICE"},
    7: {"Cost Centre": "QUAYS"},
    8: {"Alternates": "07700 900123; +447700900123"},
    9: {"From": "31/02/2026", "To": "2026-13-01"},
    10: {"From": datetime.date(2026, 6, 1), "To": datetime.date(2026, 1, 1)},
    11: {"Exclude Usage": "maybe", "Spending Cap": -1},
    12: {"Usage Limit": "1O0", "Call Markup National": 20000},
    13: {"Call Tariff National": "euro"},
    14: {"CLI": "020 7946 0018"},
    15: {"CLI": "020 7946 0102"},
    16: {"CLI": 447700900123456789},
    17: {"Type": "s\nip"},
    18: {"Exclude Services": "#N/A"},
}

PRODUCT_HEADERS = ["Product", "Name", "Category", "Type", "Interval", "Price", "Cost", "VAT Code"]
WRONG_PRODUCTS = {
    3: {"Product": None},
    4: {"Name": None, "Category": None},
    5: {"Product": "LINE"},
    6: {"Type": "reccuring", "Interval": "montly"},
    7: {"Price": "£10", "Cost": "1,5"},
    8: {"VAT Code": "VAT"},
    9: {"Product": "P2"},
    10: {"Price": 0.123456789, "Cost": "free"},
    11: {"Interval": 121},
}
PRODUCT_PRICE_HEADERS = ["Product", "Account", "Tariff", "From", "Price"]
WRONG_PRODUCT_PRICES = {
    3: {"Product": "LIEN"},
    4: {"Tariff": None, "Account": "A9999"},
    5: {"Tariff": "standrd"},
    6: {"From": None},
    7: {"From": "01/02/2026"},
    8: {"Price": None, "From": datetime.date(2026, 8, 1)},
    9: {"From": datetime.date(2026, 1, 2)},
}

CHARGE_HEADERS = [
    "Account", "Charge", "Product", "Description", "CLI", "Cost Centre", "Type", "Interval", "Timing", "Align", "Quantity",
    "Price", "VAT Code", "From", "To",
]
WRONG_CHARGES = {
    3: {"Account": None},
    4: {"Charge": None, "From": None},
    5: {"Account": "A1O01"},
    6: {"Product": "LIEN"},
    7: {"CLI": "020 7946 9999", "Cost Centre": "QUAYS"},
    8: {"Type": "weekly", "Interval": "fortnight"},
    9: {"Timing": "early", "Align": "calendar:32"},
    10: {"Quantity": "two", "Price": "12 pounds"},
    11: {"VAT Code": "T"},
    12: {"From": "2026-02-30"},
    13: {"From": datetime.date(2026, 6, 1), "To": datetime.date(2026, 1, 1)},
    14: {"Charge": "102"},
}
CHARGE_PRICE_HEADERS = ["Account", "Charge", "From", "Price"]
WRONG_CHARGE_PRICES = {
    3: {"Charge": "999"},
    4: {"From": None},
    5: {"Price": "free", "From": datetime.date(2027, 5, 1)},
}


def sound_cli(number):
    return {"CLI": f"020 7946 01{number:02}", "Account": "A1001", "From": datetime.date(2026, 1, 1), "Colour": "red"}


def sound_product(number):
    return {
        "Product": f"P{number}", "Name": f"Product {number}", "Category": "Lines", "Type": "recurring", "Interval": "monthly",
        "Price": 30, "VAT Code": "S",
    }


def sound_product_price(number):
    return {"Product": "LINE", "Tariff": "business", "From": datetime.date(2026, 1, number), "Price": 18.5}


def sound_charge(number):
    return {"Account": "A1001", "Charge": str(100 + number), "Product": "LINE", "From": datetime.date(2026, 1, 1)}


def sound_charge_price(number):
    return {"Account": "A1001", "Charge": "102", "From": datetime.date(2027, number, 1), "Price": 21}


def sound_customer(number):
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


def write_row(sheet, headers, row, cells):
    for column, header in enumerate(headers, 1):
        value = cells.get(header)
        if value is not None:
            put(sheet.cell(row, column), value)


def save(book, name):
    # The same on every run.
    book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)
    book.save(pathlib.Path(sys.argv[1]) / name)


def customers():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    sheet["A1"] = "Customers of the spring campaign"
    sheet.merge_cells("A1:D1")
    write = lambda row, cells: write_row(sheet, CUSTOMER_HEADERS, row, cells)
    write(2, {header: header for header in CUSTOMER_HEADERS})
    write(3, sound_customer(3) | {"Customer Name *": "Harbour Bakery Ltd (example, ignored)", "VAT Code": "?"})
    write(4, sound_customer(4) | {"Telephone": "020 7946 0004", "Email Address": "shop4@acme.example"})
    for row, wrong in WRONG_CUSTOMERS.items():
        write(row, sound_customer(row) | wrong)
    sheet.merge_cells("J59:K59")
    book.create_sheet("Notes")["A1"] = "Not part of the form."
    save(book, "wrong-customers.xlsx")


def form(name, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, headers, sound, wrong in sheets:
        sheet = book.create_sheet(title)
        write_row(sheet, headers, 1, {header: header for header in headers})
        write_row(sheet, headers, 2, sound(2))
        for row, cells in wrong.items():
            write_row(sheet, headers, row, sound(row) | cells)
    save(book, name)


customers()
form("wrong-clis.xlsx", ("CLIs", CLI_HEADERS, sound_cli, WRONG_CLIS))
form(
    "wrong-products.xlsx",
    ("Products", PRODUCT_HEADERS, sound_product, WRONG_PRODUCTS),
    ("Prices", PRODUCT_PRICE_HEADERS, sound_product_price, WRONG_PRODUCT_PRICES),
)
form(
    "wrong-charges.xlsx",
    ("Charges", CHARGE_HEADERS, sound_charge, WRONG_CHARGES),
    ("Prices", CHARGE_PRICE_HEADERS, sound_charge_price, WRONG_CHARGE_PRICES),
)
