"""Reads itemised workbooks (openpyxl, LibreOffice) and CSV files (duckdb), and compares them with the models beside them.

Arguments: a folder with NUMBER.json, NUMBER.xlsx and NUMBER.csv; how many there must be. Exits with 1 and says what is wrong.
"""

import collections
import csv
import datetime
import decimal
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb
import openpyxl

D = decimal.Decimal
wrong = []


def check(what, found, expected):
    if found != expected:
        wrong.append(f"{what}: {found!r:.400}, not {expected!r:.400}")


def exact(value):
    return D(repr(value)) if isinstance(value, float) else D(value or 0)


def seconds(value):
    """A duration as openpyxl reads it: a time of day below one day, else a difference."""
    if isinstance(value, datetime.time):
        return value.hour * 3600 + value.minute * 60 + value.second
    return round(value.total_seconds()) if value else 0


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row)) for row in rows]


def check_table(name, sheet, last):
    check(f"{name} {sheet.title} filter", sheet.auto_filter.ref.split(":")[1].lstrip("ABCDEFGHIJKLMNO"), str(last))
    check(f"{name} {sheet.title} panes", sheet.freeze_panes, "A2")
    check(f"{name} {sheet.title} titles", sheet.print_title_rows, "$1:$1")
    check(f"{name} {sheet.title} across", sheet.page_setup.orientation, "landscape")


def check_summary(name, sheet, bill):
    shown = collections.defaultdict(list)
    for row in sheet.iter_rows(values_only=True):
        if row[0] is not None:
            shown[row[0]].append(row[1:])
    for label, field in [("Usage ex VAT", "usage"), ("Other charges ex VAT", "charges"), ("VAT", "vat"),
                         ("Total ex VAT", "net"), ("Total including VAT", "gross")]:
        check(f"{name} {label}", exact(shown[label][0][0]), D(bill["totals"][field]))
    for one in bill["usage_by_class"]:
        row = [row for row in shown[one["title"]] if row[3] is not None][0]
        check(f"{name} {one['title']}", (row[0], seconds(row[1]), exact(row[3])),
              (one["records"], one["seconds"], D(one["amount"])))
    check(f"{name} date", shown["Date"][0][0], datetime.datetime.fromisoformat(bill["invoice_date"]))


def check_charges(name, sheet, bill):
    *rows, total = rows_of(sheet)
    check_table(name, sheet, max(len(rows), 1) + 1)
    check(f"{name} charges", sum(exact(row["Amount ex VAT"]) for row in rows), D(bill["totals"]["net"]))
    check(f"{name} total", exact(total["Amount ex VAT"]), D(bill["totals"]["net"]))
    check(f"{name} lines", len(rows), len(bill["lines"]))
    for row, line in zip(rows, bill["lines"]):
        check(f"{name} line", exact(row["Amount ex VAT"]), D(line["amount"]))
        check(f"{name} quantity", exact(row["Quantity"]), D(line["quantity"]))
        day = line["from"] and datetime.datetime.fromisoformat(line["from"])
        check(f"{name} from", row["From"], day)


def check_lines(name, sheet, bill):
    *rows, total = rows_of(sheet)
    check_table(name, sheet, max(len(rows), 1) + 1)
    for column, expected in [("Calls ex VAT", sum(D(one["amount"]) for one in bill["usage_by_cli"])),
                             ("Other charges ex VAT", D(bill["totals"]["charges"])),
                             ("Records", sum(one["records"] for one in bill["usage_by_cli"]))]:
        check(f"{name} By line {column}", sum(exact(row[column]) for row in rows), expected)
        check(f"{name} By line total {column}", exact(total[column]), expected)


def added_up(sums):
    """The same by cost centre alone."""
    parts = {}
    for (cost_centre, _), one in sums.items():
        parts[cost_centre] = [a + b for a, b in zip(parts.get(cost_centre, [0, 0, D(0), D(0)]), one)]
    return parts


def check_calls(name, sheets, bill):
    found = collections.defaultdict(lambda: [0, 0, D(0), D(0)])
    listed = []
    for sheet in sheets:
        rows = rows_of(sheet)
        check_table(name, sheet, len(rows) + 1)
        for row in rows:
            for column in ["Cost centre", "Line", "Number", "Description", "Class", "Record"]:
                if not isinstance(row[column], (str, type(None))):
                    wrong.append(f"{name} {column} is no text: {row[column]!r}")
            if not isinstance(row["Charge ex VAT"], (int, float)):
                wrong.append(f"{name}: a charge is no number: {row['Charge ex VAT']!r}")
            if row["Record"] is not None and not isinstance(row["Date and time"], datetime.datetime):
                wrong.append(f"{name}: no time: {row['Date and time']!r}")
            sums = found[row["Cost centre"] or "", row["Line"] or ""]
            sums[0] += row["Records"]
            sums[1] += seconds(row["Duration"])
            sums[2] += exact(row["Data (MB)"])
            sums[3] += exact(row["Charge ex VAT"])
            listed.append((row["Record"] or "", row["Date and time"] and str(row["Date and time"]) or "",
                           exact(row["Charge ex VAT"])))
    model = {(one["cost_centre"], one["cli"]): [one["records"], one["seconds"], D(one["bytes"]) / 1000000, D(one["amount"])]
             for one in bill["usage_by_cli"]}
    # A line of the book may stand for several identifiers, which calls name: then only its cost centre can be compared.
    parts = lambda sums: sums if found.keys() == model.keys() else added_up(sums)
    check(f"{name} calls by line", parts(found), parts(model))
    return sorted(listed)


