"""Looks through all files below a folder for what a program that opens them would run, load or follow: formulas and links in
sheets, scripts and requests in pages, entities in XML, actions in PDF, lines of their own in mail headers, paths that leave an
archive, files that others can read. Prints what it found, a line each, then how many files of each kind it has seen.

usage: find_active.py FOLDER
"""

import csv
import email.policy
import html.parser
import io
import pathlib
import re
import stat
import sys
import zipfile

import openpyxl
import xml.etree.ElementTree as tree

FOUND = []
SEEN = {}
NUMBER = re.compile(r"^[+-]?[0-9][0-9,]*(\.[0-9]+)?%?$")


def found(name, what):
    FOUND.append(f"{name}: {what}")


def check_csv(name, data):
    for number, row in enumerate(csv.reader(io.StringIO(data.decode("utf-8"), newline="")), 1):
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "\0") and not NUMBER.match(cell):
                found(name, f"row {number}: {cell!r} would be a formula")


def check_xlsx(name, data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found(name, f"{sheet.title}!{cell.coordinate} is a formula")
                if cell.hyperlink is not None:
                    found(name, f"{sheet.title}!{cell.coordinate} is a link")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            if part.startswith("xl/externalLinks") or part.endswith(("vbaProject.bin", ".exe")):
                found(name, f"it holds {part}")


class Page(html.parser.HTMLParser):
    """Elements and attributes that run or load something."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "form", "base", "link"):
            found(self.name, f"<{tag}>")
        for attribute, value in attributes:
            value = (value or "").strip().lower()
            if attribute.startswith("on"):
                found(self.name, f"<{tag} {attribute}>")
            outside = value.startswith(("javascript:", "data:text", "//", "vbscript:", "file:"))
            if attribute in ("href", "src", "action", "xlink:href") and (outside or (tag != "a" and "://" in value)):
                found(self.name, f"<{tag} {attribute}={value!r}>")


def check_html(name, data):
    Page(name).feed(data.decode("utf-8"))


def check_xml(name, data):
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.count(b"<?") != 1:
        found(name, "it declares entities or instructions")
    tree.fromstring(data)


def check_pdf(name, data):
    for action in (b"/JavaScript", b"/JS ", b"/Launch", b"/OpenAction", b"/SubmitForm", b"/GoToR", b"/RichMedia", b"/URI"):
        if action in data:
            found(name, f"{action.decode()} in it")


def check_eml(name, data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    for header in ("Bcc", "Resent-To"):
        if message[header]:
            found(name, f"{header}: {message[header]}")
    for header in ("From", "To", "Subject", "Date", "Message-ID"):
        if len(message.get_all(header, [])) != 1:
            found(name, f"{len(message.get_all(header, []))} headers {header}")
    if message.defects:
        found(name, f"{message.defects}")
    for part in message.walk():
        file = part.get_filename()
        if file is not None and (re.search(r"[/\\\r\n\0]", file) or file.startswith(".")):
            found(name, f"an attachment called {file!r}")
        if part.get_content_type() == "text/html":
            check_html(name, part.get_content().encode())


def check_zip(name, data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if package.testzip() is not None:
            found(name, "it is damaged")
        names = [entry.lower() for entry in package.namelist()]
        if len(set(names)) != len(names):
            found(name, "two names differ in capitals only")
        for entry in package.namelist():
            if entry.startswith(("/", "\\")) or ".." in pathlib.PurePosixPath(entry).parts or "\\" in entry or ":" in entry:
                found(name, f"{entry!r} leaves the folder")
            check(f"{name}!{entry}", package.read(entry))


def check_json(name, data):
    import json

    json.loads(data)


CHECKS = {
    "csv": check_csv, "xlsx": check_xlsx, "html": check_html, "xml": check_xml, "pdf": check_pdf, "eml": check_eml,
    "zip": check_zip, "json": check_json,
}


def check(name, data):
    ending = name.rsplit(".", 1)[-1].lower()
    SEEN[ending] = SEEN.get(ending, 0) + 1
    try:
        CHECKS[ending](name, data)
    except KeyError:
        found(name, "a kind that is not known")
    except Exception as error:  # what cannot be read is as bad as what runs
        found(name, f"cannot be read: {type(error).__name__}: {error}")


def main(folder):
    root = pathlib.Path(folder)
    for path in sorted(root.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        name = str(path.relative_to(root))
        if path.is_symlink():
            found(name, "a link")
        elif path.is_dir():
            if mode != 0o700:
                found(name, f"a folder of mode {mode:o}")
        else:
            if mode != 0o600:
                found(name, f"a file of mode {mode:o}")
            check(name, path.read_bytes())
    print("\n".join(FOUND + [f"seen: {', '.join(f'{count} {kind}' for kind, count in sorted(SEEN.items()))}"]))


if __name__ == "__main__":
    main(sys.argv[1])