def check_csv(name, path, bill, listed):
    query = f"""SELECT count(*), sum(records::BIGINT), sum(charge::DECIMAL(18,6)),
        sum(CASE kind WHEN 'voice' THEN units::BIGINT ELSE 0 END), sum(CASE kind WHEN 'data' THEN units::BIGINT ELSE 0 END)
        FROM read_csv('{path}', header = true, all_varchar = true, quote = '"')"""
    count, records, charge, voice, data = duckdb.sql(query).fetchall()[0]
    usage = bill["usage_by_cli"]
    check(f"{name} csv", (records or 0, charge or 0, voice or 0, data or 0),
          (sum(one["records"] for one in usage), sum(D(one["amount"]) for one in usage),
           sum(one["seconds"] for one in usage), sum(one["bytes"] for one in usage)))
    with open(path, newline="", encoding="utf-8") as file:
        # An apostrophe keeps a spreadsheet from running what follows.
        rows = sorted((row["record"].removeprefix("'"), row["started_at"], D(row["charge"])) for row in csv.DictReader(file))
    check(f"{name} csv rows", rows, listed)
    check(f"{name} csv count", count, len(rows))


def check_office(name, path, bill):
    """What LibreOffice shows: every sheet as CSV, all of it as PDF."""
    with tempfile.TemporaryDirectory() as folder:
        run = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
        for form in [every_sheet, "pdf"]:
            subprocess.run([*run, "--convert-to", form, "--outdir", folder, path], check=True, capture_output=True, timeout=300)
        with open(f"{folder}/{path.stem}-Summary.csv", newline="", encoding="utf-8") as file:
            shown = {row[0]: row[1:] for row in csv.reader(file) if row}
        gross = shown["Total including VAT"][0]
        amount = "".join(letter for letter in gross if letter.isdigit() or letter in ".-")
        check(f"{name} in LibreOffice", D(amount), D(bill["totals"]["gross"]))
        sums = D(0)
        for sheet in pathlib.Path(folder).glob(f"{path.stem}-Calls*.csv"):
            with open(sheet, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    sums += D("".join(letter for letter in row["Charge ex VAT"] if letter.isdigit() or letter in ".-"))
        check(f"{name} calls in LibreOffice", sums, sum(D(one["amount"]) for one in bill["usage_by_cli"]))
        if shutil.which("pdftotext"):
            pages = subprocess.run(["pdftotext", "-layout", f"{folder}/{path.stem}.pdf", "-"], check=True, capture_output=True)
            if gross not in pages.stdout.decode():
                wrong.append(f"{name}: {gross} is not on the pages of LibreOffice")


def main():
    folder, expected = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    paths = sorted(folder.glob("*.xlsx"))
    check("workbooks", len(paths), expected)
    has_office = shutil.which("soffice") is not None
    for path in paths:
        bill = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" or cell.hyperlink or (isinstance(cell.value, str) and cell.data_type != "s"):
                        wrong.append(f"{path.stem} {sheet.title} {cell.coordinate}: {cell.data_type} {cell.value!r}")
        check(f"{path.stem} made", book.properties.created.date().isoformat(), bill["invoice_date"])
        for text in [bill["customer"]["name"], bill["customer"]["account"]]:
            if text in str(book.properties):
                wrong.append(f"{path.stem}: the properties hold {text!r}")
        check_summary(path.stem, book["Summary"], bill)
        check_charges(path.stem, book["Charges"], bill)
        if "By line" in book.sheetnames:
            check_lines(path.stem, book["By line"], bill)
        listed = check_calls(path.stem, [sheet for sheet in book if sheet.title.startswith("Calls")], bill)
        check_csv(path.stem, path.with_suffix(".csv"), bill, listed)
        if has_office and "--office" in sys.argv:
            check_office(path.stem, path, bill)
    if not has_office:
        print("NOT CHECKED FROM OUTSIDE: workbooks in LibreOffice: there is no soffice")
    if wrong:
        sys.exit("\n".join(wrong[:20])[:4000])


main()
